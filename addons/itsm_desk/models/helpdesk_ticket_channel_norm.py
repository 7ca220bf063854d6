# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicketChannel(models.Model):
    """How soon contacts of a channel are answered (DSK-11)."""

    _inherit = "helpdesk.ticket.channel"

    response_minutes = fields.Integer(
        string="Answer within (minutes)",
        aggregator=None,
        help="The desk's own norm, in minutes of the company's working time, for the "
        "first answer to contacts of this channel. 0: none. A new norm holds for "
        "tickets that come from now on.",
    )

    _response_minutes_not_negative = models.Constraint(
        "CHECK(response_minutes IS NULL OR response_minutes >= 0)",
        "Answer within: enter 0 or more minutes.",
    )
