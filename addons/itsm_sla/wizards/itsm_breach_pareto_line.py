# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain


class ItsmBreachParetoLine(models.TransientModel):
    """One cause of a Pareto."""

    _name = "itsm.breach.pareto.line"
    _description = "Cause in a Pareto"
    _order = "sequence, id"

    pareto_id = fields.Many2one(
        comodel_name="itsm.breach.pareto",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer()
    cause_id = fields.Many2one(
        comodel_name="itsm.breach.cause", string="Recorded Cause", ondelete="cascade"
    )
    cause_name = fields.Char(string="Cause", compute="_compute_cause_name")
    number = fields.Integer(string="Breaches")
    overrun_hours = fields.Float(string="Overrun (hours)")
    share = fields.Float(string="Share (%)", digits=(5, 1), aggregator=None)
    cumulative = fields.Float(
        string="Cumulative (%)",
        digits=(5, 1),
        aggregator=None,
        help="This cause and all more frequent ones. What is not explained comes last.",
    )

    def _compute_cause_name(self):
        for line in self:
            line.cause_name = line.cause_id.display_name or self.env._("Not explained")

    def action_view_breaches(self):
        """Open the breaches with this cause."""
        self.ensure_one()
        pareto = self.pareto_id
        return pareto._action_breaches(
            pareto._domain() & Domain("cause_id", "=", self.cause_id.id)
        )

    def action_view_tickets(self):
        """Open the tickets behind this cause, those that the user may see."""
        self.ensure_one()
        domain = self.pareto_id._domain() & Domain("cause_id", "=", self.cause_id.id)
        return self.env["itsm.breach"].search(domain).action_view_tickets()
