# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

#: What a file says; to which record it is attached may change.
CONTENT = {"raw", "datas", "db_datas", "store_fname", "url", "type", "name"}


class IrAttachment(models.Model):
    """Files that are the evidence of a duty stay as they were when it was done."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if CONTENT & vals.keys():
            self._duty_check_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_duty_evidence(self):
        self._duty_check_evidence()

    def _duty_check_evidence(self):
        """Raise ``UserError`` if one of these is evidence of a duty that is done."""
        duties = self.env["itsm.duty"].sudo()  # sudo: whoever may see the duty
        if duties.with_context(active_test=False).search_count(
            [("evidence_ids", "in", self.ids), ("state", "!=", "open")], limit=1
        ):
            raise UserError(
                self.env._(
                    "The file is evidence of a duty that is done or waived, and stays "
                    "as it is. A manager can reopen the duty, with a reason."
                )
            )
