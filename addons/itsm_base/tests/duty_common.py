# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools.period import Period

from .common import ItsmCommon

LOGGER = "odoo.addons.itsm_base.models.itsm_duty_scope"


class DutyCommon(ItsmCommon):
    """A company with plain office hours in Shanghai, a role with two holders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        definitions = cls.env["itsm.duty.definition"].with_context(active_test=False)
        definitions.search([]).active = False
        cls.calendar = cls._office("Asia/Shanghai", cls.company)
        cls.company.itsm_duty_calendar_id = cls.calendar
        cls.role = cls.env["itsm.role"].create(
            {
                "name": "Reporter",
                "code": "test_reporter",
                "holder_ids": [
                    Command.create({"user_id": cls.agent_2.id, "sequence": 20}),
                    Command.create({"user_id": cls.agent.id, "sequence": 10}),
                ],
            }
        )
        cls.duties = cls.env["itsm.duty"].with_context(active_test=False)

    @classmethod
    def _office(cls, tz, company):
        """Monday to Friday, 9 to 18."""
        return cls.env["resource.calendar"].create(
            {
                "name": f"Office {tz}",
                "tz": tz,
                "company_id": company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 18,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )

    @classmethod
    def _company(cls, name, tz):
        """Another company, in which the lead and the manager work as well."""
        company = cls.env["res.company"].create({"name": name})
        company.itsm_duty_calendar_id = cls._office(tz, company)
        return company

    @classmethod
    def _definition(cls, date_from, companies=None, **vals):
        """A definition that holds from a day on.

        :param str date_from: first day
        """
        companies = companies or cls.company
        return cls.env["itsm.duty.definition"].create(
            {
                "name": "Report",
                "role_id": cls.role.id,
                "scope_ids": [
                    Command.create({"company_id": company.id, "date_from": date_from})
                    for company in companies
                ],
                **vals,
            }
        )

    def _generate(self, limit=100):
        """What the daily action does, without its commits.

        :return: how many duties were made
        """
        scopes = self.env["itsm.duty.scope"]
        total = 0
        while True:
            with mute_logger(LOGGER):
                count, remaining, _problems = scopes._of_active()._generate(limit)
            total += count
            if not remaining:
                return total

    def _made(self, definition):
        """The duties of a definition, the earliest first."""
        return self.duties.search(
            [("definition_id", "=", definition.id)], order="period_start, id"
        )

    def _due(self, definition):
        return [
            (duty.period_label, duty.due_date.isoformat())
            for duty in self._made(definition)
        ]

    @classmethod
    def _holiday(cls, first, last, company=None):
        """A holiday on local dates of Shanghai, both included."""
        start = Period("day", date.fromisoformat(first)).bounds_utc("Asia/Shanghai")[0]
        stop = Period("day", date.fromisoformat(last)).bounds_utc("Asia/Shanghai")[1]
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "date_from": start,
                "date_to": stop,
                "company_id": (company or cls.company).id,
                "calendar_id": False,
                "resource_id": False,
            }
        )
