# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCiImpactAgreement(models.TransientModel):
    """One agreement that is at stake, with what it promises."""

    _name = "itsm.ci.impact.agreement"
    _description = "Impact: Agreement"
    _order = "id"

    impact_id = fields.Many2one(
        comodel_name="itsm.ci.impact", required=True, ondelete="cascade", index=True
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        ondelete="cascade",
        help="Empty: every customer without an agreement of his own.",
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        relation="itsm_ci_impact_agreement_service_rel",
        column1="line_id",
        column2="service_id",
        string="Services",
        help="That fail and are covered. Empty: configuration items of the customer "
        "himself fail.",
    )
    targets = fields.Char(string="Availability Promised")
    has_left = fields.Boolean()
    left_minutes = fields.Float()
    left_text = fields.Char(
        string="May Still Be Down",
        compute="_compute_left_text",
        help="In the month, of the target of which least is left.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", groups="itsm_base.itsm_group_finance"
    )
    revenue = fields.Monetary(groups="itsm_base.itsm_group_finance")
    revenue_text = fields.Char(
        string="Revenue per Month",
        compute="_compute_revenue_text",
        groups="itsm_base.itsm_group_finance",
        help="Recurring lines of its contract, before taxes.",
    )

    @api.depends("has_left", "left_minutes")
    @api.depends_context("lang")
    def _compute_left_text(self):
        for line in self:
            if not line.has_left:
                line.left_text = "–"
            elif line.left_minutes <= 0:
                line.left_text = self.env._("nothing")
            else:
                line.left_text = self.env._(
                    "%(minutes)s min", minutes=int(line.left_minutes)
                )

    @api.depends("revenue", "currency_id")
    def _compute_revenue_text(self):
        for line in self:
            currency = line.currency_id
            line.revenue_text = currency.format(line.revenue) if currency else "–"

    def action_view_agreement(self):
        """Open the agreement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.agreement",
            "res_id": self.agreement_id.id,
            "view_mode": "form",
        }
