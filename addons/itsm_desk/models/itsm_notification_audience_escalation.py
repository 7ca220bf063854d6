# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmNotificationAudience(models.Model):
    """Those to whom a ticket was reported are a recipient role of that event."""

    _inherit = "itsm.notification.audience"

    role = fields.Selection(
        selection_add=[("escalated_to", "Whom the ticket was reported to")],
        ondelete={"escalated_to": "cascade"},
    )
