# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmDutyDefinition(models.Model):
    """A duty definition that a row of the control matrix of reports keeps."""

    _inherit = "itsm.duty.definition"

    report_definition_ids = fields.One2many(
        comodel_name="itsm.report.definition", inverse_name="duty_definition_id"
    )

    def _work_kind(self, company):
        """A quarterly report is made once a quarter, whatever the company says of
        other quarterly duties."""
        kind = super()._work_kind(company)
        if kind == self.period:
            return kind
        rows = self.env["itsm.report.definition"].with_context(active_test=False)
        # sudo: whether there is such a row counts, whoever may see it
        if rows.sudo().search_count([("duty_definition_id", "=", self.id)], limit=1):
            return self.period
        return kind
