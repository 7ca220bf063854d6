# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Working time as arithmetic on sorted arrays.

Everything here is plain Python: no recordset, no cursor, no translation. One
:class:`Timeline` stands for one calendar read in one time zone for one company. It
keeps the working intervals as sorted arrays of UTC seconds together with running
totals, so that both questions of a service level clock are a bisection:

* how much working time lies between two instants (:meth:`Timeline.elapsed`), and
* when is a given amount of working time used up (:meth:`Timeline.add`).

What counts as working time, in this order:

1. the weekly attendances, local times read with ``localize(is_dst=False)`` as
   ``resource.calendar`` does; ``24:00`` is the next midnight;
2. minus the leaves;
3. plus the extra working days. They come after the leaves on purpose: a make-up day is
   entered for one named date, so it stays a working day when a longer leave covers that
   date;
4. minus the interruptions, on whatever day they fall.

What ends at hh:mm:59 ends at the next full minute. The time off form of Odoo proposes
23:59:59 as the end of a day and ``resource.calendar`` reads 24:00 as 23:59:59.999999;
neither means that a second of work is left before midnight.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from operator import index
from threading import Lock

import pytz

DAY = 86400
YEAR = 366 * DAY
TEN_YEARS = 3653 * DAY

_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)
_EPOCH_ORDINAL = _EPOCH.toordinal()
# Bounds of the horizon. They keep a mistyped century or an absurd number of seconds
# from building arrays until memory is gone.
_FIRST = (date(1900, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY
_LAST = (date(3000, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY


class NoWorkingTime(ValueError):
    """The calendar has no working time, or none within ten years."""


def full_minute(value):
    """Return the instant at which something ends that is said to end at ``value``.

    :param datetime value: naive end, possibly hh:mm:59 or hh:mm:59.999999
    :return: the next full minute for hh:mm:59, else ``value`` cut to whole seconds
    :rtype: datetime
    """
    value = value.replace(microsecond=0)
    return value + timedelta(seconds=1) if value.second == 59 else value


@dataclass(frozen=True)
class TimelineSpec:
    """What a timeline is made of: pure data, hashable, without any recordset.

    :param str tz: name of the time zone in which local times are read
    :param tuple attendances: ``(weekday, week_type, minute_from, minute_to)``; weekday
        0 is Monday, minutes count from local midnight up to 1440; week_type is ``None``
        for every week, else 0 or 1 as ``resource.calendar.attendance.get_week_type``
        counts them
    :param tuple leaves: ``(from, to)`` as naive UTC datetimes
    :param tuple extra_days: ``(date, weekday, minute_from, minute_to)``; with a weekday
        the date works the hours of that weekday (the minutes are ignored), with
        ``None`` it works the given minutes
    :param tuple interruptions: ``(from, to)`` as naive UTC datetimes
    """

    tz: str
    attendances: tuple = ()
    leaves: tuple = ()
    extra_days: tuple = ()
    interruptions: tuple = ()


@lru_cache(maxsize=1 << 16)
def _offset(tz, local):
    """UTC offset in seconds of a local time given in seconds since the epoch."""
    zone = pytz.timezone(tz)
    offset = zone.localize(_EPOCH + timedelta(seconds=local), is_dst=False).utcoffset()
    return offset.days * DAY + offset.seconds


def _seconds(value):
    delta = value - _EPOCH
    return delta.days * DAY + delta.seconds


def _datetime(seconds):
    return _EPOCH + _SECOND * seconds


def _merge(intervals):
    """Sort intervals, drop the empty ones, join those that touch or overlap."""
    result = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _subtract(intervals, holes):
    """Cut ``holes`` out of ``intervals``; both sorted and disjoint."""
    result = []
    first = 0
    for start, end in intervals:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        k = first
        while k < len(holes) and holes[k][0] < end:
            if start < holes[k][0]:
                result.append((start, holes[k][0]))
            start = max(start, holes[k][1])
            k += 1
        if start < end:
            result.append((start, end))
    return result


class Timeline:
    """The working time of one calendar in one zone.

    Datetimes go in and come out as naive UTC in whole seconds; a fraction of a second
    is cut off. Instants from 1900 up to 3000 are accepted, others raise
    ``OverflowError``. The object is shared between requests: it is immutable but for
    its horizon, which grows to where it is asked, and it is safe to use from several
    threads (a growing thread builds new arrays and swaps them in one assignment).

    Requirements: CAL-07, CAL-08, CAL-09.
    """

    __slots__ = ("_cuts", "_days", "_extra", "_leaves", "_lock", "_state", "spec")

    def __init__(self, spec):
        """Prepare a timeline; nothing is computed before the first question.

        :param TimelineSpec spec: what the timeline is made of
        :raise NoWorkingTime: neither attendances nor extra days have any hours
        """
        self.spec = spec
        days = [[] for _unused in range(14)]
        for weekday, week_type, start, end in spec.attendances:
            for week in (0, 1) if week_type is None else (week_type,):
                days[weekday + 7 * week].append((start * 60, end * 60))
        self._days = [_merge(day) for day in days]
        self._leaves = _merge(
            (_seconds(start), _seconds(full_minute(end)))
            for start, end in spec.leaves
            if start < end
        )
        self._cuts = _merge(
            (_seconds(start), _seconds(end))
            for start, end in spec.interruptions
            if start < end
        )
        self._extra = {}
        for day, weekday, start, end in spec.extra_days:
            local = (day.toordinal() - _EPOCH_ORDINAL) * DAY
            if weekday is None:
                hours = _merge([(start * 60, end * 60)])
            else:
                week = self._week_type(local)
                # In a two-week calendar "works like Monday" means the Monday of the
                # date's own week, or of the other week if that one is free.
                hours = (
                    self._days[weekday + 7 * week]
                    or self._days[weekday + 7 * (1 - week)]
                )
            self._extra.setdefault(local, []).extend(hours)
        if not any(self._days) and not any(self._extra.values()):
            raise NoWorkingTime("The calendar has no working hours.")
        self._lock = Lock()
        # low > high: whatever is asked first lies outside and builds the arrays
        self._state = (_LAST, _FIRST, [], [], [], [])

    def __repr__(self):
        return f"<Timeline {self.spec.tz} {len(self._state[2])} intervals>"

    @property
    def tz(self):
        """The zone in which local dates are read (a pytz time zone)."""
        return pytz.timezone(self.spec.tz)

    # The two operations below are the hot path of the whole suite: clocks, what-ifs
    # and reports call them millions of times. Hence no helper calls (not even min()),
    # 86400 as a literal, and no attribute look-ups beyond the one that takes a
    # consistent snapshot of the arrays. The snapshot is a bare tuple because a named
    # one takes three times as long to unpack: (low, high, starts, ends, bases, sums),
    # where sums[i] is the working time from low to ends[i] and bases[i] + t that from
    # low to an instant t in the interval i.

    def elapsed(self, start, stop):
        """Return the working seconds in ``[start, stop)``.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC, not before ``start``
        :rtype: int
        :raise ValueError: ``stop`` is before ``start``
        :raise OverflowError: an instant outside 1900 to 2999
        """
        delta = start - _EPOCH
        first = delta.days * 86400 + delta.seconds
        delta = stop - _EPOCH
        last = delta.days * 86400 + delta.seconds
        if last < first:
            raise ValueError(f"The end {stop} is before the start {start}.")
        low, high, starts, ends, bases, _sums = self._state
        if first < low or last >= high:
            low, high, starts, ends, bases, _sums = self._cover(first, last)
        i = bisect_right(starts, first) - 1
        end = ends[i]
        before = bases[i] + (first if first < end else end)  # noqa: FURB136
        i = bisect_right(starts, last, i) - 1
        end = ends[i]
        total = bases[i] + (last if last < end else end)  # noqa: FURB136
        return total - before

    def add(self, start, seconds):
        """Return the instant at which ``seconds`` of working time are used up.

        For ``seconds`` > 0 that is the earliest ``u`` with
        ``elapsed(start, u) == seconds``: an amount that fits a day exactly ends at
        closing time. ``add(start, 0)`` is the first instant at or after ``start`` at
        which working time runs. Hence adding twice is not the same as adding the sum:
        compute a deadline once, from the start of the running interval and what is
        left.

        :param datetime start: naive UTC
        :param int seconds: working seconds, not negative
        :rtype: datetime
        :raise ValueError: ``seconds`` is negative
        :raise TypeError: ``seconds`` is not a whole number
        :raise NoWorkingTime: ten years without working time come first
        :raise OverflowError: the start or the result lies outside 1900 to 2999
        """
        delta = start - _EPOCH
        instant = delta.days * 86400 + delta.seconds
        if seconds.__class__ is not int:
            seconds = index(seconds)
        low, high, starts, ends, bases, sums = self._state
        if instant < low or instant >= high:
            low, high, starts, ends, bases, sums = self._cover(instant, instant)
        i = bisect_right(starts, instant) - 1
        end = ends[i]
        if seconds > 0:
            target = bases[i] + (instant if instant < end else end)  # noqa: FURB136
            target += seconds
            j = bisect_left(sums, target, i)
            if j == len(sums):
                return self._add_beyond(start, seconds, instant)
            due = target - bases[j]
        elif seconds < 0:
            raise ValueError(f"Cannot add {seconds} working seconds.")
        elif instant < end:
            due = instant
        elif i + 1 < len(starts):
            due = starts[i + 1]
        else:
            return self._add_beyond(start, seconds, instant)
        if due - instant > TEN_YEARS:
            self._check_gaps(instant, due)
        return _EPOCH + _SECOND * due

    def intervals(self, start, stop):
        """Return the working intervals within ``[start, stop)``, cut to it.

        Neighbouring hours are joined: a calendar without closing time gives one
        interval.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC, not before ``start``
        :return: ``(start, stop)`` pairs of naive UTC datetimes, in order
        :rtype: list[tuple[datetime, datetime]]
        :raise ValueError: ``stop`` is before ``start``
        :raise OverflowError: an instant outside 1900 to 2999
        """
        first, last = _seconds(start), _seconds(stop)
        if last < first:
            raise ValueError(f"The end {stop} is before the start {start}.")
        low, high, starts, ends, _bases, _sums = self._state
        if first < low or last >= high:
            low, high, starts, ends, _bases, _sums = self._cover(first, last)
        i = bisect_right(starts, first) - 1
        j = bisect_left(starts, last, i)
        pairs = zip(starts[i:j], ends[i:j], strict=True)
        cut = ((max(start, first), min(end, last)) for start, end in pairs)
        return [(_datetime(a), _datetime(b)) for a, b in cut if a < b]

    def _add_beyond(self, start, seconds, instant):
        """Grow the horizon, then answer ``add`` again."""
        _low, high, _starts, ends, _bases, _sums = self._state
        if high - max(instant, ends[-1]) > TEN_YEARS:
            raise NoWorkingTime(
                f"No working time in the ten years after {_datetime(instant)}."
            )
        # The state may have been swapped by another thread since ``add`` looked; then
        # this grows a little earlier than needed, which does no harm.
        self._cover(instant, high)
        return self.add(start, seconds)

    def _check_gaps(self, instant, due):
        """Refuse an answer that lies beyond ten years without working time.

        Without this the answer would depend on how far the shared object happens to
        have grown.
        """
        previous = instant
        for start, end in self.intervals(_datetime(instant), _datetime(due)) + [
            (_datetime(due), _datetime(due))
        ]:
            if _seconds(start) - previous > TEN_YEARS:
                raise NoWorkingTime(
                    f"No working time in the ten years after {_datetime(previous)}."
                )
            previous = _seconds(end)

    def _cover(self, first, last):
        """Return a state that covers ``[first, last]``, growing it where needed."""
        if first < _FIRST or last >= _LAST:
            raise OverflowError("Working time is known from 1900 to 2999 only.")
        with self._lock:
            low, high, starts, ends, _bases, _sums = self._state
            if low > high:
                # Business asks about the last months and the next ones.
                low = max(_FIRST, first - YEAR) // DAY * DAY
                high = min(_LAST, (last + 2 * YEAR) // DAY * DAY)
                found = self._build(low, high)
            else:
                # By half of what there is, so that the cost of growing stays in
                # proportion to the result however small the steps of the caller are.
                step = max(YEAR, (high - low) // 2)
                found = list(zip(starts[1:], ends[1:], strict=True))
                if first < low:
                    new = max(_FIRST, min(low - step, first - DAY)) // DAY * DAY
                    found = _merge(chain(self._build(new, low), found))
                    low = new
                if last >= high:
                    new = min(_LAST, max(high + step, last + 2 * DAY) // DAY * DAY)
                    found = _merge(chain(found, self._build(high, new)))
                    high = new
            # An empty interval in front: every instant has an interval to its left.
            starts, ends, bases, sums = [low], [low], [-low], [0]
            total = 0
            for start, end in found:
                starts.append(start)
                ends.append(end)
                bases.append(total - start)
                total += end - start
                sums.append(total)
            self._state = (low, high, starts, ends, bases, sums)
            return self._state

    def _build(self, low, high):
        """Return the working intervals within ``[low, high)``, both in UTC seconds."""
        work, extra = [], []
        # Local dates reach up to a day beyond the UTC ones on either side, and a zone
        # that skips a whole date moves it by another day.
        for local in range((low // DAY - 2) * DAY, (high // DAY + 3) * DAY, DAY):
            weekday = (local // DAY + 3) % 7  # 1 January 1970 was a Thursday
            usual = self._days[weekday + 7 * self._week_type(local)]
            if usual:
                work.extend(self._localized(local, usual))
            if local in self._extra:
                extra.extend(self._localized(local, self._extra[local]))
        found = _subtract(_merge(work), self._leaves)
        if extra:
            found = _merge(chain(found, extra))
        if self._cuts:
            found = _subtract(found, self._cuts)
        return [
            (max(start, low), min(end, high))
            for start, end in found
            if start < high and end > low
        ]

    def _localized(self, local, hours):
        """Return hours (seconds from midnight) of a local date as UTC seconds."""
        tz = self.spec.tz
        offset = _offset(tz, local)
        if offset == _offset(tz, local + DAY):
            shift = local - offset
            return [(shift + start, shift + end) for start, end in hours]
        # The clocks change on this date: each end has its own offset.
        return [
            tuple(local + edge - _offset(tz, local + edge) for edge in edges)
            for edges in hours
        ]

    @staticmethod
    def _week_type(local):
        """Number of the week, as ``resource.calendar.attendance.get_week_type``."""
        return (local // DAY + _EPOCH_ORDINAL - 1) // 7 % 2
