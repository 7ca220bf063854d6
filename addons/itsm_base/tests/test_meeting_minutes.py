# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from unittest import skipUnless

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ..tools import pdf_form
from .test_meeting import MeetingCommon


def text_of(attachment):
    """Words of a PDF, as a reader sees them; blanks as the printer set them."""
    reader = PdfFileReader(io.BytesIO(attachment.raw))
    pages = getattr(reader, "pages", None) or [
        reader.getPage(number) for number in range(reader.getNumPages())
    ]
    words = [getattr(page, "extract_text", page.extract_text)() for page in pages]
    return " ".join(" ".join(words).split())


@tagged("post_install", "-at_install")
class TestMeetingMinutes(MeetingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.agent.lang = "zh_CN"
        cls.nobody = cls.env["res.partner"].create({"name": "Without Address"})
        cls.meeting = cls._create_meeting(
            name="Desk <b>meeting</b>",
            partner_ids=[
                Command.set((cls.colleagues | cls.requester | cls.nobody).ids)
            ],
            line_ids=[
                Command.create(
                    {
                        "name": "Backup & <i>restore</i>",
                        "result": "Tapes are old",
                        "decision": "Buy <script>alert(1)</script> disks",
                    }
                ),
                Command.create(
                    {"name": "Salaries", "decision": "Not for guests", "internal": True}
                ),
            ],
        )
        cls.printer = type(cls.env["ir.actions.report"])

    def setUp(self):
        super().setUp()
        self._hold(self.meeting)
        self.printed = []

    def _fake_printer(self):
        """Minutes without the program that prints; what would be printed is kept."""

        def print_pdf(reports, report, record, data=None):
            html, _kind = reports.with_context(
                lang=record._itsm_form_lang()
            )._render_qweb_html(report, record.ids, data={"report_type": "pdf"})
            self.printed.append(html.decode())
            return b"%PDF-1.4 fake"

        self.patch(self.printer, "_itsm_form_pdf", print_pdf)

    def _send(self):
        with self.mock_mail_gateway():
            self.meeting.action_send_minutes()
        return self._new_mails

    def test_sent(self):
        """MS-36: everybody gets the minutes in his language; who got them is kept."""
        self._fake_printer()
        mails = self._send()
        self.assertEqual(self.meeting.state, "sent")
        minutes = self.meeting.minutes_ids
        self.assertEqual(minutes.revision, 1)
        self.assertEqual(minutes.user_id, self.lead)
        self.assertEqual(minutes.partner_ids, self.colleagues | self.requester)
        self.assertEqual(minutes.unreached_ids, self.nobody)
        # one for Chinese colleagues, one for the others, one for guests
        self.assertEqual(len(minutes.attachment_ids), 3)
        self.assertEqual(len(mails), 3)
        self.assertEqual(mails.recipient_ids, self.colleagues | self.requester)
        for mail in mails:
            self.assertEqual(len(mail.recipient_ids), 1)
            self.assertEqual(len(mail.attachment_ids), 1)
            self.assertEqual(mail.attachment_ids.mimetype, "application/pdf")
        self.assertEqual(len(self.printed), 3)

    def test_guests(self):
        """MS-36: guests get no link into the system and nothing internal."""
        self._fake_printer()
        mails = self._send()
        guest = mails.filtered(lambda mail: mail.recipient_ids == self.requester)
        colleague = mails.filtered(lambda m: m.recipient_ids == self.lead.partner_id)
        self.assertIn("/odoo/itsm-meetings/", colleague.body_html)
        self.assertNotIn("/odoo/", guest.body_html)
        self.assertNotIn("/web", guest.body_html)
        self.assertIn("Not for guests", colleague.body_html)
        self.assertNotIn("Not for guests", guest.body_html)
        self.assertNotIn(self.requester, self.meeting.message_partner_ids)
        self.assertEqual(len([text for text in self.printed if "Salaries" in text]), 2)

    def test_markup(self):
        """Manners: names with markup are harmless in the mail and on paper."""
        self._fake_printer()
        for text in [*self._send().mapped("body_html"), *self.printed]:
            self.assertNotIn("<script>alert(1)", text)
            self.assertIn("&lt;script&gt;", text)
        self.assertNotIn("/", self.meeting.minutes_ids.attachment_ids[0].name)

    def test_nothing_to_send(self):
        """Bad input: minutes that say nothing, or that nobody can get."""
        self._fake_printer()
        empty = self._create_meeting()
        self._hold(empty)
        with self.assertRaisesRegex(UserError, "no minutes yet"):
            empty.action_send_minutes()
        lonely = self._create_meeting(partner_ids=[Command.set(self.nobody.ids)])
        self._line(lonely)
        self._hold(lonely)
        with self.assertRaisesRegex(UserError, "e-mail address"):
            lonely.action_send_minutes()

    def test_frozen(self):
        """MS-29: sent minutes stay as they are, lines and files too."""
        self._fake_printer()
        self._send()
        line = self.meeting.line_ids[0]
        for record, vals in (
            (self.meeting, {"name": "Other"}),
            (self.meeting, {"partner_ids": [Command.clear()]}),
            (self.meeting, {"notes": "More"}),
            (self.meeting, {"line_ids": [Command.create({"name": "More"})]}),
            (self.meeting, {"line_ids": [Command.clear()]}),
            (line, {"decision": "Other"}),
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                record.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            self._line(self.meeting)
        with self.assertRaises(UserError):
            self.meeting.action_propose_agenda()
        files = self.meeting.minutes_ids.attachment_ids
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            files.sudo().unlink()
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            files[0].with_user(self.manager).datas = False
        with self.assertRaises(UserError):
            self.env["itsm.action"].with_user(self.lead).create(
                {
                    "name": "Too late",
                    "due_date": "2026-06-01",
                    "meeting_line_ids": [Command.link(line.id)],
                }
            )

    def test_evidence(self):
        """MS-29: what was sent is written by the system only."""
        self._fake_printer()
        self._send()
        minutes = self.meeting.minutes_ids
        for user in (self.manager, self.lead):
            with self.assertRaises(AccessError):
                minutes.with_user(user).write({"revision": 5})
            with self.assertRaises(AccessError):
                minutes.with_user(user).unlink()
        with self.assertRaises(AccessError):
            minutes.sudo().create(
                {
                    "meeting_id": self.meeting.id,
                    "revision": 9,
                    "sent_at": "2026-01-01 00:00:00",
                    "user_id": self.lead.id,
                }
            )
        file = minutes.attachment_ids[0]
        self.assertIn(f"{file.checksum} {file.name}", minutes.checksums)

    def test_correction(self):
        """MS-29: a correction is a new revision with its reason; the first stays."""
        self._fake_printer()
        self._send()
        first = self.meeting.minutes_ids
        with self.assertRaisesRegex(UserError, "write down why"):
            self.meeting.action_correct_minutes()
        self.meeting.correction_reason = "A wrong date"
        self.meeting.action_correct_minutes()
        self.assertEqual(self.meeting.state, "held")
        self.meeting.line_ids[0].decision = "Buy no disks"
        self.printed = []
        mails = self._send()
        second = self.meeting.minutes_ids - first
        self.assertEqual((first.revision, second.revision), (1, 2))
        self.assertEqual(second.reason, "A wrong date")
        self.assertEqual(len(first.attachment_ids), 3)
        self.assertFalse(self.meeting.correction_reason)
        english = mails.filtered(lambda m: m.recipient_ids == self.requester)
        self.assertIn("corrected minutes", english.body_html)
        self.assertIn("A wrong date", english.body_html)
        self.assertIn("Buy no disks", self.printed[0])
        self.assertIn("A wrong date", self.printed[0])

    def test_failing_printer(self):
        """MS-36: nothing is sent or frozen if the PDF cannot be made."""

        def fail(*args, **kwargs):
            message = "wkhtmltopdf is missing"
            raise UserError(message)

        self.patch(self.printer, "_itsm_form_pdf", fail)
        with (
            self.mock_mail_gateway(),
            self.assertRaises(UserError),
            self.cr.savepoint(),
        ):
            self.meeting.action_send_minutes()
        self.meeting.invalidate_recordset()
        self.assertEqual(self.meeting.state, "held")
        self.assertFalse(self._new_mails)

    @skipUnless(pdf_form.program(), "wkhtmltopdf is not installed")
    def test_pdf(self):
        """MS-36: the real PDF: on the form, in two languages, no draft."""
        self.meeting.absent_partner_ids = self.nobody
        action = self.env["itsm.action"].create(
            {
                "name": "Order disks",
                "owner_id": self.agent.id,
                "due_date": "2026-05-20",
                "res_model": self.meeting._name,
                "res_id": self.meeting.id,
                "meeting_line_ids": [Command.link(self.meeting.line_ids[0].id)],
            }
        )
        self._send()
        self.assertIn(action, self.meeting.action_ids)
        files = self.meeting.minutes_ids.attachment_ids
        guest = files.filtered(lambda file: "guests" in file.name)
        english = files.filtered(lambda file: "(en_US)" in file.name)
        self.assertTrue(guest and english)
        text = text_of(english)
        for words in (
            "Desk <b>meeting</b>",
            "Tapes are old",
            "Salaries",
            "Order disks",
            "Without Address",
            "Revision 1",
            "1 / 1",
        ):
            with self.subTest(words=words):
                self.assertIn(words, text)
        self.assertNotIn("DRAFT", text)
        text = text_of(guest)
        self.assertIn("Order disks", text)
        self.assertNotIn("Salaries", text)
        self.assertNotIn("Not for guests", text)

    def test_times(self):
        """Periods: times are the organizer's, whoever prints, and the zone is named."""
        self._fake_printer()
        self.lead.tz = "Asia/Shanghai"
        # 4 May 23:30 UTC is 5 May 07:30 in Shanghai
        meeting = self._create_meeting(start="2026-05-04 23:30:00")
        self._line(meeting)
        self._hold(meeting)
        with self.mock_mail_gateway():
            meeting.with_user(self.manager).action_send_minutes()
        self.assertIn("Asia/Shanghai", self.printed[0])
        self.assertIn("07:30", self.printed[0])
        self.assertIn("2026-05-05", meeting.minutes_ids.attachment_ids[0].name)
