# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import io
import re
from unittest.mock import patch

import openpyxl
from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .report_common import ReportRoundCommon

DELIVERY = "odoo.addons.itsm_sla.models.itsm_report_delivery"


@tagged("post_install", "-at_install")
class TestReportRound(ReportRoundCommon):
    """What follows from a published report: duty, mails, workbook, meeting."""

    def _deliver(self, side_effect=None):
        """The scheduled action, with a printer that prints the language."""
        pages = []

        def pdf(report, lang=None):
            pages.append(lang)
            if side_effect:
                raise side_effect
            return f"{report.name}.pdf", f"PDF {report.name} {lang}".encode()

        model = self.env.registry["itsm.service.report"]
        with (
            patch.object(model, "_pdf", pdf),
            patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1
            ),
        ):
            self.env["itsm.report.delivery"]._cron_deliver()
        return pages

    # === Duty ===

    def test_publishing_does_the_duty(self):
        """CAL-10, REP-05: the duty of the period is done by who publishes; late if it
        is published after the due day."""
        rule = self.row.duty_definition_id
        with freeze_time("2026-03-02"):
            rule.scope_ids.date_from = "2026-01-01"
            rule.action_generate()
        duties = self.env["itsm.duty"].search(
            [("definition_id", "=", rule.id)], order="due_date"
        )
        # December 2025 lies before the agreement
        january, february = duties
        late = self._published(month="2026-01-01", now="2026-03-05 10:00")
        self.assertEqual(january.status, "late")
        report = self._published(now="2026-03-10 23:30")
        self.assertEqual(february.status, "done", "23:30 in Paris of the due day")
        self.assertEqual(february.done_by_id, self.manager)
        self.assertEqual(
            (february.evidence_model, february.evidence_res_id),
            ("itsm.service.report", report.id),
        )
        self.assertEqual(
            ((late | report).mapped("is_late"), str(report.due_date)),
            ([True, False], "2026-03-10"),
        )
        with freeze_time("2026-03-11"):
            self.assertAlmostEqual(self.row.on_time_rate, 1 / 2)

    def test_duty_made_after_the_report(self):
        """CAL-10, REP-05: a duty that is made when its report is out already is done,
        at the time of publishing, with the report as its evidence."""
        report = self._published(now="2026-03-01 10:00")
        rule = self.row.duty_definition_id
        with freeze_time("2026-03-01 20:00"):
            rule.scope_ids.date_from = "2026-02-01"
            rule.action_generate()
        duties = self.env["itsm.duty"].search(
            [("definition_id", "=", rule.id)], order="period_start"
        )
        self.assertEqual(
            [(str(duty.period_start), duty.state) for duty in duties],
            [("2026-01-01", "open"), ("2026-02-01", "done")],
        )
        february = duties[1]
        self.assertEqual(february.done_at, report.published_at)
        self.assertEqual(february.done_by_id, self.manager)
        self.assertEqual(february.evidence_res_id, report.id)
        with freeze_time("2026-03-20"):
            self.env.invalidate_all()
            self.assertEqual(february.status, "done")
            self.assertFalse(report.is_late)

    def test_duty_opens_report(self):
        """CAL-10: the duty makes the report of its period, once."""
        rule = self.row.duty_definition_id
        with freeze_time("2026-03-02"):
            rule.scope_ids.date_from = "2026-03-01"
            rule.action_generate()
            duty = self.env["itsm.duty"].search([("definition_id", "=", rule.id)])
            duty = duty.with_user(self.sla_manager)
            action = duty.action_make_report()
            self.assertEqual(duty.action_make_report(), action)
        report = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(report.definition_id, self.row)
        self.assertEqual(str(report.period_start), "2026-02-01")
        other = self.env["itsm.duty.definition"].create(
            {"name": "Other", "role_id": self.env["itsm.role"].search([], limit=1).id}
        )
        with freeze_time("2026-03-02"):
            other.scope_ids.date_from = "2026-03-01"
            other.action_generate()
        strange = self.env["itsm.duty"].search([("definition_id", "=", other.id)])
        with self.assertRaises(UserError):
            strange.action_make_report()

    # === Mail ===

    def test_mail(self):
        """REP-03, REP-10: each reader gets one mail, in his language, with the file
        that is kept with its checksum; who has no address is named."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.ann.partner_id.lang = "en_US"
        self.adam.partner_id.lang = "zh_CN"
        silent = self.env["res.partner"].create(
            {"name": "Silent", "parent_id": self.acme.id}
        )
        self.row.partner_ids = (
            self.ann.partner_id | self.adam.partner_id | self.lead.partner_id | silent
        )
        report = self._published()
        deliveries = report.delivery_ids
        self.assertEqual(
            {d.partner_id: d.state for d in deliveries},
            {
                self.ann.partner_id: "waiting",
                self.adam.partner_id: "waiting",
                self.lead.partner_id: "waiting",
                silent: "unreached",
            },
        )
        self.assertIn("Silent", report.sudo().message_ids[0].body)
        pages = self._deliver()
        self.assertEqual(sorted(pages), ["en_US", "zh_CN"], "a file for each language")
        sent = deliveries - deliveries.filtered(lambda d: d.partner_id == silent)
        self.assertEqual(set(sent.mapped("state")), {"sent"})
        for delivery in sent.sudo():
            mail = delivery.mail_id
            self.assertEqual(mail.recipient_ids, delivery.partner_id)
            self.assertEqual(mail.attachment_ids, delivery.attachment_id)
            lang = "zh_CN" if delivery.partner_id == self.adam.partner_id else "en_US"
            content = delivery.attachment_id.raw
            self.assertEqual(content, f"PDF {report.name} {lang}".encode())
            self.assertEqual(delivery.sha256, hashlib.sha256(content).hexdigest())
            link = f"/my/service-reports/{report.id}"
            reads = delivery.partner_id in (self.ann | self.adam).partner_id
            self.assertEqual(link in mail.body_html, reads, "portal users only")
        self.assertFalse(self._deliver(), "nothing is sent twice")
        with self.assertRaises(UserError):
            report.with_user(self.manager).action_deliver()
        # somebody who joins the audience later gets it by the button
        self.row.partner_ids += self.env["res.partner"].create(
            {"name": "Late", "parent_id": self.acme.id, "email": "late@example.com"}
        )
        report.with_user(self.manager).action_deliver()
        self._deliver()
        self.assertEqual(len(report.delivery_ids), 5)

    def test_mail_fails_and_waits(self):
        """Manners: a server that cannot print stops nobody from publishing; the mail
        waits, says why, and goes out the next time."""
        report = self._published()
        with mute_logger(DELIVERY):
            self._deliver(UserError("No printer"))
        delivery = report.delivery_ids
        self.assertEqual((delivery.state, delivery.error), ("waiting", "No printer"))
        self.assertFalse(delivery.mail_id)
        self._deliver()
        self.assertEqual((delivery.state, delivery.error), ("sent", False))

    def test_cron_goes_on(self):
        """REP-03: whatever is wrong with one report, the others are sent; it says why
        it was not."""
        reports = self._published(month="2026-01-01") | self._published()
        broken = reports.sorted("id")[-1]  # first in line

        def pdf(report, lang=None):
            if report == broken:
                raise ValueError("External ID not found")
            return "r.pdf", b"PDF"

        model = self.env.registry["itsm.service.report"]
        crons = self.env.registry["ir.cron"]
        with (
            patch.object(model, "_pdf", pdf),
            patch.object(crons, "_commit_progress", lambda *a, **k: 1),
            mute_logger(DELIVERY),
        ):
            self.env["itsm.report.delivery"]._cron_deliver()
        self.assertEqual((reports - broken).delivery_ids.state, "sent")
        self.assertEqual(broken.delivery_ids.state, "waiting")
        self.assertIn("External ID not found", broken.delivery_ids.error)

    def test_section_is_gone(self):
        """REP-29: a report keeps a section whose addon was uninstalled; it can be
        read, printed and written to a workbook all the same."""
        report = self._written()
        kept = report.sudo()
        content = kept.content
        for words in content["languages"].values():
            words["sections"].append(
                {"code": "gone", "title": "Of an addon that is gone", "data": {}}
            )
        guard.with_token(kept).write(
            {"content": content, "content_hash": kept._digest(content)}
        )
        self.env.invalidate_all()
        for page in (report.content_html, report._portal_html()):
            self.assertIn("Of an addon that is gone", page)
            self.assertIn("no longer installed", page)
        report._workbook("en_US")

    def test_revision_replaces(self):
        """REP-18: the revision is sent to everybody; what was replaced before it was
        sent is not sent any more."""
        first = self._published()
        self.env.flush_all()  # corrections come in another transaction
        with freeze_time(self.utc("2026-03-06 10:00")):
            revision = first.with_user(self.sla_manager)._revise("A figure was wrong")
            revision.with_user(self.sla_manager).action_write()
        self._publish(revision, "2026-03-06 11:00")
        self._deliver()
        self.assertEqual(first.delivery_ids.state, "replaced")
        self.assertEqual(revision.delivery_ids.state, "sent")
        body = revision.sudo().delivery_ids.mail_id.body_html
        self.assertIn("A figure was wrong", body)

    def test_archived_is_sent(self):
        """REP-14: what waits is sent although the report went to the archive before;
        its link leads to it."""
        report = self._published()
        report.with_user(self.manager).action_archive_report()
        self._deliver()
        delivery = report.delivery_ids
        self.assertEqual(delivery.state, "sent")
        self.assertIn(f"/my/service-reports/{report.id}", delivery._portal_url())

    def test_reader_reached_later(self):
        """REP-03: a reader without an address is sent the report once he has one."""
        self.ann.partner_id.email = False
        report = self._published()
        self.assertEqual(report.delivery_ids.state, "unreached")
        author = report.with_user(self.sla_manager)
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            author.action_deliver()
        self.ann.partner_id.email = "ann@example.com"
        author.action_deliver()
        self._deliver()
        self.assertEqual(
            (report.delivery_ids.state, report.delivery_ids.email),
            ("sent", "ann@example.com"),
        )
        with self.assertRaisesRegex(UserError, "Nobody is left"):
            author.action_deliver()

    def test_reader_moved(self):
        """REP-14: who went to another firm gets no report of the customer, whether he
        went before it was published or before it was sent."""
        written = self._written(month="2026-01-01")
        waiting = self._published()
        self.ann.partner_id.parent_id = self.bolt
        self._publish(written)
        self.assertFalse(written.delivery_ids)
        self.assertIn("Ann", written.message_ids[0].body)
        self._deliver()
        self.assertEqual(waiting.delivery_ids.state, "left")
        self.assertFalse(waiting.delivery_ids.mail_id)

    def test_delivery_by_definition(self):
        """REP-10: in the portal or in Odoo only: no mail."""
        for number, delivery in enumerate(("portal", "odoo")):
            with self.subTest(delivery=delivery):
                row = self._row(name=f"Row {number}", delivery=delivery)
                report = self._published(row)
                self.assertFalse(report.delivery_ids)

    def test_delivery_is_evidence(self):
        """Manners: deliveries and their files are read by service level managers, and
        written by nobody."""
        report = self._published()
        self._deliver()
        delivery = report.delivery_ids
        for user in (self.sla_manager, self.manager):
            with self.assertRaises(AccessError):
                delivery.with_user(user).state = "waiting"
            with self.assertRaises(AccessError):
                delivery.with_user(user).unlink()
            with self.assertRaises(AccessError):
                delivery.sudo().attachment_id.with_user(user).raw = b"x"
        self.assertTrue(
            delivery.sudo().attachment_id.with_user(self.sla_manager).raw, "may read it"
        )
        for user in (self.agent, self.ann):
            with self.assertRaises(AccessError):
                delivery.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                delivery.sudo().attachment_id.with_user(user).read(["name"])

    def test_anonymised(self):
        """Privacy: that the report was sent stays, to which address does not."""
        reader = self.env["res.partner"].create(
            {"name": "Rita", "email": "rita@acme.example", "parent_id": self.acme.id}
        )
        self.row.partner_ids = reader
        report = self._published()
        self._deliver()
        delivery = report.delivery_ids
        self.assertEqual(delivery.email, "rita@acme.example")
        self.env["itsm.anonymisation"].with_user(self.manager).create(
            {"partner_id": reader.id, "reason": "Asked for it"}
        ).action_start()
        self.assertEqual((delivery.email, delivery.state), (False, "sent"))

    # === Workbook ===

    def test_workbook(self):
        """REP-29: the workbook says what the paper says: each cell of each table, in
        both languages; figures are numbers, what people typed is never a formula."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self._report("2026-02-10 10:00", partner_id=self.acme.id)
        report = self._published()
        for lang in ("en_US", "zh_CN"):
            name, content = report.sudo()._workbook(lang)
            self.assertTrue(name.endswith(".xlsx"))
            book = openpyxl.load_workbook(io.BytesIO(content))
            kept = report.sudo()._read_content(lang)
            self.assertEqual(
                book.sheetnames[1:],
                [
                    re.sub(r"[\[\]:*?/\\']", " ", s["title"])[:31]
                    for s in kept["sections"]
                ],
            )
            for sheet, section in zip(
                book.worksheets[1:], kept["sections"], strict=True
            ):
                printed = self._printed_cells(report.sudo(), section, lang)
                found = [
                    cell
                    for row in sheet.iter_rows(min_row=2)
                    for cell in row
                    if cell.value is not None
                ]
                self.assertFalse([c for c in found if c.data_type == "f"])
                texts = [self._as_printed(cell) for cell in found]
                for text in printed:
                    self.assertIn(text, texts, (lang, section["code"]))
            head = [cell.value for cell in book.worksheets[0]["B"]]
            self.assertIn(report.content_hash, head)
        conclusions = book.worksheets[-1]
        self.assertIn(
            "=1+1 is fine", [cell.value for row in conclusions.rows for cell in row]
        )

    def _printed_cells(self, report, section, lang):
        """What a reader of the paper reads in the cells of a section."""
        rendered = (
            report.with_context(lang=lang)
            .env["ir.qweb"]
            ._render(
                report._section_template(section["code"]),
                {"doc": report, "section": section["data"], "drill": False},
            )
        )
        tree = html.fromstring(f"<div>{rendered}</div>")
        texts = (" ".join(c.text_content().split()) for c in tree.xpath(".//td|.//th"))
        return [text for text in texts if text]

    def _as_printed(self, cell):
        if isinstance(cell.value, str):
            return cell.value
        digits = len(cell.number_format.rstrip("%").partition(".")[2])
        if "%" in cell.number_format:
            return f"{cell.value * 100:.{digits}f} %"
        return f"{cell.value:.{digits}f}"

    def test_workbook_altered(self):
        """Issue 6: content that was changed behind its back is not exported."""
        report = self._published()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_service_report SET content_hash = 'x' WHERE id = %s",
            [report.id],
        )
        report.invalidate_recordset()
        with self.assertRaises(UserError):
            report.sudo()._workbook()
        with self.assertRaises(UserError):
            report.sudo()._portal_html()

    # === Meeting ===

    def test_meeting(self):
        """REP-03, D12: a meeting on the report; agenda from its sections and
        conclusions; minutes name the report; the report stays while it has one."""
        report = self._written()
        action = report.with_user(self.sla_manager).action_plan_meeting()
        defaults = {
            key.removeprefix("default_"): value
            for key, value in action["context"].items()
        }
        meeting = (
            self.env["itsm.meeting"]
            .with_user(self.sla_manager)
            .create({**defaults, "start": "2026-03-12 09:00:00"})
        )
        self.assertIn(self.sla_manager.partner_id, meeting.partner_ids)
        meeting.action_propose_agenda()
        topics = meeting.line_ids.mapped("name")
        content = report.sudo()._read_content()
        for section in content["sections"]:
            if section["code"] != "conclusions":
                self.assertIn(f"{section['title']} in 2026-02", topics)
        self.assertIn("=1+1 is fine", topics)
        count = len(meeting.line_ids)
        meeting.action_propose_agenda()
        self.assertEqual(len(meeting.line_ids), count)
        self.assertEqual(report.meeting_count, 1)
        self.assertEqual(report.action_open_meetings()["domain"][0][2], report.id)
        page = self.env["ir.qweb"]._render(
            "itsm_base.report_itsm_meeting", {"docs": meeting.sudo()}
        )
        self.assertIn(report.display_name, page)
        with self.assertRaises(UserError):
            report.sudo().unlink()

    def test_meeting_refused(self):
        """REP-03: not about a draft, nor a report that the planner cannot read."""
        with freeze_time("2026-03-05"):
            draft = self.env["itsm.service.report"].create(
                {"definition_id": self.row.id, "period_start": "2026-01-01"}
            )
        vals = {
            "kind_id": self.env.ref("itsm_base.itsm_meeting_kind_service_quality").id,
            "start": "2026-03-12 09:00:00",
        }
        meetings = self.env["itsm.meeting"]
        with self.assertRaises(UserError):
            draft.action_plan_meeting()
        with self.assertRaises(ValidationError):
            meetings.create({**vals, "service_report_id": draft.id})
        written = self._written()
        with self.assertRaises(AccessError):
            meetings.with_user(self.agent).create(
                {**vals, "service_report_id": written.id}
            )

    # === Who sees what in the portal ===

    def test_portal_domain(self):
        """REP-14: published reports of one's own customer, for who is in the
        audience, or whose organisation is; nothing else."""
        reports = self.env["itsm.service.report"]

        def seen(user):
            return reports.sudo().search(reports._portal_domain(user))

        written = self._written(month="2026-01-01")
        report = self._published()
        self.assertEqual(seen(self.ann), report)
        for user in (self.adam, self.bob, self.lead, self.env.ref("base.public_user")):
            self.assertFalse(seen(user), user.login)
        self.row.partner_ids = self.acme  # the organisation as a whole
        self.assertEqual(seen(self.adam), report)
        self.assertFalse(seen(self.bob))
        self.row.partner_ids = self.ann.partner_id
        for vals in ({"delivery": "mail"}, {"delivery": "odoo"}):
            self.row.write(vals)
            self.assertFalse(seen(self.ann), vals)
        self.row.delivery = "portal"
        self.assertEqual(seen(self.ann), report)
        self.row.active = False
        self.assertEqual(seen(self.ann), report, "what was published stays")
        # who leaves the organisation sees nothing any more
        self.ann.partner_id.parent_id = self.bolt
        self.assertFalse(seen(self.ann))
        self.ann.partner_id.parent_id = self.acme
        report.with_user(self.manager).action_archive_report()
        self.assertEqual(seen(self.ann), report, "archived stays readable")
        with freeze_time(self.utc("2026-03-06 10:00")):
            revision = report.with_user(self.sla_manager)._revise("A wrong figure")
            self.assertEqual(seen(self.ann), report, "corrected, not out yet")
            revision.with_user(self.sla_manager).action_write()
        self._publish(revision, "2026-03-06 11:00")
        self.assertEqual(seen(self.ann), revision, "what was replaced is gone")
        self.assertEqual(written.state, "written")

    def test_portal_internal(self):
        """REP-14: an internal report is never in the portal, whoever is named."""
        row = self._row(
            family="internal",
            agreement_id=False,
            partner_ids=[Command.set(self.lead.partner_id.ids)],
        )
        self._published(row)
        reports = self.env["itsm.service.report"].sudo()
        self.assertFalse(reports.search(reports._portal_domain(self.lead)))
        self.assertFalse(reports.search(reports._portal_domain(self.ann)))
