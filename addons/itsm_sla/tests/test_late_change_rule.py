# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

#: Reported Monday 10:00 with 4 h to solve; four fifths are used at 14:12.
MON, LATE = "2026-03-23 10:00", "2026-03-23 14:12"
CODE = "late_change_reason"


@tagged("post_install", "-at_install")
class TestLateChangeRule(SlaCommon):
    """Manners: what a late change without a reason does is the company's choice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_agreement()
        rule = cls.env["itsm.enforcement.rule"].search([("code", "=", CODE)])
        cls.setting = rule.setting_ids.filtered(lambda s: s.company_id == cls.company)

    def setUp(self):
        super().setUp()
        self.ticket = self._late_ticket()

    def _late_ticket(self):
        ticket = self._report(MON, service_id=self.service.id)
        self._move("2026-03-23 10:01", ticket, "open")
        self._reply("2026-03-23 10:05", ticket)
        return ticket

    def _change(self, tickets, **vals):
        self._write(LATE, tickets, reason=False, **(vals or {"priority": "1"}))

    def _findings(self):
        return self.env["itsm.enforcement.finding"].search([("rule_code", "=", CODE)])

    def test_shipped_as_block(self):
        """Design 2: it blocks at first, in new companies too; the text says why."""
        self.assertEqual(self.setting.mode, "block")
        self.assertIn("agreement that you have activated", self.setting.description)
        company = self.env["res.company"].create({"name": "New"})
        setting = self.setting.rule_id.setting_ids.filtered(
            lambda s: s.company_id == company
        )
        self.assertEqual(setting.mode, "block")
        with self.assertRaisesRegex(ValidationError, "Reason for the Late Change"):
            self._change(self.ticket)

    def test_block_is_kept(self):
        """MS-29: who was stopped at which ticket is kept."""
        self.env.flush_all()
        user_id, ticket_id = self.agent.id, self.ticket.id
        with self.at(LATE), self.enter_registry_test_mode():
            # not assertRaises, which would take back the finding as well
            with suppress(ValidationError), self.registry.cursor() as cr:
                ticket = self.env(cr=cr, user=user_id)["helpdesk.ticket"]
                ticket.browse(ticket_id).write({"priority": "1"})
        self.assertRecordValues(
            self._findings(),
            [{"res_id": ticket_id, "user_id": user_id, "outcome": "blocked"}],
        )
        self.assertEqual(self.ticket.priority, "2")

    def test_other_modes(self):
        """Manners: recorded, warned or off it goes through, and is counted anyway."""
        for mode, outcomes in (
            ("record", ["recorded"]),
            ("warn", ["warned"]),
            ("off", []),
        ):
            with self.subTest(mode), self.env.cr.savepoint() as savepoint:
                self.setting.mode = mode
                self._change(self.ticket)
                self.assertEqual(self.ticket.priority, "1")
                self.assertEqual(self._findings().mapped("outcome"), outcomes)
                self.assertEqual(self.ticket.late_change_count, 1)
                row = self._log(self.ticket).filtered("is_late_change")
                self.assertEqual((row.what, row.note), ("priority", False))
                savepoint.rollback()
                self.env.invalidate_all()
                self.registry.clear_cache()

    def test_with_a_reason(self):
        """Manners: with a reason nothing is found."""
        self.setting.mode = "record"
        self._write(LATE, self.ticket, reason="Asked for", priority="1")
        self.assertFalse(self._findings())

    def test_solved_after_cancelled(self):
        """Design 2: a cancelled ticket that is solved is under the same rule."""
        self.setting.mode = "record"
        self._write("2026-03-23 10:30", self.ticket, stage_id=self.stage_cancelled.id)
        self._change(self.ticket, stage_id=self.stage_resolved.id)
        self.assertIn("was cancelled", self._findings().message)

    def test_batch(self):
        """Issue 4: a finding for each ticket of a batch, with its own text."""
        self.setting.mode = "record"
        tickets = self.ticket | self._late_ticket() | self._late_ticket()
        self._change(tickets)
        findings = self._findings().sorted("res_id")
        self.assertEqual(findings.mapped("res_id"), tickets.ids)
        for finding, ticket in zip(findings, tickets, strict=True):
            self.assertIn(ticket.number, finding.message)

    def test_form(self):
        """Design 2: the form asks, and insists only while the rule blocks."""
        view = "helpdesk_mgmt.ticket_view_form"
        for mode, needs, required in (
            ("block", True, True),
            ("warn", True, False),
            ("record", True, False),
            ("off", False, False),
        ):
            self.setting.mode = mode
            with self.subTest(mode), self.at(LATE):
                form = Form(self.ticket.with_user(self.lead), view)
                form.stage_id = self.stage_cancelled
                self.assertEqual(form.clock_change_needs_reason, needs)
                self.assertEqual(form.clock_change_reason_required, required)

    def test_history(self):
        """Manners: imported tickets are left alone by the rule."""
        ticket = guard.with_token(self.ticket)
        ticket.is_history = True
        self._change(self.ticket)
        self.assertEqual(self.ticket.priority, "1")
        self.assertFalse(self._findings())
