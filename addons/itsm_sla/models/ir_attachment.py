# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.models.ir_attachment import CONTENT_FIELDS
from odoo.addons.itsm_base.tools import guard

#: Models whose files are what was signed.
SIGNED = ("itsm.agreement.paper", "itsm.agreement.signature")


class IrAttachment(models.Model):
    """Papers that were put to signature stay as they are (SLM-24)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._itsm_check_signed()
        return attachments

    def write(self, vals):
        if CONTENT_FIELDS & vals.keys():
            self._itsm_check_signed()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self._itsm_check_signed()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_except_signed(self):
        if not guard.is_uninstalling(self):
            self._itsm_check_signed()

    def _itsm_check_signed(self):
        """Refuse files of papers and signatures to everybody but the system.

        :raise UserError: naming the file
        """
        if guard.has_token(self.env):
            return
        # sudo: evidence counts, whoever may see it
        kept = self.sudo().filtered(lambda file: file.res_model in SIGNED)
        if kept:
            raise UserError(
                self.env._(
                    "%(name)s belongs to a signed agreement: it cannot be changed or "
                    "deleted.",
                    name=kept[0].name,
                )
            )
