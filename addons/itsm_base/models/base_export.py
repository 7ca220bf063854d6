# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class Base(models.AbstractModel):
    # Exports of personal figures are logged. No docstring: Odoo would keep it as that
    # of each model without one.
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Export as Odoo does, and log it if personal figures are among it."""
        result = super().export_data(fields_to_export)
        self.env["itsm.export.log"]._note_export(self, fields_to_export)
        return result
