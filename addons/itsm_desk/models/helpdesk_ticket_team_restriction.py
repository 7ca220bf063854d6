# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .helpdesk_ticket_restriction import RESTRICTIONS


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    restriction = fields.Selection(
        selection=RESTRICTIONS,
        string="Restricted",
        help="Tickets of this team are restricted from the first moment: what comes in "
        "by its mail address, and what is given to it.",
    )
