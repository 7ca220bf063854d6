# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .test_timeline_calendar import CalendarCase, attendances


@tagged("post_install", "-at_install")
class TestItsmWorkingDay(CalendarCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.make_calendar("UTC", *attendances((9, 18)))

    def _create(self, **vals):
        return self.env["itsm.working.day"].create(
            {"name": "Make-up", "date": "2026-10-10", **vals}
        )

    def test_holiday_has_a_name(self):
        """CAL-09: a new holiday that is left as it opens is not saved.

        It would be one of today, in every working time.
        """
        leaves = self.env["resource.calendar.leaves"]
        count = leaves.search_count([])
        with self.assertRaises(AssertionError):
            Form(leaves).save()
        self.assertEqual(leaves.search_count([]), count)
        with Form(leaves) as form:
            form.name = "Labour Day"
        self.assertEqual(leaves.search_count([]), count + 1)

    def test_hours(self):
        """Design 1: hours lie within the day, from before to."""
        for hours in ((-1, 8), (9, 9), (10, 9), (20, 24.5)):
            with (
                self.subTest(hours=hours),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create(pattern="hours", hour_from=hours[0], hour_to=hours[1])
        self._create(pattern="hours", hour_from=0, hour_to=24)

    def test_duplicates(self):
        """Design 1: one entry per date and calendar; hours that do not overlap."""
        self._create()
        self._create(calendar_id=self.calendar.id)
        for vals in ({}, {"pattern": "1"}, {"calendar_id": self.calendar.id}):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create(**vals)
        own = {"pattern": "hours", "hour_from": 9, "hour_to": 12}
        with self.assertRaises(ValidationError):
            self._create(**own)
        self._create(date="2026-10-11", **own)
        self._create(date="2026-10-11", **dict(own, hour_from=12, hour_to=15))
        with self.assertRaises(ValidationError):
            self._create(date="2026-10-11", **dict(own, hour_from=14, hour_to=16))

    def test_companies(self):
        """E2: days of another company are invisible; its working hours are refused."""
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "day-manager",
            groups="itsm_base.itsm_group_manager",
            company_id=self.env.company.id,
            company_ids=[Command.set(self.env.company.ids)],
        )
        mine, theirs = self._create(), self._create(company_id=other.id)
        days = self.env["itsm.working.day"].with_user(user)
        self.assertEqual(days.search([]), mine)
        with self.assertRaises(AccessError):
            theirs.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            theirs.with_user(user).name = "Mine"
        with self.assertRaises(UserError):
            self._create(
                date="2026-10-11", company_id=other.id, calendar_id=self.calendar.id
            )

    def test_access(self):
        """E2: everybody at the desk reads, managers write, others see nothing."""
        day = self._create()
        desk = new_test_user(
            self.env, "day-desk", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        self.assertEqual(day.with_user(desk).name, "Make-up")
        for operation in ("write", "create", "unlink"):
            self.assertFalse(day.with_user(desk).has_access(operation))
        for groups in ("base.group_user", "base.group_portal", "base.group_public"):
            user = new_test_user(self.env, f"day-{groups[11:]}", groups=groups)
            self.assertFalse(day.with_user(user).has_access("read"))

    def test_form(self):
        """Design 1: hours are asked for only where the day has its own."""
        with Form(self.env["itsm.working.day"]) as form:
            form.name = "Make-up"
            form.date = "2026-10-10"
            form.pattern = "hours"
            form.hour_from = 8
            form.hour_to = 12
        self.assertEqual(form.record.company_id, self.env.company)
