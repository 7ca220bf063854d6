# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketKind(models.TransientModel):
    """Another kind for tickets, with its reason and perhaps another service."""

    _name = "itsm.ticket.kind"
    _inherit = "itsm.ticket.wizard"
    _description = "Change the Kind of Tickets"

    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="New Kind",
        required=True,
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service", help="Empty: the service stays."
    )
    reason = fields.Char(
        required=True, help="Kept in the conversation, and in the event log if late."
    )

    def action_confirm(self):
        """Change the kind; clocks follow.

        :raise UserError: a ticket is over, or is of that kind already
        """
        self.ensure_one()
        vals = {"service_id": self.service_id.id} if self.service_id else {}
        self.ticket_ids._itsm_change_kind(self.itsm_kind, self.reason, vals)
        return {"type": "ir.actions.act_window_close"}
