# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .sheet_common import SheetCommon


@tagged("post_install", "-at_install")
class TestSheetTeam(SheetCommon):
    """Issue 4, First day: teams, their members and mail addresses."""

    def test_teams_example(self):
        """Teams with members and a leader; a second time nothing changes."""
        self.env.ref("base.user_admin").company_ids |= self.company
        data = self._example("itsm_base", "teams_en.csv")
        wizard = self._import("team", data)
        self.assertEqual(set(self._states(wizard).values()), {"new"})
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            set(teams.mapped("name")),
            {"Service Desk", "Network Team", "Workplace Team"},
        )
        desk = teams.filtered(lambda team: team.name == "Service Desk")
        self.assertEqual(desk.user_id.login, "admin")
        self.assertEqual(desk.user_ids.mapped("login"), ["admin"])
        self.assertEqual(desk.alias_name, "servicedesk")
        again = self._preview("team", data)
        self.assertEqual(set(self._states(again).values()), {"same"})

    def test_teams_alias(self):
        """An address is compared as Odoo keeps it: again, no change."""
        data = self._csv("Team,Mail Address", "Desk,IT Support@example.com")
        self._import("team", data)
        team = self.env["helpdesk.ticket.team"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(team.alias_name, "it-support")
        again = self._preview("team", data)
        self.assertEqual(self._states(again), {2: "same"})

    def _teams(self):
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "=", self.company.id)]
        )
        return {team.name: team for team in teams}

    def test_teams_names(self):
        """A team is found whatever the case and blanks of its name; signs count."""
        self.env["helpdesk.ticket.team"].create(
            {"name": " Network  Team ", "company_id": self.company.id}
        )
        data = self._csv(
            "Team,Member",
            "network team,sheet-manager",
            "C,sheet-manager",
            "C#,sheet-manager",
            "c ,",
        )
        wizard = self._import("team", data)
        self.assertEqual(
            self._states(wizard), {2: "changed", 3: "new", 4: "new", 5: "new"}
        )
        self.assertEqual(sorted(self._teams()), [" Network  Team ", "C", "C#"])
        again = self._preview("team", data)
        self.assertEqual(self._states(again), dict.fromkeys(range(2, 6), "same"))

    def test_teams_names_twice(self):
        """Of two teams that differ by case the one written the same way is meant."""
        self.env["helpdesk.ticket.team"].create(
            [{"name": name, "company_id": self.company.id} for name in ("Desk", "DESK")]
        )
        wizard = self._import(
            "team",
            self._csv("Team,Member", "DESK,sheet-manager", "desk,"),
        )
        self.assertEqual(self._states(wizard), {2: "changed", 3: "error"})
        self.assertIn("2 teams", self._messages(wizard)[3])
        self.assertFalse(self._teams()["Desk"].user_ids)
        self.assertEqual(self._teams()["DESK"].user_ids, self.manager)

    def test_teams_alias_taken(self):
        """A mail address that is taken is an error of its row; the others are read."""
        domain = self.env["mail.alias.domain"].create(
            {
                "name": "sheet.example",
                "bounce_alias": "sheet-bounce",
                "catchall_alias": "sheet-catchall",
            }
        )
        self.company.alias_domain_id = domain
        teams = self.env["helpdesk.ticket.team"].create(
            [
                {"name": name, "company_id": self.company.id, "alias_name": alias}
                for name, alias in (
                    ("Taker", "taken"),
                    ("Own", "own"),
                    ("Kept", "kept"),
                )
            ]
        )
        self.assertEqual(teams.alias_domain_id, domain)
        data = self._csv(
            "Team,Mail Address,Member",
            "New,taken",
            "Own,Taken@sheet.example",
            "Kept,kept@sheet.example",
            "One,first",
            "Two,first",
            "Bounce,sheet-bounce",
            "Catchall,sheet-catchall",
            "Chinese,客服",
            "Three,third",
            "Three ,fourth,sheet-manager",
            "Four,@sheet.example",
            "Five,fifth",
        )
        wizard = self._import("team", data)
        states = self._states(wizard)
        self.assertEqual(
            [number for number, state in states.items() if state == "error"],
            [2, 3, 6, 7, 8, 9, 11, 12],
        )
        messages = self._messages(wizard)
        for number, words in {
            2: "taken@sheet.example",
            3: "taken@sheet.example",
            6: "row 5",
            7: "bounce",
            8: "bounce",
            9: "Latin",
            11: "row 10",
            12: "Latin",
        }.items():
            with self.subTest(row=number):
                self.assertIn(words, messages[number])
        self.assertEqual(states[4], "same")
        aliases = {name: team.alias_name for name, team in self._teams().items()}
        self.assertEqual(
            aliases,
            {
                "Taker": "taken",
                "Own": "own",
                "Kept": "kept",
                "One": "first",
                "Three": "third",
                "Five": "fifth",
            },
        )
        again = self._preview("team", data)
        self.assertEqual(
            {n for n, state in self._states(again).items() if state == "same"},
            {4, 5, 10, 13},
        )

    def test_teams_query_count(self):
        """A sheet of 60 teams is compared with as many queries as one of 6."""

        def count(rows):
            data = self._csv(
                "Team,Mail Address", *(f"Q{i},queue{i}" for i in range(rows))
            )
            self._preview("team", data)  # caches
            before = self.env.cr.sql_log_count
            self._preview("team", data)
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(count(60), count(6) + 2)

    def test_teams_errors(self):
        """A member who may not work in the company, a leader without a name."""
        stranger = self.env["res.users"].create(
            {"name": "Stranger", "login": "sheet-stranger"}
        )
        wizard = self._import(
            "team",
            self._csv(
                "Team,Member,Leader",
                f"Desk,{stranger.login},yes",
                "Desk,,yes",
                "Desk,sheet-manager,perhaps",
                "Desk,sheet-manager,yes",
            ),
        )
        self.assertEqual(
            self._states(wizard), {2: "error", 3: "error", 4: "error", 5: "error"}
        )
        self.assertIn("may not work in", self._messages(wizard)[2])
        self.assertIn("row 4", self._messages(wizard)[5])
        self.assertFalse(
            self.env["helpdesk.ticket.team"].search(
                [("company_id", "=", self.company.id)]
            )
        )
