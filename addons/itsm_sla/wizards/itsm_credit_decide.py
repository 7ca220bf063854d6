# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCreditDecide(models.TransientModel):
    """Accept, reject or settle proposals of service credits."""

    _name = "itsm.credit.decide"
    _description = "Decide on Service Credits"

    proposal_ids = fields.Many2many(
        comodel_name="itsm.credit.proposal", string="Proposals", required=True
    )
    step = fields.Selection(
        selection=[
            ("accept", "Accept"),
            ("reject", "Reject"),
            ("settle", "Settle"),
        ],
        required=True,
    )
    note = fields.Text(help="Rejecting needs a reason.")
    reference = fields.Char(
        string="Settled with", help="For example the number of the credit note."
    )

    def action_confirm(self):
        """Take the step for all proposals."""
        self.ensure_one()
        if self.step == "accept":
            self.proposal_ids._accept(self.note)
        elif self.step == "reject":
            self.proposal_ids._reject(self.note)
        else:
            self.proposal_ids._settle(self.reference)
        return {"type": "ir.actions.act_window_close"}
