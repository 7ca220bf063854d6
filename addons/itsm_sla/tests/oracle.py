# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a service level clock must say, worked out slowly minute by minute.

This is a second opinion on ``tools/fold.py``, written from the rules and not from the
code. It shares nothing with it but the form of the log. Nothing is carried on: whenever
a figure is wanted, the minutes in which the clock counted are counted again from the
first one, on a calendar on the wall. So it needs no bookkeeping at pauses, changes of
target, reopenings, and cannot get it wrong.

All times are naive UTC datetimes on whole minutes, all durations whole minutes.
Calendars whose hours begin or end within an hour that a change of the clocks skips or
repeats are left to the tests of the timeline.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytz

MINUTE = timedelta(minutes=1)
OVER = ("resolved", "closed", "cancelled")
METRICS = ("response", "resolution")
CHOOSING = ("priority", "service", "customer", "kind")


class WallCalendar:
    """Is this minute working time? Look at the calendar and the clock on the wall.

    :param zone: name of the time zone
    :param week: weekday (0 is Monday) to a list of ``("09:00", "12:00")``
    :param holidays: local dates without work
    :param extra: local date that is worked, although the week or a holiday says it is
        not, to the weekday whose hours it works
    """

    def __init__(self, zone, week, holidays=(), extra=None):
        self.zone = pytz.timezone(zone)
        self.week = week
        self.holidays = set(holidays)
        self.extra = extra or {}
        self._seen = {}

    def works(self, minute):
        if minute not in self._seen:
            self._seen[minute] = self._look(minute)
        return self._seen[minute]

    def _look(self, minute):
        local = self.zone.fromutc(minute)
        day = local.date()
        weekday = day.weekday()
        if day in self.extra:
            weekday = self.extra[day]
        elif day in self.holidays:
            return False
        now = local.strftime("%H:%M")
        return any(begin <= now < end for begin, end in self.week.get(weekday, ()))


@dataclass
class Agreement:
    """The rules of one agreement, in words of its own."""

    id: int
    calendar: WallCalendar
    targets: dict  # (metric, kind, priority) to minutes
    pauses: frozenset = frozenset()
    response_by: str = "reply"
    retarget: str = "start"
    reopen: str = "continue"


@dataclass
class OracleClock:
    metric: str
    cycle: int
    agreement: Agreement
    target: int
    origin: datetime  # its first start: the report, or the reopening of a cycle
    since: datetime  # minutes before this do not count
    state: str = "open"  # open, stopped, cancelled
    dropped: bool = False  # cancelled because no target applied any more
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    used: int = 0  # at the end, when it is not open
    overrun: int = 0


