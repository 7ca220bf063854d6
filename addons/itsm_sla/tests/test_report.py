# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestReport(SlaCommon):
    """Pivot and graph of compliance equal a count made by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_agreement({"2": (60, 240), "3": (15, 120)})

    def setUp(self):
        super().setUp()
        # Resolution due at 15:00 (4 h), response at 11:00.
        self.tickets = self.env["helpdesk.ticket"]
        self._case(answer="2026-03-23 10:30", end="2026-03-23 11:00")  # met, met
        self._case(answer="2026-03-23 10:30", end="2026-03-23 17:00")  # met, missed 2 h
        self._case(end="2026-03-23 15:00")  # response missed by 3 h, resolution met
        self._case(answer="2026-03-23 10:30", end=MON, state="cancelled", when="12:00")
        self._case(answer="2026-03-23 10:30")  # met, running or late
        # Critical: 15 minutes and 2 h; exactly at closing time for lunch is in time
        self._case(priority="3", answer="2026-03-23 10:10", end="2026-03-23 12:00")

    def _case(self, priority="2", answer=None, end=None, state="resolved", when=None):
        ticket = self._report(MON, priority=priority)
        if answer:
            self._reply(answer, ticket)
        if end:
            self._move(f"2026-03-23 {when}" if when else end, ticket, state)
        self.tickets |= ticket

    def _groups(self, groupby, *aggregates, wall="2026-03-23 18:00", domain=()):
        with self.at(wall):
            rows = self.env["itsm.clock.report"]._read_group(
                [("ticket_id", "in", self.tickets.ids), *domain],
                groupby,
                list(aggregates),
            )
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    def test_counts(self):
        """SLM-35, vector 12: met, missed and decided, by metric and priority."""
        figures = self._groups(
            ["metric", "priority"], "__count", "met:sum", "missed:sum", "decided:sum"
        )
        self.assertEqual(
            figures,
            {
                # answered in time four times (once on the ticket that was cancelled),
                # late once
                ("response", "2"): (5, 4, 1, 5),
                # in time two, late one; one cancelled and one open are not decided
                ("resolution", "2"): (5, 2, 1, 3),
                ("response", "3"): (1, 1, 0, 1),
                ("resolution", "3"): (1, 1, 0, 1),
            },
        )

    def test_compliance(self):
        """SLM-35: compliance is met of decided; 3 of 4 and 5 of 6 in all."""
        figures = self._groups(["metric"], "compliance:avg")
        self.assertAlmostEqual(figures["resolution",][0], 75.0)
        self.assertAlmostEqual(figures["response",][0], 100 * 5 / 6)

    def test_no_data(self):
        """Design, Manners: nothing measured is no data, never 100 %."""
        domain = [("status", "=", "cancelled")]
        figures = self._groups(
            ["metric"], "compliance:avg", "decided:sum", domain=domain
        )
        self.assertEqual(figures, {("resolution",): (False, 0)})

    def test_hours(self):
        """SLM-35: working hours used and overrun, of decided clocks."""
        figures = self._groups(
            ["metric"], "used_hours:avg", "overrun_hours:avg", "target_hours:avg"
        )
        # Resolution: 1 (10-11), 6 (10-12, 13-17), 4 and 2 h; overrun of the missed 2 h;
        # targets five times 4 h and once 2 h
        used, overrun, target = figures["resolution",]
        self.assertAlmostEqual(used, (1 + 6 + 4 + 2) / 4)
        self.assertAlmostEqual(overrun, 2.0)
        self.assertAlmostEqual(target, (5 * 4 + 2) / 6)
        # Response: 4 times half an hour, 4 h on solution, 10 minutes; overrun 3 h
        used, overrun, _target = figures["response",]
        self.assertAlmostEqual(used, (4 * 0.5 + 4 + 1 / 6) / 6)
        self.assertAlmostEqual(overrun, 3.0)

    def test_status(self):
        """SLM-35: statuses follow the moment at which one looks."""
        for wall, expected in (
            ("2026-03-23 13:59", {"met": 3, "missed": 1, "cancelled": 1, "running": 1}),
            ("2026-03-23 14:00", {"met": 3, "missed": 1, "cancelled": 1, "at_risk": 1}),
            (
                "2026-03-23 18:00",
                {"met": 3, "missed": 1, "cancelled": 1, "breached": 1},
            ),
        ):
            with self.subTest(wall=wall):
                figures = self._groups(
                    ["status"],
                    "__count",
                    wall=wall,
                    domain=[("metric", "=", "resolution")],
                )
                self.assertEqual({k: v for (k,), (v,) in figures.items()}, expected)

    def test_dimensions(self):
        """SLM-35: by customer, service, team, agreement and month."""
        self.tickets[:2].service_id = self.service
        figures = self._groups(["service_id"], "ticket_id:count_distinct")
        self.assertEqual(figures[self.service,], (2,))
        figures = self._groups(["commercial_partner_id"], "decided:sum")
        self.assertEqual(figures, {(self.customer,): (10,)})
        figures = self._groups(["reported_at:month", "team_id"], "__count")
        self.assertEqual(list(figures.values()), [(12,)])
        self.assertEqual([key[1] for key in figures], [self.team])

    def test_history_is_marked(self):
        """Design, Manners: imported history can be told apart."""
        figures = self._groups(["is_history"], "__count")
        self.assertEqual(figures, {(False,): (12,)})
