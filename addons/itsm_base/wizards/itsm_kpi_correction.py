# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

FIGURES = ("value", "numerator", "denominator")


class ItsmKpiCorrection(models.TransientModel):
    _name = "itsm.kpi.correction"
    _description = "Correction of a KPI Value"

    value_id = fields.Many2one(
        comodel_name="itsm.kpi.value", required=True, ondelete="cascade"
    )
    # Read with the rights of the user: anybody can name any value here.
    source = fields.Selection(related="value_id.kpi_id.source", related_sudo=False)
    entry = fields.Selection(related="value_id.entry", related_sudo=False)
    value_text = fields.Char(
        related="value_id.value_text", string="Holds now", related_sudo=False
    )
    value = fields.Float(
        string="New Figure",
        digits=False,
        compute="_compute_figures",
        store=True,
        readonly=False,
    )
    numerator = fields.Float(
        digits=False, compute="_compute_figures", store=True, readonly=False
    )
    denominator = fields.Float(
        digits=False, compute="_compute_figures", store=True, readonly=False
    )
    reason = fields.Text(
        required=True, help="Why the frozen figure was wrong; kept with the revision."
    )

    @api.depends("value_id")
    def _compute_figures(self):
        """What holds now: who changes the reason only keeps the figure."""
        for wizard in self:
            # Stored fields are computed as the superuser; the user is asked for.
            value = wizard.value_id.sudo(False)
            value.check_access("read")
            for name in FIGURES:
                wizard[name] = value[name]

    def action_apply(self):
        """Add the next revision; what held before stays.

        :return: action that shows it
        """
        self.ensure_one()
        entered = {}
        if self.source == "manual" and self.entry == "ratio":
            entered = {"numerator": self.numerator, "denominator": self.denominator}
        elif self.source == "manual":
            entered = {"value": self.value}
        revision = self.value_id._correct(self.reason, entered)
        return {
            "type": "ir.actions.act_window",
            "res_model": revision._name,
            "res_id": revision.id,
            "views": [(False, "form")],
        }
