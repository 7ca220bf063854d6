# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAction(models.Model):
    """Actions say what a ticket was about."""

    _name = "itsm.action"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.action"]
