# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models


class ItsmAgreement(models.Model):
    """Which reports an agreement promises: kind, day, author, way (REP-13)."""

    _inherit = "itsm.agreement"

    report_definition_ids = fields.One2many(
        comodel_name="itsm.report.definition",
        inverse_name="agreement_id",
        string="Reports",
        copy=False,
        groups="itsm_base.itsm_group_agent",
        help="Reports that were agreed. They go on with the next version.",
    )
    report_definition_all_ids = fields.Many2many(
        comodel_name="itsm.report.definition",
        string="Reports of All Versions",
        compute="_compute_report_definition_all_ids",
        groups="itsm_base.itsm_group_agent",
    )

    @api.depends("previous_id", "report_definition_ids")
    def _compute_report_definition_all_ids(self):
        series = {}
        for own_id, version_id in self._origin._version_pairs():
            series.setdefault(own_id, set()).add(version_id)
        everything = set().union(*series.values())
        rows = self.env["itsm.report.definition"].search(
            [("agreement_id", "in", list(everything))]
        )
        for agreement in self:
            versions = series.get(agreement._origin.id, ())
            agreement.report_definition_all_ids = rows.filtered(
                lambda row, versions=versions: row.agreement_id.id in versions
            )

    def action_new_report_definition(self):
        """Add a report to what the agreement promises."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_report_definition_action"
        )
        return action | {
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_agreement_id": self.id,
                "default_company_id": self.company_id.id,
                "default_family": "supplier" if self.kind == "uc" else "sla",
            },
        }

    def _report_versions(self):
        """All versions of these agreements, before and after, drafts included.

        :rtype: itsm.agreement
        """
        agreements = self._origin.with_context(active_test=False)
        found = agreements
        older = agreements.previous_id
        while older - found:
            found |= older
            older = older.previous_id
        newer = found
        while newer:
            newer = newer.search([("previous_id", "in", newer.ids)]) - found
            found |= newer
        return found

    def _last_day(self):
        """Last day in force, or False while it stays in force.

        :rtype: datetime.date | bool
        """
        self.ensure_one()
        days = [self.terminated_on] if self.terminated_on else []
        if self.superseded_on:
            days.append(self.superseded_on - timedelta(days=1))
        return min(days) if days else False
