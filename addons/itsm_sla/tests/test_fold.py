# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The service level clock, without a database.

Every expected time is worked out on paper in a comment: hours of work as they would be
read off a calendar on the wall. "Vector n" are the cases on which other products were
seen to fail. The random tests at the end compare with ``oracle.py``.
"""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime, Timeline, TimelineSpec

from ..tools.clock import Clock, Rules
from ..tools.fold import TicketFold
from .oracle import Agreement, OracleTicket, WallCalendar

MINUTE = timedelta(minutes=1)
H = 3600
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OFFICE = {day: [("09:00", "12:00"), ("13:00", "18:00")] for day in range(5)}
ALWAYS = {day: [("00:00", "24:00")] for day in range(7)}
NIGHT = {day: [("00:00", "06:00"), ("22:00", "24:00")] for day in range(7)}
#: One zone that never changes its clocks, and one on each side of Greenwich that does.
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin")
#: Pause reasons: the agreement under test counts the first two as pauses.
REQUESTER, SUPPLIER, LUNCH = 1, 2, 3
COUNTED = frozenset((REQUESTER, SUPPLIER))


def timeline(zone, week, holidays=(), extra=None):
    """A timeline of weekly hours, whole local holidays, and worked days."""

    def minutes(text):
        return int(text[:2]) * 60 + int(text[3:])

    return Timeline(
        TimelineSpec(
            tz=zone,
            attendances=tuple(
                (day, None, minutes(begin), minutes(end))
                for day, hours in week.items()
                for begin, end in hours
            ),
            leaves=tuple(
                (midnight(zone, day), midnight(zone, day + timedelta(days=1)))
                for day in holidays
            ),
            extra_days=tuple((day, like, 0, 0) for day, like in (extra or {}).items()),
        )
    )


def midnight(zone, day):
    return to_utc(zone, datetime(day.year, day.month, day.day))


def to_utc(zone, local):
    aware = pytz.timezone(zone).localize(local)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)


class Desk:
    """A place with a clock on the wall, and tickets under one agreement.

    Times are said as people say them, "Mon 10:00"; "Mon+1 10:00" is a week later.
    """

    def __init__(self, zone="Asia/Shanghai", monday="2026-03-02", week=None, **rules):
        self.zone = zone
        self.monday = date.fromisoformat(monday)
        if "timeline" not in rules:
            rules["timeline"] = timeline(zone, week or OFFICE)
        self.rules = self.agreement(1, **rules)
        self.resolve = lambda facts: (self.rules, "default")

    def agreement(self, number, resolution=4 * H, response=None, **values):
        """Rules; targets are seconds, or a dict of priority to seconds."""
        targets = {}
        for metric, target in (("resolution", resolution), ("response", response)):
            if not isinstance(target, dict):
                target = dict.fromkeys("0123", target)
            for priority, seconds in target.items():
                if seconds:
                    targets[metric, "incident", priority] = seconds
        values.setdefault("timeline", getattr(self, "rules", None))
        if isinstance(values["timeline"], Rules):
            values["timeline"] = values["timeline"].timeline
        values.setdefault("pause_reasons", COUNTED)
        return Rules(
            agreement_id=number,
            version=1,
            calendar_id=number,
            tz=self.zone,
            targets=targets,
            **values,
        )

    def at(self, text):
        """UTC of a local time like "Tue+1 09:30"."""
        day, _space, clock = text.partition(" ")
        day, _plus, weeks = day.partition("+")
        days = DAYS.index(day) + 7 * int(weeks or 0)
        local = datetime.fromisoformat(f"{self.monday + timedelta(days=days)} {clock}")
        return to_utc(self.zone, local)

    def ticket(self, when, **facts):
        """A ticket reported at ``when``."""
        return Ticket(self).step(when, reported=facts)


class Ticket:
    """Says things about a ticket to a fold."""

    def __init__(self, desk):
        self.desk = desk
        self.fold = TicketFold(lambda facts: desk.resolve(facts))

    def step(self, when, **rows):
        content = []
        for what, values in rows.items():
            if what == "reported":
                values = {
                    "state": "new",
                    "pause_reason_id": None,
                    "team_id": 1,
                    "assignee_id": None,
                    "priority": "1",
                    "service_id": None,
                    "partner_id": 1,
                    "kind": "incident",
                    **values,
                }
            content.append((what, values))
        self.fold.apply_step(self.desk.at(when), content)
        return self

    def pause(self, when, reason=REQUESTER):
        return self.step(when, state={"state": "paused", "pause_reason_id": reason})

    def work(self, when):
        return self.step(when, state={"state": "open", "pause_reason_id": None})

    def end(self, when, state="resolved"):
        return self.step(when, **{state: {"state": state, "pause_reason_id": None}})

    def reopen(self, when):
        return self.step(when, reopened={"state": "open", "pause_reason_id": None})

    def priority(self, when, priority):
        return self.step(when, priority={"priority": priority})

    def customer(self, when, partner):
        return self.step(when, customer={"partner_id": partner})

    def reply(self, when):
        return self.step(when, reply={})

    def assign(self, when, user):
        return self.step(when, assignee={"assignee_id": user})

    def tick(self, when):
        self.fold.tick(self.desk.at(when))
        return self

    def clock(self, metric="resolution", cycle=0):
        for clock in self.fold.clocks:
            if (clock.metric, clock.cycle) == (metric, cycle):
                return clock
        return None


class FoldCase(BaseCase):
    def assertClock(self, ticket, metric="resolution", cycle=0, **expected):
        """Compare a clock with what was worked out; times as local texts.

        ``deadline``, ``breached``, ``stopped`` are local times or None, ``used`` and
        ``overrun`` hours, ``phase`` a phase.
        """
        clock = ticket.clock(metric, cycle)
        self.assertTrue(clock, f"no {metric} clock {cycle}")
        names = {"breached": "breached_at", "stopped": "stopped_at"}
        for name, value in expected.items():
            actual = getattr(clock, names.get(name, name))
            if name in ("used", "overrun"):
                value = value * H
            elif name in ("deadline", "breached", "stopped", "at_risk_at") and value:
                value = ticket.desk.at(value)
            self.assertEqual(actual, value, f"{metric} {cycle}: {name}")

    def assertMet(self, ticket, metric="resolution", cycle=0, **expected):
        self.assertClock(
            ticket,
            metric,
            cycle,
            phase="stopped",
            breached=None,
            overrun=0,
            deadline=None,
            **expected,
        )


@tagged("post_install", "-at_install")
class TestFoldVectors(FoldCase):
    """Monday to Friday 09–12 and 13–18 on the wall; 4 h to resolve unless said."""

    def test_vector_01_pause_over_lunch(self):
        """SLM-37, INC-34, CAL-07, vector 1: the lunch break is no pause to credit."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone).ticket("Mon 10:00")
                # 10-12 and 13-15 are 4 h.
                self.assertClock(ticket, deadline="Mon 15:00", used=0)
                ticket.pause("Mon 11:00")
                # 10-11 is 1 h.
                self.assertClock(ticket, phase="paused", deadline=None, used=1)
                ticket.work("Mon 14:00")
                # 3 h are left: 14-17.
                self.assertClock(ticket, phase="running", deadline="Mon 17:00", used=1)

    def test_vector_02_two_pauses(self):
        """SLM-37, INC-34, vector 2: each of several pauses is credited."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone).ticket("Mon 09:00")
                # 9-10, then 11-12, then 14-16 are 4 h.
                ticket.pause("Mon 10:00").work("Mon 11:00")
                self.assertClock(ticket, used=1, deadline="Mon 15:00")
                ticket.pause("Mon 12:00", SUPPLIER).work("Mon 14:00")
                self.assertClock(ticket, used=2, deadline="Mon 16:00")
                ticket.end("Mon 16:00")
                self.assertMet(ticket, used=4, stopped="Mon 16:00")

    def test_vector_03_closed_from_the_pause(self):
        """SLM-37, INC-34, vector 3: closed straight from a pause in time is met."""
        for zone in ZONES:
            for state in ("resolved", "closed"):
                with self.subTest(f"{zone} {state}"):
                    ticket = Desk(zone).ticket("Mon 10:00")
                    ticket.pause("Mon 11:00").end("Wed 15:00", state)
                    self.assertMet(ticket, used=1, stopped="Wed 15:00")
                    ticket.tick("Fri+1 18:00")
                    self.assertMet(ticket, used=1, stopped="Wed 15:00")

    def test_vector_04_due_passes_in_the_pause(self):
        """SLM-37, INC-34, vector 4: no passing of time breaches a paused clock."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone).ticket("Mon 10:00").pause("Mon 11:00")
                ticket.tick("Fri+1 18:00")
                clock = ticket.clock()
                self.assertClock(
                    ticket, phase="paused", breached=None, deadline=None, used=1
                )
                self.assertEqual(clock.target - clock.used, 3 * H, "what is left")
                self.assertFalse(clock.is_late(ticket.desk.at("Fri+1 18:00")))

    def test_vector_05_raised_after_it_was_used_up(self):
        """SLM-35, SLM-37, INC-11, vector 5: a shorter target already used up."""
        targets = {"1": 8 * H, "3": 2 * H}
        for zone in ZONES:
            for retarget in ("start", "change"):
                with self.subTest(f"{zone} {retarget}"):
                    desk = Desk(zone, resolution=targets, retarget=retarget)
                    # 9-12 is 3 h, then 1 h of waiting.
                    ticket = desk.ticket("Mon 09:00", priority="1")
                    ticket.pause("Mon 13:00").work("Mon 14:00")
                    self.assertClock(ticket, used=3)
                    ticket.priority("Mon 14:00", "3")
                    last = ticket.clock().applications[-1]
                    self.assertEqual(last["why"], "priority")
                    self.assertEqual(last["target"], 2 * H)
                    self.assertEqual(last["from"], desk.at("Mon 14:00"))
                    if retarget == "change":
                        # 2 h from 14:00 on.
                        self.assertClock(ticket, breached=None, deadline="Mon 16:00")
                        continue
                    # 2 h were used at 11:00; late from the change on, by 1 h.
                    self.assertClock(ticket, breached="Mon 14:00", deadline="Mon 11:00")
                    ticket.end("Mon 14:00")
                    self.assertClock(ticket, phase="stopped", used=3, overrun=1)

    def test_vector_06_lowered_after_the_breach(self):
        """SLM-35, SLM-37, vector 6: a change never removes a breach."""
        for zone in ZONES:
            with self.subTest(zone):
                desk = Desk(zone, resolution={"1": 8 * H, "3": 2 * H})
                ticket = desk.ticket("Mon 09:00", priority="3")
                ticket.priority("Mon 14:00", "1")
                # 9-11 were the 2 h; 8 h from 9:00 end at 18:00.
                self.assertClock(ticket, breached="Mon 11:00", deadline="Mon 18:00")
                ticket.end("Mon 15:00")
                self.assertClock(
                    ticket, phase="stopped", breached="Mon 11:00", used=5, overrun=0
                )

    def test_vector_07_reopened_after_ten_days(self):
        """SLM-37, INC-33, vector 7: the time it was resolved never counts."""
        for zone in ZONES:
            with self.subTest(zone):
                # In New York clocks change within these ten days.
                ticket = Desk(zone).ticket("Mon 10:00").end("Mon 11:00")
                ticket.reopen("Thu+1 11:00")
                # 1 h used; 11-12 and 13-15 are the 3 h left.
                self.assertClock(
                    ticket,
                    phase="running",
                    used=1,
                    deadline="Thu+1 15:00",
                    stopped=None,
                )
                self.assertEqual(len(ticket.fold.clocks), 1)
                ticket.end("Thu+1 15:00")
                self.assertMet(ticket, used=4, stopped="Thu+1 15:00")

    def test_vector_07_reopened_as_a_new_clock(self):
        """SLM-37, INC-33, vector 7: per agreement, reopening begins a new clock."""
        for zone in ZONES:
            with self.subTest(zone):
                desk = Desk(zone, reopen="new")
                ticket = desk.ticket("Mon 10:00").end("Mon 11:00")
                ticket.reopen("Thu+1 11:00")
                self.assertMet(ticket, used=1, stopped="Mon 11:00")
                # 11-12 and 13-16 are 4 h.
                self.assertClock(
                    ticket, cycle=1, phase="running", used=0, deadline="Thu+1 16:00"
                )
                ticket.end("Fri+1 09:00")
                self.assertMet(ticket, used=1, stopped="Mon 11:00")
                # 11-12 and 13-18 are 6 h.
                self.assertClock(
                    ticket,
                    cycle=1,
                    phase="stopped",
                    breached="Thu+1 16:00",
                    used=6,
                    overrun=2,
                )
                ticket.reopen("Mon+2 09:00")
                self.assertClock(ticket, cycle=2, phase="running", used=0)
                self.assertEqual(len(ticket.fold.clocks), 3)

    def test_vector_09_zone_of_the_requester(self):
        """CAL-09, vector 9: the agreement's zone counts, not the desk's."""
        rules = Desk("America/New_York").rules
        desk = Desk("UTC")
        desk.resolve = lambda facts: (rules, "customer")
        # 09:00 UTC is 04:00 in New York (winter): 9-12 and 13-14 end at 19:00 UTC.
        ticket = desk.ticket("Mon 09:00")
        self.assertClock(ticket, deadline="Mon 19:00")
        # A week later New York has summer time: 05:00 there, and 14:00 is 18:00 UTC.
        ticket = desk.ticket("Mon+1 09:00")
        self.assertClock(ticket, deadline="Mon+1 18:00")

    def test_vector_09_night_of_the_change_to_summer(self):
        """CAL-08, CAL-09, vector 9: an hour that does not exist is not counted."""
        # The night of Saturday, 28 March 2026, in Berlin: 02:00 is 03:00.
        ticket = Desk("Europe/Berlin", "2026-03-23", ALWAYS, resolution=8 * H).ticket(
            "Sat 20:00"
        )
        # 20-24 is 4 h, 0-2 is 2 h, 3-5 is 2 h.
        self.assertClock(ticket, deadline="Sun 05:00")
        # 20-24 and 0-1 are 5 h; 3 h from 04:00 on.
        ticket.pause("Sun 01:00").work("Sun 04:00")
        self.assertClock(ticket, used=5, deadline="Sun 07:00")
        ticket.end("Sun 08:00")
        self.assertClock(ticket, breached="Sun 07:00", used=9, overrun=1)

        ticket = Desk("Europe/Berlin", "2026-03-23", NIGHT, resolution=8 * H).ticket(
            "Sat 12:00"
        )
        # 22-24 is 2 h; 0-6 is only 5 h; one more after 22:00.
        self.assertClock(ticket, deadline="Sun 23:00")

    def test_vector_09_night_of_the_change_to_winter(self):
        """CAL-08, CAL-09, vector 9: an hour that comes twice counts twice."""
        # The night of Saturday, 24 October 2026, in Berlin: 03:00 is 02:00 again.
        ticket = Desk("Europe/Berlin", "2026-10-19", ALWAYS, resolution=8 * H).ticket(
            "Sat 20:00"
        )
        # 20-24 is 4 h, 0-3 is 3 h, 2-3 again is 1 h.
        self.assertClock(ticket, deadline="Sun 03:00")
        # 20-24 and 0-1 are 5 h; 3 h from 04:00 on.
        ticket.pause("Sun 01:00").work("Sun 04:00")
        self.assertClock(ticket, used=5, deadline="Sun 07:00")

        ticket = Desk("Europe/Berlin", "2026-10-19", NIGHT, resolution=8 * H).ticket(
            "Sat 12:00"
        )
        # 22-24 is 2 h; 0-3 is 3 h, 2-3 again 1 h, 3-5 2 h.
        self.assertClock(ticket, deadline="Sun 05:00")

    def test_vector_09_weekend_of_a_change(self):
        """CAL-07, CAL-09, vector 9: office hours follow the clock on the wall."""
        for zone, monday in (
            ("Europe/Berlin", "2026-03-23"),
            ("Europe/Berlin", "2026-10-19"),
            ("America/New_York", "2026-03-02"),
            ("America/New_York", "2026-10-26"),
        ):
            with self.subTest(f"{zone} {monday}"):
                ticket = Desk(zone, monday).ticket("Fri 17:00")
                # 17-18 on Friday, 9-12 on Monday.
                self.assertClock(ticket, deadline="Mon+1 12:00")
        # The same in UTC: 17:00 is 16:00 UTC on Friday (winter), 12:00 is 10:00 UTC
        # on Monday (summer).
        ticket = Desk("Europe/Berlin", "2026-03-23").ticket("Fri 17:00")
        self.assertEqual(ticket.clock().started_at, datetime(2026, 3, 27, 16))
        self.assertEqual(ticket.clock().deadline, datetime(2026, 3, 30, 10))

    def test_vector_10_calendar_without_hours(self):
        """CAL-08, vector 10: no hours are an error, never silently 24×7."""
        with self.assertRaises(NoWorkingTime):
            timeline("Asia/Shanghai", {})
        desk = Desk()
        desk.resolve = lambda facts: (None, "no_calendar")
        ticket = desk.ticket("Mon 10:00")
        self.assertEqual(ticket.fold.clocks, [])
        self.assertEqual(ticket.fold.reason, "no_calendar")
        # Hours that end for ever: a company holiday from tomorrow on for 11 years.
        spec = TimelineSpec(
            tz="UTC",
            attendances=((0, None, 540, 720),),
            leaves=((datetime(2026, 3, 3), datetime(2037, 3, 3)),),
        )
        with self.assertRaises(NoWorkingTime):
            Desk("UTC", timeline=Timeline(spec)).ticket("Mon 10:00")

    def test_vector_12_cancelled(self):
        """SLM-37, INC-34, vector 12: cancelled is neither met nor missed."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone, response=H).ticket("Mon 10:00")
                ticket.end("Mon 10:30", "cancelled").tick("Fri 18:00")
                for metric in ("response", "resolution"):
                    self.assertClock(
                        ticket,
                        metric,
                        phase="cancelled",
                        used=0.5,
                        deadline=None,
                        breached=None,
                        stopped="Mon 10:30",
                    )
                # From the pause too.
                ticket = Desk(zone).ticket("Mon 10:00").pause("Mon 11:00")
                ticket.end("Tue 10:00", "cancelled")
                self.assertClock(ticket, phase="cancelled", used=1, breached=None)

    def test_vector_13_minutes(self):
        """SLM-37, INC-13, vector 13: a response within 15 minutes, over lunch."""
        for zone in ZONES:
            with self.subTest(zone):
                desk = Desk(zone, response=15 * 60)
                # 11:50-12:00 and 13:00-13:05.
                ticket = desk.ticket("Mon 11:50")
                self.assertClock(ticket, "response", deadline="Mon 13:05")
                ticket.reply("Mon 13:05")
                self.assertMet(ticket, "response", stopped="Mon 13:05", used=0.25)
                ticket = desk.ticket("Mon 11:50").reply("Mon 13:06")
                self.assertClock(
                    ticket,
                    "response",
                    phase="stopped",
                    breached="Mon 13:05",
                    overrun=1 / 60,
                )

    def test_vector_15_what_counts_as_response(self):
        """SLM-37, INC-37, vector 15: by reply, assignment or either, as agreed."""
        expected = {
            "reply": "Mon 11:30",
            "assignment": "Mon 10:30",
            "either": "Mon 10:30",
        }
        for zone in ZONES:
            for way, stopped in expected.items():
                with self.subTest(f"{zone} {way}"):
                    desk = Desk(zone, response=H, response_by=way)
                    ticket = desk.ticket("Mon 10:00")
                    # Taking an assignee away is no assignment.
                    ticket.assign("Mon 10:15", None)
                    ticket.assign("Mon 10:30", 7)
                    ticket.reply("Mon 11:30").reply("Mon 14:00").assign("Mon 15:00", 8)
                    late = way == "reply"
                    self.assertClock(
                        ticket,
                        "response",
                        phase="stopped",
                        stopped=stopped,
                        breached="Mon 11:00" if late else None,
                        overrun=0.5 if late else 0,
                    )
                    self.assertClock(ticket, phase="running")
        desk = Desk(response=H, response_by="either")
        ticket = desk.ticket("Mon 10:00").reply("Mon 10:20").assign("Mon 10:40", 7)
        self.assertMet(ticket, "response", stopped="Mon 10:20")
        desk = Desk(response=H, response_by="assignment")
        ticket = desk.ticket("Mon 10:00").reply("Mon 10:20").tick("Mon 11:01")
        self.assertClock(ticket, "response", phase="running", breached="Mon 11:00")

    def test_vector_18_reported_before_it_was_written_down(self):
        """SLM-37, CAL-07, vector 18: the clock starts when the user reported."""
        for zone in ZONES:
            with self.subTest(zone):
                # Reported by telephone on Monday, saved on Tuesday at 10:00.
                ticket = Desk(zone, response=H).ticket("Mon 09:00").work("Tue 10:00")
                # 9-10; 9-12 and 13-14.
                self.assertClock(ticket, "response", breached="Mon 10:00")
                self.assertClock(
                    ticket, breached="Mon 14:00", deadline="Mon 14:00", phase="running"
                )
                # The correction says 17:00: worked out again, the breach is withdrawn.
                ticket = Desk(zone, response=H).ticket("Mon 17:00").work("Tue 10:00")
                self.assertClock(ticket, "response", breached="Mon 18:00")
                # 17-18 and 9-12.
                self.assertClock(ticket, breached=None, deadline="Tue 12:00")

    def test_vector_18_fact_before_the_start(self):
        """SLM-37, vector 18: what is dated before the start counts at the start."""
        ticket = Desk(response=H).ticket("Mon 10:00").reply("Mon 09:00")
        self.assertMet(ticket, "response", stopped="Mon 10:00", used=0)
        ticket.pause("Mon 09:30")
        self.assertClock(ticket, phase="paused", used=0)
        ticket.work("Mon 11:00")
        # 11-12 and 13-16.
        self.assertClock(ticket, used=0, deadline="Mon 16:00")


@tagged("post_install", "-at_install")
class TestFoldTime(FoldCase):
    """Design 2: in time, late, overrun, paused."""

    def test_in_time_at_the_deadline(self):
        """SLM-37, CAL-07: stopped at the deadline is in time, a second later late."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone).ticket("Mon 10:00").end("Mon 15:00")
                self.assertMet(ticket, used=4)
                ticket = Desk(zone).ticket("Mon 10:00").end("Mon 15:00:01")
                self.assertClock(
                    ticket, phase="stopped", breached="Mon 15:00", overrun=1 / H
                )

    def test_late_after_closing_time(self):
        """SLM-35, SLM-37: after the last closing time late, overrun 0."""
        for zone in ZONES:
            with self.subTest(zone):
                # 14-18 is 4 h: an exact fit ends at closing time.
                ticket = Desk(zone).ticket("Fri 14:00")
                self.assertClock(ticket, deadline="Fri 18:00")
                clock = ticket.clock()
                self.assertFalse(clock.is_late(ticket.desk.at("Fri 18:00")))
                self.assertTrue(clock.is_late(ticket.desk.at("Fri 18:00:01")))
                ticket.tick("Fri 18:00")
                self.assertClock(ticket, breached=None)
                ticket.tick("Sat 10:00")
                self.assertClock(ticket, breached="Fri 18:00", used=0)
                ticket.end("Mon+1 09:00")
                self.assertClock(
                    ticket,
                    phase="stopped",
                    breached="Fri 18:00",
                    used=4,
                    overrun=0,
                    stopped="Mon+1 09:00",
                )

    def test_resolved_on_friday_night(self):
        """SLM-37: exactly at closing time in time, in the night after it late."""
        ticket = Desk().ticket("Fri 14:00").end("Fri 18:00")
        self.assertMet(ticket, used=4)
        ticket = Desk().ticket("Fri 14:00").end("Fri 23:00")
        self.assertClock(ticket, phase="stopped", breached="Fri 18:00", overrun=0)

    def test_overrun_is_working_time(self):
        """SLM-37, SLM-38: overrun counts working time and no pause."""
        ticket = Desk().ticket("Fri 13:00").pause("Fri 18:00").work("Mon+1 14:00")
        # Due on Friday at 17:00; 17-18 on Friday and 14-16 on Monday.
        ticket.end("Mon+1 16:00")
        self.assertClock(ticket, breached="Fri 17:00", used=7, overrun=3)

    def test_resume_with_nothing_left(self):
        """SLM-37: paused at the deadline; in time until work begins again."""
        # All 4 h are used at the moment of the pause, which is in time.
        ticket = Desk().ticket("Fri 14:00").pause("Fri 18:00").work("Sat 10:00")
        self.assertClock(ticket, breached=None, used=4, deadline="Mon+1 09:00")
        ticket.end("Mon+1 09:00")
        self.assertMet(ticket, used=4)
        ticket = Desk().ticket("Fri 13:00").pause("Fri 17:00").work("Fri 17:30")
        self.assertClock(ticket, breached=None, deadline="Fri 17:30")
        ticket.tick("Fri 17:31")
        self.assertClock(ticket, breached="Fri 17:30")

    def test_breached_then_paused(self):
        """SLM-37: a pause after the breach keeps it, in the pause and after."""
        ticket = Desk().ticket("Mon 09:00").pause("Mon 15:00")
        self.assertClock(ticket, phase="paused", breached="Mon 14:00", deadline=None)
        ticket.work("Tue 09:00")
        # 9-12 and 13-14 were the 4 h.
        self.assertClock(ticket, breached="Mon 14:00", deadline="Mon 14:00", used=5)
        ticket.pause("Tue 10:00").end("Tue 12:00")
        self.assertClock(
            ticket, phase="stopped", breached="Mon 14:00", used=6, overrun=2
        )

    def test_reason_that_is_no_pause(self):
        """SLM-37, INC-34: a pause reason that the agreement does not name runs on."""
        ticket = Desk().ticket("Mon 10:00").pause("Mon 11:00", LUNCH)
        self.assertClock(ticket, phase="running", deadline="Mon 15:00")
        # From there to a reason that is named, and back.
        ticket.pause("Mon 12:00", SUPPLIER)
        self.assertClock(ticket, phase="paused", used=2)
        ticket.pause("Mon 14:00", REQUESTER)
        self.assertClock(ticket, phase="paused", used=2)
        ticket.pause("Mon 16:00", LUNCH)
        # 2 h left from 16:00 on.
        self.assertClock(ticket, phase="running", deadline="Mon 18:00")

    def test_reported_in_a_pause(self):
        """SLM-37, INC-34: a ticket that begins waiting uses nothing."""
        ticket = Desk().ticket("Mon 10:00", state="paused", pause_reason_id=REQUESTER)
        self.assertClock(ticket, phase="paused", used=0, deadline=None)
        ticket.work("Tue 10:00")
        self.assertClock(ticket, used=0, deadline="Tue 15:00")

    def test_reported_outside_hours(self):
        """CAL-07: Friday 17:00 and 2 h is Monday 10:00; at night from the opening."""
        for zone in ZONES:
            with self.subTest(zone):
                desk = Desk(zone, resolution=2 * H)
                # 17-18 and 9-10.
                self.assertClock(desk.ticket("Fri 17:00"), deadline="Mon+1 10:00")
                self.assertClock(desk.ticket("Fri 23:00"), deadline="Mon+1 11:00")
                self.assertClock(desk.ticket("Mon 12:30"), deadline="Mon 15:00")

    def test_always(self):
        """CAL-08: on a 24×7 calendar nights and weekends count."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone, week=ALWAYS, monday="2026-06-01").ticket(
                    "Fri 17:00"
                )
                self.assertClock(ticket, deadline="Fri 21:00")
                ticket.pause("Fri 18:00").work("Sun 18:00")
                self.assertClock(ticket, deadline="Sun 21:00", used=1)

    def test_holiday_and_make_up_day(self):
        """CAL-07: a holiday does not count, a make-up Saturday does."""
        hours = timeline(
            "Asia/Shanghai",
            OFFICE,
            holidays=[date(2026, 3, 6)],
            extra={date(2026, 3, 7): 4},
        )
        ticket = Desk(timeline=hours).ticket("Thu 17:00")
        # 17-18 on Thursday, nothing on Friday, 9-12 on Saturday.
        self.assertClock(ticket, deadline="Sat 12:00")

    def test_at_risk(self):
        """SLM-35: at risk from 75 % of the target on, or as agreed."""
        ticket = Desk().ticket("Mon 10:00")
        # 3 of 4 h: 10-12 and 13-14.
        self.assertClock(ticket, at_risk_at="Mon 14:00")
        ticket.pause("Mon 11:00")
        self.assertClock(ticket, at_risk_at=None)
        # 2 of these 3 h are left.
        ticket.work("Tue 09:00")
        self.assertClock(ticket, at_risk_at="Tue 11:00")
        ticket = Desk(at_risk_percent=50).ticket("Mon 10:00")
        self.assertClock(ticket, at_risk_at="Mon 12:00")

    def test_intervals_explain_the_sum(self):
        """SLM-37: used is the sum of the running intervals, which leave no gap."""
        ticket = Desk().ticket("Mon 10:00").pause("Mon 11:00").work("Mon 14:00")
        ticket.end("Mon 15:30").reopen("Tue 09:00").end("Tue 10:00")
        at = ticket.desk.at
        self.assertEqual(
            ticket.clock().segments,
            [
                (at("Mon 10:00"), at("Mon 11:00"), "running", 3600),
                (at("Mon 11:00"), at("Mon 14:00"), "paused", 0),
                (at("Mon 14:00"), at("Mon 15:30"), "running", 5400),
                (at("Mon 15:30"), at("Tue 09:00"), "stopped", 0),
                (at("Tue 09:00"), at("Tue 10:00"), "running", 3600),
            ],
        )
        self.assertMet(ticket, used=3.5)


@tagged("post_install", "-at_install")
class TestFoldChanges(FoldCase):
    """Design 2: what a change of priority, customer or service does to a clock."""

    def setUp(self):
        super().setUp()
        self.targets = {"0": 40 * H, "1": 8 * H, "2": 3 * H, "3": 2 * H}

    def test_change_while_paused(self):
        """SLM-37, INC-34: in a pause a change breaches only if used > new target."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone, resolution=self.targets).ticket("Mon 09:00")
                # 9-12 is 3 h.
                ticket.pause("Mon 12:00").priority("Tue 10:00", "2")
                self.assertClock(ticket, phase="paused", breached=None, used=3)
                ticket.priority("Wed 10:00", "3")
                self.assertClock(
                    ticket, phase="paused", breached="Wed 10:00", deadline=None
                )
                ticket.end("Wed 11:00")
                self.assertClock(ticket, phase="stopped", used=3, overrun=1)

    def test_change_while_running(self):
        """SLM-37, INC-11: the new target counts from the original start."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone, resolution=self.targets).ticket("Mon 09:00")
                self.assertClock(ticket, deadline="Mon 18:00")
                ticket.priority("Mon 11:00", "2")
                # 2 of 3 h used: until 12:00.
                self.assertClock(ticket, deadline="Mon 12:00", breached=None)
                ticket.priority("Mon 11:30", "3")
                # 2 h were used at 11:00.
                self.assertClock(ticket, deadline="Mon 11:00", breached="Mon 11:30")

    def test_change_to_what_was_used_at_a_pause(self):
        """SLM-37: the deadline is the earliest instant at which used = target."""
        ticket = Desk(resolution=self.targets).ticket("Mon 09:00")
        # 9-11 are 2 h, used up on Monday at 11:00 and not when it went on at 13:00.
        ticket.pause("Mon 11:00").work("Mon 13:00").pause("Mon 14:00")
        ticket.work("Mon 15:00").priority("Mon 16:00", "3")
        self.assertClock(ticket, deadline="Mon 11:00", breached="Mon 16:00")
        ticket.end("Mon 16:00")
        self.assertClock(ticket, phase="stopped", used=4, overrun=2)

    def test_change_at_the_new_deadline(self):
        """SLM-37: a change at the very moment of its deadline is in time."""
        ticket = Desk(resolution=self.targets).ticket("Mon 09:00")
        ticket.priority("Mon 11:00", "3")
        self.assertClock(ticket, deadline="Mon 11:00", breached=None)
        stopped = Desk(resolution=self.targets).ticket("Mon 09:00")
        stopped.priority("Mon 11:00", "3").end("Mon 11:00")
        self.assertMet(stopped, used=2)
        ticket.tick("Mon 11:01")
        self.assertClock(ticket, breached="Mon 11:00")

    def test_change_from_now_on(self):
        """SLM-37: per agreement a new target counts from the change on."""
        for zone in ZONES:
            with self.subTest(zone):
                desk = Desk(zone, resolution=self.targets, retarget="change")
                ticket = desk.ticket("Mon 09:00").priority("Mon 11:00", "2")
                # 3 h: 11-12 and 13-15.
                self.assertClock(ticket, deadline="Mon 15:00", used=0)
                ticket.pause("Mon 14:00").priority("Mon 16:00", "3")
                self.assertClock(ticket, phase="paused", used=0)
                ticket.work("Mon 17:00")
                # 17-18 and 9-10.
                self.assertClock(ticket, deadline="Tue 10:00", breached=None)
                ticket.end("Tue 11:00")
                self.assertClock(ticket, breached="Tue 10:00", used=3, overrun=1)
                # A breach stays, even then.
                ticket = desk.ticket("Mon 09:00", priority="3")
                ticket.priority("Mon 14:00", "1")
                # 8 h from 14:00 on: 14-18 and 9-12 and 13-14.
                self.assertClock(ticket, breached="Mon 11:00", deadline="Tue 14:00")

    def test_met_and_missed_are_final(self):
        """SLM-37: a priority changed afterwards judges nothing again."""
        for state in ("resolved", "closed"):
            with self.subTest(state):
                met = Desk(resolution=self.targets).ticket("Mon 09:00")
                met.end("Mon 13:00", state).priority("Mon 14:00", "3")
                met.tick("Fri 18:00")
                self.assertMet(met, used=3, target=8 * H)
                missed = Desk(resolution=self.targets).ticket("Mon 09:00", priority="3")
                missed.end("Mon 13:00", state).priority("Mon 14:00", "0")
                self.assertClock(
                    missed, phase="stopped", breached="Mon 11:00", overrun=1
                )

    def test_response_is_not_judged_again(self):
        """SLM-37: a response given stays met under a later, shorter target."""
        desk = Desk(response={"1": 4 * H, "3": H}, resolution=self.targets)
        ticket = desk.ticket("Mon 09:00").reply("Mon 11:00").priority("Mon 12:00", "3")
        self.assertMet(ticket, "response", used=2, target=4 * H)
        # 2 h were used at 11:00.
        self.assertClock(ticket, breached="Mon 12:00")
        ticket.end("Mon 13:00").reopen("Mon 14:00").priority("Mon 14:00", "1")
        self.assertMet(ticket, "response", used=2, target=4 * H)

    def test_resolved_and_raised_in_one_save(self):
        """SLM-37: what is saved at once is one change; the new priority judges."""
        ticket = Desk(resolution=self.targets).ticket("Mon 09:00")
        ticket.step(
            "Mon 13:00",
            priority={"priority": "3"},
            resolved={"state": "resolved", "pause_reason_id": None},
        )
        self.assertClock(ticket, phase="stopped", breached="Mon 13:00", overrun=1)

    def test_no_target_and_back(self):
        """SLM-37: a priority without a target ends the clock, and it comes back."""
        for retarget, used, deadline in (
            # From Monday 9:00: 8 h are over at 18:00.
            ("start", 0, "Mon 18:00"),
            # From Tuesday 10:00: 10-12, 13-18 are 7 h, 9-10 on Wednesday.
            ("change", 0, "Wed 10:00"),
        ):
            with self.subTest(retarget):
                desk = Desk(resolution={"1": 8 * H}, retarget=retarget)
                ticket = desk.ticket("Mon 09:00").priority("Mon 11:00", "2")
                self.assertClock(ticket, phase="cancelled", breached=None, used=2)
                last = ticket.clock().applications[-1]
                self.assertEqual(last["reason"], "no_target")
                ticket.priority("Tue 10:00", "1")
                late = retarget == "start"
                self.assertClock(
                    ticket,
                    phase="running",
                    used=used,
                    deadline=deadline,
                    breached="Tue 10:00" if late else None,
                )
                self.assertEqual(len(ticket.fold.clocks), 1)
                if not late:
                    # What was before stays on record, and apart.
                    at = desk.at
                    self.assertEqual(
                        ticket.clock().segments,
                        [
                            (at("Mon 09:00"), at("Mon 11:00"), "before", 2 * H),
                            (at("Mon 11:00"), at("Tue 10:00"), "cancelled", 0),
                        ],
                    )

    def test_same_target(self):
        """SLM-37: a change to the same target changes nothing, for any policy."""
        for retarget in ("start", "change"):
            with self.subTest(retarget):
                targets = {"1": 8 * H, "3": 8 * H}
                desk = Desk(resolution=targets, retarget=retarget)
                ticket = desk.ticket("Mon 09:00").priority("Mon 11:00", "3")
                # 9-12 and 13-18 are 8 h.
                self.assertClock(ticket, deadline="Mon 18:00")
                ticket.end("Mon 12:00").reopen("Tue 09:00")
                # 5 h left: 9-12 and 13-15.
                self.assertClock(ticket, used=3, deadline="Tue 15:00")
                self.assertEqual(len(ticket.clock().applications), 1)

    def test_reopened_missed_is_breached(self):
        """SLM-37, INC-33: reopening a missed clock returns it to breached."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = Desk(zone).ticket("Mon 09:00").end("Mon 15:00")
                # 9-12 and 13-14 were the 4 h, 1 h over.
                self.assertClock(
                    ticket, phase="stopped", breached="Mon 14:00", overrun=1
                )
                ticket.reopen("Wed 09:00")
                self.assertClock(
                    ticket,
                    phase="running",
                    breached="Mon 14:00",
                    deadline="Mon 14:00",
                    stopped=None,
                )
                ticket.end("Wed 10:00")
                self.assertClock(
                    ticket, phase="stopped", breached="Mon 14:00", used=6, overrun=2
                )

    def test_reopened_from_cancelled(self):
        """SLM-37, INC-33: the time it was cancelled does not count either."""
        desk = Desk(response=4 * H)
        ticket = desk.ticket("Mon 10:00").end("Mon 11:00", "cancelled")
        ticket.reopen("Wed 10:00")
        for metric in ("response", "resolution"):
            # 3 h left: 10-12 and 13-14.
            self.assertClock(
                ticket, metric, phase="running", used=1, deadline="Wed 14:00"
            )

    def test_reopened_into_a_pause(self):
        """SLM-37, INC-33, INC-34: reopened straight into a pause it does not run."""
        ticket = Desk().ticket("Mon 10:00").end("Mon 11:00")
        ticket.step(
            "Wed 10:00",
            reopened={"state": "paused", "pause_reason_id": REQUESTER},
        )
        self.assertClock(ticket, phase="paused", used=1, deadline=None)
        ticket.work("Thu 10:00")
        self.assertClock(ticket, used=1, deadline="Thu 14:00")

    def test_raised_while_resolved(self):
        """SLM-37: a priority changed while resolved applies from the reopening on."""
        ticket = Desk(resolution=self.targets).ticket("Mon 09:00").end("Mon 13:00")
        ticket.priority("Mon 14:00", "3")
        self.assertMet(ticket, used=3)
        ticket.reopen("Wed 10:00")
        # 3 h used, 2 h agreed now.
        self.assertClock(
            ticket, phase="running", breached="Wed 10:00", deadline="Mon 11:00"
        )

    def test_closed_after_resolved(self):
        """SLM-37: closing or cancelling a resolved ticket changes no verdict."""
        for state in ("closed", "cancelled"):
            with self.subTest(state):
                ticket = Desk().ticket("Mon 10:00").end("Mon 15:00")
                ticket.end("Fri 10:00", state)
                self.assertMet(ticket, used=4, stopped="Mon 15:00")

    def test_resolved_without_reply(self):
        """SLM-37: the solution is the response if nobody answered before."""
        ticket = Desk(response=2 * H).ticket("Mon 10:00").end("Mon 11:00")
        self.assertMet(ticket, "response", used=1)
        ticket.reopen("Tue 10:00").tick("Fri 10:00")
        self.assertMet(ticket, "response", used=1)

    def test_reply_in_a_pause(self):
        """SLM-37, INC-34: a response given straight from a pause is in time."""
        ticket = Desk(response=2 * H).ticket("Mon 10:00").pause("Mon 11:00")
        ticket.reply("Wed 11:00")
        self.assertMet(ticket, "response", used=1, stopped="Wed 11:00")


