# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard


class IrAttachment(models.Model):
    """Pictures of a visit that was signed stay as they are (D21)."""

    _inherit = "ir.attachment"

    def _itsm_check_evidence(self):
        result = super()._itsm_check_evidence()
        if guard.has_token(self):
            return result
        # sudo: evidence counts, whoever may see it
        files = self.sudo().filtered(lambda file: file.res_model == "itsm.visit")
        if not files:
            return result
        visits = self.env["itsm.visit"].sudo()  # sudo: as above
        signed = visits.search(
            Domain("id", "in", files.mapped("res_id")) & Domain("state", "=", "signed")
        )
        for visit in signed:
            of_visit = files.filtered(lambda file, visit=visit: file.res_id == visit.id)
            kept = of_visit & visit.photo_ids | of_visit.filtered(
                lambda file: file.res_field == "signature"
            )
            if kept:
                raise UserError(
                    self.env._(
                        "%(name)s belongs to %(visit)s, which was signed: it cannot be "
                        "changed or deleted.",
                        name=kept[0].name,
                        visit=visit.number,
                    )
                )
        return result
