# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from ..tools.fold import TicketFold
from .common import HOUR, SlaCommon

#: 4 h from Monday 10:00 end at 15:00 (lunch from 12 to 13). Without 11:00-14:00, in
#: which 2 h are worked, they end at 17:00.
MON, DUE, LATER = "2026-03-23 10:00", "2026-03-23 15:00", "2026-03-23 17:00"
FROM, UNTIL = "2026-03-23 11:00", "2026-03-23 14:00"
FRIDAY = "2026-03-20 10:00"


def consent(partner):
    """Values of an interruption to which a contact agreed, the Thursday before."""
    return {
        "consent_partner_ids": [Command.set(partner.ids)],
        "consent_on": "2026-03-19",
        "consent_evidence": "Minutes of the service review",
    }


@tagged("post_install", "-at_install")
class TestInterruption(SlaCommon):
    """SLM-08: planned and agreed interruptions do not count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240), "1": (0, 480)})
        cls.other = cls.env["itsm.service"].create(
            {"name": "Printing", "code": "T-PRN", "state": "live"}
        )

    def _interrupt(self, wall=FRIDAY, start=FROM, stop=UNTIL, **vals):
        """An agreed interruption of the service, entered at a wall clock time."""
        with self.at(wall):
            interruption = self.env["itsm.interruption"].create(
                {
                    "name": "Database upgrade",
                    "company_id": self.company.id,
                    "service_ids": [Command.set(self.service.ids)],
                    "date_start": self.utc(start),
                    "date_stop": self.utc(stop),
                    "state": "agreed",
                    **vals,
                }
            )
            self.env.flush_all()
        return interruption

    def test_cancel_nothing(self):
        """Speed: cancelling no interruption leaves the caches of all workers alone."""
        calendars = type(self.env["resource.calendar"])
        with patch.object(calendars, "_itsm_timelines_changing") as changing:
            self.env["itsm.interruption"].action_cancel()
            changing.assert_not_called()

    def _clock_of(self, wall=MON, **vals):
        return self._clocks(self._report(wall, **vals))

    def _assert_as_replayed(self, clock, wall):
        """The daily fold has made what a fold of the whole log makes."""
        ticket = clock.ticket_id
        resolver = self.env["itsm.agreement"]._clock_resolver()
        fold = TicketFold(
            resolver.for_company(ticket.company_id.id, None, ticket.create_date)
        )
        fold.replay(ticket.event_ids._as_steps(), self.utc(wall))
        [same] = [other for other in fold.clocks if other.identity == clock._identity()]
        for name in ("phase", "deadline", "breached_at", "running_since"):
            self.assertEqual(getattr(same, name) or False, clock[name], name)
        self.assertEqual(same.used, clock.used_seconds)

    # === What counts ===

    def test_agreed_does_not_count(self):
        """Downtime inside an agreed window is not counted, planned and cancelled is."""
        interruption = self._interrupt(state="planned", **consent(self.requester))
        for action, due in (
            (None, DUE),
            ("action_agree", LATER),
            ("action_cancel", DUE),
            ("action_plan", DUE),
        ):
            if action:
                with self.at(FRIDAY):
                    getattr(interruption.with_user(self.sla_manager), action)()
            clock = self._clock_of(service_id=self.service.id)
            self.assertClock(clock, deadline=due)

    def test_which_tickets(self):
        """Tickets of the service and its offerings; of all if none is named."""
        interruption = self._interrupt()
        for service, due in (
            (self.service, LATER),
            (self.offering, LATER),
            (self.other, DUE),
            (self.env["itsm.service"], DUE),
        ):
            with self.subTest(service.name):
                self.assertClock(self._clock_of(service_id=service.id), deadline=due)
        with self.at(FRIDAY):
            interruption.service_ids = self.offering
        self.assertClock(self._clock_of(service_id=self.service.id), deadline=DUE)
        self.assertClock(self._clock_of(service_id=self.offering.id), deadline=LATER)
        with self.at(FRIDAY):
            interruption.service_ids = False
        self.assertClock(self._clock_of(service_id=self.other.id), deadline=LATER)
        self.assertClock(self._clock_of(), deadline=LATER)

    def test_other_company(self):
        """An interruption of another company moves no deadline."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._interrupt(company_id=company.id, service_ids=False)
        self.assertClock(self._clock_of(service_id=self.service.id), deadline=DUE)

    def test_agreement_decides(self):
        """Only under agreements that say so; the choice is frozen in force."""
        with self.assertRaises(UserError):
            self.agreement.exclude_interruptions = False
        self.agreement.action_terminate()
        self._create_agreement(
            {"2": (0, 240)}, name="Everything counts", exclude_interruptions=False
        )
        self._interrupt()
        clock = self._clock_of(service_id=self.service.id)
        self.assertClock(clock, deadline=DUE)
        self.assertFalse(clock.service_id)

    def test_two_that_overlap(self):
        """Two interruptions at once are left out once: 11-14 and 13-16, 4 h worked."""
        self._interrupt()
        self._interrupt(start="2026-03-23 13:00", stop="2026-03-23 16:00")
        clock = self._clock_of(service_id=self.service.id)
        # 10-11, 16-18 on Monday, one hour on Tuesday
        self.assertClock(clock, deadline="2026-03-24 10:00")

    def test_extra_working_day(self):
        """An interruption on a make-up Saturday counts against it."""
        self.env["itsm.working.day"].create(
            {"name": "Make-up", "date": "2026-03-28", "pattern": "4"}
        )
        clock = self._clock_of("2026-03-27 16:00", service_id=self.service.id)
        self.assertClock(clock, deadline="2026-03-28 11:00")
        self._interrupt(start="2026-03-28 09:30", stop="2026-03-28 10:30")
        clock = self._clock_of("2026-03-27 16:00", service_id=self.service.id)
        self.assertClock(clock, deadline="2026-03-28 12:00")

    # === While clocks run ===

    def test_entered_while_running(self):
        """As a calendar edit: the deadline moves when the clock is next looked at, and
        nobody is told of the one that no longer holds."""
        clock = self._clock_of(service_id=self.service.id)
        self._interrupt("2026-03-23 10:30")
        self.assertClock(clock, deadline=DUE)
        self._run_scheduler("2026-03-23 15:01")
        self.assertClock(clock, deadline=LATER, breached_at=False)
        self.assertFalse(clock.alert_ids.filtered(lambda a: a.level == "breached"))
        self._run_scheduler("2026-03-23 17:01")
        self.assertClock(clock, breached_at=LATER)

    def test_moved_and_cancelled_while_running(self):
        """Moving and cancelling show at the next save."""
        interruption = self._interrupt()
        clock = self._clock_of(service_id=self.service.id)
        with self.at("2026-03-23 10:10"):
            interruption.date_stop = self.utc("2026-03-23 15:00")
        self._write("2026-03-23 10:20", clock.ticket_id, user_id=self.agent.id)
        self.assertClock(clock, deadline="2026-03-23 18:00")
        with self.at("2026-03-23 10:30"):
            interruption.action_cancel()
        self._write("2026-03-23 10:40", clock.ticket_id, user_id=self.agent_2.id)
        self.assertClock(clock, deadline=DUE)
        self.assertFalse(interruption.entered_afterwards)
        self._assert_as_replayed(clock, "2026-03-23 10:40")

    def test_entered_afterwards(self):
        """Allowed with a reason and marked; verdicts stay, open clocks follow."""
        done = self._clock_of(service_id=self.service.id)
        self._move("2026-03-23 16:00", done.ticket_id, "resolved")
        open_one = self._clock_of(service_id=self.service.id)
        with self.assertRaisesRegex(ValidationError, "Reason"), self.cr.savepoint():
            self._interrupt("2026-03-23 16:30")
        interruption = self._interrupt("2026-03-23 16:30", reason="Forgotten")
        self.assertTrue(interruption.entered_afterwards)
        self.assertClock(done, breached_at=DUE, phase="stopped", used_seconds=5 * HOUR)
        self.assertClock(open_one, deadline=DUE)
        self._write("2026-03-23 16:40", open_one.ticket_id, user_id=self.agent.id)
        self.assertClock(open_one, deadline=LATER)

    def test_changed_afterwards(self):
        """What has passed is changed with a reason only; what lies ahead is free."""
        interruption = self._interrupt()
        with self.at("2026-03-23 12:00"):
            interruption.date_stop = self.utc("2026-03-23 13:00")
            self.assertFalse(interruption.entered_afterwards)
        for vals in (
            {"date_start": self.utc("2026-03-23 11:30")},
            {"state": "cancelled"},
            {"service_ids": [Command.link(self.other.id)]},
        ):
            with (
                self.at("2026-03-23 12:30"),
                self.assertRaisesRegex(ValidationError, "Reason"),
                self.cr.savepoint(),
            ):
                interruption.write(vals)
            self.env.invalidate_all()
        with self.at("2026-03-23 12:30"):
            interruption.write({"state": "cancelled", "reason": "It did not happen"})
        self.assertTrue(interruption.entered_afterwards)

    # === Another service ===

    def test_service_with_other_interruptions(self):
        """Another service with other interruptions: worked out again from the start."""
        self._interrupt()
        clock = self._clock_of(service_id=self.other.id)
        self.assertClock(clock, deadline=DUE)
        self._write("2026-03-23 14:10", clock.ticket_id, service_id=self.service.id,
                    clock_change_reason="Wrong service")  # fmt: skip
        # 1 h used until 11:00; 3 h from 14:00 on
        self.assertClock(clock, deadline=LATER, service_id=self.service)
        self._assert_as_replayed(clock, "2026-03-23 14:10")
        self._write("2026-03-23 14:20", clock.ticket_id, service_id=self.other.id)
        self.assertClock(clock, deadline=DUE, breached_at=False)
        self._assert_as_replayed(clock, "2026-03-23 14:20")

    def test_service_change_breaches(self):
        """Worked out again a clock may be late: at the moment of the change."""
        self._interrupt()
        clock = self._clock_of(service_id=self.service.id)
        self._write("2026-03-23 16:00", clock.ticket_id, service_id=self.other.id)
        self.assertClock(clock, deadline=DUE, breached_at="2026-03-23 16:00")

    def test_service_with_same_interruptions(self):
        """Another service with the same interruptions: the clock goes on."""
        self._interrupt(start="2026-03-16 11:00", stop="2026-03-16 14:00", reason="Old")
        clock = self._clock_of(service_id=self.service.id)
        before = clock.applications
        self._write("2026-03-23 10:30", clock.ticket_id, service_id=self.other.id)
        self.assertEqual(clock.applications, before)
        self.assertEqual(clock.service_id, self.other)
        self._interrupt("2026-03-23 10:40", service_ids=[Command.set(self.other.ids)])
        self._write("2026-03-23 10:50", clock.ticket_id, user_id=self.agent.id)
        self.assertClock(clock, deadline=LATER)
        self._assert_as_replayed(clock, "2026-03-23 10:50")

    def test_service_change_counts_from_the_change(self):
        """Where changes count from the change on, so do the interruptions."""
        self.agreement.action_terminate()
        self._create_agreement({"2": (0, 240)}, name="Change", retarget="change")
        self._interrupt(stop="2026-03-23 15:00")
        clock = self._clock_of(service_id=self.other.id)
        self._write("2026-03-23 13:30", clock.ticket_id, service_id=self.service.id)
        # 2.5 h used; the interruption until 15:00 does not count, 1.5 h from then on
        self.assertClock(clock, deadline="2026-03-23 16:30")
        self._assert_as_replayed(clock, "2026-03-23 13:30")

    def test_service_changed_while_resolved(self):
        """A service that changed while the ticket was resolved holds on reopening."""
        self._interrupt()
        clock = self._clock_of(service_id=self.other.id)
        self._move("2026-03-23 10:30", clock.ticket_id, "resolved")
        self._write("2026-03-23 10:40", clock.ticket_id, service_id=self.service.id)
        self._move("2026-03-23 10:45", clock.ticket_id, "open")
        # 30 min used; 15 min until 11:00, 3:15 from 14:00 on
        self.assertClock(clock, deadline="2026-03-23 17:15")
        self._assert_as_replayed(clock, "2026-03-23 10:45")

    def test_leg(self):
        """A team's clock goes on with what it has used; from the change on the
        interruptions of the other service are left out."""
        ola = self._create_agreement(
            {"2": (0, 240)}, name="Desk", kind="ola", team_id=self.team.id
        )
        guard.with_token(ola).activated_at = self.utc("2026-03-01 10:00")
        self._interrupt(stop="2026-03-23 15:00")
        ticket = self._report(MON, service_id=self.other.id)
        leg = ticket.clock_ids.filtered(lambda clock: clock.kind == "ola")
        self.assertClock(leg, deadline=DUE)
        self._write("2026-03-23 13:30", ticket, service_id=self.service.id)
        # 2.5 h used, 1.5 h from 15:00 on
        self.assertClock(leg, deadline="2026-03-23 16:30", service_id=self.service)
        self._assert_as_replayed(leg, "2026-03-23 13:30")

    # === Rules and rights ===

    def test_ends_before_it_starts(self):
        """The error names the field and the remedy."""
        for stop in (FROM, "2026-03-23 10:59"):
            with (
                self.assertRaisesRegex(ValidationError, "Until.*after From"),
                self.cr.savepoint(),
            ):
                self._interrupt(stop=stop)
        with self.assertRaisesRegex(ValidationError, "Until"), self.cr.savepoint():
            self._interrupt(stop="2027-04-01 10:00")

    def test_evidence(self):
        """What was agreed is not deleted, and its marks are written by nobody."""
        interruption = self._interrupt()
        with self.assertRaises(UserError):
            interruption.unlink()
        with self.assertRaises(AccessError):
            interruption.entered_afterwards = True
        with self.assertRaises(AccessError):
            self._interrupt(agreed_at=self.utc(MON))
        # Archived it still counts: it took place.
        interruption.active = False
        self.assertClock(self._clock_of(service_id=self.service.id), deadline=LATER)
        planned = self._interrupt(state="planned")
        planned.unlink()
        self.assertFalse(planned.exists())

    def test_marks_are_not_emptied(self):
        """Emptying the marks is refused as well: they keep it from being deleted."""
        interruption = self._interrupt("2026-03-23 16:30", reason="Forgotten")
        agreed_at = interruption.agreed_at
        for vals in (
            {"agreed_at": False, "entered_afterwards": False},
            {"agreed_at": False},
            {"entered_afterwards": False, "name": "Another"},
        ):
            for user in (self.sla_manager, self.env.user):
                with self.assertRaises(AccessError):
                    interruption.with_user(user).write(vals)
        self.assertEqual(interruption.agreed_at, agreed_at)
        self.assertTrue(interruption.entered_afterwards)
        with self.assertRaises(UserError):
            interruption.with_user(self.sla_manager).unlink()
        # A new one may be sent with the empty fields, as the form does.
        self._interrupt(state="planned", agreed_at=False, entered_afterwards=False)

    def test_agents_read(self):
        """Agents see interruptions, the service level manager writes them."""
        interruption = self._interrupt()
        for user in (self.agent, self.lead):
            seen = interruption.with_user(user)
            self.assertEqual(seen.name, "Database upgrade")
            with self.assertRaises(AccessError):
                seen.name = "Mine"
            with self.assertRaises(AccessError):
                seen.action_cancel()
        interruption.with_user(self.sla_manager).name = "His"

    def test_why(self):
        """The “why” view of a clock says what was left out."""
        self._interrupt()
        clock = self._clock_of(service_id=self.service.id)
        with self.at(MON):
            self.assertIn("Database upgrade", clock.with_user(self.agent).why)
        self._move("2026-03-23 16:00", clock.ticket_id, "resolved")
        self.assertIn("Database upgrade", clock.why)
        self._interrupt(
            "2026-03-24 10:00", "2026-03-23 14:30", "2026-03-23 15:00",
            name="Entered too late", reason="Forgotten",
        )  # fmt: skip
        clock.invalidate_recordset()
        self.assertIn("Database upgrade", clock.why)
        self.assertNotIn("Entered too late", clock.why)
        other = self._clock_of(service_id=self.other.id)
        with self.at(MON):
            self.assertNotIn("Database upgrade", other.why)

    def test_no_cost_without(self):
        """Once read, interruptions cost no query; no timeline is built twice."""
        model = self.env["itsm.interruption"]
        # A change of this test class must not stand in the way of the shared cache.
        self.env.flush_all()
        self.env.cr.postcommit.data.pop("itsm_base.timelines_changed", None)
        model._index(self.company.id)
        with self.assertQueryCount(0):
            self.assertEqual(model._index(self.company.id), ())
        resolver = self.env["itsm.agreement"]._clock_resolver()
        plain = resolver.rules(self.company.id, self.agreement.id)
        other = resolver.rules(
            self.company.id, self.agreement.id, service_id=self.service.id
        )
        self.assertIs(plain.timeline, other.timeline)


