# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.whatif import reaches, smallest_target
from .itsm_agreement_target import METRICS


class ItsmWhatifAnswer(models.Model):
    """What would reach the wished percentage in one cell of the target matrix.

    Without hours: the proposal itself, and the smallest target that reaches it. With
    hours: what the targets of the proposal would achieve in them.
    """

    _name = "itsm.whatif.answer"
    _inherit = ["itsm.evidence.mixin", "itsm.ticket.cell.mixin"]
    _description = "Answer of a What-If Scenario"
    _order = "whatif_id desc, calendar_id, itsm_kind, priority desc, metric"
    _rec_name = "metric"

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
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Service Hours",
        readonly=True,
        ondelete="restrict",
        help="Empty: those of the proposal.",
    )
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(readonly=True)
    metric = fields.Selection(selection=METRICS, readonly=True)
    target = fields.Char(
        compute="_compute_target", help="What the proposal promises, in working time."
    )
    met = fields.Integer(readonly=True)
    decided = fields.Integer(
        string="Met and Missed", readonly=True, help="The denominator."
    )
    recorded_met = fields.Integer(readonly=True)
    recorded_decided = fields.Integer(string="Recorded Met and Missed", readonly=True)
    is_reached = fields.Boolean(
        string="Reached", readonly=True, help="The wished percentage, unrounded."
    )
    minutes = fields.Integer(
        string="Smallest Target (minutes)",
        readonly=True,
        aggregator=None,
        help="The smallest target that reaches the wished percentage in the hours of "
        "the proposal. Empty: none does, because some clocks were late before this "
        "priority applied to them.",
    )
    minutes_met = fields.Integer(readonly=True, export_string_translation=False)
    minutes_decided = fields.Integer(readonly=True, export_string_translation=False)
    compliance = fields.Char(string="Predicted (%)", compute="_compute_compliance")
    recorded_compliance = fields.Char(
        string="Recorded (%)", compute="_compute_compliance"
    )
    minutes_compliance = fields.Char(
        string="With It (%)",
        compute="_compute_compliance",
        help="What the smallest target would achieve.",
    )

    @api.depends("whatif_id.target_ids", "whatif_id.agreement_id.target_ids")
    @api.depends_context("lang")
    def _compute_target(self):
        promises = {scenario: scenario._promised_texts() for scenario in self.whatif_id}
        for answer in self:
            cell = answer.metric, answer.itsm_kind, answer.priority
            answer.target = promises[answer.whatif_id].get(cell)

    @api.depends("met", "decided", "minutes_met", "minutes_decided")
    @api.depends_context("lang")
    def _compute_compliance(self):
        share = self.env["itsm.whatif"]._share
        for answer in self:
            answer.compliance = share(answer.met, answer.decided)
            answer.recorded_compliance = not answer.calendar_id and share(
                answer.recorded_met, answer.recorded_decided
            )
            answer.minutes_compliance = bool(answer.minutes) and share(
                answer.minutes_met, answer.minutes_decided
            )

    def _evidence_message(self, operation):
        return self.env._("The figures of a scenario are made by its run only.")

    # === Working them out ===

    @api.model
    def _answer(self, scenario, counts):
        """Write the answers of a scenario whose lines are complete.

        :param scenario: `itsm.whatif`
        :param dict counts: as `itsm.whatif.line._note` kept them
        """
        wish = round(scenario.wish_percent * 100)
        head = {"whatif_id": scenario.id, "company_id": scenario.company_id.id}
        rows = self._answers_by_target(scenario, wish)
        for key, (met, decided) in sorted(counts.items()):
            calendar, itsm_kind, priority, metric = key.split()
            rows.append(
                {
                    "calendar_id": int(calendar),
                    "itsm_kind": itsm_kind,
                    "priority": priority,
                    "metric": metric,
                    "met": met,
                    "decided": decided,
                    "is_reached": reaches(met, decided, wish),
                }
            )
        # sudo: nobody may write the figures by hand
        guard.with_token(self.sudo()).create([head | row for row in rows])

    @api.model
    def _answers_by_target(self, scenario, wish):
        """Values of the answers with the smallest target, from the months."""
        always, late_only = self._needed_minutes(scenario)
        groups = self.env["itsm.whatif.month"]._read_group(
            [("whatif_id", "=", scenario.id)],
            ["itsm_kind", "priority", "metric"],
            ["met:sum", "decided:sum", "recorded_met:sum", "recorded_decided:sum"],
        )
        rows = []
        for *cell, met, decided, then_met, then_decided in groups:
            key = tuple(cell)
            minutes, minutes_met, minutes_decided = smallest_target(
                always[key], late_only[key], wish
            )
            rows.append(
                {
                    **dict(zip(("itsm_kind", "priority", "metric"), cell, strict=True)),
                    "met": met,
                    "decided": decided,
                    "recorded_met": then_met,
                    "recorded_decided": then_decided,
                    "is_reached": reaches(met, decided, wish),
                    "minutes": minutes,
                    "minutes_met": minutes_met,
                    "minutes_decided": minutes_decided,
                }
            )
        return rows

    @api.model
    def _needed_minutes(self, scenario):
        """How many clocks need how many whole minutes.

        :return: ``(always, late_only)``, each cell to minutes to number, as
            `smallest_target` takes them
        """
        always, late_only = defaultdict(dict), defaultdict(dict)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT itsm_kind, priority, metric, late_only,
                       CASE WHEN needed_seconds IS NOT NULL
                            THEN GREATEST(1, (needed_seconds + 59) / 60) END,
                       COUNT(*)
                  FROM itsm_whatif_line
                 WHERE whatif_id = %s AND (late_only OR compliance IS NOT NULL)
                 GROUP BY 1, 2, 3, 4, 5
                """,
                scenario.id,
            )
        )
        for itsm_kind, priority, metric, is_late_only, minutes, count in rows:
            cell = itsm_kind or False, priority or False, metric
            (late_only if is_late_only else always)[cell][minutes] = count
        return always, late_only
