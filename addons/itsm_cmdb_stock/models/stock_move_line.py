# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.itsm_base.tools.period import local_date


class StockMoveLine(models.Model):
    """Receipts make configuration items, returns take them out of use (CFG-41)."""

    _inherit = "stock.move.line"

    def _action_done(self):
        result = super()._action_done()
        lines = self.exists().filtered("lot_id")
        if lines:
            # sudo: who receives goods need not have a right to the CMDB
            lines.sudo()._itsm_follow()
        return result

    def _itsm_follow(self):
        """Tell the CMDB what has come and what has gone back; in sudo, for a batch."""
        received = {}
        for line in self:
            lot = line.lot_id
            if line.location_dest_id.usage not in ("internal", "transit"):
                continue
            source = line.location_id.usage
            order_line = line.move_id.purchase_line_id
            if source == "supplier" or source == "transit" and order_line:
                zone = self.env["itsm.kpi"]._kpi_zone(line.company_id)
                received[lot] = (
                    line.company_id,
                    local_date(zone, line.date),
                    order_line,
                )
        self.env["stock.lot"].union(*received)._itsm_receive(received)
        returned = self.filtered(lambda line: line.location_dest_id.usage == "supplier")
        for picking, lines in returned.grouped("picking_id").items():
            items = lines.lot_id.itsm_ci_ids
            model = "stock.picking" if picking else "stock.lot"
            papers = {item.id: picking.id or item.lot_id.id for item in items}
            items._under(model, papers)._follow_stock(
                lambda some: some._itsm_sent_back()
            )
