# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmMajorStep(models.TransientModel):
    """A step of a major incident that asks for something before it is taken."""

    _name = "itsm.major.step"
    _description = "Step of a Major Incident"

    major_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Major Incident",
        required=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="major_id.company_id")
    step = fields.Selection(
        selection=[
            ("refuse", "Refuse"),
            ("restore", "Restored"),
            ("raise", "Raise to the head office"),
            ("merge", "Join to another one"),
        ],
        required=True,
    )
    reason = fields.Text()
    restored_at = fields.Datetime(
        string="Restored on",
        default=fields.Datetime.now,
        help="When the service worked again.",
    )
    other_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Join to",
        domain="[('company_id', '=', company_id), ('id', '!=', major_id), "
        "('state', 'in', ('proposed', 'declared', 'controlled'))]",
        ondelete="cascade",
    )

    def action_confirm(self):
        """Take the step; rights and states are checked by the major incident."""
        self.ensure_one()
        getattr(self, f"_confirm_{self.step}")()
        return {"type": "ir.actions.act_window_close"}

    def _confirm_refuse(self):
        self.major_id._refuse(self.reason)

    def _confirm_restore(self):
        self.major_id._restore(self.restored_at)

    def _confirm_raise(self):
        self.major_id._raise_to_head(self.reason)

    def _confirm_merge(self):
        if not self.other_id:
            raise UserError(self.env._("Choose the major incident that it is about."))
        self.major_id._merge_into(self.other_id)
