# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.fold import LEG_METRICS
from .itsm_agreement_target import METRICS


class ItsmWhatifTarget(models.Model):
    """A target that a scenario asks about instead of the agreement's own."""

    _name = "itsm.whatif.target"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Target of a What-If Scenario"
    _order = "whatif_id, itsm_kind, priority desc, metric"

    whatif_id = fields.Many2one(
        comodel_name="itsm.whatif",
        string="Scenario",
        required=True,
        index=True,
        ondelete="cascade",
    )
    itsm_kind = fields.Selection(required=True, default="incident")
    priority = fields.Selection(required=True, default="1")
    metric = fields.Selection(selection=METRICS, required=True, default="resolution")
    minutes = fields.Integer(
        string="Target (minutes)",
        required=True,
        help="Working minutes of the service hours.",
    )

    _cell_uniq = models.Constraint(
        "UNIQUE(whatif_id, itsm_kind, priority, metric)",
        "The scenario has two targets for the same kind, priority and metric. Remove "
        "one.",
    )
    _minutes_range = models.Constraint(
        "CHECK(minutes BETWEEN 1 AND 525600)",
        "A target lies between one minute and 8760 hours, a year around the clock. "
        "Enter such a time, or remove the line.",
    )

    @api.constrains("metric", "whatif_id")
    def _check_metric(self):
        for target in self:
            kind = target.whatif_id.agreement_id.kind
            if kind != "sla" and target.metric not in LEG_METRICS:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is no SLA: teams and suppliers promise response "
                        "and resolution only. Choose one of these.",
                        agreement=target.whatif_id.agreement_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.whatif_id._check_choosable()
        return targets

    def write(self, vals):
        self.check_access("write")
        self.whatif_id._check_choosable()
        result = super().write(vals)
        self.whatif_id._check_choosable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_out(self):
        self.whatif_id._check_choosable()
