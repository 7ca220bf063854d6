# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""When an escalation rule comes due on a clock, and which of those past fire.

Pure Python over the fold's `Clock`: no ORM and no "now". All times are naive UTC
datetimes, all durations working seconds of the clock's timeline.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

PERCENT, BEFORE, AFTER = "percent", "before", "after"
AT_RISK, BREACH = "at_risk", "breach"
MOMENTS = (PERCENT, BEFORE, AFTER, AT_RISK, BREACH)
#: What comes due between two turns of the scheduler is not "already past": it fires,
#: whatever else comes due in the same minutes.
TURNS = timedelta(minutes=2)


class Step(NamedTuple):
    """What a rule says about time."""

    rule_id: int
    moment: str
    value: int = 0  # percent, or seconds before or after
    since: datetime | None = None  # instants up to then are left alone
    acts: bool = False  # does more than telling people of the provider


def threshold(step, clock):
    """Working seconds of use at which a step comes due; None for a breach."""
    if step.moment == PERCENT:
        return -(-clock.target * step.value // 100)
    if step.moment == BEFORE:
        return max(0, clock.target - step.value)
    if step.moment == AFTER:
        return clock.target + step.value
    if step.moment == AT_RISK:
        return -(-clock.target * clock.rules.at_risk_percent // 100)
    return None


def instant(step, clock):
    """When a step comes due on a clock as things stand.

    :return: naive UTC datetime; None if that is not known: the clock waits, or has
        stopped before
    """
    try:
        if step.moment == BREACH:
            breach = clock.breached_at or clock.deadline
            if not breach or not step.value:
                return breach
            return reached(clock, used_when(clock, breach) + step.value)
        if step.moment == AT_RISK and clock.phase == "running":
            return clock.at_risk_at
        return reached(clock, threshold(step, clock))
    except NoWorkingTime:  # the calendar has lost its hours
        return None


def reached(clock, seconds):
    """When ``seconds`` of working time were or will be used, or None."""
    used = 0
    if seconds < clock.used:
        for start, _stop, phase, length in clock.segments:
            if phase == "running":
                if used + length >= seconds:
                    return clock.rules.timeline.add(start, seconds - used)
                used += length
    if clock.phase != "running":
        return None
    return clock.rules.timeline.add(clock.running_since, max(0, seconds - clock.used))


def used_when(clock, moment):
    """Working seconds that were used at ``moment``."""
    elapsed = clock.rules.timeline.elapsed
    used = 0
    for start, stop, phase, _length in clock.segments:
        if phase == "running" and start < moment:
            used += elapsed(start, min(stop, moment))
    if clock.phase == "running" and clock.running_since < moment:
        used += elapsed(clock.running_since, moment)
    return used


def level(step, clock):
    """How far a clock is then: ``in_time``, ``at_risk`` or ``breached``."""
    seconds = threshold(step, clock)
    if seconds is None or seconds >= clock.target:
        return "breached"
    at_risk = -(-clock.target * clock.rules.at_risk_percent // 100)
    return "at_risk" if seconds >= at_risk else "in_time"


def attached(clock):
    """When a clock was attached, given another target or corrected, the last time."""
    return max(
        (
            datetime.fromisoformat(moment) if isinstance(moment, str) else moment
            for application in clock.applications
            if (moment := application.get("from"))
        ),
        default=clock.started_at,
    )


def split(past, now, since=None):
    """Which of the steps that are past fire.

    The furthest fires, with what came due in the last minutes; the others were passed
    over, except rules that act: if they came due while nothing ran, each is made up
    for. What was past when the rule came into force is left alone.

    :param past: list of ``(due, step)``
    :param since: when the clock was attached or given another target; None if that is
        not known
    :return: list of ``(due, step, verdict)`` in order of time; verdict is ``fires``,
        ``passed`` or ``older``
    """
    live = [due for due, step in past if not (step.since and due <= step.since)]
    last = max(live, default=None)
    result = []
    for due, step in sorted(past, key=lambda item: item[0]):
        if step.since and due <= step.since:
            verdict = "older"
        elif due == last or due >= now - TURNS:
            verdict = "fires"
        elif step.acts and since and due > since:
            verdict = "fires"
        else:
            verdict = "passed"
        result.append((due, step, verdict))
    return result
