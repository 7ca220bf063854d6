# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmNotificationAudience(models.Model):
    _inherit = "itsm.notification.audience"

    role = fields.Selection(
        selection_add=[("handlers", "Those who handle restricted tickets")],
        ondelete={"handlers": "cascade"},
    )
