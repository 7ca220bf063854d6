# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .common import ItsmCommon
from .dashboard_common import DashboardCase

#: A duplicate is no open ticket, whatever its stage.
OPEN = Domain("stage_id.itsm_state", "in", ("new", "open", "paused")) & Domain(
    "duplicate_id", "=", False
)


@tagged("post_install", "-at_install")
class TestDashboard(DashboardCase, ItsmCommon):
    """The page “Service Desk” in the Dashboards app (REP-31)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref("itsm_base.spreadsheet_dashboard_service_desk")
        cls.agent.tz = "UTC"
        now = fields.Datetime.now()
        tickets = guard.with_token(cls.env["helpdesk.ticket"])
        # team, priority, assigned, days ago, solved days ago
        for team, priority, assigned, reported, solved in (
            (cls.team, "3", True, 2, None),
            (cls.team, "2", False, 2, None),
            (cls.team, "2", True, 40, None),
            (cls.team_2, "1", True, 3, None),
            (cls.team_2, "1", True, 10, 5),
            (cls.team_2, "0", True, 60, 5),
        ):
            tickets.create(
                cls._ticket_vals(
                    team_id=team.id,
                    priority=priority,
                    user_id=cls.agent.id if assigned else False,
                    stage_id=cls.stages["resolved" if solved else "open"].id,
                    reported_at=now - timedelta(days=reported),
                    resolved_at=solved and now - timedelta(days=solved),
                )
            )

        original, duplicate = cls._create_tickets(2)
        duplicate.duplicate_id = original

    def _count(self, domain):
        """How many tickets the agent finds."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        ((count,),) = tickets._read_group(domain, [], ["__count"])
        return count

    def _groups(self, field_name):
        """Open tickets by a field, the most first, as the agent finds them."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        return tickets._read_group(OPEN, [field_name], ["__count"])

    def test_browser(self):
        """REP-31: opened in the browser nothing is an error, and each figure is what
        `_read_group` says; those of the last 30 days for the present filter."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=29)
        reported = Domain("reported_at", ">=", first)
        cells = {
            "Data!B2": self._count(OPEN),
            "Data!B3": self._count(OPEN & Domain("user_id", "=", False)),
            "Data!B4": self._count(reported),
            "Data!B5": self._count(Domain("resolved_at", ">=", first)),
        }
        self.assertGreaterEqual(cells["Data!B2"], 4)
        teams = sorted(
            (count for _team, count in self._groups("team_id")), reverse=True
        )
        for index, count in enumerate(teams[:8]):
            cells[f"Dashboard!B{26 + index}"] = count
        labels = dict(
            self.env["helpdesk.ticket"]
            ._fields["priority"]
            ._description_selection(self.env)
        )
        priorities = sorted(self._groups("priority"), reverse=True)
        for index, (priority, count) in enumerate(priorities):
            cells[f"Dashboard!E{26 + index}"] = labels[priority]
            cells[f"Dashboard!F{26 + index}"] = count
        oldest = self.env["helpdesk.ticket"].search(OPEN, order="reported_at", limit=1)
        cells["Dashboard!A37"] = oldest.name
        charts = [cells["Data!B2"], cells["Data!B4"]]
        self.assertDashboard(self.dashboard, "itsm-agent", cells, charts)

    def test_who(self):
        """REP-31: for the service desk; others do not see the page."""
        self.dashboard.with_user(self.agent).read(["name"])
        for user in self.employee, self.portal_user:
            with mute_logger("odoo.models"), self.assertRaises(AccessError):
                self.dashboard.with_user(user).read(["name"])

    def test_fields_exist(self):
        """REP-31: every field and menu that the page names exists."""
        self.dashboard._check_spreadsheet_data()
