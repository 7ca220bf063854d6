# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_sla.tests.breach_common import BreachCommon

from .contract_common import ContractCommon

MARCH = date(2026, 3, 1), date(2026, 3, 31)
#: Name, quantity × price, discount, rule and interval, per month: worked out by hand.
#: A month has 30 days: 7 days are 7/30 of it.
LEDGER = [
    ("Watch", 1, 10.0, 0, "daily", 1, 300.0),
    ("Two visits", 2, 70.0, 0, "weekly", 1, 600.0),
    ("Every other week", 1, 70.0, 0, "weekly", 2, 150.0),
    ("Desktop", 1, 100.0, 0, "monthly", 1, 100.0),
    ("At the month's end", 1, 50.0, 0, "monthlylastday", 1, 50.0),
    ("Every three months", 1, 90.0, 0, "monthly", 3, 30.0),
    ("Quarter", 1, 300.0, 0, "quarterly", 1, 100.0),
    ("Half-year", 1, 600.0, 0, "semesterly", 1, 100.0),
    ("Year", 1, 1200.0, 0, "yearly", 1, 100.0),
    ("Two years", 1, 2400.0, 0, "yearly", 2, 100.0),
    ("Less ten per cent", 1, 200.0, 10, "monthly", 1, 180.0),
    ("Nothing", 0, 999.0, 0, "monthly", 1, 0.0),
    ("Discount", 1, -60.0, 0, "monthly", 1, -60.0),
]


