# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo data: believable, complete and silent."""

import ast
import pathlib
from datetime import datetime

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from odoo.addons.itsm.demo import chinese
from odoo.addons.itsm.hooks import post_init_hook


class DemoCase(TransactionCase):
    """Loads the demo data as the installation does."""

    @classmethod
    def _load(cls):
        cls.counts = cls._count_noise()
        cls.before = cls.env["helpdesk.ticket"].search([])
        for path in Manifest.for_addon("itsm")["demo"]:
            convert_file(
                cls.env(context={"install_demo": True}),
                "itsm",
                path,
                {},
                mode="init",
                noupdate=True,
            )
        post_init_hook(cls.env)
        cls.env.flush_all()
        cls.tickets = cls.env["helpdesk.ticket"].search([]) - cls.before

    @classmethod
    def _count_noise(cls):
        domain = [("model", "=", "helpdesk.ticket")]
        return (
            cls.env["mail.mail"].search_count([("model", "=", "helpdesk.ticket")]),
            cls.env["mail.message"].search_count(domain),
            cls.env["mail.activity"].search_count(
                [("res_model", "=", "helpdesk.ticket")]
            ),
        )


@tagged("post_install", "-at_install", "standard")
class TestDemoChinese(DemoCase):
    """Issue 4: a Chinese demo company, for an administrator who reads Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env.ref("base.user_admin").lang = "zh_CN"
        cls._load()

    def test_names(self):
        """Names, services, tickets, calendars and currency are Chinese; silent."""
        company = self.env.ref("base.main_company")
        self.assertEqual(company.currency_id.name, "CNY")
        records = [
            self.env.ref(xmlid).with_context(lang="zh_CN")
            for xmlid in (*chinese.NAMES, *chinese.TRANSLATED)
        ]
        names = [record.name for record in records]
        names += self.tickets.mapped("name")
        self.assertFalse([name for name in names if name.isascii()])
        agreements = self.tickets.clock_ids.agreement_id
        self.assertEqual(set(agreements.mapped("tz")), {"Asia/Shanghai"})
        self.assertEqual(self._count_noise(), self.counts)

    def test_holidays(self):
        """National Day stops the clocks, a make-up day runs them (the example)."""
        timeline = self.env.ref("itsm.resource_calendar_london")._itsm_timeline(
            company=self.env.ref("base.main_company")
        )
        # 2026-10-01 in Shanghai; 2026-01-04 is a Sunday on which people work
        self.assertFalse(
            timeline.elapsed(datetime(2026, 9, 30, 16), datetime(2026, 10, 1, 16))
        )
        self.assertTrue(
            timeline.elapsed(datetime(2026, 1, 3, 16), datetime(2026, 1, 4, 16))
        )

    def test_every_clock_state(self):
        """A viewer finds a ticket in nearly every clock state here, too."""
        self.assertLessEqual(
            {"running", "breached", "paused", "met", "missed", "cancelled"},
            set(self.tickets.mapped("clock_status")),
        )


@tagged("post_install", "-at_install", "standard")
class TestDemo(DemoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load()

    def test_silent(self):
        """Loading demo data sends no mail and makes no message or activity."""
        self.assertGreater(len(self.tickets), 150)
        self.assertEqual(self._count_noise(), self.counts)

    def test_every_clock_state(self):
        """A viewer finds a ticket in every clock state (SLM-35, INC-37)."""
        statuses = set(self.tickets.mapped("clock_status"))
        self.assertLessEqual(
            {"running", "at_risk", "breached", "paused", "met", "missed", "cancelled"},
            statuses,
        )

    def test_alerts_of_the_past_reach_nobody(self):
        """What was late before the demo began is logged, and told to nobody."""
        alerts = self.env["itsm.clock.alert"].search(
            [("ticket_id", "in", self.tickets.ids)]
        )
        self.assertTrue(alerts)
        self.assertLessEqual(set(alerts.mapped("outcome")), {"silent", "passed"})

    def test_logins(self):
        """One login for each role, with the group of that role."""
        for login, group in (
            ("agent", "itsm_base.itsm_group_agent"),
            ("lead", "itsm_base.itsm_group_lead"),
            ("sla", "itsm_sla.itsm_group_sla_manager"),
            ("manager", "itsm_base.itsm_group_manager"),
            ("customer", "base.group_portal"),
        ):
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(group), login)

    def test_agreements(self):
        """Agreements in every stage of their life, customers in two zones (SLM-06)."""
        agreements = self.env["itsm.agreement"].search(
            [("code", "!=", False), ("id", "in", self._demo_ids("itsm.agreement"))]
        )
        self.assertEqual(set(agreements.mapped("state")), {"draft", "active"})
        self.assertEqual(len(agreements.filtered("overdue")), 1)
        self.assertLessEqual(
            {"Europe/London", "Asia/Shanghai"}, set(agreements.mapped("tz"))
        )

    def _demo_ids(self, model):
        return (
            self.env["ir.model.data"]
            .search([("module", "=", "itsm"), ("model", "=", model)])
            .mapped("res_id")
        )

    def test_figures(self):
        """REP-30: key figures of the months that the tickets tell of, some frozen."""
        values = self.env["itsm.kpi.value"].search([("no_data", "=", False)])
        self.assertIn("K41", values.kpi_id.mapped("code"))
        self.assertTrue(values.filtered("frozen"))

    def test_legs(self):
        """A viewer finds legs of teams and of the carrier, open and done."""
        legs = self.tickets.leg_clock_ids
        self.assertEqual(set(legs.mapped("kind")), {"ola", "uc"})
        self.assertLessEqual({"handed_over", "met"}, set(legs.mapped("status")))
        self.assertTrue(legs.filtered(lambda leg: leg.phase in ("running", "paused")))
        self.assertTrue(self.tickets.filtered("supplier_id"))

    def test_desk(self):
        """DSK-04, DSK-08, DSK-21, INC-01, INC-42, REQ-05: no screen is empty."""
        for model, field, states in (
            ("itsm.interaction", "state", {"new", "answered"}),
            ("itsm.shift", "kind", {"desk", "on_call"}),
            ("itsm.shift.template", "kind", {"desk", "on_call"}),
            ("itsm.shift.exchange", "state", {"asked"}),
            ("itsm.visit", "state", {"planned", "signed"}),
            ("itsm.visit", "seal", {"none", "intact"}),
            ("itsm.major.incident", "state", {"declared", "reviewed"}),
            ("itsm.request", "state", {"department", "partly"}),
            ("itsm.desk.assessment", "state", {"done"}),
            ("itsm.document", "state", {"draft", "approved"}),
            ("itsm.duty", "state", {"open", "done"}),
            ("itsm.event", "outcome", {"created", "joined"}),
            ("itsm.ticket.escalation", "kind", {"functional"}),
            ("itsm.contact", "channel_code", {"phone", "mail"}),
        ):
            with self.subTest(model=model):
                found = self.env[model].search([])
                self.assertLessEqual(states, set(found.mapped(field)))
        self.assertTrue(self.env["itsm.work.log"].search([]))
        self.assertTrue(
            self.env["itsm.enforcement.finding"].search(
                [("rule_id.code", "=", "close_confirmation")]
            )
        )
        self.assertEqual(
            set(self.tickets.mapped("restriction")), {False, "security", "person"}
        )
        self.assertEqual(max(self.tickets.mapped("child_count")), 2)

    def _user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def test_changes_without_authorisation(self):
        """CFG-17: a change says the same of itself in the history and in the list of
        what nobody had authorised."""
        changes = self.env["itsm.ci.unauthorised"].search(
            [("attribute", "in", ("version", "serial"))]
        )
        # each once, whether the guard watched or not
        self.assertEqual(sorted(changes.mapped("attribute")), ["serial", "version"])
        self.assertEqual(sorted(changes.mapped("state")), ["explained", "new"])
        for change in changes:
            line = change.history_id
            for name in ("origin", "user_id", "time", "new_value"):
                self.assertEqual(change[name], line[name], name)
            self.assertEqual(change.origin, "screen")

    def test_company(self):
        """SLM-18, SLM-74: the company works in the zone of its address, on paper, too;
        somebody is the management representative, and nobody gave himself authority."""
        company = self.env.ref("base.main_company")
        self.assertEqual(company.city, "London")
        self.assertEqual(company.resource_calendar_id.tz, "Europe/London")
        agreements = self.env["itsm.agreement"].search(
            [("is_template", "=", False), ("company_id", "=", company.id)]
        )
        self.assertNotIn("Europe/Brussels", agreements.mapped("tz"))
        role = self.env.ref("itsm_base.itsm_role_management_representative")
        self.assertEqual(role._holders(company).login, "manager")
        authorities = self.env["itsm.signing.authority"].search([])
        self.assertFalse(authorities.filtered(lambda a: a.user_id == a.granted_by_id))

    def test_service_levels(self):
        """SLM-29, SLM-19, SLM-22, AVC-05, AVC-09, SLM-38, SLM-64, REP-11, SLM-41,
        SLM-47: no screen of service levels is empty for the role that uses it."""
        for login, model, field, values in (
            (
                *("agent", "itsm.level.requirement", "state"),
                {"collected", "analysed", "baselined", "agreed", "rejected"},
            ),
            ("sla", "itsm.agreement", "signing_state", {"draft", "signed"}),
            ("sla", "itsm.agreement.signature", "way", {"own", "portal"}),
            (
                *("sla", "itsm.agreement.signature", "side"),
                {"department", "provider", "customer"},
            ),
            ("manager", "itsm.signing.authority", "kind", {"sla", "ola", "uc"}),
            (
                *("agent", "itsm.agreement.negotiation", "outcome"),
                {"open", "accepted", "rejected", "counter"},
            ),
            ("engineer", "itsm.agreement.gap", "state", {"open", "waived"}),
            ("lead", "itsm.whatif", "state", {"computed"}),
            ("agent", "itsm.outage", "state", {"proposed", "confirmed"}),
            ("agent", "itsm.outage", "planned", {True, False}),
            ("engineer", "itsm.availability", "frozen", {True, False}),
            ("engineer", "itsm.availability", "status", {"met", "missed"}),
            ("agent", "itsm.workload", "limit", {10, 30}),
            ("lead", "itsm.breach", "state", {"explained", "to_explain"}),
            ("sla", "itsm.credit.proposal", "state", {"proposed"}),
            ("sla", "itsm.report.definition", "family", {"sla", "internal", "kpi"}),
            ("manager", "itsm.service.report", "state", {"draft", "published"}),
            ("lead", "itsm.agreement.review", "state", {"planned"}),
            ("agent", "itsm.improvement.plan", "state", {"running", "reached"}),
        ):
            with self.subTest(login=login, model=model, field=field):
                found = self.env[model].with_user(self._user(login)).search([])
                self.assertLessEqual(values, set(found.mapped(field)))

    def test_questions(self):
        """CAT-07: an item does not ask what every request asks: by when, what for."""
        questions = self.env.ref("itsm.itsm_service_desktop_laptop").question_ids
        self.assertEqual(questions.mapped("code"), ["model", "programs", "screens"])
        answers = self.env["itsm.request.answer"].search(
            [("question_id", "in", questions.ids)]
        )
        # one line of one request, two lines of another
        self.assertEqual(len(answers), 9)
        self.assertTrue(all(answers.line_id.request_id.mapped("wanted_date")))

    def test_service_levels_read(self):
        """SLM-05, SLM-63, SLM-50, design 4: what the screens show says something."""
        draft = self.env.ref("itsm.agreement_demo_meadow")
        self.assertEqual(sorted(draft.gap_ids.mapped("state")), ["open", "waived"])
        self.assertEqual(set(draft.gap_ids.mapped("what")), {"time"})
        self.assertGreater(draft.whatif_id.ticket_count, 3)
        self.assertTrue(draft.whatif_id.answer_ids)
        self.assertGreater(len(draft.clause_ids), 15)
        signed = self.env["itsm.agreement.signature"].search([]).agreement_id
        self.assertEqual(
            signed.mapped(lambda a: (a.state, a.signing_state, a.chain_state)),
            [("active", "signed", "aligned")],
        )
        self.assertFalse(signed.support_ids.supporting_id.gap_ids)
        self.assertEqual(len(signed.countersign_ids), 2)
        pareto = self.env["itsm.breach.pareto"].with_user(self._user("lead")).create({})
        self.assertGreater(len(pareto.line_ids.cause_id), 3)
        plan = self.env["itsm.improvement.plan"].search([("state", "=", "running")])
        self.assertTrue(plan.before_denominator)
        self.assertTrue(self.env["itsm.credit.proposal"].search([]).total)
        duty = self.env["itsm.service.report"].search([("state", "=", "published")])
        self.assertEqual(duty.duty_id.state, "done")

    def test_service_levels_of_the_customer(self):
        """SLM-68, REP-14: the customer finds his agreement and report in the portal."""
        customer = self._user("customer")
        reports = self.env["itsm.service.report"]
        self.assertEqual(
            reports.search(reports._portal_domain(customer)).partner_id,
            customer.partner_id.commercial_partner_id,
        )
        deliveries = self.env["itsm.report.delivery"].search([])
        self.assertIn(customer.partner_id, deliveries.partner_id)

    def test_roster_is_planned(self):
        """DSK-08: the desk lead plans a roster of a week as the company is."""
        lead = self.env.ref("itsm.res_users_lead")
        plan = (
            self.env["itsm.shift.plan"]
            .with_user(lead)
            .create(
                {
                    "team_id": self.env.ref("itsm.helpdesk_ticket_team_desk").id,
                    "date_from": "2031-06-02",
                    "date_to": "2031-06-06",
                }
            )
        )
        plan.action_plan()
        shifts = self.env["itsm.shift"].search([("start", ">=", "2031-06-01")])
        self.assertEqual(sorted(shifts.mapped("kind")), ["desk"] * 10 + ["on_call"] * 5)

    def test_service_is_published(self):
        """CAT-13: somebody can approve a service of the demo company, whoever of its
        people asks."""
        for name in ("admin", "manager"):
            with self.subTest(name=name):
                user = self.env["res.users"].search([("login", "=", name)])
                service = (
                    self.env["itsm.service"]
                    .with_user(user)
                    .create(
                        {
                            "name": f"Telephone {name}",
                            "summary": "Lines and sets",
                            "audience": "Everybody",
                            "delivery_method": "On the spot",
                            "owner_id": user.id,
                            "company_id": self.env.ref("base.main_company").id,
                        }
                    )
                )
                service.action_request_publication()
                version = service.pending_version_id
                holder = self.env.ref("itsm.res_users_sla")
                version.with_user(holder).action_approve()
                self.assertEqual(service.state, "live")

    def test_desk_is_restricted(self):
        """Table 3: the agent does not see the restricted tickets, the manager does."""
        restricted = self.tickets.filtered("restriction")
        domain = [("id", "in", restricted.ids)]
        for login, count in (("agent", 0), ("manager", 2)):
            user = self.env["res.users"].search([("login", "=", login)])
            tickets = self.env["helpdesk.ticket"].with_user(user)
            self.assertEqual(tickets.search_count(domain), count, login)

    def test_logins_are_printed(self):
        """Manners: ``./dev run`` and the README name each login of the demo company."""
        root = pathlib.Path(__file__).resolve().parents[1]
        source = ast.parse((root / "dev").read_text("utf-8"))
        printed = next(
            ast.literal_eval(node.value)
            for node in source.body
            if isinstance(node, ast.Assign) and node.targets[0].id == "DEMO_LOGINS"
        )
        data = self.env["ir.model.data"].search(
            [("module", "=", "itsm"), ("model", "=", "res.users")]
        )
        logins = set(
            self.env["res.users"].browse(data.mapped("res_id")).mapped("login")
        )
        self.assertTrue(logins)
        self.assertEqual({login for login, _role in printed}, logins | {"admin"})
        readme = (root / "README.md").read_text("utf-8")
        for login in logins:
            self.assertIn(f"`{login}`", readme)
