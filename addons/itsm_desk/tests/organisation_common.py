# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytz

from odoo.fields import Command

from odoo.addons.itsm_sla.tests.common import SlaCommon


class OrganisationCommon(SlaCommon):
    """A team of three in Paris whose desk is open Monday to Friday 09-12 and 13-18.

    Times are the wall clock of Paris; 2026-03-23 is a Monday.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls.shifts = cls.env["itsm.shift"]
        cls.skill = cls.env["itsm.skill"].create({"name": "Test network"})

    @classmethod
    def _shift(cls, user, start, end, team=None, **vals):
        return cls.shifts.create(
            {
                "team_id": (team or cls.team).id,
                "user_id": user.id,
                "start": cls.utc(start),
                "end": cls.utc(end),
                **vals,
            }
        )

    @classmethod
    def _template(cls, name, hours, team=None, **vals):
        return cls.env["itsm.shift.template"].create(
            {
                "name": name,
                "team_id": (team or cls.team).id,
                "hour_from": hours[0],
                "hour_to": hours[1],
                **vals,
            }
        )

    @classmethod
    def _leave(cls, user, start, end):
        """Leave of one person, as the time-off app or a human resources system says."""
        resource = cls.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": cls.company.id,
                "calendar_id": cls.calendar.id,
            }
        )
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": resource.id,
                "calendar_id": cls.calendar.id,
                "date_from": cls.utc(start),
                "date_to": cls.utc(end),
            }
        )

    @classmethod
    def _holiday(cls, start, end):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": cls.calendar.id,
                "date_from": cls.utc(start),
                "date_to": cls.utc(end),
            }
        )

    @classmethod
    def _other_company(cls):
        company = cls.env["res.company"].create({"name": "Other company"})
        user = cls._create_user(
            "itsm-other-lead",
            "itsm_base.itsm_group_lead",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return company, user

    def _wall(self, instant):
        """A stored time as the clock on the wall shows it."""
        zone = pytz.timezone(self.zone)
        return instant.replace(tzinfo=pytz.UTC).astimezone(zone).strftime("%m-%d %H:%M")
