# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestTicket(CmdbCommon):
    """Configuration items on a ticket, and what they affect (CFG-25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls._ci("server")
        cls.database = cls._ci("database", partner_id=cls.customer_2.id)
        cls.service_item = cls.service.ci_ids
        cls.service.partner_ids = cls.customer
        cls._relate(cls.server, cls.database)
        cls._relate(cls.database, cls.service_item)
        cls.ticket = cls._create_ticket(ci_ids=[Command.set(cls.server.ids)])

    def test_work_out_and_confirm(self):
        """Services and customers are proposed; a person takes them over."""
        ticket = self.ticket.with_user(self.agent)
        self.assertFalse(ticket.impacted_service_ids)
        action = ticket.action_impact()
        wizard = self.env[action["res_model"]].with_user(self.agent)
        wizard = wizard.browse(action["res_id"])
        # the offering is part of the service: it needs it
        self.assertEqual(wizard.service_ids, self.service | self.offering)
        self.assertEqual(wizard.partner_ids, self.customer | self.customer_2)
        # nothing is taken over by looking
        self.assertFalse(ticket.impacted_service_ids)
        self.assertFalse(ticket.impacted_partner_ids)
        wizard.action_confirm()
        self.assertEqual(ticket.impacted_service_ids, self.service | self.offering)
        self.assertEqual(ticket.impacted_partner_ids, self.customer | self.customer_2)

    def test_confirm_adds(self):
        """What is there already stays; what a person struck out is not added."""
        self.ticket.impacted_service_ids = self.service_retired
        wizard = self._wizard()
        wizard.write({"service_ids": [Command.unlink(self.offering.id)]})
        wizard.action_confirm()
        self.assertEqual(
            self.ticket.impacted_service_ids, self.service | self.service_retired
        )

    def _wizard(self, user=None):
        action = self.ticket.with_user(user or self.agent).action_impact()
        wizard = self.env["itsm.ci.impact"].with_user(user or self.agent)
        return wizard.browse(action["res_id"])

    def test_causes_are_not_taken_over(self):
        """Only what is affected goes into the ticket."""
        wizard = self._wizard()
        wizard.direction = "up"
        wizard.action_again()
        self.assertFalse(wizard.service_ids)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        action = self.server.with_user(self.agent).action_impact()
        wizard = wizard.browse(action["res_id"])
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_without_items(self):
        """A ticket without items has nothing to work out."""
        with self.assertRaisesRegex(UserError, "Name the configuration items"):
            self._create_ticket().action_impact()

    def test_confirm_needs_ticket_right(self):
        """Who cannot change the ticket takes nothing over."""
        wizard = self.env["itsm.ci.impact"].with_user(self.ci_reader)
        with self.assertRaises(AccessError):
            wizard.create(
                {"ci_ids": self.server.ids, "ticket_id": self.ticket.id}
            ).action_confirm()

    def test_creation_works_nothing_out(self):
        """Making a ticket searches no impact (design, 5)."""
        self.assertFalse(self.ticket.impacted_service_ids)
        self.assertFalse(
            self.env["itsm.ci.impact"].search([("ticket_id", "=", self.ticket.id)])
        )

    # === Without rights to the CMDB ===

    def test_helpdesk_user(self):
        """A helpdesk user without CMDB rights opens, makes, edits, copies tickets."""
        user = self.helpdesk_user
        self.ticket.user_id = user
        ticket = self.ticket.with_user(user)
        ticket.read()
        view = ticket.get_view(view_type="form")
        self.assertNotIn("ci_ids", view["arch"])
        view = ticket.get_view(view_type="search")
        self.assertNotIn("ci_ids", view["arch"])
        with Form(ticket) as form:
            form.name = "Renamed"
        ticket.write({"description": "<p>more</p>"})
        made = ticket.create({"name": "New", "description": "x", "user_id": user.id})
        with Form(ticket.browse()) as form:
            form.name = "By form"
            form.description = "x"
        ticket.copy()
        made.web_read({"name": {}, "description": {}})
        ticket.search([("name", "ilike", "Renamed")])

    def test_helpdesk_user_learns_nothing(self):
        """Nor does the ticket tell him of configuration items."""
        self.ticket.user_id = self.helpdesk_user
        ticket = self.ticket.with_user(self.helpdesk_user)
        with self.assertRaises(AccessError):
            ticket.read(["ci_ids"])
        self.assertNotIn("server", str(ticket.read()))
        with self.assertRaises(AccessError):
            ticket.action_impact()

    def test_portal(self):
        """A portal user's tickets are as before."""
        ticket = self.ticket.with_user(self.portal_user)
        ticket.read(["name", "description", "stage_id"])
        with self.assertRaises(AccessError):
            ticket.read(["ci_ids"])
        with self.assertRaises(AccessError):
            ticket.read(["impacted_partner_ids"])

    def test_agent(self):
        """An agent names items on a ticket; one of another company is refused."""
        ticket = self.ticket.with_user(self.agent)
        with Form(ticket) as form:
            form.ci_ids.add(self.database)
        self.assertEqual(ticket.ci_ids, self.server | self.database)
        company, _manager = self._company_2()
        foreign = self._ci("foreign", company_id=company.id)
        with self.assertRaises(UserError):
            ticket.write({"ci_ids": [Command.link(foreign.id)]})

    # === On the item ===

    def test_open_tickets(self):
        """An item counts its open tickets, for who may see tickets."""
        self._create_ticket(
            ci_ids=[Command.set(self.server.ids)], stage_id=self.stage_closed.id
        )
        self.assertEqual(self.server.with_user(self.agent).open_ticket_count, 1)
        self.assertEqual(self.database.with_user(self.agent).open_ticket_count, 0)
        # an employee sees the tickets that helpdesk shows him
        tickets = self.env["helpdesk.ticket"].with_user(self.ci_reader)
        self.assertEqual(
            self.server.with_user(self.ci_reader).open_ticket_count,
            tickets.search_count(
                [("ci_ids", "in", self.server.ids), ("stage_id.closed", "=", False)]
            ),
        )
        action = self.server.with_user(self.agent).action_view_tickets()
        tickets = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(len(tickets), 2)

    def test_item_on_ticket_is_kept(self):
        """An item that a ticket names is not deleted."""
        item = self._ci(state="ordered")
        self.ticket.ci_ids = item
        with self.assertRaises(UserError):
            item.unlink()
