# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestService(ItsmCommon):
    def test_tree(self):
        """Issue 2 section 2: services at the top, offerings below, with full names."""
        self.assertEqual(self.service.kind, "service")
        self.assertEqual(self.offering.kind, "offering")
        self.assertEqual(self.offering.display_name, "E-mail / Shared mailbox")
        self.service.name = "Mail"
        self.assertEqual(self.offering.display_name, "Mail / Shared mailbox")
        found = self.env["itsm.service"].search([("id", "child_of", self.service.id)])
        self.assertEqual(found, self.service | self.offering)

    def test_cycle(self):
        """Issue 2 section 2: a service cannot be part of itself."""
        with self.assertRaisesRegex(ValidationError, "Part of"):
            self.service.parent_id = self.offering

    def test_code_unique(self):
        """Issue 2 section 5: a code names one service of a company."""
        services = self.env["itsm.service"]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            services.create({"name": "Other", "code": self.service.code})
        company = self.env["res.company"].create({"name": "Second"})
        services.create(
            {"name": "Other", "code": self.service.code, "company_id": company.id}
        )
        services.create([{"name": "No code"}, {"name": "No code either"}])

    def test_copy(self):
        """A copy has no code and is a draft by its name only."""
        copy = self.service.copy()
        self.assertFalse(copy.code)
        self.assertEqual(copy.name, "E-mail (copy)")

    def test_life(self):
        """CAT-13, CAT-47: from the proposal to the end, each change is tracked."""
        service = self.service_draft.with_user(self.manager)
        service = service.with_context(tracking_disable=False, mail_notrack=False)
        for button, state in (
            ("action_design", "design"),
            ("action_transition", "transition"),
            ("action_set_live", "live"),
            ("action_change", "changing"),
            ("action_set_live", "live"),
            ("action_announce_retirement", "retiring"),
            ("action_retire", "retired"),
            ("action_set_draft", "proposed"),
        ):
            getattr(service, button)()
            self.assertEqual(service.state, state)
            self._flush_tracking()
        with self.assertRaisesRegex(UserError, "Telephony.*cannot become"):
            service.action_change()
        values = service.message_ids.sudo().tracking_value_ids
        states = values.filtered(lambda value: value.field_id.name == "state")
        self.assertGreaterEqual(len(states), 7)

    def test_only_live_services_on_tickets(self):
        """Issue 2 section 2: a draft or retired service is refused with the remedy."""
        for service in self.service_draft, self.service_retired:
            with (
                self.subTest(state=service.state),
                self.assertRaisesRegex(ValidationError, "Service: .*live"),
            ):
                self._create_ticket(service_id=service.id)

    def test_retired_service_stays(self):
        """Issue 2 section 2: tickets keep a service that was retired later."""
        ticket = self._create_ticket(service_id=self.offering.id)
        self.offering.state = "retired"
        ticket.write({"name": "Still works", "user_id": self.agent.id})
        self.assertEqual(ticket.service_id, self.offering)

    def test_domain(self):
        """Issue 2 section 2: the form offers live services of the customer or all."""
        own, other = self.env["itsm.service"].create(
            [
                {"name": "Own", "state": "live", "partner_ids": self.customer.ids},
                {"name": "Other", "state": "live", "partner_ids": self.customer_2.ids},
            ]
        )
        field = self.env["helpdesk.ticket"]._fields["service_id"]
        for partner, expected in (
            (self.requester, own | self.service | self.offering),
            (
                self.env["res.partner"],
                own | other | self.service | self.offering,
            ),
        ):
            domain = field._description_domain(self.env)
            values = {"partner_id": partner.id, "company_id": self.company.id}
            # the web client evaluates the domain in the same way
            found = self.env["itsm.service"].search(safe_eval(domain, values))
            known = own | other | self.service | self.offering
            known |= self.service_draft | self.service_retired
            self.assertEqual(found & known, expected)

    def test_form_opens(self):
        """The form saves a service with an offering."""
        with Form(self.env["itsm.service"].with_user(self.manager)) as form:
            form.name = "Printing"
            with form.child_ids.new() as child:
                child.name = "Colour printing"
        self.assertEqual(form.record.child_ids.kind, "offering")

    def test_open_ticket_count(self):
        """The service counts open tickets of its offerings, in constant queries."""
        self._create_ticket(service_id=self.service.id)
        self._create_ticket(service_id=self.offering.id)
        self._create_ticket(service_id=self.offering.id, stage_id=self.stage_closed.id)
        self.assertEqual(self.service.open_ticket_count, 2)
        self.assertEqual(self.offering.open_ticket_count, 1)
        action = self.service.action_open_tickets()
        self.assertEqual(self.env["helpdesk.ticket"].search_count(action["domain"]), 2)
