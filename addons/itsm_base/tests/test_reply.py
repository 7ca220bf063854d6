# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from odoo.tests import Form, freeze_time, tagged

from ..models.helpdesk_ticket import HelpdeskTicket
from ..tools.guard import with_token
from .common import ItsmCommon

T1 = datetime(2026, 3, 2, 10, 0)
T2 = datetime(2026, 3, 2, 11, 0)

MAIL = """From: {sender}
To: desk@example.com
Subject: Re: Test ticket
Message-Id: <answer-{sender}>
In-Reply-To: {parent}
Content-Type: text/plain; charset=utf-8

We are on it.
"""


@tagged("post_install", "-at_install")
class TestReply(ItsmCommon):
    """Design 2: response is met by the first message a person of the provider writes
    to the requester."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket()

    def _post(self, user, ticket=None, **kwargs):
        ticket = ticket or self.ticket
        with freeze_time(T1):
            return ticket.with_user(user).message_post(
                **{
                    "body": "Hello",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    **kwargs,
                }
            )

    def test_comment_by_agent(self):
        """Design 2: a comment by an agent; the second one changes nothing."""
        self._post(self.agent)
        self.assertEqual(self.ticket.first_response_at, T1)
        with freeze_time(T2):
            self.ticket.with_user(self.agent_2).message_post(
                body="Again", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(self.ticket.first_response_at, T1)

    def test_every_reply_is_a_fact(self):
        """Design 2: first and later public replies are told to the log."""
        facts = []
        with patch.object(
            HelpdeskTicket,
            "_itsm_facts_changed",
            lambda records, changes: facts.extend(changes),
        ):
            messages = [self._post(self.agent), self._post(self.agent)]
            self._post(self.agent, subtype_xmlid="mail.mt_note")
        self.assertEqual(
            facts,
            [
                (self.ticket, "reply", {"reply": True, "message_id": message.id})
                for message in messages
            ],
        )

    def test_follower_without_write_access(self):
        """Design 2: a colleague who may only read answers; it counts."""
        self.ticket.message_subscribe(self.employee.partner_id.ids)
        self._post(self.employee)
        self.assertEqual(self.ticket.first_response_at, T1)

    def test_mail_by_agent(self):
        """Design 2: an answer from the agent's mail program counts."""
        mail = MAIL.format(
            sender=self.agent.email, parent=self.ticket.message_ids[-1:].message_id
        )
        with freeze_time(T1):
            thread_id = self.env["mail.thread"].message_process(
                "helpdesk.ticket", mail, thread_id=self.ticket.id
            )
        self.assertEqual(thread_id, self.ticket.id)
        self.assertEqual(self.ticket.first_response_at, T1)

    def test_mail_by_customer(self):
        """Design 2: a mail of the customer is no response."""
        mail = MAIL.format(
            sender=self.portal_user.email,
            parent=self.ticket.message_ids[-1:].message_id,
        )
        self.env["mail.thread"].message_process(
            "helpdesk.ticket", mail, thread_id=self.ticket.id
        )
        self.assertFalse(self.ticket.first_response_at)

    def test_new_mail_by_colleague(self):
        """Design 2: a ticket that a colleague opens by mail is not answered by it."""
        mail = MAIL.format(sender=self.employee.email, parent="<none>")
        thread_id = self.env["mail.thread"].message_process("helpdesk.ticket", mail)
        ticket = self.env["helpdesk.ticket"].browse(thread_id)
        self.assertEqual(ticket.partner_id, self.employee.partner_id)
        self.assertFalse(ticket.first_response_at)

    def test_composer(self):
        """Design 2: the full composer counts."""
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(
                default_model="helpdesk.ticket",
                default_res_ids=self.ticket.ids,
                default_composition_mode="comment",
            )
        )
        composer.body = "<p>Answer</p>"
        composer.save()._action_send_mail()
        self.assertTrue(self.ticket.first_response_at)

    def test_forward(self):
        """Design 2: forwarding to somebody else is no response."""
        other = self.env["res.partner"].create({"name": "Supplier", "email": "s@x.eu"})
        self._post(self.agent, notify_skip_followers=True, partner_ids=other.ids)
        self.assertFalse(self.ticket.first_response_at)
        self._post(
            self.agent, notify_skip_followers=True, partner_ids=self.requester.ids
        )
        self.assertTrue(self.ticket.first_response_at)

    def test_no_reply(self):
        """Design 2: notes, bots, automatic messages and the requester do not count."""
        bot = self.env.ref("base.user_root")
        for case, user, kwargs in (
            ("log note", self.agent, {"subtype_xmlid": "mail.mt_note"}),
            ("internal message", self.agent, {"is_internal": True}),
            ("acknowledgement", self.agent, {"message_type": "auto_comment"}),
            ("notification", self.agent, {"message_type": "notification"}),
            ("out of office", self.agent, {"message_type": "out_of_office"}),
            ("bot", bot, {}),
            ("customer in the portal", self.portal_user, {}),
        ):
            with self.subTest(case=case):
                self._post(user, **kwargs)
                self.assertFalse(self.ticket.first_response_at)

    def test_requester_is_employee(self):
        """Design 2: an employee who adds to his own ticket does not answer it."""
        ticket = self._create_ticket(partner_id=self.employee.partner_id.id)
        self._post(self.employee, ticket)
        self.assertFalse(ticket.first_response_at)

    def test_stage_mail(self):
        """Design 2: the mail of a stage is no response."""
        self.stage_open.mail_template_id = self.env.ref(
            "helpdesk_mgmt.changed_stage_template"
        )
        ticket = self.ticket.with_context(tracking_disable=False, mail_notrack=False)
        self._flush_tracking()
        ticket.with_user(self.agent).stage_id = self.stage_open
        self._flush_tracking()
        mails = self.env["mail.mail"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertTrue(mails, "the mail was sent")
        self.assertFalse(self.ticket.first_response_at)

    def test_history(self):
        """Manners: what came before an import stays unknown."""
        ticket = with_token(self.env)["helpdesk.ticket"].create(
            self._ticket_vals(is_history=True)
        )
        self._post(self.agent, ticket)
        self.assertFalse(ticket.first_response_at)
