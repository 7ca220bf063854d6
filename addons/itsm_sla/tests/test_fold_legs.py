# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Legs of teams and suppliers, updates, emergencies and working days, by hand.

Monday to Friday 09–12 and 13–18. Teams 1 and 2 have operational level agreements,
supplier 7 an underpinning contract.
"""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.clock import DayTarget, Level
from ..tools.fold import TicketFold
from .oracle import WallCalendar
from .test_fold import COUNTED, MINUTE, REQUESTER, Desk, FoldCase, H, Ticket, timeline

ALL_DAY = {day: [("00:00", "24:00")] for day in range(7)}
BOTH_PRIORITIES = ("1", "3")


def targets(**metrics):
    """Targets of one metric each, for incidents of priority 1 and 3 alike."""
    return {
        (metric, "incident", priority): promise
        for metric, promise in metrics.items()
        for priority in BOTH_PRIORITIES
    }


class Chain:
    """Answers as the resolver does: the SLA by a call, legs by `leg`."""

    def __init__(self, desk, legs):
        self.desk = desk
        self.legs = legs

    def __call__(self, facts):
        return self.desk.resolve(facts)

    def leg(self, kind, facts, moment):
        party = facts.team_id if kind == "ola" else facts.supplier_id
        return self.legs.get((kind, party))


class LegTicket(Ticket):
    def __init__(self, desk, legs):
        self.desk = desk
        self.fold = TicketFold(Chain(desk, legs))

    def team(self, when, team):
        return self.step(when, team={"team_id": team})

    def supplier(self, when, supplier):
        return self.step(when, supplier={"supplier_id": supplier})

    def leg(self, kind, party, metric="resolution", cycle=0):
        for clock in self.fold.clocks:
            if clock.identity == (
                kind,
                metric,
                party if kind == "ola" else 0,
                party if kind == "uc" else 0,
                cycle,
            ):
                return clock
        return None


class LegCase(FoldCase):
    def desk(self, **values):
        """SLA 16 h; team 1 has 2 h, team 2 4 h, supplier 7 8 h around the clock."""
        sla_rules = {
            name: values.pop(name)
            for name in ("pause_with_supplier",)
            if name in values
        }
        desk = Desk(resolution=16 * H, **sla_rules)
        self.legs = {
            ("ola", 1): replace(
                desk.rules,
                agreement_id=11,
                kind="ola",
                targets=targets(response=H // 2, resolution=2 * H),
                response_by="assignment",
                **values,
            ),
            ("ola", 2): replace(
                desk.rules,
                agreement_id=12,
                kind="ola",
                targets=targets(resolution=4 * H),
                **values,
            ),
            ("uc", 7): replace(
                desk.rules,
                agreement_id=17,
                kind="uc",
                targets=targets(response=H, resolution=8 * H),
                timeline=timeline(desk.zone, ALL_DAY),
                **values,
            ),
        }
        return desk

    def ticket(self, desk, when, **facts):
        return LegTicket(desk, self.legs).step(when, reported=facts)

    def assertLeg(self, ticket, kind, party, metric="resolution", cycle=0, **expected):
        clock = ticket.leg(kind, party, metric, cycle)
        self.assertTrue(clock, f"no {kind} {metric} clock {cycle} of {party}")
        for name, value in expected.items():
            actual = getattr(clock, {"breached": "breached_at"}.get(name, name))
            if name in ("used", "overrun"):
                value = value * H
            elif name in ("deadline", "breached", "started_at") and value:
                value = ticket.desk.at(value)
            self.assertEqual(actual, value, f"{kind} {party} {metric}: {name}")


@tagged("post_install", "-at_install")
class TestFoldLegs(LegCase):
    def test_vector_16_teams_and_supplier(self):
        """SLM-01, SLM-02, vector 16: OLA per team, UC per supplier, SLA untouched."""
        desk = self.desk()
        ticket = self.ticket(desk, "Mon 09:00")
        self.assertLeg(ticket, "ola", 1, deadline="Mon 11:00")
        ticket.team("Mon 10:00", 2)
        # in time: 1 of 2 h
        self.assertLeg(ticket, "ola", 1, phase="handed_over", used=1, breached=None)
        # 10-12 and 13-15 are 4 h
        self.assertLeg(ticket, "ola", 2, started_at="Mon 10:00", deadline="Mon 15:00")
        ticket.supplier("Mon 11:00", 7)
        self.assertLeg(ticket, "ola", 2, phase="paused", used=1, deadline=None)
        # around the clock
        self.assertLeg(ticket, "uc", 7, deadline="Mon 19:00")
        ticket.supplier("Mon 17:00", None)
        self.assertLeg(ticket, "uc", 7, phase="stopped", used=6, breached=None)
        # 1 h of work until closing, 2 h on Tuesday
        self.assertLeg(ticket, "ola", 2, phase="running", deadline="Tue 11:00")
        ticket.end("Tue 10:30")
        # 10-11, 17-18 and 9-10:30
        self.assertLeg(ticket, "ola", 2, phase="stopped", used=3.5, breached=None)
        # the customer's clock ran through all of it: 8 h on Monday, 1.5 h on Tuesday
        self.assertMet(ticket, used=9.5)

    def test_handed_over_late_is_missed(self):
        """Design 2, OLA: a leg that was late stays missed when it is passed on."""
        ticket = self.ticket(self.desk(), "Mon 09:00").team("Mon 13:30", 2)
        # due 11:00; 11-12 and half an hour after lunch are the overrun
        self.assertLeg(
            ticket, "ola", 1, phase="stopped", breached="Mon 11:00", overrun=1.5
        )

    def test_team_gets_it_back(self):
        """Design 2, OLA: the same clock goes on; per agreement a new one starts."""
        ticket = self.ticket(self.desk(), "Mon 09:00")
        ticket.team("Mon 10:00", 2).team("Mon 14:00", 1)
        # 1 h was used, 1 h is left
        self.assertLeg(ticket, "ola", 1, phase="running", deadline="Mon 15:00", used=1)
        self.assertFalse(ticket.leg("ola", 1, cycle=1))
        ticket = self.ticket(self.desk(reopen="new"), "Mon 09:00")
        ticket.team("Mon 10:00", 2).team("Mon 14:00", 1)
        self.assertLeg(ticket, "ola", 1, phase="handed_over", used=1)
        self.assertLeg(ticket, "ola", 1, cycle=1, used=0, deadline="Mon 16:00")

    def test_back_late_is_breached_again(self):
        """Design 2, OLA: time with others does not heal a breach."""
        ticket = self.ticket(self.desk(), "Mon 09:00")
        ticket.team("Mon 14:00", 2).team("Tue 09:00", 1)
        # 3 h used: deadline passed when 2 h were, Mon 11:00
        self.assertLeg(ticket, "ola", 1, phase="running", breached="Mon 11:00", used=4)

    def test_response_of_a_team_and_a_supplier(self):
        """Design 2: an OLA response is met by assignment, a UC's by the supplier."""
        ticket = self.ticket(self.desk(), "Mon 09:00")
        ticket.reply("Mon 09:10")
        self.assertLeg(ticket, "ola", 1, "response", phase="running")
        ticket.assign("Mon 09:20", 5)
        self.assertLeg(ticket, "ola", 1, "response", phase="stopped", breached=None)
        ticket.supplier("Mon 10:00", 7).step("Mon 11:30", supplier_reply={})
        self.assertLeg(
            ticket, "uc", 7, "response", phase="stopped", breached="Mon 11:00"
        )
        # given back and given again: a response is judged once
        ticket.supplier("Mon 13:00", None).supplier("Mon 14:00", 7)
        self.assertLeg(ticket, "uc", 7, "response", phase="stopped")
        # 10-13 were 3 h; 5 left
        self.assertLeg(ticket, "uc", 7, phase="running", deadline="Mon 19:00")

    def test_assignment_that_came_with_the_ticket(self):
        """Design 2, OLA: user and team chosen in one save are no answer of the team."""
        ticket = LegTicket(self.desk(), self.legs)
        ticket.step("Mon 09:00", reported={}, assignee={"assignee_id": 5})
        self.assertLeg(ticket, "ola", 1, "response", phase="running")
        # Of such a ticket the first public reply is the response.
        ticket.reply("Mon 09:20")
        self.assertLeg(ticket, "ola", 1, "response", phase="stopped", breached=None)
        desk = self.desk()
        self.legs["ola", 2] = replace(
            self.legs["ola", 2], targets=targets(response=H), response_by="either"
        )
        ticket = self.ticket(desk, "Mon 09:00")
        ticket.step("Mon 09:30", team={"team_id": 2}, assignee={"assignee_id": 6})
        self.assertLeg(ticket, "ola", 2, "response", phase="running")
        ticket.assign("Mon 10:00", 7)
        self.assertLeg(ticket, "ola", 2, "response", phase="stopped")

    def test_next_supplier(self):
        """Design 2: passed on to another supplier is handed over."""
        desk = self.desk()
        self.legs["uc", 8] = replace(self.legs["uc", 7], agreement_id=18)
        ticket = self.ticket(desk, "Mon 09:00")
        ticket.supplier("Mon 10:00", 7).supplier("Mon 12:00", 8)
        self.assertLeg(ticket, "uc", 7, phase="handed_over", used=2)
        self.assertLeg(ticket, "uc", 8, phase="running", deadline="Mon 20:00")

    def test_sla_waits_only_where_it_says_so(self):
        """Design 2, INC-34: the SLA runs while a supplier holds it, unless agreed."""
        ticket = self.ticket(self.desk(), "Mon 09:00").supplier("Mon 10:00", 7)
        self.assertClock(ticket, phase="running")
        ticket = self.ticket(self.desk(pause_with_supplier=True), "Mon 09:00")
        ticket.supplier("Mon 10:00", 7)
        self.assertClock(ticket, phase="paused", used=1)
        ticket.supplier("Mon 14:00", None)
        # 15 h left from 14:00: 4 today, 8 on Tuesday, 3 on Wednesday
        self.assertClock(ticket, phase="running", deadline="Wed 12:00")

    def test_supplier_and_pause_reason(self):
        """INC-34: a ticket that waits for the requester stops the supplier's clock."""
        ticket = self.ticket(self.desk(), "Mon 09:00").supplier("Mon 10:00", 7)
        ticket.pause("Mon 11:00", REQUESTER)
        self.assertLeg(ticket, "uc", 7, phase="paused", used=1)
        ticket.work("Mon 15:00")
        self.assertLeg(ticket, "uc", 7, phase="running", deadline="Mon 22:00")
        self.assertLeg(ticket, "ola", 1, phase="paused", used=1)

    def test_reopened(self):
        """Design 2: resolved stops the holder; reopening goes on with him."""
        ticket = self.ticket(self.desk(), "Mon 09:00").end("Mon 10:00")
        self.assertLeg(ticket, "ola", 1, phase="stopped", used=1, breached=None)
        ticket.reopen("Tue 09:00")
        self.assertLeg(ticket, "ola", 1, phase="running", deadline="Tue 10:00")
        ticket.end("Tue 09:30").team("Tue 09:40", 2).reopen("Tue 14:00")
        # another team had it by then
        self.assertLeg(ticket, "ola", 1, phase="stopped", used=1.5)
        self.assertLeg(ticket, "ola", 2, started_at="Tue 14:00", deadline="Tue 18:00")

    def test_cancelled(self):
        """Vector 12: a cancelled ticket cancels its legs."""
        ticket = self.ticket(self.desk(), "Mon 09:00").supplier("Mon 09:30", 7)
        ticket.end("Mon 10:00", "cancelled")
        self.assertLeg(ticket, "ola", 1, phase="cancelled")
        self.assertLeg(ticket, "uc", 7, phase="cancelled")

    def test_team_without_agreement(self):
        """Design 2: nothing is clocked for a team that has promised nothing."""
        ticket = self.ticket(self.desk(), "Mon 09:00", team_id=9)
        self.assertEqual([clock.kind for clock in ticket.fold.clocks], ["sla"])
        ticket.team("Mon 10:00", None).team("Mon 11:00", 1)
        self.assertLeg(ticket, "ola", 1, deadline="Mon 14:00")

    def test_priority_within_a_leg(self):
        """Design 2: a new priority applies from the start of the leg; it can breach."""
        desk = self.desk()
        legs = self.legs["ola", 1]
        self.legs["ola", 1] = replace(
            legs, targets={**legs.targets, ("resolution", "incident", "3"): H}
        )
        ticket = self.ticket(desk, "Mon 09:00").priority("Mon 10:30", "3")
        self.assertLeg(ticket, "ola", 1, breached="Mon 10:30", target=H)

    def test_other_agreement_within_a_leg(self):
        """Design 2: under another agreement time used stays as it was counted."""
        desk = self.desk()
        ticket = self.ticket(desk, "Mon 09:00").pause("Mon 10:00").work("Mon 11:00")
        self.legs["ola", 1] = replace(
            self.legs["ola", 1],
            agreement_id=99,
            targets=targets(resolution=6 * H),
            timeline=timeline(desk.zone, ALL_DAY),
        )
        ticket.step("Mon 11:30", service={"service_id": 5})
        # 1.5 h in the old hours; 4.5 h are left around the clock
        self.assertLeg(ticket, "ola", 1, deadline="Mon 16:00", breached=None)

    def test_terminated_within_a_leg(self):
        """Design 2: nothing begins under an agreement that is over."""
        desk = self.desk()
        self.legs["ola", 1] = replace(self.legs["ola", 1], ends_at=desk.at("Mon 10:00"))
        ticket = self.ticket(desk, "Mon 09:00").priority("Mon 10:30", "3")
        self.assertLeg(ticket, "ola", 1, phase="cancelled")
        self.assertFalse(ticket.leg("ola", 1, cycle=1))

    def test_as_stored(self):
        """Design 2: one step on from stored clocks gives the same as the whole log."""
        desk = self.desk()
        steps = (
            ("Mon 09:00", None),
            ("Mon 10:00", lambda t: t.team("Mon 10:00", 2)),
            ("Mon 11:00", lambda t: t.supplier("Mon 11:00", 7)),
            ("Mon 15:00", lambda t: t.supplier("Mon 15:00", None)),
            ("Mon 16:00", lambda t: t.team("Mon 16:00", 1)),
            ("Tue 09:00", lambda t: t.reply("Tue 09:00")),
            ("Tue 10:00", lambda t: t.end("Tue 10:00")),
        )
        whole = self.ticket(desk, "Mon 09:00")
        daily = self.ticket(desk, "Mon 09:00")
        for _when, move in steps[1:]:
            move(whole)
            stored = TicketFold(
                daily.fold.resolve, replace(daily.fold.facts), daily.fold.clocks
            )
            daily.fold = stored
            move(daily)
        self.assertEqual(
            [(c.identity, c.phase, c.used, c.breached_at) for c in whole.fold.clocks],
            [(c.identity, c.phase, c.used, c.breached_at) for c in daily.fold.clocks],
        )


