# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime, timedelta

import chinese_calendar
from freezegun import freeze_time

from odoo.tests import tagged

from .duty_common import DutyCommon

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
ONE_DAY = timedelta(days=1)
#: Month and day by which duties are due, as requirements CAL-01 to CAL-04 say: month
#: after month, quarter, half-year, January.
MONTHS = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "half": (1, 7), "year": (1,)}
DAY = {"month": 10, "quarter": 10, "half": 15, "year": 20}


def days(first, last):
    while first <= last:
        yield first
        first += ONE_DAY


@tagged("post_install", "-at_install")
class TestDutyChina(DutyCommon):
    """Three years with the holidays and make-up days that China really had."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What of the State Council's calendar differs from Monday to Friday.
        closed, worked = [], []
        for day in days(FIRST, date(2026, 1, 31)):
            workday = chinese_calendar.is_workday(day)
            if day.weekday() < 5 and not workday:
                closed.append(day)
            elif day.weekday() >= 5 and workday:
                worked.append(day)
        for day in closed:
            cls._holiday(day.isoformat(), day.isoformat())
        cls.env["itsm.working.day"].create(
            [
                {"name": "Make-up", "date": day, "company_id": cls.company.id}
                for day in worked
            ]
        )
        cls.definitions = {
            period: cls._definition(FIRST, name=period, period=period)
            for period in ("week", *MONTHS)
        }

    def _oracle(self):
        """``{(period, first day of work): due day}`` straight from chinesecalendar."""
        expected = {}
        for period, months in MONTHS.items():
            for year in range(FIRST.year, LAST.year + 1):
                for month in months:
                    due = date(year, month, DAY[period])
                    while not chinese_calendar.is_workday(due):
                        due += ONE_DAY
                    expected[period, date(year, month, 1)] = due
        for monday in days(FIRST, LAST):
            if monday.weekday() == 0:
                due = monday + 4 * ONE_DAY
                while not chinese_calendar.is_workday(due):
                    due += ONE_DAY
                expected["week", monday] = due
        return expected

    def _run_on(self, moments):
        """Run at each moment from the same beginning, and take it back.

        :return: ``{(period, first day of work): due day}`` and what else was made
        """
        with self.cr.savepoint() as savepoint, freeze_time(FIRST) as clock:
            total = 0
            for moment in moments:
                clock.move_to(moment)
                total += self._generate()
            ids = [definition.id for definition in self.definitions.values()]
            made = self.duties.search([("definition_id", "in", ids)])
            self.assertEqual(len(made), total)
            result = {
                (duty.definition_id.name, duty.work_start): (
                    duty.due_date,
                    duty.due_at,
                    duty.period_start,
                    duty.period_end,
                    duty.user_id.login,
                    duty.process_id,
                )
                for duty in made
            }
            # none twice
            self.assertEqual(len(result), total)
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        return result

    def test_three_years(self):
        """Issue 4, CAL-01 to CAL-06, CAL-10: daily, weekly, after a stop of 40 days.

        The same duties, none twice, due on the days that chinesecalendar says. Runs
        are in the morning of Shanghai; the last one ends three years.
        """
        morning = datetime(2023, 1, 1, 1)
        ends = datetime(2025, 12, 31, 1)
        daily = [
            morning + number * ONE_DAY for number in range((ends - morning).days + 1)
        ]
        weekly = [*daily[::7], ends]
        # runs for 30 days, stands still for 40, and so on
        stopping = [
            moment for number, moment in enumerate(daily) if number % 70 < 30
        ] + [ends]
        expected = self._oracle()
        results = {
            name: self._run_on(moments)
            for name, moments in (
                ("daily", daily),
                ("weekly", weekly),
                ("stopping", stopping),
                ("at the end", [ends]),
            )
        }
        due = {key: values[0] for key, values in results["daily"].items()}
        self.assertEqual(due, expected)
        # 36 months, 12 quarters, 6 half-years, 3 years, 157 Mondays
        self.assertEqual(len(expected), 36 + 12 + 6 + 3 + 157)
        for name, result in results.items():
            with self.subTest(run=name):
                self.assertEqual(result, results["daily"])
        # days that everybody can look up: the National Day week of 2023 with a
        # make-up Saturday before it ended, New Year 2024, Spring Festival 2024
        for period, work_start, day in (
            ("month", date(2023, 10, 1), date(2023, 10, 10)),
            ("month", date(2024, 2, 1), date(2024, 2, 18)),
            ("week", date(2023, 10, 2), date(2023, 10, 7)),
            ("quarter", date(2023, 4, 1), date(2023, 4, 10)),
            ("half", date(2023, 7, 1), date(2023, 7, 17)),
            ("year", date(2023, 1, 1), date(2023, 1, 20)),
            ("year", date(2024, 1, 1), date(2024, 1, 22)),
        ):
            with self.subTest(period=period, work_start=work_start):
                self.assertEqual(due[period, work_start], day)
        # the midnight that ends the day in Shanghai
        for values in results["daily"].values():
            self.assertEqual(
                values[1],
                datetime.combine(values[0], datetime.min.time().replace(hour=16)),
            )
