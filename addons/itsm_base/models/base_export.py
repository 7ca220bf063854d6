# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class Base(models.AbstractModel):
    # Exports of personal figures are logged. No docstring: Odoo would keep it as that
    # of each model without one.
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Export as Odoo does, and log it if the model holds personal figures."""
        result = super().export_data(fields_to_export)
        log = self.env["itsm.export.log"]
        if self and log._is_personal(self._name):
            names = ", ".join(str(name) for name in fields_to_export)
            log._note("export", self._name, len(self), names, self.ids)
        return result
