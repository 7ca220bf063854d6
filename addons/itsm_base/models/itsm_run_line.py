# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmRunLine(models.Model):
    """What a run has to say, and what people asked of it."""

    _name = "itsm.run.line"
    _inherit = "itsm.evidence.mixin"
    _description = "Log of a Run"
    _order = "run_id, id"
    _rec_name = "message"

    run_id = fields.Many2one(
        comodel_name="itsm.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    time = fields.Datetime(required=True, readonly=True)
    level = fields.Selection(
        selection=[("info", "Note"), ("warning", "Warning"), ("error", "Error")],
        required=True,
        readonly=True,
        default="info",
    )
    message = fields.Text(required=True, readonly=True)
    is_cancel_pending = fields.Boolean(
        readonly=True,
        help="Somebody asked the run to stop, and it has not done so yet.",
    )

    def _evidence_message(self, operation):
        return self.env._("The log of a run is written by the system only.")
