# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import random
from datetime import datetime, timedelta

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon
from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from .timeline_oracle import utc

HOUR = 3600
SHANGHAI = "Asia/Shanghai"
MADRID = "Europe/Madrid"


def attendances(*hours, days=range(5), week_type=False):
    """Commands that replace the attendances of a calendar."""
    return [
        Command.create(
            {
                "name": f"{day} {start}",
                "dayofweek": str(day),
                "week_type": week_type,
                "hour_from": start,
                "hour_to": end,
                "day_period": "morning" if start < 12 else "afternoon",
            }
        )
        for day in days
        for start, end in hours
    ]


class CalendarCase(BaseCommon):
    @classmethod
    def make_calendar(cls, tz, *commands, **vals):
        return cls.env["resource.calendar"].create(
            {
                "name": "Service hours",
                "tz": tz,
                "attendance_ids": [Command.clear(), *commands],
                **vals,
            }
        )

    @classmethod
    def make_leave(cls, start, stop, calendar=None, **vals):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "date_from": start,
                "date_to": stop,
                "calendar_id": calendar.id if calendar else False,
                "resource_id": False,
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestTimelineAgainstOdoo(CalendarCase):
    """Random calendars: the timeline agrees with resource.calendar to the second."""

    def _random_calendar(self, rng):
        tz = rng.choice([MADRID, "America/New_York", SHANGHAI, "Asia/Kolkata", "UTC"])
        commands = []
        two_weeks = rng.random() < 0.4
        for week_type in ("0", "1") if two_weeks else (False,):
            for day in rng.sample(range(7), rng.randint(2, 7)):
                # Minutes of the day; also inside the hours that clocks skip or repeat.
                # 24:00 is left to the test below: Odoo means 23:59:59.999999 by it.
                edges = sorted(rng.sample(range(0, 1440, 5), 2 * rng.randint(1, 2)))
                for start, end in zip(edges[::2], edges[1::2], strict=True):
                    commands += attendances(
                        (start / 60, end / 60), days=[day], week_type=week_type
                    )
                if len(edges) == 4 and rng.random() < 0.5:
                    commands.append(
                        Command.create(
                            {
                                "name": "Break",
                                "dayofweek": str(day),
                                "week_type": week_type,
                                "hour_from": edges[1] / 60,
                                "hour_to": edges[2] / 60,
                                "day_period": "lunch",
                            }
                        )
                    )
        calendar = self.make_calendar(tz, *commands, two_weeks_calendar=two_weeks)
        for _number in range(rng.randint(0, 12)):
            start = datetime(2026, 1, 1) + timedelta(minutes=rng.randrange(365 * 1440))
            self.make_leave(
                start,
                start + timedelta(minutes=rng.randint(1, 6000)),
                calendar if rng.random() < 0.7 else None,
                time_type="other" if rng.random() < 0.1 else "leave",
            )
        return calendar

    def test_random(self):
        """Design 1, CAL-07: get_work_hours_count and plan_hours, to the second."""
        rng = random.Random(19)
        domain = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, self.env.company.id]),
        ]
        for _number in range(15):
            calendar = self._random_calendar(rng)
            timeline = calendar._itsm_timeline()
            for _case in range(12):
                start = datetime(2026, 1, 1) + timedelta(
                    seconds=rng.randrange(330 * 86400)
                )
                stop = start + timedelta(seconds=rng.randrange(30 * 86400))
                seconds = rng.randrange(1, 100 * HOUR)
                with self.subTest(calendar=calendar.id, start=start, seconds=seconds):
                    self.assertEqual(
                        timeline.elapsed(start, stop),
                        round(
                            calendar.get_work_hours_count(start, stop, domain=domain)
                            * HOUR
                        ),
                    )
                    planned = calendar.plan_hours(
                        seconds / HOUR, start, compute_leaves=True, domain=domain
                    )
                    # Hours are a float: a microsecond more or less.
                    due = timeline.add(start, seconds)
                    self.assertLess(abs(due - planned), timedelta(milliseconds=1))

    def test_wanted_difference(self):
        """Design 1: hh:mm:59 and 24:00 end at the full minute, in Odoo before it."""
        calendar = self.make_calendar("UTC", *attendances((0, 24), days=range(7)))
        # As the form of Odoo proposes a day off
        self.make_leave(
            datetime(2026, 3, 3), datetime(2026, 3, 3, 23, 59, 59), calendar
        )
        start, stop = datetime(2026, 3, 2), datetime(2026, 3, 6)
        self.assertEqual(calendar._itsm_timeline().elapsed(start, stop), 3 * 24 * HOUR)
        # One second of the day off is left, three times a microsecond is missing.
        self.assertAlmostEqual(
            calendar.get_work_hours_count(start, stop) * HOUR,
            3 * 24 * HOUR + 1,
            delta=0.001,
        )
        self.assertEqual(
            calendar._itsm_timeline().add(datetime(2026, 3, 2), 24 * HOUR),
            datetime(2026, 3, 3),
        )

    def test_minutes_as_floats(self):
        """Design 1: thirds of an hour are whole minutes, a rounded 24:00 is one."""
        calendar = self.make_calendar(
            "UTC", *attendances((8 + 1 / 3, 12 + 2 / 3), days=[0])
        )
        monday = datetime(2026, 3, 2)
        self.assertEqual(
            calendar._itsm_timeline().intervals(monday, monday + timedelta(days=1)),
            [(monday.replace(hour=8, minute=20), monday.replace(hour=12, minute=40))],
        )
        self.assertEqual(calendar._itsm_minutes(23.9999), 1440)