@tagged("post_install", "-at_install")
class TestFoldAgreements(FoldCase):
    """Design 2: another customer or service, another agreement."""

    def desk(self, zone="Asia/Shanghai", **other):
        """Customer 1 has office hours, 2 has 24×7 without pauses, 3 has nothing."""
        desk = Desk(zone, monday="2026-06-01", resolution=8 * H, response=8 * H)
        other = {
            "timeline": timeline(zone, ALWAYS),
            "resolution": 20 * H,
            "response": 20 * H,
            "pause_reasons": frozenset(),
            **other,
        }
        agreements = {1: desk.rules, 2: desk.agreement(2, **other)}

        def resolve(facts):
            found = agreements.get(facts.partner_id)
            return (found, "customer") if found else (None, "no_agreement")

        desk.resolve = resolve
        return desk

    def test_other_calendar_and_pauses(self):
        """CAL-08, CAL-09, SLM-37: worked out from the start by the other's rules."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = self.desk(zone).ticket("Mon 10:00")
                ticket.pause("Mon 11:00").work("Mon 15:00")
                self.assertClock(ticket, used=1, breached=None)
                ticket.customer("Tue 10:00", 2)
                # Monday 10:00 to Tuesday 10:00 are 24 h of 20, pauses do not count:
                # the 20 h were over on Tuesday at 06:00.
                self.assertClock(ticket, breached="Tue 10:00", deadline="Tue 06:00")
                ticket.end("Tue 11:00")
                self.assertClock(ticket, phase="stopped", used=25, overrun=5)

    def test_other_calendar_with_pauses(self):
        """CAL-07, SLM-37: the other way round, to office hours with pauses."""
        ticket = self.desk(resolution=200 * H).ticket("Mon 10:00", partner_id=2)
        ticket.pause("Mon 11:00").work("Mon 15:00").customer("Tue 10:00", 1)
        # 10-11 and 15-18 on Monday are 4 h; 9-12 and 13-14 on Tuesday the other 4.
        self.assertClock(ticket, breached=None, deadline="Tue 14:00", used=1)
        ticket.end("Tue 14:00")
        self.assertMet(ticket, used=8)

    def test_change_in_a_pause(self):
        """SLM-37, INC-34: a wait that only one of the agreements calls a pause."""
        ticket = self.desk(resolution=30 * H).ticket("Mon 10:00").pause("Mon 11:00")
        self.assertClock(ticket, phase="paused")
        ticket.customer("Mon 12:00", 2)
        # 30 h from Monday 10:00 on.
        self.assertClock(ticket, phase="running", deadline="Tue 16:00")
        ticket.customer("Mon 16:00", 1)
        self.assertClock(ticket, phase="paused", used=1, deadline=None)
        ticket.work("Tue 09:00")
        # 7 h left: 9-12 and 13-17.
        self.assertClock(ticket, deadline="Tue 17:00")

    def test_breach_survives_another_agreement(self):
        """SLM-37, vector 6: a generous agreement removes no breach."""
        ticket = self.desk(resolution=200 * H).ticket("Mon 09:00")
        ticket.customer("Tue 10:00", 2)
        # 8 h were over on Monday at 18:00.
        self.assertClock(ticket, breached="Mon 18:00", phase="running")
        ticket.end("Tue 11:00")
        self.assertClock(ticket, phase="stopped", breached="Mon 18:00", overrun=0)

    def test_no_agreement_and_back(self):
        """SLM-37: without an agreement the clock ends, with one it is there again."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = self.desk(zone).ticket("Mon 10:00").customer("Mon 11:00", 3)
                self.assertClock(ticket, phase="cancelled", used=1, deadline=None)
                self.assertEqual(ticket.fold.reason, "no_agreement")
                last = ticket.clock().applications[-1]
                self.assertEqual(last["reason"], "no_agreement")
                ticket.customer("Mon 15:00", 1)
                # From the start, as if nothing had been: 8 h from Monday 10:00 on.
                self.assertClock(
                    ticket, phase="running", deadline="Tue 10:00", breached=None
                )
                ticket.end("Tue 10:00")
                self.assertMet(ticket, used=8)

    def test_no_agreement_resolved_and_back(self):
        """SLM-37, INC-33: back under the agreement at a reopening, from the start."""
        for reopen in ("continue", "new"):
            with self.subTest(reopen):
                desk = self.desk()
                rules = replace(desk.rules, reopen=reopen)
                desk.resolve = lambda facts, rules=rules: (
                    (rules, "customer") if facts.partner_id == 1 else (None, "none")
                )
                ticket = desk.ticket("Mon 10:00").customer("Mon 11:00", 3)
                ticket.end("Mon 12:00").reopen("Mon 14:00")
                # Nothing applied and nothing applies: the clock stays as it was.
                self.assertEqual(len(ticket.fold.clocks), 2)
                self.assertClock(ticket, phase="cancelled", used=1, stopped="Mon 11:00")
                ticket.end("Mon 15:00").customer("Mon 16:00", 1).reopen("Tue 09:00")
                # 10-12 and 14-15 are 3 h; 5 h left: 9-12 and 13-15.
                self.assertClock(ticket, phase="running", deadline="Tue 15:00")
                # Nobody replied: the first solution was the response, after 2 h.
                self.assertMet(ticket, "response", used=2, stopped="Mon 12:00")

    def test_late_attach(self):
        """SLM-37: an agreement found later counts from the original start."""
        for zone in ZONES:
            with self.subTest(zone):
                ticket = self.desk(zone).ticket("Mon 10:00", partner_id=3)
                self.assertEqual(ticket.fold.clocks, [])
                self.assertEqual(ticket.fold.reason, "no_agreement")
                ticket.pause("Mon 11:00").work("Mon 14:00").customer("Mon 15:00", 1)
                # 10-11, 14-18, 9-12 are 8 h.
                self.assertClock(
                    ticket, phase="running", deadline="Tue 12:00", breached=None
                )
                late = self.desk(zone).ticket("Mon 10:00", partner_id=3)
                late.customer("Wed 10:00", 1)
                # 8 h were over on Tuesday at 10:00; it is late from the change on.
                self.assertClock(late, deadline="Tue 10:00", breached="Wed 10:00")

    def test_late_attach_after_the_reply(self):
        """SLM-37: a reply given before the agreement was found counts."""
        ticket = self.desk().ticket("Mon 10:00", partner_id=3).reply("Mon 11:00")
        ticket.customer("Wed 10:00", 1)
        self.assertMet(ticket, "response", used=1, stopped="Mon 11:00")
        self.assertClock(ticket, phase="running", breached="Wed 10:00")

    def test_late_attach_after_the_solution(self):
        """SLM-37: written down when it was solved, reopened, then an agreement."""
        ticket = self.desk().ticket("Mon 10:00", partner_id=3, state="resolved")
        ticket.reopen("Tue 09:00").customer("Tue 11:00", 1)
        self.assertMet(ticket, "response", used=0, stopped="Mon 10:00")
        # 9-12 and 13-18.
        self.assertClock(
            ticket, phase="running", deadline="Tue 18:00", breached=None, used=0
        )

    def test_late_attach_from_now_on(self):
        """SLM-37: per agreement it counts from the change on."""
        desk = self.desk(retarget="change", resolution=6 * H)
        ticket = desk.ticket("Mon 10:00", partner_id=3).customer("Wed 10:00", 2)
        self.assertClock(ticket, deadline="Wed 16:00", breached=None)
        ticket = desk.ticket("Mon 10:00").customer("Mon 11:00", 2)
        self.assertClock(ticket, deadline="Mon 17:00", breached=None, used=0)
        self.assertEqual(ticket.clock().started_at, desk.at("Mon 10:00"))
        # The hour before the change stays on record, and apart.
        self.assertEqual(
            ticket.clock().segments,
            [(desk.at("Mon 10:00"), desk.at("Mon 11:00"), "before", H)],
        )
        # Back to an agreement that counts from the original start: 8 h from 10:00 on.
        ticket.customer("Mon 12:00", 1)
        self.assertClock(ticket, deadline="Tue 10:00")

    def test_customer_and_service_in_one_save(self):
        """SLM-37: set together they never pass through half the change."""
        desk = self.desk()
        asked = []

        def resolve(facts):
            asked.append((facts.partner_id, facts.service_id))
            return desk.rules, "customer_service"

        desk.resolve = resolve
        ticket = desk.ticket("Mon 10:00")
        ticket.step("Mon 11:00", customer={"partner_id": 2}, service={"service_id": 9})
        self.assertEqual(asked, [(1, None), (2, 9)])

    def test_new_cycle_under_another_agreement(self):
        """SLM-37, INC-33: a new clock began at the reopening, for any agreement."""
        desk = Desk(monday="2026-06-01", reopen="new")
        other = desk.agreement(2, resolution=6 * H)
        desk.resolve = lambda facts: (
            desk.rules if facts.partner_id == 1 else other,
            "customer",
        )
        ticket = desk.ticket("Mon 10:00").end("Mon 15:00").reopen("Wed 09:00")
        ticket.customer("Wed 11:00", 2)
        self.assertMet(ticket, used=4)
        # 6 h from Wednesday 9:00 on: 9-12 and 13-16.
        self.assertClock(ticket, cycle=1, deadline="Wed 16:00", breached=None)

    def test_terminated(self):
        """SLM-27: termination cancels open clocks on its date and they stay so."""
        desk = Desk(resolution={"1": 8 * H, "3": H}, response=H)
        ends = Desk(
            resolution={"1": 8 * H, "3": H}, response=H, ends_at=desk.at("Tue 00:00")
        )
        ticket = ends.ticket("Mon 13:00").tick("Mon 18:00")
        # 13-14 was the hour for the response; the rest of 8 h was for Tuesday.
        self.assertClock(ticket, "response", phase="running", breached="Mon 14:00")
        self.assertClock(ticket, phase="running", deadline="Tue 12:00")
        ticket.tick("Wed 10:00")
        self.assertClock(
            ticket, phase="cancelled", used=5, stopped="Tue 00:00", breached=None
        )
        self.assertClock(ticket, "response", phase="cancelled", breached="Mon 14:00")
        # Nothing brings a clock back: a priority, a reply, a solution, a reopening.
        ticket.priority("Wed 11:00", "3").reply("Wed 11:30").end("Wed 12:00")
        ticket.reopen("Thu 10:00").priority("Thu 11:00", "1").tick("Fri 18:00")
        self.assertEqual(len(ticket.fold.clocks), 2)
        self.assertClock(
            ticket, phase="cancelled", used=5, stopped="Tue 00:00", breached=None
        )
        # In a pause too, and first found when the next fact is told.
        ticket = ends.ticket("Mon 10:00").pause("Mon 11:00").work("Wed 10:00")
        self.assertClock(ticket, phase="cancelled", used=1, stopped="Tue 00:00")
        # What was met before stays met.
        ticket = ends.ticket("Mon 10:00").end("Mon 10:30").reopen("Wed 10:00")
        self.assertMet(ticket, used=0.5, stopped="Mon 10:30")

    def test_said_in_the_report(self):
        """SLM-37: a reply saved together with the report is a response at once."""
        desk = Desk(response=H)
        ticket = desk.ticket("Mon 10:00")
        self.assertClock(ticket, "response", phase="running")
        ticket = Ticket(desk).step("Mon 10:00", reported={}, reply={})
        self.assertMet(ticket, "response", used=0, stopped="Mon 10:00")
        ticket = Ticket(desk).step("Mon 10:00", reported={"state": "resolved"})
        self.assertMet(ticket, used=0, stopped="Mon 10:00")

    def test_clock_whose_calendar_lost_its_hours(self):
        """Vector 10: a stopped clock without rules stops nobody's work."""
        desk = self.desk()
        ticket = desk.ticket("Mon 10:00").reply("Mon 11:00").end("Mon 12:00")
        clocks = [replace(clock, rules=None) for clock in ticket.fold.clocks]
        fold = TicketFold(
            lambda facts: (None, "no_calendar"), replace(ticket.fold.facts), clocks
        )
        for what, values in (
            ("reply", {}),
            ("reopened", {"state": "open", "pause_reason_id": None}),
            ("state", {"state": "paused", "pause_reason_id": REQUESTER}),
            ("priority", {"priority": "3"}),
            ("assignee", {"assignee_id": 2}),
            ("closed", {"state": "closed", "pause_reason_id": None}),
        ):
            fold.apply(desk.at("Tue 10:00"), what, values)
        self.assertEqual(
            [(clock.phase, clock.breached_at) for clock in fold.clocks],
            [("stopped", None)] * 2,
        )


