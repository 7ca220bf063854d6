# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmServiceReportPublish(models.TransientModel):
    """Asks before a report with unexplained breaches is published (SLM-38)."""

    _name = "itsm.service.report.publish"
    _description = "Publish a Service Report"

    report_ids = fields.Many2many(
        comodel_name="itsm.service.report",
        relation="itsm_service_report_publish_rel",
        string="Reports",
        required=True,
        readonly=True,
    )
    message = fields.Text(compute="_compute_message")
    unexplained_count = fields.Integer(
        string="Not Explained", compute="_compute_message"
    )

    @api.depends("report_ids")
    @api.depends_context("lang")
    def _compute_message(self):
        for question in self:
            reports = question.report_ids
            question.message = "\n".join(reports._unexplained_messages().values())
            question.unexplained_count = sum(
                report._unexplained_counts()[1] for report in reports
            )

    def action_view_breaches(self):
        """Open the missed promises that nobody has explained."""
        self.ensure_one()
        self.report_ids.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_breach_action"
        )
        return action | {
            "domain": list(self.report_ids._unexplained_domain()),
            "context": {},
        }

    def action_publish(self):
        """Publish the reports as they are.

        :raise UserError: a report is not approved
        """
        self.ensure_one()
        self.report_ids._check_publishable()
        self.report_ids._publish()
        return {"type": "ir.actions.act_window_close"}
