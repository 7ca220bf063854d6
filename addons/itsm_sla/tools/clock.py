# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One service level clock: what is stored of it, and how each fact moves it.

Pure Python: no ORM, no "now", no time zone but the timeline's. All times are naive
UTC datetimes, all durations whole working seconds of the timeline.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time
from typing import Any

import pytz

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

SLA, OLA, UC = "sla", "ola", "uc"


def identity_of(kind, metric, leg_team_id, leg_partner_id, cycle):
    """What tells the clocks of one ticket apart; ids or nothing for the leg."""
    return (kind, metric, leg_team_id or 0, leg_partner_id or 0, cycle)


def status_of(phase, breached_at, deadline, at_risk_at, now):
    """What a clock shows at ``now``: read against the present moment, not stored."""
    if phase in ("cancelled", "handed_over"):
        return phase
    if phase == "stopped":
        return "missed" if breached_at else "met"
    if breached_at:
        return "breached"
    if phase == "paused":
        return "paused"
    if deadline and now > deadline:
        return "breached"
    if at_risk_at and now >= at_risk_at:
        return "at_risk"
    return "running"


@dataclass(frozen=True, slots=True)
class DayTarget:
    """The n-th working day by hh:mm.

    A working day is a local date with working time; day 0 is the date of the start, or
    the next working day if that date has none left (design 2).

    :param int days: n, at least 1
    :param int minute: minutes from local midnight
    """

    days: int
    minute: int

    @property
    def key(self):
        """What the clock keeps of it, as text."""
        return f"{self.days}@{self.minute // 60:02}:{self.minute % 60:02}"

    def seconds(self, timeline, start):
        """Working seconds from ``start`` (naive UTC) to the promised moment.

        The moment is not after that day's closing: no working time follows it there.
        """
        zone = timeline.tz
        day = _local_date(timeline.add(start, 0), zone)
        for _n in range(self.days):
            midnight = _to_utc(day + timedelta(days=1), 0, zone)
            day = _local_date(timeline.add(midnight, 0), zone)
        return timeline.elapsed(start, max(start, _to_utc(day, self.minute, zone)))


def _local_date(moment, zone):
    return pytz.utc.localize(moment).astimezone(zone).date()


def _to_utc(day, minute, zone):
    """A local time as naive UTC, read as `resource.calendar` reads it."""
    local = datetime.combine(day, day_time()) + timedelta(minutes=minute)
    aware = zone.localize(local, is_dst=False)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Level:
    """Other targets for a time (SLM-26): for clocks that start on one of its days."""

    id: int
    first: date
    last: date
    targets: dict
    tz: str | None = None  # in which its days are read; None: that of the rules


@dataclass(frozen=True, slots=True)
class Rules:
    """What one agreement version says about clocks.

    ``targets`` maps (metric, ticket kind, priority) to working seconds or to a
    `DayTarget`. ``tz`` is the zone of the timeline.
    """

    agreement_id: int
    version: int
    calendar_id: int
    tz: str
    timeline: Any
    targets: dict
    kind: str = SLA
    pause_reasons: frozenset = frozenset()
    pause_with_supplier: bool = False
    response_by: str = "reply"  # reply, assignment, either
    at_risk_percent: int = 75
    retarget: str = "start"  # start: from the original start; change: from then on
    reopen: str = "continue"  # continue, new
    levels: tuple = ()  # of Level
    service_id: int | None = None  # whose interruptions are left out
    interruptions: tuple = ()  # (from, to): no working time of the timeline
    ends_at: datetime | None = None  # terminated: from then on no clock runs

    @property
    def key(self):
        """What a clock that goes on must have in common with its rules."""
        return self.agreement_id, self.tz

    def same_hours(self, other, since):
        """Whether the same interruptions count under both from ``since`` on."""
        if self.interruptions == other.interruptions:
            return True
        differing = set(self.interruptions) ^ set(other.interruptions)
        return all(stop <= since for _start, stop in differing)

    def is_over(self, now):
        return self.ends_at is not None and now >= self.ends_at

    def is_paused(self, facts):
        """Whether clocks of this agreement wait in the state that ``facts`` tell."""
        if facts.supplier_id and (
            self.kind == OLA or (self.kind == SLA and self.pause_with_supplier)
        ):
            return True
        return facts.state == "paused" and facts.pause_reason_id in self.pause_reasons

    def promise(self, metric, facts, start):
        """What is promised for a clock that starts at ``start``.

        :return: working seconds, a `DayTarget`, or None
        """
        level = self.level(metric, facts, start)
        targets = level.targets if level else self.targets
        return targets.get((metric, facts.kind, facts.priority))

    def level(self, metric, facts, start):
        """The temporary `Level` that promises it, or None for the agreement itself."""
        cell = (metric, facts.kind, facts.priority)
        for level in self.levels:
            day = _local_date(start, pytz.timezone(level.tz or self.tz))
            if level.first <= day <= level.last and cell in level.targets:
                return level
        return None

    def seconds(self, promise, start):
        """Working seconds of a promise for a clock that starts at ``start``."""
        if isinstance(promise, DayTarget):
            return promise.seconds(self.timeline, start)
        return promise


