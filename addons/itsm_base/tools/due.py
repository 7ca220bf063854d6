# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""By when a duty is due: rules on local dates, without database or translation.

A rule names a day of the *period of work*: the month, quarter … in which something is
to be done. What the work is about may be the period before it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import timedelta

from .period import MONTHS, local_date, midnight_utc

#: The day of a period that is made of days on which its duties are due unless a rule
#: of their own says otherwise: the day itself, the Friday of a week.
DUE_DAYS = {"day": 1, "week": 5}
#: The most working days that a rule may name: about a year.
MOST_WORKING_DAYS = 250


@dataclass(frozen=True)
class DueRule:
    """One rule of due days.

    :param str kind: ``day``: the n-th day; ``working_days``: the n-th working day
    :param int number: n, from 1; a day that a month does not have is its last one
    :param int month: in which month of the period of work the n-th day is looked for,
        0 for its first; may lie behind the period; not for days and weeks
    :param bool included: whether a duty done on the n-th day is in time; if not the
        day before is the last one in time; not for days, weeks and working days
    :param bool shift: whether a day without working time moves on to the next one
        that has some
    """

    kind: str
    number: int
    month: int = 0
    included: bool = True
    shift: bool = True

    def last_day(self, work, timeline):
        """The last local date on which a duty is done in time.

        :param Period work: the period of work
        :param Timeline timeline: working time that says what a holiday is
        :rtype: datetime.date
        :raise NoWorkingTime: ten years without working time come first
        """
        if self.kind == "working_days":
            day = working_date(timeline, work.start)
            for _unused in range(self.number - 1):
                day = working_date(timeline, day + timedelta(days=1))
            return day
        if work.kind in MONTHS:
            day = _day_of_month(work.start, self.month, self.number)
            if not self.included:
                day -= timedelta(days=1)
        else:
            day = work.start + timedelta(days=self.number - 1)
        return working_date(timeline, day) if self.shift else day


def working_date(timeline, day):
    """The first local date with working time on a day or later.

    :param Timeline timeline: its zone says which date it is
    :param datetime.date day: a local date
    :rtype: datetime.date
    :raise NoWorkingTime: ten years without working time come first
    """
    tz = timeline.spec.tz
    return local_date(tz, timeline.add(midnight_utc(tz, day), 0))


def _day_of_month(start, months, number):
    """The n-th day of the month that is ``months`` after that of ``start``."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    return start.replace(
        year=year, month=month, day=min(number, monthrange(year, month)[1])
    )
