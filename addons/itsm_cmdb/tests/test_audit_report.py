# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from odoo.addons.itsm_base.tools import guard, pdf_form

from .test_audit import AuditCommon


@tagged("post_install", "-at_install")
class TestAuditReport(AuditCommon):
    """The report of a closed audit is kept as it was signed off (D29)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reports = cls.env["ir.actions.report"]
        cls.report = cls.env.ref("itsm_cmdb.itsm_ci_audit_report")

    def _closed(self):
        """An audit with one difference, which was corrected and checked."""
        audit = self._audit(purpose="All that stands there")
        self._count(audit, self.one, "different", {"serial": "S-9"})
        self._count(audit, self.two, "ok")
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        difference = self._explain(audit.difference_ids)
        audit.action_to_correction()
        difference.action_correct()
        audit.action_to_check()
        difference.with_user(self.ci_auditor_2).action_check_ok()
        audit.conclusion = "<p>One label was wrong</p>"
        audit.action_close()
        return audit

    def _unprinted(self):
        """The same, closed on a server that cannot print."""
        with (
            patch.object(pdf_form, "program", return_value=None),
            mute_logger("odoo.addons.itsm_cmdb.models.itsm_ci_audit_report"),
        ):
            audit = self._closed()
        self.assertEqual((audit.state, audit.report_state), ("closed", "waiting"))
        return audit

    def _change_all(self):
        """What a print would show if it took things as they are now."""
        self.one.name = "Renamed"
        self.company.name = "New Company"
        self.cause.name = "New cause"
        self.ci_auditor.name = "New Auditor"

    def _file(self, audit):
        return base64.b64decode(audit.with_context(bin_size=False).report_file)

    def _print(self, audit, user=None):
        reports = self.reports.with_user(user or self.ci_reader)
        return reports._itsm_form_pdf(
            self.report, audit.with_user(user or self.ci_reader)
        )

    def _text(self, content):
        pages = PdfFileReader(io.BytesIO(content)).pages
        return "\n".join(page.extract_text() for page in pages)

    def test_kept(self):
        """Closing keeps the file with its checksum; printing gives it ever after."""
        audit = self._closed()
        kept = self._file(audit)
        self.assertEqual(audit.report_sha256, hashlib.sha256(kept).hexdigest())
        self.assertEqual(audit.report_state, "intact")
        self.assertEqual(audit.report_name, f"{audit.number}.pdf")
        text = self._text(kept)
        for word in ("One label was wrong", "S-9", audit.number):
            self.assertIn(word, text)
        self.assertNotIn("DRAFT", text)
        self._change_all()
        with patch.object(pdf_form, "program", return_value=None):
            self.assertEqual(self._print(audit), kept)

    def test_open_is_not_kept(self):
        """Until it is closed the report is a draft of what is there now."""
        audit = self._audit()
        self._count(audit, self.one, "different", {"serial": "S-9"})
        self.assertEqual(audit.report_state, "none")
        self.assertIn("DRAFT", self._text(self._print(audit)))
        self.assertFalse(audit.report_file)
        audit.cancel_reason = "No time"
        audit.action_cancel()
        self.assertEqual(audit.report_state, "none")

    def test_server_that_cannot_print(self):
        """Closing does not fail; the first print makes the file of what was closed."""
        audit = self._unprinted()
        self._change_all()
        content = self._print(audit)
        self.assertEqual(audit.report_state, "intact")
        self.assertEqual(self._file(audit), content)
        self.assertFalse(audit.sudo().report_page, "not kept twice")
        text = self._text(content)
        self.assertIn("One label was wrong", text)
        for word in ("Renamed", "New", "DRAFT"):
            self.assertNotIn(word, text)

    def test_made_by_schedule(self):
        """The file is made as soon as the server can print; archived ones too."""
        audit = self._unprinted()
        audit.action_archive()
        self._change_all()
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=1.0):
            with patch.object(pdf_form, "program", return_value=None):
                self.env["itsm.document"]._cron_make_files()
            self.assertEqual(audit.report_state, "waiting")
            self.env["itsm.document"]._cron_make_files()
        self.assertEqual(audit.report_state, "intact")
        self.assertNotIn("Renamed", self._text(self._file(audit)))

    def test_forged(self):
        """The file is not replaced, deleted or written; if it was, it shows."""
        audit = self._closed()
        files = self.env["ir.attachment"].sudo()
        mine = [("res_model", "=", audit._name), ("res_id", "=", audit.id)]
        file = files.search([*mine, ("res_field", "=", "report_file")])
        forged = base64.b64encode(b"%PDF-1.4 forged")
        manager = audit.with_user(self.ci_manager)
        attempts = (
            lambda: file.write({"raw": b"%PDF-1.4 forged"}),
            lambda: file.unlink(),
            lambda: files.create(
                {
                    "name": "x",
                    "raw": b"x",
                    "res_model": audit._name,
                    "res_id": audit.id,
                    "res_field": "report_file",
                }
            ),
            lambda: manager.write({"report_file": forged}),
            lambda: manager.sudo().write({"report_sha256": "0"}),
            lambda: self._audit(start=False, report_file=forged),
            lambda: self._audit(start=False).write({"report_sha256": "0"}),
        )
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(number),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                attempt()
        with self.assertRaises(AccessError):
            manager.read(["report_page"])
        # as somebody with access to the disk would
        guard.with_token(file).write({"raw": b"%PDF-1.4 forged"})
        audit.invalidate_recordset()
        self.assertEqual(audit.report_state, "changed")
        with self.assertRaisesRegex(UserError, "was changed after the audit was"):
            self._print(audit)

    def test_prices_are_not_kept(self):
        """What only some readers may know is not in the file of all of them."""
        self.one.purchase_price = 4711
        self.env.flush_all()
        baseline = self.env["itsm.ci.baseline"].create(
            {"name": "b", "ci_ids": [Command.set(self.items.ids)]}
        )
        baseline.action_take()
        self.one.purchase_price = 815
        self.env.flush_all()
        self.ci_auditor.group_ids += self.env.ref("itsm_base.itsm_group_finance")
        audit = self._audit(kind="baseline", baseline_id=baseline.id)
        difference = audit.difference_ids
        self.assertIn("4", difference.expected_text)
        self.assertNotEqual(difference.expected_text, "(hidden)")
        difference = self._explain(difference)
        audit.action_to_correction()
        difference.action_correct()
        audit.action_to_check()
        difference.with_user(self.ci_auditor_2).action_check_ok()
        with (
            patch.object(pdf_form, "program", return_value=None),
            mute_logger("odoo.addons.itsm_cmdb.models.itsm_ci_audit_report"),
        ):
            audit.action_close()
        html = audit.sudo().report_page["html"]
        self.assertIn("(hidden)", html)
        for price in ("4711", "4,711", "815"):
            self.assertNotIn(price, html)
        # who may know still reads it in the audit
        self.assertNotEqual(audit.difference_ids.expected_text, "(hidden)")

    def test_closed_before(self):
        """Upgrade: one that was closed before reports were kept is printed as it is
        now, and nothing is kept of it as if it had been so."""
        audit = self._unprinted()
        guard.with_token(audit.sudo()).report_page = False
        self.assertEqual(audit.report_state, "none")
        self.one.name = "Renamed"
        self.assertIn("Renamed", self._text(self._print(audit)))
        self.assertEqual(audit.report_state, "none")