@dataclass(slots=True)
class Facts:
    """The ticket as the log has told it so far."""

    reported_at: datetime | None = None
    state: str = "new"
    pause_reason_id: int | None = None
    team_id: int | None = None
    assignee_id: int | None = None
    priority: str | None = None
    service_id: int | None = None
    partner_id: int | None = None
    kind: str | None = None
    supplier_id: int | None = None

    def update(self, values):
        for name, value in values.items():
            setattr(self, name, value)

    def copied(self):
        """The same facts again; `dataclasses.replace` takes ten times as long."""
        other = object.__new__(Facts)
        for name in Facts.__slots__:
            setattr(other, name, getattr(self, name))
        return other


@dataclass(slots=True)
class Clock:
    """One clock: what is stored of it, and how each fact moves it.

    ``used`` counts the working seconds up to ``running_since`` while it runs, else all
    of them. ``deadline`` is set only while it runs. ``segments`` are the finished
    intervals ``(start, stop, phase, seconds)``; ``applications`` say which agreement
    and target held from when, and why.
    """

    metric: str
    rules: Rules | None
    target: int
    started_at: datetime
    cycle: int = 0
    kind: str = SLA
    leg_team_id: int | None = None
    leg_partner_id: int | None = None
    promise: str | None = None  # the key of a `DayTarget`
    phase: str = "running"
    used: int = 0
    running_since: datetime | None = None
    paused_since: datetime | None = None
    deadline: datetime | None = None
    at_risk_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    overrun: int = 0
    segments: list = field(default_factory=list)
    applications: list = field(default_factory=list)
    key: Any = None  # the caller's handle (a record id)
    changed: bool = True
    read_from: Any = None  # the timeline that gave deadline and at-risk time

    @classmethod
    def begin(cls, rules, metric, promise, now, facts, why, **identity):
        """A clock that starts at ``now``; ``promise`` as `Rules.promise` returns it."""
        clock = cls(metric, rules, 0, now, kind=rules.kind, **identity)
        clock._promise(promise)
        clock.start(now, rules.is_paused(facts))
        clock.note_application(now, why, rules.level(metric, facts, now))
        return clock

    # --- reading ---------------------------------------------------------------------

    @property
    def identity(self):
        """What tells the clocks of one ticket apart."""
        return identity_of(
            self.kind, self.metric, self.leg_team_id, self.leg_partner_id, self.cycle
        )

    @property
    def is_open(self):
        return self.phase in ("running", "paused")

    @property
    def is_dropped(self):
        """Cancelled because no target applied any more, not with the ticket."""
        last = self.applications[-1] if self.applications else {}
        return self.phase == "cancelled" and "reason" in last

    def is_promise(self, promise):
        """Whether ``promise`` is what this clock measures already."""
        if isinstance(promise, DayTarget):
            return self.promise == promise.key
        return self.promise is None and self.target == promise

    def used_at(self, now):
        """Working seconds used at ``now`` (a datetime not before the last change)."""
        if self.phase != "running":
            return self.used
        now = max(now, self.running_since)
        return self.used + self.rules.timeline.elapsed(self.running_since, now)

    def is_late(self, now):
        """Whether the clock is late at ``now``: strictly after its deadline."""
        # A clock without deadline is one whose calendar has lost its hours.
        return self.phase == "running" and bool(self.deadline) and now > self.deadline

    # --- moving ----------------------------------------------------------------------

    def _promise(self, promise):
        self.target = self.rules.seconds(promise, self.started_at)
        self.promise = promise.key if isinstance(promise, DayTarget) else None

    def start(self, now, paused=False):
        self.changed = True
        if paused:
            self.phase = "paused"
            self.paused_since = now
            self.running_since = self.deadline = self.at_risk_at = None
        else:
            self.phase = "running"
            self.paused_since = None
            self.running_since = now
            self._set_deadlines()

    def _set_deadlines(self):
        """Deadline and at-risk time of the running interval.

        One addition from the start of the interval and the seconds left: `add` is not
        additive at closing time.
        """
        timeline = self.read_from = self.rules.timeline
        left = self.target - self.used
        if left >= 0:
            self.deadline = timeline.add(self.running_since, left)
        else:
            self.deadline = self._instant_of(self.target)
        threshold = -(-self.target * self.rules.at_risk_percent // 100)
        left = threshold - self.used
        if left > 0:
            self.at_risk_at = timeline.add(self.running_since, left)
        else:
            self.at_risk_at = self.running_since

    def _instant_of(self, seconds):
        """The earliest instant at which ``seconds`` were used, in finished segments."""
        used = 0
        for start, _stop, phase, length in self.segments:
            if phase != "running":
                continue
            if used + length >= seconds:
                return self.rules.timeline.add(start, seconds - used)
            used += length
        return self.running_since or self.started_at

    def refresh(self):
        """Read the deadline from the timeline as it is now.

        A calendar may be edited while a clock runs. Time used is read from the timeline
        when the interval ends, so the deadline must come from the same one.
        """
        if self.phase != "running" or self.read_from is self.rules.timeline:
            return
        before = self.deadline, self.at_risk_at
        try:
            self._set_deadlines()
        except NoWorkingTime:
            return  # the calendar has lost its hours: what was known stands
        if before != (self.deadline, self.at_risk_at):
            self.changed = True

    def tick(self, now):
        """Time passes until ``now``: a running clock past its deadline is breached."""
        self.refresh()
        if self.is_open and self.rules.is_over(now):
            self.cancel(self.rules.ends_at)
        elif self.breached_at is None and self.is_late(now):
            self.breached_at = self.deadline
            self.changed = True

    def _halt(self, now):
        """End the running or paused interval at ``now``; return when it ended."""
        self.changed = True
        if self.phase == "running":
            # A fact dated before the clock's start counts at the start.
            now = max(now, self.running_since)
            self.refresh()
            if self.breached_at is None and self.is_late(now):
                self.breached_at = self.deadline
            seconds = self.rules.timeline.elapsed(self.running_since, now)
            if now > self.running_since:
                self.segments.append((self.running_since, now, "running", seconds))
            self.used += seconds
        elif self.phase == "paused":
            now = max(now, self.paused_since)
            if now > self.paused_since:
                self.segments.append((self.paused_since, now, "paused", 0))
        self.running_since = self.paused_since = None
        self.deadline = self.at_risk_at = None
        return now

    def pause(self, now):
        if self.phase == "running":
            now = self._halt(now)
            self.phase = "paused"
            self.paused_since = now

    def resume(self, now):
        if self.phase == "paused":
            self.start(self._halt(now))

    def stop(self, now):
        """Met or missed: in time means at or before the deadline."""
        if self.is_open:
            now = self._halt(now)
            self.phase = "stopped"
            self.stopped_at = now
            self.overrun = max(0, self.used - self.target) if self.breached_at else 0

    def hand_over(self, now):
        """The leg goes to somebody else: in time handed over, late missed."""
        if self.is_open:
            self.stop(now)
            if not self.breached_at:
                self.phase = "handed_over"

    def end(self, now):
        """Nothing is left to wait for: no verdict, unless it was late already."""
        self.tick(now)
        if self.breached_at:
            self.stop(now)
        else:
            self.cancel(now)

    def cancel(self, now):
        if self.is_open:
            self.stopped_at = self._halt(now)
            self.phase = "cancelled"

    def drop(self, now, why, reason):
        """Nothing applies to it any more: cancelled, apart from the ticket."""
        self.cancel(now)
        self.applications.append({"from": now, "why": why, "reason": reason})

    def reopen(self, now, paused=False):
        """Go on from where it stood; the time in between never counts."""
        if self.is_open or self.rules.is_over(now):
            return
        since = self.stopped_at
        now = max(now, since)
        if now > since:
            self.segments.append((since, now, self.phase, 0))
        self.stopped_at = None
        self.overrun = 0
        self.start(now, paused)

    def set_apart(self, now):
        """End what there was: it is no part of a target that counts from ``now`` on.

        :return: when it ended
        """
        if self.is_open:
            now = self._halt(now)
        elif now > self.stopped_at:
            self.segments.append((self.stopped_at, now, self.phase, 0))
        self.segments = [
            (start, stop, "before" if phase == "running" else phase, seconds)
            for start, stop, phase, seconds in self.segments
        ]
        return now

    def keep_breach(self, breached_at):
        """A breach that was (naive UTC, or False) stays, whatever was worked out."""
        if breached_at and not self.breached_at and self.phase != "cancelled":
            self.breached_at = breached_at
            if self.phase == "stopped":
                self.overrun = max(0, self.used - self.target)

    def go_under(self, now, rules):
        """Other hours from now on: what was used stays as it was counted."""
        self.changed = True
        self.tick(now)
        if self.phase == "running":
            now = self._halt(now)
            self.rules = rules
            self.start(now)
        else:
            self.rules = rules

    def apply_target(self, now, rules, promise, why, level=None):
        """Another promise: from the start, or from now on.

        A change can add a breach, at this moment; it never removes one.

        :param level: the temporary `Level` that promises it
        """
        self.changed = True
        self.tick(now)
        if rules.retarget == "change":
            paused = self.phase == "paused"
            now = self.set_apart(now)
            self.rules, self.used = rules, 0
            self.target = rules.seconds(promise, now)
            self.start(now, paused)
        else:
            self.rules = rules
            self.target = rules.seconds(promise, self.started_at)
            if self.phase == "running":
                self._set_deadlines()
                late = now > self.deadline
            else:
                late = self.used > self.target
            if late and self.breached_at is None:
                self.breached_at = now
        self.promise = promise.key if isinstance(promise, DayTarget) else None
        self.note_application(now, why, level)

    def follow(self, now, rules, why, level=None):
        """Another service with other interruptions: they count from now on."""
        self.go_under(now, rules)
        self.note_application(now, why, level)

    def under(self, rules):
        """The same rules and hours, for another service."""
        if rules.service_id != self.rules.service_id:
            self.rules = rules
            self.changed = True

    def note_application(self, now, why, level=None):
        self.applications.append(
            {
                "from": now,
                "agreement_id": self.rules.agreement_id,
                "version": self.rules.version,
                "target": self.target,
                **({"promise": self.promise} if self.promise else {}),
                **({"level": level.id} if level else {}),
                "calendar_id": self.rules.calendar_id,
                "tz": self.rules.tz,
                "why": why,
            }
        )
