# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmCi(models.Model):
    """What stock tells a configuration item."""

    _inherit = "itsm.ci"

    def _itsm_back_in_stock(self):
        """Received again: what had been taken out of use, or was only ordered."""
        # what was merged stays archived: the one that stands for it is back
        items = self._stands_for()
        back = items.filtered(lambda item: item.state in ("ordered", "dismantled"))
        fitting = back.filtered(lambda item: item._can_become("received"))
        fitting.write({"state": "received", "active": True})

    def _itsm_sent_back(self):
        """Gone back to the supplier: out of use, in nobody's hands."""
        fitting = self.filtered(lambda item: item._can_become("dismantled"))
        fitting.write({"state": "dismantled", "user_partner_id": False})

    def _itsm_link_receipts(self, values):
        """Take over what receipts say of each.

        :param dict values: values by id
        """
        for item in self:
            item._itsm_link_receipt(values[item.id])

    def _itsm_link_receipt(self, vals):
        """Take over from a receipt what nobody has entered; the rest stays."""
        self.ensure_one()
        blank = {
            name: value
            for name, value in vals.items()
            if name not in ("class_id", "state", "company_id", "name")
            and value
            and not self[name]
        }
        # dates that contradict what was entered are left out
        if self.purchase_date and blank.get("warranty_end"):
            if blank["warranty_end"] < self.purchase_date:
                del blank["warranty_end"]
        self.write(blank)
        self._itsm_back_in_stock()

    def _itsm_scrapped(self):
        """Scrapped in stock: the end of its life that class and life cycle allow."""
        for state, items in self.grouped(lambda item: item._scrapped_state()).items():
            if state:
                items.write({"state": state, "user_partner_id": False})
