# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import fields
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.dashboard_common import DashboardCase

from .common_graph import GraphCommon

THERE = [("state", "not in", ("dismantled", "cancelled"))]


@tagged("post_install", "-at_install")
class TestCmdbDashboard(DashboardCase, GraphCommon):
    """The page “Configuration Management” in the Dashboards app (CFG-35, CFG-42)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("itsm_cmdb.spreadsheet_dashboard_cmdb")
        cls.ci_manager = cls._create_user(
            "ci-dashboard", "itsm_cmdb.itsm_group_ci_manager", tz="UTC"
        )
        today = fields.Date.today()
        past = fields.Date.subtract(today, days=40)
        cls._item("Old", purchase_date=past, warranty_end=past, end_of_life=past)
        cls._item(
            "New", purchase_date=past, warranty_end=fields.Date.add(today, days=9)
        )
        cls._item("Gone").state = "dismantled"
        cls.env.flush_all()

    def _count(self, model, domain):
        return self.env[model].with_user(self.ci_manager).search_count(domain)

    def test_browser(self):
        """Opened in the browser nothing is an error; each figure and chart is what the
        database says."""
        today = fields.Date.today()
        used = [("state", "=", "use")]
        over = self._count("itsm.ci", [*used, ("warranty_end", "<", today)])
        self.assertGreaterEqual(over, 1)
        unauthorised = self._count("itsm.ci.unauthorised", [])
        self.assertGreaterEqual(unauthorised, 1)
        cells = {
            "Data!D2": self._count("itsm.ci", used),
            "Data!D3": self._count("itsm.ci", [*THERE, ("owner_id", "=", False)]),
            "Data!D4": over,
            "Data!D5": self._count("itsm.ci", [*used, ("end_of_life", "<", today)]),
            "Data!D6": self._count("itsm.ci.unauthorised", [("state", "=", "new")]),
            "Data!D9": f"As of {today:%Y-%m-%d}",
        }
        charts = [
            self._count("itsm.ci", THERE),
            self._count("itsm.ci", []),
            self._count("itsm.ci", [*THERE, ("purchase_date", "!=", False)]),
            self._count("itsm.ci", [*THERE, ("warranty_end", ">=", today)]),
            0,
            self._count("itsm.ci.audit.line", [("result", "!=", "pending")]),
            unauthorised,
            self._count("itsm.ci.history", []),
        ]
        self.assertFalse(self._count("itsm.ci.health.result", []))
        self.assertDashboard(self.dashboard, self.ci_manager.login, cells, charts)

    def test_readers_only(self):
        """Who may not read the CMDB does not see the page."""
        self.assertEqual(
            self.dashboard.group_ids, self.env.ref("itsm_cmdb.itsm_group_ci_reader")
        )
        sheet = json.loads(self.dashboard.spreadsheet_data)["sheets"][0]
        cards = [f for f in sheet["figures"] if f["data"]["type"] == "scorecard"]
        self.assertEqual([card["data"]["baseline"] for card in cards], ["Data!D9"] * 5)
