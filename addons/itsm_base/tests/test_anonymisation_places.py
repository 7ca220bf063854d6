# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import guard
from .common import ItsmCommon

NAME = "Wang Xiaoming"
MAIL = "xiaoming.wang@customer.example"
SHARED = "office@customer.example"


@tagged("post_install", "-at_install")
class TestAnonymisationPlaces(ItsmCommon):
    """GDPR 17, PIPL 47: the places one does not think of at first, and others' data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.person, cls.colleague = partners.create(
            [
                {"name": NAME, "email": MAIL, "phone": "+86 10 5555-0100"},
                {"name": "Li Na", "email": SHARED},
            ]
        )
        cls.ticket = cls._create_ticket(
            name=f"{NAME} cannot print",
            partner_id=cls.person.id,
            stage_id=cls.stage_closed.id,
        )
        cls.alias = f"Anonymised person {cls.person.id}"

    def _anonymise(self, **vals):
        model = self.env["itsm.anonymisation"].with_user(self.manager)
        record = model.create(
            {"partner_id": self.person.id, "reason": "He asked for it", **vals}
        )
        record.action_start()
        self.assertEqual(record.state, "done")
        return record

    def test_shared_address(self):
        """GDPR 17: an address that others have as well is not his alone."""
        self.person.email = SHARED
        ticket = self._create_ticket(
            partner_id=self.colleague.id, partner_name="Li Na", partner_email=SHARED
        )
        message = ticket.with_context(mail_notify_force_send=False).message_post(
            body="It is me", author_id=self.colleague.id, email_from=SHARED
        )
        self._anonymise()
        self.assertEqual(ticket.partner_name, "Li Na")
        self.assertEqual(ticket.partner_email, SHARED)
        self.assertEqual(message.email_from, SHARED)
        # on his own it goes all the same
        self.assertFalse(self.ticket.partner_email)
        self.assertFalse(self.person.email)

    def test_addresses_of_the_person(self):
        """Issue 4: users, companies and tickets of his addresses count as his own."""
        address = self.env["res.partner"].create(
            {"name": NAME, "type": "other", "parent_id": self.person.id}
        )
        user = self._create_user(
            "itsm-address", "base.group_user", partner_id=address.id
        )
        with self.assertRaisesRegex(UserError, "archive the user first"):
            self._anonymise()
        user.active = False
        ticket = self._create_ticket(partner_id=address.id)
        with self.assertRaisesRegex(UserError, "1 open tickets"):
            self._anonymise()
        ticket.stage_id = self.stage_closed
        company = self.env["res.company"].create({"name": "Second"})
        vals = {"company_id": company.id, "team_id": False}
        foreign = self._create_ticket(
            partner_id=address.id, stage_id=self.stage_closed.id, **vals
        )
        with self.assertRaisesRegex(UserError, "do not work in"):
            self._anonymise()
        foreign.unlink()
        # found by its address only: it would change as well
        self._create_ticket(partner_id=False, partner_email=MAIL, **vals)
        with self.assertRaisesRegex(UserError, "do not work in"):
            self._anonymise()
        self.assertEqual(self.person.name, NAME)

    def test_forms_of_words(self):
        """GDPR 17: a name broken over lines, a number with other separators."""
        self.ticket.description = (
            f"<p>{NAME.replace(' ', '&nbsp;')}, Wang\n Xiaoming, +86 (10) 55550100, "
            "008610555501001</p>"
        )
        self._anonymise()
        self.assertEqual(
            self.ticket.description,
            f"<p>{self.alias}, {self.alias}, {self.alias}, 008610555501001</p>",
        )

    def test_reasons_of_tickets(self):
        """GDPR 17: what was entered as a reason on his tickets."""
        self.ticket.write(
            {
                "impact": "4",
                "urgency": "4",
                "priority": "3",
                "priority_reason": f"{NAME} insists",
            }
        )
        self._anonymise()
        self.assertEqual(self.ticket.priority_reason, f"{self.alias} insists")

    def test_files(self):
        """GDPR 17: names of files on him and on his tickets; contents are counted."""
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{name}.txt",
                    "description": name,
                    "raw": f"Dear {name}".encode(),
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for record, name in (
                    (self.ticket, NAME),
                    (self.person, NAME),
                    (self.colleague, NAME),
                )
            ]
        )
        checksums = files.mapped("checksum")
        record = self._anonymise()
        self.assertEqual(
            files.mapped("name"),
            [f"{self.alias}.txt", f"{self.alias}.txt", f"{NAME}.txt"],
        )
        self.assertEqual(files[0].description, self.alias)
        self.assertEqual(files.mapped("checksum"), checksums)
        self.assertFalse((files[0].index_content or "").count(NAME))
        self.assertEqual(record.line_ids.filtered("is_kept").found, 2)

    def test_activities(self):
        """GDPR 17: what is to be done on his tickets, and what the list calls them."""
        activity = self.ticket.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"Call {NAME}",
            note=f"<p>{NAME} waits</p>",
            user_id=self.agent.id,
        )
        self.assertIn(NAME, activity.res_name)
        self._anonymise()
        self.assertEqual(activity.summary, f"Call {self.alias}")
        self.assertEqual(activity.note, f"<p>{self.alias} waits</p>")
        self.assertNotIn(NAME, activity.res_name)

    def test_mails_about_his_tickets(self):
        """GDPR 17: a mail to a colleague about his ticket, one to him elsewhere."""
        about, to_him, other = self.env["mail.mail"].create(
            [
                {
                    "subject": NAME,
                    "body_html": f"<p>{NAME}</p>",
                    "email_to": "agent@example.com",
                    "model": "helpdesk.ticket",
                    "res_id": self.ticket.id,
                },
                {"subject": NAME, "body_html": f"<p>{NAME}</p>", "email_to": MAIL},
                {
                    "subject": NAME,
                    "body_html": f"<p>{NAME}</p>",
                    "email_to": "agent@example.com",
                },
            ]
        )
        self._anonymise()
        for mail in about, to_him:
            self.assertEqual(mail.body_html, f"<p>{self.alias}</p>")
            self.assertEqual(mail.subject, self.alias)
        self.assertEqual(other.subject, NAME)

    def test_told(self):
        """GDPR 17: the log of notifications says that somebody was told, not how."""
        log = guard.with_token(self.env["itsm.notification.log"])
        rows = log.create(
            [
                {
                    "event_code": "x",
                    "company_id": self.company.id,
                    "res_model": "helpdesk.ticket",
                    "res_id": ticket.id,
                    "partner_id": partner.id,
                    "time": "2026-03-02 09:00:00",
                    "outcome": "failed",
                    "note": f"{NAME} <{MAIL}> is unknown",
                    "extra": {"name": NAME},
                }
                for ticket, partner in (
                    (self.ticket, self.agent.partner_id),
                    (self._create_ticket(), self.person),
                    (self._create_ticket(), self.colleague),
                )
            ]
        )
        self._anonymise()
        for row in rows[:2]:
            self.assertEqual(row.note, f"{self.alias} <{self.alias}> is unknown")
            self.assertEqual(row.extra, {"name": self.alias})
        self.assertEqual(rows[2].extra, {"name": NAME})

    def test_user(self):
        """GDPR 17: what a user wrote about himself; nobody can log in as him."""
        user = self._create_user(
            "xm", "base.group_portal", partner_id=self.person.id, signature=NAME
        )
        user.sudo().out_of_office_message = f"{NAME} is away"
        self._anonymise()
        self.assertNotIn(NAME, user.signature or "")
        self.assertFalse(user.sudo().out_of_office_message)

    def test_event(self):
        """GDPR 17: monitoring events that became his ticket."""
        event = guard.with_token(self.env["itsm.event"]).create(
            {
                "company_id": self.company.id,
                "source": "mon",
                "key": "k",
                "severity": "4",
                "time": "2026-03-02 09:00:00",
                "received_at": "2026-03-02 09:00:00",
                "outcome": "created",
                "summary": f"Phone of {NAME}",
                "message": f"Disk of {NAME} is full",
                "ticket_id": self.ticket.id,
            }
        )
        self._anonymise()
        self.assertEqual(event.summary, f"Phone of {self.alias}")
        self.assertEqual(event.message, f"Disk of {self.alias} is full")

    def test_finding_on_the_contact(self):
        """GDPR 17: a finding on the contact itself stays, under the new name."""
        rules = self.env["itsm.enforcement.rule"]
        rules.create({"code": "x", "name": "x", "description": "x"})
        rules._enforce("x", self.person, f"{NAME} has no address")
        self._anonymise()
        finding = self.env["itsm.enforcement.finding"].search([("rule_code", "=", "x")])
        self.assertEqual(finding.record_name, self.alias)
        self.assertEqual(finding.message, f"{self.alias} has no address")

    def test_numbers_stay(self):
        """Issue 4: a number that looks like his telephone number is a number."""
        self.person.phone = "5550100"
        row = guard.with_token(self.env["itsm.notification.log"]).create(
            {
                "event_code": "x",
                "company_id": self.company.id,
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
                "time": "2026-03-02 09:00:00",
                "outcome": "sent",
                "extra": {"tel": "555 0100", "n": 5550100, "list": [5550100, NAME]},
            }
        )
        self._anonymise()
        self.assertEqual(
            row.extra, {"tel": self.alias, "n": 5550100, "list": [5550100, self.alias]}
        )

    def test_elsewhere_is_shown(self):
        """Issue 4: how many records of other applications show the new name."""
        self.env["res.partner.bank"].create(
            {"acc_number": "DE1", "partner_id": self.person.id}
        )
        record = self._anonymise()
        kept = record.line_ids.filtered("is_kept")
        self.assertEqual(kept.mapped("found"), [1])
        self.assertIn("other applications", kept.name)
