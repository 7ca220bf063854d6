# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.fields import Command

from odoo.addons.itsm_sla.tests.signing_common import SigningCommon


class ContractCommon(SigningCommon):
    """The first customer's contract, and people who see more or less of it.

    All at fixed days of 2026; now is Tuesday, 10 March 2026, unless a test says
    otherwise.
    """

    NOW = "2026-03-10 10:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user(
            "contract-accountant",
            "account.group_account_manager,contract_termination.can_terminate_contract",
        )
        cls.finance = cls._create_user(
            "contract-finance", "itsm_base.itsm_group_finance"
        )
        cls.reason = cls.env["contract.terminate.reason"].create(
            {"name": "Moved away", "terminate_comment_required": False}
        )
        cls.contract = cls._contract(
            ("Desktop", 100), code="C-17", name="Managed services"
        )
        cls.card = cls.env["itsm.customer.contract"].browse(cls.contract.id)

    @classmethod
    def _contract(cls, *lines, **vals):
        """A contract of the first customer from 2026-01-01 on.

        :param lines: pairs of name and price, or triples with more values
        """
        return cls.env["contract.contract"].create(
            {
                "name": "Contract",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "contract_type": "sale",
                "line_recurrence": True,
                "date_start": "2026-01-01",
                "contract_line_ids": [
                    Command.create(cls._line_vals(*line)) for line in lines
                ],
                **vals,
            }
        )

    @classmethod
    def _line_vals(cls, name, price, more=None):
        more = more or {}
        start = more.get("date_start", "2026-01-01")
        return {
            "name": name,
            "quantity": 1,
            "price_unit": price,
            "recurring_rule_type": "monthly",
            "recurring_interval": 1,
            "date_start": start,
            "recurring_next_date": start,
            **more,
        }

    def _card(self, contract):
        return self.env["itsm.customer.contract"].browse(contract.id)

    def _terminate(self, contract, day):
        contract.with_user(self.accountant)._terminate_contract(
            self.reason, "As agreed", fields.Date.to_date(day)
        )
