# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tests.common import ItsmCommon

GATEWAY = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestMail(ItsmCommon):
    """Issue 5, Mail: from raw MIME to tickets, answers and pauses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "desk.example.com"})
        cls.company.alias_domain_id = cls.domain
        cls.team.write(
            {"alias_name": "itsm-test-desk", "alias_domain_id": cls.domain.id}
        )
        # customers of these tests are offered what they are named for, nothing else
        cls.env["itsm.service"].search([]).partner_ids = cls.env.company.partner_id
        cls.service.partner_ids = cls.requester.commercial_partner_id
        cls.requester.email = "li@customer.example.com"
        cls.number = 0

    # === Raw mails ===

    def _raw(self, body="Nothing works", charset="utf-8", subject="Mail", **headers):
        """One raw mail, its text in base64.

        :rtype: bytes
        """
        type(self).number += 1
        values = {
            "From": "Li <li@customer.example.com>",
            "To": "itsm-test-desk@desk.example.com",
            "Message-Id": f"<itsm-test-{self.number}@customer.example.com>",
            "Date": "Wed, 4 Mar 2026 09:00:00 +0000",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        encoded = base64.b64encode(subject.encode(charset)).decode()
        lines = [f"{name}: {value}" for name, value in values.items()]
        lines += [
            f"Subject: =?{charset}?b?{encoded}?=",
            "MIME-Version: 1.0",
            f"Content-Type: text/plain; charset={charset}",
            "Content-Transfer-Encoding: base64",
            "",
            base64.encodebytes(body.encode(charset)).decode(),
        ]
        return "\r\n".join(lines).encode("ascii")

    @mute_logger(GATEWAY)
    def _receive(self, *args, **kwargs):
        """Give a mail to the gateway as a mail server does.

        :return: the ticket that is new, if any
        """
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        before = tickets.search([])
        raw = args[0] if args and isinstance(args[0], bytes) else self._raw(**kwargs)
        self.env["mail.thread"].message_process(False, raw)
        self.env.invalidate_all()
        return tickets.search([]) - before

    def _paused(self, code="requester"):
        """A ticket by mail that waits, and the headers of an answer to it."""
        ticket = self._receive(subject="Since nine")
        reason = self.env["itsm.pause.reason"].create({"name": code, "waits_for": code})
        question = ticket.with_user(self.agent).message_post(
            body="Which floor?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.requester.ids,
        )
        ticket.write(
            {
                "stage_id": ticket._itsm_stage_for("paused").id,
                "pause_reason_id": reason.id,
            }
        )
        return ticket, {"In_Reply_To": question.message_id}

    # === New mail ===

    def test_new(self):
        """DSK-01, INC-05: the address says kind, impact, urgency and channel; the
        entitlement of the sender says the service."""
        channel = self.env["helpdesk.ticket.channel"].create({"name": "Night mail"})
        self.team.write(
            {
                "mail_kind": "request",
                "mail_impact": "3",
                "mail_urgency": "2",
                "mail_channel_id": channel.id,
            }
        )
        ticket = self._receive(subject="A chair", body="Please")
        self.assertEqual(ticket.name, "A chair")
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.itsm_kind, "request")
        self.assertEqual((ticket.impact, ticket.urgency), ("3", "2"))
        # ⌊(3 + 2) / 2⌋ = 2, high; helpdesk counts from 3, the most urgent, down
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket.channel_id, channel)
        self.assertEqual(ticket.service_id, self.service)
        self.assertFalse(ticket.to_classify)

    def test_service_of_the_address(self):
        """DSK-01: the service of the address comes before what is offered."""
        other = self.service.copy({"name": "Printing"})
        other.state = "live"
        self.team.mail_service_id = other
        self.assertEqual(self._receive().service_id, other)

    def test_to_classify(self):
        """DSK-05: several services, or a stranger: it waits to be classified, under a
        clock of the default agreement, until somebody says the service."""
        other = self.service.copy({"name": "Printing"})
        other.write(
            {
                "state": "live",
                "partner_ids": [Command.set(self.requester.commercial_partner_id.ids)],
            }
        )
        several = self._receive()
        stranger = self._receive(From="somebody@elsewhere.example.com")
        self.assertEqual((several + stranger).mapped("to_classify"), [True, True])
        self.assertFalse((several + stranger).service_id)
        several.with_user(self.agent).service_id = other
        self.assertFalse(several.to_classify)

    def test_encodings(self):
        """Issue 5: GB18030 and UTF-8, in subject and text."""
        for charset in ("gb18030", "utf-8"):
            with self.subTest(charset):
                # 镕 and 𠮷 are in GB18030 and in no older national code
                ticket = self._receive(
                    charset=charset, subject="打印机坏了 镕", body="三楼的打印机 𠮷"
                )
                self.assertEqual(ticket.name, "打印机坏了 镕")
                self.assertIn("三楼的打印机 𠮷", ticket.description)

    def test_wrong_name_of_encoding(self):
        """Issue 5: mail that names GB2312 and holds characters it has not."""
        raw = self._raw(charset="gb18030", subject="镕", body="朱镕基 𠮷")
        for name in (b"gb2312", b"GBK"):
            with self.subTest(name):
                named = raw.replace(b"gb18030", name).replace(b"<itsm", b"<" + name)
                ticket = self._receive(named)
                self.assertEqual(ticket.name, "镕")
                self.assertIn("朱镕基 𠮷", ticket.description)

    def test_name_of_encoding_in_the_text(self):
        """DSK-01: what somebody writes about a character set stays as he wrote it."""
        lines = [
            "From: Li <li@customer.example.com>",
            "To: itsm-test-desk@desk.example.com",
            "Message-Id: <itsm-test-charset@customer.example.com>",
            "Subject: Page",
            "MIME-Version: 1.0",
            "Content-Type: text/plain;",
            " format=flowed;",
            " charset=gb2312",
            "Content-Transfer-Encoding: 8bit",
            "",
            "The page says charset=gb2312, and =?gb2312?b?",
            # a character that GB2312 does not have
            "朱镕基",
        ]
        ticket = self._receive("\r\n".join(lines).encode("gb18030"))
        self.assertIn("says charset=gb2312, and =?gb2312?b?", ticket.description)
        self.assertIn("朱镕基", ticket.description)

    def test_huge(self):
        """Issue 5: of a huge mail the beginning is read, the rest is a file."""
        ticket = self._receive(body="Line of a log\n" * 100_000)
        self.assertLess(len(ticket.description), 200_000)
        self.assertIn("mail.html", ticket.description)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertGreater(max(len(file.raw) for file in files), 1_000_000)

    def test_duplicate(self):
        """Issue 5: the same mail delivered twice is one ticket."""
        raw = self._raw()
        self.assertTrue(self._receive(raw))
        self.assertFalse(self._receive(raw))

    def test_loop(self):
        """Issue 5: a sender that writes without end makes no tickets without end."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "3")
        made = [len(self._receive(subject=f"Loop {count}")) for count in range(6)]
        self.assertEqual(made, [1, 1, 1, 0, 0, 0])

    def test_markup(self):
        """Issue 5: markup in a mail is harmless in the ticket."""
        ticket = self._receive(
            subject="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>"
        )
        self.assertNotIn("<img", ticket.description)
        self.assertNotIn("<script", ticket.description)

    # === Answers ===

    def test_answer_ends_pause(self):
        """INC-22: the answer for which the ticket waited puts it back to work."""
        ticket, headers = self._paused()
        self.assertFalse(self._receive(body="The third", **headers))
        self.assertEqual(ticket.itsm_state, "open")
        self.assertFalse(ticket.pause_reason_id)

    def test_answer_by_reason(self):
        """INC-34: who waits for the supplier goes on waiting."""
        ticket, headers = self._paused("supplier")
        self._receive(body="Any news?", **headers)
        self.assertEqual(ticket.itsm_state, "paused")

    def test_portal_answer(self):
        """INC-22: an answer in the portal is one, too."""
        ticket, _headers = self._paused()
        ticket.with_user(self.portal_user).message_post(
            body="The third",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(ticket.itsm_state, "open")

    def test_automatic_answers(self):
        """Issue 5: out of office, bounces and machines end no pause."""
        ticket, headers = self._paused()
        for extra in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; owner-email=li@example.com"},
            {"X_Autoreply": "yes"},
            {"Precedence": "auto_reply"},
            {"From": "MAILER-DAEMON@customer.example.com"},
        ):
            with self.subTest(extra):
                self.assertFalse(self._receive(body="Away", **headers, **extra))
                self.assertEqual(ticket.itsm_state, "paused")
        self._receive(body="Third", Auto_Submitted="no", **headers)
        self.assertEqual(ticket.itsm_state, "open")

    def test_automatic_mail(self):
        """Issue 5: an automatic answer makes no ticket, mail of a machine does."""
        self.assertFalse(self._receive(Auto_Submitted="auto-replied"))
        self.assertTrue(self._receive(Auto_Submitted="auto-generated"))

    def test_forged_context(self):
        """Bad input: no context key of a call keeps a ticket paused."""
        ticket, _headers = self._paused()
        forged = ticket.with_context(itsm_automatic_mail=True)
        forged.message_post(
            body="x",
            author_id=self.requester.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(ticket.itsm_state, "open")

    def test_answer_without_a_stage_for_work(self):
        """Bad input: an answer is kept if the team has no stage for work any more."""
        ticket, headers = self._paused()
        stages = self.team.with_context(active_test=False)._get_applicable_stages()
        stages.filtered(lambda stage: stage.itsm_state == "open").active = False
        self.assertFalse(self._receive(body="The third floor", **headers))
        self.assertIn("The third floor", ticket.message_ids[0].body)
        self.assertEqual(ticket.itsm_state, "paused")

    def test_automatic_answer_is_no_word_on_the_solution(self):
        """INC-22: an out-of-office does not put off that a ticket closes by itself."""
        ticket, headers = self._paused()
        ticket._itsm_move("resolved", {"pause_reason_id": False})
        planned = Datetime.now().replace(microsecond=0) - timedelta(days=1)
        ticket._itsm_write_derived({ticket.id: {"auto_close_at": planned}})
        self._receive(body="Away", Auto_Submitted="auto-replied", **headers)
        self.assertEqual(ticket.auto_close_at, planned)
        self._receive(body="I will see", **headers)
        self.assertGreater(ticket.auto_close_at, planned)

    def _closed_long_ago(self):
        """A ticket by mail that is not reopened any more, and headers of an answer."""
        ticket, headers = self._paused()
        ticket._itsm_move("closed", {"pause_reason_id": False})
        days = self.company.itsm_reopen_days
        ticket._itsm_write_derived(
            {ticket.id: {"closed_date": Datetime.now() - timedelta(days=days + 1)}}
        )
        return ticket, headers

    def test_late_answer_of_a_colleague(self):
        """INC-33, INC-36: the new ticket names who has answered, not who once did."""
        ticket, headers = self._closed_long_ago()
        colleague = self.env["res.partner"].create(
            {
                "name": "Wang",
                "email": "wang@customer.example.com",
                "parent_id": self.requester.parent_id.id,
            }
        )
        new = self._receive(From="W <wang@customer.example.com>", **headers)
        self.assertEqual(new.previous_ticket_id, ticket)
        self.assertEqual(new.partner_id, colleague)
        self.assertEqual(new.partner_name, "Wang")

    def test_late_answer_about_a_retired_service(self):
        """INC-33, DSK-01: without a service that is offered it waits to be sorted."""
        ticket, headers = self._closed_long_ago()
        ticket.service_id.state = "retired"
        new = self._receive(**headers)
        self.assertEqual(new.previous_ticket_id, ticket)
        self.assertFalse(new.service_id)
        self.assertTrue(new.to_classify)

    def test_late_answer_to_history(self):
        """INC-33: an answer to an imported ticket that is over is not lost in it."""
        ticket, headers = self._closed_long_ago()
        ticket._itsm_write_derived({ticket.id: {"is_history": True}})
        new = self._receive(body="Again", **headers)
        self.assertEqual(new.previous_ticket_id, ticket)
        self.assertFalse(new.is_history)

    def test_late_answer(self):
        """INC-33: an answer to a ticket closed too long ago is a new one, linked; a
        thank-you to one closed yesterday stays where it is."""
        ticket, headers = self._paused()
        ticket._itsm_move("closed", {"pause_reason_id": False})
        self.assertFalse(self._receive(body="Thank you", **headers))
        self.assertEqual(ticket.itsm_state, "closed")
        days = self.company.itsm_reopen_days
        ticket._itsm_write_derived(
            {ticket.id: {"closed_date": Datetime.now() - timedelta(days=days + 1)}}
        )
        new = self._receive(subject="Re: Since nine", body="Again", **headers)
        self.assertEqual(new.previous_ticket_id, ticket)
        self.assertEqual(new.service_id, ticket.service_id)
        self.assertEqual(new.team_id, self.team)
        self.assertIn("Again", new.description)
        self.assertEqual(ticket.itsm_state, "closed")
        self.assertIn(new.number, ticket.message_ids[0].body)

    def test_answer_to_merged(self):
        """INC-44: what is answered to a merged ticket reaches the one that goes on."""
        ticket, headers = self._paused()
        target = self._create_ticket(partner_id=self.requester.id)
        ticket.duplicate_id = target
        self.assertFalse(self._receive(body="The third floor", **headers))
        self.assertIn("The third floor", target.message_ids[0].body)

    # === Prepared answers ===

    def test_prepared(self):
        """DSK-12: answers for all services and for one, in the requester's language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        general = self.env.ref("itsm_desk.mail_template_answer_received")
        own, foreign = (
            general.copy({"name": name, "itsm_service_ids": [Command.set(service.ids)]})
            for name, service in (
                ("Own", self.service),
                ("Foreign", self.service.copy({"name": "Other"})),
            )
        )
        own.with_context(lang="zh_CN").body_html = "<p>您好</p>"
        self.requester.lang = "zh_CN"
        ticket = self._create_ticket(
            partner_id=self.requester.id, service_id=self.service.id
        )
        wizard = (
            self.env["itsm.ticket.answer"]
            .with_user(self.agent)
            .create({"ticket_id": ticket.id, "template_id": own.id})
        )
        self.assertIn(own, wizard.fitting_ids)
        self.assertIn(general, wizard.fitting_ids)
        self.assertNotIn(foreign, wizard.fitting_ids)
        self.assertIn("您好", wizard.body)
        action = wizard.action_write()
        self.assertEqual(action["context"]["default_template_id"], own.id)

    def test_prepared_denied(self):
        """DSK-12: who may not work on tickets gets no answers."""
        with self.assertRaises(AccessError):
            self.env["itsm.ticket.answer"].with_user(self.employee).create({})
