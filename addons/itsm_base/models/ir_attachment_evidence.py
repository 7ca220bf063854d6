# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import guard
from .ir_attachment import CONTENT_FIELDS
from .itsm_action import ACTIVE


class IrAttachment(models.Model):
    """Files that show what was done, and minutes that were sent, stay as they are."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if CONTENT_FIELDS & vals.keys():
            self._itsm_check_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._itsm_check_evidence()

    def _itsm_check_evidence(self):
        """Refuse to change or delete what is evidence (MS-29).

        :raise UserError: naming the file
        """
        if guard.has_token(self):
            return
        # sudo: evidence counts, whoever may see it
        files = self.sudo().filtered(
            lambda file: file.res_model in ("itsm.action", "itsm.meeting")
        )
        if not files:
            return
        of_files = Domain("attachment_ids", "in", files.ids)
        # sudo: as above
        actions = self.env["itsm.action"].sudo().with_context(active_test=False)
        minutes = self.env["itsm.meeting.minutes"].sudo()  # sudo: as above
        kept = (
            actions.search(of_files & Domain("state", "not in", ACTIVE)).attachment_ids
            | minutes.search(of_files).attachment_ids
        ) & files
        if kept:
            raise UserError(
                self.env._(
                    "%(name)s is kept as evidence: it cannot be changed or deleted.",
                    name=kept[0].name,
                )
            )
