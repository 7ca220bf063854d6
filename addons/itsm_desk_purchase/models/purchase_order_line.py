# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class PurchaseOrderLine(models.Model):
    """Received goods go to whoever asked for them."""

    _inherit = "purchase.order.line"

    itsm_request_line_id = fields.Many2one(
        comodel_name="itsm.request.line",
        string="Service Request",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
    )

    def _itsm_quantity_received(self):
        """How much has come, in the unit of the product.

        :rtype: float
        """
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.qty_received, self.product_id.uom_id
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"qty_received", "qty_received_manual"}:
            # sudo: who receives goods need not be able to see requests
            self.sudo().itsm_request_line_id._advance()
        return result