# --- random logs ---------------------------------------------------------------------


class World:
    """A calendar twice: as the oracle reads it, and as the fold's timeline."""

    def __init__(self, name, zone, week, holidays=(), extra=None):
        self.name = name
        self.zone = zone
        self.wall = WallCalendar(zone, week, holidays, extra)
        self.timeline = timeline(zone, week, holidays, extra)

    def __repr__(self):
        return self.name


#: The first is of the agreement of customer 1, so hypothesis shrinks towards it.
WORLDS = (
    World("office", "Asia/Shanghai", OFFICE),
    World("always", "UTC", ALWAYS),
    World(
        "holidays",
        "Asia/Shanghai",
        OFFICE,
        holidays=[date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23)],
        extra={date(2026, 3, 28): 0, date(2026, 10, 25): 4},
    ),
    World("Berlin", "Europe/Berlin", OFFICE),
    World("Berlin nights", "Europe/Berlin", NIGHT),
    World("Berlin always", "Europe/Berlin", ALWAYS),
    World("New York nights", "America/New_York", NIGHT),
    World("India", "Asia/Kolkata", OFFICE),
)
#: Mondays before the clocks change, in Berlin (both ways) and in New York.
MONDAYS = (
    datetime(2026, 3, 23),
    datetime(2026, 10, 19),
    datetime(2026, 3, 2),
    datetime(2026, 10, 26),
)
TARGETS = (15, 30, 60, 120, 180, 240, 480, 1200, 2400)

