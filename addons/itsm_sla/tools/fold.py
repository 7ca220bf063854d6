# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The service level clock as a fold over a ticket's event log.

Pure Python: no ORM, no "now", no time zone but the timeline's. All times are naive
UTC datetimes, all durations whole working seconds of the timeline.

A log is a sequence of ``(time, what, values)`` in order. ``what`` is one of `FACTS`;
``values`` holds only the facts that the row states. `TicketFold` keeps the facts and
applies each row to the ticket's clocks; it can start from nothing (replay, import,
oracle tests) or from clocks that were stored (the daily case, one row at a time):
both ways give the same clocks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

RESPONSE = "response"
RESOLUTION = "resolution"
METRICS = (RESPONSE, RESOLUTION)

#: States in which work on a ticket is over: no clock runs.
OVER = ("resolved", "closed", "cancelled")
#: Rows that can change which target applies.
RETARGETING = ("priority", "service", "customer", "kind")
STATE_ROWS = ("state", "resolved", "closed", "cancelled", "reopened")
FACTS = (
    "reported",
    *STATE_ROWS,
    *RETARGETING,
    "team",
    "assignee",
    "reply",
    "corrected",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one agreement version says about clocks.

    ``targets`` maps (metric, ticket kind, priority) to working seconds.
    """

    agreement_id: int
    version: int
    calendar_id: int
    tz: str
    timeline: Any
    targets: dict
    pause_reasons: frozenset = frozenset()
    response_by: str = "reply"  # reply, assignment, either
    at_risk_percent: int = 75
    retarget: str = "start"  # start: from the original start; change: from then on
    reopen: str = "continue"  # continue, new
    ends_at: datetime | None = None  # terminated: from then on no clock runs

    def is_over(self, now):
        return self.ends_at is not None and now >= self.ends_at


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

    def update(self, values):
        for name, value in values.items():
            setattr(self, name, value)


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

    # --- reading ---------------------------------------------------------------------

    @property
    def is_open(self):
        return self.phase in ("running", "paused")

    @property
    def is_dropped(self):
        """Cancelled because no target applied any more, not with the ticket."""
        last = self.applications[-1] if self.applications else {}
        return self.phase == "cancelled" and "reason" in last

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
        timeline = self.rules.timeline
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
        if self.phase != "running":
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

    def cancel(self, now):
        if self.is_open:
            self.stopped_at = self._halt(now)
            self.phase = "cancelled"

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

    def apply_target(self, now, rules, target, why):
        """Another target of the same agreement: from the start, or from now on.

        A change can add a breach, at this moment; it never removes one.
        """
        self.changed = True
        self.tick(now)
        if rules.retarget == "change":
            paused = self.phase == "paused"
            now = self.set_apart(now)
            self.rules, self.target, self.used = rules, target, 0
            self.start(now, paused)
        else:
            self.rules, self.target = rules, target
            if self.phase == "running":
                self._set_deadlines()
                late = now > self.deadline
            else:
                late = self.used > target
            if late and self.breached_at is None:
                self.breached_at = now
        self.note_application(now, why)

    def note_application(self, now, why):
        self.applications.append(
            {
                "from": now,
                "agreement_id": self.rules.agreement_id,
                "version": self.rules.version,
                "target": self.target,
                "calendar_id": self.rules.calendar_id,
                "tz": self.rules.tz,
                "why": why,
            }
        )


class TicketFold:
    """Applies log rows, in order, to the facts and clocks of one ticket.

    :param resolve: function of `Facts` to ``(Rules or None, reason)``
    :param facts: the facts so far, when the fold goes on from stored clocks
    :param clocks: the stored clocks
    :param history: function that returns the steps ``(time, rows)`` before those
        applied here;
        called only when a clock must be worked out again from the start because
        another agreement applies
    """

    def __init__(
        self,
        resolve: Callable,
        facts: Facts | None = None,
        clocks: list | None = None,
        history: Callable | None = None,
    ):
        self.resolve = resolve
        self.facts = facts or Facts()
        self.clocks = list(clocks or [])
        self.rules = None
        self.reason = None
        self._load_history = history or (lambda: [])
        self._past = None
        self._rows = []

    # --- the rows --------------------------------------------------------------------

    def apply(self, time, what, values):
        """Apply one row: ``time`` naive UTC, ``what`` of `FACTS`, ``values`` a dict."""
        self.apply_step(time, [(what, values)])

    def apply_step(self, time, rows):
        """Apply rows that happened at once (one save): ``rows`` of (what, values).

        Facts that choose the target are one change, so that customer and service set
        together never pass through the target of half the change.
        """
        for clock in self.clocks:
            clock.tick(time)
        before = replace(self.facts)
        for _what, values in rows:
            self.facts.update(values)
        self._rows.append((time, rows))
        whats = [what for what, _values in rows]
        if "reported" in whats:
            self.facts.reported_at = time
            self._attach(time)
            before = replace(self.facts)
        retargeting = [what for what in whats if what in RETARGETING]
        if retargeting and before != self.facts and before.state not in OVER:
            self._retarget(time, ",".join(retargeting))
        for what in whats:
            if what == "reply":
                self._respond(time, ("reply", "either"))
            elif what == "assignee" and self.facts.assignee_id:
                self._respond(time, ("assignment", "either"))
            elif what in STATE_ROWS:
                self._change_state(time, before.state)

    def replay(self, steps, now=None):
        """Apply steps ``(time, rows)`` in order, then let time pass until ``now``.

        A calendar that runs out of hours must not stop anybody's work: the ticket then
        says ``no_calendar``, and what came before stands.

        :return: whether there was working time for all of it
        """
        try:
            for time, rows in steps:
                self.apply_step(time, rows)
            if now:
                self.tick(now)
        except NoWorkingTime:
            self.rules, self.reason = None, "no_calendar"
            return False
        return True

    def tick(self, now):
        """Let time pass until ``now``."""
        for clock in self.clocks:
            clock.tick(now)

    # --- what they do ----------------------------------------------------------------

    def _is_paused(self, rules, facts=None):
        facts = facts or self.facts
        return facts.state == "paused" and facts.pause_reason_id in rules.pause_reasons

    def _target(self, rules, metric):
        return rules.targets.get((metric, self.facts.kind, self.facts.priority))

    def _attach(self, time):
        self.rules, self.reason = self.resolve(self.facts)
        if not self.rules:
            return
        for metric in METRICS:
            target = self._target(self.rules, metric)
            if target:
                clock = Clock(metric, self.rules, target, time)
                clock.start(time, self._is_paused(self.rules))
                clock.note_application(time, "reported")
                self.clocks.append(clock)
        if not self.clocks:
            self.reason = "no_target"
        if self.facts.state in OVER:
            self._change_state(time, "new")

    def _respond(self, time, ways):
        for clock in self.clocks:
            if (
                clock.metric == RESPONSE
                and clock.is_open
                and clock.rules.response_by in ways
            ):
                clock.stop(time)

    def _change_state(self, time, state_before):
        state = self.facts.state
        for clock in list(self.clocks):
            if clock.rules is None:
                continue  # over, and its calendar has lost its hours since
            if state in ("resolved", "closed"):
                # Without a reply the solution is the response.
                clock.stop(time)
            elif state == "cancelled":
                clock.cancel(time)
            elif state_before in OVER:
                self._reopen(clock, time)
            elif self._is_paused(clock.rules):
                clock.pause(time)
            else:
                clock.resume(time)
        if state_before in OVER and state not in OVER:
            # Priority or service may have changed meanwhile.
            self._retarget(time, "reopened")

    def _reopen(self, clock, time):
        if clock.is_open or (clock.metric == RESPONSE and clock.phase == "stopped"):
            return
        if clock.is_dropped:
            return  # it comes back if a target applies again, worked out anew
        if any(c.metric == clock.metric and c.cycle > clock.cycle for c in self.clocks):
            return
        if clock.rules.is_over(time):
            return
        paused = self._is_paused(clock.rules)
        if clock.rules.reopen == "new" and clock.metric == RESOLUTION:
            fresh = Clock(
                clock.metric, clock.rules, clock.target, time, cycle=clock.cycle + 1
            )
            fresh.start(time, paused)
            fresh.note_application(time, "reopened")
            self.clocks.append(fresh)
        else:
            clock.reopen(time, paused)

    def _retarget(self, time, why):
        rules, self.reason = self.resolve(self.facts)
        if rules and rules.is_over(time):
            rules, self.reason = None, "ended"
        self.rules = rules
        for metric in METRICS:
            cycles = [clock for clock in self.clocks if clock.metric == metric]
            clock = max(cycles, key=lambda c: c.cycle, default=None)
            target = self._target(rules, metric) if rules else None
            if clock is not None and clock.phase == "stopped":
                continue  # met and missed are final against changes
            if not target:
                if clock is not None and clock.is_open:
                    clock.cancel(time)
                    reason = "no_target" if rules else self.reason
                    clock.applications.append(
                        {"from": time, "why": why, "reason": reason}
                    )
            elif clock is None or clock.phase == "cancelled":
                self._fold_again(clock, metric, rules, target, time, why)
            elif clock.rules.agreement_id != rules.agreement_id:
                self._fold_again(clock, metric, rules, target, time, why)
            elif clock.target != target:
                clock.apply_target(time, rules, target, why)
        if rules and not any(self._target(rules, metric) for metric in METRICS):
            self.reason = "no_target"

    def _fold_again(self, clock, metric, rules, target, time, why):
        """Put a clock under another agreement, worked out from the original start."""
        if rules.retarget == "change" or (clock is not None and clock.cycle):
            # From now on, or within a cycle that began at a reopening.
            start = time if rules.retarget == "change" else clock.started_at
        else:
            start = None
        fresh = self._replay_one(metric, rules, target, start, time)
        if clock is None:
            clock = fresh
            self.clocks.append(clock)
            if clock.breached_at:
                clock.breached_at = time
        else:
            breached = clock.breached_at or (time if fresh.breached_at else None)
            if rules.retarget == "change":
                clock.set_apart(time)
                fresh.segments = clock.segments + fresh.segments
                fresh.started_at = clock.started_at
            for name in (
                "rules", "target", "started_at", "phase", "used", "running_since",
                "paused_since", "deadline", "at_risk_at", "stopped_at", "overrun",
                "segments",
            ):  # fmt: skip
                setattr(clock, name, getattr(fresh, name))
            clock.breached_at = breached
            if clock.phase == "stopped" and breached:
                clock.overrun = max(0, clock.used - clock.target)
        clock.changed = True
        clock.note_application(time, why)

    def _replay_one(self, metric, rules, target, start, until):
        """A clock of one target over the rows so far, without changes of target."""
        if self._past is None:
            self._past = list(self._load_history())
        facts = Facts()
        clock = None
        for time, rows in self._past + self._rows:
            before = facts.state
            for _what, values in rows:
                facts.update(values)
            moment = max(time, start) if start else time
            for what, _values in rows:
                if what == "reported":
                    clock = self._start_one(metric, rules, facts, target, moment)
                elif clock is not None:
                    self._replay_row(clock, what, facts, before, moment)
        if clock is None:
            moment = start or until
            clock = self._start_one(metric, rules, self.facts, target, moment)
        clock.tick(until)
        return clock

    def _start_one(self, metric, rules, facts, target, moment):
        clock = Clock(metric, rules, target, moment)
        clock.start(moment, self._is_paused(rules, facts))
        if facts.state in ("resolved", "closed"):
            clock.stop(moment)
        elif facts.state == "cancelled":
            clock.cancel(moment)
        return clock

    def _replay_row(self, clock, what, facts, before, moment):
        ways = clock.rules.response_by
        if clock.metric == RESPONSE and (
            (what == "reply" and ways != "assignment")
            or (what == "assignee" and facts.assignee_id and ways != "reply")
        ):
            clock.stop(moment)
        elif what in STATE_ROWS:
            self._replay_state(clock, clock.rules, facts, before, moment)

    def _replay_state(self, clock, rules, facts, before, moment):
        if facts.state in ("resolved", "closed"):
            clock.stop(moment)
        elif facts.state == "cancelled":
            clock.cancel(moment)
        elif before in OVER:
            if not (clock.metric == RESPONSE and clock.phase == "stopped"):
                clock.reopen(moment, self._is_paused(rules, facts))
        elif self._is_paused(rules, facts):
            clock.pause(moment)
        else:
            clock.resume(moment)
