# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .escalation_common import MON, EscalationCommon
from .test_escalation_what import ACT

HALF = "2026-03-23 12:01"  # just after 50 % of 4 h
ACTIONS = "odoo.addons.base.models.ir_actions"


@tagged("post_install", "-at_install")
class TestEscalationServerAction(EscalationCommon):
    """Design, Manners: a released action, with the rights of a limited user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user("itsm-system", "base.group_system")
        cls.action = cls._action(
            "name = '%s %s %s' % (env.user.login, env.su, len(records))\n"
            "records.write({'name': name})"
        )
        cls.action.with_user(cls.admin).write(
            {"itsm_released": True, "itsm_run_as_ids": cls.agent.ids}
        )
        cls.rule = cls._rule(
            run_action=True,
            server_action_id=cls.action.id,
            run_as_id=cls.agent.id,
            raise_line=True,
        )

    @classmethod
    def _action(cls, code, model="helpdesk.ticket", **vals):
        return cls.env["ir.actions.server"].create(
            {
                "name": "Tell the other system",
                "model_id": cls.env["ir.model"]._get_id(model),
                "state": "code",
                "code": code,
                **vals,
            }
        )

    def test_runs_as_the_user(self):
        """SLM: the action runs as the user named, not as root, once for the batch."""
        tickets = self._report(MON) | self._report(MON)
        self._run_scheduler(HALF)
        self.assertEqual(set(tickets.mapped("name")), {"itsm-agent False 2"})
        for ticket in tickets:
            self.assertEqual(self._told(ticket), [("Test rule", "done")])
            self.assertIn(self.agent.name, self._alerts(ticket).note)

    def test_limited_rights(self):
        """SLM: what the user may not do fails plainly; the rest of the rule works."""
        self.action.code = "env['ir.config_parameter'].set_param('x', 'y')"
        ticket = self._report(MON)
        with mute_logger(ACT, ACTIONS):
            self._run_scheduler(HALF)
        self.assertFalse(self.env["ir.config_parameter"].get_param("x"))
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])
        self.assertIn("Failed", self._alerts(ticket).note)
        self.assertEqual(ticket.support_line, "2")

    def test_no_token(self):
        """Design, Manners: the action cannot write evidence."""
        self.action.code = "records.write({'is_history': True})"
        ticket = self._report(MON)
        with mute_logger(ACT, ACTIONS):
            self._run_scheduler(HALF)
        self.assertFalse(ticket.is_history)
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])

    def test_post_is_no_reply(self):
        """SLM, design 2: what an action posts for all to see meets no response."""
        self.action.code = (
            "records.message_post(body='Soon', message_type='comment',"
            " subtype_xmlid='mail.mt_comment')"
        )
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertEqual(self._told(ticket), [("Test rule", "done")])
        self.assertIn("Soon", "".join(ticket.message_ids.mapped("body")))
        self.assertFalse(ticket.first_response_at)
        with self.at("2026-03-23 13:30"):
            # a client cannot say so: the key is no JSON
            ticket.with_user(self.agent).with_context(itsm_automatic=True).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(ticket.first_response_at, self.utc("2026-03-23 13:30"))

    def test_deleted_or_withdrawn(self):
        """SLM: a deleted or withdrawn action fails plainly; the rest works."""
        withdrawn = self._report(MON)
        self.action.with_user(self.admin).itsm_released = False
        self._run_scheduler(HALF)
        self.assertEqual(self._told(withdrawn), [("Test rule", "failed")])
        self.assertIn("not released", self._alerts(withdrawn).note)
        self.assertEqual(withdrawn.support_line, "2")
        deleted = self._report(MON)
        self.action.unlink()
        self._run_scheduler(HALF)
        self.assertEqual(self._told(deleted), [("Test rule", "failed")])
        self.assertIn("deleted", self._alerts(deleted).note)
        self.assertEqual(deleted.support_line, "2")

    def test_user_has_become_administrator(self):
        """SLM: the user's rights count when it runs."""
        ticket = self._report(MON)
        self.agent.write({"group_ids": [(4, self.env.ref("base.group_system").id)]})
        self._run_scheduler(HALF)
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])
        self.assertEqual(ticket.name, "Test ticket")

    def test_user_is_withdrawn(self):
        """SLM: with whose rights it runs is the administrator's word, until he says
        otherwise."""
        ticket = self._report(MON)
        self.action.with_user(self.admin).itsm_run_as_ids = self.agent_2
        self._run_scheduler(HALF)
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])
        self.assertIn("not released for the rights", self._alerts(ticket).note)
        self.assertEqual(ticket.name, "Test ticket")

    def test_release(self):
        """SLM: only a system administrator releases, also not by ``sudo()``."""
        for user in self.sla_manager, self.manager, self.agent:
            with self.subTest(user=user.login):
                for action in (
                    self.action.with_user(user),
                    self.action.with_user(user).sudo(),
                ):
                    with self.assertRaises(AccessError):
                        action.write({"itsm_released": True})
                    with self.assertRaises(AccessError):
                        action.write({"itsm_run_as_ids": [(4, user.id)]})
                with self.assertRaises(AccessError):
                    self.env["ir.actions.server"].with_user(user).sudo().create(
                        {
                            "name": "Mine",
                            "model_id": self.action.model_id.id,
                            "state": "code",
                            "itsm_released": True,
                        }
                    )
        self.assertFalse(self.action.copy().itsm_released)

    def test_who_sees_actions(self):
        """SLM: who makes rules finds the released actions and no others."""
        unreleased = self._action("pass", name="Not released")
        actions = self.env["ir.actions.server"]
        found = actions.with_user(self.sla_manager).search([])
        self.assertIn(self.action, found)
        self.assertNotIn(unreleased, found)
        with self.assertRaises(AccessError):
            self.action.with_user(self.sla_manager).write({"code": "pass"})
        with self.assertRaises(AccessError):
            actions.with_user(self.agent).search([])
        self.admin.write(
            {"group_ids": [(4, self.env.ref("itsm_sla.itsm_group_sla_manager").id)]}
        )
        self.assertIn(unreleased, actions.with_user(self.admin).search([]))

    def test_what_may_be_chosen(self):
        """SLM: a released action, code for tickets, and a user with limited rights."""
        unreleased = self._action("pass")
        elsewhere = self._action("pass", "res.partner", itsm_released=True)
        no_code = self._action(
            "",
            state="object_write",
            update_path="name",
            value="x",
            itsm_released=True,
        )
        rights = self._create_user("itsm-rights", "base.group_erp_manager")
        self.action.itsm_run_as_ids |= rights | self.admin
        for vals in (
            {"server_action_id": False},
            {"server_action_id": unreleased.id},
            {"server_action_id": elsewhere.id},
            {"server_action_id": no_code.id},
            {"run_as_id": False},
            {"run_as_id": self.admin.id},
            {"run_as_id": rights.id},
            {"run_as_id": self.agent_2.id},  # not entered on the action
            {"run_as_id": self.env.ref("base.user_root").id},
            {"run_as_id": self.portal_user.id},
        ):
            with self.subTest(**vals), self.assertRaises(ValidationError):
                self.rule.write(vals)