# Whole half hours meet the edges of hours and targets, the others do not.
gaps = st.one_of(
    st.integers(0, 12).map(lambda halves: 30 * halves),
    st.integers(0, 96).map(lambda halves: 30 * halves),
    st.integers(0, 2000),
    st.just("deadline"),
    st.just(0),
)


@st.composite
def agreements(draw, number):
    priorities = {
        (metric, "incident", priority): draw(st.sampled_from(TARGETS))
        for metric in ("resolution", "response")
        for priority in ("1", "3")
    }
    if draw(st.integers(0, 4)) == 4:
        del priorities["resolution", "incident", "3"]
    return {
        "number": number,
        "world": draw(st.sampled_from(WORLDS)),
        "targets": priorities,
        "pauses": draw(
            st.sampled_from(
                (COUNTED, frozenset(), frozenset((REQUESTER, SUPPLIER, LUNCH)))
            )
        ),
        "response_by": draw(st.sampled_from(("reply", "assignment", "either"))),
        "retarget": draw(st.sampled_from(("start", "start", "change"))),
        "reopen": draw(st.sampled_from(("continue", "continue", "new"))),
    }


acts = st.one_of(
    st.tuples(st.just("pause"), st.sampled_from((REQUESTER, SUPPLIER, LUNCH))),
    st.tuples(st.just("work"), st.none()),
    st.tuples(st.just("priority"), st.sampled_from("13")),
    st.tuples(st.just("customer"), st.sampled_from((1, 2, 3))),
    st.tuples(st.just("end"), st.sampled_from(("resolved", "closed", "cancelled"))),
    st.tuples(st.just("reply"), st.none()),
    st.tuples(st.just("assignee"), st.sampled_from((None, 5, 6))),
    st.tuples(st.just("all at once"), st.sampled_from("13")),
)


