# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

_CONTEXT_KEY = "itsm_print_noted"
#: In the context of what a noted print renders; no client can send it.
_NOTED = object()


class IrActionsReport(models.Model):
    """Prints of many records with personal figures are logged, once each."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        noted = self._itsm_note_print(report_ref, res_ids)
        return super(IrActionsReport, noted)._render_qweb_pdf(
            report_ref, res_ids=res_ids, data=data
        )

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        noted = self._itsm_note_print(report_ref, docids)
        return super(IrActionsReport, noted)._render_qweb_html(
            report_ref, docids, data=data
        )

    @api.model
    def _render_qweb_text(self, report_ref, docids, data=None):
        noted = self._itsm_note_print(report_ref, docids)
        return super(IrActionsReport, noted)._render_qweb_text(
            report_ref, docids, data=data
        )

    def _itsm_note_print(self, report_ref, ids):
        """Log a print of many; return the model for what is rendered below it."""
        if self.env.context.get(_CONTEXT_KEY) is _NOTED:
            return self
        log = self.env["itsm.export.log"]
        ids = [ids] if isinstance(ids, int) else list(ids or ())
        count = len(set(ids))
        # One record is never many; most prints are of one.
        if count > 1:
            report_sudo = self._get_report(report_ref)
            if log._is_personal(report_sudo.model) and count >= log._mass_print():
                records = self.env[report_sudo.model].browse(ids)
                log._note_records("print", records, report_sudo.name)
        return self.with_context(**{_CONTEXT_KEY: _NOTED})
