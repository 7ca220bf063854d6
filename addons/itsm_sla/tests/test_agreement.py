# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon

MON, TUE = "2026-03-23 10:00", "2026-03-24 10:00"


@tagged("post_install", "-at_install")
class TestAgreement(SlaCommon):
    """Validity, renewal, versions and termination."""

    # === In force ===

    def test_first_and_last_day(self):
        """Design 2, vector 11: dates are inclusive, in the agreement's zone."""
        agreement = self._create_agreement(date_start="2026-03-24")
        before = self._report("2026-03-23 23:59:59")
        self.assertFalse(before.clock_ids)
        self.assertEqual(before.agreement_reason, "not_started")
        # midnight in Paris is still the 23rd in UTC
        first = self._report("2026-03-24 00:00")
        self.assertEqual(first.agreement_id, agreement)
        self.assertEqual(first.agreement_reason, "default")

    def test_reported_counts_not_saved(self):
        """Design 2: the version in force when the ticket was reported."""
        self._create_agreement(date_start="2026-03-24")
        ticket = self._report(TUE, reported_at=self.utc(MON))
        self.assertEqual(ticket.agreement_reason, "not_started")

    def test_overdue_for_renewal(self):
        """SLM-06: past its end it is overdue and its clocks still run and start."""
        agreement = self._create_agreement(date_end="2026-03-23")
        ticket = self._report("2026-03-23 17:30")
        self.assertFalse(self._status("2026-03-23 23:59", agreement, "overdue"))
        self.assertTrue(self._status("2026-03-24 00:00", agreement, "overdue"))
        self.assertEqual(agreement.state, "active")
        clock = self._clocks(ticket)
        # half an hour on Monday, 09-12 and 13-13:30 on Tuesday
        self.assertClock(clock, phase="running", deadline="2026-03-24 13:30")
        later = self._report("2026-06-01 10:00")
        self.assertEqual(later.agreement_id, agreement)
        self.assertEqual(self._clocks(later).phase, "running")

    def test_overdue_search(self):
        """SLM-06: the filter finds what is overdue in its own zone, and no draft."""
        overdue = self._create_agreement(date_end="2026-03-23")
        draft = self._draft_agreement(date_end="2026-03-23")
        running = self._create_agreement(
            partner_id=self.customer.id, date_end="2026-03-24"
        )
        agreements = overdue | draft | running
        domain = [("id", "in", agreements.ids)]
        for wall, expected in (
            ("2026-03-23 23:59", self.env["itsm.agreement"]),
            ("2026-03-24 00:00", overdue),
            ("2026-03-25 00:00", overdue | running),
        ):
            with self.subTest(wall=wall), self.at(wall):
                agreements.invalidate_recordset(["overdue"])
                found = overdue.search([*domain, ("overdue", "=", True)])
                self.assertEqual(found, expected.sorted())
                others = overdue.search([*domain, ("overdue", "=", False)])
                self.assertEqual(others, (agreements - expected).sorted())

    def test_archived_stays_in_force(self):
        """Design, Manners: archiving hides an agreement, it does not end it."""
        agreement = self._create_agreement()
        agreement.active = False
        self.assertEqual(self._report(MON).agreement_id, agreement)
        with self.assertRaisesRegex(UserError, "is in force for the same customer"):
            self._create_agreement()

    # === Taking over ===

    def test_successor_from_its_first_day(self):
        """Design 2: a new version applies to tickets reported from its first day on;
        older ones keep theirs."""
        first = self._create_agreement(date_start="2026-03-01")
        old = self._report("2026-03-23 17:00")
        with self.at("2026-03-23 12:00"):
            action = first.with_user(self.sla_manager).action_new_version()
        second = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(second.state, "draft")
        self.assertEqual(second.version, 2)
        self.assertEqual(second.previous_id, first)
        self.assertEqual(second.date_start, date(2026, 3, 24))
        second.target_ids.filtered(
            lambda t: t.metric == "resolution" and t.priority == "2"
        ).minutes = 60
        second.with_user(self.sla_manager).action_activate()
        self.assertEqual(first.superseded_on, date(2026, 3, 24))
        before = self._report("2026-03-23 23:59")
        after = self._report("2026-03-24 00:00")
        self.assertEqual(before.agreement_id, first)
        self.assertEqual(after.agreement_id, second)
        self.assertClock(self._clocks(after), target_seconds=3600)
        # a change on the older ticket stays within its version
        self._write("2026-03-24 11:00", old, priority="1")
        self.assertEqual(old.agreement_id, first)
        self.assertEqual(self._clocks(old).applications[-1]["version"], 1)
        self.assertFalse(self._status("2026-04-01 10:00", first, "overdue"))

    def test_new_version_once(self):
        """Design 2: asking twice for a new version opens the same draft."""
        agreement = self._create_agreement()
        first = agreement.action_new_version()
        self.assertEqual(agreement.action_new_version()["res_id"], first["res_id"])

    def test_equal_rank(self):
        """Design 2: two of equal rank in force is an error at activation."""
        self._create_agreement(service_ids=[Command.set(self.service.ids)])
        twin = self._draft_agreement(
            service_ids=[Command.set((self.service | self.offering).ids)]
        )
        with self.assertRaisesRegex(
            UserError, "for the same customer and services. Terminate it first, make"
        ):
            twin.action_activate()
        self.assertEqual(twin.state, "draft")
        # another customer, other services, all services: not of equal rank
        for vals in (
            {"partner_id": self.customer.id},
            {"service_ids": [Command.set(self.offering.ids)]},
            {},
        ):
            self.assertEqual(self._create_agreement(**vals).state, "active")

    def test_overdue_gives_way(self):
        """Design 2, SLM-06: one past its end gives way, from the first day on."""
        old = self._create_agreement(date_end="2026-03-23")
        new = self._create_agreement(date_start="2026-04-01")
        self.assertEqual(old.superseded_on, date(2026, 4, 1))
        # the gap is covered by the overdue one: valid until a new one is signed
        self.assertEqual(self._report("2026-03-31 10:00").agreement_id, old)
        self.assertEqual(self._report("2026-04-01 10:00").agreement_id, new)

    def test_gives_way_for_its_services_only(self):
        """SLM-06: what the new agreement does not cover stays valid."""
        telephony = self.service_draft
        telephony.action_set_live()
        old = self._create_agreement(
            service_ids=[Command.set((self.service | telephony).ids)],
            date_end="2026-03-23",
        )
        new = self._create_agreement(
            service_ids=[Command.set(self.service.ids)], date_start="2026-03-24"
        )
        ticket = self._report(TUE, service_id=self.service.id)
        self.assertEqual(ticket.agreement_id, new)
        ticket = self._report(TUE, service_id=telephony.id)
        self.assertEqual(ticket.agreement_id, old)

    def test_successor_must_start_later(self):
        """Design 2: a version cannot take over before the one it follows began."""
        first = self._create_agreement(date_start="2026-03-01")
        second = self.env["itsm.agreement"].browse(first.action_new_version()["res_id"])
        second.date_start = "2026-03-01"
        with self.assertRaisesRegex(UserError, "change In Force From"):
            second.action_activate()

    # === Termination ===

    def _terminate(self, agreement, wall="2026-03-23 12:00"):
        with self.at(wall):
            agreement.with_user(self.sla_manager).action_terminate()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_termination_cancels_open_clocks(self):
        """Design 2: termination cancels running and paused clocks; verdicts stay."""
        agreement = self._create_agreement()
        running, paused, met = (self._report(MON) for _index in range(3))
        self._move("2026-03-23 10:30", paused, "paused")
        self._move("2026-03-23 11:00", met, "resolved")
        self._terminate(agreement)
        self.assertEqual(agreement.state, "terminated")
        self.assertEqual(agreement.terminated_on, date(2026, 3, 23))
        for ticket in running, paused:
            self.assertClock(
                self._clocks(ticket),
                phase="cancelled",
                stopped_at="2026-03-23 12:00",
                status="cancelled",
                next_event_at=False,
            )
            self.assertFalse(ticket.clock_deadline)
        self.assertClock(self._clocks(met), status="met")
        why = self._clocks(running).applications[-1]["why"]
        self.assertEqual(why, "terminated")

    def test_after_termination(self):
        """Design 2: nothing starts under a terminated agreement, not on that day."""
        agreement = self._create_agreement()
        self._terminate(agreement)
        for wall in ("2026-03-23 15:00", TUE):
            ticket = self._report(wall)
            self.assertFalse(ticket.clock_ids)
            self.assertEqual(ticket.agreement_reason, "ended")

    def test_termination_is_final(self):
        """Design 2: no later change runs a clock again whose agreement is over."""
        agreement = self._create_agreement()
        ticket = self._report(MON)
        self._terminate(agreement)
        clock = self._clocks(ticket)
        self._write("2026-03-23 14:00", ticket, priority="3")
        self.assertClock(clock, phase="cancelled", stopped_at="2026-03-23 12:00")
        self._move("2026-03-23 15:00", ticket, "resolved")
        self._move("2026-03-23 16:00", ticket, "open")
        self.assertClock(clock, phase="cancelled", stopped_at="2026-03-23 12:00")
        self._write(TUE, ticket, reported_at=self.utc("2026-03-23 09:30"))
        self.assertEqual(self._clocks(ticket).phase, "cancelled")
        self.assertFalse(ticket.clock_deadline)

    def test_verdict_outlives_termination(self):
        """Design 2: met stays met when a resolved ticket comes back afterwards."""
        agreement = self._create_agreement()
        ticket = self._report(MON)
        self._move("2026-03-23 11:00", ticket, "resolved")
        self._terminate(agreement)
        self._move("2026-03-23 16:00", ticket, "open")
        self.assertClock(self._clocks(ticket), phase="stopped", status="met")

    def test_new_one_after_termination(self):
        """Design 2: after termination another of equal rank may come at once."""
        self._terminate(self._create_agreement())
        new = self._create_agreement(date_start="2026-03-23")
        self.assertEqual(self._report("2026-03-23 15:00").agreement_id, new)

    def test_terminated_before_it_began(self):
        """SLM-06: a successor that never begins leaves the old one in force."""
        old = self._create_agreement()
        with self.at("2026-03-23 12:00"):
            successor = self.env["itsm.agreement"].browse(
                old.action_new_version()["res_id"]
            )
            successor.action_activate()
        self.assertEqual(old.superseded_on, date(2026, 3, 24))
        self._terminate(successor, "2026-03-23 13:00")
        self.assertFalse(old.superseded_on)
        self.assertEqual(self._report(TUE).agreement_id, old)
