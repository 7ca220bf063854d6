# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ORDER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestSubstitute(ApprovalCommon):
    """Who decides in whose name (design 8, issue 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls._create_step("Boss", reviewer_id=cls.boss.id)
        cls.order = cls._create_order()

    def _create_substitute(self, user=None, substitute=None, **vals):
        return self.env["itsm.substitute"].create(
            {
                "user_id": (user or self.boss).id,
                "substitute_id": (substitute or self.anna).id,
                "date_from": "2026-03-02",
                "date_to": "2026-03-06",
                **vals,
            }
        )

    # === Entries ===

    def test_oneself(self):
        """Bad input: oneself, and days the wrong way round."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_substitute(substitute=self.boss)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_substitute(date_to="2026-03-01")
        result = self.env["itsm.substitute"].load(
            ["user_id/.id", "substitute_id/.id", "date_from", "date_to"],
            [[str(self.boss.id), str(self.boss.id), "2026-03-01", "2026-03-02"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("his own substitute", result["messages"][0]["message"])

    def test_overlap(self):
        """One substitute at a time for a company; the first and last day count."""
        self._create_substitute(company_id=self.company.id)
        other = self.env["res.company"].create({"name": "Other"})
        people = self.boss | self.ben
        people.company_ids = [Command.link(other.id)]
        for vals in (
            {},
            {"company_id": self.company.id},
            {"date_from": "2026-03-06", "date_to": "2026-03-09"},
            {"date_from": "2026-02-01", "date_to": "2026-03-02"},
        ):
            with self.subTest(vals=vals):
                with self.assertRefused(ValidationError, "has a substitute already"):
                    self._create_substitute(substitute=self.ben, **vals)
        self._create_substitute(
            substitute=self.ben, date_from="2026-03-07", date_to="2026-03-09"
        )
        self._create_substitute(substitute=self.ben, company_id=other.id)

    def test_each_other(self):
        """Two who are away do not stand in for each other on the same days."""
        first = self._create_substitute()
        with self.assertRefused(ValidationError, "for each other"):
            self._create_substitute(user=self.anna, substitute=self.boss)
        first.active = False
        self._create_substitute(user=self.anna, substitute=self.boss)
        with self.assertRefused(ValidationError, "for each other"):
            first.active = True

    def test_people(self):
        """Portal users, and people without the company, neither decide nor stand in."""
        with self.assertRefused(ValidationError, "portal user"):
            self._create_substitute(substitute=self.portal_user)
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRefused(ValidationError, "no access to Other"):
            self._create_substitute(company_id=other.id)

    def test_days(self):
        """The first and the last day are included, in the zone of who is away."""
        self.boss.tz = "Asia/Shanghai"  # UTC+8
        substitute = self._create_substitute()
        for moment, in_force in (
            ("2026-03-01 15:59:59", False),
            ("2026-03-01 16:00:00", True),
            ("2026-03-06 15:59:59", True),
            ("2026-03-06 16:00:00", False),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                substitute.invalidate_recordset()
                self.assertEqual(substitute.is_in_force, in_force)
                found = substitute.search([("is_in_force", "=", True)])
                self.assertEqual(substitute in found, in_force)
                principals = substitute._for_substitute(self.anna).user_id
                self.assertEqual(self.boss in principals, in_force)

    @freeze_time("2026-03-01 10:00:00")
    def test_rights(self):
        """Everybody enters his own; managers all; nobody makes himself a substitute."""
        model = self.env["itsm.substitute"]
        vals = {"date_from": "2026-03-02", "date_to": "2026-03-06"}
        own = model.with_user(self.boss).create({**vals, "substitute_id": self.anna.id})
        self.assertEqual(own.user_id, self.boss)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                model.with_user(self.ben).create(
                    {
                        **vals,
                        "user_id": self.cleo.id,
                        "substitute_id": self.ben.id,
                    }
                )
            with self.assertRaises(AccessError):
                own.with_user(self.anna).write({"date_to": date(2026, 12, 31)})
        with self.assertRaises(AccessError):
            model.with_user(self.portal_user).search([])
        entered = model.with_user(self.manager).create(
            {**vals, "user_id": self.cleo.id, "substitute_id": self.ben.id}
        )
        told = self.env["mail.message"].search(
            [("model", "=", model._name), ("res_id", "=", entered.id)]
            + [("partner_ids", "!=", False)]
        )
        self.assertEqual(told.partner_ids, (self.cleo | self.ben).partner_id)

    # === Decisions ===

    @freeze_time("2026-03-03 10:00:00")
    def test_decides(self):
        """The decision says both names; the person is told; both have taken part."""
        self._create_step("Next", reviewer_id=self.ben.id, sequence=40)
        self._create_substitute()
        self._ask(self.order)
        mails = self.env["mail.message"].search(
            [("model", "=", ORDER), ("res_id", "=", self.order.id)]
            + [("subject", "like", "Please decide")]
        )
        self.assertEqual(mails.notified_partner_ids, (self.boss | self.anna).partner_id)
        self.assertIn("in the name of", mails.body)
        order = self.order.with_user(self.anna)
        self.assertTrue(order.can_decide)
        self.assertIn(order, order.search([("can_decide", "=", True)]))
        self._decide(self.order, self.anna)
        decision = self.order.decision_ids
        self.assertEqual(decision.user_id, self.anna)
        self.assertEqual(decision.for_user_id, self.boss)
        self.assertTrue(decision.is_substitute)
        told = self.env["mail.message"].search(
            [("model", "=", ORDER), ("res_id", "=", self.order.id)]
            + [("body", "like", "in the name of Boss"), ("partner_ids", "!=", False)]
        )
        self.assertEqual(told.partner_ids, self.boss.partner_id)
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.boss)

    def test_outside_the_days(self):
        """Before and after the days nobody stands in."""
        self._create_substitute()
        with freeze_time("2026-03-01 10:00:00"):
            self._ask(self.order)
            with self.assertRefused(UserError, "not among those"):
                self._decide(self.order, self.anna)
        with freeze_time("2026-03-07 10:00:00"):
            with self.assertRefused(UserError, "not among those"):
                self._decide(self.order, self.anna)

    @freeze_time("2026-03-03 10:00:00")
    def test_requester(self):
        """The requester neither stands in for a reviewer nor is stood in for."""
        self._create_substitute(substitute=self.requester_user)
        self._ask(self.order)
        with self.assertRefused(UserError, "somebody else decides"):
            self._decide(self.order, self.requester_user)
        self._create_substitute(user=self.requester_user, substitute=self.ben)
        self.step.write({"reviewer_id": self.requester_user.id})
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.ben)

    @freeze_time("2026-03-03 10:00:00")
    def test_one_person_one_vote(self):
        """Who stands in does not vote a second time for himself, nor the person."""
        self.step.active = False
        self._create_group_step(
            "Two", self.anna | self.boss | self.ben, approval_rule="number", quorum=2
        )
        self._create_substitute()
        self._ask(self.order)
        self._decide(self.order, self.anna)  # in her own name first
        self.assertEqual(self.order.decision_ids.for_user_id, self.anna)
        for user in self.anna, self.anna:
            with self.assertRefused(UserError, "taken part in this step"):
                self._decide(self.order, user)
        self._decide(self.order, self.boss)
        self.assertEqual(self.order.approval_state, "approved")

    @freeze_time("2026-03-03 10:00:00")
    def test_two_steps(self):
        """Not one step in one's own name and another one in somebody's."""
        self._create_group_step("Next", self.anna | self.ben, sequence=40)
        self._create_substitute()
        self._ask(self.order)
        self._decide(self.order, self.anna)
        with self.assertRefused(UserError, "another step"):
            self._decide(self.order, self.anna)
        self._decide(self.order, self.ben)
        self.assertEqual(self.order.approval_state, "approved")

    @freeze_time("2026-03-03 10:00:00")
    def test_no_chain(self):
        """The substitute of a substitute decides nothing."""
        self._create_substitute()
        self._create_substitute(user=self.anna, substitute=self.ben)
        self._ask(self.order)
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.ben)

    @freeze_time("2026-03-03 10:00:00")
    def test_company(self):
        """A substitute for one company does not stand in in another."""
        other = self.env["res.company"].create({"name": "Other"})
        (self.boss | self.anna).company_ids = [Command.link(other.id)]
        self._create_substitute(company_id=other.id)
        order = self._create_order(company_id=self.company.id)
        self._ask(order)
        with self.assertRefused(UserError, "not among those"):
            self._decide(order, self.anna)