@tagged("post_install", "-at_install")
class TestFoldUpdates(FoldCase):
    """Next update within 4 h; resolution within 16 h."""

    def ticket(self, when, promise=4 * H, **rules):
        desk = Desk(resolution=16 * H, **rules)
        desk.rules = replace(
            desk.rules, targets={**desk.rules.targets, **targets(update=promise)}
        )
        return desk.ticket(when)

    def test_cycles(self):
        """SLM-59: each public update ends a cycle and begins the next."""
        ticket = self.ticket("Mon 09:00")
        # 9-12 and 13-14
        self.assertClock(ticket, "update", deadline="Mon 14:00")
        ticket.reply("Mon 11:00")
        self.assertMet(ticket, "update", used=2)
        # 11-12 and 13-16
        self.assertClock(ticket, "update", 1, deadline="Mon 16:00")
        ticket.reply("Mon 17:00")
        self.assertClock(
            ticket, "update", 1, phase="stopped", breached="Mon 16:00", overrun=1
        )
        self.assertClock(ticket, "update", 2, deadline="Tue 12:00")

    def test_resolution_ends_it_without_verdict(self):
        """Design 2: what was not due yet is not owed any more; what was late is."""
        ticket = self.ticket("Mon 09:00").reply("Mon 10:00").end("Mon 11:00")
        self.assertClock(ticket, "update", 1, phase="cancelled", breached=None)
        ticket = self.ticket("Mon 09:00").end("Mon 15:00")
        self.assertClock(
            ticket, "update", phase="stopped", breached="Mon 14:00", overrun=1
        )

    def test_reopened_begins_a_cycle(self):
        """Design 2: after reopening the requester is owed an update from then on."""
        ticket = self.ticket("Mon 09:00").end("Mon 11:00").reopen("Tue 09:00")
        self.assertClock(ticket, "update", phase="cancelled")
        self.assertClock(ticket, "update", 1, deadline="Tue 14:00")

    def test_waits_with_the_ticket(self):
        """SLM-37: a pause that the agreement accepts stops the update clock."""
        ticket = self.ticket("Mon 09:00").pause("Mon 10:00").work("Mon 16:00")
        # 1 h used, 2 h today, 1 h tomorrow
        self.assertClock(ticket, "update", deadline="Tue 10:00")

    def test_priority_within_a_cycle(self):
        """Design 2: a new target counts from the start of the running cycle."""
        desk = Desk(resolution=16 * H)
        desk.rules = replace(
            desk.rules,
            targets={
                **desk.rules.targets,
                ("update", "incident", "1"): 4 * H,
                ("update", "incident", "3"): H,
            },
        )
        ticket = desk.ticket("Mon 09:00").reply("Mon 11:00").priority("Mon 11:30", "3")
        # 11-12
        self.assertClock(ticket, "update", 1, deadline="Mon 12:00", breached=None)
        # one that had no update target gets it from the last public update on
        desk.rules = replace(
            desk.rules,
            targets={
                key: value
                for key, value in desk.rules.targets.items()
                if key != ("update", "incident", "1")
            },
        )
        ticket = desk.ticket("Mon 09:00").reply("Mon 10:00").priority("Mon 10:30", "3")
        self.assertClock(ticket, "update", deadline="Mon 11:00", breached=None)


