# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Periods of the calendar: days, ISO weeks, months, quarters, half-years, years.

Plain Python: no recordset, no cursor, no translation. Duties and key figures cut time
into the same periods.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytz

#: Months in the kinds that are made of months.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: Days in the kinds that are made of days.
DAYS = {"day": 1, "week": 7}
#: Kinds, the shortest first.
KINDS = (*DAYS, *MONTHS)


def _months(count):
    """The first day of the month that is ``count`` months after January of year 0."""
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True, order=True)
class Period:
    """One period: what kind, and the local date on which it starts.

    Periods of one kind follow each other without gap or overlap. They are hashable;
    those of one kind are ordered by their start.

    :param str kind: one of `KINDS`; a week is that of ISO 8601, Monday to Sunday
    :param datetime.date start: first day of the period
    :raise ValueError: the kind is not known, or ``start`` is not the first day of a
        period of that kind
    """

    kind: str
    start: date

    def __post_init__(self):
        if isinstance(self.start, datetime):
            raise ValueError(f"A period starts on a date, not at {self.start}.")
        if self.start != _first_day(self.kind, self.start):
            raise ValueError(f"{self.start} is not the first day of a {self.kind}.")

    @classmethod
    def of(cls, kind, day):
        """The period in which a day lies.

        :param str kind: one of `KINDS`
        :param datetime.date day: a local date
        :rtype: Period
        :raise ValueError: the kind is not known
        """
        return cls(kind, _first_day(kind, day))

    @classmethod
    def from_day(cls, kind, day):
        """The first period that starts on a day or later.

        :param str kind: one of `KINDS`
        :param datetime.date day: a local date
        :rtype: Period
        """
        period = cls.of(kind, day)
        return period if period.start == day else period.next()

    @property
    def end(self):
        """The last day, which belongs to the period (``datetime.date``)."""
        return self.shift(1).start - timedelta(days=1)

    @property
    def days(self):
        """How many days the period has."""
        return (self.shift(1).start - self.start).days

    @property
    def label(self):
        """A short name that is the same in every language and sorts within a kind:
        ``2026-03-14``, ``2026-W09``, ``2026-03``, ``2026 Q1``, ``2026 H1``, ``2026``.
        """
        year, month = self.start.year, self.start.month
        if self.kind == "day":
            return self.start.isoformat()
        if self.kind == "week":
            year, week, _weekday = self.start.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.kind == "month":
            return f"{year:04}-{month:02}"
        if self.kind == "quarter":
            return f"{year:04} Q{(month + 2) // 3}"
        if self.kind == "half":
            return f"{year:04} H{(month + 5) // 6}"
        return f"{year:04}"

    def next(self):
        """The period after this one.

        :rtype: Period
        """
        return self.shift(1)

    def previous(self):
        """The period before this one.

        :rtype: Period
        """
        return self.shift(-1)

    def shift(self, count):
        """The period that comes ``count`` periods later, or earlier if negative.

        :param int count: number of periods
        :rtype: Period
        :raise ValueError, OverflowError: outside the years 1 to 9999
        """
        if self.kind in DAYS:
            return Period(self.kind, self.start + timedelta(DAYS[self.kind] * count))
        months = self.start.year * 12 + self.start.month - 1
        return Period(self.kind, _months(months + MONTHS[self.kind] * count))

    def contains(self, day):
        """Whether a day lies in the period.

        :param datetime.date day: a local date
        :rtype: bool
        """
        return self.start <= day <= self.end

    def bounds_utc(self, tz):
        """From the local midnight that begins the period to the one that ends it.

        A midnight that does not exist or exists twice is read in standard time, as the
        timeline does; so neighbours share their bound whatever the clocks do.

        :param str tz: name of the time zone
        :return: ``(start, stop)``, half-open, naive UTC
        :rtype: tuple[datetime.datetime, datetime.datetime]
        """
        return midnight_utc(tz, self.start), midnight_utc(tz, self.shift(1).start)


def _first_day(kind, day):
    """First day of the period of a kind in which a day lies."""
    if kind == "day":
        return day
    if kind == "week":
        return day - timedelta(days=day.weekday())
    if kind in MONTHS:
        length = MONTHS[kind]
        return day.replace(month=(day.month - 1) // length * length + 1, day=1)
    raise ValueError(f"{kind!r} is no kind of period; known are {', '.join(KINDS)}.")


def spans(kind, first, last):
    """The periods from the one of ``first`` to the one of ``last``, in order.

    :param str kind: one of `KINDS`
    :param datetime.date first: a day of the first period
    :param datetime.date last: a day of the last period, not before ``first``
    :rtype: list[Period]
    """
    period = Period.of(kind, first)
    result = []
    while period.start <= last:
        result.append(period)
        period = period.next()
    return result


def midnight_utc(tz, day):
    """The instant at which a local date begins.

    :param str tz: name of the time zone
    :param datetime.date day: a local date
    :return: naive UTC
    :rtype: datetime.datetime
    """
    local = pytz.timezone(tz).localize(datetime.combine(day, time.min), is_dst=False)
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def local_date(tz, instant):
    """The local date of an instant.

    :param str tz: name of the time zone
    :param datetime.datetime instant: naive UTC
    :rtype: datetime.date
    """
    return pytz.utc.localize(instant).astimezone(pytz.timezone(tz)).date()