@st.composite
def stories(draw):
    """An agreement for each of two customers, and what happens to a ticket."""
    return {
        "agreements": [draw(agreements(1)), draw(agreements(2))],
        "start": draw(st.sampled_from(MONDAYS))
        + MINUTE * 30 * draw(st.integers(0, 7 * 48)),
        "partner": draw(st.sampled_from((1, 1, 1, 2, 3))),
        "priority": draw(st.sampled_from("13")),
        "acts": draw(st.lists(st.tuples(gaps, acts), min_size=1, max_size=12)),
        "wait": draw(st.integers(0, 3000)),
    }


def as_rules(agreement):
    return Rules(
        agreement_id=agreement["number"],
        version=1,
        calendar_id=agreement["number"],
        tz=agreement["world"].zone,
        timeline=agreement["world"].timeline,
        targets={key: 60 * value for key, value in agreement["targets"].items()},
        pause_reasons=agreement["pauses"],
        response_by=agreement["response_by"],
        retarget=agreement["retarget"],
        reopen=agreement["reopen"],
    )


def as_words(agreement):
    return Agreement(
        id=agreement["number"],
        calendar=agreement["world"].wall,
        targets=agreement["targets"],
        pauses=agreement["pauses"],
        response_by=agreement["response_by"],
        retarget=agreement["retarget"],
        reopen=agreement["reopen"],
    )


