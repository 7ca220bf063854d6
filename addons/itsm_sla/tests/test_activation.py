# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

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

    # === Afterwards ===

    #: What happens to open tickets later, each in a save of its own.
    CHANGES = (
        ("2026-03-23 11:00", {"priority": "3"}),
        ("2026-03-23 11:05", {"service_id": "service"}),
        ("2026-03-23 11:06", {"partner_id": "requester_2"}),
        ("2026-03-23 11:07", {"itsm_kind": "request"}),
    )

    def _change(self, wall, ticket, vals):
        vals = {
            name: getattr(self, value).id if name.endswith("_id") else value
            for name, value in vals.items()
        }
        self._write(wall, ticket, **vals)

    def _saved_before(self, tickets):
        """Saved when they were reported: in a transaction before the activation."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = reported_at WHERE id = ANY(%s)",
            [tickets.ids],
        )
        tickets.invalidate_recordset(["create_date"])

    def _activate_backdated(self, scope):
        """Activated on Monday, in force since the Monday before."""
        self._saved_before(self.tickets)
        targets = self._target_commands({"2": (0, 240), "3": (0, 120)})
        self.draft.write(
            {"date_start": "2026-03-16", "target_ids": [Command.clear(), *targets]}
        )
        wizard = self._wizard(scope)
        with self.at(MON):
            wizard.action_activate()
            self.env.flush_all()

    def test_from_now_on_whatever_changes(self):
        """Manners: left alone when activated, left alone by every later change."""
        self._activate_backdated("new")
        for ticket in (self.fresh, self.late):
            for wall, vals in self.CHANGES:
                with self.subTest(ticket=ticket.name, vals=vals):
                    self._change(wall, ticket, vals)
                    self.assertFalse(ticket.clock_ids)
                    self.assertFalse(ticket.agreement_id)
                    self.assertEqual(ticket.agreement_reason, "not_started")
        self._run_scheduler("2026-03-24 10:00")
        self.assertFalse(
            self.env["itsm.clock.alert"].search([("ticket_id", "in", self.tickets.ids)])
        )

    def test_from_now_on_corrected(self):
        """Manners: so by a correction of the reported time, earlier or later."""
        self._activate_backdated("new")
        for wall, user, vals in (
            ("2026-03-23 09:15", self.agent, {}),
            ("2026-03-23 09:45", self.lead, {"reported_reason": "Wrong hour"}),
        ):
            self._write(
                "2026-03-23 11:00",
                self.fresh,
                user,
                reported_at=self.utc(wall),
                **vals,
            )
            self.assertFalse(self.fresh.clock_ids)
            self.assertFalse(self.fresh.agreement_id)
        self._move("2026-03-23 12:00", self.fresh, "closed")
        self._move("2026-03-23 13:00", self.fresh, "open")
        self.assertFalse(self.fresh.clock_ids)

    def test_from_now_on_holds_for_new_ones(self):
        """Manners: a ticket saved afterwards is clocked, also if reported before."""
        self._activate_backdated("new")
        ticket = self._report(
            "2026-03-23 11:00", reported_at=self.utc("2026-03-23 09:00")
        )
        self.assertClock(self._clocks(ticket), deadline="2026-03-23 14:00")
        self._change("2026-03-23 11:05", ticket, {"priority": "3"})
        self.assertClock(self._clocks(ticket), deadline="2026-03-23 11:00")

    def test_open_ones_keep_their_clocks(self):
        """Manners: taken along when activated, they stay through the same changes."""
        self._activate_backdated("open")
        clock = self._clocks(self.fresh)
        self.assertClock(clock, deadline="2026-03-23 14:30")
        for wall, vals in self.CHANGES:
            with self.subTest(vals=vals):
                self._change(wall, self.fresh, vals)
                self.assertEqual(self.fresh.agreement_id, self.draft)
                self.assertEqual(self._clocks(self.fresh), clock)
                # 2 h from 09:30
                self.assertClock(clock, phase="running", deadline="2026-03-23 11:30")
        self._write(
            "2026-03-23 11:10", self.fresh, reported_at=self.utc("2026-03-23 09:15")
        )
        self.assertEqual(self.fresh.agreement_id, self.draft)
        self.assertClock(clock, phase="running", deadline="2026-03-23 11:15")

    def test_backdated_version(self):
        """Semantics, which agreement: a ticket keeps the version that it was given,
        also when a later one is in force since a day before it was reported."""
        self._activate_backdated("new")
        with self.at(MON):
            action = self.draft.action_new_version()
        ticket = self._report("2026-03-23 11:00")
        second = self.env["itsm.agreement"].browse(action["res_id"])
        second.date_start = "2026-03-18"
        self._saved_before(ticket)
        guard.with_token(self.draft).activated_at = self.utc("2026-03-23 10:00")
        with self.at("2026-03-23 14:00"):
            self.env["itsm.agreement.activate"].create(
                {"agreement_id": second.id}
            ).action_activate()
        clock = self._clocks(ticket)
        # 11-12 and 13-14
        self._change("2026-03-23 14:00", ticket, {"priority": "3"})
        self.assertEqual(ticket.agreement_id, self.draft)
        self.assertClock(clock, phase="running", deadline="2026-03-23 14:00")
        self._write(
            "2026-03-23 14:00", ticket, reported_at=self.utc("2026-03-23 10:30")
        )
        self.assertEqual(ticket.agreement_id, self.draft)
        # From 10:30 more than 2 h were used when they were applied, at 14:00.
        self.assertClock(clock, phase="running", breached_at="2026-03-23 14:00")


@tagged("post_install", "-at_install")
class TestSuccessor(SlaCommon):
    def test_new_version_removes_no_breach(self):
        """Design 2: a successor for open tickets is a change; a breach stays."""
        agreement = self._create_agreement()
        ticket = self._report("2026-03-23 10:00")
        clock = self._clocks(ticket)
        self._run_scheduler("2026-03-23 17:00")
        # 4 h: 10-12 and 13-15
        self.assertClock(clock, breached_at="2026-03-23 15:00", status="breached")
        with self.at("2026-03-23 17:30"):
            agreement.with_user(self.sla_manager).action_new_version()
            draft = self.env["itsm.agreement"].search(
                [("previous_id", "=", agreement.id)]
            )
            draft.target_ids.minutes = 200000
        with self.at("2026-03-24 10:00"):
            wizard = self.env["itsm.agreement.activate"].create(
                {"agreement_id": draft.id, "scope": "open"}
            )
            wizard.with_user(self.sla_manager).action_activate()
        self.assertClock(
            clock,
            agreement_id=draft,
            target_seconds=200000 * 60,
            phase="running",
            breached_at="2026-03-23 15:00",
        )