@tagged("post_install", "-at_install")
class TestFoldEmergency(FoldCase):
    def test_started(self):
        """SLM-61: critical tickets have their emergency response within an hour."""
        desk = Desk()
        desk.rules = replace(
            desk.rules,
            targets={**desk.rules.targets, ("emergency", "incident", "3"): H},
        )
        self.assertFalse(desk.ticket("Mon 09:00").clock("emergency"))
        ticket = desk.ticket("Mon 09:00", priority="3")
        self.assertClock(ticket, "emergency", deadline="Mon 10:00")
        ticket.reply("Mon 09:10").assign("Mon 09:20", 4)
        self.assertClock(ticket, "emergency", phase="running")
        ticket.step("Mon 10:30", emergency={})
        self.assertClock(
            ticket, "emergency", phase="stopped", breached="Mon 10:00", overrun=0.5
        )
        # raised later: from the original start
        ticket = desk.ticket("Mon 09:00").priority("Mon 09:30", "3")
        self.assertClock(ticket, "emergency", deadline="Mon 10:00", breached=None)


@tagged("post_install", "-at_install")
class TestFoldWorkingDays(FoldCase):
    """The n-th working day by hh:mm (vector 14)."""

    def desk(self, days=4, minute=16 * 60, **values):
        desk = Desk(**values)
        desk.rules = replace(
            desk.rules, targets=targets(resolution=DayTarget(days, minute))
        )
        return desk

    def test_vector_14_with_a_pause(self):
        """Vector 14, design 2: 4th working day by 16:00, and a pause, together."""
        for zone in ("Asia/Shanghai", "America/New_York"):
            with self.subTest(zone):
                ticket = self.desk(zone=zone).ticket("Mon 10:00")
                # Mon 10:00 to Fri 16:00: 7 + 8 + 8 + 8 + 6
                self.assertClock(ticket, deadline="Fri 16:00", target=37 * H)
                ticket.pause("Tue 10:00").work("Tue 15:00")
                # 7 + 1 used; left 29: 3 + 8 + 8 + 8 and 2 more on Monday
                self.assertClock(ticket, used=8, deadline="Mon+1 11:00")

    def test_day_zero(self):
        """Design 2: day 0 is the next working day if none is left of this one."""
        desk = self.desk(days=1)
        self.assertClock(desk.ticket("Mon 07:00"), deadline="Tue 16:00")
        self.assertClock(desk.ticket("Mon 17:59"), deadline="Tue 16:00")
        # closed already: day 0 is Tuesday
        self.assertClock(desk.ticket("Mon 18:00"), deadline="Wed 16:00")
        self.assertClock(desk.ticket("Fri 19:00"), deadline="Tue+1 16:00")
        self.assertClock(desk.ticket("Sat 10:00"), deadline="Tue+1 16:00")

    def test_not_after_closing(self):
        """Design 2: by 20:00 means closing time; by lunch means its beginning."""
        self.assertClock(
            self.desk(days=1, minute=20 * 60).ticket("Mon 10:00"), deadline="Tue 18:00"
        )
        self.assertClock(
            self.desk(days=1, minute=12 * 60 + 30).ticket("Mon 10:00"),
            deadline="Tue 12:00",
        )

    def test_holiday_and_made_up_day(self):
        """CAL-07: holidays are no working days, made-up Saturdays are."""
        desk = Desk()
        monday = desk.monday
        desk.rules = replace(
            desk.rules,
            targets=targets(resolution=DayTarget(2, 16 * 60)),
            timeline=timeline(
                desk.zone,
                {day: [("09:00", "12:00"), ("13:00", "18:00")] for day in range(5)},
                holidays=[monday.replace(day=monday.day + 3)],
                extra={monday.replace(day=monday.day + 5): 0},
            ),
        )
        # Thursday is a holiday: Wed, Fri
        self.assertClock(desk.ticket("Tue 10:00"), deadline="Fri 16:00")
        # Fri, and the made-up Saturday
        self.assertClock(desk.ticket("Wed 10:00"), deadline="Sat 16:00")

    def test_around_the_clock(self):
        """CAL-08: around the clock a working day is a date."""
        desk = self.desk(days=1, week=ALL_DAY)
        self.assertClock(desk.ticket("Mon 23:59"), deadline="Tue 16:00")
        self.assertClock(desk.ticket("Tue 00:00"), deadline="Wed 16:00")

    def test_same_promise_is_no_change(self):
        """Design 2: a change that promises the same leaves the clock alone."""
        ticket = self.desk().ticket("Mon 10:00").priority("Tue 10:00", "3")
        clock = ticket.clock()
        self.assertEqual(len(clock.applications), 1)
        self.assertEqual(clock.applications[0]["promise"], "4@16:00")