def rows_of(act, value, facts):
    """The rows of an act, as a ticket in this state would log them."""
    over = facts.state in ("resolved", "closed", "cancelled")
    if act in ("pause", "work"):
        state = "paused" if act == "pause" else "open"
        what = "reopened" if over else "state"
        return [(what, {"state": state, "pause_reason_id": value})]
    if act == "end" and facts.state != value:
        return [(value, {"state": value, "pause_reason_id": None})]
    if act == "priority":
        return [("priority", {"priority": value})]
    if act == "customer":
        return [("customer", {"partner_id": value})]
    if act == "reply":
        return [("reply", {})]
    if act == "assignee":
        return [("assignee", {"assignee_id": value})]
    if act == "all at once":
        state = "reopened" if over else "state"
        return [
            ("priority", {"priority": value}),
            ("customer", {"partner_id": 3 - facts.partner_id % 3}),
            (state, {"state": "open", "pause_reason_id": None}),
        ]
    return []


class Story:
    """Tells a story to a fold and remembers the steps."""

    def __init__(self, story):
        self.story = story
        self.rules = {a["number"]: as_rules(a) for a in story["agreements"]}
        self.words = {a["number"]: as_words(a) for a in story["agreements"]}
        self.now = story["start"]
        self.steps = []
        self.fold = TicketFold(self.resolve)
        self.tell(
            [
                (
                    "reported",
                    {
                        "state": "new",
                        "pause_reason_id": None,
                        "team_id": None,
                        "assignee_id": None,
                        "priority": story["priority"],
                        "service_id": None,
                        "partner_id": story["partner"],
                        "kind": "incident",
                    },
                )
            ]
        )

    def resolve(self, facts):
        rules = self.rules.get(facts.partner_id)
        return (rules, "customer") if rules else (None, "no_agreement")

    def tell(self, rows):
        self.steps.append((self.now, rows))
        self.fold.apply_step(self.now, rows)

    def go_on(self):
        """Tell the acts one by one; yields after each."""
        yield
        for gap, (act, value) in self.story["acts"]:
            if gap == "deadline":
                deadlines = [c.deadline for c in self.fold.clocks if c.deadline]
                self.now = max([self.now, *deadlines[:1]])
            else:
                self.now += MINUTE * gap
            rows = rows_of(act, value, self.fold.facts)
            if rows:
                self.tell(rows)
                yield

    def oracle(self):
        ticket = OracleTicket(lambda facts: self.words.get(facts["partner_id"]))
        for now, rows in self.steps:
            ticket.step(now, rows)
        return ticket


