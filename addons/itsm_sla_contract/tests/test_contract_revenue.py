# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRevenue(ContractCommon):
    """CFG-25: the recurring lines behind an agreement, as of a day."""

    def test_parts(self):
        """100 a month; 1,200 a year are 100 a month; a line that has ended nothing."""
        contract = self._contract(
            ("Monthly", 100),
            (
                "Yearly",
                1200,
                {"recurring_rule_type": "yearly", "date_end": "2026-06-30"},
            ),
        )
        agreement = self._draft_agreement(
            partner_id=self.customer.id, contract_id=contract.id
        )
        without = self._draft_agreement(partner_id=self.customer_2.id)
        both = agreement | without
        parts = both._revenue_parts(date(2026, 6, 30))
        self.assertEqual(
            sorted(amount for amount, _c in parts[agreement.id].values()), [100, 100]
        )
        self.assertNotIn(without.id, parts)
        parts = both._revenue_parts(date(2026, 7, 1))
        self.assertEqual([amount for amount, _c in parts[agreement.id].values()], [100])
