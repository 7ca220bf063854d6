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

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from .clock import OLA, SLA, UC, Clock, Facts

RESPONSE = "response"
RESOLUTION = "resolution"
#: The next public update: each cycle is a clock.
UPDATE = "update"
#: The emergency response was started (SLM-61).
EMERGENCY = "emergency"
METRICS = (RESPONSE, RESOLUTION, UPDATE, EMERGENCY)
#: What is promised of a leg.
LEG_METRICS = (RESPONSE, RESOLUTION)
#: Happen once: judged for good, reopening does not ask again.
ONCE = (RESPONSE, EMERGENCY)

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
    "supplier",
    "assignee",
    "reply",
    "supplier_reply",
    "emergency",
    "exempt",
    "counted",
    "corrected",
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
        before = self.facts.copied()
        for _what, values in rows:
            self.facts.update(values)
        self._rows.append((time, rows))
        whats = [what for what, _values in rows]
        if "reported" in whats:
            self.facts.reported_at = time
            self._attach(time)
            before = self.facts.copied()
        if "team" in whats or "supplier" in whats:
            self._change_holder(time, whats)
        retargeting = [what for what in whats if what in RETARGETING]
        if retargeting and before != self.facts and before.state not in OVER:
            self._retarget(time, ",".join(retargeting))
            self._retarget_legs(time, ",".join(retargeting))
        for what in whats:
            if what in STATE_ROWS:
                self._change_state(time, before.state)
            else:
                came = what == "assignee" and not {"reported", "team"}.isdisjoint(whats)
                self._respond(time, what, came)

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

    def _attach(self, time):
        self.rules, self.reason = self.resolve(self.facts)
        if self.rules:
            for metric in METRICS:
                self._begin(self.rules, metric, time, "reported")
            if not self.clocks:
                self.reason = "no_target"
        if self.facts.state not in OVER:
            self._enter_legs(time, "reported")
        else:
            self._change_state(time, "new")

    def _begin(self, rules, metric, time, why, **identity):
        """Start a clock at ``time`` if there is a promise for it."""
        promise = rules.promise(metric, self.facts, time)
        if promise is None:
            return None
        clock = Clock.begin(rules, metric, promise, time, self.facts, why, **identity)
        self.clocks.append(clock)
        return clock

    def _latest(self, metric, kind=SLA, team_id=None, partner_id=None):
        """The last cycle of one clock, or None."""
        own = (
            clock
            for clock in self.clocks
            if clock.metric == metric
            and clock.kind == kind
            and clock.leg_team_id == team_id
            and clock.leg_partner_id == partner_id
        )
        return max(own, key=lambda clock: clock.cycle, default=None)

    def _respond(self, time, what, came=False):
        """A reply, an assignment, an answer of the supplier, an emergency response.

        :param came: the assignment came with the ticket: somebody chose team and user
            in one save, and the team itself has not answered yet
        """
        for clock in list(self.clocks):
            if not clock.is_open or (came and clock.kind == OLA):
                continue
            if clock.metric == RESPONSE:
                if self._is_response(clock, what, self.facts):
                    clock.stop(time)
            elif clock.metric == EMERGENCY and what == "emergency":
                clock.stop(time)
            elif clock.metric == UPDATE and what == "reply":
                # Each public update ends a cycle and begins the next.
                clock.stop(time)
                self._begin(clock.rules, UPDATE, time, what, cycle=clock.cycle + 1)

    @staticmethod
    def _is_response(clock, what, facts):
        if clock.kind == UC:
            return what == "supplier_reply"
        ways = clock.rules.response_by
        if what == "reply":
            # Assigned and not answered: the assignment came with the ticket, and no
            # other one is to be waited for.
            came = clock.kind == OLA and facts.assignee_id
            return ways != "assignment" or bool(came)
        return what == "assignee" and facts.assignee_id and ways != "reply"

    def _change_state(self, time, state_before):
        state = self.facts.state
        for clock in list(self.clocks):
            if clock.rules is None:
                continue  # over, and its calendar has lost its hours since
            if state in ("resolved", "closed"):
                # Without a reply the solution is the response; an update that was
                # not due yet is not owed any more.
                clock.end(time) if clock.metric == UPDATE else clock.stop(time)
            elif state == "cancelled":
                clock.cancel(time)
            elif state_before in OVER:
                if clock.kind == SLA:
                    self._reopen(clock, time)
            else:
                self._pause_or_resume(clock, time)
        if state_before in OVER and state not in OVER:
            # Priority or service may have changed meanwhile.
            self._retarget(time, "reopened")
            self._enter_legs(time, "reopened")

    def _pause_or_resume(self, clock, time):
        if clock.is_open and clock.rules.is_paused(self.facts):
            clock.pause(time)
        else:
            clock.resume(time)

    def _reopen(self, clock, time):
        if clock.is_open or (clock.metric in ONCE and clock.phase == "stopped"):
            return
        if clock.is_dropped:
            return  # it comes back if a target applies again, worked out anew
        if clock is not self._latest(clock.metric):
            return
        if clock.rules.is_over(time):
            return
        if clock.metric == UPDATE or (
            clock.rules.reopen == "new" and clock.metric == RESOLUTION
        ):
            fresh = Clock(
                clock.metric, clock.rules, clock.target, time, cycle=clock.cycle + 1
            )
            fresh.promise = clock.promise
            fresh.start(time, clock.rules.is_paused(self.facts))
            fresh.note_application(time, "reopened")
            self.clocks.append(fresh)
        else:
            clock.reopen(time, clock.rules.is_paused(self.facts))

    # --- legs: who works on it -------------------------------------------------------

    def _change_holder(self, time, whats):
        """Another team or supplier holds the ticket (design 2, OLA).

        While the ticket is over nobody's leg runs; who holds it is looked at again
        when it is reopened.
        """
        if self.facts.state in OVER:
            return
        for clock in self.clocks:
            if clock.kind == OLA and clock.leg_team_id != self.facts.team_id:
                clock.hand_over(time)
            elif clock.kind == UC and clock.leg_partner_id != self.facts.supplier_id:
                if self.facts.supplier_id:
                    clock.hand_over(time)
                else:
                    clock.stop(time)  # given back: the supplier has done his part
            elif clock.is_open:
                self._pause_or_resume(clock, time)
        for what, kind in (("team", OLA), ("supplier", UC)):
            if what in whats:
                self._enter_leg(kind, time, what)

    def _enter_legs(self, time, why):
        for kind in (OLA, UC):
            self._enter_leg(kind, time, why)

    def _holder(self, kind):
        """The identity of the leg that holds the ticket now; empty without holder."""
        if kind == OLA and self.facts.team_id:
            return {"team_id": self.facts.team_id}
        if kind == UC and self.facts.supplier_id:
            return {"partner_id": self.facts.supplier_id}
        return {}

    def _enter_leg(self, kind, time, why):
        """The holder's clocks begin, or go on if he had the ticket before."""
        holder = self._holder(kind)
        if not holder:
            return
        rules = None
        for metric in LEG_METRICS:
            clock = self._latest(metric, kind, **holder)
            if clock is not None:
                if clock.is_open or (metric in ONCE and clock.phase == "stopped"):
                    continue
                if (
                    clock.rules is not None
                    and clock.rules.reopen == "continue"
                    and not clock.is_dropped
                    and not clock.rules.is_over(time)
                ):
                    clock.reopen(time, clock.rules.is_paused(self.facts))
                    continue
            rules = rules or self._resolve_leg(kind, time)
            if not rules:
                return
            self._begin_leg(rules, metric, time, why, holder, clock)

    def _begin_leg(self, rules, metric, time, why, holder, previous):
        """A clock of the holder, in the cycle after ``previous`` (a clock or None)."""
        leg = {f"leg_{name}": value for name, value in holder.items()}
        cycle = previous.cycle + 1 if previous else 0
        self._begin(rules, metric, time, why, cycle=cycle, **leg)

    def _resolve_leg(self, kind, time):
        resolve = getattr(self.resolve, "leg", None)
        return resolve(kind, self.facts, time) if resolve else None

    def _retarget_legs(self, time, why):
        """Priority, service, customer or kind changed: the holders' targets follow.

        The leg goes on with the time it has used; only the current holder is asked
        for anything else from now on.
        """
        for kind in (OLA, UC):
            holder = self._holder(kind)
            if not holder or not getattr(self.resolve, "leg", None):
                continue
            for metric in LEG_METRICS:
                clock = self._latest(metric, kind, **holder)
                if clock is not None and not clock.is_open and not clock.is_dropped:
                    continue
                # The version that was in force when the leg began.
                since = clock.started_at if clock else self._held_since(kind)
                rules = self._resolve_leg(kind, since)
                if rules and rules.is_over(time):
                    rules = None
                if clock is None or clock.is_dropped:
                    if rules:
                        self._begin_leg(rules, metric, time, why, holder, clock)
                    continue
                promise = rules and rules.promise(metric, self.facts, since)
                if not promise:
                    clock.drop(time, why, "no_target" if rules else "no_agreement")
                    continue
                level = rules.level(metric, self.facts, since)
                if clock.rules.agreement_id != rules.agreement_id:
                    clock.go_under(time, rules)
                if clock.rules.key != rules.key or not clock.is_promise(promise):
                    clock.apply_target(time, rules, promise, why, level)
                elif not clock.rules.same_hours(rules, clock.started_at):
                    clock.follow(time, rules, why, level)
                else:
                    clock.under(rules)

    def _held_since(self, kind):
        """When the holder got the ticket."""
        name = "team" if kind == OLA else "supplier"
        since = None
        for time, rows in self._past_rows():
            if any(what in ("reported", name) for what, _values in rows):
                since = time
        return since

    # --- another target or agreement -------------------------------------------------

    def _retarget(self, time, why):
        rules, self.reason = self.resolve(self.facts)
        if rules and rules.is_over(time):
            rules, self.reason = None, "ended"
        self.rules = rules
        promised = False
        for metric in METRICS:
            clock = self._latest(metric)
            start = clock.started_at if clock is not None else self.facts.reported_at
            promise = None
            if rules:
                promise = rules.promise(metric, self.facts, start or time)
                promised = promised or promise is not None
            if clock is not None and clock.phase == "stopped":
                continue  # met and missed are final against changes
            if promise is None:
                if clock is not None and clock.is_open:
                    clock.drop(time, why, "no_target" if rules else self.reason)
            elif clock is None or clock.phase == "cancelled":
                self._fold_again(clock, metric, rules, promise, time, why)
            elif clock.rules.key != rules.key:
                self._fold_again(clock, metric, rules, promise, time, why)
            else:
                self._go_on(clock, metric, rules, promise, time, why)
        if rules and not promised:
            self.reason = "no_target"

    def _go_on(self, clock, metric, rules, promise, time, why):
        """Under the same agreement: another target, or other interruptions."""
        same = clock.rules.same_hours(rules, clock.started_at)
        level = rules.level(metric, self.facts, clock.started_at)
        if not same and rules.retarget == "start":
            self._fold_again(clock, metric, rules, promise, time, why)
        elif not clock.is_promise(promise):
            clock.apply_target(time, rules, promise, why, level)
        elif not same:
            clock.follow(time, rules, why, level)
        else:
            clock.under(rules)

    def _fold_again(self, clock, metric, rules, promise, time, why):
        """Put a clock under another agreement, worked out from the original start."""
        if rules.retarget == "change":
            start = time
        elif clock is not None and (clock.cycle or metric == UPDATE):
            # Within a cycle that began at a reopening or an update.
            start = clock.started_at
        elif metric == UPDATE:
            start = self._last_update()
        else:
            start = None
        fresh = self._replay_one(metric, rules, promise, start, time)
        level = rules.level(metric, self.facts, fresh.started_at)
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
                "rules", "target", "promise", "started_at", "phase", "used",
                "running_since", "paused_since", "deadline", "at_risk_at", "stopped_at",
                "overrun", "segments",
            ):  # fmt: skip
                setattr(clock, name, getattr(fresh, name))
            clock.breached_at = breached
            if clock.phase == "stopped" and breached:
                clock.overrun = max(0, clock.used - clock.target)
        clock.changed = True
        clock.note_application(time, why, level)

    def _past_rows(self):
        if self._past is None:
            self._past = list(self._load_history())
        return self._past + self._rows

    def _last_update(self):
        """When the requester last heard of the ticket: his report, or an update."""
        last = None
        for time, rows in self._past_rows():
            if any(what in ("reported", "reply") for what, _values in rows):
                last = time
        return last

    def _replay_one(self, metric, rules, promise, start, until):
        """A clock of one target over the rows so far, without changes of target."""
        facts = Facts()
        clock = None
        for time, rows in self._past_rows():
            before = facts.state
            for _what, values in rows:
                facts.update(values)
            moment = max(time, start) if start else time
            for what, _values in rows:
                if what == "reported":
                    clock = self._start_one(metric, rules, promise, facts, moment)
                elif clock is not None:
                    self._replay_row(clock, what, facts, before, moment)
        if clock is None:
            moment = start or until
            clock = self._start_one(metric, rules, promise, self.facts, moment)
        clock.tick(until)
        return clock

    def _start_one(self, metric, rules, promise, facts, moment):
        # Another day may promise something else (levels).
        promise = rules.promise(metric, self.facts, moment) or promise
        clock = Clock.begin(rules, metric, promise, moment, facts, "")
        clock.applications = []
        if facts.state in ("resolved", "closed"):
            clock.stop(moment)
        elif facts.state == "cancelled":
            clock.cancel(moment)
        return clock

    def _replay_row(self, clock, what, facts, before, moment):
        if clock.metric == RESPONSE and self._is_response(clock, what, facts):
            clock.stop(moment)
        elif clock.metric == EMERGENCY and what == "emergency":
            clock.stop(moment)
        elif what in STATE_ROWS:
            self._replay_state(clock, facts, before, moment)
        elif what == "supplier" and clock.is_open:
            self._replay_pause(clock, facts, moment)

    def _replay_state(self, clock, facts, before, moment):
        if facts.state in ("resolved", "closed"):
            clock.end(moment) if clock.metric == UPDATE else clock.stop(moment)
        elif facts.state == "cancelled":
            clock.cancel(moment)
        elif before in OVER:
            if not (clock.metric in ONCE and clock.phase == "stopped"):
                clock.reopen(moment, clock.rules.is_paused(facts))
        else:
            self._replay_pause(clock, facts, moment)

    @staticmethod
    def _replay_pause(clock, facts, moment):
        if clock.is_open and clock.rules.is_paused(facts):
            clock.pause(moment)
        else:
            clock.resume(moment)
