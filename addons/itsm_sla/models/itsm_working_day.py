# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmWorkingDay(models.Model):
    _name = "itsm.working.day"
    _inherit = ["itsm.working.day", "itsm.working.time.mixin"]
