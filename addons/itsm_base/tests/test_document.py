# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools import guard, pdf_form
from .pdf_common import PdfCase


@tagged("post_install", "-at_install")
class TestDocument(PdfCase):
    """The life of an issued document (design: Paper, Evidence survives)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.name = "Liz Lead"
        cls.manager.name = "Mary Manager"
        cls.writer = new_test_user(
            cls.env, "itsm-writer", "itsm_base.itsm_group_lead", name="Will Writer"
        )
        cls.free_kind = cls.kinds.create(
            {"code": "F1", "name": "Notice", "needs_approval": False}
        )

    def _prepared(self, **vals):
        document = self._create_document(**vals).with_user(self.writer)
        document.action_fill()
        return document

    def _approved(self, **vals):
        document = self._prepared(**vals)
        document.action_request_approval()
        document.with_user(self.lead).action_approve("Reviewed it")
        document.with_user(self.manager).action_approve("Go")
        return document

    # === Numbers ===

    def test_numbers(self):
        """Paper: a sequence for each kind, company and year."""
        with freeze_time("2026-05-01 08:00:00"):
            first = self._create_document()
            second = self._create_document()
            other = self._create_document(self.free_kind)
        with freeze_time("2027-01-02 08:00:00"):
            later = self._create_document()
        self.assertEqual(first.number, "T1-2026-0001")
        self.assertEqual(second.number, "T1-2026-0002")
        self.assertEqual(other.number, "F1-2026-0001")
        self.assertEqual(later.number, "T1-2027-0001")

    def test_numbers_of_companies(self):
        """Paper: another company counts by itself."""
        self._create_document()
        company = self.env["res.company"].create({"name": "Other"})
        document = self.documents.with_company(company).create(
            {"kind_id": self.text_kind.id, "company_id": company.id}
        )
        self.assertEqual(document.number[-5:], "-0001")

    def test_shipped_kinds(self):
        """D40, D41, D45: shipped with their source, period and approval."""
        for code, source, period in (
            ("D40", "duty_matrix", "year"),
            ("D41", "kpi_catalogue", "year"),
            ("D45", "desk_summary", "month"),
        ):
            kind = self.kinds.search([("code", "=", code)])
            self.assertEqual((kind.source, kind.period), (source, period))
            self.assertTrue(kind.needs_approval)
            self.assertTrue(kind.report_id.itsm_form)

    def test_kind_code_once(self):
        """Bad input: two kinds with one code."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.kinds.create({"code": "T1", "name": "Again"})

    # === Periods ===

    def test_period(self):
        """Periods: any day may be entered, the period begins with its first day."""
        kind = self.kinds.create({"code": "M1", "name": "Month", "period": "month"})
        document = self._create_document(kind, period_start="2026-02-17")
        self.assertEqual(document.period_start, Date.to_date("2026-02-01"))
        self.assertEqual(document.period_end, Date.to_date("2026-02-28"))
        self.assertEqual(document.name, "Month 2026-02")
        document.period_start = "2028-02-29"
        self.assertEqual(document.period_start, Date.to_date("2028-02-01"))
        self.assertEqual(document.period_end, Date.to_date("2028-02-29"))

    @freeze_time("2026-03-01 08:00:00")
    def test_period_proposed(self):
        """Periods: the month that has ended, the year that runs."""
        month = self.env.ref("itsm_base.itsm_document_kind_d45")
        year = self.env.ref("itsm_base.itsm_document_kind_d41")
        with Form(self.documents.with_user(self.writer)) as form:
            form.kind_id = month
            self.assertEqual(Date.to_string(form.period_start), "2026-02-01")
            form.kind_id = year
            self.assertEqual(Date.to_string(form.period_start), "2026-01-01")
            self.assertEqual(form.confidentiality, "internal")

    def test_period_missing(self):
        """Bad input: a kind with a period needs one; the message says what to do."""
        document = self._create_document(
            self.env.ref("itsm_base.itsm_document_kind_d45")
        )
        with self.assertRaisesRegex(ValidationError, "enter a day of the period"):
            document.period_start = False

    @freeze_time("2026-11-21 08:00:00")
    def test_figures_of_another_period(self):
        """REP-29: figures go when the document becomes one of another period."""
        document = self._create_document(
            self.env.ref("itsm_base.itsm_document_kind_d45"), period_start="2026-09-01"
        )
        document.action_fill()
        document.period_start = "2026-09-17"  # the same month
        self.assertTrue(document.is_filled)
        document.period_start = "2026-05-01"
        self.assertFalse(document.is_filled)
        self.assertFalse(document.content)
        document.action_fill()
        document.lang = document.lang
        self.assertTrue(document.is_filled)

    @freeze_time("2026-11-21 08:00:00")
    def test_report_too_early(self):
        """REP-29: a report is neither filled before its period begins nor given to
        approval before it is over; a plan of the running year is."""
        kind = self.env.ref("itsm_base.itsm_document_kind_d45")
        future = self._create_document(kind, period_start="2026-12-01")
        with self.assertRaisesRegex(UserError, "2026-12 has not begun"):
            future.action_fill()
        running = self._create_document(kind, period_start="2026-11-01")
        running.action_fill()
        with self.assertRaisesRegex(UserError, "2026-11 is not over before 2026-12-01"):
            running.action_request_approval()
        plan = self._create_document(
            self.env.ref("itsm_base.itsm_document_kind_d40"), period_start="2026-01-01"
        )
        plan.action_request_approval()
        self.assertEqual(plan.state, "in_approval")

    @freeze_time("2026-11-21 08:00:00")
    def test_title(self):
        """Paper: a title that somebody typed stays; one of the system follows."""
        kind = self.env.ref("itsm_base.itsm_document_kind_d45")
        document = self._create_document(kind, period_start="2026-09-01")
        document.period_start = "2026-10-01"
        self.assertEqual(document.name, f"{kind.name} 2026-10")
        document.name = "What the desk did in autumn"
        document.period_start = "2026-09-01"
        self.assertEqual(document.name, "What the desk did in autumn")
        for wrong in ("", "   ", "x" * 201):
            with (
                self.subTest(wrong),
                self.assertRaisesRegex(ValidationError, "enter a Title of 1 to 200"),
            ):
                document.name = wrong

    def test_text_of_the_kind(self):
        """Paper: a document begins with the text of its kind, in its language; what
        somebody wrote stays."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.free_kind.body = "<h2>Scope</h2>"
        self.free_kind.update_field_translations("body", {"zh_CN": {"Scope": "范围"}})
        english = self._create_document(self.free_kind, lang="en_US")
        chinese = self._create_document(self.free_kind, lang="zh_CN")
        own = self._create_document(self.free_kind, lang="en_US", body="<p>Own</p>")
        self.assertEqual(english.body, "<h2>Scope</h2>")
        self.assertEqual(chinese.body, "<h2>范围</h2>")
        self.assertEqual(own.body, "<p>Own</p>")
        own.lang = "zh_CN"
        self.assertEqual(own.body, "<p>Own</p>")
        self.assertFalse(self._create_document().body)

    def test_kind_stays(self):
        """Paper: the number is one of the kind, so the kind stays."""
        document = self._create_document()
        with self.assertRaisesRegex(UserError, "number belongs to its kind"):
            document.kind_id = self.free_kind

    # === Approval ===

    def test_page_of_approval(self):
        """Approvals: whoever decides behind the mail's link reads what is printed."""
        document = self._prepared(name="Plan", body="<p>Spare parts at night</p>")
        document.action_request_approval()
        page = document.with_user(self.lead)._approval_page_html()
        self.assertIn("Spare parts at night", page)
        self.assertNotIn("<script", page)

    def test_approved(self):
        """Paper: prepared, reviewed and approved by the decisions; the file is kept."""
        document = self._prepared(name="Plan")
        document.action_request_approval()
        self.assertEqual(document.state, "in_approval")
        document.with_user(self.lead).action_approve("Reviewed it")
        self.assertEqual(document.state, "in_approval")
        text = self._texts(self._print(document))[0]
        self.assertIn("DRAFT", text)
        self.assertIn("Liz Lead", text)
        self.assertNotIn("Mary Manager", text)
        document.with_user(self.manager).action_approve("Go")
        self.assertEqual(document.state, "approved")
        self.assertEqual(document.effective_date, document._today())
        self.assertEqual(document.file_state, "intact")
        self.env.invalidate_all()
        form = document.with_context(bin_size=True)  # as the web client reads
        self.assertEqual(form.file_state, "intact")
        text = self._texts(self._print(document))[0]
        self.assertNotIn("DRAFT", text)
        today = Date.to_string(document._today())
        order = ("Prepared", "Will Writer", "Reviewed", "Liz Lead", "Approved", "Mary")
        places = [text.index(part) for part in order]
        self.assertEqual(places, sorted(places))
        self.assertGreaterEqual(text.count(today), 4, "three dates and the foot")

    def test_not_by_one_person(self):
        """Design 8: who prepared and asked approves nothing."""
        document = self._prepared()
        document.action_request_approval()
        with self.assertRaises(UserError):
            document.action_approve("Mine")
        self.assertEqual(document.state, "in_approval")

    def test_not_by_who_prepared(self):
        """Design 8: who filled it approves nothing, though somebody else asked."""
        document = self._create_document()
        document.with_user(self.manager).action_fill()
        document.with_user(self.writer).action_request_approval()
        with self.assertRaises(UserError):
            document.with_user(self.manager).action_approve("Mine")
        document.with_user(self.lead).action_approve("Reviewed")
        self.assertEqual(document.state, "in_approval")

    def test_two_people_are_enough(self):
        """Manners (first day): the shipped steps are not stuck with two people."""
        document = self._prepared()
        document.action_request_approval()
        document.with_user(self.manager).action_approve("Reviewed")
        document.with_user(self.manager).action_approve("Approved")
        self.assertEqual(document.state, "approved")

    def test_rejected(self):
        """Design 8: a rejected document is a draft again; asked for once more."""
        self.env.ref("itsm_base.itsm_document_tier_review").write(
            {"review_type": "individual", "reviewer_id": self.lead.id}
        )
        document = self._prepared()
        document.action_request_approval()
        document.with_user(self.lead).action_reject("Page 2 is wrong")
        self.assertEqual(document.state, "draft")
        self.assertEqual(document.approval_state, "rejected")
        self.assertFalse(document.sha256)
        document.body = "<p>Mended</p>"
        document.action_request_approval()
        self.assertEqual(document.state, "in_approval")
        text = self._texts(self._print(document))[0]
        self.assertNotIn("Liz Lead", text, "decisions of the round before")

    def test_taken_back(self):
        """Design 8: a request that is taken back leaves a draft."""
        document = self._prepared()
        document.action_request_approval()
        document.action_restart_approval()
        self.assertEqual(document.state, "draft")

    def test_without_approval(self):
        """Kinds that need no approval are issued by who prepares them."""
        document = self._create_document(self.free_kind).with_user(self.writer)
        document.action_request_approval()
        self.assertEqual(document.state, "approved")
        self.assertEqual(document.prepared_by_id, self.writer)
        text = self._texts(self._print(document))[0]
        self.assertIn("Prepared Will Writer", text)
        self.assertNotIn("Reviewed", text)

    def test_state_is_not_written(self):
        """Design 8: writing the state, the file or the checksum decides nothing."""
        document = self._prepared()
        for vals in (
            {"state": "approved"},
            {"state": "withdrawn"},
            {"file": base64.b64encode(b"x")},
            {"sha256": "0"},
            {"content": {"a": 1}},
            {"number": "X-1"},
            {"version": 7},
            {"prepared_by_id": self.manager.id},
        ):
            for user in (self.writer, self.manager):
                with (
                    self.subTest(vals=vals, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    document.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self._create_document(state="approved")
        forged = self.documents.with_user(self.writer).with_context(
            default_state="approved", default_sha256="1", default_number="X"
        )
        document = forged.create({"kind_id": self.text_kind.id})
        self.assertEqual(document.state, "draft")
        self.assertFalse(document.sha256)
        self.assertTrue(document.number.startswith("T1-"))

    def test_locked(self):
        """Evidence: what was given to approval stays as it is."""
        document = self._prepared()
        document.action_request_approval()
        for vals in ({"name": "X"}, {"body": "X"}, {"lang": "zh_CN"}):
            with self.assertRaises(UserError):
                document.write(vals)
        with self.assertRaises(UserError):
            document.action_fill()
        issued = self._create_document(self.free_kind).with_user(self.writer)
        issued.action_request_approval()
        with self.assertRaisesRegex(UserError, "Make a new version"):
            issued.write({"name": "X"})

    # === The kept file ===

    def test_same_file_again(self):
        """REP-29: printing again gives the stored file, whatever has changed since."""
        document = self._approved(name="Kept")
        kept = base64.b64decode(document.file)
        self.assertEqual(document.sha256, hashlib.sha256(kept).hexdigest())
        self.company.name = "New Name"
        self.writer.name = "New Writer"
        self.text_kind.confidentiality = "secret"
        content = self.reports._itsm_form_pdf(self.report, document)
        self.assertEqual(content, kept)
        with patch.object(pdf_form, "program", return_value=None):
            content, _kind = self.reports._render_qweb_pdf(self.report, document.ids)
        self.assertEqual(content, kept)

    def test_changed_file_is_shown(self):
        """Evidence: a file that was changed is seen, and not printed."""
        document = self._approved(name="Forged")
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "itsm.document"),
                    ("res_field", "=", "file"),
                    ("res_id", "=", document.id),
                ]
            )
        )
        with self.assertRaises(UserError):
            attachment.write({"raw": b"%PDF-1.4 forged"})
        # as somebody with access to the disk would
        guard.with_token(attachment).write({"raw": b"%PDF-1.4 forged"})
        document.invalidate_recordset()
        self.assertEqual(document.file_state, "changed")
        with self.assertRaisesRegex(UserError, "was changed after it was issued"):
            self._print(document)

    def _unprinted(self, **vals):
        """An approved document whose server could not print."""
        with (
            patch.object(pdf_form, "program", return_value=None),
            mute_logger("odoo.addons.itsm_base.models.itsm_document_form"),
        ):
            document = self._approved(**vals)
        self.assertEqual(document.state, "approved")
        self.assertEqual(document.file_state, "none")
        return document

    def _change_all(self, document):
        """What a print would show if it took things as they are now."""
        self.company.name = "New Company"
        self.writer.name = "New Writer"
        self.text_kind.paperformat_id = self.env.ref(
            "itsm_base.paperformat_itsm_form_landscape"
        )
        guard.with_token(document.sudo()).write(
            {"body": "<p>Forged</p>", "name": "New title"}
        )

    def _assert_as_approved(self, document, content):
        self.assertEqual(document.file_state, "intact")
        self.assertEqual(base64.b64decode(document.file), content)
        self.assertEqual(document.sha256, hashlib.sha256(content).hexdigest())
        self.assertFalse(document.sudo().issued_page, "not kept twice")
        reader = self._read(content)
        self.assertLess(reader.pages[0].mediabox.width, 600, "portrait")
        text = self._texts(reader)[0]
        for word in ("Later", "As decided", "Will Writer", "Mary Manager"):
            self.assertIn(word, text)
        for word in ("New", "Forged", "DRAFT"):
            self.assertNotIn(word, text)

    def test_server_that_cannot_print(self):
        """Paper, REP-29: an approval does not fail for want of wkhtmltopdf; the first
        print makes the file of what was approved, whoever prints, with what report."""
        document = self._unprinted(name="Later", body="<p>As decided</p>")
        self._change_all(document)
        other = self.report.copy({"name": "Mine", "paperformat_id": False})
        reports = self.reports.with_user(self.agent)
        content = reports._itsm_form_pdf(
            other, document.with_user(self.agent), {"doc_name": "x"}
        )
        self._assert_as_approved(document, content)

    def test_made_by_schedule(self):
        """Paper, REP-29: the file is made as soon as the server can print, of what was
        approved; a server that still cannot changes nothing."""
        document = self._unprinted(name="Later", body="<p>As decided</p>")
        self._change_all(document)
        with self._no_commit():
            with patch.object(pdf_form, "program", return_value=None):
                self.documents._cron_make_files()
            self.assertEqual(document.file_state, "none")
            self.documents._cron_make_files()
        self._assert_as_approved(document, base64.b64decode(document.file))

    def _no_commit(self):
        return patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=1.0
        )

    def test_printer_that_fails(self):
        """Paper: nor does it fail because the program fails; the others get theirs."""
        with (
            patch.object(pdf_form, "render", side_effect=pdf_form.PdfFormError("no")),
            mute_logger(
                "odoo.addons.itsm_base.models.ir_actions_report",
                "odoo.addons.itsm_base.models.itsm_document_form",
            ),
        ):
            document = self._approved(name="Later", body="<p>As decided</p>")
            self.assertEqual(document.state, "approved")
            with self.assertRaisesRegex(UserError, "as wkhtmltopdf says: no"):
                self._print(document)
            with self._no_commit():
                self.documents._cron_make_files()
        self.assertEqual(document.file_state, "none")
        self._assert_as_approved(
            document, self.reports._itsm_form_pdf(self.report, document)
        )

    def test_page_is_not_written(self):
        """Design 8: what is to be printed is written by the system and read by nobody
        else."""
        document = self._unprinted(name="Later")
        for user in (self.writer, self.manager):
            with self.assertRaises(AccessError):
                document.with_user(user).write({"issued_page": {"html": "x"}})
            with self.assertRaises(AccessError):
                document.with_user(user).read(["issued_page"])

    def test_issued_before_pages_were_kept(self):
        """Upgrade: a document without file and page is printed by its kind's report."""
        document = self._unprinted(name="Later", body="<p>As decided</p>")
        guard.with_token(document.sudo()).issued_page = False
        content = self.reports._itsm_form_pdf(self.report, document)
        self._assert_as_approved(document, content)

    # === Versions ===

    def test_new_version(self):
        """Paper: the next version has the number, and takes the place of the old."""
        first = self._approved(name="Plan", body="<p>One</p>")
        action = first.action_new_version()
        second = self.documents.browse(action["res_id"])
        self.assertEqual((second.number, second.version), (first.number, 2))
        self.assertEqual((second.state, second.name), ("draft", "Plan"))
        self.assertFalse(
            second.sha256 or second.prepared_by_id or second.effective_date
        )
        self.assertEqual(first.action_new_version()["res_id"], second.id, "not twice")
        second = second.with_user(self.writer)
        second.body = "<p>Two</p>"
        second.action_request_approval()
        second.with_user(self.lead).action_approve("Yes")
        self.assertEqual(first.state, "approved", "valid until the new one is")
        second.with_user(self.manager).action_approve("Yes")
        self.assertEqual(first.state, "withdrawn")
        self.assertEqual(first.withdrawn_on, second.effective_date)
        self.assertIn("V2", self._texts(self._print(second))[0])
        self.assertIn("One", self._texts(self._print(first))[0])

    def test_effective_later(self):
        """Paper: the old version is valid until the effective date of the new one, in
        the zone of the company."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        first = self._approved(name="Plan")
        second = self.documents.browse(first.action_new_version()["res_id"])
        second.effective_date = "2099-06-01"
        second = second.with_user(self.writer)
        second.action_request_approval()
        second.with_user(self.manager).action_approve("Yes")
        second.with_user(self.manager).action_approve("Yes")
        self.assertEqual(first.state, "approved")
        with freeze_time("2099-05-31 15:59:59"):
            self.documents._cron_withdraw()
        self.assertEqual(first.state, "approved")
        with freeze_time("2099-05-31 16:00:00"):
            self.documents._cron_withdraw()
        self.assertEqual(first.state, "withdrawn")
        self.assertEqual(first.withdrawn_on, Date.to_date("2099-06-01"))

    def test_version_of_a_draft(self):
        """Bad input: a draft is changed, not superseded."""
        document = self._prepared()
        with self.assertRaisesRegex(UserError, "change it as it is"):
            document.action_new_version()

    def test_withdraw(self):
        """A manager withdraws a document; a desk lead does not; the file is kept."""
        document = self._approved(name="Old")
        with self.assertRaises(AccessError):
            document.action_withdraw()
        document.with_user(self.manager).action_withdraw()
        self.assertEqual(document.state, "withdrawn")
        self.assertEqual(document.withdrawn_on, document._today())
        self.assertIn("Old", self._texts(self._print(document))[0])

    # === Evidence and access ===

    def test_not_deleted(self):
        """Evidence survives: only a draft nobody decided about can be deleted."""
        document = self._prepared()
        document.action_request_approval()
        with self.assertRaises(UserError):
            document.unlink()
        with self.assertRaises(UserError):
            document.sudo().unlink()
        issued = self._create_document(self.free_kind).with_user(self.writer)
        issued.action_request_approval()
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            issued.unlink()
        draft = self._prepared()
        draft.unlink()
        self.assertFalse(draft.exists())
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.free_kind.unlink()

    def test_access(self):
        """Who sees what: agents read public and internal documents; desk leads write;
        another company sees nothing."""
        internal = self._create_document()
        secret = self._create_document(confidentiality="confidential")
        mine = self.documents.with_user(self.agent)
        found = mine.search([("id", "in", (internal | secret).ids)])
        self.assertEqual(found, internal.with_user(self.agent))
        with self.assertRaises(AccessError):
            self.reports.with_user(self.agent)._itsm_form_pdf(
                self.report, secret.with_user(self.agent)
            )
        with self.assertRaises(AccessError):
            internal.with_user(self.agent).write({"name": "X"})
        with self.assertRaises(AccessError):
            internal.with_user(self.agent).action_fill()
        with self.assertRaises(AccessError):
            internal.with_user(self.employee).read(["name"])
        with self.assertRaises(AccessError):
            self.text_kind.with_user(self.lead).write({"name": "X"})
        self.text_kind.with_user(self.manager).write({"name": "X"})
        company = self.env["res.company"].create({"name": "Other"})
        other = new_test_user(
            self.env,
            "itsm-other",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        self.assertFalse(
            self.documents.with_user(other).search([("id", "=", internal.id)])
        )

    def test_list_queries(self):
        """Speed: a list of documents reads with a constant number of queries."""

        def queries(count):
            documents = self.documents.search([], limit=count)
            self.assertEqual(len(documents), count)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            documents.web_read(
                {
                    "number": {},
                    "name": {},
                    "period_label": {},
                    "state": {},
                    "kind_id": {"fields": {"display_name": {}}},
                    "prepared_by_id": {"fields": {"display_name": {}}},
                }
            )
            return self.env.cr.sql_log_count - before

        for _number in range(12):
            self._create_document()
        queries(3)
        self.assertEqual(queries(3), queries(12))
