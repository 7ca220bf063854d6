# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import cut


class ItsmAgreement(models.Model):
    """How well an agreement is kept, for lists: one statement whatever the rows."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    compliance_month = fields.Char(
        string="Kept This Month",
        compute="_compute_compliance",
        help="Targets met of targets measured since the first day of the month, in the "
        "agreement's time zone. Imported history does not count.",
    )
    compliance_year = fields.Char(
        string="Kept in 12 Months",
        compute="_compute_compliance",
        help="The same of the present month and the eleven before.",
    )
    missed_month = fields.Integer(
        string="Missed This Month", compute="_compute_compliance"
    )
    improvement_count = fields.Integer(
        string="Improvement Plans",
        compute="_compute_improvement_count",
        groups="itsm_base.itsm_group_agent",
    )

    @api.depends_context("lang")
    def _compute_compliance(self):
        figures = self._origin._compliance_figures()
        for agreement in self:
            month_met, month, year_met, year = figures.get(
                agreement._origin.id, (0, 0, 0, 0)
            )
            agreement.compliance_month = self._compliance_text(month_met, month)
            agreement.compliance_year = self._compliance_text(year_met, year)
            agreement.missed_month = month - month_met

    def _compliance_figures(self):
        """Met and measured of this month, met and measured of twelve; one query.

        :return: dict of id → four integers; agreements without any are left out
        """
        if not self.ids:
            return {}
        # sudo: how an agreement is kept does not depend on who asks
        results = self.env["itsm.target.result"].sudo()
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id,
                          SUM(r.met) FILTER (WHERE r.day >= since.month),
                          COUNT(*) FILTER (WHERE r.day >= since.month),
                          SUM(r.met), COUNT(*)
                     FROM itsm_agreement a
                    CROSS JOIN LATERAL (
                          SELECT date_trunc('month', %(now)s::timestamp
                                     AT TIME ZONE 'UTC' AT TIME ZONE a.tz) AS month
                          ) since
                     JOIN %(results)s r ON r.agreement_id = a.id
                      AND r.day >= since.month - interval '11 months'
                      AND r.is_history IS NOT TRUE
                    WHERE a.id IN %(ids)s AND r.agreement_id IN %(ids)s
                    GROUP BY a.id""",
                now=fields.Datetime.now(),
                results=results._table_sql,
                ids=tuple(self.ids),
            )
        )
        return {
            agreement: (month_met or 0, month, year_met or 0, year)
            for agreement, month_met, month, year_met, year in rows
        }

    @api.model
    def _compliance_text(self, met, measured):
        """A share as lists show it, cut off; empty where nothing was measured."""
        if not measured:
            return ""
        return f"{cut(100 * met / measured, 1)} % ({met}/{measured})"

    def _compute_improvement_count(self):
        counts = dict(
            self.env["itsm.improvement.plan"]._read_group(
                [("agreement_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["agreement_id"],
                ["__count"],
            )
        )
        for agreement in self:
            agreement.improvement_count = counts.get(agreement._origin, 0)

    # === Actions ===

    def action_view_results(self):
        """Open the targets that were measured under this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_target_result_action"
        )
        return action | {"domain": [("agreement_id", "=", self.id)], "context": {}}

    def action_view_improvements(self):
        """Open the improvement plans of all versions of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_improvement_plan_action"
        )
        return action | {
            "domain": [("agreement_id", "in", self._versions().ids)],
            "context": {
                "default_agreement_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def _improvement_form(self, defaults):
        """The form of a new improvement plan for this agreement.

        :param dict defaults: ``default_…`` keys
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Service Improvement Plan"),
            "res_model": "itsm.improvement.plan",
            "views": [(False, "form")],
            "context": {
                "default_agreement_id": self.id,
                "default_company_id": self.company_id.id,
                **defaults,
            },
        }
