# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ITSM_STATES = [
    ("new", "New"),
    ("open", "In progress"),
    ("paused", "Paused"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    itsm_state = fields.Selection(
        selection=ITSM_STATES,
        string="ITSM State",
        compute="_compute_itsm_state",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="What the stage means for clocks and reports, whatever its name:\n"
        "New: nobody works on it yet.\n"
        "In progress: clocks run.\n"
        "Paused: clocks wait if the agreement accepts the pause reason.\n"
        "Resolved: the service is restored, the requester has yet to confirm.\n"
        "Closed: finished.\n"
        "Cancelled: withdrawn, rejected or a duplicate; not counted.",
    )

    @api.depends("unattended", "closed")
    def _compute_itsm_state(self):
        # A state that fits the flags stays: only contradictions are resolved.
        closed_states = self._itsm_closed_states()
        for stage in self:
            state = stage.itsm_state
            if stage.closed:
                stage.itsm_state = state if state in closed_states else "closed"
            elif stage.unattended:
                stage.itsm_state = "new"
            elif not state or state == "new" or state in closed_states:
                stage.itsm_state = "open"
            else:
                stage.itsm_state = state

    @api.constrains("closed", "itsm_state")
    def _check_itsm_state(self):
        closed_states = self._itsm_closed_states()
        for stage in self:
            if stage.closed == (stage.itsm_state in closed_states):
                continue
            if stage.closed:
                message = self.env._(
                    "Stage %(stage)s: a closed stage needs the ITSM State Closed or "
                    "Cancelled. Change the ITSM State or clear the Closed box.",
                    stage=stage.name,
                )
            else:
                message = self.env._(
                    "Stage %(stage)s: the ITSM States Closed and Cancelled are for "
                    "closed stages. Tick the Closed box or choose another ITSM State.",
                    stage=stage.name,
                )
            raise ValidationError(message)

    @api.model
    def _itsm_closed_states(self):
        """Return the states that a stage has if and only if it is closed."""
        return ("closed", "cancelled")

    @api.model
    def _itsm_ended_states(self):
        """Return the states in which the work on a ticket has ended."""
        return ("resolved", *self._itsm_closed_states())
