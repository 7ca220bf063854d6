# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tools import is_html_empty

from ..models.helpdesk_ticket_lifecycle import AT_WORK


class ItsmTicketResolve(models.TransientModel):
    """Solution, closing code and restored time for one ticket or several."""

    _name = "itsm.ticket.resolve"
    _description = "Resolve Tickets"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket", string="Tickets", required=True
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    open_child_count = fields.Integer(compute="_compute_ticket_count")
    incomplete_fields = fields.Char(
        string="Missing", compute="_compute_ticket_count", readonly=True
    )
    solution = fields.Html(
        help="In words for the requester: he reads it in the mail and in the portal.",
    )
    closing_code_id = fields.Many2one(
        comodel_name="itsm.closing.code", domain="[('kind', '!=', 'cancelled')]"
    )
    is_interrupted = fields.Boolean(compute="_compute_ticket_count")
    restored_at = fields.Datetime(
        string="Service Restored",
        help="When the service worked again. It may lie before now.",
    )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            tickets = wizard.ticket_ids
            wizard.ticket_count = len(tickets)
            wizard.open_child_count = sum(tickets.mapped("open_child_count"))
            missing = tickets.incomplete_fields if len(tickets) == 1 else False
            wizard.incomplete_fields = missing
            wizard.is_interrupted = any(
                ticket._itsm_is_unrestored() for ticket in tickets
            )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if (
            not defaults.get("ticket_ids")
            and self.env.context.get("active_model") == "helpdesk.ticket"
        ):
            defaults["ticket_ids"] = self.env.context.get("active_ids", [])
        tickets = self.new({"ticket_ids": defaults.get("ticket_ids")}).ticket_ids
        if len(tickets) == 1:
            for name in ("solution", "closing_code_id"):
                if name in fields and tickets._origin[name]:
                    value = tickets._origin[name]
                    defaults[name] = value if name == "solution" else value.id
        if "restored_at" in fields and any(
            ticket._itsm_is_unrestored() for ticket in tickets._origin
        ):
            defaults["restored_at"] = Datetime.now()
        return defaults

    def action_resolve(self):
        """Resolve what is open of the tickets.

        :raise UserError: none of them is open, or the time of restoring is wrong
        """
        self.ensure_one()
        tickets = self.ticket_ids.filtered(
            lambda ticket: ticket._itsm_effective_state() in AT_WORK
        )
        if not tickets:
            raise UserError(self.env._("None of these tickets is open any more."))
        if self.restored_at and self.restored_at > fields.Datetime.now():
            raise UserError(
                self.env._("Service Restored: it cannot lie in the future.")
            )
        vals = {}
        if not is_html_empty(self.solution):
            vals["solution"] = self.solution
        if self.closing_code_id:
            vals["closing_code_id"] = self.closing_code_id.id
        restored = tickets.filtered(lambda ticket: ticket._itsm_is_unrestored())
        if self.restored_at and restored:
            restored._itsm_resolve({**vals, "interruption_end": self.restored_at})
            tickets -= restored
        if tickets:
            tickets._itsm_resolve(vals)
        return {"type": "ir.actions.act_window_close"}
