# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SlaCommon

SCRIPT = "<script>alert('wish')</script>"


class SuggestionCommon(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._create_user("itsm-sales", "itsm_sla.itsm_group_demand")
        cls.env.ref("itsm_base.itsm_role_service_level_manager").holder_ids = [
            Command.clear(),
            Command.create(
                {"user_id": cls.sla_manager.id, "company_id": cls.company.id}
            ),
        ]

    def _suggest(self, user=None, **vals):
        suggestions = self.env["itsm.service.suggestion"]
        suggestions = suggestions.with_user(user or self.seller)
        suggestion = suggestions.create(
            {
                "name": "Support on Saturdays",
                "description": f"The shops are open.\n{SCRIPT}",
                "kind": "demand",
                "partner_id": self.requester.id,
                **vals,
            }
        )
        return suggestion.with_env(self.env)

    def _told(self, suggestion):
        logs = self.env["itsm.notification.log"].search(
            [
                ("res_model", "=", suggestion._name),
                ("res_id", "in", suggestion.ids),
                ("outcome", "in", ("sent", "waiting", "digest")),
            ]
        )
        return {(log.event_code, log.partner_id) for log in logs}


@tagged("post_install", "-at_install")
class TestServiceSuggestion(SuggestionCommon):
    """What users and sales wish, and what becomes of it (SLM-32, SLM-33)."""

    def test_demand_to_agreement(self):
        """SLM-33: collected by sales, made a requirement in the customer's words,
        agreed by an agreement in force; each time its author sees how far it is."""
        suggestion = self._suggest()
        self.assertRegex(suggestion.code, r"^SG\d{5,}$")
        self.assertEqual(suggestion.source, "sales")
        self.assertIn(
            ("suggestion_received", self.sla_manager.partner_id),
            self._told(suggestion),
        )
        looked = suggestion.with_user(self.lead)
        looked.service_id = self.service
        action = looked.action_make_requirement()
        requirement = self.env["itsm.level.requirement"].browse(action["res_id"])
        self.assertRecordValues(
            requirement,
            [
                {
                    "name": "Support on Saturdays",
                    "partner_id": self.customer.id,
                    "contact_id": self.requester.id,
                    "source": "sales",
                    "state": "collected",
                    "owner_id": self.lead.id,
                    "service_ids": self.service.ids,
                }
            ],
        )
        self.assertIn("The shops are open.", requirement.need)
        self.assertNotIn("<script", requirement.need)
        self.assertEqual(suggestion.state, "requirement")
        self.assertEqual(suggestion.answered_by_id, self.lead)
        own = suggestion.with_user(self.seller)
        self.assertEqual(own.progress, "Being examined")
        self.assertIn(
            ("suggestion_answered", self.seller.partner_id), self._told(suggestion)
        )
        self.assertFalse(
            [who for _code, who in self._told(suggestion) if who == self.requester],
            "the customer has told sales, not us",
        )
        with self.assertRaises(UserError):
            looked.action_make_requirement()
        requirement.write(
            {"analysis": "<p>With a shift.</p>", "availability_wished": 99}
        )
        requirement.availability_feasible = 99
        requirement.calendar_id = self.calendar
        requirement.template_id = self.env.ref(
            "itsm_sla.itsm_agreement_template_default"
        )
        requirement.action_analyse()
        requirement.action_baseline()
        requirement.action_make_agreement()
        requirement.agreement_id.action_activate()
        self.env.invalidate_all()
        self.assertEqual(own.progress, "Agreed")

    def test_improvement(self):
        """SLM-32: an improvement action follows from it; done, its author sees it."""
        suggestion = self._suggest(kind="improvement")
        suggestion.with_user(self.sla_manager).action_make_improvement()
        action = suggestion.action_id
        self.assertEqual(action.kind, "improvement")
        self.assertEqual(action.res_model, suggestion._name)
        self.assertEqual(action.res_id, suggestion.id)
        self.assertNotIn("<script", action.description)
        self.assertEqual(suggestion.action_open_count, 1)
        self.assertEqual(suggestion.progress, "Will be improved")
        action.evidence_note = "Done"
        action.attachment_ids = self.env["ir.attachment"].create(
            {"name": "proof.txt", "raw": b"proof"}
        )
        action.action_done()
        self.env.invalidate_all()
        self.assertEqual(suggestion.progress, "Improved")

    def test_answered_and_declined(self):
        """SLM-32: with words only; looked at again, and kept as it was said."""
        for method, state in (
            ("action_answer", "answered"),
            ("action_decline", "declined"),
        ):
            with self.subTest(state=state):
                suggestion = self._suggest()
                looked = suggestion.with_user(self.lead)
                with self.assertRaisesRegex(UserError, "enter the answer"):
                    getattr(looked, method)()
                looked.answer = "It is in the catalogue already."
                getattr(looked, method)()
                self.assertEqual(suggestion.state, state)
                with self.assertRaisesRegex(UserError, "kept as it was said"):
                    suggestion.with_user(self.seller).name = "Other"
                with self.assertRaises(UserError):
                    suggestion.unlink()
                looked.action_look_again()
                self.assertEqual(suggestion.state, "new")
                self.assertFalse(suggestion.answered_by_id)

    def test_batch(self):
        """SLM-32: several at once."""
        several = self._suggest() | self._suggest(name="On Sundays")
        several.with_user(self.lead).action_make_requirement()
        self.assertEqual(len(several.requirement_id), 2)
        self.assertEqual(
            several.mapped("requirement_id.name"),
            ["Support on Saturdays", "On Sundays"],
        )

    def test_bad_input(self):
        """SLM-32: empty, blank and huge texts, and what only buttons write."""
        for vals in (
            {"name": "  "},
            {"description": "\n"},
            {"name": "x" * 201},
            {"description": "x" * 10001},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._suggest(**vals)
        for vals in (
            {"state": "answered"},
            {"source": "portal"},
            {"answered_by_id": self.seller.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._suggest(**vals)
        suggestion = self._suggest()
        for vals in ({"state": "declined"}, {"code": "SG1"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                suggestion.with_user(self.lead).write(vals)

    def test_sales_see_nothing_else(self):
        """SLM-33: sales write down demands, see their own, and no other model."""
        own = self._suggest()
        other = self._suggest(user=self.lead, partner_id=self.requester_2.id)
        suggestions = self.env["itsm.service.suggestion"].with_user(self.seller)
        self.assertEqual(suggestions.search([]), own)
        with self.assertRaises(AccessError):
            other.with_user(self.seller).read(["name"])
        own.with_user(self.seller).name = "Support on Saturdays, too"
        for vals in ({"answer": "Yes"}, {"service_id": self.service.id}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                own.with_user(self.seller).write(vals)
        for method in (
            "action_make_requirement",
            "action_make_improvement",
            "action_answer",
            "action_decline",
            "action_look_again",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(own.with_user(self.seller), method)()
        for name in ("requirement_id", "action_id", "service_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                own.with_user(self.seller).read([name])
        for model in (
            "itsm.agreement",
            "itsm.level.requirement",
            "itsm.service",
            "itsm.clock",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.seller).search([])
        menus = self.env["ir.ui.menu"].with_user(self.seller)._visible_menu_ids()
        self.assertIn(
            self.env.ref("itsm_sla.itsm_service_suggestion_menu_demand").id, menus
        )
        self.assertNotIn(self.env.ref("itsm_base.itsm_menu_root").id, menus)

    def test_access(self):
        """SLM-32: agents read; employees see their own; another company nothing."""
        suggestion = self._suggest()
        agent = suggestion.with_user(self.agent)
        self.assertTrue(agent.description)
        for function in (
            lambda: agent.write({"name": "Other"}),
            lambda: agent.action_answer(),
            lambda: self._suggest(user=self.agent),
            lambda: self._suggest(user=self.employee),
            lambda: self._suggest(user=self.portal_user),
            lambda: suggestion.with_user(self.employee).read(["name"]),
            lambda: suggestion.with_user(self.portal_user_2).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                function()
        own = suggestion.with_user(self.portal_user)
        self.assertEqual(own.progress, "Received")
        for vals in ({"state": "answered"}, {"name": "Other"}, {"answer": "Yes"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                own.write(vals)
        for name in ("owner_id", "requirement_id", "answered_by_id", "service_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                own.read([name])
        other = self.env["res.company"].create({"name": "Other company"})
        theirs = new_test_user(
            self.env,
            login="itsm-other-lead",
            groups="itsm_base.itsm_group_lead",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        suggestions = self.env["itsm.service.suggestion"].with_user(theirs)
        self.assertFalse(suggestions.search([]))
        with self.assertRaises(AccessError):
            suggestions.browse(suggestion.id).action_make_requirement()

    def test_anonymised(self):
        """Privacy: words about the person go, what was suggested stays."""
        person = self.env["res.partner"].create(
            {"name": "Wang Xiaoming", "email": "wang.xiaoming@example.com"}
        )
        suggestion = self._suggest(
            partner_id=person.id, description="Wang Xiaoming wants keys."
        )
        self.env["itsm.anonymisation"].with_user(self.manager).create(
            {"partner_id": person.id, "reason": "He asked for it"}
        ).action_start()
        suggestion.invalidate_recordset()
        self.assertEqual(
            suggestion.description, f"Anonymised person {person.id} wants keys."
        )

    def test_present_state(self):
        """SLM-31: a requirement leads to how promises were kept and what is agreed,
        for its customer and services only."""
        agreement = self._create_agreement(
            {"2": (60, 240)},
            partner_id=self.customer.id,
            service_ids=[Command.set(self.service.ids)],
        )
        other = self._create_agreement({"2": (60, 240)}, partner_id=self.customer_2.id)
        mine = self._report("2026-03-23 10:00", service_id=self.offering.id)
        self._report("2026-03-23 10:00", partner_id=self.requester_2.id)
        self._move("2026-03-23 11:00", mine, "resolved")
        requirement = self.env["itsm.level.requirement"].create(
            {
                "name": "Faster",
                "partner_id": self.customer.id,
                "service_ids": [Command.set(self.service.ids)],
            }
        )
        as_agent = requirement.with_user(self.agent)
        action = as_agent.action_view_performance()
        self.env.flush_all()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.ticket_id, mine)
        action = as_agent.action_view_present_agreements()
        found = self.env["itsm.agreement"].search(action["domain"])
        self.assertIn(agreement, found)
        self.assertNotIn(other, found)


@tagged("post_install", "-at_install")
class TestSuggestionPortal(SuggestionCommon, HttpCase):
    """The representative of the users in the portal (SLM-32)."""

    URL = "/my/service-suggestions"

    def _post(self, **data):
        page = self.url_open(f"{self.URL}/new").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return self.url_open(
            f"{self.URL}/new", {"csrf_token": token, **data}, allow_redirects=False
        )

    def _found(self):
        self.env.invalidate_all()
        return self.env["itsm.service.suggestion"].search(
            [("partner_id", "=", self.requester.id)]
        )

    @mute_logger("odoo.http")
    def test_portal(self):
        """SLM-32: said, seen, answered; nobody else sees it, no text runs."""
        hidden = self.env["itsm.service"].create(
            {
                "name": "Of another",
                "state": "live",
                "partner_ids": self.customer_2.ids,
            }
        )
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertIn(self.URL, self.url_open("/my/home").text)
        self.assertIn(f"{self.URL}/new", self.url_open(self.URL).text)
        form = self.url_open(f"{self.URL}/new").text
        self.assertIn(self.service.name, form)
        self.assertIn('name="description"', form)
        self.assertNotIn(hidden.name, form)
        for data in (
            {"name": "", "description": "Text"},
            {"name": "Subject", "description": " "},
            {"name": "x" * 201, "description": "Text"},
            {"name": "Subject", "description": "x" * 10001},
        ):
            answer = self._post(**data)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("alert-danger", answer.text)
        self.assertFalse(self._found())
        answer = self._post(
            name=f"Visits {SCRIPT}",
            description=f"Tell us before. {SCRIPT}\0",
            kind="nonsense",
            service_id=str(hidden.id),
            state="answered",
            answer="Yes",
            partner_id=str(self.requester_2.id),
            company_id="999",
        )
        self.assertEqual(answer.status_code, 303)
        suggestion = self._found()
        self.assertRecordValues(
            suggestion,
            [
                {
                    "name": f"Visits {SCRIPT}",
                    "description": f"Tell us before. {SCRIPT}",
                    "kind": "improvement",
                    "state": "new",
                    "source": "portal",
                    "answer": False,
                    "service_id": False,
                    "company_id": self.company.id,
                    "create_uid": self.portal_user.id,
                }
            ],
        )
        suggestion.with_user(self.lead).answer = f"We do. {SCRIPT}"
        suggestion.with_user(self.lead).action_answer()
        self.assertIn(("suggestion_answered", self.requester), self._told(suggestion))
        for url in (self.URL, f"{self.URL}/{suggestion.id}"):
            page = self.url_open(url).text
            self.assertNotIn(SCRIPT, page)
            self.assertIn("Answered", page)
        self.assertIn("We do.", page)
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        self.assertNotIn(suggestion.code, self.url_open(self.URL).text)
        answer = self.url_open(f"{self.URL}/{suggestion.id}")
        self.assertEqual(answer.status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(self.URL, allow_redirects=False)
        self.assertIn(answer.status_code, (303, 404))

    def test_offered_service(self):
        """SLM-32: a service that he is offered is kept with it."""
        self.authenticate("itsm-portal", "itsm-portal")
        self._post(
            name="Bigger mailboxes",
            description="Twice",
            kind="demand",
            service_id=str(self.offering.id),
        )
        suggestion = self._found()
        self.assertEqual(suggestion.service_id, self.offering)
        self.assertEqual(suggestion.kind, "demand")

    def test_flood(self):
        """SLM-32: fifty may wait, no more."""
        self.env["itsm.service.suggestion"].create(
            [
                {
                    "name": f"No {number}",
                    "description": "Text",
                    "partner_id": self.requester.id,
                }
                for number in range(50)
            ]
        )
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertIn("wait for", self._post(name="One more", description="Text").text)
        self.assertEqual(len(self._found()), 50)
