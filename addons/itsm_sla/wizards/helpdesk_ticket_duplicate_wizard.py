# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.fold import OVER


class HelpdeskTicketDuplicateWizard(models.TransientModel):
    _inherit = "helpdesk.ticket.duplicate.wizard"

    clock_change_reason = fields.Char(
        string="Reason for the Late Change",
        help="A duplicate is cancelled. After a breach or in the last fifth of a "
        "target that needs a reason.",
    )
    clock_change_needs_reason = fields.Boolean(
        compute="_compute_clock_change_needs_reason"
    )
    clock_change_reason_required = fields.Boolean(
        compute="_compute_clock_change_needs_reason"
    )

    @api.depends("ticket_id")
    def _compute_clock_change_needs_reason(self):
        over = self.ticket_id.filtered(
            lambda ticket: ticket._itsm_effective_state() in OVER
        )
        pressed = self.ticket_id._clock_pressed(fields.Datetime.now(), over)
        self.clock_change_needs_reason = False
        self.clock_change_reason_required = False
        for wizard in self:
            if wizard.ticket_id in pressed:
                mode = wizard.ticket_id._clock_late_mode()
                wizard.clock_change_needs_reason = mode != "off"
                wizard.clock_change_reason_required = mode == "block"

    def action_confirm(self):
        """Mark as duplicate, with the reason if one is asked for."""
        if self.clock_change_reason:
            # What is wrong with the choice, the rest says; nothing is kept then.
            self.ticket_id.write(
                {
                    "duplicate_id": self.duplicate_of_id.id,
                    "clock_change_reason": self.clock_change_reason,
                }
            )
        return super().action_confirm()
