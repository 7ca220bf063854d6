# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmDuty(models.Model):
    """A duty to make the report of a period."""

    _inherit = "itsm.duty"

    report_definition_id = fields.Many2one(
        comodel_name="itsm.report.definition", compute="_compute_report_definition_id"
    )

    def _compute_report_definition_id(self):
        rows = self.env["itsm.report.definition"].with_context(active_test=False)
        rows = rows.sudo().search(  # sudo: which row made a readable duty
            [("duty_definition_id", "in", self.definition_id.ids)]
        )
        by_rule = {row.duty_definition_id.id: row.id for row in rows}
        for duty in self:
            duty.report_definition_id = by_rule.get(duty.definition_id.id)

    @api.model
    def _create_wanted(self, wanted, timelines):
        """No report is owed about a time in which its agreement was not in force."""
        rows = self.env["itsm.report.definition"].sudo()  # sudo: of all companies
        rules = self.env["itsm.duty.definition"].union(*(item[0] for item in wanted))
        found = rows.search([("duty_definition_id", "in", rules.ids)])
        by_rule = {row.duty_definition_id: row for row in found}
        due = [
            item
            for item in wanted
            if item[0] not in by_rule
            or by_rule[item[0]]._is_due(item[0]._concerned(item[1], item[2]))
        ]
        duties = super()._create_wanted(due, timelines)
        duties._close_published(found)
        return duties

    def _close_published(self, rows):
        """New duties of periods whose report is out already: they are done.

        At the time at which it was published, by who published it; constant queries.

        :param rows: ``itsm.report.definition`` in sudo, of these duties
        """
        # sudo: what was published counts, whoever makes the duties
        reports = self.env["itsm.service.report"].sudo()
        published = reports.search(
            [
                ("definition_id", "in", rows.ids),
                ("period_start", "in", self.mapped("period_start")),
                ("published_at", "!=", False),
            ],
            order="revision desc",
        )
        first = {
            (report.definition_id.duty_definition_id, report.period_start): report
            for report in published  # the first one last
        }
        for duty in self:
            report = first.get((duty.definition_id, duty.period_start))
            if report:
                done = duty.with_user(
                    report.published_by_id
                ).sudo()  # sudo: in his name
                done._done(report.published_at, report)

    def action_make_report(self):
        """Open the report of the period, or make it.

        :raise UserError: the duty is not about a report
        """
        self.ensure_one()
        row = self.report_definition_id
        if not row:
            raise UserError(
                self.env._("%(duty)s is not about a report.", duty=self.display_name)
            )
        return row._action_report(self.period_start)
