# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmTicketHold(models.TransientModel):
    """For what tickets wait, and what their requesters are told (issue 5, Pace)."""

    _name = "itsm.ticket.hold"
    _inherit = "itsm.ticket.wizard"
    _description = "Pause Tickets"

    ticket_count = fields.Integer(compute="_compute_ticket_count")
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason", required=True, ondelete="cascade"
    )
    message = fields.Text(
        string="Message to the Requester",
        help="Sent as an answer before the ticket is paused. Empty: nobody is told.",
    )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    def action_pause(self):
        """Pause the tickets.

        :raise UserError: a ticket is over
        """
        self.ensure_one()
        self.ticket_ids._itsm_pause(self.pause_reason_id, self.message)
        return {"type": "ir.actions.act_window_close"}
