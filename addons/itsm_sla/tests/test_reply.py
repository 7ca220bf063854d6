# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"
ANSWER = "2026-03-23 10:20"
LATE = "2026-03-23 11:00"

MAIL = """From: {sender}
To: desk@example.com
Subject: Re: Test ticket
Message-Id: <answer-{sender}>
In-Reply-To: {parent}
Content-Type: text/plain; charset=utf-8

We are on it.
"""


@tagged("post_install", "-at_install")
class TestReply(SlaCommon):
    """Design 2: what is a response, seen on the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def setUp(self):
        super().setUp()
        self.ticket = self._report(MON)
        self.clock = self._clocks(self.ticket, "response")
        self.assertClock(self.clock, phase="running")

    def _mail(self, wall, user):
        parent = self.ticket.message_ids[-1:].message_id
        mail = MAIL.format(sender=user.email, parent=parent)
        with self.at(wall):
            self.env["mail.thread"].message_process(
                "helpdesk.ticket", mail, thread_id=self.ticket.id
            )

    def _assert_response(self, wall=ANSWER):
        self.assertClock(self.clock, phase="stopped", stopped_at=wall, status="met")

    def _assert_no_response(self):
        self.assertClock(self.clock, phase="running", stopped_at=False)
        self.assertNotIn("reply", self._log(self.ticket).mapped("what"))

    def test_public_reply(self):
        """SLM-37, vector 15: a public reply by an agent; the first one counts."""
        self._reply(ANSWER, self.ticket)
        self._assert_response()
        self._reply("2026-03-23 10:40", self.ticket, self.agent_2)
        self._assert_response()
        # the resolution clock goes on
        self.assertClock(self._clocks(self.ticket), phase="running")

    def test_note(self):
        """Vector 15: a log note is no response."""
        self._reply(ANSWER, self.ticket, subtype_xmlid="mail.mt_note")
        self._assert_no_response()

    def test_requester(self):
        """Vector 15: the requester's own message is no response."""
        self._reply(ANSWER, self.ticket, self.portal_user)
        self._assert_no_response()

    def test_bot(self):
        """Vector 15: a message of the bot is no response."""
        self._reply(ANSWER, self.ticket, self.env.ref("base.user_root"))
        self._assert_no_response()

    def test_stage_mail(self):
        """Vector 15: the mail of a stage is no response."""
        self.stage_open.mail_template_id = self.env["mail.template"].create(
            {
                "name": "In work",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "In work",
                "body_html": "<p>In work</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        ticket = self.ticket.with_context(tracking_disable=False, mail_notrack=False)
        self._flush_tracking()
        with self.at(ANSWER):
            ticket.with_user(self.agent).stage_id = self.stage_open
            self._flush_tracking()
        domain = [("model", "=", ticket._name), ("res_id", "=", ticket.id)]
        self.assertTrue(self.env["mail.mail"].search(domain), "the mail was sent")
        self._assert_no_response()

    def test_acknowledgement(self):
        """Vector 15: an automatic answer is no response."""
        self._reply(ANSWER, self.ticket, message_type="auto_comment")
        self._reply(ANSWER, self.ticket, message_type="notification")
        self._assert_no_response()

    def test_portal_note(self):
        """Vector 15: what a person of the provider writes in the portal counts."""
        self.ticket.message_subscribe(self.employee.partner_id.ids)
        self._reply(ANSWER, self.ticket, self.employee)
        self._assert_response()

    def test_mail_of_an_internal_user(self):
        """Vector 15: an answer through the mail gateway counts."""
        self._mail(ANSWER, self.agent)
        self._assert_response()
        row = self._log(self.ticket)[-1]
        self.assertEqual(row.what, "reply")
        self.assertEqual(row.source, "mail")
        self.assertEqual(row.user_id, self.agent)

    def test_mail_of_the_requester(self):
        """Vector 15: the requester's mail through the gateway does not."""
        self._mail(ANSWER, self.portal_user)
        self._assert_no_response()

    def test_imported_message(self):
        """Vector 15: a message written into the past is no response."""
        self.env["mail.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": self.ticket.id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.agent.partner_id.id,
                "body": "From the old system",
            }
        )
        self._assert_no_response()

    def test_late(self):
        """SLM-37: late answered is missed, with the working time too much."""
        self._reply("2026-03-23 11:30", self.ticket)
        self.assertClock(
            self.clock,
            status="missed",
            breached_at=LATE,
            stopped_at="2026-03-23 11:30",
            overrun_seconds=1800,
        )

    def test_solution_is_the_response(self):
        """Design 2: without a reply the solution is the response."""
        self._move(ANSWER, self.ticket, "resolved")
        self._assert_response()

    def test_reply_in_a_pause(self):
        """Design 2: an answer while the clock waits is in time."""
        self._move("2026-03-23 10:10", self.ticket, "paused")
        self._reply("2026-03-24 10:00", self.ticket)
        self._assert_response("2026-03-24 10:00")
        self.assertClock(self.clock, used_seconds=600)

    def test_not_judged_again(self):
        """Design 2: a response given is not judged again by a later priority."""
        self._reply(ANSWER, self.ticket)
        self._write("2026-03-23 10:30", self.ticket, priority="3")  # 15 minutes
        self._assert_response()
        self.assertClock(self.clock, target_seconds=3600, breached_at=False)

    def test_reopened(self):
        """Design 2: reopening does not ask for a second first response."""
        self._reply(ANSWER, self.ticket)
        self._move("2026-03-23 10:30", self.ticket, "resolved")
        self._move("2026-03-24 10:00", self.ticket, "open")
        self._assert_response()

    def test_assignment(self):
        """Vector 15: assignment where the agreement says so, at creation too."""
        self.agreement.action_terminate()
        agreement = self._create_agreement(response_by="assignment")
        ticket = self._report(MON)
        self._reply("2026-03-23 10:10", ticket)
        clock = self._clocks(ticket, "response")
        self.assertClock(clock, phase="running")
        self._write(ANSWER, ticket, user_id=self.agent_2.id)
        self.assertClock(clock, status="met", stopped_at=ANSWER)
        self._write(LATE, ticket, user_id=False)
        self.assertClock(clock, status="met", stopped_at=ANSWER)
        at_once = self._report(MON, user_id=self.agent.id)
        self.assertEqual(at_once.agreement_id, agreement)
        self.assertClock(
            self._clocks(at_once, "response"), status="met", stopped_at=MON
        )

    def test_taken_away(self):
        """Vector 15: taking an assignee away is no assignment."""
        self.agreement.action_terminate()
        self._create_agreement(response_by="either")
        ticket = self._report(MON)
        self._write(ANSWER, ticket, user_id=False, priority="1")
        self.assertClock(self._clocks(ticket, "response"), phase="running")
