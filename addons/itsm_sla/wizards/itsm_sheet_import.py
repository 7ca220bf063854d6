# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmSheetImport(models.TransientModel):
    _inherit = "itsm.sheet.import"

    @api.model
    def _selection_kind(self):
        return [
            *super()._selection_kind(),
            ("agreement", self.env._("Agreements and targets")),
        ]

    @api.model
    def _example_module(self, kind):
        return "itsm_sla" if kind == "agreement" else super()._example_module(kind)
