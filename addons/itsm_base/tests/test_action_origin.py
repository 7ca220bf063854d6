# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_action import ActionCommon


@tagged("post_install", "-at_install")
class TestActionOrigin(ActionCommon):
    def test_origin(self):
        """MS-53: an action follows from any record; the button leads there."""
        action = self._create_action(res_model="helpdesk.ticket", res_id=self.ticket.id)
        self.assertEqual(action.origin, self.ticket)
        self.assertEqual(action.origin_name, self.ticket.display_name)
        self.assertEqual(action.action_open_origin()["res_id"], self.ticket.id)
        self.assertEqual(self.ticket.action_ids, action)
        self.assertEqual(self.ticket.action_open_count, 1)
        action.origin = self.service
        self.assertEqual(
            (action.res_model, action.res_id), ("itsm.service", self.service.id)
        )
        self.assertEqual(self.service.action_count, 1)
        context = self.service.action_open_actions()["context"]
        self.assertEqual(context["default_res_model"], "itsm.service")
        self.assertEqual(context["default_company_id"], self.company.id)

    def test_origin_of_any_model(self):
        """MS-53: also a model without the mixin; a record must be there."""
        partner = self.env["res.partner"].create({"name": "Supplier"})
        action = self._create_action(res_model="res.partner", res_id=partner.id)
        self.assertEqual(action.origin_name, "Supplier")
        self.assertFalse(action.origin)
        for vals in (
            {"res_model": "res.partner", "res_id": partner.id + 1000},
            {"res_model": "no.such.model", "res_id": 1},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._create_action(**vals)
        partner.unlink()
        action.invalidate_recordset()
        self.assertFalse(action.origin_name)

    def test_origin_out_of_sight(self):
        """Manners: nobody reads the name of a record that he may not read."""
        user = self._create_user("itsm-own", "helpdesk_mgmt.group_helpdesk_user_own")
        action = self._create_action(
            owner_id=user.id, res_model="helpdesk.ticket", res_id=self.ticket.id
        )
        self.ticket.user_id = self.agent
        seen = action.with_user(user)
        self.assertTrue(action.origin_name)
        self.assertFalse(seen.origin_name)
        with self.assertRaises(AccessError):
            seen.action_open_origin()
        with self.assertRaises(AccessError):
            self.env["itsm.action"].with_user(user).create(
                self._action_vals(
                    owner_id=user.id, res_model="helpdesk.ticket", res_id=self.ticket.id
                )
            )

    def test_origin_kept(self):
        """MS-29: what actions follow from is not deleted."""
        self._create_action(res_model="helpdesk.ticket", res_id=self.ticket.id)
        with self.assertRaisesRegex(UserError, "origin of actions"):
            self.ticket.unlink()

    def test_button(self):
        """MS-53: every form with a button box has the button, once."""
        for model in ("helpdesk.ticket", "itsm.service", "itsm.meeting"):
            with self.subTest(model=model):
                arch = self.env[model].get_view(view_type="form")["arch"]
                self.assertEqual(arch.count('name="action_open_actions"'), 1)
        arch = self.env["itsm.service"].get_view(view_type="list")["arch"]
        self.assertNotIn("action_open_actions", arch)

    def test_count_queries(self):
        """Speed: counting actions of 50 records takes one query."""
        tickets = self._create_tickets(50)
        self.env.flush_all()
        tickets.invalidate_recordset()
        before = self.cr.sql_log_count
        tickets.mapped("action_open_count")
        self.assertEqual(self.cr.sql_log_count - before, 1)
