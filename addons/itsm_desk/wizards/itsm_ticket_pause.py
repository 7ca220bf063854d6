# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmTicketPause(models.TransientModel):
    """From when to when a ticket really waited, or did not."""

    _name = "itsm.ticket.pause"
    _description = "Correct a Pause"

    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", required=True)
    mistake = fields.Selection(
        selection=[
            ("paused", "It was paused by mistake"),
            ("not_paused", "It waited and nobody paused it"),
        ],
        string="What Was Wrong",
        required=True,
        default="paused",
    )
    event_id = fields.Many2one(
        comodel_name="itsm.ticket.event",
        string="Pause",
        domain="[('ticket_id', '=', ticket_id), ('state', '=', 'paused')]",
        help="Choosing one fills in from when to when.",
    )
    start = fields.Datetime(string="From", required=True)
    stop = fields.Datetime(string="Until", required=True)
    pause_reason_id = fields.Many2one(comodel_name="itsm.pause.reason")
    reason = fields.Text(
        required=True,
        help="Why the log was wrong. It is kept in the log and in the conversation.",
    )

    @api.onchange("event_id")
    def _onchange_event_id(self):
        if self.event_id:
            self.start = self.event_id.time
            later = self.ticket_id.event_ids.filtered(
                lambda row: row.state and row.time > self.event_id.time
            )
            self.stop = later.sorted("time")[:1].time or fields.Datetime.now()

    def action_confirm(self):
        """Correct the log; every clock of the ticket is worked out again.

        :raise AccessError: the user is not desk lead
        :raise UserError: the times or the reason do not allow it
        """
        self.ensure_one()
        pause_reason = self.pause_reason_id
        if self.mistake == "paused":
            pause_reason = pause_reason.browse()
        elif not pause_reason:
            raise UserError(
                self.env._("Pause Reason: choose for what the ticket waited.")
            )
        self.ticket_id._itsm_correct_pause(
            self.start, self.stop, pause_reason, self.reason
        )
        return {"type": "ir.actions.act_window_close"}
