# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestInteraction(ItsmCommon):
    """From the call to the ticket, or to the answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.support_line = "1"
        cls.requester.phone = "+33 1 98 76 54 30"
        cls.model = cls.env["itsm.interaction"].with_user(cls.agent)
        cls.contacts = cls.env["itsm.contact"]

    def _interaction(self, **vals):
        return self.model.create(
            {"subject": "No mail", "partner_id": self.requester.id, **vals}
        )

    def test_ticket_is_not_wanted(self):
        """INC-01: an upgrade does not try at its end to make the ticket of a contact
        required, as itsm_base alone does; contacts that were answered have none."""
        registry = self.env.registry
        done = []
        key = "add_not_null:itsm_contact:ticket_id"
        queue = {key: done.append, "other": done.append}
        with patch.object(registry, "_constraint_queue", queue):
            registry.init_models(
                self.cr, ["itsm.contact"], {"models_to_check": True}, install=False
            )
            self.assertEqual(list(queue), ["other"])
        self.cr.execute(
            "SELECT is_nullable FROM information_schema.columns"
            " WHERE table_name = 'itsm_contact' AND column_name = 'ticket_id'"
        )
        self.assertEqual(self.cr.fetchone(), ("YES",))

    def test_incident_in_one_click(self):
        """INC-01, INC-36, DSK-01: an incident with caller, affected person, owner."""
        interaction = self._interaction(
            affected_partner_id=self.requester_2.id,
            note="Since <nine>",
            service_id=self.service.id,
        )
        action = interaction.action_incident()
        ticket = interaction.ticket_id
        self.assertEqual(action["res_id"], ticket.id)
        self.assertEqual(ticket.itsm_kind, "incident")
        self.assertEqual(ticket.partner_id, self.requester_2)
        self.assertEqual(ticket.caller_id, self.requester)
        self.assertEqual(
            (ticket.owner_id, ticket.user_id, ticket.team_id),
            (self.agent, self.agent, self.team),
        )
        self.assertEqual(ticket.reported_at, interaction.time.replace(microsecond=0))
        self.assertIn("Since &lt;nine&gt;", ticket.description)
        self.assertEqual(interaction.state, "converted")
        contact = self.contacts.search([("interaction_id", "=", interaction.id)])
        self.assertEqual(contact.ticket_id, ticket)
        self.assertTrue(contact.is_first)
        self.assertEqual(contact.channel_code, "phone")

    def test_request_of_the_caller_himself(self):
        """INC-01, INC-36: without somebody else affected there is no extra caller."""
        interaction = self._interaction()
        interaction.action_request()
        self.assertEqual(interaction.ticket_id.itsm_kind, "request")
        self.assertEqual(interaction.ticket_id.partner_id, self.requester)
        self.assertFalse(interaction.ticket_id.caller_id)

    def test_answered(self):
        """INC-01, DSK-07: answered at once, a contact without a ticket."""
        interaction = self._interaction()
        with self.assertRaisesRegex(UserError, "Answer Given"):
            interaction.action_answered()
        interaction.answer = "Press F5"
        interaction.action_answered()
        self.assertEqual(interaction.state, "answered")
        contact = self.contacts.search([("interaction_id", "=", interaction.id)])
        self.assertFalse(contact.ticket_id)
        self.assertEqual(contact.display_name, interaction.display_name)

    def test_unknown_caller(self):
        """INC-01: somebody who is no contact becomes a ticket with name and email."""
        interaction = self._interaction(
            partner_id=False, caller_name="Ann", caller_email="Ann <ANN@example.com>"
        )
        interaction.action_incident()
        self.assertFalse(interaction.ticket_id.partner_id)
        self.assertEqual(interaction.ticket_id.partner_name, "Ann")
        self.assertEqual(interaction.ticket_id.partner_email, "ann@example.com")

    def test_caller_is_found(self):
        """INC-01, DSK-07: by number while entering, by number in the search."""
        form = Form(self.model)
        form.phone = "0033198765430"
        self.assertEqual(form.partner_id, self.requester)
        partners = self.env["res.partner"].with_user(self.agent)
        found = partners.with_context(itsm_caller=True).name_search("01 98 76 54 30")
        self.assertEqual([row[0] for row in found], self.requester.ids)
        self.assertFalse(partners.name_search("01 98 76 54 30"))

    def test_caller_with_two_records(self):
        """INC-01: a number that two contacts have picks nobody."""
        self.requester_2.phone = "+33198765430"
        form = Form(self.model)
        form.phone = "+33198765430"
        self.assertFalse(form.partner_id)

    def test_what_is_known_of_the_caller(self):
        """INC-01: his open tickets and contacts, not those of others or closed ones."""
        mine = self._create_ticket()
        called = self._create_ticket(
            partner_id=self.requester_2.id, caller_id=self.requester.id
        )
        self._create_ticket(partner_id=self.requester_2.id)
        self._create_ticket(stage_id=self.stage_closed.id)
        earlier = self._interaction()
        earlier.action_incident()
        interaction = self._interaction()
        self.assertEqual(interaction.open_ticket_ids, mine | called | earlier.ticket_id)
        self.assertEqual(interaction.contact_ids.interaction_id, earlier)

    def test_known_facts_in_batch(self):
        """INC-01: what is known of many callers costs as many queries as of a few."""
        few = self._interaction() | self._interaction()
        many = few.browse([self._interaction().id for _index in range(8)])

        def count(records):
            self.env.invalidate_all()
            records.mapped("partner_id.name")
            before = self.env.cr.sql_log_count
            records._caller_facts()
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(few), count(many))

    def test_added_to_a_ticket(self):
        """INC-01: a call about an open ticket becomes a message on it."""
        ticket = self._create_ticket()
        interaction = self._interaction(note="Still down", join_ticket_id=ticket.id)
        interaction.action_join()
        self.assertEqual(interaction.ticket_id, ticket)
        message = ticket.message_ids.filtered(lambda m: "Still down" in (m.body or ""))
        self.assertEqual(message.author_id, self.requester)
        contact = self.contacts.search([("interaction_id", "=", interaction.id)])
        self.assertFalse(contact.is_first)

    def test_added_by_a_colleague(self):
        """INC-01, INC-36: a colleague who calls is no answer of the provider, also if
        he is a user; without a caller the person affected has said it."""
        ticket = self._create_ticket(caller_id=self.employee.partner_id.id)
        interaction = self._interaction(
            partner_id=self.employee.partner_id.id,
            note="It is urgent",
            join_ticket_id=ticket.id,
        )
        interaction.action_join()
        self.assertEqual(ticket.message_ids[0].author_id, self.employee.partner_id)
        self.assertFalse(ticket.first_response_at)
        anonymous = self._interaction(
            partner_id=False,
            affected_partner_id=self.requester.id,
            note="Somebody called",
            join_ticket_id=ticket.id,
        )
        anonymous.action_join()
        self.assertEqual(ticket.message_ids[0].author_id, self.requester)
        self.assertFalse(ticket.first_response_at)

    def test_number_of_the_company(self):
        """Two companies: the number comes from the sequence of its own company."""
        company = self.env["res.company"].create({"name": "Other"})
        self.env.ref("itsm_desk.ir_sequence_interaction").copy(
            {"company_id": company.id, "prefix": "OTHER/"}
        )
        self.agent.company_ids |= company
        both = {"allowed_company_ids": (self.company | company).ids}
        interactions = self.model.with_context(**both).create(
            [
                {"company_id": company.id, "channel_id": False},
                {"company_id": self.company.id, "channel_id": False},
            ]
        )
        self.assertEqual(
            [number.startswith("OTHER/") for number in interactions.mapped("number")],
            [True, False],
        )

    def test_not_added_to_a_strangers_ticket(self):
        """INC-01, bad input: only an open ticket of the caller can be added to."""
        foreign = self._create_ticket(partner_id=self.requester_2.id)
        interaction = self._interaction(note="x", join_ticket_id=foreign.id)
        with self.assertRaisesRegex(UserError, "open tickets of the caller"):
            interaction.action_join()
        self.assertFalse(
            foreign.message_ids.filtered(lambda m: m.author_id == self.requester)
        )

    def test_ends_with_the_ticket(self):
        """INC-28: the interaction is closed with the ticket, and reopened with it."""
        interaction = self._interaction()
        interaction.action_incident()
        ticket = interaction.ticket_id
        ticket.stage_id = self.stage_closed
        self.assertEqual(interaction.state, "closed")
        ticket.stage_id = self.stage_open
        self.assertEqual(interaction.state, "converted")

    def test_decided_once(self):
        """INC-01, bad input: nothing is decided twice or changed afterwards."""
        interaction = self._interaction()
        interaction.action_incident()
        with self.assertRaisesRegex(UserError, "decided already"):
            interaction.action_request()
        with self.assertRaisesRegex(UserError, "decided already"):
            interaction.subject = "Another"
        interaction.note = "A word more"
        with self.assertRaises(UserError):
            interaction.with_user(self.manager).unlink()

    def test_no_subject(self):
        """INC-01, bad input: a ticket needs a subject."""
        interaction = self._interaction(subject=" ")
        with self.assertRaisesRegex(UserError, "Subject"):
            interaction.action_incident()
        self.assertEqual(interaction.state, "new")

    def test_state_is_written_by_buttons_only(self):
        """INC-01: neither values nor defaults of a context decide an interaction."""
        ticket = self._create_ticket()
        forged = self.model.with_context(
            default_state="answered", default_ticket_id=ticket.id
        ).create({"subject": "x", "user_id": self.lead.id, "number": "IA1"})
        self.assertEqual(forged.state, "new")
        self.assertFalse(forged.ticket_id)
        self.assertEqual(forged.user_id, self.agent)
        self.assertNotEqual(forged.number, "IA1")
        with self.assertRaises(AccessError):
            forged.state = "answered"
        with self.assertRaises(AccessError):
            forged.ticket_id = ticket

    def test_access(self):
        """DSK-01: agents only; portal, employees and other companies see nothing."""
        interaction = self._interaction()
        for user in (self.portal_user, self.employee, self.helpdesk_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["itsm.interaction"].with_user(user).search([])
            with self.subTest(user.login), self.assertRaises(AccessError):
                interaction.with_user(user).action_incident()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "int-other",
            "itsm_base.itsm_group_agent",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(
            self.env["itsm.interaction"]
            .with_user(stranger)
            .search([("id", "=", interaction.id)])
        )
        with self.assertRaises(AccessError):
            interaction.with_user(stranger).action_incident()

    def test_agents_edit_customers(self):
        """DSK-13: the form makes a contact of an unknown caller for those who may."""
        group = self.env.ref("base.group_partner_manager")
        self.agent.group_ids = [Command.link(group.id)]
        partner = self.env["res.partner"].with_user(self.agent).create({"name": "New"})
        partner.phone = "+33 1 11 22 33 44"
        self.assertEqual(partner.phone, "+33 1 11 22 33 44")
