# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from .itsm_agreement_target import METRICS


class ItsmWhatifMonth(models.Model):
    """Predicted beside recorded compliance of one month, priority and metric."""

    _name = "itsm.whatif.month"
    _inherit = ["itsm.evidence.mixin", "itsm.ticket.cell.mixin"]
    _description = "Month of a What-If Scenario"
    _order = "whatif_id desc, month, itsm_kind, priority desc, metric"
    _rec_name = "month"

    whatif_id = fields.Many2one(
        comodel_name="itsm.whatif",
        string="Scenario",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    month = fields.Date(
        readonly=True,
        help="First day of the month in which the tickets were reported, in the "
        "agreement's time zone.",
    )
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(readonly=True)
    metric = fields.Selection(selection=METRICS, readonly=True)
    met = fields.Integer(readonly=True)
    decided = fields.Integer(
        string="Met and Missed", readonly=True, help="The denominator."
    )
    undecided = fields.Integer(
        string="Without Verdict",
        readonly=True,
        help="Still open when it was worked out, cancelled or handed over.",
    )
    recorded_met = fields.Integer(readonly=True)
    recorded_decided = fields.Integer(string="Recorded Met and Missed", readonly=True)
    compliance = fields.Char(string="Predicted (%)", compute="_compute_compliance")
    recorded_compliance = fields.Char(
        string="Recorded (%)", compute="_compute_compliance"
    )

    @api.depends("met", "decided", "recorded_met", "recorded_decided")
    @api.depends_context("lang")
    def _compute_compliance(self):
        share = self.env["itsm.whatif"]._share
        for month in self:
            month.compliance = share(month.met, month.decided)
            month.recorded_compliance = share(
                month.recorded_met, month.recorded_decided
            )

    def _evidence_message(self, operation):
        return self.env._("The figures of a scenario are made by its run only.")

    @api.model
    def _sum_up(self, scenario):
        """Count the clocks of a scenario by month, kind, priority and metric."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO itsm_whatif_month
                       (whatif_id, company_id, month, itsm_kind, priority, metric,
                        met, decided, undecided, recorded_met, recorded_decided,
                        create_uid, write_uid, create_date, write_date)
                SELECT whatif_id, company_id, month, itsm_kind, priority, metric,
                       COUNT(*) FILTER (WHERE status = 'met'),
                       COUNT(compliance),
                       COUNT(status) - COUNT(compliance),
                       COUNT(*) FILTER (WHERE recorded_status = 'met'),
                       COUNT(recorded_compliance),
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM itsm_whatif_line
                 WHERE whatif_id = %(scenario)s
                 GROUP BY whatif_id, company_id, month, itsm_kind, priority, metric
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                scenario=scenario.id,
            )
        )
        self.invalidate_model(flush=False)
        scenario.invalidate_recordset(["month_ids"], flush=False)
