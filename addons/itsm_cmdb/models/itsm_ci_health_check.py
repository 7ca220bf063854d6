# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools.kpi import cut


class ItsmCiHealthCheck(models.Model):
    """All health checks of a company on a day, about which people are told once."""

    _name = "itsm.ci.health.check"
    _description = "Health Check of a Day"
    _inherit = ["itsm.notification.mixin", "itsm.evidence.mixin"]
    _order = "date desc, id desc"

    date = fields.Date(required=True, index=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: what belongs to all companies.",
    )
    result_ids = fields.One2many(
        comodel_name="itsm.ci.health.result", inverse_name="check_id", readonly=True
    )
    exceeded_count = fields.Integer(
        string="Beyond Tolerance", compute="_compute_exceeded_count"
    )
    summary = fields.Text(
        compute="_compute_summary", help="What went beyond its tolerance since."
    )

    _once = models.UniqueIndex(
        "(COALESCE(company_id, 0), date)", "The company was checked on this day."
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for check in self:
            parts = (str(check.date or ""), check.company_id.name)
            check.display_name = ", ".join(part for part in parts if part)

    @api.depends("result_ids.is_exceeded")
    def _compute_exceeded_count(self):
        for check in self:
            check.exceeded_count = len(check.result_ids.filtered("is_exceeded"))

    @api.depends("result_ids.is_new")
    @api.depends_context("lang")
    def _compute_summary(self):
        for check in self:
            check.summary = "\n".join(
                self.env._(
                    "%(rule)s: %(found)s of %(total)s (%(percent)s %%), tolerated are "
                    "%(tolerance)s %%",
                    rule=result.rule_id.name,
                    found=result.found,
                    total=result.total,
                    percent=cut(result.percent, 1, "down"),
                    tolerance=cut(result.tolerance, 1, "up"),
                )
                for result in check.result_ids.filtered("is_new")
            )
