# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_cmdb.models.itsm_ci_record import CREATION


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

    @api.model
    def _authority_for(self, changes, moment):
        """What was received needs no other authorisation to be recorded, nor what was
        scrapped to be out of use (CFG-17, CFG-41)."""
        found = super()._authority_for(changes, moment)
        rest = [
            change
            for change in changes
            if change not in found and change.attribute in (CREATION, "state")
        ]
        # sudo: a receipt holds for everybody, whoever may read it
        items = self.sudo().browse({change.ci_id for change in rest} - {False})
        lots = {item.id: item.lot_id for item in items if item.lot_id}
        if not lots:
            return found
        # sudo: as above
        scraps = self.env["stock.scrap"].sudo()
        scraps = scraps.search(
            [
                ("lot_id", "in", [lot.id for lot in lots.values()]),
                ("state", "=", "done"),
            ]
        )
        scrapped = {scrap.lot_id: scrap for scrap in scraps}
        for change in rest:
            lot = lots.get(change.ci_id)
            if lot and change.attribute == CREATION:
                found[change] = lot
            elif lot in scrapped:
                found[change] = scrapped[lot]
        return found

    @api.model
    def _own_authority(self, vals):
        # sudo: as above
        lot = self.env["stock.lot"].sudo()
        lot = lot.browse(vals.get("new", {}).get("lot_id") or ())
        received = lot and self.env[
            "stock.move.line"
        ].sudo().search_count(  # sudo: same
            [
                ("lot_id", "=", lot.id),
                # its transfer is done a moment later
                ("state", "!=", "cancel"),
                ("location_id.usage", "=", "supplier"),
            ],
            limit=1,
        )
        return lot if received else super()._own_authority(vals)

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


class ItsmCiHistory(models.Model):
    _inherit = "itsm.ci.history"

    @api.model
    def _selection_authority(self):
        more = {
            "stock.lot": self.env._("Received serial number"),
            "stock.scrap": self.env._("Scrapped in stock"),
        }
        return [*super()._selection_authority(), *more.items()]
