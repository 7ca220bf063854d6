# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lifecycle_common import SOLUTION, LifecycleCommon

NOON = "2026-03-23 11:30"
TUESDAY = "2026-03-24 10:00"


@tagged("post_install", "-at_install")
class TestLifecycleConfirm(LifecycleCommon):
    """The requester confirms or refuses; who else may, and until when."""

    def setUp(self):
        super().setUp()
        self.ticket = self._open()
        self.ticket.message_subscribe(self.requester.ids)
        self._resolve(NOON, self.ticket)

    def _confirm(self, wall=TUESDAY, user=None):
        with self.at(wall):
            self.ticket.with_user(user or self.portal_user).action_confirm()
            self._flush_tracking()
        self.env.invalidate_all()

    def _refuse(self, reason="Still no mail", wall=TUESDAY, user=None):
        with self.at(wall):
            self.ticket.with_user(user or self.portal_user).action_refuse(reason)
            self._flush_tracking()
        self.env.invalidate_all()

    def test_confirm(self):
        """INC-22, INC-38: the requester's word closes the ticket and is kept."""
        self._confirm()
        self.assertEqual(self.ticket.stage_id, self.stage_closed)
        self.assertEqual(self.ticket.confirmation, "requester")
        self.assertEqual(self.ticket.confirmed_partner_id, self.requester)
        self.assertEqual(self.ticket.confirmed_at, self.utc(TUESDAY))
        self.assertFalse(self.ticket.auto_close_at)
        self.assertEqual(self.ticket.resolved_at, self.utc(NOON))
        # Who has just confirmed is not told that it is closed.
        self.assertFalse(self._told("ticket_closed", self.ticket))
        self.assertTrue(self._told("ticket_confirmed", self.ticket))

    def test_confirm_by_desk(self):
        """INC-22: an agent notes what the requester told him; who noted it is kept."""
        self._confirm(user=self.agent)
        self.assertEqual(self.ticket.confirmation, "desk")
        self.assertEqual(self.ticket.confirmed_partner_id, self.agent.partner_id)
        self.assertEqual(len(self._told("ticket_closed", self.ticket)), 1)

    def test_confirm_twice(self):
        """What is not waiting for a confirmation gets none."""
        self._confirm()
        with self.assertRaisesRegex(UserError, "not waiting"):
            self._confirm()
        ticket = self._open()
        with self.assertRaisesRegex(UserError, "not waiting"):
            ticket.with_user(self.portal_user).action_confirm()

    def test_only_the_requester(self):
        """Hostile: other customers, colleagues who follow, and employees may not."""
        colleague = self._create_user("confirm-colleague", "base.group_portal")
        colleague.partner_id.parent_id = self.customer
        self.ticket.message_subscribe((colleague.partner_id | self.requester_2).ids)
        for user in (self.portal_user_2, colleague, self.employee):
            with self.assertRaises(AccessError):
                self._confirm(user=user)
            with self.assertRaises(AccessError):
                self._refuse(user=user)
        public = self.env.ref("base.public_user")
        self.assertFalse(self.ticket._itsm_is_requester(public))
        self.assertEqual(self.ticket.itsm_state, "resolved")

    def test_company_as_requester(self):
        """If the ticket names only the company, its people who read it may."""
        self.ticket.partner_id = self.customer
        self.assertTrue(self.ticket._itsm_is_requester(self.portal_user))
        self.assertFalse(self.ticket._itsm_is_requester(self.portal_user_2))
        self._confirm()
        self.assertEqual(self.ticket.confirmed_partner_id, self.requester)

    def test_refuse(self):
        """INC-33: refused with a reason, reopened, counted; his words stay."""
        self._refuse()
        self.assertEqual(self.ticket.stage_id, self.stage_open)
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertEqual(self.ticket.reopen_reason, "Still no mail")
        self.assertFalse(self.ticket.auto_close_at)
        message = self.ticket.message_ids.filtered(lambda m: "Still no mail" in m.body)
        self.assertEqual(message.author_id, self.requester)
        self.assertEqual(message.message_type, "comment")
        self.assertEqual(self._clocks(self.ticket).phase, "running")
        self.assertTrue(self._told("ticket_reopened", self.ticket))
        # The first solution is the draft of the next.
        self.assertEqual(self.ticket.solution, SOLUTION)

    def test_reason_is_not_written(self):
        """INC-33: nobody writes why a ticket was reopened but by reopening it, no
        manager and no sudo either."""
        self._refuse()
        for user in (self.agent, self.manager):
            ticket = self.ticket.with_user(user)
            for vals in (
                {"reopen_reason": "Nice weather"},
                {"failed_solution_at": False},
            ):
                for target in (ticket, ticket.sudo()):
                    with self.assertRaises(AccessError):
                        target.write(vals)
            with self.assertRaises(AccessError):
                ticket.create(self._ticket_vals(reopen_reason="Nice weather"))
            with_default = ticket.with_context(default_reopen_reason="Nice weather")
            made = with_default.create(self._ticket_vals())
            self.assertFalse(made.sudo().reopen_reason)
        self.assertEqual(self.ticket.reopen_reason, "Still no mail")

    def test_refuse_without_reason(self):
        """INC-33: a refusal says what failed; markup in it is harmless."""
        for reason in ("", "   ", None):
            with self.assertRaisesRegex(UserError, "in which way"):
                self._refuse(reason)
        self._refuse("<script>alert(1)</script>")
        bodies = "".join(self.ticket.message_ids.mapped("body"))
        self.assertNotIn("<script", bodies)
        self.assertIn("&lt;script", bodies)

    def test_reopen_window(self):
        """INC-33: closed tickets for seven days, to the second; then a new one."""
        self._confirm()
        self.assertEqual(self.ticket.closed_date, self.utc(TUESDAY))
        with self.at("2026-03-31 11:00:00"):  # summer time: still 7 × 24 hours
            self.ticket.invalidate_recordset()
            self.assertTrue(self.ticket.can_reopen)
        with self.assertRaisesRegex(UserError, "more than 7 days.*new ticket"):
            self._refuse(wall="2026-03-31 11:00:01")
        self._refuse(wall="2026-03-31 11:00:00")
        self.assertEqual(self.ticket.itsm_state, "open")
        self.assertFalse(self.ticket.confirmation)
        self.assertFalse(self.ticket.confirmed_at)

    def test_cancelled_is_not_reopened(self):
        """INC-33: no solution, nothing that could have failed."""
        ticket = self._open()
        self._move(NOON, ticket, "cancelled")
        self.assertFalse(ticket.can_reopen)
        with self.assertRaisesRegex(UserError, "no solution"):
            ticket.with_user(self.agent)._itsm_reopen("x")

    def test_dragged_back(self):
        """INC-33: who reopens without saying what failed is recorded, or stopped."""
        self._move(TUESDAY, self.ticket, "open", user=self.agent)
        self.assertEqual(self._found("reopen_reason", self.ticket), self.ticket.ids)
        other = self._open()
        self._resolve(NOON, other)
        with self.at(TUESDAY):
            other.with_user(self.agent).action_refuse("Failed")
        self.assertFalse(self._found("reopen_reason", other))
        # The mark of the button cannot be sent by a client.
        third = self._open()
        self._resolve(NOON, third)
        third.with_user(self.agent).with_context(itsm_reopening=True).write(
            {"stage_id": self.stage_open.id}
        )
        self.assertEqual(self._found("reopen_reason", third), third.ids)

    def test_wizard(self):
        """INC-33: the wizard reopens, or makes a new ticket linked to the old one."""
        wizards = self.env["itsm.ticket.reopen"].with_user(self.agent)
        wizard = wizards.create({"ticket_id": self.ticket.id, "reason": "Failed"})
        self.assertEqual(wizard.why, "failed")
        wizard.action_confirm()
        self.assertEqual(self.ticket.itsm_state, "open")
        self._resolve("2026-03-24 11:00", self.ticket)
        wish = wizards.create(
            {"ticket_id": self.ticket.id, "why": "other", "reason": "And a bigger box"}
        )
        new = self.env["helpdesk.ticket"].browse(wish.action_confirm()["res_id"])
        self.assertEqual(new.previous_ticket_id, self.ticket)
        self.assertEqual(new.partner_id, self.requester)
        self.assertEqual(new.service_id, self.service)
        self.assertEqual(new.team_id, self.team)
        self.assertFalse(new.user_id)
        self.assertIn("And a bigger box", new.description)
        self.assertEqual(self.ticket.itsm_state, "resolved")
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertIn(new.number, self.ticket.message_ids[0].body)
        self.assertIn(self.ticket.number, new.message_ids[0].body)

    def test_follow_up_of_retired_service(self):
        """A service that is not offered any more is not taken over."""
        self.env.cr.execute(
            "UPDATE itsm_service SET state = 'retired' WHERE id = %s", [self.service.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self.ticket._itsm_follow_up().service_id)

    # === Survey ===

    def test_rate(self):
        """INC-28: the survey's answer, replaced by a second one of the same person."""
        self._confirm()
        self.ticket._itsm_rate(5, "Quick", self.requester)
        self.ticket._itsm_rate(1, "Came back", self.requester)
        rating = self.ticket.rating_ids
        self.assertEqual((rating.rating, rating.feedback), (1, "Came back"))
        self.assertEqual(rating.partner_id, self.requester)
        self.assertEqual(rating.rated_partner_id, self.agent.partner_id)
        self.assertTrue(rating.consumed)
        self.assertEqual(self.ticket.rating_last_value, 1)
        for wrong in (0, 2, 9, -1):
            with self.assertRaises(UserError):
                self.ticket._itsm_rate(wrong, "", self.requester)

    def test_tickets_are_not_written_at_installation(self):
        """Installing writes no existing ticket: no stored field has a default."""
        names = (
            "solution confirmation confirmed_at confirmed_partner_id reopen_reason "
            "previous_ticket_id parent_id split_from_id auto_close_at"
        ).split()
        for name in names:
            field = self.ticket._fields[name]
            self.assertTrue(field.store, name)
            self.assertFalse(field.required, name)
            self.assertIsNone(field.default, name)
            self.assertFalse(field.compute, name)

    # === The link of the mail ===

    def test_token(self):
        """The link is for one solution and one requester."""
        token = self.ticket._itsm_answer_token()
        self.assertTrue(self.ticket._itsm_check_answer_token(token))
        for wrong in ("", None, "x", token[:-1], token.upper()):
            self.assertFalse(self.ticket._itsm_check_answer_token(wrong))
        self.assertFalse(self._open()._itsm_check_answer_token(token))
        self._refuse()
        self.assertFalse(self.ticket._itsm_check_answer_token(token))
        self._resolve("2026-03-24 12:00", self.ticket)
        self.assertFalse(self.ticket._itsm_check_answer_token(token))
        token = self.ticket._itsm_answer_token()
        self.ticket.partner_id = self.requester_2
        self.assertFalse(self.ticket._itsm_check_answer_token(token))
