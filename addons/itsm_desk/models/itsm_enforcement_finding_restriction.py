# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmEnforcementFinding(models.Model):
    """Findings name the record."""

    _name = "itsm.enforcement.finding"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.enforcement.finding"]
