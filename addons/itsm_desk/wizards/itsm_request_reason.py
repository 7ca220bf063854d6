# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmRequestReason(models.TransientModel):
    """Why a request is cancelled, or a line of it cannot be delivered."""

    _name = "itsm.request.reason"
    _description = "Reason of an End"

    kind = fields.Selection(
        selection=[("cancel", "Cancel"), ("refuse", "Cannot be delivered")],
        required=True,
        readonly=True,
    )
    request_id = fields.Many2one(
        comodel_name="itsm.request", required=True, readonly=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="itsm.request.line", readonly=True, ondelete="cascade"
    )
    reason = fields.Text(required=True, help="The requester reads it.")

    def _open(self, kind, request, line=None):
        """The dialog, as an action."""
        request.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[kind],
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_request_id": request.id,
                "default_line_id": line.id if line else False,
            },
        }

    def action_apply(self):
        """Do it.

        :raise AccessError: the user may not write the request
        :raise UserError: no reason, or too late
        """
        self.ensure_one()
        self.request_id.check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why; the requester reads it."))
        if self.kind == "cancel":
            self.request_id._cancel(reason)
        elif self.line_id.request_id != self.request_id:
            raise UserError(self.env._("The line is not one of the request."))
        elif self.line_id.state != "fulfilment":
            raise UserError(
                self.env._(
                    "%(line)s is not being fulfilled (any more).",
                    line=self.line_id.title,
                )
            )
        else:
            self.line_id._refuse(reason)
        return {"type": "ir.actions.act_window_close"}
