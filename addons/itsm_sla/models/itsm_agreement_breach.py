# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAgreement(models.Model):
    """What was missed of an agreement, what follows from it, and what it costs."""

    _name = "itsm.agreement"
    _inherit = ["itsm.agreement", "itsm.action.mixin"]

    breach_count = fields.Integer(compute="_compute_breach_count")
    credit_currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Currency of Credits",
        ondelete="restrict",
        help="Empty: the currency of the company.",
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
    )
    credit_ids = fields.One2many(
        comodel_name="itsm.agreement.credit",
        inverse_name="agreement_id",
        string="Service Credits",
        copy=True,
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
    )
    credit_proposal_count = fields.Integer(
        compute="_compute_credit_proposal_count",
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
    )

    def _compute_breach_count(self):
        counts = dict(
            self.env["itsm.breach"]._read_group(
                [("agreement_id", "in", self.ids), ("exempt", "=", False)],
                ["agreement_id"],
                ["__count"],
            )
        )
        for agreement in self:
            agreement.breach_count = counts.get(agreement, 0)

    def _compute_credit_proposal_count(self):
        counts = dict(
            self.env["itsm.credit.proposal"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        for agreement in self:
            agreement.credit_proposal_count = counts.get(agreement, 0)

    def _check_not_frozen(self, names):
        names = set(names)
        if "credit_currency_id" in names:
            # A proposal is in the currency that was agreed.
            self.env["itsm.agreement.credit"]._check_terms_open(self)
        return super()._check_not_frozen(names)

    def action_view_breaches(self):
        """Open what was missed of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_breach_action"
        )
        return action | {
            "domain": [("agreement_id", "=", self.id)],
            "context": {"search_default_counted": 1},
        }

    def action_view_credit_proposals(self):
        """Open the proposals of service credits of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_credit_proposal_action"
        )
        return action | {"domain": [("agreement_id", "=", self.id)], "context": {}}

    def action_view_warnings(self):
        """Open the escalation rules that warn customers of this agreement by mail.

        None of them is on from the start (SLM-36).
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_escalation_rule_action"
        )
        return action | {
            "name": self.env._("Automatic Warnings to the Customer"),
            "domain": [
                ("warn_customer", "=", True),
                "|",
                ("agreement_ids", "=", False),
                ("agreement_ids", "in", self.ids),
            ],
            "context": {
                "active_test": False,
                "default_agreement_ids": self.ids,
                "default_company_id": self.company_id.id,
                "default_clock_kind": "sla",
                "default_metric": "resolution",
                "default_moment": "percent",
                "default_percent": self.at_risk_percent,
                "default_warn_customer": True,
            },
        }
