# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .duty_common import DutyCommon


@tagged("post_install", "-at_install")
class TestDutyAccess(DutyCommon):
    """Manners, who sees what: one's own, those of one's roles, leads all of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._company("Other", "UTC")
        cls.agent.company_ids = [Command.link(cls.other.id)]
        mine = cls._definition("2026-04-01", cls.company | cls.other)
        leads = cls._definition(
            "2026-04-01", responsible="user", user_id=cls.lead.id, role_id=False
        )
        person = cls._definition(
            "2026-04-01", responsible="user", user_id=cls.employee.id, role_id=False
        )
        with freeze_time("2026-04-01 04:00:00"):
            cls.env["itsm.duty.scope"]._of_active()._generate(100)

        def made(definition):
            return cls.duties.search([("definition_id", "=", definition.id)])

        cls.of_role = made(mine).filtered(lambda d: d.company_id == cls.company)
        cls.elsewhere = made(mine) - cls.of_role
        cls.of_lead, cls.of_employee = made(leads), made(person)
        cls.all = cls.of_role | cls.elsewhere | cls.of_lead | cls.of_employee

    def _seen(self, user, companies=None):
        duties = self.all.with_user(user)
        if companies:
            duties = duties.with_context(allowed_company_ids=companies.ids)
        return duties.search([("id", "in", self.all.ids)]).with_user(self.env.user)

    def test_read(self):
        """E2: search and read, per group and per company."""
        for user, expected in (
            (self.agent, self.of_role),
            (self.agent_2, self.of_role),  # the second holder
            (self.employee, self.of_employee),  # no user of the desk, but responsible
            (self.helpdesk_user, self.duties.browse()),
            (self.lead, self.of_role | self.of_lead | self.of_employee),
            (self.manager, self.of_role | self.of_lead | self.of_employee),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(set(self._seen(user)), set(expected))
                for duty in self.all - expected:
                    with self.assertRaises(AccessError):
                        duty.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            self._seen(self.portal_user)

    def test_role_of_one_company(self):
        """E2: a role held in one company shows nothing of another."""
        both = self.company | self.other
        self.assertEqual(self._seen(self.agent, both), self.of_role)
        self.env["itsm.role.holder"].create(
            {
                "role_id": self.role.id,
                "user_id": self.agent.id,
                "company_id": self.other.id,
            }
        )
        self.assertEqual(
            set(self._seen(self.agent, both)), set(self.of_role | self.elsewhere)
        )
        self.assertEqual(self._seen(self.agent, self.company), self.of_role)

    def test_do(self):
        """E4: buttons, called remotely, do nothing for who may not see the duty."""
        for user in (self.helpdesk_user, self.employee):
            duty = self.of_role.with_user(user)
            for call in (
                duty.action_done,
                duty.action_take,
                lambda duty=duty, user=user: duty.action_reassign(user.id),
                lambda duty=duty: duty.action_waive("x"),
                lambda duty=duty: duty.action_reopen("x"),
            ):
                with self.assertRaises(AccessError):
                    call()
        # the second holder may do it; a person without the app does his own
        self.of_role.with_user(self.agent_2).action_done()
        self.assertEqual(self.of_role.done_by_id, self.agent_2)
        self.of_employee.with_user(self.employee).action_done()
        self.assertEqual(self.of_employee.state, "done")

    def test_definitions(self):
        """E2: managers set up; what holds elsewhere too is not theirs alone."""
        shared = self.of_role.definition_id
        own = self.of_lead.definition_id
        own.with_user(self.manager).name = "Renamed"
        with self.assertRaises(AccessError):
            shared.with_user(self.manager).name = "Renamed"
        with self.assertRaises(AccessError):
            shared.with_user(self.manager).action_generate()
        for user in (self.agent, self.lead):
            with self.assertRaises(AccessError):
                own.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                own.with_user(user).action_generate()
        self.assertEqual(
            shared.with_user(self.manager).scope_ids.company_id, self.company
        )

    def test_not_into_a_foreign_company(self):
        """E2: a manager lets no definition hold in a company that is not his."""
        definition = self._definition("2026-04-01")
        third = self._company("Third", "UTC")
        with self.assertRaises(AccessError):
            definition.scope_ids.with_user(self.manager).company_id = third

    def test_definitions_of_another_company(self):
        """E2: a manager of one company lists definitions that name others' process."""
        process = self.env["itsm.process"].create({"code": "TX", "name": "Mine"})
        self.of_lead.definition_id.process_id = process
        manager = self._create_user(
            "duty-manager-2",
            "itsm_base.itsm_group_manager",
            company_id=self.other.id,
            company_ids=[Command.set(self.other.ids)],
        )
        definitions = self.env["itsm.duty.definition"].with_user(manager)
        found = definitions.web_search_read(
            [("id", "=", self.of_lead.definition_id.id)],
            {
                "name": {},
                "process_id": {"fields": {"display_name": {}}},
                "duty_count": {},
                "problem": {},
                "scope_ids": {},
            },
        )
        (row,) = found["records"]
        self.assertEqual(row["duty_count"], 0)
        self.assertEqual(row["scope_ids"], [])
        self.assertFalse(row["problem"])

    def test_figures(self):
        """Manners: figures about a named person are for him and his lead."""
        report = self.env["itsm.duty.report"]
        self.env.flush_all()
        domain = [("id", "in", self.all.ids)]
        self.assertEqual(
            report.with_user(self.agent).search(domain).ids, self.of_role.ids
        )
        self.assertFalse(report.with_user(self.agent_2).search(domain))
        self.assertEqual(
            set(report.with_user(self.lead).search(domain).ids),
            set((self.of_role | self.of_lead | self.of_employee).ids),
        )
        for user in (self.employee, self.helpdesk_user, self.portal_user):
            with self.assertRaises(AccessError):
                report.with_user(user).search(domain)

    def test_form_of_the_employee(self):
        """CAL-10: who is responsible reads all that the form shows."""
        duty = self.of_employee.with_user(self.employee)
        views = duty.get_views([(False, "form")])
        names = views["models"]["itsm.duty"]["fields"]
        spec = {
            name: {"fields": {"display_name": {}}}
            if field["type"] in ("many2one", "many2many")
            else {}
            for name, field in names.items()
        }
        (values,) = duty.web_read(spec)
        self.assertEqual(values["definition_id"]["display_name"], "Report")

    def test_comment(self):
        """CAL-10: who may see a duty may write into its chatter."""
        message = self.of_role.with_user(self.agent_2).message_post(body="On my way")
        self.assertEqual(message.author_id, self.agent_2.partner_id)
