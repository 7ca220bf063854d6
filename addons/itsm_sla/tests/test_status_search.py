# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import datetime, safe_eval

from ..models.itsm_clock import STATUSES
from .common import SlaCommon

FRI, MON = "2026-03-20 10:00", "2026-03-23 09:00"
MOVED = "2026-03-23 09:30"
GRID = (
    "2026-03-23 10:30",
    "2026-03-23 11:59:59",
    "2026-03-23 12:00:00",
    "2026-03-23 12:30",
    "2026-03-23 14:00:00",
    "2026-03-23 14:00:01",
    "2026-03-23 18:30",
    "2026-03-24 10:00",
)
NAMES = [name for name, _label in STATUSES]


@tagged("post_install", "-at_install")
class TestStatusSearch(SlaCommon):
    """Design 2, Scheduler: whether a clock is late is compared with now, in what is
    shown and in what is found alike."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Resolution 4 h, at risk after 3 h. From Friday 10:00 it ends at 15:00, from
        # Monday 09:00 at 14:00, and is at risk from 12:00 (the end of the morning).
        cls.customer_3 = cls.customer.copy({"name": "Customer Three"})
        cls._create_agreement({"2": (0, 240)}, partner_id=cls.customer.id)
        cls._create_agreement({"2": (60, 240)}, partner_id=cls.customer_2.id)
        cls._create_agreement(
            {"2": (0, 240)}, service_ids=[Command.set(cls.service.ids)], reopen="new"
        )

    def setUp(self):
        super().setUp()
        self.expected = {}
        both = {"partner_id": self.customer_2.id}
        new = {"partner_id": self.customer_3.id, "service_id": self.service.id}
        for name, reported, vals, moves in (
            ("running", MON, {}, []),
            ("paused", MON, {}, [(MOVED, "paused")]),
            ("paused_late", FRI, {}, [(MOVED, "paused")]),
            ("late", FRI, {}, []),
            ("met", MON, {}, [(MOVED, "resolved")]),
            ("missed", FRI, {}, [(MOVED, "closed")]),
            ("cancelled", FRI, {}, [(MOVED, "cancelled")]),
            ("none", FRI, {"partner_id": self.customer_3.id}, []),
            ("both", MON, both, []),
            ("both_paused", MON, both, [(MOVED, "paused")]),
            ("both_closed", FRI, both, [(MOVED, "closed")]),
            (
                "second_met",
                FRI,
                new,
                [
                    ("2026-03-20 16:00", "resolved"),
                    (MON, "open"),
                    (MOVED, "resolved"),
                ],
            ),
            ("second", FRI, new, [("2026-03-20 11:00", "resolved"), (MON, "open")]),
        ):
            ticket = self._report(reported, **vals)
            for wall, state in moves:
                self._move(wall, ticket, state)
            self.expected[name] = ticket
        self._reply(MOVED, self.expected["both"])  # in time, 10:00 was the limit
        self.tickets = self.env["helpdesk.ticket"].union(*self.expected.values())

    @staticmethod
    def _oracle(name, wall):
        """The ticket's status as a person reads it from the table above."""
        if name == "none":
            return False
        if name in ("running", "both", "second"):
            # 4 h from Monday 09:00; strictly after the deadline is late
            if wall > "2026-03-23 14:00:00":
                return "breached"
            return "at_risk" if wall >= "2026-03-23 12:00" else "running"
        return {
            "paused": "paused",
            "paused_late": "breached",
            "late": "breached",
            "met": "met",
            "missed": "missed",
            "cancelled": "cancelled",
            "both_paused": "paused",
            "both_closed": "missed",
            "second_met": "missed",
        }[name]

    def test_tickets(self):
        """SLM-35, design 2: computed, searched and expected agree at every time."""
        domain = [("id", "in", self.tickets.ids)]
        for wall in GRID:
            expected = {
                ticket: self._oracle(name, wall)
                for name, ticket in self.expected.items()
            }
            with self.subTest(wall=wall), self.at(wall):
                self.tickets.invalidate_recordset(["clock_status"])
                actual = {ticket: ticket.clock_status for ticket in self.tickets}
                self.assertEqual(actual, expected)
                for status in (*NAMES, False):
                    found = self.tickets.search(
                        [*domain, ("clock_status", "=", status)]
                    )
                    self.assertEqual(
                        set(found), {t for t, s in expected.items() if s == status}
                    )
                    others = self.tickets.search(
                        [*domain, ("clock_status", "!=", status)]
                    )
                    self.assertEqual(others, self.tickets.browse(others.ids) - found)
                    self.assertEqual(len(found) + len(others), len(self.tickets))
                found = self.tickets.search(
                    [*domain, ("clock_status", "in", ["breached", "at_risk"])]
                )
                self.assertEqual(
                    set(found),
                    {t for t, s in expected.items() if s in ("breached", "at_risk")},
                )

    def test_clocks(self):
        """SLM-35: of every clock too: exactly one status finds it, the one shown."""
        clocks = self.env["itsm.clock"].search([("ticket_id", "in", self.tickets.ids)])
        domain = [("id", "in", clocks.ids)]
        for wall in GRID:
            with self.subTest(wall=wall), self.at(wall):
                clocks.invalidate_recordset(["status"])
                found = {
                    clock: status
                    for status in NAMES
                    for clock in clocks.search([*domain, ("status", "=", status)])
                }
                self.assertEqual(found, {clock: clock.status for clock in clocks})
                late = clocks.search(
                    [*domain, ("status", "in", ("breached", "missed"))]
                )
                others = clocks.search(
                    [*domain, ("status", "not in", ("breached", "missed"))]
                )
                self.assertEqual(late | others, clocks)
                self.assertFalse(late & others)

    def test_scheduler_changes_nothing_seen(self):
        """Design 2: what is seen is the same before and after the scheduler came."""
        for wall in GRID[2:]:
            with self.subTest(wall=wall):
                with self.at(wall):
                    self.tickets.invalidate_recordset(["clock_status"])
                    before = self.tickets.mapped("clock_status")
                self._run_scheduler(wall)
                with self.at(wall):
                    self.assertEqual(self.tickets.mapped("clock_status"), before)

    def test_report(self):
        """SLM-35: the analysis shows the same statuses."""
        clocks = self.env["itsm.clock"].search([("ticket_id", "in", self.tickets.ids)])
        for wall in GRID:
            with self.subTest(wall=wall), self.at(wall):
                self.env.invalidate_all()
                rows = self.env["itsm.clock.report"].browse(clocks.ids)
                self.assertEqual(rows.mapped("status"), clocks.mapped("status"))

    def test_due_today(self):
        """SLM-35: due today is the day of the one who looks."""
        view = self.env.ref("itsm_sla.ticket_view_search")
        arch = etree.fromstring(view.arch)
        text = arch.find(".//filter[@name='clock_due_today']").get("domain")
        domain = [*safe_eval(text), ("id", "in", self.tickets.ids)]
        names = {"running", "both", "second", "late"}
        due = [self.expected[name] for name in names - {"late"}]
        for tz, wall, expected in (
            (self.zone, "2026-03-23 00:30", due),
            (self.zone, "2026-03-23 23:30", due),
            (self.zone, "2026-03-24 00:30", []),
            ("Pacific/Auckland", "2026-03-23 10:30", []),  # the 23rd is over there
        ):
            with self.subTest(tz=tz, wall=wall), self.at(wall):
                found = self.tickets.with_context(tz=tz).search(domain)
                self.assertEqual(set(found), set(expected))

    def test_filters_and_groups(self):
        """SLM-35: every filter and group of our search views can be used."""
        views = self.env["ir.ui.view"].search(
            [("type", "=", "search"), ("model", "like", "itsm.%")]
        ) | self.env.ref("itsm_sla.ticket_view_search")
        checked = set()
        user = self.sla_manager
        for view in views:
            model = self.env[view.model].with_user(user)
            if not model.has_access("read"):
                continue  # a screen of other roles
            arch = etree.fromstring(model.get_view(view_type="search")["arch"])
            names = {"uid": user.id, "context_today": fields.Date.today}
            names |= {"datetime": datetime, "relativedelta": relativedelta}
            with self.at(GRID[0]):
                for node in arch.iter("filter"):
                    with self.subTest(model=view.model, filter=node.get("name")):
                        if node.get("domain") and not node.get("date"):
                            model.search(safe_eval(node.get("domain"), names), limit=1)
                        context = safe_eval(node.get("context") or "{}", names)
                        if context.get("group_by"):
                            model.formatted_read_group(
                                [], [context["group_by"]], ["__count"]
                            )
                        checked.add((view.model, node.get("name")))
        for name in ("breached", "at_risk", "paused", "due_today"):
            self.assertIn(("itsm.clock", name), checked)
            self.assertIn(("helpdesk.ticket", f"clock_{name}"), checked)