def show(clocks, now):
    """The fold's figures in the form of the oracle's."""
    return [
        {
            "metric": clock.metric,
            "cycle": clock.cycle,
            "agreement": clock.rules.agreement_id,
            "phase": clock.phase,
            "target": clock.target,
            "used": clock.used_at(now),
            "deadline": clock.deadline,
            "breached_at": clock.breached_at,
            "stopped_at": clock.stopped_at,
            "overrun": clock.overrun,
        }
        for clock in sorted(clocks, key=lambda c: (c.metric, c.cycle))
    ]


STORED = (
    "metric", "target", "started_at", "cycle", "phase", "used", "running_since",
    "deadline", "at_risk_at", "breached_at", "stopped_at", "overrun",
)  # fmt: skip


def stored(clock):
    """A clock as a row of a table: plain columns, two of them JSON."""
    return {
        **{name: getattr(clock, name) for name in STORED},
        "agreement_id": clock.rules.agreement_id,
        "segments": json.dumps(clock.segments, default=str),
        "applications": json.dumps(clock.applications, default=str),
    }


def restored(row, rules):
    """A clock to go on with, from nothing but its row."""
    segments = [
        (datetime.fromisoformat(start), datetime.fromisoformat(stop), phase, seconds)
        for start, stop, phase, seconds in json.loads(row["segments"])
    ]
    paused_since = None
    if row["phase"] == "paused":
        paused_since = segments[-1][1] if segments else row["started_at"]
    return Clock(
        **{name: row[name] for name in STORED},
        rules=rules[row["agreement_id"]],
        paused_since=paused_since,
        segments=segments,
        applications=json.loads(row["applications"]),
        changed=False,
    )


