# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import calendar
from datetime import date, datetime, timedelta
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.due import DueRule, working_date
from odoo.addons.itsm_base.tools.period import (
    KINDS,
    Period,
    local_date,
    midnight_utc,
    spans,
)
from odoo.addons.itsm_base.tools.timeline import (
    NoWorkingTime,
    Timeline,
    TimelineSpec,
)

ONE_DAY = timedelta(days=1)
OFFICE = tuple((day, None, 9 * 60, 18 * 60) for day in range(5))


@tagged("post_install", "-at_install")
class TestPeriod(BaseCase):
    """Design 7 and Manners, Periods: days, weeks, months … of the calendar."""

    def test_of(self):
        """Design 7: the period of a day, its last day, its days and its label."""
        for kind, day, start, end, label in (
            ("day", "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
            # ISO 8601: the week of a year's first Thursday is its first
            ("week", "2026-03-01", "2026-02-23", "2026-03-01", "2026-W09"),
            ("week", "2027-01-01", "2026-12-28", "2027-01-03", "2026-W53"),
            ("week", "2024-12-30", "2024-12-30", "2025-01-05", "2025-W01"),
            ("week", "2021-01-03", "2020-12-28", "2021-01-03", "2020-W53"),
            ("month", "2024-02-29", "2024-02-01", "2024-02-29", "2024-02"),
            ("month", "2100-02-10", "2100-02-01", "2100-02-28", "2100-02"),
            ("month", "2000-02-10", "2000-02-01", "2000-02-29", "2000-02"),
            ("month", "2026-12-31", "2026-12-01", "2026-12-31", "2026-12"),
            ("quarter", "2026-01-01", "2026-01-01", "2026-03-31", "2026 Q1"),
            ("quarter", "2026-06-30", "2026-04-01", "2026-06-30", "2026 Q2"),
            ("quarter", "2026-11-21", "2026-10-01", "2026-12-31", "2026 Q4"),
            ("half", "2026-06-30", "2026-01-01", "2026-06-30", "2026 H1"),
            ("half", "2026-07-01", "2026-07-01", "2026-12-31", "2026 H2"),
            ("year", "2026-07-01", "2026-01-01", "2026-12-31", "2026"),
        ):
            with self.subTest(kind=kind, day=day):
                period = Period.of(kind, date.fromisoformat(day))
                self.assertEqual(period.start, date.fromisoformat(start))
                self.assertEqual(period.end, date.fromisoformat(end))
                self.assertEqual(period.label, label)
                self.assertTrue(period.contains(date.fromisoformat(day)))
                self.assertFalse(period.contains(period.start - ONE_DAY))
                self.assertFalse(period.contains(period.end + ONE_DAY))

    def test_every_day_of_forty_years(self):
        """Design 7: against Python's own calendar, leap years and ISO years included.

        2000 is a leap year by the rule of 400; weeks by `date.isocalendar`.
        """
        day = date(1999, 12, 1)
        while day < date(2040, 2, 1):
            week = Period.of("week", day)
            iso = day.isocalendar()
            self.assertEqual(week.start, date.fromisocalendar(iso[0], iso[1], 1))
            self.assertEqual(week.end, date.fromisocalendar(iso[0], iso[1], 7))
            month = Period.of("month", day)
            self.assertEqual(
                (month.start, month.end),
                (
                    date(day.year, day.month, 1),
                    date(
                        day.year,
                        day.month,
                        calendar.monthrange(day.year, day.month)[1],
                    ),
                ),
            )
            self.assertEqual(
                Period.of("year", day).days, 366 if calendar.isleap(day.year) else 365
            )
            day += ONE_DAY

    def test_neighbours(self):
        """Design 7: periods follow each other without gap or overlap, both ways."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                periods = spans(kind, date(2019, 11, 1), date(2024, 3, 5))
                for one, other in pairwise(periods):
                    self.assertEqual(one.end + ONE_DAY, other.start)
                    self.assertEqual(one.next(), other)
                    self.assertEqual(other.previous(), one)
                    self.assertLess(one, other)
                    self.assertEqual(one.days, (other.start - one.start).days)
                first, last = periods[0], periods[-1]
                self.assertEqual(first.shift(len(periods) - 1), last)
                self.assertEqual(last.shift(1 - len(periods)), first)
                self.assertTrue(first.contains(date(2019, 11, 1)))
                self.assertTrue(last.contains(date(2024, 3, 5)))
        self.assertEqual(len(spans("month", date(2024, 1, 31), date(2024, 3, 1))), 3)
        self.assertEqual(spans("month", date(2024, 4, 1), date(2024, 3, 1)), [])

    def test_labels_sort(self):
        """Design 7: labels of a kind sort as the periods do."""
        for kind in KINDS:
            labels = [p.label for p in spans(kind, date(2019, 1, 1), date(2022, 1, 1))]
            self.assertEqual(labels, sorted(set(labels)))

    def test_from_day(self):
        """Design 7: the first period that starts on a day or later."""
        self.assertEqual(Period.from_day("month", date(2026, 12, 1)).label, "2026-12")
        self.assertEqual(Period.from_day("month", date(2026, 12, 2)).label, "2027-01")
        self.assertEqual(Period.from_day("week", date(2026, 11, 23)).label, "2026-W48")
        self.assertEqual(Period.from_day("year", date(2026, 1, 2)).label, "2027")

    def test_bad_input(self):
        """Issue 4, bad input: what is no first day, no kind, or a moment."""
        for args in (
            ("month", date(2026, 1, 2)),
            ("week", date(2026, 1, 1)),
            ("decade", date(2020, 1, 1)),
            ("day", datetime(2026, 1, 1)),
        ):
            with self.subTest(args=args), self.assertRaises(ValueError):
                Period(*args)

    def test_bounds(self):
        """Manners, Periods: local midnights, days of 23 and 25 hours included."""
        for tz, kind, day, start, stop in (
            (
                "Asia/Shanghai",
                "month",
                (2026, 3, 1),
                (2026, 2, 28, 16),
                (2026, 3, 31, 16),
            ),
            # in Madrid 29 March 2026 has 23 hours and 25 October has 25
            (
                "Europe/Madrid",
                "day",
                (2026, 3, 29),
                (2026, 3, 28, 23),
                (2026, 3, 29, 22),
            ),
            (
                "Europe/Madrid",
                "day",
                (2026, 10, 25),
                (2026, 10, 24, 22),
                (2026, 10, 25, 23),
            ),
            (
                "America/New_York",
                "year",
                (2026, 1, 1),
                (2026, 1, 1, 5),
                (2027, 1, 1, 5),
            ),
            ("UTC", "quarter", (2026, 4, 1), (2026, 4, 1), (2026, 7, 1)),
            # the clocks of São Paulo skipped midnight: the day began at 01:00
            (
                "America/Sao_Paulo",
                "day",
                (2018, 11, 4),
                (2018, 11, 4, 3),
                (2018, 11, 5, 2),
            ),
        ):
            with self.subTest(tz=tz, day=day):
                self.assertEqual(
                    Period(kind, date(*day)).bounds_utc(tz),
                    (datetime(*start), datetime(*stop)),
                )

    def test_bounds_are_shared(self):
        """Manners, Periods: every instant is in one period, and its date says which."""
        for tz in ("Europe/Madrid", "America/New_York", "Asia/Shanghai"):
            days = spans("day", date(2026, 1, 1), date(2026, 12, 31))
            for one, other in pairwise(days):
                start, stop = one.bounds_utc(tz)
                self.assertEqual(stop, other.bounds_utc(tz)[0])
                self.assertEqual(local_date(tz, start), one.start)
                self.assertEqual(local_date(tz, stop - timedelta(seconds=1)), one.start)
        self.assertEqual(
            midnight_utc("Asia/Kolkata", date(2026, 1, 1)),
            datetime(2025, 12, 31, 18, 30),
        )


@tagged("post_install", "-at_install")
class TestDueRule(BaseCase):
    """Design 7, A17: by which day of a period of work something is due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Monday to Friday; holidays 10 and 11 March 2026 (Tuesday, Wednesday), the
        # Saturday before is worked instead.
        cls.timeline = Timeline(
            TimelineSpec(
                tz="Europe/Madrid",
                attendances=OFFICE,
                leaves=((datetime(2026, 3, 9, 23), datetime(2026, 3, 11, 23)),),
                extra_days=((date(2026, 3, 7), 0, 0, 0),),
            )
        )

    def _due(self, kind, day, *args, **kwargs):
        work = Period.of(kind, date.fromisoformat(day))
        return DueRule(*args, **kwargs).last_day(work, self.timeline).isoformat()

    def test_day(self):
        """CAL-01 to CAL-05: the n-th day, moved on over holidays and weekends."""
        for day, args, kwargs, due in (
            ("2026-02-01", ("day", 10), {}, "2026-02-10"),
            ("2026-03-01", ("day", 10), {}, "2026-03-12"),  # holidays on 10 and 11
            ("2026-03-01", ("day", 10), {"shift": False}, "2026-03-10"),
            ("2026-03-01", ("day", 7), {}, "2026-03-07"),  # a make-up Saturday
            ("2026-03-01", ("day", 8), {}, "2026-03-09"),  # a Sunday
            # "before the 10th": the 9th is the last day, the 11th gives way to it
            ("2026-03-01", ("day", 10), {"included": False}, "2026-03-09"),
            ("2026-03-01", ("day", 11), {"included": False}, "2026-03-12"),
            ("2026-03-01", ("day", 1), {"included": False}, "2026-03-02"),
            ("2026-02-01", ("day", 31), {"shift": False}, "2026-02-28"),
            ("2024-02-01", ("day", 30), {"shift": False}, "2024-02-29"),
            ("2026-12-01", ("day", 15, 1), {}, "2027-01-15"),
            ("2026-01-01", ("day", 15, 13), {}, "2027-02-15"),
        ):
            with self.subTest(day=day, args=args, kwargs=kwargs):
                self.assertEqual(self._due("month", day, *args, **kwargs), due)
        # the second month of a quarter, half-year and year
        for kind in ("quarter", "half", "year"):
            self.assertEqual(self._due(kind, "2026-01-01", "day", 13, 1), "2026-02-13")

    def test_days_and_weeks(self):
        """A17: the n-th day of a week; “before” means months and longer only."""
        self.assertEqual(self._due("week", "2026-03-16", "day", 5), "2026-03-20")
        self.assertEqual(self._due("week", "2026-03-16", "day", 7), "2026-03-23")
        self.assertEqual(
            self._due("week", "2026-03-09", "day", 2, included=False), "2026-03-12"
        )
        self.assertEqual(self._due("day", "2026-03-12", "day", 1), "2026-03-12")

    def test_working_days(self):
        """A17: the n-th working day of the period; make-up days are counted."""
        for number, due in (
            (1, "2026-03-02"),
            (5, "2026-03-06"),
            (6, "2026-03-07"),
            (7, "2026-03-09"),
            (8, "2026-03-12"),
        ):
            with self.subTest(number=number):
                self.assertEqual(
                    self._due("month", "2026-03-01", "working_days", number), due
                )

    def test_working_date(self):
        """Design 1: a working day is a local date with working time, also at night."""
        night = Timeline(
            TimelineSpec(
                tz="Asia/Shanghai",
                attendances=((4, None, 22 * 60, 1440), (5, None, 0, 6 * 60)),
            )
        )
        friday = date(2026, 3, 13)
        self.assertEqual(working_date(night, friday), friday)
        self.assertEqual(working_date(night, friday + ONE_DAY), friday + ONE_DAY)
        self.assertEqual(
            working_date(night, friday + 2 * ONE_DAY), friday + 7 * ONE_DAY
        )

    def test_no_working_time(self):
        """Issue 4, bad input: a calendar whose holiday does not end."""
        closed = Timeline(
            TimelineSpec(
                tz="UTC",
                attendances=OFFICE,
                leaves=((datetime(2026, 1, 1), datetime(2050, 1, 1)),),
            )
        )
        with self.assertRaises(NoWorkingTime):
            DueRule("day", 10).last_day(Period("month", date(2026, 1, 1)), closed)
