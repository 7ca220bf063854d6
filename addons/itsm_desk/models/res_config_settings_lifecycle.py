# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_auto_close_days = fields.Integer(
        related="company_id.itsm_auto_close_days", readonly=False
    )
    itsm_reopen_days = fields.Integer(
        related="company_id.itsm_reopen_days", readonly=False
    )
