# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tests import HttpCase, tagged

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorTour(MajorCommon, HttpCase):
    """From an agent's ticket to the closed major incident, in the browser."""

    # Wide enough for every state in the status bar.
    browser_size = "1920x1080"

    def test_journey(self):
        """Issue 5 “Major incident”, INC-42: an agent proposes, the incident manager
        declares, tells, restores, reviews and closes."""
        ticket = self._create_ticket(
            name="No mail", itsm_kind="incident", service_id=self.service.id
        )
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "itsm_desk_major_propose",
            login="itsm-agent",
        )
        self.env.invalidate_all()
        major = ticket.major_incident_id
        self.assertEqual(major.reason, "Nobody in the office has mail")
        url = f"/odoo/itsm-major-incidents/{major.id}"
        self.start_tour(url, "itsm_desk_major_lead", login="itsm-incident-manager")
        self.env.invalidate_all()
        self.assertEqual(major.state, "restored")
        self.assertEqual(major.communication_ids.partner_ids, self.requester)
        meeting = major.meeting_id
        self._token(meeting).write(
            {
                "state": "held",
                "start": fields.Datetime.subtract(fields.Datetime.now(), hours=2),
                "notes": "<p>We talked</p>",
            }
        )
        self.start_tour(url, "itsm_desk_major_review", login="itsm-incident-manager")
        self.env.invalidate_all()
        self.assertEqual(major.state, "closed")
