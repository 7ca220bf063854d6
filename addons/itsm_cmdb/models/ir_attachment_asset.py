# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

#: Models whose files are evidence: of which records, and in which fields.
EVIDENCE = {
    # once signed, also if it was cancelled then
    "itsm.ci.handover": (Domain("signed_at", "!=", False), ("signature", "scan")),
    "itsm.ci.scrapping.line": (Domain("state", "=", "done"), ("certificate",)),
    # the list that it was compared with, and the report as it was closed
    "itsm.ci.audit": (Domain("state", "!=", "planned"), ("file", "report_file")),
}


class IrAttachment(models.Model):
    """Signatures, signed papers, certificates and lists that an audit was compared with
    stay as they are (CFG-29, CFG-38, CFG-41).
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._itsm_check_asset_evidence()  # none beside the one that is there
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if {"res_field", "res_model", "res_id"} & vals.keys():
            self._itsm_check_asset_evidence()
        return result

    def _itsm_check_evidence(self):
        result = super()._itsm_check_evidence()
        self._itsm_check_asset_evidence()
        return result

    def _itsm_check_asset_evidence(self):
        """Refuse what changes the evidence of a record that is kept.

        :raise UserError: naming the record
        """
        if guard.has_token(self):
            return
        for model, (evident, names) in EVIDENCE.items():
            # sudo: evidence counts, whoever may see it
            files = self.sudo().filtered(
                lambda file, model=model, names=names: (
                    file.res_model == model and file.res_field in names
                )
            )
            if not files:
                continue
            # sudo: as above
            records = self.env[model].sudo().with_context(active_test=False)
            kept = records.search(
                Domain("id", "in", files.mapped("res_id")) & evident,
                limit=1,
            )
            if kept:
                raise UserError(
                    self.env._(
                        "The file belongs to %(record)s, which is kept as evidence: it "
                        "cannot be changed or deleted.",
                        record=kept.display_name,
                    )
                )
