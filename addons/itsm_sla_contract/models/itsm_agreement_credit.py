# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period


class ItsmAgreementCredit(models.Model):
    """Service credits whose amount of the month is that of the contract (SLM-64)."""

    _inherit = "itsm.agreement.credit"

    amount_source = fields.Selection(
        selection=[("entered", "Entered here"), ("contract", "Of the contract")],
        string="Monthly Amount Is",
        required=True,
        default="entered",
        help="Of the contract: the monthly equivalents of its recurring lines in the "
        "month, at the rate of its last day. What a decided proposal counted stays.",
    )
    may_see_contract_money = fields.Boolean(
        related="agreement_id.may_see_contract_money",
        string="Sees What Contracts Cost",
    )

    # === Constraints ===

    @api.constrains("amount_source", "agreement_id")
    def _check_amount_source(self):
        self.agreement_id._check_contract_credits()

    @api.model
    def _free_fields(self):
        return super()._free_fields() | {"amount_source"}

    @api.model
    def _may_follow_contract(self):
        """Whether the user, or code in his name, may take amounts of contracts.

        What contracts cost comes into an agreement by who may see it; a new version
        takes along what the one before said.
        """
        return (
            guard.has_token(self.env)
            or self.env["itsm.agreement"]._may_see_contract_money()
        )

    @api.model
    def _check_may_follow_contract(self, vals_list):
        """Refuse amounts of contracts to who may not see them.

        :raise AccessError: the user may not
        """
        if self._may_follow_contract():
            return
        if any(vals.get("amount_source") == "contract" for vals in vals_list):
            raise AccessError(
                self.env._(
                    "Amounts of contracts are taken over by finance and accounting. "
                    "Ask one of them."
                )
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_follow_contract(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if set(self.mapped("amount_source")) != {vals.get("amount_source")}:
            self._check_may_follow_contract([vals])
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not self._may_follow_contract():
            for vals in vals_list:
                vals["amount_source"] = "entered"
        return vals_list

    # === The amount of a month ===

    def _monthly_amounts(self, day):
        amounts = super()._monthly_amounts(day)
        following = self.filtered(lambda clause: clause.amount_source == "contract")
        agreements = following.agreement_id
        last = Period("month", day).end
        of_contract = agreements._contract_amounts(
            dict.fromkeys(agreements.ids, (day, last))
        )
        for clause in following:
            agreement = clause.agreement_id
            amount, currency = of_contract.get(agreement.id, (0, clause.currency_id))
            amounts[clause] = currency._convert(
                float(amount), clause.currency_id, agreement.company_id, last
            )
        return amounts
