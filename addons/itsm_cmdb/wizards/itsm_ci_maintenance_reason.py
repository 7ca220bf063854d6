# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmCiMaintenanceReason(models.TransientModel):
    """Asks why: a work order is cancelled, or its report sent back."""

    _name = "itsm.ci.maintenance.reason"
    _description = "Cancel Work Orders or Send Reports Back"

    act = fields.Selection(
        selection=[("cancel", "Cancel"), ("back", "Send back")],
        required=True,
        readonly=True,
    )
    order_ids = fields.Many2many(
        comodel_name="itsm.ci.maintenance.order",
        relation="itsm_ci_maintenance_reason_order_rel",
        column1="reason_id",
        column2="order_id",
        string="Work Orders",
        required=True,
    )
    reason = fields.Text(required=True, help="It is kept with the work order.")

    def action_confirm(self):
        """Do what was asked for, with the rights of the user.

        :raise UserError: the reason is empty
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        self._act(reason)
        return {"type": "ir.actions.act_window_close"}

    def _act(self, reason):
        """Do it, for a reason. Addons add what else needs one."""
        if self.act == "cancel":
            self.order_ids._cancel(reason)
        else:
            self.order_ids._send_back(reason)
