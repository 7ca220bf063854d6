# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_qweb import QWebError

from ..tools import guard, pdf_form

_logger = logging.getLogger(__name__)


class ItsmDocument(models.Model):
    """How a document is printed, and its file kept (REP-29)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    issued_page = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="What is to be printed, as it was approved, until its file is made.",
    )

    figures_html = fields.Html(
        string="Figures",
        compute="_compute_figures_html",
        sanitize=False,  # rendered from our own templates
        exportable=False,
        help="What was filled in, as it is printed.",
    )

    @api.depends("content", "prepared_at", "kind_id", "lang")
    def _compute_figures_html(self):
        """What the printed form says of the figures, in the language of the form."""
        qweb = self.env["ir.qweb"]
        for document in self:
            document.figures_html = False
            if not document.prepared_at or not document._origin:
                continue
            doc = document._origin.with_context(lang=document._itsm_form_lang())
            try:
                document.figures_html = qweb.with_context(lang=doc.env.lang)._render(
                    "itsm_base.itsm_document_figures",
                    {"doc": doc, "content": doc.content or {}},
                )
            except (QWebError, UserError):
                # Content of an older version of an addon, or of one that is gone: the
                # form opens all the same.
                _logger.warning("%s: figures not shown", doc.number, exc_info=True)

    # === The file ===

    def _issue_file(self):
        """Make the file of a document that becomes valid now.

        A server that cannot print does not stop an approval: then the page is kept as
        it was approved, and the file is made of it later, whoever prints it first.
        """
        self.ensure_one()
        reports = self.env["ir.actions.report"]
        page = reports._itsm_form_page(self.kind_id.report_id, self)
        try:
            self._keep_file(reports._itsm_form_make(page))
        except UserError as error:
            _logger.warning("%s has no file yet: %s", self.display_name, error)
            # sudo: written and read by the system only
            guard.with_token(self.sudo()).issued_page = page

    def _make_file(self):
        """Make the file of a valid document that has none, of what was approved.

        Documents issued before the page was kept are printed by the report of their
        kind, as they are now.

        :raise UserError: the server cannot print
        """
        self.ensure_one()
        reports = self.env["ir.actions.report"]
        # sudo: who may read the document may have its file; see `issued_page`
        page = self.sudo().issued_page
        if not page:
            page = reports._itsm_form_page(self.kind_id.report_id, self)
        self._keep_file(reports._itsm_form_make(page))

    def _keep_file(self, content):
        """Keep the file of a document, with its checksum.

        :param bytes content: the PDF
        """
        # sudo: the first print makes the file, whoever of the readers prints
        guard.with_token(self.sudo()).write(
            {
                "file": base64.b64encode(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "issued_page": False,
            }
        )

    @api.model
    def _cron_make_files(self):
        """Make the files of documents that could not be printed when they were issued
        (scheduled)."""
        if not pdf_form.program():
            return
        documents = self.sudo().search(  # sudo: the system issues for everybody
            [
                ("state", "in", ("approved", "withdrawn")),
                ("sha256", "=", False),
                ("issued_page", "!=", False),
            ]
        )
        cron = self.env["ir.cron"]
        for done, document in enumerate(documents, 1):
            try:
                with self.env.cr.savepoint():
                    document._make_file()
            except UserError as error:
                _logger.warning("%s has no file yet: %s", document.display_name, error)
            if not cron._commit_progress(1, remaining=len(documents) - done):
                break

    def _stored_content(self):
        """The kept file as bytes; empty if there is none."""
        self.ensure_one()
        # sudo: the attachment is read for whoever may read the document. A form of the
        # web client asks for sizes in place of contents.
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .with_context(bin_size=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        return attachment_sudo.raw or b""

    # === The printed form ===

    def _itsm_form_lang(self):
        self.ensure_one()
        return self.lang

    def _itsm_form_paperformat(self):
        return super()._itsm_form_paperformat() or self.kind_id.paperformat_id

    def _itsm_form_data(self):
        labels = dict(self._fields["confidentiality"]._description_selection(self.env))
        return super()._itsm_form_data() | {
            "title": self.name,
            "code": self.number or "",
            "version": f"V{self.version}",
            "confidentiality": labels.get(self.confidentiality, ""),
            "effective_date": self.effective_date,
            "is_draft": self.state in ("draft", "in_approval"),
        }

    def _itsm_form_signatures(self):
        signatures = super()._itsm_form_signatures()
        return signatures if self.kind_id.needs_approval else signatures[:1]

    def _itsm_form_prepared(self):
        self.ensure_one()
        return self.prepared_by_id, self.prepared_at

    def _itsm_form_file(self):
        """The file that was issued; made now if the server could not print then.

        :raise UserError: the kept file is not the one that was issued, or there is
            none and the server cannot print
        """
        self.ensure_one()
        if self.state not in ("approved", "withdrawn"):
            return super()._itsm_form_file()
        if not self.sha256:
            self._make_file()
        elif self.file_state == "changed":
            raise UserError(
                self.env._(
                    "%(document)s: the kept file was changed after it was issued; its "
                    "checksum is not %(sha256)s any more. Restore the file from a "
                    "backup.",
                    document=self.display_name,
                    sha256=self.sha256,
                )
            )
        return self._stored_content()
