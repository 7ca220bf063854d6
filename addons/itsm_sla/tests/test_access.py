# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"
OPERATIONS = ("read", "write", "create", "unlink")
#: Helpdesk's own users read everything that explains a clock.
READ, ALL, NONE = {"read"}, set(OPERATIONS), set()
EVIDENCE = (
    "itsm.clock",
    "itsm.ticket.event",
    "itsm.clock.alert",
    "itsm.clock.report",
)
AGREEMENTS = (
    "itsm.agreement",
    "itsm.agreement.availability",
    "itsm.agreement.clause",
    "itsm.agreement.contact",
    "itsm.agreement.countersign",
    "itsm.agreement.division",
    "itsm.agreement.indicator",
    "itsm.agreement.level",
    "itsm.agreement.process",
    "itsm.agreement.share",
    "itsm.agreement.support",
    "itsm.agreement.target",
    "itsm.agreement.workload",
    "itsm.breach.cause",
    "itsm.escalation.rule",
    "itsm.interruption",
    "itsm.outage.cause",
)
#: What helpdesk users, agents and service level managers may do.
MEASURED = {
    "itsm.agreement.gap": (READ, READ, READ),
    "itsm.agreement.negotiation": (NONE, READ, ALL - {"unlink"}),
    "itsm.agreement.paper": (READ, READ, READ),
    "itsm.agreement.proxy": (READ, READ, READ),
    "itsm.agreement.sign": (ALL - {"unlink"},) * 3,
    "itsm.agreement.signature": (READ, READ, READ),
    "itsm.availability": (READ, READ, READ | {"write"}),
    "itsm.breach": (READ, READ, READ),
    "itsm.breach.pareto": (NONE, ALL, ALL),
    "itsm.breach.pareto.line": (NONE, ALL, ALL),
    "itsm.improvement.plan.revision": (NONE, READ, READ),
    "itsm.outage": (READ, ALL - {"unlink"}, ALL),
    "itsm.report.definition": (NONE, READ, ALL),
    "itsm.report.delivery": (NONE, NONE, READ),
    # Who writes, reviews and approves is named by the definition: see
    # test_service_report.py.
    "itsm.service.report": (NONE, ALL, ALL),
    "itsm.service.report.conclusion": (NONE, ALL, ALL),
    "itsm.service.report.publish": (NONE, ALL, ALL),
    "itsm.service.report.reason": (NONE, ALL, ALL),
    "itsm.share.verdict": (NONE, READ, READ),
    "itsm.target.result": (NONE, READ, READ),
    "itsm.workload": (READ, READ, READ),
}
#: What helpdesk users, agents, desk leads and service level managers may do.
KEPT_BY_LEADS = {
    "itsm.agreement.review": (NONE, READ, ALL - {"unlink"}, ALL),
    "itsm.agreement.review.expectation": (NONE, READ, ALL, ALL),
    "itsm.agreement.termination": (
        NONE,
        READ,
        ALL - {"unlink"},
        ALL - {"unlink"},
    ),
    "itsm.improvement.plan": (NONE, READ, ALL - {"unlink"}, ALL),
    "itsm.level.requirement": (NONE, READ, ALL - {"unlink"}, ALL),
    "itsm.level.requirement.baseline": (NONE, READ, READ, READ),
    "itsm.level.requirement.target": (NONE, READ, ALL, ALL),
    # Everybody reads his own ones: see test_service_suggestion.py.
    "itsm.service.suggestion": (READ, READ, ALL - {"unlink"}, ALL),
    "itsm.whatif": (READ, READ, ALL, ALL),
    "itsm.whatif.answer": (READ, READ, READ, READ),
    "itsm.whatif.line": (READ, READ, READ, READ),
    "itsm.whatif.month": (READ, READ, READ, READ),
    "itsm.whatif.target": (READ, READ, ALL, ALL),
}
#: Of these, others see their own ones: see the tests of each.
OWN = {
    "itsm.agreement.termination": ("portal",),
    "itsm.service.suggestion": ("employee", "portal"),
}
#: For desk leads and service level managers.
LEADS = ("itsm.ticket.exempt", "itsm.breach.explain")
#: The names of sections: every employee may be the author of a report.
OPEN = ("itsm.report.section",)
#: Written by managers of IT services alone: see test_signing.py.
SIGNING = ("itsm.signing.authority",)
#: Seen by service level managers only, with what they may do.
MANAGERS = {
    "itsm.agreement.activate": ALL - {"unlink"},
    "itsm.agreement.gap.waive": ALL - {"unlink"},
    "itsm.agreement.credit": ALL,
    "itsm.breach.rule": ALL,
    "itsm.credit.compute": ALL,
    "itsm.credit.decide": ALL,
    "itsm.credit.proposal": READ,
    "itsm.credit.proposal.line": READ,
    "itsm.availability.correction": ALL,
    "itsm.escalation.preview": ALL,
    "itsm.history.import": ALL,
    "itsm.history.import.column": ALL,
    "itsm.history.import.value": ALL,
    "itsm.history.import.line": READ,
    "itsm.history.import.ticket": READ,
    "itsm.history.import.row": NONE,
    "itsm.replay": ALL,
    "itsm.report.acceptance": ALL,
    "itsm.replay.line": READ,
    "itsm.log.rebuild": ALL,
    "itsm.log.rebuild.line": READ,
}


