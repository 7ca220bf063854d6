# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date

_logger = logging.getLogger(__name__)


class StockLot(models.Model):
    """A serial number, and the configuration item that it is (CFG-41)."""

    _inherit = "stock.lot"

    itsm_ci_ids = fields.One2many(
        comodel_name="itsm.ci",
        inverse_name="lot_id",
        string="Configuration Item",
        readonly=True,
        groups="itsm_cmdb.itsm_group_ci_reader",
    )

    def action_view_itsm_ci(self):
        """Open the configuration item of the serial number."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which one it is; its own rights hold where it is opened
        item = self.sudo().with_context(active_test=False).itsm_ci_ids[:1]
        if not item:
            raise UserError(
                self.env._("%(serial)s is no configuration item.", serial=self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": item.id,
            "view_mode": "form",
        }

    def _itsm_receive(self, received, authorising=None):
        """These serial numbers have been received; ``self`` in sudo.

        Those of products with a CI class that are none yet become configuration items,
        silently. One that was recorded by hand, with this serial, is linked; one that
        had gone back is received again. Constant queries. What cannot be made is left
        out: no definition of the CMDB stops a receipt, the list of differences has it.

        :param dict received: ``{lot: (company, day, purchase order line)}``
        :param authorising: serial numbers whose receipt authorises what is under
            control; default: all
        """
        authorising = self if authorising is None else authorising
        lots = self.filtered(lambda lot: lot.product_id.itsm_ci_class_id)
        if not lots:
            return
        items = guard.silence(guard.with_token(self.env["itsm.ci"]))
        items = items.with_context(active_test=False, tracking_disable=True)
        present = {
            item.lot_id: item for item in items.search([("lot_id", "in", lots.ids)])
        }
        papers = {
            item.id: lot.id for lot, item in present.items() if lot in authorising
        }
        back = self.env["itsm.ci"].union(*present.values())
        back._under("stock.lot", papers)._follow_stock(
            lambda some: some._itsm_back_in_stock()
        )
        new = lots.filtered(lambda lot: lot not in present)
        by_hand = new._itsm_recorded_by_hand(items, received)
        vals_list = []
        values = {}
        for lot in new:
            vals = lot._itsm_ci_values(*received[lot])
            if lot in by_hand:
                values[by_hand[lot].id] = vals
            elif vals["class_id"]:
                vals_list.append(vals)
        papers = {
            item.id: lot.id for lot, item in by_hand.items() if lot in authorising
        }
        items.union(*by_hand.values())._under("stock.lot", papers)._follow_stock(
            lambda some: some._itsm_link_receipts(values)
        )
        items = items._under("stock.lot", ids=authorising.ids)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                items.create(vals_list)
                # here, where it is known what was received
                items.env.flush_all()
        except UserError as error:
            _logger.warning("No configuration items of a receipt: %s", error)

    def _itsm_recorded_by_hand(self, items, received):
        """Configuration items that people recorded with these serial numbers.

        Only where one alone has the serial, in the class of the product, and is in no
        other company.

        :return: ``{lot: item}``
        """
        found = items.search(
            Domain("serial", "in", self.mapped("name"))
            & Domain("lot_id", "=", False)
            & Domain("service_id", "=", False)
            & Domain("merged_into_id", "=", False)
        )
        by_serial = found.grouped("serial")
        result = {}
        for lot in self:
            company = received[lot][0]
            ci_class = lot.product_id.itsm_ci_class_id
            fitting = by_serial.get(lot.name, items.browse()).filtered(
                lambda item, company=company, ci_class=ci_class: (
                    item.company_id in (company, company.browse())
                    and item.class_id._is_kind_of(ci_class)
                )
            )
            if len(fitting) == 1:
                result[lot] = fitting
        return result

    def _itsm_ci_values(self, company, day, order_line):
        """What the receipt says of a new configuration item.

        :param company: ``res.company``
        :param datetime.date day: of the receipt
        :param order_line: ``purchase.order.line``, may be empty
        :rtype: dict
        """
        self.ensure_one()
        product = self.product_id.with_context(
            lang=company.partner_id.lang or self.env.lang
        )
        ci_class = product.itsm_ci_class_id
        fits = ci_class.active and not ci_class.is_abstract
        known = ci_class._inherited("state_ids").mapped("code")
        state = "received" if not known or "received" in known else False
        vals = {
            "name": f"{product.name} {self.name}",
            "class_id": fits and ci_class.id,
            "state": state,
            "company_id": company.id,
            "serial": self.name,
            "lot_id": self.id,
            "product_id": product.id,
            "model_name": product.name,
            "purchase_date": day,
        }
        months = product.itsm_warranty_months
        if months:
            vals["warranty_end"] = (
                day + relativedelta(months=months) - relativedelta(days=1)
            )
        if order_line:
            order = order_line.order_id
            zone = self.env["itsm.kpi"]._kpi_zone(company)
            ordered = local_date(zone, order.date_approve or order.date_order)
            vals |= {
                "supplier_id": order.partner_id.id,
                "purchase_line_id": order_line.id,
                "purchase_date": min(day, ordered),
                "currency_id": order_line.currency_id.id,
                "purchase_price": order_line.price_subtotal / order_line.product_uom_qty
                if order_line.product_uom_qty
                else 0,
            }
        return vals
