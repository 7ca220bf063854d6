# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard, pdf_form

from .itsm_ci_record import FOR_EVERYBODY

_logger = logging.getLogger(__name__)


class ItsmCiAudit(models.Model):
    """The report of an audit as it was when it was closed (D29).

    What is signed off is kept as a file with its checksum, as documents are
    (`itsm.document`): in the language of who closes the audit, with what he may see
    and without what only some readers may know. Printing gives this file. Audits
    that were closed before reports were kept are printed as they are now.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    report_file = fields.Binary(
        string="Kept Report", attachment=True, readonly=True, copy=False
    )
    report_name = fields.Char(compute="_compute_report_name")
    report_sha256 = fields.Char(
        string="Checksum of the Report",
        readonly=True,
        copy=False,
        help="SHA-256 of the file when the audit was closed.",
    )
    report_page = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="What is to be printed, as it was closed, until its file is made.",
    )
    report_state = fields.Selection(
        selection=[
            ("none", "Not kept"),
            ("waiting", "Kept, not printed yet"),
            ("intact", "As closed"),
            ("changed", "Changed after it was closed"),
        ],
        string="State of the Report",
        compute="_compute_report_state",
    )

    @api.depends("number", "name")
    def _compute_report_name(self):
        for audit in self:
            audit.report_name = f"{audit.number or audit.name or ''}.pdf"

    @api.depends("report_file", "report_sha256", "report_page", "state")
    def _compute_report_state(self):
        for audit in self:
            if audit.report_sha256:
                found = hashlib.sha256(audit._report_content()).hexdigest()
                is_intact = found == audit.report_sha256
                audit.report_state = "intact" if is_intact else "changed"
            else:
                # sudo: only whether there is one
                waits = audit.state == "closed" and audit.sudo().report_page
                audit.report_state = "waiting" if waits else "none"

    # === Keeping it ===

    def action_close(self):
        result = super().action_close()
        for audit in self:
            audit._keep_report()
        return result

    def _keep_report(self):
        """Keep the report of an audit that is closed now.

        A server that cannot print stops nothing: then the page is kept, and the file
        is made of it later, whoever prints it first.
        """
        self.ensure_one()
        reports = self.env["ir.actions.report"].with_context(**{FOR_EVERYBODY: True})
        # sudo: set-up, read on behalf of who closes
        report = self.env.ref("itsm_cmdb.itsm_ci_audit_report").sudo()
        page = reports._itsm_form_page(report, self)
        try:
            self._keep_report_file(reports._itsm_form_make(page))
        except UserError as error:
            _logger.warning("%s has no file yet: %s", self.display_name, error)
            # sudo: written and read by the system only
            guard.with_token(self.sudo()).report_page = page

    def _make_report_file(self):
        """Make the file of a report of which only the page is kept.

        :raise UserError: the server cannot print
        """
        self.ensure_one()
        # sudo: who may read the audit may have its file
        page = self.sudo().report_page
        self._keep_report_file(self.env["ir.actions.report"]._itsm_form_make(page))

    def _keep_report_file(self, content):
        # sudo: the first print makes the file, whoever of the readers prints
        guard.with_token(self.sudo()).write(
            {
                "report_file": base64.b64encode(content),
                "report_sha256": hashlib.sha256(content).hexdigest(),
                "report_page": False,
            }
        )

    def _report_content(self):
        """The kept file as bytes; empty if there is none."""
        self.ensure_one()
        # sudo: read for whoever may read the audit. A form of the web client asks for
        # sizes in place of contents.
        files = self.env["ir.attachment"].sudo().with_context(bin_size=False)
        domain = [
            ("res_model", "=", self._name),
            ("res_field", "=", "report_file"),
            ("res_id", "=", self.id),
        ]
        return files.search(domain, limit=1).raw or b""

    def _itsm_form_file(self):
        """The report as it was closed.

        :raise UserError: the kept file is not the one that was made, or there is none
            yet and the server cannot print
        """
        self.ensure_one()
        state = self.report_state
        if self.state != "closed" or state == "none":
            return super()._itsm_form_file()
        if state == "waiting":
            self._make_report_file()
        elif state == "changed":
            raise UserError(
                self.env._(
                    "%(audit)s: the kept report was changed after the audit was "
                    "closed; its checksum is not %(sha256)s any more. Restore the file "
                    "from a backup.",
                    audit=self.display_name,
                    sha256=self.report_sha256,
                )
            )
        return self._report_content()


class ItsmDocument(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    @api.model
    def _cron_make_files(self):
        result = super()._cron_make_files()
        if not pdf_form.program():
            return result
        # sudo: the system prints for everybody
        audits = self.env["itsm.ci.audit"].sudo().with_context(active_test=False)
        audits = audits.search(
            [
                ("state", "=", "closed"),
                ("report_sha256", "=", False),
                ("report_page", "!=", False),
            ]
        )
        cron = self.env["ir.cron"]
        for done, audit in enumerate(audits, 1):
            try:
                with self.env.cr.savepoint():
                    audit._make_report_file()
            except UserError as error:
                _logger.warning("%s has no file yet: %s", audit.display_name, error)
            if not cron._commit_progress(1, remaining=len(audits) - done):
                break
        return result