@tagged("post_install", "-at_install")
class TestTimelineCalendar(CalendarCase):
    def test_service_centre_hours(self):
        """CAL-07, A6: Mon–Fri 08:30–17:30 without a break.

        The example of CAL-07 says Monday 09:30. It cannot be: from Friday 17:00 half an
        hour is left, and the other hour and a half of the two begin at 08:30 on Monday,
        so 10:00. (09:30 would be right for a target of one and a half hours.) With the
        break of A6, 12:00–14:00, the answer is the same.
        """
        friday = utc(SHANGHAI, 2026, 3, 6, 17)
        monday_ten = utc(SHANGHAI, 2026, 3, 9, 10)
        plain = self.make_calendar(SHANGHAI, *attendances((8.5, 17.5)))
        self.assertEqual(plain._itsm_timeline().add(friday, 2 * HOUR), monday_ten)
        self.assertEqual(
            plain._itsm_timeline().add(friday, 3 * HOUR // 2),
            utc(SHANGHAI, 2026, 3, 9, 9, 30),
        )
        with_break = self.make_calendar(SHANGHAI, *attendances((8.5, 12), (14, 17.5)))
        self.assertEqual(with_break._itsm_timeline().add(friday, 2 * HOUR), monday_ten)

    def test_around_the_clock(self):
        """CAL-08: a 24×7 calendar counts nights and weekends."""
        calendar = self.make_calendar(SHANGHAI, *attendances((0, 24), days=range(7)))
        saturday = utc(SHANGHAI, 2026, 3, 7, 23)
        self.assertEqual(
            calendar._itsm_timeline().add(saturday, 4 * HOUR),
            utc(SHANGHAI, 2026, 3, 8, 3),
        )

    def test_hours_of_the_customer(self):
        """CAL-09: the same hours in the zone of the customer."""
        calendar = self.make_calendar(SHANGHAI, *attendances((9, 18)))
        moment = utc(SHANGHAI, 2026, 3, 4, 17)  # Wednesday 10:00 in Madrid
        self.assertEqual(
            calendar._itsm_timeline().add(moment, 2 * HOUR),
            utc(SHANGHAI, 2026, 3, 5, 10),
        )
        self.assertEqual(
            calendar._itsm_timeline(tz=MADRID).add(moment, 2 * HOUR),
            utc(MADRID, 2026, 3, 4, 12),
        )

    def test_which_leaves_count(self):
        """Design 1: for everybody; this calendar or all; this company or all."""
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        elsewhere = self.make_calendar("UTC", *attendances((9, 18)))
        shared = self.make_calendar("UTC", *attendances((9, 18)), company_id=False)
        resource = self.env["resource.resource"].create(
            {"name": "Machine", "calendar_id": calendar.id}
        )

        def day(number):
            return datetime(2026, 3, number), datetime(2026, 3, number, 23, 59, 59)

        self.make_leave(*day(2), calendar)
        self.make_leave(*day(3))
        self.make_leave(*day(4), calendar, time_type="other")
        self.make_leave(*day(5), calendar, resource_id=resource.id)
        self.make_leave(*day(6), elsewhere)
        # Odoo takes the company of a leave from its calendar or from where it is made.
        foreign = self.make_leave(*day(9))
        foreign.company_id = other
        self.assertEqual(foreign.company_id, other)

        def days_off(calendar, **kwargs):
            timeline = calendar._itsm_timeline(**kwargs)
            return [
                number
                for number in (2, 3, 4, 5, 6, 9)
                if not timeline.elapsed(*day(number))
            ]

        self.assertEqual(days_off(calendar), [2, 3])
        self.assertEqual(days_off(elsewhere), [3, 6])
        # A calendar without company: that of the agreement decides.
        self.assertEqual(days_off(shared, company=self.env.company), [3])
        self.assertEqual(days_off(shared, company=other), [9])

    def test_same_for_everybody(self):
        """Design 1, E1: a portal user gets the same timeline as the scheduler."""
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        self.make_leave(
            datetime(2026, 3, 2), datetime(2026, 3, 2, 23, 59, 59), calendar
        )
        portal = new_test_user(self.env, "timeline-portal", groups="base.group_portal")
        timeline = calendar.with_user(portal)._itsm_timeline()
        self.assertIs(timeline, calendar._itsm_timeline())
        self.assertEqual(
            timeline.add(datetime(2026, 3, 2, 10), 60), datetime(2026, 3, 3, 9, 1)
        )

    def test_make_up_saturday(self):
        """Design 1: the make-up day of a calendar, of all, of another company."""
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.make_calendar(SHANGHAI, *attendances((9, 12), (13, 18)))
        friday = utc(SHANGHAI, 2026, 10, 9, 17)
        saturday = {"name": "National Day", "date": "2026-10-10", "pattern": "0"}
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 12, 10),
        )
        day = self.env["itsm.working.day"].create(dict(saturday, company_id=other.id))
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 12, 10),
        )
        day.company_id = self.env.company
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 10, 10),
        )
        # It remains a working day when a longer leave is entered over it.
        self.make_leave(
            utc(SHANGHAI, 2026, 10, 10, 0), utc(SHANGHAI, 2026, 10, 12, 0), calendar
        )
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 10, 10),
        )
        day.write({"pattern": "hours", "hour_from": 14, "hour_to": 16})
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 10, 15),
        )
        day.unlink()
        self.assertEqual(
            calendar._itsm_timeline().add(friday, 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 12, 10),
        )

    def test_make_up_day_in_two_weeks(self):
        """Design 1: works like the weekday of its own week, else of the other."""
        commands = attendances((8, 12), days=[0], week_type="0")
        commands += attendances((8, 10), days=[1], week_type="0")
        commands += attendances((13, 19), days=[1], week_type="1")
        calendar = self.make_calendar("UTC", *commands, two_weeks_calendar=True)
        # 7 and 14 March 2026 are Saturdays of different weeks
        get_week_type = self.env["resource.calendar.attendance"].get_week_type
        found = {}
        for number in (7, 14):
            moment = datetime(2026, 3, number)
            for pattern in ("0", "1"):
                day = self.env["itsm.working.day"].create(
                    {"name": "Make-up", "date": moment, "pattern": pattern}
                )
                found[get_week_type(moment), pattern] = (
                    calendar._itsm_timeline().elapsed(moment, moment + timedelta(1))
                    // HOUR
                )
                day.unlink()
        self.assertEqual(found, {(0, "0"): 4, (1, "0"): 4, (0, "1"): 2, (1, "1"): 6})

    def test_every_change_is_seen(self):
        """Design 1: the transaction that changed calendar data builds its own."""
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        start, stop = datetime(2026, 3, 2), datetime(2026, 3, 9)

        def total():
            return calendar._itsm_timeline().elapsed(start, stop) // HOUR

        self.assertEqual(total(), 45)
        calendar.attendance_ids[0].hour_to = 12
        self.assertEqual(total(), 39)
        calendar.attendance_ids[0].unlink()
        self.assertEqual(total(), 36)
        calendar.write({"attendance_ids": attendances((9, 13), days=[5])})
        self.assertEqual(total(), 40)
        leave = self.make_leave(
            datetime(2026, 3, 3), datetime(2026, 3, 3, 23, 59, 59), calendar
        )
        self.assertEqual(total(), 31)
        leave.date_to = datetime(2026, 3, 4, 23, 59, 59)
        self.assertEqual(total(), 22)
        leave.resource_id = self.env["resource.resource"].create({"name": "Machine"})
        self.assertEqual(total(), 40)
        leave.write({"resource_id": False, "calendar_id": calendar.id})
        self.assertEqual(total(), 22)
        leave.unlink()
        self.assertEqual(total(), 40)
        self.assertEqual(
            calendar._itsm_timeline().add(start, 0), datetime(2026, 3, 3, 9)
        )
        calendar.tz = SHANGHAI
        self.assertEqual(
            calendar._itsm_timeline().add(start, 0), datetime(2026, 3, 3, 1)
        )

    def test_time_off_of_a_person_clears_nothing(self):
        """Speed: time off of one resource is in no timeline and clears no cache."""
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        resource = self.env["resource.resource"].create(
            {"name": "Machine", "calendar_id": calendar.id}
        )
        timeline = calendar._itsm_timeline()
        leave = self.make_leave(
            datetime(2026, 3, 3),
            datetime(2026, 3, 4),
            calendar,
            resource_id=resource.id,
        )
        leave.date_to = datetime(2026, 3, 5)
        leave.unlink()
        self.assertIs(calendar._itsm_timeline(), timeline)

    def test_savepoint(self):
        """Design 1: after the rollback of a savepoint earlier changes remain seen."""
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        start, stop = datetime(2026, 3, 2), datetime(2026, 3, 9)
        self.make_leave(
            datetime(2026, 3, 3), datetime(2026, 3, 3, 23, 59, 59), calendar
        )
        self.assertEqual(calendar._itsm_timeline().elapsed(start, stop), 36 * HOUR)
        savepoint = self.env.cr.savepoint()
        self.make_leave(
            datetime(2026, 3, 4), datetime(2026, 3, 4, 23, 59, 59), calendar
        )
        self.assertEqual(calendar._itsm_timeline().elapsed(start, stop), 27 * HOUR)
        savepoint.close(rollback=True)
        self.assertEqual(calendar._itsm_timeline().elapsed(start, stop), 36 * HOUR)

    def test_usable(self):
        """CAL-07, design 1: what no clock can run on names the field and the remedy."""
        good = self.make_calendar("UTC", *attendances((9, 18)))
        good._itsm_check_usable()
        flexible = self.make_calendar("UTC", schedule_type="flexible")
        with self.assertRaisesRegex(ValidationError, "Schedule Type.*flexible"):
            flexible._itsm_check_usable()
        with self.assertRaises(NoWorkingTime):
            flexible._itsm_timeline()
        empty = self.make_calendar("UTC")
        with self.assertRaisesRegex(ValidationError, "Working Time.*no hours"):
            (good | empty)._itsm_check_usable()
        lunch = self.make_calendar("UTC")
        lunch.attendance_ids = [
            Command.create(
                {
                    "name": "Break",
                    "dayofweek": "0",
                    "hour_from": 12,
                    "hour_to": 13,
                    "day_period": "lunch",
                }
            )
        ]
        with self.assertRaisesRegex(ValidationError, "Working Time.*no hours"):
            lunch._itsm_check_usable()
        self.make_leave(datetime(2020, 1, 1), datetime(2120, 1, 1), good)
        with self.assertRaisesRegex(ValidationError, "Time Off.*ten years"):
            good._itsm_check_usable()

    def test_usable_needs_a_zone(self):
        """Design 1: a calendar without time zone (old data) is refused."""
        calendar = self.make_calendar("UTC", *attendances((9, 18)))
        calendar.flush_recordset()
        self.env.cr.execute("ALTER TABLE resource_calendar ALTER tz DROP NOT NULL")
        self.env.cr.execute(
            "UPDATE resource_calendar SET tz = NULL WHERE id = %s", [calendar.id]
        )
        calendar.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "Timezone.*empty"):
            calendar._itsm_check_usable()