@tagged("post_install", "-at_install")
class TestFoldLevels(FoldCase):
    def test_only_on_its_days(self):
        """SLM-26: another level holds for clocks that start on one of its days."""
        desk = Desk()
        first = desk.monday.replace(day=desk.monday.day + 1)
        desk.rules = replace(
            desk.rules,
            levels=(Level(3, first, first, targets(resolution=2 * H)),),
            pause_reasons=COUNTED,
        )
        for when, deadline in (
            ("Mon 18:00", "Tue 14:00"),  # 4 h of Tuesday
            ("Tue 00:00", "Tue 11:00"),  # 2 h
            ("Tue 23:59", "Wed 11:00"),  # begun on that day
            ("Wed 00:00", "Wed 14:00"),
        ):
            with self.subTest(when):
                self.assertClock(desk.ticket(when), deadline=deadline)


class MinuteLegs:
    """Legs counted minute by minute on the wall: a second opinion, not the code.

    Resolution only, clocks that go on when a team or supplier gets the ticket back.
    A leg runs in a minute when its party holds the ticket, the ticket is not over, not
    paused for an accepted reason and, for a team, no supplier has it.
    """

    def __init__(self, calendars, targets):
        self.calendars = calendars  # party to WallCalendar
        self.targets = targets  # party to minutes
        self.team = self.supplier = None
        self.state, self.reason = "new", None
        self.last = None  # (time, until which time was counted)
        self.used = {}
        self.due = {}  # the deadline of the running interval
        self.breached = {}

    def runs(self, party):
        if self.state in ("resolved", "closed", "cancelled"):
            return False
        if self.state == "paused" and self.reason in COUNTED:
            return False
        if party[0] == "uc":
            return party[1] == self.supplier
        return party[1] == self.team and not self.supplier

    def advance(self, time):
        """Let the minutes from the last change to ``time`` pass."""
        for party in self.targets:
            if party not in self.used or not self.runs(party):
                continue
            works, target = self.calendars[party].works, self.targets[party]
            minute = self.last
            while minute < time:
                if self.used[party] == target and self.is_due(party, minute):
                    self.breached.setdefault(party, self.due[party])
                if works(minute):
                    self.used[party] += 1
                    if self.used[party] == target:
                        self.due[party] = minute + MINUTE
                minute += MINUTE
        self.last = time

    def is_due(self, party, minute):
        """Whether a clock that has used its target is late after this instant.

        The deadline is the end of the minute in which the target was used up; a clock
        that begins to run again with nothing left is due when work runs next.
        """
        if party in self.due:
            return True
        if self.calendars[party].works(minute):
            self.due[party] = minute
            return True
        return False

    def change(self, time, **facts):
        running = {party for party in self.targets if self.runs(party)}
        if self.last is not None:
            self.advance(time)
        self.last = time
        for name, value in facts.items():
            setattr(self, name, value)
        if self.state not in ("resolved", "closed", "cancelled"):
            for party in (("ola", self.team), ("uc", self.supplier)):
                if party in self.targets:
                    self.used.setdefault(party, 0)
        for party in self.targets:
            if self.runs(party) and party not in running:
                self.due.pop(party, None)  # a new interval