@tagged("post_install", "-at_install")
class TestContractAmount(ContractCommon):
    """Monthly and yearly amounts from recurring lines (SLM-17, SLM-64)."""

    def _amount(self, agreement, span=MARCH):
        self.env.invalidate_all()
        amount, _currency = agreement._contract_amounts({agreement.id: span})[
            agreement.id
        ]
        return round(float(amount), 6)

    def _linked(self, contract, **vals):
        return self._draft_agreement(
            partner_id=self.customer.id, contract_id=contract.id, **vals
        )

    def test_ledger(self):
        """SLM-17: each recurrence as contracts themselves reckon it; 1750 a month."""
        contract = self._contract(
            *(
                (
                    name,
                    price,
                    {
                        "quantity": quantity,
                        "discount": discount,
                        "recurring_rule_type": rule,
                        "recurring_interval": interval,
                    },
                )
                for name, quantity, price, discount, rule, interval, _month in LEDGER
            )
        )
        for line, row in zip(contract.contract_line_ids, LEDGER, strict=True):
            with self.subTest(row[0]):
                equivalent = float(line._itsm_monthly_equivalent())
                self.assertAlmostEqual(equivalent, row[-1])
                self.assertAlmostEqual(line.monthly_recurring, row[-1], 2)
        self.env["contract.line"].create(
            [
                {
                    "contract_id": contract.id,
                    "name": "A heading",
                    "display_type": "line_section",
                    "date_start": "2026-01-01",
                    "recurring_next_date": "2026-01-01",
                },
                self._line_vals("Cancelled", 5000, {"is_canceled": True})
                | {"contract_id": contract.id},
            ]
        )
        with self.at(self.NOW):
            agreement = self._linked(contract)
            self.assertEqual(self._amount(agreement), 1750)
            self.assertEqual(agreement.contract_amount_month, 1750)
            self.assertEqual(agreement.contract_amount_year, 21000)
            contract.active = False
            self.assertEqual(self._amount(agreement), 1750, "archived is kept")

    def test_days(self):
        """SLM-17: a line counts by its days of the month: 310/31·10 + 620/31·21 = 520;
        from the day of a termination on nothing."""
        contract = self._contract(
            ("Old", 310, {"date_end": "2026-03-10"}),
            ("New", 620, {"date_start": "2026-03-11"}),
            ("Past", 777, {"date_end": "2026-02-28"}),
            ("To come", 888, {"date_start": "2026-05-01"}),
        )
        agreement = self._linked(contract)
        self.assertEqual(self._amount(agreement), 520)
        april = date(2026, 4, 1), date(2026, 4, 30)
        self.assertEqual(self._amount(agreement, april), 620)
        contract.write({"is_terminated": True, "terminate_date": "2026-04-15"})
        self.assertEqual(self._amount(agreement, april), 310)
        may = date(2026, 5, 1), date(2026, 5, 31)
        self.assertEqual(self._amount(agreement, may), 0)

    def test_lines(self):
        """SLM-17: of the chosen lines alone, and of the lines that follow them."""
        contract = self._contract(
            ("Desktop", 100, {"date_end": "2026-02-28", "is_auto_renew": False}),
            ("Hosting", 4000),
        )
        desktop = contract.contract_line_ids[0]
        follower = desktop.copy(
            {
                "contract_id": contract.id,
                "date_start": "2026-03-01",
                "date_end": False,
                "recurring_next_date": "2026-03-01",
                "predecessor_contract_line_id": desktop.id,
                "price_unit": 120,
            }
        )
        follower.specific_price = 120
        desktop.successor_contract_line_id = follower
        agreement = self._linked(contract, contract_line_ids=[Command.set(desktop.ids)])
        february = date(2026, 2, 1), date(2026, 2, 28)
        self.assertEqual(self._amount(agreement, february), 100)
        self.assertEqual(self._amount(agreement), 120)

    def test_take_amount(self):
        """SLM-17: finance takes the yearly amount over; service level managers
        without that right neither see nor take it."""
        with self.at(self.NOW):
            agreement = self._linked(self.contract, amount=5)
            mine = agreement.with_user(self.sla_manager)
            self.assertFalse(mine.may_see_contract_money)
            for name in ("contract_amount_month", "contract_amount_year"):
                with self.assertRaises(AccessError):
                    mine.read([name])
            with self.assertRaisesRegex(AccessError, "finance"), self.cr.savepoint():
                mine.action_take_contract_amount()
            agreement.with_user(self.finance).action_take_contract_amount()
            self.assertEqual(agreement.amount, 1200)
            self.assertEqual(mine.amount, 1200, "the agreement is worth that")
            agreement.action_activate()
            with self.assertRaisesRegex(UserError, "draft"), self.cr.savepoint():
                agreement.with_user(self.finance).action_take_contract_amount()
        self.contract.contract_line_ids.price_unit = 500
        self.assertEqual(agreement.amount, 1200, "stays what it was")

    def test_take_currency(self):
        """SLM-17: a contract in another currency: its own currency, unconverted."""
        self._dollar()
        with self.at(self.NOW):
            agreement = self._linked(self.contract)
            agreement.with_user(self.finance).action_take_contract_amount()
        self.assertEqual(agreement.currency_id.name, "USD")
        self.assertEqual(agreement.amount, 1200)

    def test_currency_signing(self):
        """SLM-17, SLM-74: what may be signed is compared at the day's rate. By hand:
        100 dollars a month are 1200 a year; at four to the euro that is 300 euros."""
        self._dollar()
        authority = self.authorities[0]
        self.assertEqual(authority.currency_id.name, "EUR")
        with self.at(self.NOW):
            agreement = self._linked(self.contract)
            self.assertEqual(agreement.contract_currency_id.name, "USD")
            self.assertEqual(agreement.contract_amount_month, 100)
            agreement.with_user(self.finance).action_take_contract_amount()
            for limit, covers in ((299.99, False), (300, True)):
                authority.amount_max = limit
                self.assertIs(authority._covers(agreement), covers, limit)
        with self.at("2026-04-01 10:00"):
            authority.amount_max = 599.99
            self.assertFalse(authority._covers(agreement), "600 at two to the euro")

    def _dollar(self):
        """The contract is in dollars, two of which are one of the company's money
        at the end of March, four before."""
        dollar = self.env.ref("base.USD")
        euro = self.env.ref("base.EUR")
        (dollar | euro).active = True
        self.env["res.currency.rate"].search([]).unlink()
        self.company.currency_id = euro
        self.env["res.currency.rate"].create(
            [
                {"name": day, "currency_id": dollar.id, "rate": rate}
                | {"company_id": self.company.id}
                for day, rate in (("2026-01-01", 4), ("2026-03-31", 2))
            ]
        )
        self.contract.currency_id = dollar
        return dollar

    # === Service credits ===

    def test_clause(self):
        """SLM-64: only who may see prices lets a clause follow the contract, a new
        version takes it along; without a contract there is nothing to follow."""
        clause = {
            "name": "§ 7",
            "measure": "ticket",
            "amount_kind": "percent",
            "percent": 10,
        }
        following = clause | {"amount_source": "contract"}
        with self.at(self.NOW):
            agreement = self._linked(self.contract, credit_ids=[Command.create(clause)])
            mine = agreement.with_user(self.sla_manager)
            with self.assertRaisesRegex(AccessError, "finance"), self.cr.savepoint():
                mine.credit_ids.amount_source = "contract"
            with self.assertRaisesRegex(AccessError, "finance"), self.cr.savepoint():
                mine.credit_ids = [Command.create(following)]
            with self.assertRaises(AccessError):
                mine.action_credits_follow_contract()
            agreement.with_user(self.finance).action_credits_follow_contract()
            self.assertEqual(agreement.credit_ids.amount_source, "contract")
            with (
                self.assertRaisesRegex(ValidationError, "choose the contract"),
                self.cr.savepoint(),
            ):
                agreement.contract_id = False
            with (
                self.assertRaisesRegex(ValidationError, "choose the contract"),
                self.cr.savepoint(),
            ):
                self._draft_agreement(
                    partner_id=self.customer.id,
                    credit_ids=[Command.create(following)],
                )
            agreement.action_activate()
            action = mine.action_new_version()
            version = agreement.browse(action["res_id"])
            self.assertEqual(version.contract_id, self.card)
            self.assertEqual(version.credit_ids.amount_source, "contract")
            copied = mine.copy()
            self.assertEqual(copied.credit_ids.amount_source, "entered")

    def test_batch(self):
        """SLM-17: amounts, terms and marks of fifty agreements cost what one does."""

        def make(count):
            return self.env["itsm.agreement"].browse(
                [
                    self._linked(
                        self._contract(("A", 100), ("B", 300, {"quantity": 2})),
                        name=f"Number {number}",
                    ).id
                    for number in range(count)
                ]
            )

        def work(agreements):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            spans = dict.fromkeys(agreements.ids, MARCH)
            amounts = agreements._contract_amounts(spans)
            self.assertEqual({float(a) for a, _c in amounts.values()}, {700.0})
            agreements._contract_messages()
            agreements._contract_mark()
            agreements.with_user(self.sla_manager).mapped("contract_id.display_name")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self.at(self.NOW):
            few, many = make(2), make(50)
            work(few)
            self.assertLessEqual(work(many), work(few) + 1)


