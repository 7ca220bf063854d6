# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmHolidayImport(models.TransientModel):
    _name = "itsm.holiday.import"
    _inherit = ["itsm.holiday.import", "itsm.working.time.mixin"]
