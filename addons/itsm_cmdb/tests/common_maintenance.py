# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import CmdbCommon


class MaintenanceCommon(CmdbCommon):
    """Two servers, an engineer, a reviewer, a plan for every month on the 10th.

    The company works in Paris, Monday to Friday; 2026-03-10 is a Tuesday.
    """

    NOW = "2026-03-02 08:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls._calendar()
        cls.company.itsm_duty_calendar_id = False
        plans = cls.env["itsm.ci.maintenance.plan"]
        plans.search([("state", "=", "running")]).state = "draft"
        cls.engineer, cls.engineer_2, cls.reviewer = cls.agent, cls.agent_2, cls.lead
        cls.server_1 = cls._ci("server 1", state="use")
        cls.server_2 = cls._ci("server 2", ci_class=cls.class_leaf_2, state="use")
        cls.spare_class = cls.env["itsm.ci.class"].create(
            {"name": "T spare", "code": "t_spare", "is_spare": True}
        )

    @classmethod
    def _calendar(cls):
        return cls.env["resource.calendar"].create(
            {
                "name": "Paris",
                "tz": "Europe/Paris",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": day,
                                "dayofweek": day,
                                "hour_from": 9,
                                "hour_to": 17,
                            }
                        )
                        for day in "01234"
                    ),
                ],
            }
        )

    @classmethod
    def _plan(cls, checks=None, run=True, **vals):
        plan = cls.env["itsm.ci.maintenance.plan"].create(
            {
                "name": "Check of the servers",
                "company_id": cls.company.id,
                "class_id": cls.class_base.id,
                "period": "month",
                "due_day": 10,
                "hour_start": 20.0,
                "duration": 4.0,
                "lead_days": 10,
                "team_id": cls.team.id,
                "user_id": cls.engineer.id,
                "reviewer_id": cls.reviewer.id,
                "date_from": "2026-03-01",
                "check_ids": [
                    Command.create({"sequence": index, **check})
                    for index, check in enumerate(
                        checks
                        or (
                            {"name": "Lamps"},
                            {
                                "name": "Temperature",
                                "kind": "number",
                                "unit": "°C",
                                "has_maximum": True,
                                "maximum": 30,
                            },
                        )
                    )
                ],
                **vals,
            }
        )
        if run:
            with freeze_time("2026-03-01 12:00"):
                plan.action_run()
        return plan

    @classmethod
    def _people(cls, company):
        """Values of a plan of another company: who does and who reviews it."""
        users = cls.engineer_2 | cls.reviewer
        users.write({"company_ids": [Command.link(company.id)]})
        return {
            "company_id": company.id,
            "team_id": False,
            "user_id": cls.engineer_2.id,
            "reviewer_id": cls.reviewer.id,
        }

    def _make(self, plan, now=None):
        """The orders that a plan makes at a time."""
        with freeze_time(now or self.NOW):
            orders, problems = plan._make_orders()
        self.assertFalse(problems)
        return orders

    def _begun(self, plan=None):
        """A work order of March that the engineer has begun."""
        order = self._make(plan or self._plan())
        with freeze_time("2026-03-10 19:00"):
            order.with_user(self.engineer).action_start()
        return order.with_user(self.engineer)

    def _answer(self, order, **values):
        """Answer all points: lamps are OK, 25 °C, and what the test wants else."""
        for result in order.result_ids:
            result.write(
                {"value": "25"} if result.kind == "number" else {"outcome": "ok"}
            )
        order.conclusion = "All looked at."
