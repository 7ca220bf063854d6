# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

#: Models whose files are evidence, in which states, and in which fields.
EVIDENCE = {
    "itsm.ci.handover": (("signed", "done"), ("signature", "scan")),
    "itsm.ci.scrapping.line": (("done",), ("certificate",)),
}


class IrAttachment(models.Model):
    """Signatures, signed papers and certificates stay as they are (CFG-38, CFG-41)."""

    _inherit = "ir.attachment"

    def _itsm_check_evidence(self):
        result = super()._itsm_check_evidence()
        if guard.has_token(self):
            return result
        for model, (states, names) in EVIDENCE.items():
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
                Domain("id", "in", files.mapped("res_id"))
                & Domain("state", "in", states),
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
        return result
