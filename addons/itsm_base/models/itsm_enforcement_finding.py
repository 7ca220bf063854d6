# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from .itsm_enforcement_rule import MODES


class ItsmEnforcementFinding(models.Model):
    """One record that broke a rule: what would have been stopped, or was (MS-29)."""

    _name = "itsm.enforcement.finding"
    _inherit = ["itsm.evidence.mixin"]
    _description = "Enforcement Finding"
    _order = "time desc, id desc"
    _rec_name = "record_name"

    # The rule goes when its addon is uninstalled, and only then; the code stays.
    rule_id = fields.Many2one(
        comodel_name="itsm.enforcement.rule",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    rule_code = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    res_model = fields.Char(
        string="Model",
        required=True,
        readonly=True,
        export_string_translation=False,
    )
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    record_name = fields.Char(
        string="Name of the Record",
        readonly=True,
        help="As it was called at the time.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    time = fields.Datetime(required=True, readonly=True, index=True)
    mode = fields.Selection(
        selection=MODES,
        string="Mode Then",
        required=True,
        readonly=True,
        help="What the company wanted done on that day.",
    )
    outcome = fields.Selection(
        selection=[
            ("recorded", "Recorded"),
            ("warned", "Warned"),
            ("blocked", "Blocked"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Text(readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    def _evidence_message(self, operation):
        return self.env._(
            "Findings are written by the rules themselves and cannot be edited. "
            "Change the mode of the rule if it finds too much."
        )

    def action_open_record(self):
        """Open the record that broke the rule.

        :raise UserError: it does not exist any more
        """
        self.ensure_one()
        record = None
        if self.res_model in self.env and self.res_id:
            record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%(name)s does not exist any more.", name=self.record_name)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
