# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .whatif_common import WhatifCommon


@tagged("post_install", "-at_install")
class TestWhatifScope(WhatifCommon):
    """SLM-07, design 4: a scenario takes the tickets that its agreement covered.

    The customer has two agreements: one about everything, one about e-mail.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.general = cls._create_agreement(
            {"2": (60, 240)}, name="General", partner_id=cls.customer.id
        )
        cls.mail = cls._create_agreement(
            {"2": (60, 120)},
            name="E-mail",
            partner_id=cls.customer.id,
            service_ids=[Command.set(cls.service.ids)],
        )

    def _two(self):
        """A ticket about nothing special, and one about e-mail."""
        other = self._solved("2026-03-23 09:00", "2026-03-23 10:00", service_id=False)
        mail = self._solved(
            "2026-03-23 09:00", "2026-03-23 10:00", service_id=self.service.id
        )
        self.assertEqual(other.agreement_id, self.general)
        self.assertEqual(mail.agreement_id, self.mail)
        return other, mail

    def test_other_agreement_of_the_customer(self):
        """SLM-07: not those of another agreement with the same customer."""
        other, mail = self._two()
        scenario = self._ask(self.general)
        self.assertEqual(scenario.scope, "agreement")
        self.assertFalse(scenario.partner_ids)
        self.assertEqual(scenario.line_ids.ticket_id, other)
        self.assertEqual(self._ask(self.mail).line_ids.ticket_id, mail)

    def test_any_version(self):
        """SLM-07: a draft of the next version takes what the versions before covered,
        an earlier version what the later ones cover."""
        _other, mail = self._two()
        action = self.mail.action_new_version()
        draft = self.env["itsm.agreement"].browse(action["res_id"])
        scenario = self._ask(draft)
        self.assertEqual(scenario.scope, "agreement")
        self.assertEqual(scenario.line_ids.ticket_id, mail)
        with self.at("2026-03-30 10:00"):
            draft.date_start = "2026-03-30"
            draft.action_activate()
        later = self._solved(
            "2026-03-31 09:00", "2026-03-31 10:00", service_id=self.service.id
        )
        self.assertEqual(later.agreement_id, draft)
        self.assertEqual(self._ask(self.mail).line_ids.ticket_id, mail | later)

    def test_draft_without_tickets(self):
        """SLM-07: a draft that was never in force takes its customer's tickets and
        services, and says how many are of other agreements."""
        other, mail = self._two()
        draft = self._draft_agreement(
            {"2": (60, 240)}, name="Wish", partner_id=self.customer.id
        )
        scenario = self._scenario(draft)
        self.assertEqual(scenario.scope, "choice")
        self.assertEqual(scenario.partner_ids, self.customer)
        self.assertEqual(scenario.taken_count, 2)
        self.assertIn("2 of them were under another agreement", scenario.taken_text)
        self._work_out(scenario)
        self.assertEqual(scenario.line_ids.ticket_id, other | mail)

    def test_legs(self):
        """SLM-07: of an OLA those with a clock of it."""
        ola = self._create_agreement(
            {"2": (None, 60)}, kind="ola", team_id=self.team_2.id
        )
        own = self._report("2026-03-23 09:00", team_id=self.team_2.id)
        self._report("2026-03-23 09:00")
        self._move("2026-03-23 10:00", own, "resolved")
        self._move("2026-03-23 10:00", own, "closed")
        self.assertEqual(self._ask(ola).line_ids.ticket_id, own)

    def test_form_says_which(self):
        """SLM-07: the form says which tickets are taken and shows them."""
        other, _mail = self._two()
        with self.at("2026-04-15 10:00"):
            form = Form(self.env["itsm.whatif"].with_user(self.sla_manager))
            form.name = "What if?"
            form.agreement_id = self.general
            form.date_from, form.date_to = "2026-03-01", "2026-03-31"
            self.assertEqual(form.scope, "agreement")
            self.assertEqual(
                form.taken_text,
                "1 tickets that General covered, in any of its versions.",
            )
            form.scope = "choice"
            self.assertEqual(form.partner_ids[:], self.customer)
            self.assertIn("2 tickets of these customers", form.taken_text)
            self.assertIn("1 of them were under another", form.taken_text)
            form.scope = "agreement"
            scenario = form.save()
        self.assertFalse(scenario.partner_ids)
        action = scenario.action_view_tickets()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(found, other)
        with self.assertRaises(AccessError):
            scenario.with_user(self.portal_user).action_view_tickets()

    def test_origin_keeps_the_choice(self):
        """SLM-07: choosing own or imported tickets leaves the customers and services
        that somebody chose."""
        self._two()
        scenario = self._scenario(self.general)
        scenario.scope = "choice"
        scenario.partner_ids = self.customer_2
        scenario.service_ids = self.service
        scenario.origin = "imported"
        self.env.flush_all()
        self.assertEqual(scenario.scope, "choice")
        self.assertEqual(scenario.partner_ids, self.customer_2)
        self.assertEqual(scenario.service_ids, self.service)

    def test_imported(self):
        """SLM-07: tickets imported under an agreement are its own, too."""
        scenario = self._scenario(self.general, origin="imported")
        self.assertEqual(scenario.scope, "choice")
        other, mail = self._two()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET is_history = true WHERE id IN %s",
            [(other.id, mail.id)],
        )
        self.env.invalidate_all()
        scenario = self._ask(self.general, origin="imported")
        self.assertEqual(scenario.scope, "agreement")
        self.assertEqual(scenario.line_ids.ticket_id, other)

    def test_frozen_with_the_figures(self):
        """MS-29: which tickets are taken stays with the figures."""
        self._two()
        scenario = self._ask(self.general)
        with self.assertRaises(UserError):
            scenario.scope = "choice"

    def test_nothing_to_take(self):
        """SLM-07: without a ticket it says how to get some."""
        scenario = self._scenario(self.general)
        with (
            self.at("2026-04-15 10:00"),
            self.assertRaisesRegex(UserError, "would take"),
        ):
            scenario.action_compute()
