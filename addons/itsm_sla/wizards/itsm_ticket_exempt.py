# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command


class ItsmTicketExempt(models.TransientModel):
    _name = "itsm.ticket.exempt"
    _description = "Exempt Tickets from Service Levels"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket", string="Tickets", required=True
    )
    exempt = fields.Boolean(default=True)
    reason = fields.Text(required=True, help="Kept in the event log of the tickets.")

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

    def action_confirm(self):
        """Exempt the tickets, or count them again."""
        self.ensure_one()
        self.ticket_ids._clock_set_exempt(self.exempt, self.reason)
        return {"type": "ir.actions.act_window_close"}
