# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCiHealthResult(models.Model):
    """What one rule found on one day in one company: the trend."""

    _name = "itsm.ci.health.result"
    _description = "Health Check: Result"
    _inherit = "itsm.evidence.mixin"
    _order = "date desc, rule_id, id desc"

    check_id = fields.Many2one(
        comodel_name="itsm.ci.health.check",
        required=True,
        index=True,
        ondelete="restrict",
    )
    rule_id = fields.Many2one(
        comodel_name="itsm.ci.health.rule",
        string="Health Check",
        required=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: what belongs to all companies.",
    )
    date = fields.Date(required=True, index=True)
    found = fields.Integer()
    total = fields.Integer(string="Looked At")
    percent = fields.Float(
        string="Found (%)", digits=False, aggregator="avg", help="Unrounded."
    )
    tolerance = fields.Float(
        string="Tolerance (%)", digits=False, aggregator=None, help="On that day."
    )
    is_exceeded = fields.Boolean(string="Beyond Tolerance", index=True)
    is_new = fields.Boolean(
        string="Newly Beyond", help="The check before was within the tolerance."
    )

    _once = models.UniqueIndex(
        "(rule_id, COALESCE(company_id, 0), date)",
        "The check has a result of this day already.",
    )

    @api.depends("rule_id", "date")
    def _compute_display_name(self):
        for result in self:
            result.display_name = f"{result.rule_id.name} {result.date}"

    def action_view_findings(self):
        """Open what the rule finds now."""
        self.ensure_one()
        return self.rule_id.action_view_findings()
