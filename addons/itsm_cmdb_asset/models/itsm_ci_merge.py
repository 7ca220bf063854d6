# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmCi(models.Model):
    """The fixed asset goes over in a merge (CFG-26)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _merge_single(self):
        return {**super()._merge_single(), "asset_id": ()}
