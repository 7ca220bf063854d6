# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon
from odoo.addons.itsm_desk.models.res_users_sight import RESTRICTION_GROUPS


@tagged("post_install", "-at_install")
class TestRestrictionUnhandled(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for xmlid in RESTRICTION_GROUPS.values():
            cls.env.ref(xmlid).user_ids = False
        cls.manager = cls._create_user("unhandled-mgr", "itsm_base.itsm_group_manager")
        cls.accused = cls._create_user("unhandled-mgr2", "itsm_base.itsm_group_manager")
        cls.step = cls.env.ref("itsm_desk.itsm_setup_step_restricted")

    def _complain(self):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "He shouted at me",
                "description": "<p>Loudly</p>",
                "restriction": "person",
                "complaint_about_id": self.accused.partner_id.id,
            }
        )

    def _told(self, user):
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("subject", "=", "Nobody handles restricted tickets"),
            ]
        )

    def test_managers_hear(self):
        """BRM-29, SEC-05: without handlers the managers hear it, the accused does not;
        nothing of the ticket is said."""
        ticket = self._complain()
        message = self._told(self.manager)
        self.assertEqual(len(message), 1)
        self.assertFalse(self._told(self.accused))
        for secret in (ticket.name, ticket.number):
            self.assertNotIn(secret, message.body + message.subject)
        self.assertFalse((message.model, message.res_id)[1])

    def test_handlers_suffice(self):
        """BRM-29: with somebody who handles complaints the managers hear nothing."""
        group = self.env.ref("itsm_desk.itsm_group_complaint")
        # Whom the complaint is about cannot handle it.
        self.accused.group_ids += group
        self._complain()
        self.assertEqual(len(self._told(self.manager)), 1)
        self._create_user("unhandled-handler", "itsm_desk.itsm_group_complaint")
        self._complain()
        self.assertEqual(len(self._told(self.manager)), 1)

    def test_first_day(self):
        """CAL-01: the start assistant says that nobody handles them yet."""
        done, _text = self.step._status_restricted(self.env.company)
        self.assertFalse(done)
        for xmlid in RESTRICTION_GROUPS.values():
            self.manager.group_ids += self.env.ref(xmlid)
        done, text = self.step._status_restricted(self.env.company)
        self.assertTrue(done)
        self.assertEqual(text, "1 people handle complaints, 1 security incidents")