@tagged("post_install", "-at_install")
class TestInterruptionConsent(SlaCommon):
    """SLM-08, CAL-07: nobody alone makes an interruption one that was agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sla_manager_2 = cls._create_user(
            "itsm-sla-manager-2", "itsm_sla.itsm_group_sla_manager"
        )
        cls.consent = consent(cls.requester)

    def _plan(self, by=None, **vals):
        with self.at(FRIDAY):
            return (
                self.env["itsm.interruption"]
                .with_user(by or self.sla_manager)
                .create(
                    {
                        "name": "Database upgrade",
                        "company_id": self.company.id,
                        "service_ids": [Command.set(self.service.ids)],
                        "date_start": self.utc(FROM),
                        "date_stop": self.utc(UNTIL),
                        **vals,
                    }
                )
            )

    def _index(self):
        return self.env["itsm.interruption"]._index(self.company.id)

    def _refused(self, call, error=UserError, text=""):
        with (
            self.at(FRIDAY),
            self.assertRaisesRegex(error, text),
            self.cr.savepoint(),
        ):
            call()
        self.env.invalidate_all()

    def test_not_alone(self):
        """Not made as agreed, not agreed by its requester: by button, by remote write,
        in sudo, among others; somebody else does, and it is on record."""
        self._refused(
            lambda: self._plan(state="agreed", **self.consent), AccessError, "yourself"
        )
        planned = self._plan(**self.consent)
        self.assertEqual(planned.requested_by_id, self.sla_manager)
        other = self._plan(self.sla_manager_2, **self.consent)
        for call in (
            planned.action_agree,
            planned.sudo().action_agree,
            lambda: planned.write({"state": "agreed"}),
            lambda: (planned | other).write({"state": "agreed"}),
            lambda: planned.with_user(self.sla_manager_2).write(
                {"state": "agreed", "date_stop": self.utc("2026-03-23 15:00")}
            ),
        ):
            self._refused(call, AccessError, "yourself")
        self.assertFalse(self._index())
        with self.at(FRIDAY):
            planned.with_user(self.sla_manager_2).action_agree()
        self.assertRecordValues(
            planned,
            [
                {
                    "state": "agreed",
                    "requested_by_id": self.sla_manager.id,
                    "agreed_by_id": self.sla_manager_2.id,
                    "agreed_at": self.utc(FRIDAY),
                    "consent_partner_ids": self.requester.ids,
                }
            ],
        )
        self.assertEqual(len(self._index()), 1)

    def test_says_who_agreed(self):
        """Who agreed, when, and where it is written; none of the two, no day ahead."""
        planned = self._plan().with_user(self.sla_manager_2)
        for name in self.consent:
            vals = {**self.consent, name: False}
            self._refused(lambda vals=vals: planned.write({**vals, "state": "agreed"}))
        for name, value, text in (
            ("consent_evidence", "  ", "Evidence"),
            ("consent_on", "2026-03-21", "future"),
            (
                "consent_partner_ids",
                [Command.set(self.sla_manager.partner_id.ids)],
                "not the other side",
            ),
            (
                "consent_partner_ids",
                [Command.set(self.sla_manager_2.partner_id.ids)],
                "not the other side",
            ),
        ):
            vals = {**self.consent, name: value, "state": "agreed"}
            self._refused(lambda vals=vals: planned.write(vals), UserError, text)
        with self.at(FRIDAY):
            planned.write({**self.consent, "state": "agreed"})
        self.assertEqual(planned.state, "agreed")

    def test_only_less_afterwards(self):
        """What is agreed is not made longer or wider; less of it is nobody's harm."""
        other = self.env["itsm.service"].create(
            {"name": "Printing", "code": "T-PRN", "state": "live"}
        )
        planned = self._plan(**self.consent)
        agreed = planned.with_user(self.sla_manager_2)
        with self.at(FRIDAY):
            agreed.action_agree()
        for vals in (
            {"date_stop": self.utc("2026-03-23 15:00")},
            {"date_start": self.utc("2026-03-23 10:59")},
            {"service_ids": [Command.clear()]},
            {"service_ids": [Command.link(other.id)]},
        ):
            for user in (self.sla_manager, self.sla_manager_2):
                self._refused(
                    lambda vals=vals, user=user: agreed.with_user(user).write(vals),
                    UserError,
                    "back to planning",
                )
        for vals in ({"consent_evidence": "Another"}, {"consent_on": False}):
            self._refused(lambda vals=vals: agreed.write(vals), UserError, "recorded")
        with self.assertRaises(AccessError):
            agreed.write({"requested_by_id": self.agent.id})
        with self.assertRaises(AccessError):
            agreed.write({"agreed_by_id": False})
        with self.at(FRIDAY):
            agreed.date_stop = self.utc("2026-03-23 13:00")
        self.assertEqual(agreed.requested_by_id, self.sla_manager)
        with self.at(FRIDAY):
            agreed.action_plan()
        self.assertFalse(agreed.consent_evidence or agreed.consent_partner_ids)
        self.assertFalse(agreed.agreed_by_id)
        with self.at(FRIDAY):
            agreed.write({"date_stop": self.utc("2026-03-23 15:00"), **self.consent})
        self._refused(agreed.action_agree, AccessError, "yourself")
        with self.at(FRIDAY):
            planned.action_agree()
        self.assertEqual(planned.agreed_by_id, self.sla_manager)

    def test_nobody_widens_alone(self):
        """Cancelled or taken back and widened in one save: who widened it does not
        agree it, and what was cancelled is planned again first."""
        planned = self._plan(**self.consent)
        second = planned.with_user(self.sla_manager_2)
        with self.at(FRIDAY):
            second.action_agree()
        longer = {"date_stop": self.utc("2026-03-24 11:00")}
        with self.at(FRIDAY):
            second.write({"state": "cancelled", **longer})
        self._refused(second.action_agree, UserError, "cancelled")
        self._refused(planned.action_agree, UserError, "cancelled")
        with self.at(FRIDAY):
            second.action_plan()
            second.write(dict(self.consent))
        self.assertEqual(planned.requested_by_id, self.sla_manager_2)
        self._refused(second.action_agree, AccessError, "yourself")
        with self.at(FRIDAY):
            planned.action_agree()
        # and the other way: back to planning, longer and for all services at once
        with self.at(FRIDAY):
            planned.write(
                {
                    "state": "planned",
                    "date_stop": self.utc("2026-03-25 11:00"),
                    "service_ids": [Command.clear()],
                }
            )
            planned.write(dict(self.consent))
        self._refused(planned.action_agree, AccessError, "yourself")

    def test_correction_to_less(self):
        """Who corrects a plan to less has not asked for it: the other cannot agree."""
        planned = self._plan(**self.consent)
        with self.at(FRIDAY):
            planned.with_user(self.sla_manager_2).date_start = self.utc(
                "2026-03-23 11:01"
            )
        self.assertEqual(planned.requested_by_id, self.sla_manager)
        self._refused(planned.action_agree, AccessError, "yourself")

    def test_agreed_before(self):
        """Agreed before this was asked: stays agreed, is cancelled and shortened."""
        old = self._plan(self.env.user, state="agreed").with_user(self.sla_manager)
        self.assertEqual(len(self._index()), 1)
        with self.at(FRIDAY):
            old.write({"name": "Another name", "reference": "C-1"})
            old.date_stop = self.utc("2026-03-23 13:00")
            self.assertEqual(old.state, "agreed")
            old.action_cancel()
        self.assertFalse(self._index())

    def test_planned_outage(self):
        """AVC-05, AVC-07: a planned outage for which no interruption was agreed is
        confirmed by somebody else than who planned it."""
        vals = {
            "name": "Upgrade",
            "company_id": self.company.id,
            "service_id": self.service.id,
            "date_start": self.utc("2026-03-16 11:00"),
            "date_stop": self.utc("2026-03-16 12:00"),
            "planned": True,
            "note": "By letter of P. Requester",
        }
        outages = self.env["itsm.outage"].with_user(self.sla_manager)
        self._refused(
            lambda: outages.create({**vals, "state": "confirmed"}),
            AccessError,
            "somebody else",
        )
        outage = outages.create(vals)
        self._refused(outage.action_confirm, AccessError, "somebody else")
        with self.assertRaises(AccessError):
            outage.planned_by_id = self.sla_manager_2
        outage.with_user(self.sla_manager_2).action_confirm()
        self.assertEqual(outage.state, "confirmed")
        # what takes no more may be corrected by anybody who keeps outages
        outage.name = "Upgrade of the mail"
        outage.effect = "degraded"
        outage.date_stop = self.utc("2026-03-16 11:50")
        longer = {"date_stop": self.utc("2026-03-16 13:00")}
        self._refused(lambda: outage.write(longer), AccessError, "somebody else")
        plain = outages.create({**vals, "planned": False, "state": "confirmed"})
        self._refused(lambda: plain.write({"planned": True}), AccessError)
        agreed = self._plan(
            self.env.user,
            state="agreed",
            date_start=vals["date_start"],
            date_stop=vals["date_stop"],
            reason="As the test wants it",
        )
        plain.write({"planned": True, "interruption_id": agreed.id})
        self.assertEqual(plain.state, "confirmed")
