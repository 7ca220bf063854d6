# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestShiftExchange(OrganisationCommon):
    """Asked by one, accepted by the other, approved by a lead (DSK-08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exchanges = cls.env["itsm.shift.exchange"]
        cls.lead_2 = cls._create_user("itsm-lead-2", "itsm_base.itsm_group_lead")
        cls.mine = cls._shift(cls.agent, "2026-03-24 08:00", "2026-03-24 16:00")
        # at the same time: the swap itself must not count as an overlap
        cls.his = cls._shift(cls.agent_2, "2026-03-24 12:00", "2026-03-24 20:00")

    def setUp(self):
        super().setUp()
        self.startPatcher(self.at("2026-03-23 10:00"))

    def _ask(self, user=None, **vals):
        exchange = self.exchanges.with_user(user or self.agent).create(
            {
                "shift_id": self.mine.id,
                "colleague_id": self.agent_2.id,
                "return_shift_id": self.his.id,
                **vals,
            }
        )
        exchange.action_ask()
        return exchange

    def test_swap(self):
        """DSK-08: nothing changes hands before the approval; then both do, at once."""
        exchange = self._ask(reason="Doctor")
        self.assertEqual(exchange.sudo().activity_user_id, self.agent_2)
        exchange.with_user(self.agent_2).action_accept()
        self.assertEqual(exchange.approval_state, "waiting")
        self.assertEqual(
            (self.mine.user_id, self.his.user_id), (self.agent, self.agent_2)
        )
        exchange.with_user(self.lead).action_approve("Fine")
        self.env.flush_all()
        self.assertEqual(exchange.state, "done")
        self.assertEqual(
            (self.mine.user_id, self.his.user_id), (self.agent_2, self.agent)
        )
        self.assertEqual(exchange.requester_id, self.agent, "as it was asked")
        self.assertEqual(exchange.decision_ids.user_id, self.lead)

    def test_take_over(self):
        """DSK-08: a shift can be given away for none."""
        self.his.unlink()
        exchange = self._ask(return_shift_id=False)
        exchange.with_user(self.agent_2).action_accept()
        exchange.with_user(self.lead).action_approve()
        self.assertEqual(self.mine.user_id, self.agent_2)

    def test_who_decides(self):
        """DSK-08: neither accepts for the other; neither approves, leads included."""
        exchange = self._ask()
        for user in (self.agent, self.lead):
            with self.assertRaisesRegex(UserError, "for .* to decide"):
                exchange.with_user(user).action_accept()
        exchange.with_user(self.agent_2).action_accept()
        for user in (self.agent, self.agent_2):
            with self.assertRaises(UserError):
                exchange.with_user(user).action_approve()

    def test_leads_among_themselves(self):
        """DSK-08: a lead who gives his shift away has another lead approve."""
        shift = self._shift(self.lead, "2026-03-25 08:00", "2026-03-25 16:00")
        exchange = self._ask(self.lead, shift_id=shift.id, return_shift_id=False)
        exchange.with_user(self.agent_2).action_accept()
        with self.assertRaises(UserError):
            exchange.with_user(self.lead).action_approve()
        exchange.with_user(self.lead_2).action_approve()
        self.assertEqual(shift.user_id, self.agent_2)

    def test_decline_reject_take_back(self):
        """DSK-08: three ways in which the shifts stay where they are; one lead decides
        here, so that his no is the last word."""
        self.env.ref("itsm_desk.itsm_shift_exchange_tier").write(
            {
                "review_type": "individual",
                "reviewer_id": self.lead.id,
                "reviewer_group_id": False,
            }
        )
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_decline()
        self.assertEqual((exchange.state, exchange.answer), ("cancelled", "Declined"))
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_accept()
        exchange.with_user(self.lead).action_reject("Too short notice")
        self.assertEqual(exchange.state, "cancelled")
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_accept()
        exchange.action_cancel()
        self.assertEqual(
            (exchange.state, exchange.approval_state), ("cancelled", "none")
        )
        self.assertEqual(
            (self.mine.user_id, self.his.user_id), (self.agent, self.agent_2)
        )

    def test_one_of_several_leads_rejects(self):
        """DSK-08: the first lead decides, also with a no; both people are told, and
        another lead has nothing left to decide."""
        # as it is shipped, whatever the database holds
        self.env.ref("itsm_desk.itsm_shift_exchange_tier").approval_rule = "first"
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_accept()
        exchange.with_user(self.lead).action_reject("Too short notice")
        self.env.flush_all()
        self.assertEqual(exchange.state, "cancelled")
        self.assertEqual(exchange.approval_state, "rejected")
        self.assertEqual(
            (self.mine.user_id, self.his.user_id), (self.agent, self.agent_2)
        )
        told = self.env["mail.message"].search(
            [
                ("model", "=", exchange._name),
                ("res_id", "=", exchange.id),
                ("body", "ilike", "is rejected"),
            ]
        )
        self.assertEqual(
            told.partner_ids, self.agent.partner_id | self.agent_2.partner_id
        )
        with self.assertRaises(UserError):
            exchange.with_user(self.lead_2).action_approve()
        self.assertFalse(exchange.sudo().activity_ids)

    def test_steps_cannot_be_entered(self):
        """DSK-08, RPC: nobody writes that the colleague has accepted."""
        exchange = self._ask()
        with self.assertRaises(AccessError):
            exchange.write({"state": "accepted"})
        with self.assertRaises(AccessError):
            exchange.with_user(self.lead).write({"state": "done"})
        with self.assertRaises(UserError):
            exchange.action_request_approval()
        with self.assertRaises(UserError):
            exchange.write({"colleague_id": self.lead.id})
        with self.assertRaises(AccessError):
            self.exchanges.with_user(self.agent).create(
                {
                    "shift_id": self.mine.id,
                    "colleague_id": self.agent_2.id,
                    "state": "accepted",
                }
            )
        with self.assertRaises(AccessError):
            self.exchanges.with_user(self.agent).with_context(
                default_state="accepted"
            ).create({"shift_id": self.mine.id, "colleague_id": self.agent_2.id})
        with self.assertRaises(AccessError):
            exchange.with_user(self.agent_2).write({"reason": "Changed"})

    def test_other_people(self):
        """DSK-08: somebody else's shift, another team, portal, another company."""
        with self.assertRaises(AccessError):
            self._ask(self.agent_2, colleague_id=self.lead.id, return_shift_id=False)
        with self.assertRaisesRegex(ValidationError, "not a member"):
            self._ask(colleague_id=self.manager.id, return_shift_id=False)
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self._ask(colleague_id=self.agent.id, return_shift_id=False)
        exchange = self._ask()
        _company, other_lead = self._other_company()
        for user in (self.portal_user, self.employee, other_lead, self.helpdesk_user):
            with self.assertRaises(AccessError):
                exchange.with_user(user).read(["reason"])

    def test_changed_meanwhile(self):
        """DSK-08: a shift that has begun, or that the lead gave to somebody else, is
        not exchanged; nothing is lost."""
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_accept()
        self.mine.user_id = self.lead
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            exchange.with_user(self.lead_2).action_approve()
        self.assertEqual(self.his.user_id, self.agent_2)
        self.mine.user_id = self.agent
        with self.at("2026-03-24 09:00"):
            with self.assertRaisesRegex(ValidationError, "has begun"):
                exchange.with_user(self.lead).action_approve()

    def test_overlap_after_the_exchange(self):
        """DSK-08: what one gets must not overlap what he has."""
        self._shift(self.agent_2, "2026-03-24 07:00", "2026-03-24 09:00")
        exchange = self._ask()
        exchange.with_user(self.agent_2).action_accept()
        with self.assertRaisesRegex(ValidationError, "another shift"):
            exchange.with_user(self.lead).action_approve()
