# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_head_office_id = fields.Many2one(
        related="company_id.itsm_head_office_id", readonly=False
    )
    itsm_major_update_minutes = fields.Integer(
        related="company_id.itsm_major_update_minutes", readonly=False
    )
