# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .contract_common import ContractCommon

RULE = "agreement_contract_dates"


@tagged("post_install", "-at_install")
class TestContractEnd(ContractCommon):
    """Dates of contract and agreement, and the end of the contract (SLM-17)."""

    def _linked(self, contract=None, **vals):
        return self._draft_agreement(
            **{
                "partner_id": self.customer.id,
                "contract_id": (contract or self.contract).id,
                "date_start": "2026-01-01",
                **vals,
            }
        )

    def _in_force(self, **vals):
        agreement = self._linked(**vals)
        agreement.action_activate()
        return agreement

    def _cron(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["itsm.agreement"]._cron_contract_end()
        self.env.flush_all()

    def _activities(self, agreement):
        self.env.invalidate_all()
        return agreement.activity_ids.filtered(
            lambda activity: activity.summary == "The contract is over"
        )

    # === Dates ===

    def test_dates(self):
        """SLM-17: what fits makes no finding; each date that does not fit is said,
        and recorded when the agreement is put in force."""
        ending = self._contract(("Desktop", 100, {"date_end": "2026-12-31"}))
        self.assertEqual(str(ending.date_end), "2026-12-31")
        for vals, words in (
            ({"date_end": "2026-12-31"}, ()),
            ({"date_end": "2027-01-01"}, ("01/01/2027", "12/31/2026")),
            ({"date_end": False}, ("nothing", "12/31/2026")),
            (
                {"date_start": "2025-12-31", "date_end": "2026-06-30"},
                ("12/31/2025", "01/01/2026"),
            ),
        ):
            with self.subTest(vals), self.at(self.NOW):
                agreement = self._linked(ending, **vals)
                note = agreement.with_user(self.sla_manager).contract_note or ""
                self.assertEqual(bool(note), bool(words))
                for word in words:
                    self.assertIn(word, note)
                before = self._findings(RULE)
                agreement.with_user(self.sla_manager).action_activate()
                found = self._findings(RULE) - before
                self.assertEqual(found.mapped("message"), [note] if words else [])
                self.assertEqual(agreement.state, "active")
                agreement.action_terminate()

    def test_renewed(self):
        """SLM-17: a line that renews itself has no end."""
        contract = self._contract(
            (
                "Desktop",
                100,
                {
                    "date_end": "2026-12-31",
                    "is_auto_renew": True,
                    "auto_renew_rule_type": "yearly",
                    "auto_renew_interval": 1,
                },
            )
        )
        with self.at(self.NOW):
            self.assertFalse(self._linked(contract).contract_note)

    def test_lines(self):
        """SLM-17: the dates of the chosen lines count, within those of the contract."""
        contract = self._contract(
            ("Desktop", 100, {"date_end": "2026-06-30"}),
            ("Hosting", 100),
        )
        line = contract.contract_line_ids[0]
        with self.at(self.NOW):
            whole = self._linked(contract)
            part = self._linked(contract, contract_line_ids=[Command.set(line.ids)])
            self.assertFalse(whole.contract_note)
            self.assertIn("06/30/2026", part.contract_note)

    def test_block(self):
        """SLM-17: with “block” neither activation nor a later end is possible."""
        ending = self._contract(("Desktop", 100, {"date_end": "2026-12-31"}))
        self._mode(RULE, "block")
        with self.at(self.NOW):
            agreement = self._linked(ending)
            with (
                self.assertRaisesRegex(ValidationError, "12/31/2026"),
                self.cr.savepoint(),
            ):
                agreement.with_user(self.sla_manager).action_activate()
            agreement.date_end = "2026-12-31"
            agreement.with_user(self.sla_manager).action_activate()
            with (
                self.assertRaisesRegex(ValidationError, "12/31/2026"),
                self.cr.savepoint(),
            ):
                agreement.with_user(self.sla_manager).date_end = "2027-12-31"

    def test_block_signature(self):
        """SLM-17: nor is it put to signature; “off” finds nothing."""
        ending = self._contract(("Desktop", 100, {"date_end": "2026-12-31"}))
        self.agreement.contract_id = ending.id
        self._mode(RULE, "block")
        with self.at(self.NOW):
            with (
                self.assertRaisesRegex(ValidationError, "12/31/2026"),
                self.cr.savepoint(),
            ):
                self._put()
            self._mode(RULE, "off")
            self._put()
        self.assertFalse(self._findings(RULE))

    # === The end ===

    def test_terminated(self):
        """SLM-17: accounting terminates: the agreement is marked and its manager has
        one activity; cancelling the termination takes both away."""
        with self.at(self.NOW):
            agreement = self._in_force()
            other = self._in_force(partner_id=self.customer_2.id, contract_id=False)
            self._terminate(self.contract, "2026-03-31")
            self.assertEqual(str(agreement.contract_over_on), "2026-03-31")
            activity = self._activities(agreement)
            self.assertEqual(activity.user_id, self.sla_manager)
            self.assertIn("terminated", agreement.contract_note)
            marked = [("contract_over_on", "!=", False)]
            self.assertEqual((agreement | other).filtered_domain(marked), agreement)
            self._cron()
            self.contract.with_user(self.accountant).write(
                {"terminate_date": "2026-03-20"}
            )
            self.assertEqual(self._activities(agreement), activity, "once")
            self.assertEqual(str(agreement.contract_over_on), "2026-03-20")
            self.contract.with_user(
                self.accountant
            ).action_cancel_contract_termination()
            self.assertFalse(agreement.contract_over_on)
            self.assertFalse(self._activities(agreement))
            self.assertFalse(activity.exists())
            self.assertFalse(other.contract_over_on)
            self.assertEqual(agreement.state, "active", "nothing ends by itself")

    def test_done_stays_done(self):
        """SLM-17: an activity that was done comes not again with the same end."""
        with self.at(self.NOW):
            agreement = self._in_force()
            self._terminate(self.contract, "2026-03-09")
            self._activities(agreement).with_user(self.sla_manager).action_done()
            self._cron()
            self.assertFalse(self._activities(agreement))
            self.assertTrue(agreement.contract_over_on)

    def test_ended(self):
        """SLM-17: on the last day it holds, on the day after it is over, in the
        agreement's zone; a longer contract takes the mark away."""
        contract = self._contract(("Desktop", 100, {"date_end": "2026-03-31"}))
        with self.at(self.NOW):
            agreement = self._in_force(contract=contract)
        with self.at("2026-03-31 23:30"):
            self._cron()
            self.assertFalse(agreement.contract_over_on)
        with self.at("2026-04-01 00:30"):
            self._cron()
            self.assertEqual(str(agreement.contract_over_on), "2026-03-31")
            self.assertEqual(len(self._activities(agreement)), 1)
            contract.contract_line_ids.with_user(self.accountant).write(
                {"date_end": "2026-12-31"}
            )
            self.assertFalse(agreement.contract_over_on)
            self.assertFalse(self._activities(agreement))

    def test_archived(self):
        """SLM-17: an archived contract is kept and named, and marks its agreement."""
        with self.at(self.NOW):
            agreement = self._in_force()
            self.contract.with_user(self.accountant).active = False
            self.assertEqual(str(agreement.contract_over_on), "2026-03-10")
            self.env.invalidate_all()
            mine = agreement.with_user(self.sla_manager)
            self.assertEqual(mine.contract_id.display_name, "C-17 Managed services")
            self.assertEqual(mine.contract_id.state, "archived")
            self.contract.with_user(self.accountant).active = True
            self.assertFalse(agreement.contract_over_on)

    def test_not_marked(self):
        """SLM-17: drafts, terminated agreements and those that another version took
        over from have no mark; who left the company gets no activity."""
        with self.at(self.NOW):
            draft = self._linked()
            agreement = self._in_force()
            agreement.owner_id.active = False
            self._terminate(self.contract, "2026-03-31")
            self.assertFalse(draft.contract_over_on)
            self.assertTrue(agreement.contract_over_on)
            self.assertFalse(self._activities(agreement))
            agreement.action_terminate()
            self.assertFalse(agreement.contract_over_on)

    def test_guard(self):
        """SLM-17: the mark is set by code alone."""
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.sla_manager).contract_over_on = "2026-01-01"
        with self.assertRaises(AccessError):
            self._draft_agreement(contract_over_on="2026-01-01")
