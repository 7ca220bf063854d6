# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import Period

#: Who sees what a contract costs: its own readers, and who has prices and costs here.
MONEY_GROUPS = ("itsm_base.itsm_group_finance", "account.group_account_invoice")


class ItsmAgreement(models.Model):
    """What the customer pays under the contract of an agreement (SLM-17, SLM-64)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    may_see_contract_money = fields.Boolean(compute="_compute_may_see_contract_money")
    contract_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_contract_amount",
        groups=",".join(MONEY_GROUPS),
    )
    contract_amount_month = fields.Monetary(
        string="Contract, per Month",
        currency_field="contract_currency_id",
        compute="_compute_contract_amount",
        groups=",".join(MONEY_GROUPS),
        help="Monthly equivalents of the recurring lines in force today, or on the "
        "first day of the agreement if it has not begun; before taxes. A month has 30 "
        "days, as in contracts.",
    )
    contract_amount_year = fields.Monetary(
        string="Contract, per Year",
        currency_field="contract_currency_id",
        compute="_compute_contract_amount",
        groups=",".join(MONEY_GROUPS),
        help="Twelve times the amount of a month.",
    )

    # === Computes ===

    @api.depends_context("uid")
    def _compute_may_see_contract_money(self):
        self.may_see_contract_money = self._may_see_contract_money()

    @api.depends("contract_id", "contract_line_ids", "date_start", "tz")
    def _compute_contract_amount(self):
        agreements = self._origin
        days = {
            agreement.id: max(filter(None, (agreement._today(), agreement.date_start)))
            for agreement in agreements
        }
        amounts = agreements._contract_amounts(
            {agreement_id: (day, day) for agreement_id, day in days.items()}
        )
        empty = 0.0, self.env["res.currency"]
        for agreement in self:
            amount, currency = amounts.get(agreement._origin.id, empty)
            agreement.contract_currency_id = currency
            agreement.contract_amount_month = float(amount)
            agreement.contract_amount_year = float(12 * amount)

    @api.model
    def _may_see_contract_money(self):
        """Whether the user may see what contracts cost.

        :rtype: bool
        """
        return self.env.su or any(map(self.env.user.has_group, MONEY_GROUPS))

    def _contract_amounts(self, days):
        """What is paid for a month under these agreements, before taxes.

        The sum of the monthly equivalents of the lines. A line that is in force for a
        part of the days counts by its share of them. Constant queries.

        :param dict days: of agreement id to a pair of first and last day
        :return: dict of agreement id to ``(Fraction, res.currency of the contract)``;
            agreements without a contract are left out
        """
        lines_of = self._contract_lines()
        agreements = self.sudo().filtered("contract_id")  # sudo: see _contract_lines
        contracts = {contract.id: contract for contract in agreements._contract()}
        amounts = {}
        for agreement in agreements:
            contract = contracts[agreement.contract_id.id]
            first, last = days[agreement.id]
            total = sum(
                line._itsm_monthly_equivalent() * line._itsm_share_of(first, last)
                for line in lines_of[agreement.id]
            )
            amount = max(Fraction(total), Fraction())  # discounts give nothing back
            amounts[agreement.id] = amount, contract.currency_id
        return amounts

    # === Constraints ===

    @api.constrains("contract_id")
    def _check_contract_credits(self):
        # sudo: whoever changes the agreement
        for agreement in self.sudo():
            following = agreement.credit_ids.filtered(
                lambda clause: clause.amount_source == "contract"
            )
            if following and not agreement.contract_id:
                raise ValidationError(
                    self.env._(
                        "%(clause)s takes its monthly amount from the contract of "
                        "%(agreement)s: choose the contract, or enter the amount.",
                        clause=following[0].name,
                        agreement=agreement.display_name,
                    )
                )

    # === Actions ===

    def action_take_contract_amount(self):
        """Make the yearly amount of a draft that of its contract.

        The agreement is then worth that, in the contract's currency, and stays so.

        :raise AccessError: the user may not see what contracts cost
        :raise UserError: the agreement is no draft, or has no contract
        """
        self._check_contract_money()
        for agreement in self.sudo():  # sudo: finance keeps no agreements
            if agreement.state != "draft" or not agreement.contract_id:
                raise UserError(
                    self.env._(
                        "%(agreement)s: choose a contract first, and only for a draft.",
                        agreement=agreement.display_name,
                    )
                )
            agreement.write(
                {
                    "amount": agreement.contract_amount_year,
                    "currency_id": agreement.contract_currency_id.id,
                }
            )
        return True

    def action_credits_follow_contract(self):
        """Let the service credits of these take their monthly amount from the contract.

        :raise AccessError: the user may not see what contracts cost
        """
        self._check_contract_money()
        # sudo: finance keeps no agreements
        self.sudo().credit_ids.amount_source = "contract"
        return True

    def _check_contract_money(self):
        self.check_access("read")
        if not self._may_see_contract_money():
            raise AccessError(
                self.env._(
                    "Amounts of contracts are taken over by finance and accounting. "
                    "Ask one of them."
                )
            )

    # === How it is kept ===

    def _contract_compliance(self):
        """How these agreements were kept in the last month, by contract; one query.

        :return: dict of contract id to targets met and measured
        """
        if not self.ids:
            return {}
        # sudo: how an agreement is kept does not depend on who asks
        agreements = self.sudo()
        results = agreements.env["itsm.target.result"]
        now = fields.Datetime.now()
        spans = []
        for agreement in agreements:
            month = Period.of("month", agreement._local_date(now, agreement.tz))
            month = month.previous()
            spans.append(
                SQL(
                    "(%s, %s, %s::date, %s::date)",
                    *(agreement.id, agreement.contract_id.id, month.start, month.end),
                )
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT span.contract_id, SUM(r.met), COUNT(*)
                     FROM (VALUES %(spans)s)
                          AS span (agreement_id, contract_id, first, last)
                     JOIN %(results)s r ON r.agreement_id = span.agreement_id
                      AND r.day BETWEEN span.first AND span.last
                    WHERE r.is_history IS NOT TRUE AND r.agreement_id IN %(ids)s
                    GROUP BY 1""",
                spans=SQL(", ").join(spans),
                results=results._table_sql,
                ids=tuple(self.ids),
            )
        )
        return {contract: (met or 0, measured) for contract, met, measured in rows}
