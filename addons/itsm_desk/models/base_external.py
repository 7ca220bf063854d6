# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError

from .res_users_sight import EXTERNAL_GROUP


class Base(models.AbstractModel):
    # No docstring: Odoo would keep it as that of each model without one.
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Export as Odoo does; external engineers take nothing out (table 3)."""
        if not self.env.su and self.env.user.has_group(EXTERNAL_GROUP):
            raise AccessError(
                self.env._(
                    "External engineers cannot export. Ask somebody of the service "
                    "desk for the list."
                )
            )
        return super().export_data(fields_to_export)
