# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmKpiCorrection(models.TransientModel):
    _name = "itsm.kpi.correction"
    _description = "Correction of a KPI Value"

    value_id = fields.Many2one(
        comodel_name="itsm.kpi.value", required=True, ondelete="cascade"
    )
    manual = fields.Boolean(related="value_id.manual")
    entry = fields.Selection(related="value_id.entry")
    value_text = fields.Char(related="value_id.value_text", string="Holds now")
    value = fields.Float(string="New Figure", digits=False)
    numerator = fields.Float(digits=False)
    denominator = fields.Float(digits=False)
    reason = fields.Text(
        required=True, help="Why the frozen figure was wrong; kept with the revision."
    )

    def action_apply(self):
        """Add the next revision; what held before stays.

        :return: action that shows it
        """
        self.ensure_one()
        entered = {}
        if self.manual and self.entry == "ratio":
            entered = {"numerator": self.numerator, "denominator": self.denominator}
        elif self.manual:
            entered = {"value": self.value}
        revision = self.value_id._correct(self.reason, entered)
        return {
            "type": "ir.actions.act_window",
            "res_model": revision._name,
            "res_id": revision.id,
            "views": [(False, "form")],
        }
