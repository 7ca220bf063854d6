# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_duty_month_day = fields.Integer(
        related="company_id.itsm_duty_month_day", readonly=False
    )
    itsm_duty_quarter_day = fields.Integer(
        related="company_id.itsm_duty_quarter_day", readonly=False
    )
    itsm_duty_half_day = fields.Integer(
        related="company_id.itsm_duty_half_day", readonly=False
    )
    itsm_duty_year_day = fields.Integer(
        related="company_id.itsm_duty_year_day", readonly=False
    )
    itsm_duty_quarter_months = fields.Selection(
        related="company_id.itsm_duty_quarter_months", readonly=False
    )
    itsm_duty_concerns = fields.Selection(
        related="company_id.itsm_duty_concerns", readonly=False
    )
    itsm_duty_day_included = fields.Boolean(
        related="company_id.itsm_duty_day_included", readonly=False
    )
    itsm_duty_holiday_shift = fields.Boolean(
        related="company_id.itsm_duty_holiday_shift", readonly=False
    )
    itsm_duty_calendar_id = fields.Many2one(
        related="company_id.itsm_duty_calendar_id",
        readonly=False,
        domain="[('company_id', 'in', [False, company_id])]",
    )