@tagged("post_install", "-at_install")
class TestFoldLegsRandom(LegCase):
    STEPS = st.lists(
        st.tuples(
            st.integers(1, 300),
            st.sampled_from(
                (
                    *(("team", team) for team in (1, 2, None)),
                    *(("supplier", party) for party in (7, 7, None, None)),
                    ("state", "paused"),
                    ("state", "paused for nothing"),
                    ("state", "open"),
                    ("state", "resolved"),
                    ("state", "open"),
                )
            ),
        ),
        min_size=1,
        max_size=14,
    )

    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(start=st.integers(0, 3 * 1440), steps=STEPS)
    def test_against_minutes(self, start, steps):
        """Vector 16, design 2: every leg equals the minutes counted on the wall."""
        desk = self.desk()
        office = {day: [("09:00", "12:00"), ("13:00", "18:00")] for day in range(5)}
        parties = {("ola", 1): 120, ("ola", 2): 240, ("uc", 7): 480}
        oracle = MinuteLegs(
            {
                party: WallCalendar(desk.zone, ALL_DAY if party[0] == "uc" else office)
                for party in parties
            },
            parties,
        )
        time = desk.at("Mon 00:00") + start * MINUTE
        ticket = LegTicket(desk, self.legs)
        facts = {
            "state": "new",
            "pause_reason_id": None,
            "team_id": 1,
            "assignee_id": None,
            "priority": "1",
            "service_id": None,
            "partner_id": 1,
            "kind": "incident",
            "supplier_id": None,
        }
        ticket.fold.apply_step(time, [("reported", facts)])
        oracle.change(time, team=1)
        for minutes, (what, value) in steps:
            time += minutes * MINUTE
            if what == "team":
                ticket.fold.apply_step(time, [("team", {"team_id": value})])
                oracle.change(time, team=value)
                continue
            if what == "supplier":
                ticket.fold.apply_step(time, [("supplier", {"supplier_id": value})])
                oracle.change(time, supplier=value)
                continue
            reason = {"paused": REQUESTER, "paused for nothing": 99}.get(value)
            state = value.partition(" ")[0]
            over = oracle.state == "resolved"
            row = "resolved" if state == "resolved" else "state"
            if over and state != "resolved":
                row = "reopened"
            ticket.fold.apply_step(
                time, [(row, {"state": state, "pause_reason_id": reason})]
            )
            oracle.change(time, state=state, reason=reason)
        time += 200 * MINUTE
        ticket.fold.tick(time)
        oracle.advance(time)
        for party in parties:
            clock = ticket.leg(*party)
            self.assertEqual(clock is not None, party in oracle.used, party)
            if clock is None:
                continue
            used = clock.used_at(time)
            self.assertEqual(used, 60 * oracle.used[party], party)
            self.assertEqual(clock.breached_at, oracle.breached.get(party), party)
            self.assertEqual(clock.phase == "running", oracle.runs(party), party)
