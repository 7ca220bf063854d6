# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools import guard
from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestCatalogue(ItsmCommon):
    """How a service is designed, approved, published, changed and retired."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.designer = cls._create_user(
            "cat-designer", "itsm_base.itsm_group_catalogue"
        )
        cls.member = cls._create_user("cat-member", "itsm_base.itsm_group_agent")
        cls.env["itsm.role.holder"].create(
            {
                "role_id": cls.env.ref("itsm_base.itsm_role_catalogue_committee").id,
                "company_id": cls.company.id,
                "user_id": cls.member.id,
            }
        )
        cls.hours = cls.env["resource.calendar"].create({"name": "Desk hours"})
        cls.complete = {
            "summary": "Calls",
            "audience": "Staff",
            "delivery_method": "By phone",
            "calendar_id": cls.hours.id,
        }

    def _findings(self, code, service):
        return self.env["itsm.enforcement.finding"].search(
            [
                ("rule_code", "=", code),
                ("res_model", "=", "itsm.service"),
                ("res_id", "in", service.ids),
            ]
        )

    def _set_mode(self, code, mode):
        self.env["itsm.enforcement.setting"].search(
            [("rule_id.code", "=", code), ("company_id", "=", self.company.id)]
        ).write({"mode": mode, "block_from": False})

    def _approve(self, service):
        service.with_user(self.designer).action_request_publication()
        version = service.pending_version_id
        version.with_user(self.member).action_approve()
        return version

    # === Publishing ===

    def test_publish_with_approval(self):
        """CAT-13: the committee's approval publishes what it has seen, no finding."""
        self.service_draft.write(self.complete)
        version = self._approve(self.service_draft)
        service = self.service_draft
        self.assertEqual((service.state, service.version), ("live", 1))
        self.assertEqual(service.version_id, version)
        self.assertFalse(service.pending_version_id)
        self.assertEqual((version.state, version.is_current), ("published", True))
        self.assertEqual(version.content["summary"], {"en_US": "Calls"})
        self.assertEqual(version.prepared_by_id, self.designer)
        self.assertFalse(self._findings("service_publish", service))
        self.assertFalse(self._findings("service_complete", service))
        self.assertIn("Overview: Calls", version.content_text)

    def test_publish_without_approval(self):
        """CAT-13: publishing by hand is found, kept, and can be approved afterwards."""
        service = self.service_draft
        service.with_user(self.manager).action_set_live()
        self.assertEqual(service.state, "live")
        self.assertEqual(len(self._findings("service_publish", service)), 1)
        version = service.version_id
        self.assertEqual((version.state, version.number), ("unapproved", 1))
        service.with_user(self.manager).action_request_publication()
        self.assertEqual(service.pending_version_id, version)
        version.with_user(self.member).action_approve()
        self.assertEqual(version.state, "published")
        self.assertEqual((service.state, service.version), ("live", 1))
        with self.assertRaisesRegex(UserError, "nothing to approve"):
            service.with_user(self.manager).action_request_publication()

    def test_every_way_is_found(self):
        """CAT-13: creating a live service and writing its state are publishing, too."""
        created = self.env["itsm.service"].create({"name": "New", "state": "live"})
        self.service_retired.state = "retiring"
        for service in created, self.service_retired:
            self.assertEqual(len(self._findings("service_publish", service)), 1)
            self.assertEqual(service.version_id.state, "unapproved")

    def test_block(self):
        """CAT-13: a company may block publishing without the committee."""
        self._set_mode("service_publish", "block")
        service = self.service_draft
        with self.assertRaisesRegex(ValidationError, "Ask for Publication"):
            with self.cr.savepoint():
                service.with_user(self.manager).action_set_live()
        with self.assertRaisesRegex(ValidationError, "Ask for Publication"):
            with self.cr.savepoint():
                self.env["itsm.service"].create({"name": "New", "state": "live"})
        self.env.invalidate_all()
        self.assertEqual(service.state, "proposed")
        self._approve(service)
        self.assertEqual(service.state, "live")
        # back from a change in which nothing was changed
        service.with_user(self.manager).action_change()
        service.with_user(self.manager).action_set_live()
        with self.assertRaisesRegex(ValidationError, "is changed now"):
            with self.cr.savepoint():
                service.with_user(self.manager).summary = "Something else"
        self.env.invalidate_all()
        service.with_user(self.manager).action_change()
        service.with_user(self.designer).summary = "Something else"
        with self.assertRaisesRegex(ValidationError, "Ask for Publication"):
            with self.cr.savepoint():
                service.with_user(self.manager).action_set_live()
        self.env.invalidate_all()
        version = self._approve(service)
        self.assertEqual((version.number, service.version), (2, 2))
        self.assertEqual(service.state, "live")

    def test_complete(self):
        """CAT-02, CAT-04: overview, audience, delivery and hours are asked for."""
        self.service_draft.action_set_live()
        found = self._findings("service_complete", self.service_draft)
        for word in "Overview", "Audience", "Delivery", "Service Hours":
            self.assertIn(word, found.message)
        parent = self.env["itsm.service"].create(
            {"name": "Whole", "state": "live", **self.complete}
        )
        offering = self.env["itsm.service"].create(
            {
                "name": "Part",
                "summary": "A part",
                "state": "live",
                "parent_id": parent.id,
            }
        )
        self.assertFalse(self._findings("service_complete", parent | offering))
        self._set_mode("service_complete", "block")
        with self.assertRaisesRegex(ValidationError, "not complete"):
            self.env["itsm.service"].create({"name": "Bare", "state": "live"})

    def test_held_still(self):
        """CAT-13: what waits for the committee is not changed: fields, lines, texts."""
        service = self.service_draft
        question = self.env["itsm.question"].create(
            {
                "service_id": service.id,
                "name": "Which?",
                "kind": "selection",
                "option_ids": [Command.create({"name": "One"})],
            }
        )
        service.with_user(self.designer).action_request_publication()
        attempts = (
            lambda: service.write({"summary": "Other"}),
            lambda: service.update_field_translations("name", {"en_US": "Other"}),
            lambda: service.write(
                {"requirement_ids": [Command.create({"name": "Faster"})]}
            ),
            lambda: question.write({"name": "What?"}),
            lambda: question.option_ids.write({"name": "Two"}),
            lambda: question.option_ids.unlink(),
            lambda: question.unlink(),
            lambda: self.env["itsm.service.dependency"].create(
                {"service_id": service.id, "depends_on_id": self.service.id}
            ),
        )
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(UserError, "waits for the approval"),
            ):
                attempt()
        service.write({"partner_ids": self.customer.ids, "is_hot": True})  # no content
        version = service.pending_version_id
        version.with_user(self.designer).action_restart_approval()
        self.assertFalse(service.pending_version_id)
        self.assertEqual(version.state, "draft")
        service.summary = "Other"
        service.with_user(self.designer).action_request_publication()
        self.assertEqual(service.pending_version_id, version)
        self.assertEqual(version.content["summary"], {"en_US": "Other"})

    def test_rejected(self):
        """CAT-13: a rejection publishes nothing and opens the service again."""
        service = self.service_draft
        service.with_user(self.designer).action_request_publication()
        version = service.pending_version_id
        with self.assertRaises(UserError):  # who asked does not decide
            version.with_user(self.designer).action_approve()
        version.with_user(self.member).action_reject("Too vague")
        self.assertEqual((service.state, version.state), ("proposed", "draft"))
        self.assertFalse(service.pending_version_id)
        service.summary = "Calls, in detail"
        self._approve(service)
        self.assertEqual(service.version, 1)

    def test_nobody_on_the_committee(self):
        """CAT-13: without members the request fails clearly, and holds nothing."""
        self.env.ref("itsm_base.itsm_role_catalogue_committee").holder_ids.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.service_draft.action_request_publication()
        self.assertFalse(self.service_draft.pending_version_id)

    def test_versions_are_evidence(self):
        """CAT-13: nobody writes versions or what the system says of a service."""
        self._approve(self.service_draft)
        service = self.service_draft
        version = service.version_id
        for user in self.manager, self.designer:
            for vals in (
                {"state": "withdrawn"},
                {"content": {}},
                {"number": 7},
                {"published_at": "2020-01-01 00:00:00"},
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(AccessError):
                        version.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                version.with_user(user).create({"service_id": service.id, "number": 9})
            for name in "version", "version_id", "offered_at", "pending_version_id":
                for value in version.id, False:  # emptying is writing, too
                    with self.assertRaises(AccessError):
                        service.with_user(user).write({name: value})
        with self.assertRaises(AccessError):
            version.sudo().write({"state": "withdrawn"})
        form = self.env["itsm.service"].with_context(
            default_version=7, default_name="X"
        )
        self.assertEqual(form.create({}).version, 0)
        with self.assertRaises(UserError):
            version.unlink()
        with self.assertRaises(UserError):
            service.unlink()
        unapproved = self.env["itsm.service"].create({"name": "Gone", "state": "live"})
        unapproved.unlink()  # nobody decided about it, no ticket names it

    def test_batch(self):
        """CAT-13: publishing many services takes a constant number of queries."""

        def publish(count):
            services = self.env["itsm.service"].create(
                [{"name": f"S{number}", **self.complete} for number in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            services.write({"state": "live"})
            self.env.flush_all()
            self.assertEqual(set(services.mapped("version")), {1})
            return self.cr.sql_log_count - before

        publish(2)
        few, many = publish(3), publish(60)
        self.assertLessEqual(many, few + 3 * 57)  # updates of single rows, no reading

    # === Who ===

    def test_designer(self):
        """CAT-15: service design writes drafts and what is being changed, no more."""
        services = self.env["itsm.service"].with_user(self.designer)
        draft = services.create({"name": "Idea"})
        draft.action_design()
        draft.write({"summary": "Better"})
        for vals in ({"state": "live"}, {"state": "retired"}):
            with self.assertRaises(AccessError):
                services.create({"name": "Live at once", **vals})
        with self.assertRaises(AccessError):
            draft.action_set_live()
        for attempt in (
            lambda: self.service.with_user(self.designer).write({"name": "Mine"}),
            lambda: self.service.with_user(self.designer).unlink(),
            lambda: (
                self.env["itsm.question"]
                .with_user(self.designer)
                .create({"service_id": self.service.id, "name": "Why?"})
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.service.with_user(self.manager).action_change()
        self.service.with_user(self.designer).summary = "Mail for all"
        with self.assertRaises(AccessError):
            self.service.with_user(self.designer).action_set_live()
        with self.assertRaises(AccessError):
            self.service.with_user(self.agent).summary = "Mail for me"

    def test_money(self):
        """CAT-17: price and cost are finance's: forms, reading, searching, export."""
        finance = self._create_user("cat-finance", "itsm_base.itsm_group_finance")
        self.service.sudo().write({"price": 10, "cost": 8, "price_basis": "month"})
        mine = self.service.with_user(finance)
        self.assertEqual(mine.read(["price", "cost"])[0]["cost"], 8.0)
        mine.write({"cost": 9.0})
        self.assertEqual(self.service.sudo().cost, 9.0)
        for attempt in (
            lambda: mine.write({"name": "Cheap"}),
            lambda: mine.write({"cost": 1.0, "state": "retired"}),
            lambda: mine.unlink(),
            lambda: mine.create({"name": "New"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        both = self._create_user(
            "cat-both", "itsm_base.itsm_group_finance,itsm_base.itsm_group_catalogue"
        )
        with self.assertRaises(AccessError):
            self.service.with_user(both).name = "Cheap"
        self.service.with_user(both).price = 12.0
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        manager = self.service.with_user(self.manager)
        for attempt in (
            lambda: manager.read(["price"]),
            lambda: manager.write({"cost": 1.0}),
            lambda: manager.search([("price", ">", 5)]),
            lambda: manager.export_data(["cost"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        arch = manager.get_view(view_type="form")["arch"]
        self.assertNotIn('name="cost"', arch)
        self.assertNotIn("cost", self.service._itsm_contents()[self.service.id])

    def test_portal_and_company(self):
        """CAT-08: customers read nothing by ORM; the other company reads nothing."""
        question = self.env["itsm.question"].create(
            {"service_id": self.service.id, "name": "Which?"}
        )
        other = self.env["res.company"].create({"name": "Second"})
        foreign = self._create_user(
            "cat-foreign",
            "itsm_base.itsm_group_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        version = self.env["itsm.service.version"]._make(
            self.service, self.service._itsm_contents()
        )
        for record in self.service, question, version:
            for user in self.portal_user, self.env.ref("base.public_user"), foreign:
                with self.subTest(model=record._name, user=user.login):
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
        with self.assertRaises(AccessError):
            question.with_user(foreign).write({"name": "Mine"})
        self.assertTrue(guard.has_token(guard.with_token(version).env))

    # === Dependencies and requirements ===

    def test_dependency_cycle(self):
        """CAT-10: a cycle of any length is refused with the way round."""
        services = self.env["itsm.service"].create(
            [{"name": f"D{number}"} for number in range(4)]
        )
        lines = self.env["itsm.service.dependency"]
        for first, second in ((0, 1), (1, 2), (0, 2), (2, 3)):
            lines.create(
                {
                    "service_id": services[first].id,
                    "depends_on_id": services[second].id,
                }
            )
        with self.assertRaisesRegex(ValidationError, "D3 → D0 → D2 → D3"):
            lines.create(
                {"service_id": services[3].id, "depends_on_id": services[0].id}
            )
        with self.assertRaisesRegex(ValidationError, "itself"):
            lines.create(
                {"service_id": services[3].id, "depends_on_id": services[3].id}
            )
        # in one call, and by changing an existing line
        with self.assertRaisesRegex(ValidationError, "cannot need itself"):
            lines.create(
                [
                    {"service_id": self.service.id, "depends_on_id": services[0].id},
                    {"service_id": services[3].id, "depends_on_id": self.service.id},
                ]
            )
        with self.assertRaisesRegex(ValidationError, "cannot need itself"):
            services[2].dependency_ids.depends_on_id = services[0]
        # doing the same is mutual
        lines.create(
            [
                {
                    "service_id": services[one].id,
                    "depends_on_id": services[other].id,
                    "kind": "duplicates",
                }
                for one, other in ((0, 1), (1, 0))
            ]
        )
        self.assertEqual(
            services[2].dependent_ids.service_id, services[0] | services[1]
        )

    def test_lines(self):
        """CAT-08, CAT-10, CAT-11: teams, dependencies and requirements; and copies."""
        with Form(self.service_draft.with_user(self.designer)) as form:
            form.summary = "Calls"
        self.service_draft.with_user(self.designer).write(
            {
                "team_ids": [Command.create({"line": "2", "team_id": self.team_2.id})],
                "dependency_ids": [Command.create({"depends_on_id": self.service.id})],
                "requirement_ids": [Command.create({"name": "Works at night"})],
                "question_ids": [Command.create({"name": "Which number?"})],
            }
        )
        service = self.service_draft
        self.assertEqual(service.team_ids.team_id, self.team_2)
        self.assertEqual(self.service.dependent_ids.service_id, service)
        self.assertEqual(service.requirement_ids.state, "open")
        self.assertEqual(service.question_ids.code, "q1")
        copy = service.copy()
        self.assertEqual(copy.question_ids.code, "q1")
        self.assertEqual(copy.requirement_ids.name, "Works at night")
        self.assertEqual((copy.state, copy.version), ("proposed", 0))

    def test_offered_states(self):
        """CAT-13: tickets may name services that are changed or retired, not earlier
        or later ones."""
        for state in ("live", "changing", "retiring"):
            self.service.state = state
            self._create_ticket(service_id=self.service.id)
        for state in ("proposed", "design", "transition", "retired"):
            self.service.state = state
            with self.assertRaisesRegex(ValidationError, "Service: .*live"):
                self._create_ticket(service_id=self.service.id)
        self.assertTrue(self.service.retired_at)
        self.assertEqual(self.service.request_count, 0)

    def test_criticality(self):
        """CAT-09: the form proposes the impact of a new incident by its service."""
        self.service.criticality = "1"
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        for vals, expected in (
            ({"default_itsm_kind": "incident"}, "1"),
            ({"default_itsm_kind": "incident", "default_impact": "3"}, "3"),
            ({"default_itsm_kind": "request"}, False),
        ):
            with self.subTest(**vals):
                form = Form(tickets.with_context(default_team_id=self.team.id, **vals))
                form.service_id = self.service
                self.assertEqual(form.impact or False, expected)
