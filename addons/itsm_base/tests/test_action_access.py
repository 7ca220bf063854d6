# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_action import ActionCommon


@tagged("post_install", "-at_install")
class TestActionAccess(ActionCommon):
    def _seen(self, action, user):
        return bool(
            self.env["itsm.action"].with_user(user).search([("id", "=", action.id)])
        )

    def test_open_to_agents(self):
        """Access: agents read all, change their own; leads and managers change all."""
        action = self._create_action()
        self.assertTrue(self._seen(action, self.agent_2))
        with self.assertRaises(AccessError):
            action.with_user(self.agent_2).name = "Mine"
        with self.assertRaises(AccessError):
            action.with_user(self.agent_2).action_start()
        for user in (self.agent, self.lead, self.manager):
            action.with_user(user).description = "<p>Go</p>"

    def test_employee(self):
        """Access: whoever is no agent sees only what concerns him."""
        action = self._create_action()
        self.assertFalse(self._seen(action, self.employee))
        own = self._create_action(owner_id=self.employee.id)
        self.assertTrue(self._seen(own, self.employee))
        self._do(own)
        to_check = self._create_action(checker_id=self.employee.id)
        self._do(to_check)
        self._check(to_check, self.employee)
        self.assertEqual(to_check.state, "effective")
        process = self.env.ref("itsm_base.itsm_process_fin")
        process.owner_id = self.employee
        of_process = self._create_action(process_id=process.id)
        self.assertTrue(self._seen(of_process, self.employee))

    def test_written_down(self):
        """Access: agents write actions down for others, everybody else for himself."""
        actions = self.env["itsm.action"]
        actions.with_user(self.agent).create(self._action_vals(owner_id=self.lead.id))
        with self.assertRaises(AccessError):
            actions.with_user(self.employee).create(self._action_vals())
        own = self._action_vals(owner_id=self.employee.id)
        action = actions.with_user(self.employee).create(own)
        action.unlink()
        process = self.env.ref("itsm_base.itsm_process_fin")
        process.owner_id = self.employee
        actions.with_user(self.employee).create(
            self._action_vals(process_id=process.id)
        )

    def test_portal(self):
        """Access: nothing for portal users."""
        action = self._create_action()
        with self.assertRaises(AccessError):
            action.with_user(self.portal_user).read(["name"])
        with self.assertRaises(AccessError):
            self.env["itsm.action"].with_user(self.portal_user).search([])

    def test_restricted(self):
        """Manners: a personal action is for owner, checker, writer and managers."""
        action = self._create_action(checker_id=self.lead.id, restricted=True)
        for user, expected in (
            (self.agent, True),
            (self.lead, True),
            (self.manager, True),
            (self.agent_2, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(action, user), expected)

    def test_companies(self):
        """Rule 5: actions of another company are invisible, processes are not mixed."""
        company = self.env["res.company"].create({"name": "Subsidiary"})
        other = self._create_user(
            "itsm-other",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        action = self._create_action()
        self.assertFalse(self._seen(action, other))
        with self.assertRaises(AccessError):
            action.with_user(other).name = "Ours"
        with self.assertRaises(UserError):
            self._create_action(owner_id=other.id)
        process = self.env["itsm.process"].search(
            [("company_id", "=", company.id)], limit=1
        )
        with self.assertRaises(UserError):
            self._create_action(process_id=process.id)
