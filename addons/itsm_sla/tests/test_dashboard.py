# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

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
class TestDashboard(DashboardCase, SlaCommon):
    """The page “Service Levels” in the Dashboards app (REP-31)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("itsm_sla.spreadsheet_dashboard_service_level")
        cls.sla_manager.tz = "UTC"
        # Around the clock: the test is run at any hour.
        cls._create_agreement(
            {"2": (60, 240), "3": (15, 120)},
            calendar_id=cls.env.ref("itsm_sla.resource_calendar_24x7").id,
        )
        now = fields.Datetime.now().replace(microsecond=0)
        # priority, hours ago, solved: in time only what was reported just now
        for priority, hours, solved in (
            ("2", 0, True),
            ("2", 0, True),
            ("2", 50, True),
            ("3", 30, True),
            ("3", 0, True),
            ("2", 40, False),
        ):
            ticket = cls._create_ticket(
                priority=priority, reported_at=now - timedelta(hours=hours)
            )
            if solved:
                ticket.stage_id = cls.stage_resolved
        cls.env.flush_all()

    def _sums(self, domain, groupby=(), order=None):
        """Decided and met of the clocks that the service level manager finds."""
        report = self.env["itsm.clock.report"].with_user(self.sla_manager)
        domain = SLA & Domain("decided", "=", 1) & domain
        return report._read_group(
            domain, groupby, ["decided:sum", "met:sum"], order=order
        )

    @staticmethod
    def _share(met, decided):
        """Cut off after one decimal, by whole numbers."""
        tenths = 1000 * met // decided
        text = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
        return f"{text} %"

    def test_browser(self):
        """REP-31: opened in the browser nothing is an error, and each figure is what
        `_read_group` says, those of the last 30 days; shares are cut off."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        period = Domain("stopped_at", ">=", today - timedelta(days=29))
        resolution = period & Domain("metric", "=", "resolution")
        ((decided, met),) = self._sums(resolution)
        self.assertGreaterEqual(decided - met, 2)
        ((answered, in_time),) = self._sums(period & Domain("metric", "=", "response"))
        report = self.env["itsm.clock.report"].with_user(self.sla_manager)
        late = report.search_count(SLA & Domain("status", "=", "breached"))
        cells = {
            "Data!B2": decided,
            "Data!C2": met,
            "Data!B3": answered,
            "Data!C3": in_time,
            "Data!B4": decided - met,
            "Data!B5": late,
            "Data!D2": self._share(met, decided),
            "Data!D3": self._share(in_time, answered),
        }
        groups = self._sums(resolution, ["priority"], order="priority desc")
        for index, (_priority, count, good) in enumerate(groups):
            cells[f"Dashboard!B{26 + index}"] = count
            cells[f"Dashboard!C{26 + index}"] = self._share(good, count)
        self.assertDashboard(
            self.dashboard, self.sla_manager.login, cells, [decided, decided]
        )

    def test_who(self):
        """REP-31: for managers; agents do not see the page."""
        for user in self.manager, self.sla_manager:
            self.dashboard.with_user(user).read(["name"])
        for user in self.agent, self.employee:
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                self.dashboard.with_user(user).read(["name"])

    def test_fields_exist(self):
        """REP-31: every field and menu that the page names exists."""
        self.dashboard._check_spreadsheet_data()
