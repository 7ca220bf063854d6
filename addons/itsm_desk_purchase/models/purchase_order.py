# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class PurchaseOrder(models.Model):
    """The desk is told of orders that purchasing has cancelled."""

    _inherit = "purchase.order"

    def button_cancel(self):
        result = super().button_cancel()
        # sudo: who buys need not be able to see requests
        lines = self.sudo().order_line.itsm_request_line_id
        waiting = lines.filtered(lambda line: line.state == "fulfilment")
        for request, own in waiting.grouped("request_id").items():
            request._approval_post(
                self.env._(
                    "Purchasing has cancelled the order for: %(lines)s. Buy it again, "
                    "deliver it from stock, or say that it cannot be delivered.",
                    lines=", ".join(own.mapped("title")),
                )
            )
        return result
