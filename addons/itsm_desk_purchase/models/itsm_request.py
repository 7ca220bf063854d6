# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmRequest(models.Model):
    """The purchase orders of a request."""

    _inherit = "itsm.request"

    purchase_count = fields.Integer(
        string="Purchase Orders",
        compute="_compute_purchase_count",
        groups="purchase.group_purchase_user",
    )

    @api.depends("line_ids.purchase_line_ids.order_id")
    def _compute_purchase_count(self):
        for request in self:
            request.purchase_count = len(request.line_ids.purchase_line_ids.order_id)

    def action_open_purchases(self):
        """Open the purchase orders of the request."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "purchase.purchase_form_action"
        )
        orders = self.line_ids.purchase_line_ids.order_id
        return action | {"domain": [("id", "in", orders.ids)], "context": {}}

    def _end(self, state, reason, partner=None):
        result = super()._end(state, reason, partner)
        self.line_ids._end_orders()
        return result