@tagged("post_install", "-at_install")
class TestTimelineCache(TransactionCase):
    """The shared cache, with transactions that really commit."""

    START, STOP = datetime(2026, 3, 2), datetime(2026, 3, 9)
    FULL = 45 * HOUR
    WITHOUT_TUESDAY = 36 * HOUR

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Here the real signal between processes is under test.
        cls._signal_changes_patcher.stop()

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.calendar_id = (
                env["resource.calendar"]
                .create(
                    {
                        "name": "Cache",
                        "tz": "UTC",
                        "attendance_ids": [Command.clear(), *attendances((9, 18))],
                    }
                )
                .id
            )
        self.addCleanup(self._delete)

    def _delete(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            calendar = env["resource.calendar"].browse(self.calendar_id)
            # Leaves outlive their calendar in Odoo and then count for all calendars.
            calendar.leave_ids.unlink()
            calendar.unlink()

    def _open(self):
        """The calendar in a transaction of its own whose snapshot is taken now."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT 1")
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["resource.calendar"].browse(self.calendar_id)

    def _add_tuesday(self, calendar):
        calendar.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 3),
                "date_to": datetime(2026, 3, 3, 23, 59, 59),
            }
        )

    def _total(self, calendar):
        return calendar._itsm_timeline().elapsed(self.START, self.STOP)

    def test_shared(self):
        """Design 1: one object for everybody; no query after the first."""
        one, two = self._open(), self._open()
        self.assertIs(one._itsm_timeline(), two._itsm_timeline())
        self.assertIs(one._itsm_timeline(tz="UTC"), one._itsm_timeline())
        self.assertIsNot(one._itsm_timeline(tz=MADRID), one._itsm_timeline())
        count = one.env.cr.sql_log_count
        one._itsm_timeline()
        self.assertEqual(one.env.cr.sql_log_count, count)

    def test_uncommitted_changes_stay_at_home(self):
        """Design 1: seen by the own transaction, by nobody else before commit."""
        reader, writer = self._open(), self._open()
        shared = reader._itsm_timeline()
        self._add_tuesday(writer)
        self.assertEqual(self._total(writer), self.WITHOUT_TUESDAY)
        self.assertEqual(self._total(reader), self.FULL)
        self.assertEqual(self._total(self._open()), self.FULL)
        self.assertEqual(self._total(writer), self.WITHOUT_TUESDAY)
        writer.env.cr.commit()
        self.assertEqual(self._total(self._open()), self.WITHOUT_TUESDAY)
        # After commit the writer shares again.
        self.assertIs(writer._itsm_timeline(), self._open()._itsm_timeline())
        self.assertEqual(shared.elapsed(self.START, self.STOP), self.FULL)

    def test_rollback(self):
        """Design 1: after a rollback the transaction uses the shared timeline again."""
        writer = self._open()
        self._add_tuesday(writer)
        self.assertEqual(self._total(writer), self.WITHOUT_TUESDAY)
        writer.env.cr.rollback()
        self.assertEqual(self._total(writer), self.FULL)
        self.assertIs(writer._itsm_timeline(), self._open()._itsm_timeline())

    def test_savepoint_does_not_leak(self):
        """Design 1: a rolled back savepoint does not make the rest look committed."""
        writer = self._open()
        self._add_tuesday(writer)
        savepoint = writer.env.cr.savepoint()
        writer.attendance_ids.unlink()
        savepoint.close(rollback=True)
        self.assertEqual(self._total(writer), self.WITHOUT_TUESDAY)
        self.assertEqual(self._total(self._open()), self.FULL)

    def test_old_snapshot_cannot_restore_old_data(self):
        """Design 1: who still reads the old data after the commit keeps them private.

        The old transaction builds its timeline after the caches were cleared. Without
        the version in the key it would stay there for everybody.
        """
        old, writer = self._open(), self._open()
        self._add_tuesday(writer)
        writer.env.cr.commit()
        self.assertEqual(self._total(old), self.FULL)
        self.assertEqual(self._total(self._open()), self.WITHOUT_TUESDAY)
        self.assertEqual(self._total(self._open()), self.WITHOUT_TUESDAY)

    def test_other_workers_are_told_at_commit(self):
        """Design 1: the signal to all workers is written by the commit itself."""

        def sequence():
            with self.registry.cursor() as cr:
                return self.registry.get_sequences(cr)[1]["default"]

        writer = self._open()
        before = sequence()
        self._add_tuesday(writer)
        self.assertEqual(sequence(), before)
        writer.env.cr.commit()
        self.assertEqual(sequence(), before + 1)
        self.assertFalse(self.registry.cache_invalidated)
