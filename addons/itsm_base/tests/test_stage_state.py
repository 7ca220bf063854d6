# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestStageState(ItsmCommon):
    def test_shipped_stages(self):
        """INC-29, INC-34: the stages of helpdesk_mgmt have their meaning."""
        expected = {
            "helpdesk_mgmt.helpdesk_ticket_stage_new": "new",
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress": "open",
            "helpdesk_mgmt.helpdesk_ticket_stage_awaiting": "paused",
            "helpdesk_mgmt.helpdesk_ticket_stage_done": "closed",
            "helpdesk_mgmt.helpdesk_ticket_stage_cancelled": "cancelled",
            "helpdesk_mgmt.helpdesk_ticket_stage_rejected": "cancelled",
            "itsm_base.helpdesk_ticket_stage_resolved": "resolved",
        }
        for xmlid, state in expected.items():
            with self.subTest(xmlid=xmlid):
                self.assertEqual(self.env.ref(xmlid).itsm_state, state)

    def test_default(self):
        """INC-29: a stage gets a state from its flags."""
        for flags, state in (
            ({"unattended": True}, "new"),
            ({}, "open"),
            ({"closed": True}, "closed"),
        ):
            with self.subTest(flags=flags):
                stage = self.env["helpdesk.ticket.stage"].create(
                    {"name": "Stage", **flags}
                )
                self.assertEqual(stage.itsm_state, state)

    def test_flags_change(self):
        """INC-29: a state that fits the flags stays, a contradiction is resolved."""
        self.stage_paused.unattended = False
        self.assertEqual(self.stage_paused.itsm_state, "paused")
        self.stage_paused.closed = True
        self.assertEqual(self.stage_paused.itsm_state, "closed")
        self.stage_cancelled.closed = True
        self.assertEqual(self.stage_cancelled.itsm_state, "cancelled")
        self.stage_cancelled.closed = False
        self.assertEqual(self.stage_cancelled.itsm_state, "open")

    def test_contradiction(self):
        """Issue 2 section 5: a contradiction is refused with the remedy."""
        with self.assertRaisesRegex(ValidationError, "Tick the Closed box"):
            self.stage_open.itsm_state = "closed"
        with self.assertRaisesRegex(ValidationError, "clear the Closed box"):
            self.stage_closed.itsm_state = "open"

    def test_form(self):
        """INC-29: the form proposes the state."""
        with Form(self.env["helpdesk.ticket.stage"].with_user(self.manager)) as form:
            form.name = "Accepted"
            form.closed = True
            self.assertEqual(form.itsm_state, "closed")
            form.itsm_state = "cancelled"
        self.assertEqual(form.record.itsm_state, "cancelled")

    def test_ticket_state(self):
        """INC-29: the ticket shows and searches the state of its stage."""
        ticket = self._create_ticket(stage_id=self.stage_paused.id)
        self.assertEqual(ticket.itsm_state, "paused")
        found = self.env["helpdesk.ticket"].search([("itsm_state", "=", "paused")])
        self.assertIn(ticket, found)
