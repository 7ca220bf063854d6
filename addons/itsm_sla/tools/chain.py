# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The agreement chain: does what supports a promise suffice to keep it?

Pure Python: no ORM, no "now". All times are naive UTC datetimes in whole seconds. What
is promised to the customer is compared with the sum of the legs that stand behind it
(line 1, line 2, supplier): each leg begins when the one before ends, in its own hours
and zone. The worst start is found among few instants instead of all of them.

Why few are enough. Let E(s) be the end of the last leg and D(s) the end of the promise
for a ticket that starts at s. While the promise's hours run, D moves at least as fast
as s; but for its jumps, E never moves faster. So E - D only falls, except where

* the promise's hours begin, or another promise begins to hold;
* a leg crosses a closing time: what still fitted before ends after the night; or
* other rules begin to hold for a leg (a new version, a temporary level).

Each of the last two is an instant at which a *leg* begins; `Leg.latest` carries it back
through the legs before it to the start of the ticket. A promise "by the n-th working
day" stands still during a day: there E - D is largest just before it moves on.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import pytz

from .clock import DayTarget

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """What is promised for clocks that begin within ``[begins, ends)``.

    :param datetime begins: naive UTC
    :param datetime ends: naive UTC
    :param timeline: `Timeline` of the agreement's hours
    :param promise: working seconds (> 0) or a `DayTarget`
    :param source: the caller's handle, not part of the arithmetic
    """

    begins: datetime
    ends: datetime
    timeline: Any
    promise: Any
    source: Any = None

    @property
    def is_day(self):
        return isinstance(self.promise, DayTarget)

    @property
    def key(self):
        """What the arithmetic depends on."""
        return self.begins, self.ends, self.timeline, self.promise


class Worst(NamedTuple):
    """A start, until when it is promised, and until when the legs need.

    :param datetime start: of the ticket
    :param datetime promised: until when the customer is promised it
    :param datetime needed: when the last leg ends at the latest
    """

    start: datetime
    promised: datetime
    needed: datetime

    @property
    def promised_seconds(self):
        return _seconds(self.promised - self.start)

    @property
    def needed_seconds(self):
        return _seconds(self.needed - self.start)

    @property
    def gap_seconds(self):
        """How much longer it takes than promised, on the wall; not above 0: fits."""
        return _seconds(self.needed - self.promised)


class _Hours:
    """The working intervals of a timeline in a span, to be read backwards."""

    def __init__(self, timeline, first, last):
        pairs = timeline.intervals(first, last) if first < last else []
        self.starts = [start for start, _stop in pairs]
        self.stops = [stop for _start, stop in pairs]
        self.before = []
        total = 0
        for start, stop in pairs:
            self.before.append(total)
            total += _seconds(stop - start)

    def worked(self, moment):
        """Working seconds from the first instant of the span to ``moment``."""
        i = bisect_right(self.starts, moment) - 1
        if i < 0:
            return 0
        return self.before[i] + _seconds(min(moment, self.stops[i]) - self.starts[i])

    def latest(self, moment, seconds):
        """The latest start with ``seconds`` left until ``moment``; None: before it."""
        left = self.worked(moment) - seconds
        if left < 0:
            return None
        i = bisect_right(self.before, left) - 1
        return self.starts[i] + SECOND * (left - self.before[i])