SETTINGS = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestFoldRandom(FoldCase):
    """Random tickets over about two weeks."""

    @SETTINGS
    @given(stories())
    def test_fold_is_the_oracle(self, story):
        """SLM-37, INC-34, CAL-07..09: the fold says what counting minutes says."""
        telling = Story(story)
        for _told in telling.go_on():
            pass
        later = telling.now + MINUTE * story["wait"]
        telling.fold.tick(later)
        self.assertEqual(show(telling.fold.clocks, later), telling.oracle().show(later))

    @SETTINGS
    @given(stories())
    def test_step_by_step_is_at_once(self, story):
        """SLM-37: going on from stored clocks is the same as folding all at once."""
        telling = Story(story)
        facts, rows = None, []
        for _told in telling.go_on():
            now, content = telling.steps[-1]
            past = telling.steps[:-1]
            fold = TicketFold(
                telling.resolve,
                facts and replace(facts),
                [restored(row, telling.rules) for row in rows],
                lambda past=past: past,
            )
            fold.apply_step(now, content)
            # What is not marked as changed is not written.
            rows = [
                stored(clock) if clock.changed else rows[i]
                for i, clock in enumerate(fold.clocks)
            ]
            facts = fold.facts
            self.assertEqual(rows, [stored(clock) for clock in telling.fold.clocks])

    @SETTINGS
    @given(stories())
    def test_invariants(self, story):
        """SLM-35, SLM-37: what holds for every clock after every step."""
        telling = Story(story)
        breaches, finals = {}, {}
        for _told in telling.go_on():
            now = telling.now
            for clock in telling.fold.clocks:
                key = (clock.metric, clock.cycle)
                self.assertGreaterEqual(clock.used_at(now), 0)
                self.assertGreaterEqual(clock.overrun, 0)
                self.assertEqual(bool(clock.deadline), clock.phase == "running")
                self.assertEqual(bool(clock.at_risk_at), clock.phase == "running")
                self.assertEqual(bool(clock.stopped_at), not clock.is_open)
                if key in breaches:
                    self.assertEqual(clock.breached_at, breaches[key], "a breach moved")
                if clock.breached_at:
                    self.assertLessEqual(clock.breached_at, now)
                    breaches[key] = clock.breached_at
                what = [what for what, _values in telling.steps[-1][1]]
                if key in finals and "reopened" not in what:
                    self.assertEqual(stored(clock), finals[key], "a verdict moved")
                finals.pop(key, None)
                if clock.phase == "stopped":
                    finals[key] = stored(clock)
                running = sum(
                    seconds
                    for _start, _stop, phase, seconds in clock.segments
                    if phase == "running"
                )
                self.assertEqual(running, clock.used, "intervals explain the sum")
                for before, after in zip(
                    clock.segments, clock.segments[1:], strict=False
                ):
                    self.assertLessEqual(before[1], after[0], "intervals overlap")
