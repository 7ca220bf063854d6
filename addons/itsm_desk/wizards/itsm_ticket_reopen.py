# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class ItsmTicketReopen(models.TransientModel):
    """Reopen where the solution failed; a new linked ticket for anything else."""

    _name = "itsm.ticket.reopen"
    _description = "Reopen a Ticket"

    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", required=True)
    can_reopen = fields.Boolean(related="ticket_id.can_reopen")
    why = fields.Selection(
        selection=[
            ("failed", "The solution failed: reopen the ticket"),
            ("other", "Something else: a new ticket linked to it"),
        ],
        required=True,
        compute="_compute_why",
        store=True,
        readonly=False,
        precompute=True,
    )
    reason = fields.Text(string="What the Requester Says", required=True)

    @api.depends("ticket_id")
    def _compute_why(self):
        for wizard in self:
            wizard.why = "failed" if wizard.ticket_id.can_reopen else "other"

    def action_confirm(self):
        """Reopen, or make the new ticket and show it.

        :raise UserError: it is too late to reopen
        """
        self.ensure_one()
        ticket = self.ticket_id
        if self.why == "failed":
            ticket._itsm_reopen(self.reason)
            return {"type": "ir.actions.act_window_close"}
        if not self.reason.strip():
            raise UserError(self.env._("Say what the requester wants."))
        ticket.check_access("write")
        follow_up = ticket._itsm_follow_up(
            {"description": plaintext2html(self.reason.strip())}
        )
        return follow_up.get_formview_action()