class Leg:
    """One link of the chain: terms that follow each other.

    Outside its terms the leg promises nothing.
    """

    __slots__ = ("_begins", "_days", "_hours", "terms")

    def __init__(self, terms):
        """:param list terms: of `Term`, disjoint, in any order; empty ones are left out

        Made once, read often: what it works out is kept.
        """
        self.terms = tuple(
            sorted((t for t in terms if t.begins < t.ends), key=lambda t: t.begins)
        )
        self._begins = [term.begins for term in self.terms]
        self._hours = {}
        self._days = {}

    @property
    def key(self):
        """What the arithmetic depends on."""
        return tuple(term.key for term in self.terms)

    def term(self, start):
        """The term that holds for a clock that begins at ``start``, or None."""
        i = bisect_right(self._begins, start) - 1
        if i >= 0 and start < self.terms[i].ends:
            return self.terms[i]
        return None

    def end(self, start):
        """Until when it is promised for a clock that begins at ``start``, or None.

        :raise NoWorkingTime: the hours end for ten years
        """
        term = self.term(start)
        return term and self._end(term, start)

    def _end(self, term, start):
        if not term.is_day:
            return term.timeline.add(start, term.promise)
        # The same for every start of one working day.
        opening = term.timeline.add(start, 0)
        key = term, pytz.utc.localize(opening).astimezone(term.timeline.tz).date()
        if key not in self._days:
            seconds = term.promise.seconds(term.timeline, opening)
            self._days[key] = term.timeline.add(opening, seconds)
        return self._days[key]

    def last_end(self, until):
        """The latest end of all clocks that begin up to ``until``; None: none can."""
        ends = [
            self._end(term, min(until, term.ends))
            for term in self.terms
            if term.begins <= until
        ]
        return max(ends, default=None)

    def breaks(self, until):
        """Where the end jumps for clocks that begin up to ``until``.

        :return: set of the first instants after a jump
        """
        found = set()
        for term in self.terms:
            stop = min(term.ends, until)
            if term.begins > stop:
                continue
            found |= {term.begins, term.ends}
            hours = self._hours_of(term, until)
            if term.is_day:
                moments = (*hours.stops, *_midnights(term, stop))
            else:
                latest = (hours.latest(c, term.promise) for c in hours.stops)
                moments = (start + SECOND for start in latest if start)
            found.update(m for m in moments if term.begins < m <= stop)
        return found

    def latest(self, moments, until):
        """Carry instants at which the next leg begins back to the start of this one.

        :param moments: first instants after a jump of what follows
        :return: set of the first starts of this leg that end at them or later
        """
        found = set()
        for term in self.terms:
            stop = min(term.ends, until)
            if term.begins > stop:
                continue
            if term.is_day:
                starts = sorted(
                    {term.begins}
                    | {
                        m
                        for m in (
                            *self._hours_of(term, until).stops,
                            *_midnights(term, stop),
                        )
                        if term.begins <= m < stop
                    }
                )
                ends = [self._end(term, start) for start in starts]
                for moment in moments:
                    i = bisect_left(ends, moment)
                    if i < len(starts):
                        found.add(starts[i])
                continue
            hours = self._hours_of(term, until)
            for moment in moments:
                start = hours.latest(moment - SECOND, term.promise)
                if start and term.begins <= start < stop:
                    found.add(start + SECOND)
        return found

    def _hours_of(self, term, until):
        key = term, until
        if key not in self._hours:
            stop = min(term.ends, until)
            last = self._end(term, stop) + DAY
            self._hours[key] = _Hours(term.timeline, term.begins, last)
        return self._hours[key]


def worst_start(promise, legs):
    """Find the start at which the sum of the legs exceeds the promise most.

    Starts at which a leg promises nothing are left out: that is a gap of another kind.

    :param Leg promise: what the customer is promised; its terms bound the horizon
    :param list legs: of `Leg`, in the order of the path; at least one
    :rtype: Worst or None
    :raise NoWorkingTime: somebody's hours end for ten years

    Requirements: SLM-22, SUP-15; design 3.
    """
    return worst_and_first(promise, legs)[0]


