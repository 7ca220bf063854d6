# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAgreementGapWaive(models.TransientModel):
    _name = "itsm.agreement.gap.waive"
    _description = "Waive Gaps in the Agreement Chain"

    gap_ids = fields.Many2many(
        comodel_name="itsm.agreement.gap", string="Gaps", required=True
    )
    reason = fields.Text(
        required=True, help="Why the gap is accepted. Kept with the gap."
    )
    waived_until = fields.Date(
        string="Until",
        help="Last day; after it the gap is open again. Empty: until it grows.",
    )

    def action_confirm(self):
        """Waive the gaps.

        :raise AccessError: the user may not
        """
        self.ensure_one()
        self.gap_ids._waive(self.reason, self.waived_until)
        return {"type": "ir.actions.act_window_close"}
