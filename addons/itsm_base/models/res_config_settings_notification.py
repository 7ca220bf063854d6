# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Notifications, and monitoring events, of the company."""

    _inherit = "res.config.settings"

    itsm_quiet_hours = fields.Boolean(
        related="company_id.itsm_quiet_hours", readonly=False
    )
    itsm_digest_hour = fields.Float(
        related="company_id.itsm_digest_hour", readonly=False
    )
    itsm_digest_weekday = fields.Selection(
        related="company_id.itsm_digest_weekday", readonly=False
    )
    itsm_event_days = fields.Integer(
        related="company_id.itsm_event_days", readonly=False
    )
    itsm_event_flood = fields.Integer(
        related="company_id.itsm_event_flood", readonly=False
    )
