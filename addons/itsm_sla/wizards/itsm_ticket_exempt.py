# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketExempt(models.TransientModel):
    """Say why tickets are exempt, or count again."""

    _name = "itsm.ticket.exempt"
    _inherit = "itsm.ticket.wizard"
    _description = "Exempt Tickets from Service Levels"

    exempt = fields.Boolean(default=True)
    reason = fields.Text(required=True, help="Kept in the event log of the tickets.")

    def action_confirm(self):
        """Exempt the tickets, or count them again."""
        self.ensure_one()
        self.ticket_ids._clock_set_exempt(self.exempt, self.reason)
        return {"type": "ir.actions.act_window_close"}
