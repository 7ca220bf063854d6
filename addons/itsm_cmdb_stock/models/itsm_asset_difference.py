# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import local_date
from odoo.addons.itsm_cmdb.models.itsm_ci_state import GONE

#: Serial numbers in own places, with their company.
IN_STOCK = """
    SELECT quant.lot_id, MIN(quant.company_id) AS company_id
      FROM stock_quant quant
      JOIN stock_location place ON place.id = quant.location_id
     WHERE place.usage IN ('internal', 'transit') AND quant.quantity > 0
       AND quant.lot_id IS NOT NULL
  GROUP BY quant.lot_id
"""


class ItsmAssetDifference(models.Model):
    """Differences between stock and CMDB (CFG-40, CFG-41)."""

    _inherit = "itsm.asset.difference"

    kind = fields.Selection(
        selection_add=[
            ("stock_without_ci", "In stock, no configuration item"),
            ("ci_without_stock", "Received, not in stock, in nobody's hands"),
            ("stock_serial", "Serial numbers differ"),
            ("gone_in_stock", "Gone here, still in stock"),
            ("held_in_stock", "In somebody's hands and in stock"),
            ("scrapped_in_stock", "Scrapped in stock, not here"),
        ],
        ondelete={
            "stock_without_ci": "cascade",
            "ci_without_stock": "cascade",
            "stock_serial": "cascade",
            "gone_in_stock": "cascade",
            "held_in_stock": "cascade",
            "scrapped_in_stock": "cascade",
        },
    )

    @api.model
    def _finders(self):
        in_stock = SQL(IN_STOCK)
        select = """
            SELECT ci.id || '-' || lot.id, ci.company_id, ci.id, 'stock.lot', lot.id,
                   ci.name, %s
              FROM itsm_ci ci
              JOIN stock_lot lot ON lot.id = ci.lot_id
        """
        of_lot = SQL(select, SQL("lot.name"))
        serials = SQL(select, self._sql_serials("ci.serial", "lot.name"))
        return {
            **super()._finders(),
            "stock_without_ci": SQL(
                """
                SELECT lot.id::text, stock.company_id, NULL, 'stock.lot', lot.id,
                       lot.name, template.name->>'en_US'
                  FROM (%s) stock
                  JOIN stock_lot lot ON lot.id = stock.lot_id
                  JOIN product_product product ON product.id = lot.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
             LEFT JOIN itsm_ci ci ON ci.lot_id = lot.id
                 WHERE template.itsm_ci_class_id IS NOT NULL AND ci.id IS NULL
                """,
                in_stock,
            ),
            "ci_without_stock": SQL(
                """
                %s
             LEFT JOIN (%s) stock ON stock.lot_id = lot.id
                 WHERE ci.active AND ci.state IN ('received', 'test')
                   AND ci.user_partner_id IS NULL AND stock.lot_id IS NULL
                """,
                of_lot,
                in_stock,
            ),
            "stock_serial": SQL(
                "%s WHERE COALESCE(ci.serial, '') <> lot.name AND ci.state NOT IN %s",
                serials,
                GONE,
            ),
            "gone_in_stock": SQL(
                """
                %s
                  JOIN (%s) stock ON stock.lot_id = lot.id
                 WHERE ci.state = 'cancelled'
                """,
                of_lot,
                in_stock,
            ),
            # another holder is another difference
            "held_in_stock": SQL(
                """
                %s
                  JOIN (%s) stock ON stock.lot_id = lot.id
                  JOIN res_partner holder ON holder.id = ci.user_partner_id
                 WHERE ci.active AND ci.state NOT IN %s
                """,
                SQL(select, SQL("lot.name || ', ' || holder.name")),
                in_stock,
                GONE,
            ),
            "scrapped_in_stock": SQL(
                """
                %s
                 WHERE ci.state NOT IN %s
                   AND EXISTS (
                       SELECT FROM stock_scrap scrap
                        WHERE scrap.lot_id = lot.id AND scrap.state = 'done')
                   AND NOT EXISTS (
                       SELECT FROM (%s) stock WHERE stock.lot_id = lot.id)
                """,
                of_lot,
                GONE,
                in_stock,
            ),
        }

    @api.model
    def _hints(self):
        return {
            **super()._hints(),
            "ci_without_stock": self.env._(
                "Receive it in stock, or hand it over by a sheet."
            ),
            "held_in_stock": self.env._(
                "Deliver the serial number out of stock to who has it, or take it back "
                "by a sheet of return."
            ),
        }

    @api.model
    def _solvers(self):
        return {
            **super()._solvers(),
            "stock_without_ci": "_solve_stock_without_ci",
            "stock_serial": "_solve_stock_serial",
            "scrapped_in_stock": "_solve_scrapped_in_stock",
        }

    def _solve_stock_without_ci(self):
        """Make the configuration items as the receipt would have."""
        self.env["itsm.ci"].check_access("create")
        # sudo: stock is read for who may make configuration items
        lots = self.env["stock.lot"].sudo().browse(self.mapped("res_id")).exists()
        # sudo: as above
        lines = self.env["stock.move.line"].sudo()
        lines = lines.search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_id.usage", "=", "supplier"),
            ],
            order="date",
        )
        first = {}
        for line in lines:
            zone = self.env["itsm.kpi"]._kpi_zone(line.company_id)
            first.setdefault(
                line.lot_id,
                (
                    line.company_id,
                    local_date(zone, line.date),
                    line.move_id.purchase_line_id,
                ),
            )
        order_lines = lines.move_id.purchase_line_id.browse()
        for difference in self:
            lot = lots.browse(difference.res_id)
            company = difference.company_id or self.env.company
            first.setdefault(
                lot, (company, fields.Date.context_today(self), order_lines)
            )
        # what nobody received needs an authorisation
        lots._itsm_receive(first, lines.lot_id)
        # sudo: as above
        missing = lots.filtered(lambda lot: not lot.sudo().itsm_ci_ids)
        if missing:
            raise UserError(
                self.env._(
                    "%(serial)s cannot become a configuration item: look at the CI "
                    "class of its product.",
                    serial=missing[0].name,
                )
            )

    def _solve_stock_serial(self):
        """The serial of stock is right: it was scanned."""
        for difference in self:
            # sudo: the name of a serial number
            lot = self.env["stock.lot"].sudo().browse(difference.res_id)
            difference.ci_id.serial = lot.name

    def _solve_scrapped_in_stock(self):
        """What was scrapped in stock ends its life here.

        With the rights of the user, and under the scrapping in stock.
        """
        items = self.ci_id
        # sudo: stock is read for who works through the list
        lots = {item.id: item.sudo().lot_id for item in items}
        # sudo: as above
        scraps = self.env["stock.scrap"].sudo()
        scraps = scraps.search(
            [
                ("lot_id", "in", [lot.id for lot in lots.values()]),
                ("state", "=", "done"),
            ],
            order="id",
        )
        scrapped = {scrap.lot_id: scrap.id for scrap in scraps}
        papers = {
            item_id: scrapped[lot] for item_id, lot in lots.items() if lot in scrapped
        }
        items = items._under("stock.scrap", papers)
        items._itsm_scrapped()
        items.flush_model()
