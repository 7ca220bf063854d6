# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: What an agreement follows.
FOLLOWED = frozenset({"date_start", "date_end", "is_canceled", "is_auto_renew"})
#: Months for which one recurrence of a line pays. As contracts reckon themselves: a
#: month has 30 days, a year twelve such months.
MONTHS = {
    "daily": Fraction(1, 30),
    "weekly": Fraction(7, 30),
    "monthly": Fraction(1),
    "monthlylastday": Fraction(1),
    "quarterly": Fraction(3),
    "semesterly": Fraction(6),
    "yearly": Fraction(12),
}


class ContractLine(models.Model):
    """Lines that agreements are part of are kept, and their dates followed (SLM-17)."""

    _inherit = "contract.line"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & FOLLOWED:
            self.env["itsm.agreement"]._contract_changed(self.contract_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        # sudo: agreements of which accounting need not know
        agreements = self.env["itsm.agreement"].sudo().with_context(active_test=False)
        found = agreements.search(Domain("contract_line_ids", "in", self.ids), limit=1)
        line = self.browse(found.contract_line_ids.ids) & self
        if line:
            raise UserError(
                self.env._(
                    "%(line)s: a service level agreement is part of this line. Stop or "
                    "cancel the line instead of deleting it.",
                    line=line[0].name,
                )
            )

    # === What a month costs ===

    def _itsm_monthly_equivalent(self):
        """What this line costs in a month, before taxes, in the contract's currency.

        :rtype: fractions.Fraction
        """
        self.ensure_one()
        months = MONTHS[self.recurring_rule_type] * (self.recurring_interval or 1)
        return Fraction(self.price_subtotal) / months

    def _itsm_share_of(self, first, last):
        """The share of the days from ``first`` to ``last`` on which this line holds.

        :param datetime.date first: first day
        :param datetime.date last: last day, included
        :rtype: fractions.Fraction
        """
        self.ensure_one()
        contract = self.contract_id
        ended = contract.is_terminated and contract.terminate_date
        begins = max(filter(None, (first, self.date_start)))
        ends = min(filter(None, (last, self.date_end, ended)))
        if self.date_end and self.is_auto_renew:
            ends = last  # it goes on by itself
        days = max((ends - begins).days + 1, 0)
        return Fraction(days, (last - first).days + 1)
