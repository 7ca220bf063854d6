# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from ..models.itsm_clock_scheduler import ItsmClock
from .escalation_common import MON, EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationWhen(EscalationCommon):
    """INC-30, design 2 Scheduler: when rules come due, once each, the furthest fires.

    Expected times are worked out by hand on Mon-Fri 09-12, 13-18.
    """

    def test_instants(self):
        """INC-30: instants in working time, before and after the deadline of 15:00."""
        clock = self._clocks(self._report(MON))
        for vals, wall in (
            ({"percent": 25}, "2026-03-23 11:00"),
            # an exact fit ends at closing time
            ({"percent": 50}, "2026-03-23 12:00"),
            ({"percent": 60}, "2026-03-23 13:24"),
            ({"percent": 100}, "2026-03-23 15:00"),
            ({"percent": 150}, "2026-03-23 17:00"),
            ({"percent": 200}, "2026-03-24 10:00"),
            # 40 h: 7 on Monday, 8 on each day to Friday, 1 on Monday in summer time
            ({"percent": 1000}, "2026-03-30 10:00"),
            ({"moment": "before", "minutes": 90}, "2026-03-23 13:30"),
            ({"moment": "before", "minutes": 150}, "2026-03-23 11:30"),
            # more than the whole target: at the start
            ({"moment": "before", "minutes": 300}, "2026-03-23 10:00"),
            ({"moment": "after", "minutes": 60}, "2026-03-23 16:00"),
            ({"moment": "after", "minutes": 240}, "2026-03-24 10:00"),
            ({"moment": "at_risk"}, "2026-03-23 14:00"),
            ({"moment": "breach"}, "2026-03-23 15:00"),
            ({"moment": "breach", "minutes": 30}, "2026-03-23 15:30"),
            ({"moment": "breach", "minutes": 240}, "2026-03-24 10:00"),
        ):
            with self.subTest(**vals):
                self.assertEqual(
                    self._instant(self._rule(**vals), clock), self.utc(wall)
                )

    def test_instants_paused(self):
        """INC-30: pauses do not count; while the clock waits nothing comes due."""
        half, most = self._rule(), self._rule(percent=80)
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._move("2026-03-23 11:00", ticket, "paused")
        self.assertFalse(self._instant(half, clock))
        self.assertFalse(clock.next_event_at)
        self._move("2026-03-23 14:00", ticket, "open")
        self.assertEqual(self._instant(half, clock), self.utc("2026-03-23 15:00"))
        self.assertClock(clock, next_event_at="2026-03-23 15:00")
        # used in a finished interval: it came due then
        self._move("2026-03-23 15:30", ticket, "paused")
        self._move("2026-03-23 16:00", ticket, "open")
        self.assertEqual(self._instant(half, clock), self.utc("2026-03-23 15:00"))
        # 3 h 12: 2 h 30 used at 15:30, 42 minutes from 16:00 on
        self.assertEqual(self._instant(most, clock), self.utc("2026-03-23 16:42"))

    def test_breach_by_a_change(self):
        """Design 2: a change that breaches is the breach that minutes count from."""
        rule = self._rule(moment="breach", minutes=30)
        after = self._rule(moment="after", minutes=30)
        ticket = self._report(MON, priority="1")
        # 3 h 30 used, the new target is 2 h
        self._write("2026-03-23 14:30", ticket, priority="3")
        clock = self._clocks(ticket)
        self.assertClock(clock, breached_at="2026-03-23 14:30")
        self.assertEqual(self._instant(rule, clock), self.utc("2026-03-23 15:00"))
        # while the deadline under the new target was 12:00
        self.assertEqual(self._instant(after, clock), self.utc("2026-03-23 13:30"))

    def test_next_event(self):
        """Design 2: the scheduler looks at the earliest rule that has not fired."""
        self._rule(name="half")
        self._rule(name="late", percent=150)
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        for look, wall, fired in (
            ("2026-03-23 12:00", "2026-03-23 12:01", ["half"]),
            ("2026-03-23 15:00", "2026-03-23 15:01", ["half"]),
            ("2026-03-23 17:00", "2026-03-23 17:01", ["half", "late"]),
        ):
            self.assertClock(clock, next_event_at=look)
            self._run_scheduler(look)  # not before it is past
            self._run_scheduler(wall)
            self._run_scheduler(wall)
            self.assertEqual([name for name, _told in self._told(ticket)], fired)
        self.assertClock(clock, next_event_at=False, breached_at="2026-03-23 15:00")
        self.assertEqual(self._alerts(ticket).mapped("level"), ["in_time", "breached"])

    def test_breached_without_rules(self):
        """Design 2: a clock is marked breached also when there is no rule."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self.assertClock(clock, next_event_at="2026-03-23 15:00")
        self._run_scheduler("2026-03-23 15:01")
        self.assertClock(clock, breached_at="2026-03-23 15:00", next_event_at=False)
        self.assertFalse(self._alerts(ticket))

    def test_furthest_fires(self):
        """Design 2: after a long stop the furthest fires, the others are passed."""
        for percent in (50, 75, 100, 400):
            self._rule(name=str(percent), percent=percent)
        ticket = self._report(MON)
        self._run_scheduler("2026-03-24 10:00")
        self.assertEqual(
            self._told(ticket), [("50", "passed"), ("75", "passed"), ("100", "told")]
        )
        self.assertEqual(len(self._activities(ticket)), 1)

    def test_acting_rules_are_made_up_for(self):
        """Design 2: what should have acted while the scheduler stood acts later."""
        self._rule(name="line", raise_line=True, percent=25)
        self._rule(name="tells", percent=50)
        self._rule(name="priority", to_priority="3", percent=75)
        self._rule(name="breach", moment="breach")
        ticket = self._report(MON)
        self._run_scheduler("2026-03-24 10:00")
        self.assertEqual(
            self._told(ticket),
            [
                ("line", "done"),
                ("tells", "passed"),
                ("priority", "done"),
                ("breach", "told"),
            ],
        )
        self.assertEqual((ticket.support_line, ticket.priority), ("2", "3"))

    def test_acting_rules_past_at_the_start(self):
        """Design 2: what was past when the target changed, or the clock was attached,
        is passed over, whatever it would have done."""
        self._rule(name="line", raise_line=True, percent=50)
        self._rule(name="most", to_team_id=self.team_2.id, percent=75)
        self._rule(name="breach", moment="breach")
        ticket = self._report(MON, priority="1")
        # 3 h 15 of now 4 h: 81 %; the deadline of 15:00 comes while nothing runs
        self._write("2026-03-23 14:15", ticket, priority="2")
        self._run_scheduler("2026-03-24 10:00")
        self.assertEqual(
            self._told(ticket),
            [("line", "passed"), ("most", "passed"), ("breach", "told")],
        )
        late = self._report(MON)
        self.env.cr.execute(
            "UPDATE itsm_clock SET create_date = %s WHERE id = %s",
            [self.utc("2026-03-23 13:30"), self._clocks(late).id],
        )
        self._run_scheduler("2026-03-24 10:00")
        self.assertEqual(
            self._told(late), [("line", "passed"), ("most", "done"), ("breach", "told")]
        )

    def test_due_within_minutes(self):
        """Design 2: what comes due between two turns of the scheduler all fires."""
        for percent in (49, 50):
            self._rule(name=str(percent), percent=percent)
        ticket = self._report("2026-03-25 10:00", priority="3")
        # of 2 h: 10:58:48 and 11:00, the scheduler came half a minute later
        self._run_scheduler("2026-03-25 11:00:30")
        self.assertEqual(self._told(ticket), [("49", "told"), ("50", "told")])
        late = self._report("2026-03-26 10:00", priority="3")
        self._run_scheduler("2026-03-26 11:05")
        self.assertEqual(self._told(late), [("49", "passed"), ("50", "told")])

    def test_same_instant(self):
        """Design 2: rules of one instant all fire."""
        self._rule(name="half")
        self._rule(name="two hours", moment="before", minutes=120, sequence=20)
        ticket = self._report(MON)
        self._run_scheduler("2026-03-25 10:00")
        self.assertEqual(self._told(ticket), [("half", "told"), ("two hours", "told")])

    def test_attached_with_a_past(self):
        """Design 2: of rules past when the clock attaches the furthest fires."""
        for percent in (50, 75, 90):
            self._rule(name=str(percent), percent=percent)
        ticket = self._report("2026-03-23 14:10", reported_at=self.utc(MON))
        self._run_scheduler("2026-03-23 14:11")
        self.assertEqual(self._told(ticket), [("50", "passed"), ("75", "told")])
        self._run_scheduler("2026-03-23 14:37")
        self.assertEqual(self._told(ticket)[2:], [("90", "told")])

    def test_retargeted(self):
        """Design 2: of rules past after a change of target the furthest fires, once."""
        for percent in (50, 75, 95):
            self._rule(name=str(percent), percent=percent)
        ticket = self._report(MON, priority="1")
        self._run_scheduler("2026-03-23 14:10")
        self.assertFalse(self._alerts(ticket))
        # 3 h 15 of now 4 h: 81 %
        reason = {"clock_change_reason": "Looked at again"}
        self._write("2026-03-23 14:15", ticket, priority="2", **reason)
        self._run_scheduler("2026-03-23 14:16")
        self.assertEqual(self._told(ticket), [("50", "passed"), ("75", "told")])
        # back and forth: nothing fires again
        self._write("2026-03-23 14:20", ticket, priority="1", **reason)
        self._run_scheduler("2026-03-23 17:05")
        self._write("2026-03-23 17:10", ticket, priority="2", **reason)
        self._run_scheduler("2026-03-23 17:11")
        self.assertEqual(
            self._told(ticket), [("50", "passed"), ("75", "told"), ("95", "told")]
        )

    def test_once_in_the_database(self):
        """Design 2: once per clock and rule, whatever runs beside."""
        rule = self._rule()
        ticket = self._report(MON)
        self._run_scheduler("2026-03-23 12:01")
        clock = self._clocks(ticket)
        self.assertEqual(clock.fired, rule.ids)
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            self.env["itsm.clock.alert"]._raise(
                [(clock, rule.id, clock.deadline, "in_time", "fires")], clock.deadline
            )

    def test_filters(self):
        """INC-30: agreement, kind, line and priorities decide when it comes due."""
        other = self._draft_agreement({"2": (0, 240)}, name="Other")
        fits = self._rule(name="fits", for_high=True, itsm_kind="incident")
        rules = {}
        for name, vals in (
            ("agreement", {"agreement_ids": other.ids}),
            ("kind", {"itsm_kind": "request"}),
            ("line", {"support_line": "2"}),
            ("priority", {"for_critical": True}),
            ("target", {"metric": "response"}),
            ("clock", {"clock_kind": "ola"}),
        ):
            rules[name] = self._rule(name=name, **vals)
        ticket = self._report(MON)
        for wall in ("2026-03-23 12:01", "2026-03-23 12:02", "2026-03-23 15:01"):
            self._run_scheduler(wall)
            self.assertEqual(self._told(ticket), [("fits", "told")])
        self.assertEqual(
            set(self._clocks(ticket).fired),
            {fits.id, *(rules[name].id for name in ("kind", "line", "priority"))},
        )
        self.assertClock(self._clocks(ticket), next_event_at=False)

    def test_not_meant_stays(self):
        """INC-30: a filter is judged when the rule comes due, not by chance later."""
        rule = self._rule(for_critical=True, percent=25)
        ticket = self._report(MON)
        self._run_scheduler("2026-03-23 11:01")
        clock = self._clocks(ticket)
        self.assertEqual(clock.fired, rule.ids)
        self._write("2026-03-23 11:02", ticket, priority="3")
        self._move("2026-03-23 11:03", ticket, "paused")
        self._move("2026-03-23 11:10", ticket, "open")
        self._run_scheduler("2026-03-23 11:45")
        self.assertFalse(self._alerts(ticket))

    def test_later_version(self):
        """INC-30: a rule for an agreement holds for its later versions too."""
        rule = self._rule(agreement_ids=self.agreement.ids)
        draft = self.env["itsm.agreement"].browse(
            self.agreement.action_new_version()["res_id"]
        )
        self.assertEqual(
            [step.rule_id for step in rule._plan(draft.id, "sla", "resolution")],
            rule.ids,
        )
        self.assertEqual(rule._agreements_meant(), self.agreement | draft)

    def test_rule_added_later(self):
        """INC-30: a rule that is added leaves alone what was past, and says so."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        paused = self._report(MON)
        self._move("2026-03-23 10:30", paused, "paused")
        with self.at("2026-03-23 13:00"):
            past = self._rule(name="past", since=self.utc("2026-03-23 13:00"))
            coming = self._rule(
                name="coming", percent=60, since=self.utc("2026-03-23 13:00")
            )
        self.assertClock(clock, next_event_at="2026-03-23 13:00")
        self.assertFalse(self._clocks(paused).next_event_at)
        self._run_scheduler("2026-03-23 13:01")
        self.assertEqual(self._told(ticket), [("past", "passed")])
        self.assertIn("before the rule", self._alerts(ticket).note)
        self.assertClock(clock, next_event_at="2026-03-23 13:24")
        self._run_scheduler("2026-03-23 13:25")
        self.assertEqual(self._told(ticket), [("past", "passed"), ("coming", "told")])
        self.assertEqual(set(clock.fired), set((past | coming).ids))

    def test_rule_added_for_the_past_too(self):
        """INC-30: unless it is said to fire on clocks that are past already."""
        ticket = self._report(MON)
        with self.at("2026-03-23 13:00"):
            rule = self.env["itsm.escalation.rule"].create(
                {"name": "past", "percent": 50, "tell_owner": True, "also_past": True}
            )
        self.assertFalse(rule.since)
        self._run_scheduler("2026-03-23 13:01")
        self.assertEqual(self._told(ticket), [("past", "told")])

    def test_rule_edited(self):
        """INC-30: an edited rule moves the next event, fires not for the past."""
        rule = self._rule(percent=90)
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self.assertClock(clock, next_event_at="2026-03-23 14:36")
        with self.at("2026-03-23 12:30"):
            rule.percent = 40
        self.assertEqual(rule.since, self.utc("2026-03-23 12:30"))
        self._run_scheduler("2026-03-23 13:00")
        self.assertEqual(self._told(ticket), [("Test rule", "passed")])
        other = self._report("2026-03-24 10:00")
        self.assertClock(self._clocks(other), next_event_at="2026-03-24 11:36")
        rule.name = "Another name"
        self.assertEqual(rule.since, self.utc("2026-03-23 12:30"))
        rule.active = False
        self._run_scheduler("2026-03-24 11:37")
        self.assertFalse(self._alerts(other))
        self.assertClock(self._clocks(other), next_event_at="2026-03-24 15:00")

    def test_look_again_in_two_statements(self):
        """Design, Speed: editing a rule counts its clocks and writes them once."""
        tickets = self.env["helpdesk.ticket"]
        for _index in range(3):
            tickets |= self._report(MON)
        rule = self._rule(percent=90)
        self.env.flush_all()
        with self.at("2026-03-23 12:30"), self.assertQueryCount(2):
            rule._look_again()
        self.assertEqual(
            set(tickets.clock_ids.mapped("next_event_at")),
            {self.utc("2026-03-23 12:30")},
        )

    def test_look_again_by_a_run(self):
        """Design 9: a rule for many clocks is saved at once, a run queues the clocks.

        Edited again before the run has ended, it begins again; it is one run.
        """
        plan = "odoo.addons.itsm_sla.models.itsm_escalation_rule_plan"
        tickets = self.env["helpdesk.ticket"]
        for _index in range(3):
            tickets |= self._report(MON)
        clocks = tickets.clock_ids
        before = {clock.id: clock.next_event_at for clock in clocks}
        with (
            patch(f"{plan}.AT_ONCE", 1),
            patch(f"{plan}.SLICE", 1),
            self.at("2026-03-23 10:10"),
        ):
            rule = self._rule(percent=90)
            run = rule.run_id
            self.assertEqual(run.state, "waiting")
            self.assertEqual(run.total, len(clocks))
            self.assertEqual(
                {clock.id: clock.next_event_at for clock in clocks}, before
            )
            guarded = guard.with_token(run.sudo())
            guarded._do_slice(guarded._job_of_owner())
            queued = clocks.filtered(
                lambda clock: clock.next_event_at == self.utc("2026-03-23 10:10")
            )
            self.assertEqual(queued, clocks.sorted("id")[:1])
            self.assertEqual(run.done, 1)
            with self.at("2026-03-23 10:11"):
                rule.percent = 80
            self.assertEqual(rule.run_id, run)
            self.assertEqual((run.done, run.total), (0, len(clocks) - 1))
            run._work_inline()
        self.assertEqual(run.state, "done")
        self.assertEqual(
            set(clocks.mapped("next_event_at")), {self.utc("2026-03-23 10:10")}
        )

    def test_agreement_end(self):
        """Design 2: the scheduler looks when the agreement ends, and cancels."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        end = self.utc("2026-03-23 14:30")
        self.env.cr.execute(
            "UPDATE itsm_agreement SET terminated_at = %s WHERE id = %s",
            [end, self.agreement.id],
        )
        self.agreement.invalidate_recordset()
        self.agreement._mark_changed()
        self._write("2026-03-23 11:00", ticket, priority="1")
        self._write("2026-03-23 11:00", ticket, priority="2")
        self.assertClock(clock, next_event_at="2026-03-23 14:30")
        self._run_scheduler("2026-03-23 14:31")
        self.assertClock(clock, phase="cancelled", next_event_at=False)
        self.assertEqual(clock.stopped_at, end)

    def test_silent(self):
        """Design, Manners: history, archived tickets and silent runs only log."""
        self._rule(raise_line=True)
        archived = self._report(MON)
        self._write("2026-03-23 11:00", archived, self.manager, active=False)
        silent = self._report(MON)
        with self.at("2026-03-23 12:01"):
            silent.clock_ids._silence(self.utc("2026-03-23 12:01"))
        with self.at("2026-03-23 12:01"):
            history = self._history_ticket(priority="2", reported_at=self.utc(MON))
        self._run_scheduler("2026-03-23 12:02")
        for ticket in archived, silent:
            self.assertEqual(self._told(ticket), [("Test rule", "silent")])
            self.assertEqual(ticket.support_line, "1")
            self.assertFalse(self._notes(ticket))
        self.assertFalse(self._alerts(history))
        self.assertFalse(self._activities(archived | silent | history))
        self.assertFalse(self._mails())

    def test_exempt(self):
        """Design, Manners: what is silenced is asked in one place."""
        self._rule()
        ticket = self._report(MON)
        self.patch(ItsmClock, "_is_silenced", lambda clock: True)
        self._run_scheduler("2026-03-23 12:01")
        self.assertEqual(self._told(ticket), [("Test rule", "silent")])
