# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """How a company takes monitoring events in."""

    _inherit = "res.company"

    itsm_event_days = fields.Integer(
        string="Keep Monitoring Events (days)",
        default=30,
        help="Older events are deleted; their incidents stay. 0: keep all of them.",
    )
    itsm_event_flood = fields.Integer(
        string="New Incidents per Source and Minute",
        default=20,
        help="What a source reports beyond it is collected in one ticket. 0: no limit.",
    )

    _itsm_event_days_positive = models.Constraint(
        "CHECK(itsm_event_days >= 0)",
        "Keep Monitoring Events: enter 0 or more days.",
    )
    _itsm_event_flood_positive = models.Constraint(
        "CHECK(itsm_event_flood >= 0)",
        "New Incidents per Source and Minute: enter 0 for no limit.",
    )
