# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .helpdesk_ticket_restriction import RESTRICTIONS


class ItsmTicketNature(models.Model):
    _inherit = "itsm.ticket.nature"

    restriction = fields.Selection(
        selection=RESTRICTIONS,
        string="Restricted",
        help="Tickets of this nature are restricted from the first moment.",
    )
    is_complaint = fields.Boolean(
        string="Complaint",
        help="Counted in the register of complaints.",
    )
