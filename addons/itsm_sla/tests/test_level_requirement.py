# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestLevelRequirement(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("slr-lead", "itsm_base.itsm_group_lead")
        cls.reader = cls._create_user("slr-agent", "itsm_base.itsm_group_agent")
        cls.template = cls.env["itsm.agreement"].create(
            {
                "name": "Office hours",
                "is_template": True,
                "company_id": False,
                "calendar_id": False,
                "at_risk_percent": 60,
                "clauses": "<p>We answer in your language.</p>",
                "target_ids": cls._target_commands(),
            }
        )
        cls.requirement = cls._requirement()

    @classmethod
    def _requirement(cls, **vals):
        """The shops wish 30 minutes; 45 are feasible."""
        defaults = {
            "name": "Support of the shops",
            "partner_id": cls.partner.id,
            "service_ids": [Command.set(cls.service.ids)],
            "calendar_id": cls.calendar.id,
            "template_id": cls.template.id,
            "need": "<p>Tills work again within half an hour.</p>",
            "analysis": "<p>With a spare till in each shop.</p>",
            "target_ids": [
                Command.create(
                    {
                        "priority": "3",
                        "metric": "resolution",
                        "wished_minutes": 30,
                        "feasible_minutes": 45,
                    }
                )
            ],
        }
        return cls.env["itsm.level.requirement"].create(defaults | vals)

    def _as(self, user):
        return self.requirement.with_user(user)

    def test_from_need_to_agreement(self):
        """SLM-03, SLM-11, SLM-29: collected, analysed, baselined, agreed in force."""
        self.assertRegex(self.requirement.code, r"^SLR\d{4,}$")
        requirement = self._as(self.lead)
        requirement.action_analyse()
        self.assertEqual(requirement.state, "analysed")
        self.assertEqual(requirement.analysed_by_id, self.lead)
        requirement.action_baseline()
        self.assertEqual(requirement.state, "baselined")
        action = self._as(self.sla_manager).action_make_agreement()
        agreement = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(agreement, self.requirement.agreement_id)
        self.assertEqual(agreement.state, "draft")
        self.assertFalse(agreement.is_template)
        self.assertEqual(agreement.partner_id, self.partner)
        self.assertEqual(agreement.service_ids, self.service)
        self.assertEqual(agreement.calendar_id, self.calendar)
        self.assertEqual(agreement.tz, self.calendar.tz)
        self.assertEqual(agreement.at_risk_percent, 60, "as the template says")
        self.assertFalse(agreement.clauses, "words about other times than promised")
        self.assertEqual(
            [
                (t.itsm_kind, t.priority, t.metric, t.minutes)
                for t in agreement.target_ids
            ],
            [("incident", "3", "resolution", 45)],
        )
        # Asked for again, it is the same draft.
        again = self._as(self.sla_manager).action_make_agreement()
        self.assertEqual(again["res_id"], agreement.id)
        self.assertEqual(self.requirement.state, "baselined", "nobody agreed yet")
        agreement.with_user(self.sla_manager).action_activate()
        self.assertEqual(self.requirement.state, "agreed")
        self.assertEqual(self.requirement.decided_by_id, self.sla_manager)
        self.assertEqual(agreement.requirement_count, 1)

    def test_template_targets_without_times(self):
        """SLM-03: without times of its own a requirement takes the template's."""
        requirement = self._requirement(
            target_ids=False,
            calendar_id=False,
            availability_wished=99.9,
            availability_feasible=99.5,
        )
        requirement.action_analyse()
        requirement.action_baseline()
        self.env.user.tz = "Asia/Shanghai"
        requirement.action_make_agreement()
        agreement = requirement.agreement_id
        self.assertEqual(
            agreement.target_ids.mapped("minutes"),
            self.template.target_ids.mapped("minutes"),
        )
        self.assertIn("in your language", agreement.clauses)
        self.assertEqual(agreement.tz, "Asia/Shanghai")

    def test_missing(self):
        """SLM-13, SLM-29: a step says what is missing and takes nobody further."""
        bare = self.env["itsm.level.requirement"].create({"name": "Bare"})
        with self.assertRaisesRegex(UserError, "What the Customer Needs, Analysis"):
            bare.action_analyse()
        bare.write({"need": "<p><br></p>", "analysis": "<p>Easy</p>"})
        with self.assertRaisesRegex(UserError, "What the Customer Needs"):
            bare.action_analyse()
        bare.need = "<p>Quick</p>"
        bare.action_analyse()
        with self.assertRaisesRegex(UserError, "at least one time"):
            bare.action_baseline()
        bare.target_ids = [Command.create({"wished_minutes": 10})]
        with self.assertRaisesRegex(UserError, "enter the time that is feasible"):
            bare.action_baseline()
        bare.target_ids.feasible_minutes = 20
        bare.action_baseline()
        with self.assertRaisesRegex(UserError, "Template of the Agreement, Services"):
            bare.action_make_agreement()
        with self.assertRaisesRegex(UserError, "this step does not apply"):
            bare.action_analyse()

    def test_frozen(self):
        """SLM-29: what a baseline holds stays; the next baseline shows the change."""
        requirement = self.requirement
        requirement.action_analyse()
        requirement.action_baseline()
        target = requirement.target_ids
        for change in (
            lambda: requirement.write({"need": "<p>More</p>"}),
            lambda: requirement.write({"service_ids": [Command.clear()]}),
            lambda: target.write({"feasible_minutes": 10}),
            lambda: target.unlink(),
            lambda: target.copy({"priority": "0"}),
        ):
            with self.assertRaisesRegex(UserError, "is baselined"):
                change()
        by_default = target.with_context(default_requirement_id=requirement.id)
        with self.assertRaises(UserError):
            by_default.create({"priority": "0", "wished_minutes": 5})
        requirement.change_factors = "Two more shops next year"
        requirement.action_analyse_again()
        target.feasible_minutes = 90
        requirement.action_baseline()
        first, second = requirement.baseline_ids.sorted("number")
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(first.content["target_ids"]["incident,3,resolution"][1], 45)
        self.assertEqual(second.content["target_ids"]["incident,3,resolution"][1], 90)
        self.assertFalse(first.difference)
        self.assertRegex(
            second.difference,
            r"^Incident, [^\n]*Resolution: wished 30 min, feasible 45 min → "
            r"wished 30 min, feasible 1 h 30 min$",
        )
        # No availability is asked for: it does not stand there as 0.000.
        self.assertFalse(requirement.availability_wished)
        self.assertNotIn("0.000", first.content_text)

    def test_baseline_is_evidence(self):
        """SLM-29, MS-29: nobody writes a baseline; one changed below Odoo shows."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        baseline = self.requirement.baseline_ids
        self.assertFalse(baseline.is_altered)
        for user in (self.sla_manager, self.env.ref("base.user_admin")):
            for call in (
                lambda record: record.write({"number": 7}),
                lambda record: record.unlink(),
                lambda record: record.copy(),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    call(baseline.with_user(user))
        with self.assertRaises(AccessError):
            baseline.sudo().write({"digest": "x"})
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            self.requirement.unlink()
        self.env.cr.execute(
            """UPDATE itsm_level_requirement_baseline
               SET content = jsonb_set(content, '{need}', '"Nothing"') WHERE id = %s""",
            [baseline.id],
        )
        baseline.invalidate_recordset()
        self.assertTrue(baseline.is_altered)

    def test_reject(self):
        """SLM-29: rejected with a reason, and opened again."""
        requirement = self._as(self.lead)
        for reason in (False, "  "):
            requirement.reject_reason = reason
            with self.assertRaisesRegex(UserError, "Reason to Reject"):
                requirement.action_reject()
        requirement.reject_reason = "No spare tills to be had"
        requirement.action_reject()
        self.assertEqual(
            (requirement.state, requirement.decided_by_id), ("rejected", self.lead)
        )
        requirement.action_analyse_again()
        self.assertEqual(requirement.state, "analysed")
        self.assertFalse(requirement.decided_by_id)

    def test_draft_first(self):
        """SLM-21: needs are not changed behind a draft made from them."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        self.requirement.action_make_agreement()
        with self.assertRaisesRegex(UserError, "is still a draft"):
            self.requirement.action_analyse_again()
        self.requirement.reject_reason = "No spare tills to be had"
        with self.assertRaisesRegex(UserError, "is still a draft"):
            self.requirement.action_reject()

    def test_draft_deleted(self):
        """SLM-21, SLM-29: without its draft a requirement is analysed again."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        self.requirement.action_make_agreement()
        draft = self.requirement.agreement_id
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            draft.with_user(self.reader).unlink()
        self.assertEqual(self.requirement.agreement_id, draft)
        self.requirement.active = False  # put away, it is freed as well
        draft.with_user(self.sla_manager).unlink()
        self.assertFalse(draft.exists() or self.requirement.agreement_id)
        self.requirement.action_analyse_again()
        self.assertEqual(self.requirement.state, "analysed")

    def test_archived_is_agreed(self):
        """SLM-29: put away or not, requirements are agreed with their agreement."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        self.requirement.action_make_agreement()
        self.requirement.active = False
        self.requirement.agreement_id.action_activate()
        self.assertEqual(self.requirement.state, "agreed")

    def test_agreement_of_before(self):
        """SLM-29: analysed again, another agreement is made than the one of before."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        agreement = self._create_agreement()
        self.requirement._set_step({"agreement_id": agreement.id})
        self.requirement.action_analyse_again()
        self.assertFalse(self.requirement.agreement_id)

    def test_availability(self):
        """SLM-29, AVC-01: what is feasible is promised for the own services."""
        other = self.env["itsm.service"].create(
            {"name": "Another service", "company_id": self.company.id}
        )
        self.template.availability_ids = [
            Command.create({"service_id": service.id, "warning_percent": 10})
            for service in (self.service, self.offering, other)
        ]

        def lines(**vals):
            requirement = self._requirement(**vals)
            requirement.action_analyse()
            requirement.action_baseline()
            requirement.action_make_agreement()
            return [
                (line.service_id, line.target, line.warning_percent)
                for line in requirement.agreement_id.availability_ids
            ]

        self.assertEqual(lines(), [(self.service, 99.9, 10), (self.offering, 99.9, 10)])
        self.assertEqual(
            lines(availability_wished=99.9, availability_feasible=99.5),
            [(self.service, 99.5, 10)],
        )
        self.template.availability_ids.unlink()
        self.assertEqual(
            lines(availability_wished=99.9, availability_feasible=99.5),
            [(self.service, 99.5, 25)],
        )

    def test_baseline_in_no_language(self):
        """SLM-29: who takes a baseline, in which language, does not change it."""
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.requirement.with_context(lang="de_DE")
        german.service_ids.name = "Etwas anderes"
        model = self.env["itsm.level.requirement.baseline"]
        self.assertEqual(model._content(german), model._content(self.requirement))

    def test_state_by_buttons_only(self):
        """MS-29: no write, create, import or context default moves the state."""
        model = self.env["itsm.level.requirement"]
        for user in (self.lead, self.sla_manager):
            for vals in (
                {"state": "agreed"},
                {"agreement_id": self._draft_agreement().id},
                {"decided_by_id": user.id},
                {"code": "SLR9999"},
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(UserError):
                        self._as(user).write(vals)
                    with self.assertRaises(UserError):
                        model.with_user(user).create({"name": "x", **vals})
        made = model.with_user(self.lead).with_context(default_state="agreed")
        self.assertEqual(made.create({"name": "x"}).state, "collected")
        result = model.with_user(self.sla_manager).load(
            ["name", "state"], [["Imported", "agreed"]]
        )
        self.assertFalse(result["ids"])

    def test_who_may(self):
        """SLM-69, table 3: agents read, leads write, SLA managers make agreements."""
        agent = self._as(self.reader)
        self.assertEqual(agent.name, "Support of the shops")
        for call in (
            lambda: agent.write({"name": "x"}),
            lambda: agent.action_analyse(),
            lambda: agent.action_reject(),
            lambda: agent.copy(),
            lambda: agent.target_ids.write({"wished_minutes": 1}),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                call()
        self._as(self.lead).action_analyse()
        self._as(self.lead).action_baseline()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._as(self.lead).action_make_agreement()
        self.assertFalse(self.requirement.agreement_id)
        for user in (self.portal_user, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._as(user).read(["name"])
        plain = self._create_user("slr-plain", "base.group_user")
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._as(plain).read(["name"])

    def test_cost_for_finance(self):
        """SLM-71: the cost estimate is for finance and service level managers."""
        self.requirement.cost_estimate = 1200
        finance = self._create_user(
            "slr-finance", "itsm_base.itsm_group_finance,itsm_base.itsm_group_agent"
        )
        for user in (finance, self.sla_manager):
            self.assertEqual(self._as(user).cost_estimate, 1200)
        for user in (self.reader, self.lead):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self._as(user).read(["cost_estimate"])

    def test_cost_in_the_baseline(self):
        """SLM-29, SLM-71: the analysed cost is baselined and frozen; who may not see
        it sees it in no baseline either."""
        requirement = self.requirement
        requirement.write({"cost_estimate": 1200, "cost_note": "Two more people"})
        requirement.action_analyse()
        requirement.action_baseline()
        for change in ({"cost_estimate": 900}, {"cost_note": "One more"}):
            with self.assertRaisesRegex(UserError, "is baselined"):
                requirement.write(change)
        first = requirement.baseline_ids
        currency = requirement.currency_id
        self.assertEqual(
            first.money,
            {
                "cost_estimate": f"1200.00 {currency.name}",
                "cost_note": "Two more people",
            },
        )
        requirement.action_analyse_again()
        requirement.cost_estimate = 900
        requirement.action_baseline()
        second = requirement.baseline_ids.sorted("number")[-1]
        change = f"1200.00 {currency.name} → 900.00 {currency.name}"
        for user, seen in ((self.sla_manager, True), (self.lead, False)):
            own = second.with_user(user)
            self.assertEqual(change in (own.difference or ""), seen)
            self.assertEqual("Two more people" in own.content_text, seen)
            self.assertFalse(own.is_altered)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            second.with_user(self.lead).read(["money"])
        self.env.cr.execute(
            """UPDATE itsm_level_requirement_baseline
               SET money = jsonb_set(money, '{cost_estimate}', '"1"') WHERE id = %s""",
            [first.id],
        )
        first.invalidate_recordset()
        self.assertTrue(first.with_user(self.lead).is_altered)

    def test_baseline_before_the_cost(self):
        """SLM-29: a baseline that was taken before the cost was part of it is not
        altered."""
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        baseline = self.requirement.baseline_ids
        self.env.cr.execute(
            """UPDATE itsm_level_requirement_baseline
               SET money = NULL, digest = %s WHERE id = %s""",
            [baseline._digest(baseline.content), baseline.id],
        )
        baseline.invalidate_recordset()
        self.assertFalse(baseline.is_altered)

    def test_helpdesk_user_reads_agreements(self):
        """SLM-69: who only works with tickets still reads agreements, not needs."""
        agreement = self._create_agreement()
        user = self._create_user("slr-hd", "helpdesk_mgmt.group_helpdesk_user_own")
        values = agreement.with_user(user).read()[0]
        self.assertNotIn("requirement_ids", values)

    def test_companies(self):
        """Two companies: neither requirements nor their parts cross."""
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = self._create_user(
            "slr-other",
            "itsm_sla.itsm_group_sla_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.requirement.action_analyse()
        self.requirement.action_baseline()
        for record in (
            self.requirement,
            self.requirement.target_ids,
            self.requirement.baseline_ids,
        ):
            with self.subTest(model=record._name):
                found = record.with_user(stranger)
                self.assertFalse(found.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    found.read(["display_name"])
        foreign = self.env["itsm.service"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self._requirement(service_ids=[Command.set(foreign.ids)])

    def test_bad_input(self):
        """SLM-15: figures that cannot be are refused in words."""
        cases = (
            {"availability_wished": 100.5},
            {"availability_feasible": -1},
            {"target_ids": [Command.create({"wished_minutes": 0})]},
            {"target_ids": [Command.create({"wished_minutes": 525601})]},
            {"target_ids": [Command.create({"wished_minutes": 5}) for _i in range(2)]},
        )
        for vals in cases:
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._requirement(**vals)
        stranger = self.env["res.partner"].create({"name": "Somebody else"})
        with self.assertRaisesRegex(ValidationError, "does not belong to"):
            self._requirement(contact_id=stranger.id)

    def test_batch(self):
        """Design, Manners: a batch takes a step with a fixed number of queries more."""

        def count(number):
            requirements = self.env["itsm.level.requirement"].concat(
                *(self._requirement(name=f"No. {i}") for i in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            guard.silence(requirements).with_context(
                tracking_disable=True
            ).action_analyse()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(3), count(30))
