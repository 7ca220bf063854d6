# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmServiceReportReason(models.TransientModel):
    _name = "itsm.service.report.reason"
    _description = "Reason for a Step of a Service Report"

    report_id = fields.Many2one(
        comodel_name="itsm.service.report", required=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=[("return", "Return to the author"), ("revise", "Correct")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        """Take the step with the reason.

        :return: action that shows the report, or its revision
        """
        self.ensure_one()
        report = self.report_id
        if self.step == "return":
            report._return(self.reason)
        else:
            report = report._revise(self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": report._name,
            "res_id": report.id,
            "views": [(False, "form")],
        }
