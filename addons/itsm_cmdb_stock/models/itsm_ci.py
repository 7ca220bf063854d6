# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_cmdb.tools.process import CONTEXT, Process

#: Whose records authorise what stock does, while it does it.
PAPERS = ("stock.lot", "stock.scrap", "stock.picking")
#: Written by receipts only.
FROM_STOCK = ("lot_id", "product_id", "purchase_line_id")

_logger = logging.getLogger(__name__)


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

    # === Written by receipts only ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_receipt():
            # a default is no receipt either
            default = dict.fromkeys(self.default_get(list(FROM_STOCK)), False)
            vals_list = [{**default, **vals} for vals in vals_list]
            for vals in vals_list:
                if any(vals.get(name) for name in FROM_STOCK):
                    self.browse().check_access("create")
                    raise self._stock_error(vals.get("name") or "")
        return super().create(vals_list)

    def write(self, vals):
        names = [name for name in FROM_STOCK if name in vals]
        # the key: what was received goes over in a merge
        if names and not (self._is_receipt() or guard.has_token(self.env)):
            self.check_access("write")  # before a refusal that names the record
            for item in self.sudo():  # sudo: whatever of it the user may read
                for name in names:
                    field = self._fields[name]
                    new = field.convert_to_cache(vals[name], item)
                    if new != field.convert_to_cache(item[name], item):
                        raise self._stock_error(item.name)
        return super().write(vals)

    @api.model
    def _is_receipt(self):
        process = self._process()
        return bool(process) and process.model == "stock.lot"

    @api.model
    def _stock_error(self, name):
        return UserError(
            self.env._(
                "%(name)s: serial number in stock, product and order line are entered "
                "by its goods receipt. Receive it in stock instead.",
                name=name,
            )
        )

    # === What stock does is authorised ===

    def _under(self, model, papers=None, ids=()):
        """These as stock writes them, under its own papers (CFG-17, CFG-41).

        :param str model: of the papers, one of `PAPERS`
        :param dict papers: id of the paper by id of the configuration item
        :param ids: of serial numbers that were received: new items of them
        """
        return self.with_context(**{CONTEXT: Process(model, ids, papers)})

    def _follow_stock(self, step):
        """Let *step* change these, and reach the table; see `_under`.

        No definition of the CMDB stops a transfer: what it refuses is left out, and
        found by the comparison with stock.

        :param step: function of configuration items
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                step(self)
                # here, where it is known what stock does
                self.env.flush_all()
        except UserError as error:
            if len(self) == 1:
                _logger.warning("Not told by stock: %s", error)
                return
            for item in self:
                item._follow_stock(step)

    @api.model
    def _authority_for(self, changes, moment):
        found = super()._authority_for(changes, moment)
        process = self._process()
        if not process or process.model not in PAPERS:
            return found
        rest = [change for change in changes if change not in found and change.ci_id]
        papers = dict(process.items)
        if process.ids:
            # sudo: a receipt holds for everybody, whoever may read it
            items = self.sudo().browse({change.ci_id for change in rest})
            papers |= {
                item.id: item.lot_id.id
                for item in items
                if item.lot_id.id in process.ids
            }
        # sudo: as above
        records = self.env[process.model].sudo()
        for change in rest:
            if change.ci_id in papers:
                found[change] = records.browse(papers[change.ci_id])
        return found

    @api.model
    def _own_authority(self, vals):
        process = self._process()
        # of an item that is to be created
        lot_id = vals.get("new", {}).get("lot_id")
        if lot_id and self._is_receipt() and lot_id in process.ids:
            # sudo: as above
            return self.env["stock.lot"].sudo().browse(lot_id)
        return super()._own_authority(vals)

    # === Renewal ===

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
            "stock.picking": self.env._("Transfer in stock"),
        }
        return [*super()._selection_authority(), *more.items()]
