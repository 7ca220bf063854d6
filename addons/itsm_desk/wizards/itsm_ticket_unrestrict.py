# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketUnrestrict(models.TransientModel):
    """Why everybody may read tickets that were restricted (SEC-05)."""

    _name = "itsm.ticket.unrestrict"
    _description = "Lift the Restriction of Tickets"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket", string="Tickets", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Lift the restriction of the tickets.

        :raise AccessError: not of the group that handles such tickets
        :raise UserError: no reason, or a ticket is not restricted
        """
        self.ensure_one()
        self.ticket_ids._itsm_lift_restriction(self.reason)
        return {"type": "ir.actions.act_window_close"}
