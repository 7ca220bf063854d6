# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmCi(models.Model):
    """Where a configuration item comes from: its serial in stock and its order."""

    _inherit = "itsm.ci"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Serial in Stock",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="stock.group_stock_user",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    purchase_line_id = fields.Many2one(
        comodel_name="purchase.order.line",
        string="Purchase Order Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="purchase.group_purchase_user",
    )

    _lot_uniq = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL",
        "The serial number is a configuration item already.",
    )

    def _archive_kept(self):
        # sudo: what came by a receipt is kept, whoever may see that
        return super()._archive_kept() | self.filtered(lambda item: item.sudo().lot_id)

    def action_quotation(self):
        """Open draft requests for quotation for what replaces these (CFG-42).

        One for each company and supplier; the same products, as many as there are.

        :raise UserError: none of them has a product that somebody supplies
        """
        self.check_access("write")
        orders = self.env["purchase.order"]
        orders.check_access("create")
        groups = {}
        for item in self.filtered("product_id"):
            company = item.company_id or self.env.company
            product = item.product_id.with_company(company)
            seller = product._select_seller() or product._prepare_sellers()[:1]
            supplier = seller.partner_id or item.supplier_id
            if supplier:
                lines = groups.setdefault((company, supplier), {})
                lines[product] = lines.get(product, 0) + 1
        if not groups:
            raise UserError(
                self.env._(
                    "None of these has a product with a supplier. Enter suppliers on "
                    "the page “Purchase” of the products."
                )
            )
        for (company, supplier), lines in groups.items():
            orders |= orders.with_company(company).create(
                {
                    "partner_id": supplier.id,
                    "company_id": company.id,
                    "origin": self.env._("Renewal of assets"),
                    "order_line": [
                        fields.Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": quantity,
                                "product_uom_id": product.uom_id.id,
                            }
                        )
                        for product, quantity in lines.items()
                    ],
                }
            )
        title = self.env._("Requests for Quotation")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "purchase.order",
            "view_mode": "list,form",
            "domain": [("id", "in", orders.ids)],
        }