def worst_and_first(promise, legs):
    """Find the worst start, and the first at which the legs exceed the promise at all.

    The worst may lie a year ahead, on a weekend on which summer time ends; whoever
    reads of the gap understands it by the first, which is near. Between two candidates
    the legs come closer to the promise, so the first is one of them; where a promise
    "by the n-th working day" stands still, it is the last second before that moves on.

    :param Leg promise: as in `worst_start`, as is the rest
    :return: the worst start or None, the first with a gap or None
    :rtype: tuple[Worst or None, Worst or None]
    """
    until = max((term.ends for term in promise.terms), default=None)
    if until is None:
        return None, None
    parts = _joined(legs, until)
    worst = first = None
    for start in sorted(_candidates(promise, parts, until)):
        found = _measure(promise, parts, start)
        if not found:
            continue
        if worst is None or found.gap_seconds > worst.gap_seconds:
            worst = found
        if first is None and found.gap_seconds > 0:
            first = found
    # A full minute reads better, where it is as bad.
    if minute := worst and _next_minute(promise, parts, worst):
        if minute.gap_seconds == worst.gap_seconds:
            worst = minute
    if minute := first and _next_minute(promise, parts, first):
        if minute.gap_seconds > 0:
            first = minute
    return worst, first


def _next_minute(promise, legs, found):
    """What was found, measured at the next full minute; None: it is one."""
    if not found.start.second:
        return None
    minute = found.start.replace(second=0) + timedelta(minutes=1)
    return _measure(promise, legs, minute)


def walk(legs, start):
    """The interval of each leg for a ticket that starts at ``start``.

    :return: list of ``(term, begin, end)``; shorter where a leg promises nothing
    """
    steps = []
    for leg in legs:
        term = leg.term(start)
        if term is None:
            break
        end = leg.end(start)
        steps.append((term, start, end))
        start = end
    return steps


def _measure(promise, legs, start):
    term = promise.term(start)
    if term is None or term.timeline.add(start, 0) != start:
        return None  # nothing is promised, or not in these hours
    end = start
    for leg in legs:
        end = leg.end(end)
        if end is None:
            return None
    return Worst(start, promise.end(start), end)


def _candidates(promise, legs, until):
    """The starts among which the worst one is; see the module."""
    reach = [until]
    for leg in legs:
        last = leg.last_end(reach[-1])
        if last is None:
            return set()
        reach.append(last)
    found = set()
    for leg, last in reversed(list(zip(legs, reach, strict=False))):
        found = leg.latest(found, last) | leg.breaks(last)
    starts = set(found)
    for term in promise.terms:
        intervals = term.timeline.intervals(term.begins, term.ends)
        starts.update(start for start, _stop in intervals)
        if term.is_day:
            starts.update(stop - SECOND for _start, stop in intervals)
            starts.update(moment - SECOND for moment in found)
            starts.update(m - SECOND for m in _midnights(term, term.ends))
    return starts


def _joined(legs, until):
    """Legs in a row with the same hours count as one: their times add up."""
    joined = []
    reach = until  # the latest begin of the leg in hand
    for leg in legs:
        if reach is None:
            return joined + [leg]
        last = joined[-1] if joined else None
        if last and len(last.terms) == len(leg.terms) == 1:
            one, two = last.terms[0], leg.terms[0]
            if (
                one.timeline is two.timeline
                and not one.is_day
                and not two.is_day
                # It holds whenever the leg before can end.
                and two.begins <= one.begins
                and two.ends > reach
            ):
                both = one.promise + two.promise
                joined[-1] = Leg([Term(one.begins, one.ends, one.timeline, both)])
                reach = leg.last_end(reach)
                continue
        joined.append(leg)
        reach = leg.last_end(reach)
    return joined


def _midnights(term, stop):
    """Local midnights of the term's zone up to ``stop``."""
    zone = term.timeline.tz
    day = pytz.utc.localize(term.begins).astimezone(zone).date() + DAY
    found = []
    while True:
        local = zone.localize(datetime.combine(day, time()), is_dst=False)
        moment = local.astimezone(pytz.utc).replace(tzinfo=None)
        if moment > stop:
            return found
        found.append(moment)
        day += DAY


def _seconds(delta):
    return delta.days * 86400 + delta.seconds