@tagged("post_install", "-at_install")
class TestAccess(SlaCommon):
    """Design, Manners, who sees what: per role, team and company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_user = cls.helpdesk_user
        cls.team_user = cls._create_user(
            "itsm-team-user", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.all_user = cls._create_user(
            "itsm-all-user", "helpdesk_mgmt.group_helpdesk_user"
        )
        cls.public_user = cls.env.ref("base.public_user")
        cls.team.user_ids += cls.own_user | cls.team_user
        cls.agreement = cls._create_agreement({"2": (60, 240)})

    def _roles(self):
        return {
            "own": self.own_user,
            "team": self.team_user,
            "all": self.all_user,
            "agent": self.agent,
            "lead": self.lead,
            "sla_manager": self.sla_manager,
            "manager": self.manager,
            "employee": self.employee,
            "portal": self.portal_user,
            "public": self.public_user,
        }

    # === The matrix ===

    def test_matrix(self):
        """Design 2, SLM-01: roles × models × operations."""
        outside = ("employee", "portal", "public")
        for role, user in self._roles().items():
            for model in EVIDENCE:
                with self.subTest(role=role, model=model):
                    expected = NONE if role in outside else READ
                    self._assert_operations(model, user, expected)
            for model in AGREEMENTS:
                with self.subTest(role=role, model=model):
                    expected = NONE if role in outside else READ
                    if role in ("sla_manager", "manager"):
                        expected = ALL
                    self._assert_operations(model, user, expected)

    def test_measured(self):
        """AVC-05, AVC-09: agents propose outages; nobody writes what was measured."""
        for role, user in self._roles().items():
            for model, (helpdesk, agent, keeper) in MEASURED.items():
                expected = helpdesk
                if role in ("employee", "portal", "public"):
                    expected = NONE
                elif role in ("agent", "lead"):
                    expected = agent
                elif role in ("sla_manager", "manager"):
                    expected = keeper
                with self.subTest(role=role, model=model):
                    self._assert_operations(model, user, expected)

    def test_open(self):
        """REP-10: every employee reads the names of sections, nobody writes them."""
        for role, user in self._roles().items():
            for model in OPEN:
                with self.subTest(role=role, model=model):
                    expected = NONE if role in ("portal", "public") else READ
                    self._assert_operations(model, user, expected)

    def test_kept_by_leads(self):
        """SLM-29, SLM-69: leads keep requirements and scenarios, agents read them."""
        for role, user in self._roles().items():
            for model, (helpdesk, agent, lead, keeper) in KEPT_BY_LEADS.items():
                expected = helpdesk
                if role in ("employee", "portal", "public"):
                    expected = READ if role in OWN.get(model, ()) else NONE
                elif role == "agent":
                    expected = agent
                elif role == "lead":
                    expected = lead
                elif role in ("sla_manager", "manager"):
                    expected = keeper
                with self.subTest(role=role, model=model):
                    self._assert_operations(model, user, expected)

    def _assert_operations(self, model, user, expected):
        records = self.env[model].with_user(user)
        allowed = {name for name in OPERATIONS if records.has_access(name)}
        self.assertEqual(allowed, expected)

    def _models(self):
        """Every model that this addon brings."""
        return {
            name
            for name, model in self.env.registry.models.items()
            if model._original_module == "itsm_sla" and not model._abstract
        }

    def test_every_model_is_listed(self):
        """Design, Manners: a new model of ours must be added to the matrix."""
        listed = {*EVIDENCE, *AGREEMENTS, *MEASURED, *KEPT_BY_LEADS, *LEADS, *MANAGERS}
        listed |= {*SIGNING, *OPEN}
        self.assertEqual(self._models(), listed)
        self.assertLessEqual({"itsm.clock", "itsm.agreement.activate"}, self._models())

    def test_tools_of_managers(self):
        """Design 2, SLM-01: imports and wizards are for service level managers."""
        for role, user in self._roles().items():
            for model, rights in MANAGERS.items():
                with self.subTest(role=role, model=model):
                    keeper = role in ("sla_manager", "manager")
                    self._assert_operations(model, user, rights if keeper else NONE)

    def test_tools_of_leads(self):
        """SLM-10: to exempt tickets is for desk leads and service level managers."""
        for role, user in self._roles().items():
            for model in LEADS:
                with self.subTest(role=role, model=model):
                    keeper = role in ("lead", "sla_manager", "manager")
                    self._assert_operations(model, user, ALL if keeper else NONE)

    # === Clocks follow the ticket ===

    def _seen(self, user, tickets):
        """Tickets, and the tickets of the clocks, rows, alerts and figures he sees."""
        domain = [("ticket_id", "in", tickets.ids)]
        seen = self.env["helpdesk.ticket"].with_user(user)
        result = {"ticket": seen.search([("id", "in", tickets.ids)]).ids}
        for model in EVIDENCE:
            found = self.env[model].with_user(user).search(domain)
            result[model] = sorted(set(found.sudo().ticket_id.ids))
        result["ticket"].sort()
        return result

    def _tickets(self):
        mine = self._report(MON, user_id=self.own_user.id)
        free = self._report(MON)
        taken = self._report(MON, user_id=self.agent.id)
        other = self._report(MON, team_id=self.team_2.id, user_id=self.agent_2.id)
        followed = self._report(MON, team_id=self.team_2.id, user_id=self.agent_2.id)
        followed.message_subscribe((self.own_user | self.team_user).partner_id.ids)
        teamless = self._report(MON, team_id=False, user_id=self.agent.id)
        self._run_scheduler("2026-03-23 16:00")
        return mine, free, taken, other, followed, teamless

    def test_visibility(self):
        """Manners: who sees a ticket sees its clocks, log, alerts and figures."""
        mine, free, taken, other, followed, teamless = self._tickets()
        tickets = mine | free | taken | other | followed | teamless
        for user, expected in (
            (self.own_user, mine | free | followed),
            (self.team_user, mine | free | taken | followed | teamless),
            (self.all_user, tickets),
            (self.agent, tickets),
            (self.sla_manager, tickets),
            (self.manager, tickets),
        ):
            with self.subTest(user=user.login):
                seen = self._seen(user, tickets)
                for model, ids in seen.items():
                    self.assertEqual(ids, sorted(expected.ids), model)

    def test_hidden_clock(self):
        """Manners: a clock of a hidden ticket cannot be read by its id."""
        other = self._report(MON, team_id=self.team_2.id, user_id=self.agent_2.id)
        for records in (other.clock_ids, other.event_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.own_user).read(["ticket_id"])

    # === Outside ===

    def test_employee(self):
        """Manners: a colleague without helpdesk role reads his own ticket as before."""
        ticket = self._report(MON, partner_id=self.employee.partner_id.id)
        own = ticket.with_user(self.employee)
        self.env.invalidate_all()  # what is in the cache needs no right to be read
        own.read()
        self.env.invalidate_all()
        own.web_read({name: {} for name in own.fields_get()})
        self.assertTrue(own.clock_summary["clocks"])
        own.get_view(view_type="form")
        for model in (*EVIDENCE, *AGREEMENTS):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).search([])

    def test_portal(self):
        """Manners: a customer reads neither clocks nor agreements nor clock fields."""
        ticket = self._report(MON)
        own = ticket.with_user(self.portal_user)
        self.assertTrue(own.has_access("read"))
        own.read(["number", "name", "itsm_state"])
        fields = [
            name
            for name, field in ticket._fields.items()
            if field._modules and set(field._modules) == {"itsm_sla"}
        ]
        self.assertIn("clock_summary", fields)
        for name in fields:
            with self.subTest(field=name):
                self.assertNotIn(name, own.fields_get())
                with self.assertRaises(AccessError):
                    own.read([name])
                with self.assertRaises(AccessError):
                    own.search([(name, "!=", False)])
                if ticket._fields[name].store and ticket._fields[name].column_type:
                    with self.assertRaises(AccessError):
                        own._read_group([], [name])
        for path in ("agreement_id.name", "clock_ids.phase", "event_ids.note"):
            with self.assertRaises(AccessError):
                own.search([(path, "ilike", "a")])
            with self.assertRaises(UserError):
                own.export_data([path.replace(".", "/")])
        for model in (*EVIDENCE, *AGREEMENTS):
            for user in (self.portal_user, self.public_user):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_agreement_buttons(self):
        """SLM-01: only the service level manager activates, terminates and copies."""
        template = self.env.ref("itsm_sla.itsm_agreement_template_default")
        draft = self._draft_agreement(partner_id=self.customer.id)
        for role, user in self._roles().items():
            if role in ("sla_manager", "manager"):
                continue
            with self.subTest(role=role):
                for function in (
                    lambda user=user: draft.with_user(user).action_activate(),
                    lambda user=user: draft.with_user(user).action_open_activation(),
                    lambda user=user: self.agreement.with_user(user).action_terminate(),
                    lambda user=user: self.agreement.with_user(
                        user
                    ).action_new_version(),
                    lambda user=user: template.with_user(
                        user
                    ).action_new_from_template(),
                ):
                    with self.assertRaises(AccessError):
                        function()
        draft.with_user(self.sla_manager).action_activate()
        draft.with_user(self.sla_manager).action_terminate()
        self.assertEqual(draft.state, "terminated")

    def test_termination_by_a_sla_manager(self):
        """Design 2: termination reaches clocks of tickets that he does not see."""
        ticket = self._report(MON)
        with self.at("2026-03-23 11:00"):
            self.agreement.with_user(self.sla_manager).action_terminate()
        self.assertEqual(set(ticket.clock_ids.mapped("phase")), {"cancelled"})

    def test_termination_of_hidden_tickets(self):
        """Design 2: also if a rule of the customer's hides ticket and clocks."""
        ticket, seen = self._report(MON), self._report(MON)
        for model, name in (("helpdesk.ticket", "id"), ("itsm.clock", "ticket_id")):
            self.env["ir.rule"].create(
                {
                    "name": "Confidential",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "domain_force": [(name, "!=", ticket.id)],
                }
            )
        clocks = self.env["itsm.clock"].with_user(self.sla_manager)
        found = clocks.search([("ticket_id", "in", (ticket | seen).ids)])
        self.assertEqual(found.ticket_id, seen)
        with self.at("2026-03-23 11:00"):
            self.agreement.with_user(self.sla_manager).action_terminate()
        for one in (ticket, seen):
            self.assertEqual(set(one.clock_ids.mapped("phase")), {"cancelled"})
            self.assertFalse(one.clock_deadline)

    # === Two companies ===

    def test_two_companies(self):
        """Manners: agreements, clocks, log, alerts and figures stay at home."""
        other = self.env["res.company"].create({"name": "Other company"})
        theirs = new_test_user(
            self.env,
            login="itsm-other-manager",
            groups="itsm_base.itsm_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        ticket = self._report(MON)
        self._run_scheduler("2026-03-23 16:00")
        self.assertTrue(ticket.clock_ids.alert_ids)
        for model in EVIDENCE:
            with self.subTest(model=model):
                domain = [("ticket_id", "=", ticket.id)]
                self.assertTrue(self.env[model].with_user(self.manager).search(domain))
                self.assertFalse(self.env[model].with_user(theirs).search(domain))
        for records in (self.agreement, self.agreement.target_ids):
            self.assertFalse(
                records.with_user(theirs).search([("id", "in", records.ids)])
            )
            with self.assertRaises(AccessError):
                records[0].with_user(theirs).read(["display_name"])
        # templates of no company are for everybody
        template = self.env.ref("itsm_sla.itsm_agreement_template_default")
        action = template.with_user(theirs).action_new_from_template()
        copy = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(copy.company_id, other)
        both = self.manager
        both.company_ids += other
        seen = copy.with_user(both).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertEqual(seen.company_id, other)
