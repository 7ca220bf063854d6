# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SlaCommon

FRI, MON = "2026-03-20 10:00", "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestActivation(SlaCommon):
    """Design, Manners: activation says what it does to open tickets, and is silent."""

    def setUp(self):
        super().setUp()
        # 4 h from Friday 10:00 are over, from Monday 09:30 not yet.
        self.late = self._report(FRI)
        self.fresh = self._report("2026-03-23 09:30")
        self.done = self._report(FRI)
        self._move("2026-03-20 17:00", self.done, "closed")
        self.draft = self._draft_agreement({"2": (0, 240)}, date_start="2026-03-23")
        self.tickets = self.late | self.fresh | self.done
        self.noise = self._noise()

    def _noise(self):
        return [
            self.env[model].search_count([])
            for model in ("mail.mail", "mail.activity", "mail.message")
        ]

    def _wizard(self, scope):
        with self.at(MON):
            action = self.draft.with_user(self.sla_manager).action_open_activation()
            wizard = self.env["itsm.agreement.activate"].browse(action["res_id"])
            wizard = wizard.with_user(self.sla_manager)
            self.assertGreaterEqual(wizard.open_count, 2)
            self.assertEqual(wizard.scope, "new")
            wizard.scope = scope
        return wizard

    def test_counts(self):
        """Manners: how many open tickets get clocks and how many are late at once."""
        before = self.env["itsm.agreement.activate"].new(
            {"agreement_id": self._draft_agreement(partner_id=self.customer_2.id).id}
        )
        self.assertEqual((before.open_count, before.late_count), (0, 0))
        self.draft.partner_id = self.customer
        wizard = self._wizard("new")
        self.assertEqual((wizard.open_count, wizard.late_count), (2, 1))
        self.assertFalse(self.tickets.clock_ids)

    def test_from_now_on(self):
        """Manners: by default only tickets reported from the first day on."""
        wizard = self._wizard("new")
        with self.at(MON):
            wizard.action_activate()
        self.assertEqual(self.draft.state, "active")
        self.assertFalse(self.tickets.clock_ids)
        self.assertTrue(self._report("2026-03-23 11:00").clock_ids)

    def test_open_ones_too(self):
        """Manners: open ones too, silently: clocks from their start, nobody is told."""
        wizard = self._wizard("open")
        self.env.flush_all()
        noise = self._noise()
        with self.at(MON):
            wizard.action_activate()
            self.env.flush_all()
        self.assertFalse(self.done.clock_ids)
        self.assertClock(self._clocks(self.late), breached_at="2026-03-20 15:00")
        # 09:30-12 is 2.5 h, 13-14:30
        self.assertClock(self._clocks(self.fresh), deadline="2026-03-23 14:30")
        self.assertEqual(self.late.agreement_id, self.draft)
        self.assertEqual(self.late.agreement_reason, "default")
        self._run_scheduler(MON)
        self._run_scheduler("2026-03-23 10:01")
        self.assertEqual(self._noise()[:2], noise[:2])
        outcomes = self._clocks(self.late).alert_ids.mapped("outcome")
        self.assertEqual(set(outcomes), {"silent", "passed"})

    def test_open_ones_stay(self):
        """Design 2: a later change leaves open ones under the agreement they got."""
        with self.at(MON):
            self._wizard("open").action_activate()
        clock = self._clocks(self.late)
        self.draft.target_ids.invalidate_recordset()
        self._write("2026-03-23 11:00", self.late, itsm_kind="request")
        self.assertEqual(self.late.agreement_id, self.draft)
        self.assertClock(clock, phase="running", breached_at="2026-03-20 15:00")
        self._write(
            "2026-03-23 11:30", self.late, reported_at=self.utc("2026-03-20 09:00")
        )
        self.assertEqual(self.late.agreement_id, self.draft)
        self.assertClock(clock, phase="running", breached_at="2026-03-20 14:00")

    def test_taking_over_open_ones(self):
        """Design 2: a new version applies to open tickets too only if asked."""
        with self.at(MON):
            self.draft.action_activate()
            action = self.draft.action_new_version()
        second = self.env["itsm.agreement"].browse(action["res_id"])
        second.target_ids.minutes = 480
        ticket = self._report("2026-03-23 11:00")
        wizard = self.env["itsm.agreement.activate"].create(
            {"agreement_id": second.id, "scope": "open"}
        )
        with self.at("2026-03-23 14:00"):
            wizard.action_activate()
        self.assertEqual(ticket.agreement_id, second)
        # 11-12, 13-18: 6 h on Monday, 09-11 on Tuesday
        self.assertClock(self._clocks(ticket), deadline="2026-03-24 11:00")
