# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiUnauthorisedDecide(models.TransientModel):
    """Asks what became of unauthorised changes."""

    _name = "itsm.ci.unauthorised.decide"
    _description = "What Became of Unauthorised Changes"

    change_ids = fields.Many2many(
        comodel_name="itsm.ci.unauthorised",
        relation="itsm_ci_unauthorised_decide_rel",
        string="Changes",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[("explained", "Accepted afterwards"), ("reverted", "Taken back")],
        required=True,
        default="explained",
    )
    reason = fields.Text(
        required=True, help="Why it is accepted, or how it was taken back."
    )

    def action_confirm(self):
        """Write it down, with the rights of the user."""
        self.ensure_one()
        self.change_ids.action_decide(self.state, self.reason)
        return {"type": "ir.actions.act_window_close"}
