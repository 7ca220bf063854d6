# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractLink(ContractCommon):
    """Which contract an agreement may name, and who sees it (SLM-17)."""

    # === Which ===

    def test_same_customer(self):
        """SLM-17: the contract of another customer, a supplier's, one without a
        customer's agreement, and lines of another contract are refused."""
        other = self._contract(("A", 1), partner_id=self.customer_2.id)
        purchase = self._contract(("A", 1), contract_type="purchase")
        contact = self._contract(("A", 1), partner_id=self.requester.id)
        mine = self.agreement.with_user(self.sla_manager)
        for wrong in (other, purchase):
            with (
                self.assertRaisesRegex(ValidationError, "Customer Contract"),
                self.cr.savepoint(),
            ):
                mine.contract_id = wrong.id
        mine.contract_id = contact.id  # the same organisation
        with (
            self.assertRaisesRegex(ValidationError, "Contract Lines"),
            self.cr.savepoint(),
        ):
            mine.contract_line_ids = [Command.set(self.contract.contract_line_ids.ids)]
        mine.contract_line_ids = [Command.set(contact.contract_line_ids.ids)]
        with (
            self.assertRaisesRegex(ValidationError, "Contract Lines"),
            self.cr.savepoint(),
        ):
            mine.contract_id = self.contract.id
        for vals in (
            {"partner_id": False},
            {"kind": "uc", "supplier_id": self.customer.id},
            {"is_template": True, "partner_id": self.customer.id},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._draft_agreement(contract_id=self.contract.id, **vals)

    def test_form(self):
        """SLM-17: a manager without rights in accounting chooses contract and lines;
        another customer takes the choice back."""
        with Form(self.agreement.with_user(self.sla_manager)) as form:
            form.contract_id = self.card
            form.contract_line_ids.add(self.card.line_ids)
        self.assertEqual(self.agreement.contract_id, self.card)
        self.assertEqual(self.agreement.contract_line_ids, self.card.line_ids)
        with Form(self.agreement.with_user(self.sla_manager)) as form:
            form.signer_ids.clear()
            form.partner_id = self.customer_2
            self.assertFalse(form.contract_id)
        self.assertFalse(self.agreement.contract_line_ids)

    def test_two_companies(self):
        """SLM-17: contracts of another company are neither seen nor named."""
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self._contract(("A", 1), company_id=company.id)
        cards = self.env["itsm.customer.contract"].with_user(self.sla_manager)
        self.assertEqual(
            cards.search([("partner_id", "=", self.customer.id)]), self.card
        )
        with self.assertRaises(AccessError):
            cards.browse(foreign.id).check_access("read")
        for user in (self.sla_manager, self.env.user):
            with self.assertRaises(UserError):
                self.agreement.with_user(user).contract_id = foreign.id
                self.env.flush_all()
        self.sla_manager.company_ids |= company
        both = cards.with_context(allowed_company_ids=[self.company.id, company.id])
        self.assertIn(both.browse(foreign.id), both.search([]))

    def test_contract_stays(self):
        """SLM-17: customer, company and kind of an agreed contract stay."""
        self.agreement.contract_id = self.card
        contract = self.contract.with_user(self.accountant)
        with (
            self.assertRaisesRegex(ValidationError, "Make another contract"),
            self.cr.savepoint(),
        ):
            contract.partner_id = self.customer_2
        with (
            self.assertRaisesRegex(ValidationError, "Make another contract"),
            self.cr.savepoint(),
        ):
            contract.contract_type = "purchase"
        contract.partner_id = self.requester

    def test_deleted(self):
        """SLM-17: neither contract nor line is deleted while an agreement names it,
        archived ones included; below Odoo the database refuses, too."""
        self.agreement.write(
            {
                "contract_id": self.contract.id,
                "contract_line_ids": [Command.set(self.contract.contract_line_ids.ids)],
            }
        )
        self.agreement.active = False
        self.env.flush_all()
        line = self.contract.contract_line_ids
        with self.assertRaisesRegex(UserError, "Stop or cancel"), self.cr.savepoint():
            line.with_user(self.accountant).unlink()
        with self.assertRaisesRegex(UserError, "archive it"), self.cr.savepoint():
            self.contract.with_user(self.accountant).unlink()
        for table, record in (
            ("contract_contract", self.contract),
            ("contract_line", line),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(f"DELETE FROM {table} WHERE id = %s", [record.id])
        self.agreement.write({"contract_line_ids": [Command.clear()]})
        self.agreement.contract_id = False
        self.contract.with_user(self.accountant).unlink()

    # === Who ===

    def test_no_prices(self):
        """SLM-17: service level managers see which contract, and nothing of prices,
        messages or the contract itself; agents do not see the contract."""
        self.agreement.contract_id = self.card
        card = self.card.with_user(self.sla_manager)
        self.assertEqual(card.name_search("C-17")[0][0], card.id)
        self.assertEqual(card.read(["name"])[0]["name"], "Managed services")
        self.assertEqual(card.line_ids.mapped("display_name"), ["Desktop"])
        names = set(card._fields) | set(card.line_ids._fields)
        self.assertFalse(
            {name for name in names if "price" in name or "amount" in name}
        )
        for model in ("contract.contract", "contract.line", "contract.template"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.sla_manager).search([])
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.sla_manager).action_view_contract()
        for operation in ("write", "create", "unlink"):
            for user in (self.sla_manager, self.finance, self.accountant):
                self.assertFalse(card.with_user(user).has_access(operation))
        for user in (self.agent, self.lead, self.helpdesk_user):
            with self.assertRaises(AccessError):
                self.agreement.with_user(user).read(["contract_id"])
            with self.assertRaises(AccessError):
                card.with_user(user).read(["name"])
        for user in (self.portal_user, self.employee):
            with self.assertRaises(AccessError):
                card.with_user(user).search([])

    def test_accounting(self):
        """SLM-17: accounting works on as before, without rights on agreements; who
        has both sees the agreements and how last month was kept."""
        self.agreement.contract_id = self.card
        self.agreement.action_activate()
        contract = self.contract.with_user(self.accountant)
        contract.write({"name": "Renamed", "note": "A note"})
        with self.assertRaises(AccessError):
            contract.read(["itsm_agreement_count"])
        both = self._create_user(
            "contract-both",
            "account.group_account_invoice,helpdesk_mgmt.group_helpdesk_user_own",
        )
        contract = self.contract.with_user(both)
        self.assertEqual(contract.itsm_agreement_count, 1)
        self.assertEqual(contract.itsm_compliance, "")
        found = self.env["itsm.agreement"].search(
            contract.action_view_itsm_agreements()["domain"]
        )
        self.assertEqual(found, self.agreement)
        action = self.agreement.with_user(both).action_view_contract()
        self.assertEqual(action["res_id"], contract.id)

    def test_compliance(self):
        """SLM-17: last month's share of targets kept, over all agreements: in
        February one of two solved in time; what was kept in March does not count."""
        with self.at("2026-01-05 09:00"):
            self.agreement.write(
                {
                    "contract_id": self.contract.id,
                    "service_ids": [Command.clear()],
                    "target_ids": [
                        Command.clear(),
                        *self._target_commands({"2": (0, 240)}),
                    ],
                }
            )
            self.agreement.date_start = "2026-01-05"
            self.agreement.action_activate()
        for day, reported, solved in (
            ("2026-02-03", "10:00", "11:00"),
            ("2026-02-04", "10:00", "17:00"),
            ("2026-03-02", "10:00", "11:00"),
        ):
            ticket = self._report(f"{day} {reported}")
            self._move(f"{day} {solved}", ticket, "resolved")
        self.env.invalidate_all()
        with self.at(self.NOW):
            self.assertEqual(self.contract.itsm_compliance, "50.0 % (1/2)")
        self.env.invalidate_all()
        with self.at("2026-04-10 10:00"):
            self.assertEqual(self.contract.itsm_compliance, "100.0 % (1/1)")

    # === Versions and paper ===

    def test_carried(self):
        """SLM-17: new versions and supplements carry the link."""
        line = self.contract.contract_line_ids
        self.agreement.write(
            {
                "contract_id": self.contract.id,
                "contract_line_ids": [Command.set(line.ids)],
            }
        )
        self.agreement.action_activate()
        mine = self.agreement.with_user(self.sla_manager)
        for action in (mine.action_new_version(), mine.action_new_supplement()):
            made = mine.browse(action["res_id"])
            self.assertEqual(made.contract_id, self.card)
            self.assertEqual(made.contract_line_ids.ids, line.ids)

    def test_paper(self):
        """SLM-17: D02 names the contract and the lines; without one it says nothing.
        In Chinese, too."""
        before = str(self.agreement._paper_content("en_US"))
        self.assertNotIn("C-17", before)
        self.agreement.write(
            {
                "contract_id": self.contract.id,
                "contract_line_ids": [Command.set(self.contract.contract_line_ids.ids)],
            }
        )
        facts = {
            label: value
            for section in self.agreement._paper_content("en_US")["sections"]
            for label, value in section["facts"]
        }
        self.assertEqual(
            facts["Part of the contract"], "C-17 Managed services\n– Desktop"
        )
        self.assertNotIn("Part of the contract", before)

    def test_signed(self):
        """SLM-17, SLM-24: another contract voids what was put to signature; a signed
        draft keeps its contract; one in force without a contract may be given one."""
        self._mode("signing_authority", "off")
        self._sign_all()
        self.assertEqual(self._state(), "signed")
        with self.assertRaisesRegex(UserError, "signed"), self.cr.savepoint():
            self.agreement.with_user(self.sla_manager).contract_id = self.card
        self.agreement.action_activate()
        self.assertFalse(self.agreement.contract_is_frozen)
        self.agreement.with_user(self.sla_manager).contract_id = self.card
        self.env.invalidate_all()
        self.assertEqual(self._state(), "signed", "the paper is the same")
        self.assertTrue(self.agreement.contract_is_frozen)
        with self.assertRaisesRegex(UserError, "signed"), self.cr.savepoint():
            self.agreement.with_user(self.sla_manager).contract_id = False
        again = self._signable(partner_id=self.customer.id)
        self._put(again)
        self.assertEqual(self._state(again), "review")
        again.contract_id = self.card
        self.assertEqual(self._state(again), "draft", "the paper says less")
