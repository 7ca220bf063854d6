# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .itsm_agreement_target import METRICS


class ItsmLevelRequirementTarget(models.Model):
    """A time that a customer wishes for, and the one that is feasible (SLM-29)."""

    _name = "itsm.level.requirement.target"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Required Time"
    _order = "requirement_id, itsm_kind, priority desc, metric, id"

    requirement_id = fields.Many2one(
        comodel_name="itsm.level.requirement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    itsm_kind = fields.Selection(required=True, default="incident")
    priority = fields.Selection(required=True, default="1")
    metric = fields.Selection(selection=METRICS, required=True, default="resolution")
    wished_minutes = fields.Integer(
        string="Wished (minutes)", required=True, aggregator=None
    )
    feasible_minutes = fields.Integer(
        string="Feasible (minutes)",
        aggregator=None,
        help="Working minutes of the service hours; found by the analysis.",
    )
    note = fields.Char()

    _cell_uniq = models.UniqueIndex(
        "(requirement_id, itsm_kind, priority, metric)",
        "The requirement has two times for the same kind, priority and metric. "
        "Remove one.",
    )
    _minutes_range = models.Constraint(
        "CHECK(wished_minutes BETWEEN 1 AND 525600 "
        "AND COALESCE(feasible_minutes, 0) BETWEEN 0 AND 525600)",
        "A time lies between one minute and 8760 hours, a year around the clock. Enter "
        "the wished one, or remove the line.",
    )

    @api.depends("itsm_kind", "priority", "metric")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        }
        for target in self:
            target.display_name = ", ".join(
                labels[name].get(target[name]) or "" for name in labels
            )

    @api.model_create_multi
    def create(self, vals_list):
        requirements = self.env["itsm.level.requirement"].browse(
            {vals["requirement_id"] for vals in vals_list if vals.get("requirement_id")}
        )
        requirements._check_not_frozen({"target_ids"})
        targets = super().create(vals_list)
        # The context may have named the requirement.
        targets.requirement_id._check_not_frozen({"target_ids"})
        return targets

    def write(self, vals):
        self.check_access("write")
        self.requirement_id._check_not_frozen({"target_ids"})
        result = super().write(vals)
        self.requirement_id._check_not_frozen({"target_ids"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.requirement_id._check_not_frozen({"target_ids"})

    def _prepare_target(self):
        """Values of the target of an agreement."""
        self.ensure_one()
        return {
            "itsm_kind": self.itsm_kind,
            "priority": self.priority,
            "metric": self.metric,
            "minutes": self.feasible_minutes,
        }
