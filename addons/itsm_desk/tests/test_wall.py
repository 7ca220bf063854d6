# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bus.models import ir_websocket
from odoo.addons.itsm_sla.tests.common import SlaCommon

from ..models.helpdesk_ticket_wall import WALL_CHANNEL

NOW = "2026-03-26 10:00"  # a Thursday


@tagged("post_install", "-at_install")
class TestWall(SlaCommon):
    """A week of two teams; who is late follows from the targets of `SlaCommon`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls._create_agreement()
        cls.pause_reason.max_hours = 12
        cls.wall = cls.env["itsm.wall"].with_user(cls.agent)

    def setUp(self):
        super().setUp()
        # late: no answer, and 4 h of resolution are over on Monday
        self.late = self._report("2026-03-23 10:00")
        self.fresh = self._report(
            "2026-03-26 09:30", priority="0", user_id=self.agent.id
        )
        # 3 h of 4 h are used: at risk from now on
        self.risky = self._report("2026-03-25 16:00", user_id=self.agent.id)
        self._reply("2026-03-25 16:10", self.risky)
        self.waiting = self._report(
            "2026-03-25 10:00", priority="0", user_id=self.agent.id
        )
        self._reply("2026-03-25 10:10", self.waiting)
        self._move("2026-03-25 10:30", self.waiting, "paused")
        # solved: by the first line today; by the second and a request yesterday
        self.first = self._report("2026-03-26 09:00", user_id=self.agent.id)
        self._move("2026-03-26 09:40", self.first, "resolved")
        self.second = self._report(
            "2026-03-24 10:00", support_line="2", user_id=self.agent.id
        )
        self.request = self._report(
            "2026-03-24 11:00", itsm_kind="request", user_id=self.agent.id
        )
        self._move("2026-03-25 12:00", self.second | self.request, "resolved")
        # of the other team, since February
        self.old = self._report(
            "2026-02-01 10:00", priority="3", team_id=self.team_2.id
        )
        # counted nowhere
        self._report("2026-03-26 09:00").duplicate_id = self.fresh
        self._history_ticket(reported_at=self.utc("2026-03-26 09:00"))
        self._report("2026-03-26 09:00").active = False
        self.teams = self.team | self.team_2

    def _read(self, user=None, **filters):
        filters.setdefault("team_ids", self.teams.ids)
        with self.at(NOW):
            return self.wall.with_user(user or self.agent).read_figures(filters)

    def _counts(self, rows):
        return {row["key"]: row["count"] for row in rows}

    def _list(self, figure, user=None):
        """The tickets of the list behind a figure, as the web client searches them."""
        tickets = self.env["helpdesk.ticket"].with_user(user or self.agent)
        with self.at(NOW):
            return tickets.search(figure["domain"])

    def _all_figures(self, figures):
        """Every figure on the screen."""
        first_line = figures["first_line"]
        return [
            *figures["tiles"],
            *figures["priorities"],
            *[row["late"] for row in figures["priorities"]],
            *figures["ages"],
            *[day[name] for day in figures["days"] for name in ("reported", "solved")],
            *[first_line["hits"], first_line["counted"]],
            *[
                team[name]
                for team in figures["teams"]["shown"]
                for name in ("open", "unassigned", "breached")
            ],
        ]

    def test_figures(self):
        """Issue 5, Pictures; INC-23, DSK-02, DSK-03: each figure, counted by hand."""
        figures = self._read()
        self.assertEqual(
            self._counts(figures["tiles"]),
            {
                "open": 5,
                "breached": 2,
                "at_risk": 1,
                "unassigned": 2,
                "pause_overdue": 1,
            },
        )
        self.assertEqual(
            [
                (row["key"], row["count"], row["late"]["count"])
                for row in figures["priorities"]
            ],
            [("3", 1, 1), ("2", 2, 1), ("1", 0, 0), ("0", 2, 0)],
        )
        # 24 h are not "up to 1 day", 72 h are not "1 to 3 days"
        self.assertEqual([row["count"] for row in figures["ages"]], [2, 1, 1, 0, 1])
        self.assertEqual(
            [
                (day["date"], day["reported"]["count"], day["solved"]["count"])
                for day in figures["days"][3:]
            ],
            [
                ("2026-03-23", 1, 0),
                ("2026-03-24", 2, 0),
                ("2026-03-25", 2, 2),
                ("2026-03-26", 2, 1),
            ],
        )
        self.assertEqual(figures["first_line"]["hits"]["count"], 1)
        self.assertEqual(figures["first_line"]["counted"]["count"], 2)
        rows = [
            (
                row["name"],
                row["people"],
                row["open"]["count"],
                round(row["per_person"], 2),
                row["unassigned"]["count"],
                row["breached"]["count"],
            )
            for row in figures["teams"]["shown"]
        ]
        self.assertEqual(
            rows, [("Service Desk", 3, 4, 1.33, 1, 1), ("Network", 1, 1, 1.0, 1, 1)]
        )

    def test_lists(self):
        """Issue 5, Pictures: the list behind each figure has as many tickets."""
        figures = self._read()
        for figure in self._all_figures(figures):
            self.assertEqual(len(self._list(figure)), figure["count"], figure)
        by_key = {tile["key"]: tile for tile in figures["tiles"]}
        self.assertEqual(self._list(by_key["breached"]), self.late | self.old)
        self.assertEqual(self._list(by_key["at_risk"]), self.risky)
        self.assertEqual(self._list(by_key["pause_overdue"]), self.waiting)
        self.assertEqual(self._list(figures["first_line"]["hits"]), self.first)

    def test_words(self):
        """Issue 5, Pictures: colour never alone: each level has its word."""
        levels = {
            tile["key"]: (tile["level"], tile["word"]) for tile in self._read()["tiles"]
        }
        self.assertEqual(levels["open"], ("plain", ""))
        self.assertEqual(levels["breached"], ("danger", "Too late: act now"))
        self.assertEqual(levels["at_risk"], ("warning", "Soon too late"))
        calm = self._read(team_ids=[0])
        self.assertTrue(all(not figure["count"] for figure in self._all_figures(calm)))
        self.assertEqual({tile["level"] for tile in calm["tiles"][1:]}, {"success"})
        self.assertTrue(all(tile["word"] for tile in calm["tiles"][1:]))

    def test_reader(self):
        """Issue 5, Pictures: figures are of what the reader may read."""
        of_team = self._create_user(
            "wall-network", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team_2.user_ids = [Command.link(of_team.id)]
        figures = self._read(of_team)
        self.assertEqual(self._counts(figures["tiles"])["open"], 1)
        for figure in self._all_figures(figures):
            self.assertEqual(len(self._list(figure, of_team)), figure["count"], figure)

    def test_strangers(self):
        """Issue 5, Pictures: who is not of the desk has no wall screen."""
        for user in (self.employee, self.portal_user, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._read(user)

    def test_companies(self):
        """Issue 5, Pictures: another company is counted only where it was chosen."""
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": other.id}
        )
        with self.at(NOW):
            self.env["helpdesk.ticket"].create(
                {
                    "name": "Elsewhere",
                    "description": "<p>x</p>",
                    "company_id": other.id,
                    "team_id": team.id,
                    "user_id": False,
                }
            )
        self.agent.company_ids = [Command.link(other.id)]
        ids = [*self.teams.ids, team.id]

        def opened(companies, **filters):
            wall = self.wall.with_context(allowed_company_ids=companies.ids)
            with self.at(NOW):
                figures = wall.read_figures({"team_ids": ids, **filters})
            return self._counts(figures["tiles"])["open"], figures

        self.assertEqual(opened(self.company)[0], 5)
        both, figures = opened(self.company | other)
        self.assertEqual(both, 6)
        self.assertEqual(len(figures["choices"]["companies"]), 2)
        self.assertEqual(opened(self.company | other, company_ids=other.ids)[0], 1)
        self.assertEqual(opened(self.company, company_ids=other.ids)[0], 0)

    def test_queries(self):
        """Issue 5, Speed: queries grow neither with tickets nor teams."""

        def queries():
            for _warm in "12":
                self._read(team_ids=[])
                self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read(team_ids=[])
            return self.env.cr.sql_log_count - before

        few = queries()
        teams = self.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": f"Team {i}",
                    "company_id": self.company.id,
                    "user_ids": [Command.set((self.agent | self.lead).ids)],
                }
                for i in range(30)
            ]
        )
        with self.at("2026-03-26 09:00"):
            self.env["helpdesk.ticket"].create(
                [self._ticket_vals(team_id=team.id) for team in teams for _i in "12"]
            )
        self.assertEqual(queries(), few)
        self.assertLessEqual(few, 20)
        shown = self._read(team_ids=[])["teams"]
        self.assertEqual(len(shown["shown"]), 8)
        self.assertGreaterEqual(shown["more"], 24)

    def test_bad_filters(self):
        """Issue 5, Bad input: filters that are no lists of numbers are refused."""
        for filters in (
            {"team_ids": "1"},
            {"team_ids": ["1"]},
            {"team_ids": [True]},
            {"company_ids": {"a": 1}},
            [1],
        ):
            with self.assertRaises(UserError):
                self.wall.read_figures(filters)
        self.assertTrue(self.wall.read_figures())

    def test_team_load(self):
        """DSK-03: people against open tickets in the list of teams, and the lists."""
        with self.at(NOW):
            team = self.team.with_user(self.agent)
            self.assertEqual((team.load_people, team.load_open), (3, 4))
            self.assertEqual(team.load_per_person, 1.3)
            self.assertEqual((team.load_unassigned, team.load_breached), (1, 1))
            for part in ("open", "unassigned", "breached"):
                action = team.with_context(load=part).action_open_load()
                found = self.env["helpdesk.ticket"].search(action["domain"])
                self.assertEqual(len(found), team[f"load_{part}"])

    def test_bus_listeners(self):
        """Issue 5, Pictures: only people of the desk hear that tickets changed."""
        websocket = self.env["ir.websocket"]
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        session = SimpleNamespace(uid=self.agent.id)
        with patch.object(ir_websocket, "wsrequest", SimpleNamespace(session=session)):
            for user, hears in ((self.agent, True), (self.employee, False)):
                channels = websocket.with_user(user)._build_bus_channel_list(
                    ["own", WALL_CHANNEL]
                )
                names = [name for name in channels if isinstance(name, str)]
                self.assertIn("own", names)
                self.assertNotIn(WALL_CHANNEL, names)
                addresses = [name for name in channels if isinstance(name, tuple)]
                self.assertEqual((group, WALL_CHANNEL) in addresses, hears)

    def test_bus(self):
        """Issue 5, Pictures: a change is told once, without its content."""
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        channel = f'["{self.env.cr.dbname}","res.groups",{group.id},"{WALL_CHANNEL}"]'
        self._flush_tracking()
        rows = self.env["bus.bus"].search([("channel", "=", channel)])
        rows.unlink()
        self.fresh.priority = "1"
        self.risky.priority = "1"
        self._flush_tracking()
        rows = self.env["bus.bus"].search([("channel", "=", channel)])
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows.message, f'{{"type":"{WALL_CHANNEL}","payload":{{}}}}')
        rows.unlink()
        self._history_ticket()
        self._flush_tracking()
        self.assertFalse(self.env["bus.bus"].search([("channel", "=", channel)]))
