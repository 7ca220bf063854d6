# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon

MON, TUE = "2026-03-23 10:00", "2026-03-24 10:00"


@tagged("post_install", "-at_install")
class TestAgreementMatch(SlaCommon):
    """Which agreement a ticket gets, and what happens when that changes."""

    def _agreement(self, minutes=240, **vals):
        return self._create_agreement({"2": (60, minutes)}, **vals)

    def _for(self, service=None):
        return {"service_ids": [Command.set((service or self.service).ids)]}

    def test_best_match_order(self):
        """Design 2, SLM-37: customer and service, customer, service, default."""
        found = []
        for reason, vals in (
            ("no_agreement", None),
            ("default", {}),
            ("service", self._for()),
            ("customer", {"partner_id": self.customer.id}),
            ("customer_service", {"partner_id": self.customer.id, **self._for()}),
        ):
            with self.subTest(reason=reason):
                expected = self.env["itsm.agreement"]
                if vals is not None:
                    expected = self._agreement(**vals)
                ticket = self._report(MON, service_id=self.service.id)
                self.assertEqual(ticket.agreement_reason, reason)
                self.assertEqual(ticket.agreement_id, expected)
                self.assertEqual(bool(ticket.clock_ids), bool(expected))
                found.append(expected)
        # for another customer and no service the default is left
        ticket = self._report(MON, partner_id=self.requester_2.id)
        self.assertEqual(ticket.agreement_id, found[1])

    def test_nearest_service(self):
        """Design 2: an offering's agreement comes before that of its service."""
        service = self._agreement(**self._for())
        ticket = self._report(MON, service_id=self.offering.id)
        self.assertEqual(ticket.agreement_id, service)
        offering = self._agreement(**self._for(self.offering))
        ticket = self._report(MON, service_id=self.offering.id)
        self.assertEqual(ticket.agreement_id, offering)
        ticket = self._report(MON, service_id=self.service.id)
        self.assertEqual(ticket.agreement_id, service)

    def test_nearest_customer(self):
        """Design 2, SLM-02: the contact's own agreement, else that of his company."""
        company = self._agreement(partner_id=self.customer.id)
        self.assertEqual(self._report(MON).agreement_id, company)
        own = self._agreement(partner_id=self.requester.id)
        self.assertEqual(self._report(MON).agreement_id, own)
        ticket = self._report(MON, partner_id=self.customer.id)
        self.assertEqual(ticket.agreement_id, company)

    def test_other_customer(self):
        """Vector 11: an agreement of another customer does not apply."""
        self._agreement(partner_id=self.customer_2.id)
        ticket = self._report(MON)
        self.assertEqual(ticket.agreement_reason, "no_agreement")
        self.assertFalse(ticket.clock_ids)

    def test_no_customer(self):
        """Design 2: a ticket without customer and service gets the default."""
        default = self._agreement()
        self._agreement(partner_id=self.customer.id)
        ticket = self._report(MON, partner_id=False)
        self.assertEqual(ticket.agreement_id, default)

    def test_worse_match_when_the_best_has_ended(self):
        """Design 2: only agreements in force compete."""
        default = self._agreement()
        mine = self._agreement(partner_id=self.customer.id)
        with self.at(MON):
            mine.action_terminate()
        self.assertEqual(self._report(TUE).agreement_id, default)

    def test_no_target(self):
        """Vector 11: no target for this kind and priority, and the ticket says so."""
        agreement = self._create_agreement({"3": (15, 120)})
        ticket = self._report(MON, priority="0")
        self.assertEqual(ticket.agreement_id, agreement)
        self.assertEqual(ticket.agreement_reason, "no_target")
        self.assertFalse(ticket.clock_ids)

    def test_ola_is_not_for_customers(self):
        """SLM-01: only SLAs make the clocks that customers are promised."""
        self._agreement(kind="ola", team_id=self.team.id)
        self._agreement(kind="uc", supplier_id=self.customer_2.id)
        self.assertEqual(self._report(MON).agreement_reason, "no_agreement")

    # === Changes ===

    def test_customer_changes(self):
        """Design 2: a change of customer appends an application; the target holds
        from the original start."""
        self._agreement(240, partner_id=self.customer.id)
        other = self._agreement(120, partner_id=self.customer_2.id)
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._write("2026-03-23 11:00", ticket, partner_id=self.requester_2.id)
        self.assertEqual(ticket.agreement_id, other)
        self.assertClock(
            clock,
            agreement_id=other,
            target_seconds=7200,
            started_at=MON,
            deadline="2026-03-23 12:00",
        )
        self.assertEqual([row["why"] for row in clock.applications][1:], ["customer"])

    def test_service_and_customer_at_once(self):
        """Design 2: one save is one change and passes through no half-way target."""
        self._agreement(480)
        # half of the change would breach at once
        self._agreement(5, partner_id=self.customer_2.id)
        both = self._agreement(
            480, partner_id=self.customer_2.id, **self._for(self.service)
        )
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._write(
            "2026-03-23 11:00",
            ticket,
            partner_id=self.requester_2.id,
            service_id=self.service.id,
        )
        self.assertClock(clock, agreement_id=both, breached_at=False)
        self.assertEqual(len(clock.applications), 2)

    def test_pause_of_the_past_is_judged_by_the_new_agreement(self):
        """Design 2: whether a pause counts is a rule of the agreement."""
        self._agreement(240, partner_id=self.customer.id)
        self._agreement(
            240, partner_id=self.customer_2.id, pause_reason_ids=[Command.clear()]
        )
        ticket = self._report(MON)
        self._move("2026-03-23 11:00", ticket, "paused")
        self._move("2026-03-23 14:00", ticket, "open")
        clock = self._clocks(ticket)
        self.assertClock(clock, deadline="2026-03-23 17:00")
        self._write("2026-03-23 14:30", ticket, partner_id=self.requester_2.id)
        # 10-12, 13-15: the pause counts
        self.assertClock(clock, deadline="2026-03-23 15:00")

    def test_target_disappears_and_returns(self):
        """Design 2: without a target the clock is cancelled, and the ticket says why;
        with one again it runs from the original start."""
        self._create_agreement({"2": (0, 240)})
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._write("2026-03-23 11:00", ticket, priority="0")
        self.assertClock(clock, phase="cancelled")
        self.assertEqual(ticket.agreement_reason, "no_target")
        self._write("2026-03-23 11:30", ticket, priority="2")
        self.assertClock(clock, phase="running", deadline="2026-03-23 15:00")
        self.assertEqual(ticket.agreement_reason, "default")
        self.assertEqual(self._clocks(ticket), clock)

    def test_kind_changes(self):
        """Design 2, INC-11: targets are per kind; another kind is another target."""
        agreement = self._draft_agreement({"2": (60, 240)})
        agreement.target_ids.filtered(
            lambda t: t.itsm_kind == "request" and t.metric == "resolution"
        ).minutes = 480
        agreement.action_activate()
        ticket = self._report(MON)
        self._write("2026-03-23 11:00", ticket, itsm_kind="request")
        self.assertClock(self._clocks(ticket), deadline="2026-03-24 10:00")

    def test_change_after_resolution(self):
        """Design 2: met is final; a reopened ticket takes what applies then."""
        self._create_agreement()
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._move("2026-03-23 11:00", ticket, "resolved")
        self._write("2026-03-23 11:30", ticket, priority="1")
        self.assertClock(clock, target_seconds=4 * 3600, status="met")
        self._move(TUE, ticket, "open")
        # 1 h used, 8 h now: 10-12, 13-18
        self.assertClock(clock, target_seconds=8 * 3600, deadline="2026-03-24 18:00")

    def test_reported_before_the_agreement(self):
        """Design 2: dated back to before the agreement: no clock is left running.

        That an agent may not, and the lead only with a reason: test_in_use.
        """
        self._create_agreement(date_start="2026-03-23")
        ticket = self._report(MON)
        moved = {
            "reported_at": self.utc("2026-03-20 10:00"),
            "reported_reason": "Called on Friday",
        }
        self._write(MON, ticket, self.lead, **moved)
        self.assertEqual(ticket.agreement_reason, "not_started")
        self.assertFalse(ticket.agreement_id)
        clock = self._clocks(ticket)
        self.assertClock(clock, phase="cancelled", next_event_at=False)
        self.assertIn("before", clock.applications[-1])

    def test_reported_emptied(self):
        """INC-07: an empty reported time means the moment of saving."""
        self._create_agreement()
        ticket = self._report(MON, reported_at=self.utc("2026-03-23 09:00"))
        self.patch(self.env.cr, "_now", self.utc(TUE))
        reason = {"reported_at": False, "reported_reason": "Unknown"}
        self._write(TUE, ticket, self.lead, **reason)
        self._write(TUE, ticket, priority="1")
        self.assertEqual(ticket.agreement_reason, "default")
        self.assertEqual(
            self._clocks(ticket).started_at, ticket.create_date.replace(microsecond=0)
        )
