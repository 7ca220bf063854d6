# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.sheet_common import SheetCommon


@tagged("post_install", "-at_install")
class TestSheetAgreement(SheetCommon):
    """Issue 4, First day: agreements with targets; and all sheets in their order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.user_admin").company_ids |= cls.company
        cls.granter = cls._user(
            "sheet-all",
            "itsm_base.itsm_group_manager",
            "itsm_sla.itsm_group_sla_manager",
            "base.group_erp_manager",
            "base.group_partner_manager",
        )

    def _agreements(self):
        return self.env["itsm.agreement"].search([("company_id", "=", self.company.id)])

    def test_all_examples(self):
        """All four examples one after the other; each again: no change."""
        for language in ("en", "zh"):
            with self.subTest(language=language):
                for module, kind in (
                    ("itsm_base", "service"),
                    ("itsm_base", "team"),
                    ("itsm_base", "requester"),
                    ("itsm_sla", "agreement"),
                ):
                    data = self._example(module, f"{kind}s_{language}.csv")
                    wizard = self._import(kind, data, self.granter)
                    self.assertNotIn(
                        "error", self._states(wizard).values(), self._messages(wizard)
                    )
                    again = self._preview(kind, data, self.granter)
                    self.assertEqual(
                        set(self._states(again).values()),
                        {"same"},
                        self._messages(again),
                    )
                    self.assertEqual(again.change_count, 0)
        agreements = self._agreements()
        self.assertEqual(len(agreements), 4)
        self.assertEqual(set(agreements.mapped("state")), {"draft"})

    def test_values(self):
        """SLM-05: parties, dates, zone, services, and targets in minutes and days."""
        for kind in ("service", "team", "requester"):
            data = self._example("itsm_base", f"{kind}s_en.csv")
            self._import(kind, data, self.granter)
        data = self._example("itsm_sla", "agreements_en.csv")
        self._import("agreement", data, self.granter)
        sla = self._agreements().filtered(lambda agreement: agreement.kind == "sla")
        self.assertEqual(sla.name, "Northwind office services")
        self.assertEqual(sla.partner_id.name, "Northwind Trading")
        self.assertEqual(set(sla.service_ids.mapped("code")), {"MAIL", "NET"})
        self.assertEqual(
            (sla.date_start, sla.date_end), (date(2026, 1, 1), date(2026, 12, 31))
        )
        self.assertEqual(sla.tz, "Europe/London")
        self.assertEqual(
            {
                (target.priority, target.metric): (
                    target.minutes,
                    target.days,
                    target.day_hour,
                )
                for target in sla.target_ids
            },
            {
                ("3", "response"): (15, 0, 0),
                ("3", "resolution"): (240, 0, 0),
                ("2", "response"): (30, 0, 0),
                ("2", "resolution"): (480, 0, 0),
                ("1", "response"): (120, 0, 0),
                ("1", "resolution"): (0, 2, 17),
                ("0", "response"): (240, 0, 0),
                ("0", "resolution"): (0, 5, 17),
            },
        )
        ola = self._agreements() - sla
        self.assertEqual(ola.team_id.name, "Service Desk")

    def test_change_and_in_force(self):
        """A draft takes the correction; what is in force needs a new version."""
        head = "Agreement,Kind,Ticket Kind,Priority,Metric,Target"
        rows = ("Mine,SLA,Incident,P1,Response,30 min",)
        self._import("agreement", self._csv(head, *rows), self.granter)
        agreement = self._agreements()
        rows = (
            "Mine,SLA,Incident,P1,Response,20 min",
            "Mine,,Incident,P1,Resolution,1 h 30 min",
        )
        wizard = self._import("agreement", self._csv(head, *rows), self.granter)
        self.assertEqual(self._states(wizard), {2: "changed", 3: "changed"})
        self.assertEqual(
            {target.metric: target.minutes for target in agreement.target_ids},
            {"response": 20, "resolution": 90},
        )
        agreement.calendar_id = self.env["resource.calendar"].create(
            {"name": "Sheet office", "tz": "UTC", "company_id": self.company.id}
        )
        agreement.action_activate()
        wizard = self._preview("agreement", self._csv(head, *rows), self.granter)
        self.assertEqual(set(self._states(wizard).values()), {"same"})
        rows = ("Mine,SLA,Incident,P1,Response,10 min",)
        wizard = self._preview("agreement", self._csv(head, *rows), self.granter)
        self.assertEqual(self._states(wizard), {2: "error"})
        self.assertIn("new version", self._messages(wizard)[2])

    def test_kind_stays(self):
        """A sheet that says nothing of the kind leaves it, and its party, alone."""
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Night Desk", "company_id": self.company.id}
        )
        head = "Agreement,Kind,Party,Ticket Kind,Priority,Metric,Target"
        row = "Ours,OLA,Night Desk,Incident,P1,Response,30 min"
        self._import("agreement", self._csv(head, row), self.granter)
        agreement = self._agreements()
        self.assertEqual((agreement.kind, agreement.team_id), ("ola", team))
        row = "Ours,,Night Desk,Incident,P1,Response,20 min"
        wizard = self._import("agreement", self._csv(head, row), self.granter)
        self.assertEqual(self._states(wizard), {2: "changed"}, self._messages(wizard))
        self.assertEqual((agreement.kind, agreement.team_id), ("ola", team))
        self.assertEqual(agreement.target_ids.minutes, 20)

    def test_names(self):
        """Agreements, teams, calendars and customers whatever the case and blanks."""
        self.env["helpdesk.ticket.team"].create(
            {"name": "Names Team ", "company_id": self.company.id}
        )
        customer = self.env["res.partner"].create(
            {"name": "Names Trading Ltd", "is_company": True}
        )
        calendar = self.env["resource.calendar"].create(
            {"name": "Names Hours", "company_id": self.company.id}
        )
        head = "Agreement,Kind,Party,Service Hours,Ticket Kind,Priority,Metric,Target"
        self._import(
            "agreement",
            self._csv(
                head,
                "Names OLA,OLA,Names Team,Names Hours,incident,P1,response,30 min",
                "Names SLA,SLA,Names Trading Ltd,,incident,P1,response,30 min",
                "Names SLA+,SLA,Names Trading Ltd,,incident,P1,response,10 min",
            ),
            self.granter,
        )
        again = self._import(
            "agreement",
            self._csv(
                head,
                "names ola,OLA,NAMES  TEAM,names hours,incident,P1,response,30 min",
                "NAMES SLA,SLA,names trading LTD,,incident,P1,response,45 min",
            ),
            self.granter,
        )
        self.assertEqual(self._states(again), {2: "same", 3: "changed"})
        agreements = {agreement.name: agreement for agreement in self._agreements()}
        self.assertEqual(sorted(agreements), ["Names OLA", "Names SLA", "Names SLA+"])
        self.assertEqual(agreements["Names OLA"].team_id.name, "Names Team ")
        self.assertEqual(agreements["Names OLA"].calendar_id, calendar)
        self.assertEqual(agreements["Names SLA"].partner_id, customer)
        self.assertEqual(agreements["Names SLA"].target_ids.minutes, 45)
        self.assertEqual(agreements["Names SLA+"].target_ids.minutes, 10)

    def test_targets_out_of_range(self):
        """Targets that no agreement takes are errors of their rows."""
        head = "Agreement,Ticket Kind,Priority,Metric,Target"
        far = "9" * 30
        for target in ("0 min", "8761 h", far, "2 d 25:00", "2 d 16:75", "0 d 8:00"):
            with self.subTest(target=target):
                row = f"Far,Incident,P1,Response,{target}"
                wizard = self._import("agreement", self._csv(head, row), self.granter)
                self.assertEqual(self._states(wizard), {2: "error"})
                self.assertIn("is no target", self._messages(wizard)[2])

    def test_access(self):
        """Service level managers read agreements, and no services; agents nothing."""
        head = "Agreement,Kind,Ticket Kind,Priority,Metric,Target"
        data = self._csv(head, "Mine,SLA,Incident,P1,Response,30 min")
        manager = self._user("sheet-sla", "itsm_sla.itsm_group_sla_manager")
        self._import("agreement", data, manager)
        self.assertEqual(self._agreements().mapped("name"), ["Mine"])
        with self.assertRaises(AccessError):
            self._import("service", self._csv("Code,Name", "A,One"), manager)
        agent = self._user("sheet-agent-2", "itsm_base.itsm_group_agent")
        with self.assertRaises(AccessError):
            self._import("agreement", data, agent)

    def test_errors(self):
        """One bad row stops its agreement, not the others."""
        wizard = self._import(
            "agreement",
            self._csv(
                "Agreement,Kind,Party,Until,Time Zone,"
                "Ticket Kind,Priority,Metric,Target",
                "Bad,SLA,,,,Incident,P1,Response,soon",
                "Bad,,,,,Incident,P2,Response,30 min",
                "Worse,UC,Nobody Ltd,,,Incident,P1,Response,1 h",
                "Zone,SLA,,,Mars/Base,Incident,P1,Response,1 h",
                "Date,SLA,,31.31.2026,,Incident,P1,Response,1 h",
                "Two,SLA,,,UTC,Incident,P1,Response,1 h",
                "Two,OLA,,,,Incident,P2,Response,1 h",
                "Good,SLA,,2027-01-31,UTC,Incident,P1,Response,0:30",
                "Fine,SLA,,2027-01-31,UTC,Incident,P1,Response,45",
            ),
            self.granter,
        )
        states = self._states(wizard)
        self.assertEqual(states[10], "new")
        self.assertEqual({states[number] for number in range(2, 10)}, {"error"})
        messages = self._messages(wizard)
        for number, words in {
            2: "soon",
            3: "Another row",
            4: "Nobody Ltd",
            5: "Mars/Base",
            6: "31.31.2026",
            8: "SLA",
            9: "0:30",
        }.items():
            self.assertIn(words, messages[number])
        self.assertEqual(self._agreements().mapped("name"), ["Fine"])
        self.assertEqual(self._agreements().target_ids.minutes, 45)
