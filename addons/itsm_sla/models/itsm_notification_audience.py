# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmNotificationAudience(models.Model):
    """Whom escalation rules name is a recipient role of their events."""

    _inherit = "itsm.notification.audience"

    role = fields.Selection(
        selection_add=[("rule", "Whom the escalation rule names")],
        ondelete={"rule": "cascade"},
    )