@dataclass
class OracleTicket:
    """One ticket: what was said about it, and its clocks.

    :param choose: function of the facts (a dict) to an `Agreement` or None
    """

    choose: object
    facts: dict = field(default_factory=dict)
    moves: list = field(default_factory=list)  # (time, state, pause reason)
    answers: list = field(default_factory=list)  # (time, "reply" or "assignment")
    clocks: list = field(default_factory=list)

    # --- which minutes count ---------------------------------------------------------

    def answered_at(self, agreement):
        """When the response was given in the sense of this agreement, or None.

        A ticket that is resolved without a word got its response by the solution;
        when it was cancelled before, there was nothing to respond to any more.
        """
        moments = [
            moment
            for moment, way in self.answers
            if agreement.response_by in (way, "either")
        ]
        before = None
        for moment, state, _why in self.moves:
            if state in OVER[:2] and before not in OVER:
                moments.append(moment)
            before = state
        return min(moments, default=None)

    def stretches(self, metric, agreement, since):
        """``[begin, end]`` pairs in which the clock counts; the last may be open."""
        result = []
        for moment, state, why in self.moves:
            counts = state not in OVER and not (
                state == "paused" and why in agreement.pauses
            )
            running = bool(result) and result[-1][1] is None
            if counts and not running:
                result.append([moment, None])
            elif running and not counts:
                result[-1][1] = moment
        if metric == "response":
            answered = self.answered_at(agreement)
            if answered is not None:
                result = [
                    [begin, answered if end is None or end > answered else end]
                    for begin, end in result
                    if begin <= answered
                ]
        return [
            [max(begin, since), end]
            for begin, end in result
            if end is None or end > since
        ]

    def count(self, agreement, stretches, now):
        """Working minutes in the stretches up to ``now``."""
        used = 0
        for begin, end in stretches:
            minute = begin
            while minute < (end or now):
                used += agreement.calendar.works(minute)
                minute += MINUTE
        return used

    def deadline(self, agreement, stretches, target):
        """The last moment in time, if the last stretch just goes on.

        That is the end of the minute in which the target is used up; when it was used
        up to the minute before the last stretch began, the moment within this stretch
        at which work begins.
        """
        works = agreement.calendar.works
        used = 0
        reached = None
        for begin, end in stretches[:-1]:
            minute = begin
            while minute < end:
                used += works(minute)
                minute += MINUTE
                if used == target and reached is None:
                    reached = minute
        if used > target:
            return reached
        minute = stretches[-1][0]
        if used == target:
            while not works(minute):
                minute += MINUTE
            return minute
        while used < target:
            used += works(minute)
            minute += MINUTE
        return minute

    def was_ever_late(self, agreement, stretches, target, now):
        """Whether a clock under these rules from its start on had been late once."""
        return any(
            (end or now) > self.deadline(agreement, stretches[: i + 1], target)
            for i, (_begin, end) in enumerate(stretches)
        )

    # --- what a clock shows ----------------------------------------------------------

    def phase(self, clock):
        if clock.state != "open":
            return clock.state
        waits = (
            self.facts["state"] == "paused"
            and self.facts["pause_reason_id"] in clock.agreement.pauses
        )
        return "paused" if waits else "running"

    def used(self, clock, now):
        if clock.state != "open":
            return clock.used
        stretches = self.stretches(clock.metric, clock.agreement, clock.since)
        return self.count(clock.agreement, stretches, now)

    def deadline_of(self, clock):
        if self.phase(clock) != "running":
            return None
        stretches = self.stretches(clock.metric, clock.agreement, clock.since)
        return self.deadline(clock.agreement, stretches, clock.target)

    def show(self, now):
        """Every figure of every clock at ``now``, durations in seconds."""
        self.pass_time(now)
        return [
            {
                "metric": clock.metric,
                "cycle": clock.cycle,
                "agreement": clock.agreement.id,
                "phase": self.phase(clock),
                "target": clock.target * 60,
                "used": self.used(clock, now) * 60,
                "deadline": self.deadline_of(clock),
                "breached_at": clock.breached_at,
                "stopped_at": clock.stopped_at,
                "overrun": clock.overrun * 60,
            }
            for clock in sorted(self.clocks, key=lambda c: (c.metric, c.cycle))
        ]

    # --- what happens ----------------------------------------------------------------

    def pass_time(self, now):
        """Late is who runs on after the deadline."""
        for clock in self.clocks:
            if clock.breached_at is None and self.phase(clock) == "running":
                deadline = self.deadline_of(clock)
                if now > deadline:
                    clock.breached_at = deadline

    def step(self, now, rows):
        """What was said at once: rows of ``(what, values)``."""
        self.pass_time(now)
        told = dict(self.facts)
        for _what, values in rows:
            told.update(values)
        whats = [what for what, _values in rows]
        if "reported" in whats:
            self.facts = told
            self.facts["reported_at"] = now
            self.moves.append((now, told["state"], told["pause_reason_id"]))
            self._apply_targets(now)
            return
        was_over = self.facts["state"] in OVER
        moved = {name: told[name] for name in ("state", "pause_reason_id")}
        # The target first, while the ticket is still in its old state.
        choice = {name: value for name, value in told.items() if name not in moved}
        changed = any(self.facts.get(name) != value for name, value in choice.items())
        self.facts.update(choice)
        if changed and not was_over and set(whats) & set(CHOOSING):
            self._apply_targets(now)
        for what in whats:
            if what == "reply" or (what == "assignee" and told["assignee_id"]):
                self._answer(now, "reply" if what == "reply" else "assignment")
        if (self.facts["state"], self.facts["pause_reason_id"]) != tuple(
            moved.values()
        ):
            self._move(now, was_over, moved)

    def _answer(self, now, way):
        if self.facts["state"] in OVER:
            return  # nobody waits for it any more
        self.answers.append((now, way))
        for clock in self.clocks:
            if clock.metric == "response" and (
                clock.agreement.response_by in (way, "either")
            ):
                self._end(clock, now, "stopped")

    def _move(self, now, was_over, moved):
        open_clocks = [clock for clock in self.clocks if clock.state == "open"]
        if moved["state"] in OVER:
            for clock in open_clocks:
                cancelled = moved["state"] == "cancelled"
                self._end(clock, now, "cancelled" if cancelled else "stopped")
        self.facts.update(moved)
        self.moves.append((now, moved["state"], moved["pause_reason_id"]))
        if was_over and moved["state"] not in OVER:
            for metric in METRICS:
                self._reopen(self._latest(metric), now)
            self._apply_targets(now)

    def _end(self, clock, now, state):
        if clock.state != "open":
            return
        clock.used = self.used(clock, now)
        clock.state = state
        clock.stopped_at = now
        if state == "stopped" and clock.breached_at:
            clock.overrun = max(0, clock.used - clock.target)

    def _latest(self, metric):
        clocks = [clock for clock in self.clocks if clock.metric == metric]
        return max(clocks, key=lambda clock: clock.cycle, default=None)

    def _reopen(self, clock, now):
        if clock is None or clock.state == "open" or clock.dropped:
            return
        if clock.metric == "response" and clock.state == "stopped":
            return  # a response given is given
        if clock.metric == "resolution" and clock.agreement.reopen == "new":
            self.clocks.append(
                OracleClock(
                    clock.metric,
                    clock.cycle + 1,
                    clock.agreement,
                    clock.target,
                    origin=now,
                    since=now,
                )
            )
        else:
            clock.state = "open"
            clock.stopped_at = None
            clock.overrun = 0

    def _apply_targets(self, now):
        """Which targets hold from now on; a target can add a breach, not remove it."""
        agreement = self.choose(self.facts)
        for metric in METRICS:
            clock = self._latest(metric)
            target = agreement and agreement.targets.get(
                (metric, self.facts["kind"], self.facts["priority"])
            )
            if clock is not None and clock.state == "stopped":
                continue
            if not target:
                if clock is not None and clock.state == "open":
                    self._end(clock, now, "cancelled")
                    clock.dropped = True
            elif clock is None:
                origin = self.facts["reported_at"]
                clock = OracleClock(metric, 0, agreement, target, origin, origin)
                self.clocks.append(clock)
                self._work_out(clock, now)
            elif clock.dropped or clock.agreement.id != agreement.id:
                clock.agreement, clock.target = agreement, target
                self._work_out(clock, now)
            elif clock.target != target:
                clock.target = target
                if agreement.retarget == "change":
                    clock.since = now
                if self.phase(clock) == "running":
                    late = now > self.deadline_of(clock)
                else:
                    late = self.used(clock, now) > target
                if late and clock.breached_at is None:
                    clock.breached_at = now

    def _work_out(self, clock, now):
        """The clock as if this agreement had applied from the start (or from now)."""
        agreement = clock.agreement
        clock.state, clock.dropped = "open", False
        clock.stopped_at, clock.overrun = None, 0
        clock.since = now if agreement.retarget == "change" else clock.origin
        stretches = self.stretches(clock.metric, agreement, clock.since)
        if clock.breached_at is None and self.was_ever_late(
            agreement, stretches, clock.target, now
        ):
            clock.breached_at = now
        if clock.metric == "response":
            answered = self.answered_at(agreement)
            if answered is not None:
                self._end(clock, max(answered, clock.since), "stopped")
