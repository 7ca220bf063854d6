# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.fields import Command

DAY = {"date_from": datetime(2026, 5, 1), "date_to": datetime(2026, 5, 1, 20)}
HOURS = {"name": "Morning", "dayofweek": "0", "hour_from": 8, "hour_to": 12}


class CalendarRights:
    """What a role that keeps working time may do, company by company.

    Mixed into a test case that has ``ItsmCommon``; ``keeper`` is the user.
    """

    @classmethod
    def setUpCalendars(cls):
        cls.company_2 = cls.env["res.company"].create({"name": "Second Company"})
        cls.own, cls.foreign, cls.shared = cls.env["resource.calendar"].create(
            [
                {"name": name, "tz": "UTC", "company_id": company.id}
                for name, company in (
                    ("Own", cls.company),
                    ("Foreign", cls.company_2),
                    ("Shared", cls.env["res.company"]),
                )
            ]
        )
        cls.calendars = cls.own | cls.foreign | cls.shared

    def _refused(self, function, *args):
        with self.assertRaises(AccessError), self.cr.savepoint():
            function(*args)
            self.env.flush_all()

    def _holiday_vals(self, calendar, **vals):
        return {
            "name": "Holiday",
            "calendar_id": calendar.id,
            "company_id": calendar.company_id.id,
            **DAY,
            **vals,
        }

    def _personal_leave(self, user):
        resource = self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": self.company.id,
                "calendar_id": self.own.id,
            }
        )
        vals = self._holiday_vals(self.own, resource_id=resource.id)
        return self.env["resource.calendar.leaves"].create(vals)

    # === Their own ===

    def test_own_calendar(self):
        """CAL-07, Manners: working time of the own company is theirs to keep."""
        calendar = self.own.with_user(self.keeper)
        calendar.write({"name": "Renamed", "attendance_ids": [Command.clear()]})
        hours = calendar.attendance_ids.create({"calendar_id": calendar.id, **HOURS})
        hours.hour_to = 13
        hours.unlink()
        new = calendar.create({"name": "New", "company_id": self.company.id})
        self.assertEqual(new.company_id, self.company)
        self.assertTrue(new.attendance_ids)

    def test_own_holidays(self):
        """CAL-08, Manners: so are its holidays: entered, corrected and deleted."""
        for calendar in (self.own, self.env["resource.calendar"]):
            with self.subTest(calendar=calendar.name):
                holidays = self.env["resource.calendar.leaves"].with_user(self.keeper)
                vals = self._holiday_vals(calendar, company_id=self.company.id)
                holiday = holidays.create(vals)
                holiday.write({"name": "Labour Day", "date_to": datetime(2026, 5, 2)})
                self.env.flush_all()
                holiday.unlink()
                # entered by somebody else
                other = self.env["resource.calendar.leaves"].create(vals)
                other.with_user(self.keeper).name = "Corrected"
                other.with_user(self.keeper).unlink()

    # === Those of others ===

    def test_foreign_and_shared_calendars(self):
        """Manners: working time of other companies and shared one stays closed."""
        for calendar in (self.foreign, self.shared):
            with self.subTest(calendar=calendar.name):
                theirs = calendar.with_user(self.keeper)
                self._refused(theirs.write, {"name": "Mine"})
                self._refused(theirs.write, {"attendance_ids": [Command.clear()]})
                self._refused(theirs.unlink)
                self._refused(
                    theirs.create,
                    {"name": "New", "company_id": calendar.company_id.id},
                )
                hours = theirs.attendance_ids
                self.assertTrue(hours)
                self._refused(hours.write, {"hour_to": 13})
                self._refused(hours.unlink)
                self._refused(hours.create, {"calendar_id": calendar.id, **HOURS})
                self.assertTrue(theirs.has_access("read"))

    def test_foreign_and_shared_holidays(self):
        """Manners: so do their holidays."""
        leaves = self.env["resource.calendar.leaves"]
        for calendar in (self.foreign, self.shared):
            with self.subTest(calendar=calendar.name):
                vals = self._holiday_vals(calendar)
                holiday = leaves.create(vals)
                holiday.company_id = calendar.company_id
                self.env.flush_all()
                theirs = holiday.with_user(self.keeper)
                self._refused(theirs.write, {"name": "Mine"})
                self._refused(theirs.unlink)
        vals = self._holiday_vals(self.foreign)
        self._refused(leaves.with_user(self.keeper).create, vals)

    def test_moved(self):
        """Manners: what is theirs is not moved to others, nor to everybody."""
        holiday = self.env["resource.calendar.leaves"].create(
            self._holiday_vals(self.own)
        )
        calendar = self.own.with_user(self.keeper)
        for records in (calendar, holiday.with_user(self.keeper)):
            for company in (self.company_2, self.env["res.company"]):
                with self.subTest(model=records._name, company=company.name):
                    self._refused(records.write, {"company_id": company.id})
        for other in (self.foreign, self.shared):
            with self.subTest(calendar=other.name):
                hours = calendar.attendance_ids[0]
                self._refused(hours.write, {"calendar_id": other.id})
        # nor does anybody make his own leave a holiday of all
        for user in (self.employee, self.agent):
            leave = self._personal_leave(user).with_user(user)
            leave.name = "Corrected"
            self._refused(leave.write, {"resource_id": False})

    def test_personal_leave(self):
        """Manners: nobody else's personal leave, in the own company either."""
        leave = self._personal_leave(self.agent_2)
        theirs = leave.with_user(self.keeper)
        self._refused(theirs.write, {"name": "Mine"})
        self._refused(theirs.write, {"resource_id": False})
        self._refused(theirs.unlink)
        self._refused(
            theirs.create,
            self._holiday_vals(self.own, resource_id=leave.resource_id.id),
        )
        # their own stays theirs
        own = self._personal_leave(self.keeper).with_user(self.keeper)
        own.name = "Corrected"
        own.unlink()
