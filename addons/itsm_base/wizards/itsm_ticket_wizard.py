# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command


class ItsmTicketWizard(models.AbstractModel):
    """A dialog about the tickets of the form or list in which it was opened."""

    _name = "itsm.ticket.wizard"
    _description = "Dialog about Tickets"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket", string="Tickets", required=True
    )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if (
            "ticket_ids" in fields
            and not defaults.get("ticket_ids")
            and self.env.context.get("active_model") == "helpdesk.ticket"
        ):
            # a command: the web client's dialog cannot read bare ids
            tickets = self.env.context.get("active_ids", [])
            defaults["ticket_ids"] = [Command.set(tickets)]
        return defaults
