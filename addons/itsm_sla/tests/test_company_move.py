# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"
REMEDY = "Create a new ticket in the other company and cancel this one"


@tagged("post_install", "-at_install")
class TestCompanyMove(SlaCommon):
    """Design 2, Manners: clocks stay with the company that agreed to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()
        cls.company_2 = cls.env["res.company"].create({"name": "Second Company"})
        cls.team_foreign = cls.env["helpdesk.ticket.team"].create(
            {"name": "Foreign", "company_id": cls.company_2.id}
        )
        users = cls.manager | cls.agent
        users.company_ids = [Command.link(cls.company_2.id)]

    def _move_to_other(self, ticket, **vals):
        user = self.manager
        both = user.company_ids.ids
        moved = ticket.with_user(user).with_context(allowed_company_ids=both)
        moved.write({"company_id": self.company_2.id, **vals})
        self.env.flush_all()

    def test_refused(self):
        """Manners: refused, and the message says what to do instead."""
        ticket = self._report(MON, team_id=False)
        self.assertTrue(ticket.clock_ids)
        with self.assertRaisesRegex(ValidationError, REMEDY), self.cr.savepoint():
            self._move_to_other(ticket)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._move_to_other(ticket, team_id=self.team_foreign.id)
        self.assertEqual(ticket.company_id, self.company)
        self.assertEqual(ticket.clock_ids.company_id, self.company)

    def test_refused_when_closed(self):
        """Manners: finished clocks are evidence of their company all the same."""
        ticket = self._report(MON, team_id=False)
        self._move("2026-03-23 10:30", ticket, "closed")
        with self.assertRaisesRegex(ValidationError, REMEDY), self.cr.savepoint():
            self._move_to_other(ticket)

    def test_without_clocks(self):
        """Manners: a ticket without clocks moves as before."""
        with self.at("2026-03-20 10:00"):
            self.agreement.action_terminate()
        ticket = self._report(MON, team_id=False)
        self.assertFalse(ticket.clock_ids)
        self._move_to_other(ticket)
        self.assertEqual(ticket.company_id, self.company_2)
