# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools import guard
from ..tools.approval import is_approval_model

#: What an attachment holds and what it belongs to.
CONTENT_FIELDS = {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "url",
    "type",
    "name",
    "res_model",
    "res_id",
    "res_field",
}


class IrAttachment(models.Model):
    """Files of a record that waits for a decision or is approved stay as they are.

    Files may be added, as comments may; what a field of the record holds may not be
    replaced behind the back of the record.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        contents = attachments.sudo().filtered("res_field")  # only to know which
        contents._approval_check_record()
        return attachments

    def write(self, vals):
        if not CONTENT_FIELDS & vals.keys():
            return super().write(vals)
        self._approval_check_record()
        result = super().write(vals)
        if {"res_field", "res_model", "res_id"} & vals.keys():
            contents = self.sudo().filtered("res_field")  # only to know which
            contents._approval_check_record()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._approval_check_record()

    def _approval_check_record(self):
        """Raise ``UserError`` if one of these belongs to a locked record."""
        if guard.has_token(self.env):
            return
        models_sudo = self.sudo().grouped("res_model")  # only to learn whose they are
        for name, attachments in models_sudo.items():
            ids = [res_id for res_id in attachments.mapped("res_id") if res_id]
            if ids and is_approval_model(self.env, name):
                records = self.env[name].browse(ids).exists()
                records._approval_hold()
                records._approval_check_unlocked()
