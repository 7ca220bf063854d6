# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Availability of a service in a span of time, from its outages.

Plain Python: no recordset, no cursor, no translation. Working time comes from a
``Timeline`` of ``itsm_base``; what is here adds up intervals of naive UTC datetimes in
whole seconds, half-open. Nothing is rounded: seconds are whole numbers, and a target
is judged with fractions (720 h with 43.2 min down reach 99.9 % exactly).

Requirements: AVC-05, AVC-07, AVC-08.
"""

from bisect import bisect_right
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

MET, AT_RISK, MISSED, NO_TARGET, NO_DATA = (
    "met",
    "at_risk",
    "missed",
    "no_target",
    "no_data",
)
_NOTHING = timedelta()


class Availability(NamedTuple):
    """What was found for one span; all in seconds but for ``failures``.

    :param int agreed: agreed time without maintenance, of the whole span
    :param int measured: as much of it as has passed
    :param int planned: agreed time that maintenance takes away
    :param int down: measured time in which the service was not available
    :param int failures: stretches of outages with any time down in the span
    :param tuple hits: numbers of the outages that have any time down in the span
    """

    agreed: int
    measured: int
    planned: int
    down: int
    failures: int
    hits: tuple = ()

    @property
    def percent(self):
        """Available share of the measured time in per cent; None without any."""
        if not self.measured:
            return None
        return 100 * (self.measured - self.down) / self.measured

    @property
    def mttr(self):
        """Mean time to repair: seconds down for each failure; None without any."""
        return self.down / self.failures if self.failures else None

    @property
    def mtbf(self):
        """Mean time between failures: seconds available for each failure."""
        up = self.measured - self.down
        return up / self.failures if self.failures else None

    @property
    def mtbsi(self):
        """Mean time between service incidents: MTTR + MTBF, from one to the next."""
        return self.measured / self.failures if self.failures else None


def union(intervals):
    """Sort intervals, drop the empty ones, join those that touch or overlap.

    :param intervals: iterable of ``(start, stop)``
    :rtype: list[tuple]
    """
    result = []
    for start, stop in sorted(intervals):
        if start >= stop:
            continue
        if result and start <= result[-1][1]:
            if stop > result[-1][1]:
                result[-1] = (result[-1][0], stop)
        else:
            result.append((start, stop))
    return result


def subtract(intervals, holes):
    """Cut ``holes`` out of ``intervals``; both sorted and disjoint.

    :rtype: list[tuple]
    """
    result = []
    first = 0
    for start, stop in intervals:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        index = first
        while index < len(holes) and holes[index][0] < stop:
            if start < holes[index][0]:
                result.append((start, holes[index][0]))
            start = max(start, holes[index][1])
            index += 1
        if start < stop:
            result.append((start, stop))
    return result


def seconds(intervals):
    """How many seconds the intervals have altogether.

    :rtype: int
    """
    total = sum((stop - start for start, stop in intervals), _NOTHING)
    return total.days * 86400 + total.seconds


def measure(work, maintenance, outages, now):
    """Availability in a span.

    Maintenance is neither agreed time nor down time. Outages that overlap or touch
    are one failure, however many nights lie in it; it counts if any of it is down
    time, so a failure over the turn of a month counts in both. What lies after ``now``
    has not happened.

    :param list work: agreed intervals of the span, sorted and disjoint, as
        ``Timeline.intervals`` returns them
    :param list maintenance: ``(start, stop)`` of what was agreed to be taken away
    :param list outages: ``(start, stop)``; ``stop`` None: not over
    :param datetime now: naive UTC
    :rtype: Availability
    """
    agreed = subtract(work, union(maintenance))
    happened = [(start, min(stop, now)) for start, stop in agreed if start < now]
    episodes = union((start, min(stop or now, now)) for start, stop in outages)
    down = failures = 0
    first = 0
    for start, stop in episodes:
        while first < len(happened) and happened[first][1] <= start:
            first += 1
        index, own = first, _NOTHING
        while index < len(happened) and happened[index][0] < stop:
            own += min(stop, happened[index][1]) - max(start, happened[index][0])
            index += 1
        if own:
            failures += 1
            down += own.days * 86400 + own.seconds
    net = seconds(agreed)
    return Availability(
        net,
        seconds(happened),
        seconds(work) - net,
        down,
        failures,
        _hits(happened, outages),
    )


def _hits(happened, outages):
    """Numbers of the outages that share any time with the intervals."""
    stops = [stop for _start, stop in happened]
    result = []
    for number, (start, stop) in enumerate(outages):
        index = bisect_right(stops, start)
        if index < len(stops) and (stop is None or happened[index][0] < stop):
            result.append(number)
    return tuple(result)


def allowance(agreed, target):
    """How many whole seconds down the target allows.

    Down time is in whole seconds: the target is missed by one second more.

    :param int agreed: seconds of agreed time
    :param float target: per cent, as it was entered
    :rtype: int
    """
    return int(agreed * (100 - Fraction(repr(target))) / 100)


def judge(found, target=None, warning=0.0):
    """How availability stands to its target.

    While the span lasts, ``met`` means that it is still met if nothing else happens,
    and ``missed`` that it cannot be met any more; ``at_risk`` that less than the
    warning level of the allowance is left. Once the span is over nothing is at risk.

    :param Availability found: what was measured
    :param float target: per cent; None: nothing is promised
    :param float warning: per cent of the allowance
    :rtype: str
    """
    if not found.measured:
        return NO_DATA
    if target is None:
        return NO_TARGET
    allowed = allowance(found.agreed, target)
    if found.down > allowed:
        return MISSED
    left = allowed - found.down
    is_over = found.measured >= found.agreed
    if not is_over and 100 * left < Fraction(repr(warning)) * allowed:
        return AT_RISK
    return MET
