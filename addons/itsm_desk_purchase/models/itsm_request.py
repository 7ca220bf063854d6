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
        # What nobody has ordered yet need not be ordered any more.
        orders = self.line_ids.purchase_line_ids.order_id
        drafts = orders.filtered(lambda order: order.state in ("draft", "sent"))
        drafts = drafts.filtered(
            lambda order: order.order_line.itsm_request_line_id.request_id <= self
        )
        drafts.button_cancel()
        result = super()._end(state, reason, partner)
        for request in self:
            left = request.line_ids.purchase_line_ids.order_id.filtered(
                lambda order: order.state != "cancel"
            )
            if left:
                request._approval_post(
                    self.env._(
                        "Still ordered, although the request is over: %(orders)s. Ask "
                        "purchasing to cancel it.",
                        orders=", ".join(left.mapped("name")),
                    )
                )
        return result
