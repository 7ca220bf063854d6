# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockScrap(models.Model):
    """What stock scraps comes to the end of its life in the CMDB (CFG-41)."""

    _inherit = "stock.scrap"

    def do_scrap(self):
        result = super().do_scrap()
        # sudo: who scraps goods need not have a right to the CMDB
        self.filtered("lot_id").sudo()._itsm_retire()
        return result

    def _itsm_retire(self):
        """End the life of the configuration items; in sudo.

        Rule ci_scrapped_unwiped finds those whose class holds data and that have no
        scrapping with evidence.
        """
        unwiped = {}
        for scrap in self.filtered(lambda scrap: scrap.state == "done"):
            for item in scrap.lot_id.itsm_ci_ids:
                item._under("stock.scrap", {item.id: scrap.id})._follow_stock(
                    lambda some: some._itsm_scrapped()
                )
                item.message_post(
                    body=self.env._("Scrapped in stock: %(scrap)s.", scrap=scrap.name)
                )
                wiped = "done" in item.scrapping_line_ids.mapped("state")
                if item.class_id._inherited("holds_data") and not wiped:
                    unwiped[item.id] = self.env._(
                        "%(item)s was scrapped in stock (%(scrap)s) without evidence "
                        "that its data is wiped. Find it, have it wiped, and keep the "
                        "certificate.",
                        item=item.display_name,
                        scrap=scrap.name,
                    )
        if unwiped:
            self.env["itsm.enforcement.rule"]._enforce(
                "ci_scrapped_unwiped", self.env["itsm.ci"].browse(unwiped), unwiped
            )
