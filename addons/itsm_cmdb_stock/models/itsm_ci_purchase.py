# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCi(models.Model):
    """How finance traces what was bought: its order and its bills (CFG-41, CFG-46)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    purchase_order_id = fields.Many2one(
        related="purchase_line_id.order_id",
        string="Purchase Order",
        groups="purchase.group_purchase_user",
    )
    purchase_order_name = fields.Char(
        string="Number of the Purchase Order",
        compute="_compute_purchase_names",
        compute_sudo=True,
        groups="itsm_base.itsm_group_finance",
        help="By which the configuration item was bought.",
    )
    vendor_bill_names = fields.Char(
        string="Vendor Bills",
        compute="_compute_purchase_names",
        compute_sudo=True,
        groups="itsm_base.itsm_group_finance",
        help="Posted bills of its order line, with the numbers of the supplier.",
    )

    @api.depends(
        "purchase_line_id.order_id.name",
        "purchase_line_id.invoice_lines.move_id.state",
    )
    def _compute_purchase_names(self):
        for item in self:
            line = item.purchase_line_id
            bills = line.invoice_lines.move_id.filtered(
                lambda bill: bill.state == "posted" and bill.move_type == "in_invoice"
            )
            item.purchase_order_name = line.order_id.name
            item.vendor_bill_names = ", ".join(
                f"{bill.name} ({bill.ref})" if bill.ref else bill.name
                for bill in bills.sorted("id")
            )
