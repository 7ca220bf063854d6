# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import tagged

from .calendar_rights import HOURS, CalendarRights
from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestCalendarRights(CalendarRights, ItsmCommon):
    """Manners, who sees what: the ITSM manager keeps his companies' working time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCalendars()
        cls.keeper = cls.manager

    def test_agent(self):
        """Manners: an agent keeps no working time at all."""
        calendar = self.own.with_user(self.agent)
        self._refused(calendar.write, {"name": "Mine"})
        self._refused(calendar.attendance_ids.write, {"hour_to": 13})
        holidays = self.env["resource.calendar.leaves"].with_user(self.agent)
        self._refused(holidays.create, self._holiday_vals(self.own))

    def test_administrator(self):
        """Manners: an administrator who is ITSM manager too loses nothing."""
        admin = self._create_user(
            "itsm-admin", "base.group_system,itsm_base.itsm_group_manager"
        )
        for calendar in self.calendars.with_user(admin):
            with self.subTest(calendar=calendar.name):
                calendar.write({"name": "Changed", "attendance_ids": [Command.clear()]})
                hours = calendar.attendance_ids.create(
                    {"calendar_id": calendar.id, **HOURS}
                )
                hours.hour_to = 13
                hours.unlink()
                company = calendar.sudo().company_id
                new = calendar.create({"name": "New", "company_id": company.id})
                self.env.flush_all()
                new.unlink()
        for calendar in (self.own, self.shared):
            holiday = self.env["resource.calendar.leaves"].with_user(admin)
            holiday = holiday.create(self._holiday_vals(calendar))
            holiday.name = "Corrected"
            self.env.flush_all()
            holiday.unlink()

    def test_both_companies(self):
        """Manners: who works in both companies keeps those that he has chosen."""
        self.keeper.company_ids |= self.company_2
        both = [self.company.id, self.company_2.id]
        foreign = self.foreign.with_user(self.keeper)
        foreign.with_context(allowed_company_ids=both).name = "Changed"
        self._refused(
            foreign.with_context(allowed_company_ids=self.company.ids).write,
            {"name": "Mine"},
        )
