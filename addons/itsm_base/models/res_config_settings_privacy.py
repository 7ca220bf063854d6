# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_export_log import MASS_PRINT, PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_mass_print_records = fields.Integer(
        string="Mass Print",
        config_parameter=PARAMETER,
        default=MASS_PRINT,
        help="From so many records on, a print of personal figures is logged.",
    )

    @api.constrains("itsm_mass_print_records")
    def _check_itsm_mass_print_records(self):
        for settings in self:
            if settings.itsm_mass_print_records < 2:
                raise ValidationError(
                    self.env._("Mass Print: enter 2 or more; one record is no mass.")
                )
