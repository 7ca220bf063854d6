# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSetupStep(TransactionCase):
    """Issue 4, First day: the start assistant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "First Day Company"})
        cls.manager = cls.env["res.users"].create(
            {
                "name": "First Day Manager",
                "login": "first-day",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [(6, 0, cls.env.ref("itsm_base.itsm_group_manager").ids)],
            }
        )
        cls.steps = (
            cls.env["itsm.setup.step"]
            .with_user(cls.manager)
            .with_company(cls.company)
            .search([])
        )

    def _step(self, code):
        return self.steps.filtered(lambda step: step.code == code)

    def test_status(self):
        """A step is done when what it is about is there, in the company in hand."""
        services = self._step("services")
        self.assertEqual(services.state, "open")
        self.env["itsm.service"].create(
            {"name": "Mail", "company_id": self.company.id, "state": "live"}
        )
        self.steps.invalidate_recordset()
        self.assertEqual(services.state, "done")
        self.assertEqual(services.detail, "1 live")

    def test_every_step_opens(self):
        """Each step has a status and opens something that exists."""
        for step in self.steps:
            with self.subTest(step=step.code):
                self.assertIn(step.state, ("open", "done"))
                actions = [step.action_open()]
                if step.other_button:
                    actions.append(step.action_open_other())
                for action in actions:
                    self.assertIn(action["res_model"], self.env)

    def test_skip(self):
        """Steps can be left out and taken up again, company by company."""
        step = self._step("holidays")
        step.action_skip()
        self.assertEqual(step.state, "skipped")
        main = self.env.ref("base.main_company")
        other = step.with_user(self.env.ref("base.user_admin")).with_context(
            allowed_company_ids=main.ids
        )
        self.assertNotEqual(other.state, "skipped")
        step.action_take_up()
        self.assertEqual(step.state, "open")

    def test_finish(self):
        """The assistant leaves the first row when nothing is open, and can be reopened.

        With something open it says what.
        """
        with self.assertRaisesRegex(UserError, "Service catalogue"):
            self.steps.action_finish()
        self.steps.action_skip()
        self.steps.action_finish()
        menu = self.env.ref("itsm_base.itsm_setup_menu")
        self.assertTrue(menu.active, "another company has not begun")
        for company in self.env["res.company"].search([]):
            steps = self.steps.sudo().with_company(company)
            steps.filtered(lambda step: step.state == "open").action_skip()
        self.steps.action_finish()
        self.assertFalse(menu.active)
        self.assertTrue(self.env.ref("itsm_base.itsm_setup_menu_config").active)

    def test_access(self):
        """Agents do not see the assistant."""
        agent = self.env["res.users"].create(
            {
                "name": "First Day Agent",
                "login": "first-day-agent",
                "group_ids": [(6, 0, self.env.ref("itsm_base.itsm_group_agent").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.env["itsm.setup.step"].with_user(agent).search([])
        with self.assertRaises(AccessError):
            self.steps.with_user(agent).action_skip()
