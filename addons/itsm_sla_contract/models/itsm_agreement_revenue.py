# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    """The recurring lines of contracts that hang on an agreement (CFG-25)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _revenue_parts(self, day):
        parts = super()._revenue_parts(day)
        for agreement_id, lines in self._contract_lines().items():
            found = parts.setdefault(agreement_id, {})
            for line in lines:
                amount = line._itsm_monthly_equivalent()
                amount *= line._itsm_share_of(day, day)
                if amount:
                    currency = line.contract_id.currency_id
                    found["contract.line", line.id] = amount, currency
        return parts
