# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmCi(models.Model):
    """The serial in stock, and what was bought, go over in a merge (CFG-26)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _merge_single(self):
        single = {"lot_id": ("product_id", "purchase_line_id")}
        return {**super()._merge_single(), **single}
