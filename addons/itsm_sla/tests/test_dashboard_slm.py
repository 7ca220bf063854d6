# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tests.dashboard_common import DashboardCase

from .common import SlaCommon

SLA = Domain("kind", "=", "sla") & Domain("is_history", "=", False)


@tagged("post_install", "-at_install")
class TestDashboardSlm(DashboardCase, SlaCommon):
    """The page “Service Level Management” in the Dashboards app (SLM-53)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            "itsm_sla.spreadsheet_dashboard_service_level_management"
        )
        cls.sla_manager.tz = "UTC"
        # Around the clock: the test is run at any hour.
        agreement = cls._create_agreement(
            {"2": (60, 240)}, calendar_id=cls.calendar_24x7.id, date_start="2020-01-01"
        )
        now = fields.Datetime.now().replace(microsecond=0)
        for hours in (0, 0, 50):
            ticket = cls._create_ticket(
                priority="2", reported_at=now - timedelta(hours=hours)
            )
            ticket.stage_id = cls.stage_resolved
        cls.env["itsm.improvement.plan"].create(
            {"name": "Faster", "agreement_id": agreement.id, "target": 90}
        )
        cls.env.flush_all()

    def test_browser(self):
        """SLM-53: opened in the browser nothing is an error; each figure is what the
        database says: targets of the last 30 days, reviews overdue, plans."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        period = SLA & Domain("measured_at", ">=", today - timedelta(days=29))
        results = self.env["itsm.target.result"].with_user(self.sla_manager)
        ((measured, met, missed),) = results._read_group(
            period, [], ["measured:sum", "met:sum", "missed:sum"]
        )
        self.assertGreaterEqual(missed, 2)
        agreements = self.env["itsm.agreement"].with_user(self.sla_manager)
        overdue = agreements.search_count([("review_overdue", "=", True)])
        self.assertGreaterEqual(overdue, 1)
        plans = self.env["itsm.improvement.plan"].with_user(self.sla_manager)
        running = plans.search_count([("state", "in", ("draft", "running"))])
        tenths = 1000 * met // measured
        share = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
        cells = {
            "Data!B2": measured,
            "Data!C2": met,
            "Data!D2": f"{share} %",
            "Data!D3": missed,
            "Data!D5": overdue,
            "Data!D6": running,
            # each card names its period or its date
            "Data!D8": f"{today - timedelta(days=29):%Y-%m-%d} – {today:%Y-%m-%d}",
            "Data!D9": f"As of {today:%Y-%m-%d}",
        }
        self.assertDashboard(
            self.dashboard, self.sla_manager.login, cells, [missed, missed]
        )

    def test_cards(self):
        """SLM-53: each card names its period or its date; none is wider than the
        page or covers another."""
        sheet = json.loads(self.dashboard.spreadsheet_data)["sheets"][0]
        page = sum(column["size"] for column in sheet["cols"].values())
        cards = [f for f in sheet["figures"] if f["data"]["type"] == "scorecard"]
        self.assertEqual(len(cards), 5)
        self.assertEqual(
            [card["data"]["baseline"] for card in cards],
            ["Data!D8"] * 3 + ["Data!D9"] * 2,
        )
        end = 0
        for card in cards:
            self.assertGreaterEqual(card["offset"]["x"], end)
            end = card["offset"]["x"] + card["width"]
        self.assertLessEqual(end, page)

    def test_who(self):
        """SLM-69: for managers; agents do not see the page; every field that the page
        names exists."""
        self.dashboard._check_spreadsheet_data()
        for user in self.manager, self.sla_manager:
            self.dashboard.with_user(user).read(["name"])
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self.dashboard.with_user(self.agent).read(["name"])
