# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestVisitTour(OrganisationCommon, HttpCase):
    """The engineer with a telephone, the lead at a desk."""

    def _visit(self):
        ticket = self._create_ticket(name="Router dead", user_id=self.agent.id)
        return self.env["itsm.visit"].create(
            {
                "ticket_id": ticket.id,
                "engineer_id": self.agent.id,
                "planned_start": fields.Datetime.now(),
            }
        )

    def _journey(self):
        visit = self._visit()
        self.start_tour(
            f"/odoo/itsm-visits/{visit.id}", "itsm_desk_visit", login="itsm-agent"
        )
        visit.invalidate_recordset()
        self.assertEqual((visit.state, visit.seal), ("signed", "intact"))
        self.assertEqual(visit.signed_by, "Ms Customer")
        self.assertTrue(visit.signature)

    def test_phone(self):
        """D21, INC-25, issue 5 “Pace”: arrive, report, sign at 390 px."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._journey()

    def test_desktop(self):
        """D21: the same at a desk."""
        self._journey()

    def test_proposal(self):
        """REQ-07, DSK-08: the ticket says who and why; one click accepts."""
        self.team.assign_method = "propose"
        now = fields.Datetime.now()
        self.env["itsm.shift"].create(
            {
                "team_id": self.team.id,
                "user_id": self.agent_2.id,
                "start": now - timedelta(hours=1),
                "end": now + timedelta(hours=3),
            }
        )
        ticket = self._create_ticket(name="Who takes it")
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "itsm_desk_proposal",
            login="itsm-agent",
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.user_id, self.agent_2)
