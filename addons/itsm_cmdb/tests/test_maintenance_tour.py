# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common_maintenance import MaintenanceCommon


@tagged("post_install", "-at_install")
class TestMaintenanceTour(MaintenanceCommon, HttpCase):
    """MNT-01, MNT-02, MNT-08: from the plan to the incident, in the browser."""

    browser_size = "1366x768"

    def test_maintenance(self):
        """Plan, work order, a point that is not OK, the incident, and back."""
        server = self._ci("Tour server", state="use")
        plan = self._plan(
            checks=[{"name": "Tour lamps"}],
            name="Tour plan",
            class_id=False,
            ci_ids=[Command.set(server.ids)],
            period="day",
            due_day=1,
            lead_days=0,
            working_days_only=False,
            date_from=fields.Date.today(),
            run=False,
        )
        plan.action_run()
        plan.date_from = fields.Date.today()
        orders, _problems = plan._make_orders()
        self.assertTrue(orders)
        self.start_tour(
            f"/odoo/itsm-maintenance-plans/{plan.id}",
            "itsm_ci_maintenance",
            login="itsm-agent",
        )
        [result] = orders.result_ids
        self.assertEqual(result.outcome, "nok")
        self.assertEqual(result.ticket_id.ci_ids, server)
