# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmTicketMerge(models.TransientModel):
    """Which of several tickets goes on, and why they are one."""

    _name = "itsm.ticket.merge"
    _inherit = "itsm.ticket.wizard"
    _description = "Merge Tickets"

    target_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Into Ticket",
        required=True,
        domain="[('duplicate_id', '=', False), "
        "('stage_id.itsm_state', 'in', ('new', 'open', 'paused'))]",
        help="It goes on and has the messages of the others then.",
    )
    reason = fields.Char(
        required=True,
        help="Kept on the tickets, and in the event log of those whose targets are "
        "breached or nearly used up.",
    )

    def action_merge(self):
        """Merge and show the ticket that goes on.

        :raise UserError: they cannot be merged; it says why
        """
        self.ensure_one()
        sources = self.ticket_ids - self.target_id
        if not sources:
            raise UserError(
                self.env._("Into Ticket: choose another ticket than the one to merge.")
            )
        sources._itsm_merge_into(self.target_id, self.reason)
        return self.target_id.get_formview_action()
