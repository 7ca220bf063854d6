# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    """On which line a team stands (INC-18)."""

    _inherit = "helpdesk.ticket.team"

    support_line = fields.Selection(
        selection=[
            ("1", "1st line: service desk"),
            ("2", "2nd line: engineers"),
            ("3", "3rd line: specialists and suppliers"),
        ],
        tracking=True,
        help="Tickets that go to the team come to this line. Empty: the line of a "
        "ticket stays as it is.",
    )
