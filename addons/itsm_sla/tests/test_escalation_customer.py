# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .escalation_common import MON, EscalationCommon

HALF = "2026-03-23 12:01"  # just after 50 % of 4 h
#: What a customer need not know.
INTERNAL = (
    "clock", "rule", "escalat", "breach", "at risk", "OLA", "support line", "leader",
    "50 %", "target", "Test agreement", "Test rule",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestEscalationCustomer(EscalationCommon):
    """SLM-36: the customer is warned beforehand, with the action agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requester.write({"lang": "en_US", "tz": "Asia/Shanghai"})
        cls.warning = cls._rule(
            warn_customer=True, customer_action="We bring in a second engineer."
        )
        cls.template = cls.env.ref("itsm_sla.mail_template_customer_warning")

    def _mail_text(self, mail):
        return " ".join(html2plaintext(mail.body_html).split())

    def test_text(self):
        """SLM-36: plain and friendly, the customer's zone, nothing of ours."""
        ticket = self._report(MON, name="Printer on floor 3")
        self._run_scheduler(HALF)
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, self.requester.email_formatted)
        text = self._mail_text(mail)
        for part in (
            f"Dear {self.requester.name}",
            ticket.number,
            "Printer on floor 3",
            "may take longer than we agreed",
            "We bring in a second engineer.",
            "10:00",  # the deadline of 15:00 in Paris is 14:00 UTC, 22:00 there
        ):
            if part == "10:00":
                self.assertRegex(text, r"10:00(:00)?\sPM|22:00")
            else:
                self.assertIn(part, text)
        for word in INTERNAL:
            self.assertNotIn(word.lower(), f"{mail.subject} {text}".lower())
        self.assertEqual(self._told(ticket), [("Test rule", "done")])
        self.assertIn(self.requester.email, self._alerts(ticket).note)
        self.assertTrue(self._notes(ticket))

    def test_no_reply_that_stops_a_clock(self):
        """SLM-36: the warning is no answer: the response clock goes on."""
        self.agreement = self._create_agreement(
            {"2": (180, 240)}, service_ids=self.service.ids
        )
        ticket = self._report(MON, service_id=self.service.id)
        self._run_scheduler(HALF)
        self.assertEqual(len(self._mails()), 1)
        self.assertFalse(ticket.first_response_at)
        self.assertClock(self._clocks(ticket, "response"), phase="running")
        self.assertNotIn("reply", self._log(ticket).mapped("what"))

    def test_agreed_action(self):
        """SLM-36: what was agreed on the ticket comes before what the rule proposes."""
        ticket = self._report(MON, agreed_action="Delivery on Thursday, as discussed.")
        self._run_scheduler(HALF)
        text = self._mail_text(self._mails())
        self.assertIn("Delivery on Thursday, as discussed.", text)
        self.assertNotIn("second engineer", text)
        self.assertTrue(ticket.agreed_action)

    def test_language(self):
        """SLM-36: template and proposed action in the customer's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.requester.lang = "fr_FR"
        self.template.with_context(lang="fr_FR").write(
            {
                "subject": "Votre demande {{ object.number }}",
                "body_html": "<p>Bonjour <t t-out=\"ctx['customer_action']\"/></p>",
            }
        )
        self.warning.with_context(
            lang="fr_FR"
        ).customer_action = "Un second ingénieur arrive."
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        mail = self._mails()
        self.assertEqual(mail.subject, f"Votre demande {ticket.number}")
        self.assertIn("Bonjour Un second ingénieur arrive.", self._mail_text(mail))

    def test_edited_template(self):
        """SLM-36: the mail is an editable template."""
        self.template.body_html = "<p>We call you today.</p>"
        self._report(MON)
        self._run_scheduler(HALF)
        self.assertIn("We call you today.", self._mail_text(self._mails()))

    def test_late_already(self):
        """SLM-36: after the time agreed the mail says so."""
        self._report(MON)
        self.warning.write({"moment": "breach", "since": False})
        self._run_scheduler("2026-03-23 15:01")
        text = self._mail_text(self._mails())
        self.assertIn("we are sorry", text)
        self.assertNotIn("beforehand", text)

    def test_without_address(self):
        """SLM-36: a contact without address is said plainly, the rest is done."""
        self.warning.raise_line = True
        self.requester.email = False
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertFalse(self._mails())
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])
        self.assertIn("no e-mail address", self._alerts(ticket).note)
        self.assertEqual(ticket.support_line, "2")

    def test_not_after_the_solution(self):
        """SLM-36: nobody is warned of a ticket that is solved."""
        self.warning.write({"moment": "breach", "since": False})
        ticket = self._report(MON)
        self._move("2026-03-23 15:30", ticket, "resolved")
        before = self._mails()  # other addons tell that it is solved
        self._run_scheduler("2026-03-23 15:31")
        self.assertEqual(self._mails(), before)

    def test_markup_is_harmless(self):
        """Design, Manners: names with markup are harmless in the mail."""
        self._report(MON, name="<b onclick=x>Bold</b>")
        self._run_scheduler(HALF)
        self.assertNotIn("<b onclick", self._mails().body_html)
