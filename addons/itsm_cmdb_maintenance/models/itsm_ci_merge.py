# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmCi(models.Model):
    """Equipment goes over in a merge (CFG-26)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _merge_references(self):
        return [*super()._merge_references(), ("maintenance.equipment", "itsm_ci_id")]

    @api.model
    def _merge_single(self):
        # it leads here: moved as a reference
        return {**super()._merge_single(), "equipment_ids": ()}
