# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What working time is, said as simply as possible and slowly.

The oracle looks at a clock on the wall every quarter of an hour and asks whether this
is working time. It shares no code and no idea with ``tools/timeline.py``: no arrays, no
localization of working hours, no sums. Quarters are enough when all working hours,
leaves and offsets of the zones lie on quarters; ends within an hour that a change of
the clocks skips or repeats have no answer on the wall and are left to other tests.
"""

from datetime import date, datetime, timedelta

import pytz

QUARTER = timedelta(minutes=15)


class Oracle:
    """Working quarters of ``spec`` within ``[low, high)`` (naive UTC, on quarters)."""

    def __init__(self, spec, low, high):
        self.spec = spec
        self.zone = pytz.timezone(spec.tz)
        self.quarters = []
        moment = low
        while moment < high:
            if self.works(moment):
                self.quarters.append(moment)
            moment += QUARTER

    def works(self, moment):
        """Whether the quarter that begins at ``moment`` is working time."""
        local = self.zone.fromutc(moment)
        minute = local.hour * 60 + local.minute
        for day, weekday, start, end in self.spec.extra_days:
            if day == local.date():
                if weekday is None:
                    if start <= minute < end:
                        return True
                elif self.usual(weekday, local.date(), minute):
                    return True
        for start, end in self.spec.leaves:
            if start <= moment < end:
                return False
        return self.usual(local.weekday(), local.date(), minute)

    def usual(self, weekday, day, minute):
        # 1 January of the year 1 was the Monday of the first "week 0".
        week = (day - date(1, 1, 1)).days // 7 % 2
        return any(
            weekday == att_day and att_week in (None, week) and start <= minute < end
            for att_day, att_week, start, end in self.spec.attendances
        )

    def elapsed(self, start, stop):
        return sum(
            max(
                (min(moment + QUARTER, stop) - max(moment, start)) // timedelta(0, 1), 0
            )
            for moment in self.quarters
        )

    def add(self, start, seconds):
        """The instant, or None if it lies behind the window."""
        for moment in self.quarters:
            begin = max(moment, start)
            available = (moment + QUARTER - begin) // timedelta(0, 1)
            if available <= 0:
                continue
            if seconds <= available:
                return begin + timedelta(seconds=seconds)
            seconds -= available
        return None


def week(*hours, days=range(5), week_type=None):
    """Attendances of a spec: the same ``(from, to)`` hours on each of the days."""
    return tuple(
        (day, week_type, round(start * 60), round(end * 60))
        for day in days
        for start, end in hours
    )


def utc(zone, *args):
    """Naive UTC of a local time that exists once."""
    local = pytz.timezone(zone).localize(datetime(*args), is_dst=None)
    return local.astimezone(pytz.utc).replace(tzinfo=None)