@tagged("post_install", "-at_install")
class TestContractCredit(BreachCommon):
    """Service credits of a month by the contract (SLM-64)."""

    _contract = classmethod(ContractCommon._contract.__func__)
    _line_vals = classmethod(ContractCommon._line_vals.__func__)

    def _compute(self, day=MARCH[0], wall="2026-04-02 10:00"):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(wall):
            found = self.env["itsm.credit.proposal"]._compute_month(self.agreement, day)
            self.env.flush_all()
        return found

    def test_month(self):
        """SLM-64: 10 % of the month of the contract, per late ticket, for the month
        in which it was late; a decided amount stays, whatever the contract becomes."""
        self.agreement.action_terminate()
        contract = self._contract(
            ("Old", 1000, {"date_end": "2026-03-31"}),
            ("New", 5000, {"date_start": "2026-04-01"}),
        )
        self.agreement = self._create_agreement(
            self.minutes,
            partner_id=self.customer.id,
            contract_id=contract.id,
            credit_ids=[
                Command.create(
                    {
                        "name": "§ 7",
                        "measure": "ticket",
                        "amount_kind": "percent",
                        "percent": 10,
                        "amount_source": "contract",
                        "monthly_amount": 77,
                    }
                )
            ],
        )
        first = self._late_ticket(resolved="2026-03-23 16:00")
        second = self._late_ticket(resolved="2026-03-23 17:00")
        self._explain(self._breaches(second), self.cause_customer)
        proposal = self._compute()
        self.assertEqual(proposal.line_ids.monthly_amount, 1000)
        self.assertEqual(proposal.total, 100)
        proposal._accept()
        contract.contract_line_ids[0].price_unit = 9000
        self.assertFalse(self._compute(), "what was counted stays")
        self._explain(self._breaches(second), self.cause)
        self.assertEqual(self._compute().total, 100, "a correction counts the same")
        self.assertTrue(first)

    _dollar = TestContractAmount._dollar

    def test_month_in_dollars(self):
        """SLM-64: a contract in another currency counts in the company's money, at the
        rate of the month's last day, and so month by month.

        By hand, 10 % for a late ticket of 1000 dollars a month. March: at 2 to the
        euro 500.00, so 50.00. April: at 3 to the euro 333.33, so 33.33.
        """
        self.agreement.action_terminate()
        self.contract = self._contract(("Services", 1000))
        dollar = self._dollar()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-04-30",
                "currency_id": dollar.id,
                "rate": 3,
                "company_id": self.company.id,
            }
        )
        self.agreement = self._create_agreement(
            self.minutes,
            partner_id=self.customer.id,
            contract_id=self.contract.id,
            credit_ids=[
                Command.create(
                    {
                        "name": "§ 7",
                        "measure": "ticket",
                        "amount_kind": "percent",
                        "percent": 10,
                        "amount_source": "contract",
                    }
                )
            ],
        )
        self._late_ticket(resolved="2026-03-23 16:00")
        self._late_ticket("2026-04-20 10:00", resolved="2026-04-20 16:00")
        for month, wall, monthly, credit in (
            (MARCH[0], "2026-04-02 10:00", 500.0, 50.0),
            (date(2026, 4, 1), "2026-05-04 10:00", 333.33, 33.33),
        ):
            with self.subTest(month):
                proposal = self._compute(month, wall)
                self.assertEqual(proposal.currency_id.name, "EUR")
                self.assertAlmostEqual(proposal.line_ids.monthly_amount, monthly)
                self.assertAlmostEqual(proposal.total, credit)
