# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_portal_own_tickets = fields.Boolean(
        related="company_id.itsm_portal_own_tickets", readonly=False
    )
