# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .organisation_common import OrganisationCommon

NOW = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestAssign(OrganisationCommon):
    """By hand, proposed, automatically: on duty, able to, least busy, in turn."""

    def _ticket(self, wall=NOW, **vals):
        return self._report(wall, user=self.lead, **vals)

    def _proposal(self, ticket, wall=NOW):
        with self.at(wall):
            return ticket._itsm_propose_assignee()[ticket.id]

    def _open_tickets(self, user, count):
        self.env["helpdesk.ticket"].create(
            [self._ticket_vals(user_id=user.id) for _number in range(count)]
        )

    # === Proposal ===

    def test_on_duty(self):
        """REQ-07, DSK-08: whoever is on shift now, although others are less busy; with
        the reason that people read."""
        self.team.assign_method = "propose"
        self.service.skill_ids = self.skill
        self.skill.user_ids = self.agent | self.agent_2
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:30")
        self._shift(self.agent_2, "2026-03-23 17:30", "2026-03-23 20:00")
        self._open_tickets(self.agent, 4)
        ticket = self._ticket(service_id=self.service.id)
        self.assertFalse(ticket.user_id, "a proposal assigns nobody")
        user, reason = self._proposal(ticket)
        self.assertEqual(user, self.agent)
        self.assertEqual(
            " ".join(reason.split()),
            "on shift until 5:30 PM, 4 open, has the skill Test network",
        )
        user, reason = self._proposal(ticket, "2026-03-23 17:30")
        self.assertEqual(user, self.agent_2)
        self.assertIn("0 open", reason)
        with self.at(NOW):
            self.assertEqual(ticket.proposed_user_id, self.agent)
            ticket.with_user(self.agent_2).action_accept_proposal()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertFalse(ticket.proposed_user_id)
        self.assertIn("assignee", self._log(ticket).mapped("what"))

    def test_on_call_after_the_desk(self):
        """DSK-04, DSK-08: on-call duty is asked only when nobody is at the desk."""
        self.team.assign_method = "propose"
        self._shift(
            self.agent_2, "2026-03-22 18:00", "2026-03-24 08:00", kind="on_call"
        )
        desk = self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:00")
        self._open_tickets(self.agent, 3)
        ticket = self._ticket()
        self.assertEqual(self._proposal(ticket).user, self.agent)
        desk.unlink()
        user, reason = self._proposal(ticket)
        self.assertEqual(user, self.agent_2)
        self.assertRegex(reason, r"^on call until 3/24/26, 8:00\sAM, 0 open$")

    def test_nobody(self):
        """REQ-07: nobody on duty, or nobody able to: said, not guessed."""
        self.team.assign_method = "automatic"
        self._shift(self.agent, "2026-03-20 09:00", "2026-03-20 17:00")
        ticket = self._ticket()
        self.assertFalse(ticket.user_id)
        user, reason = self._proposal(ticket)
        self.assertFalse(user)
        self.assertEqual(reason, "Nobody of the team is on duty.")
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:00")
        ticket.skill_ids = self.skill
        self.assertEqual(
            self._proposal(ticket).reason,
            "Nobody on duty has the skills: Test network.",
        )
        with self.at(NOW), self.assertRaisesRegex(UserError, "has the skills"):
            ticket.with_user(self.agent).action_accept_proposal()

    def test_skills_of_the_ticket_before_the_service(self):
        """INC-15: what a ticket asks for takes the place of what its service does."""
        self.team.assign_method = "propose"
        other = self.env["itsm.skill"].create(
            {"name": "Test mail", "user_ids": [Command.set(self.agent_2.ids)]}
        )
        self.skill.user_ids = self.agent
        self.service.skill_ids = self.skill
        ticket = self._ticket(service_id=self.service.id)
        self.assertEqual(self._proposal(ticket).user, self.agent)
        ticket.skill_ids = other
        self.assertEqual(self._proposal(ticket).user, self.agent_2)

    def test_without_a_roster(self):
        """REQ-07: a team that keeps no roster asks all its members; leave counts."""
        self.team.assign_method = "propose"
        self._open_tickets(self.agent, 1)
        self._open_tickets(self.lead, 1)
        ticket = self._ticket()
        user, reason = self._proposal(ticket)
        self.assertEqual((user, reason), (self.agent_2, "0 open"))
        self._leave(self.agent_2, "2026-03-23 00:00", "2026-03-23 23:00")
        self.assertNotEqual(self._proposal(ticket).user, self.agent_2)

    # === Automatic ===

    def test_automatic(self):
        """REQ-07: a new ticket is assigned: a fact, with a note why, told to the
        person; the creator need not be of the desk."""
        self.team.assign_method = "automatic"
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:30")
        ticket = self._ticket()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.first_assigned_at, self.utc(NOW))
        self.assertEqual(
            self._log(ticket).filtered(lambda e: e.what == "assignee").assignee_id,
            self.agent,
        )
        bodies = " ".join(" ".join(ticket.message_ids.mapped("body")).split())
        self.assertIn("Assigned automatically to", bodies)
        self.assertIn("on shift until 5:30 PM, 0 open", bodies)
        self.assertIn(self.agent.partner_id, ticket.message_partner_ids)
        told = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.agent.partner_id.ids),
                ("res_id", "=", ticket.id),
            ]
        )
        self.assertEqual(len(told), 1)

    def test_manual_is_manual(self):
        """REQ-07: by hand is the default, and an assignee that is given stays."""
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:30")
        self.assertFalse(self._ticket().user_id)
        self.team.assign_method = "automatic"
        self.assertEqual(self._ticket(user_id=self.agent_2.id).user_id, self.agent_2)

    def test_history_is_left_alone(self):
        """REQ-07: imported tickets are assigned to nobody."""
        self.team.assign_method = "automatic"
        with self.at(NOW):
            ticket = self._history_ticket()
            ticket.invalidate_recordset()
            self.assertFalse(ticket.user_id)
            self.assertFalse(ticket.proposal_reason)

    def test_moved_and_reopened(self):
        """REQ-07: a ticket that reaches the team without anybody is assigned."""
        self.team_2.assign_method = "automatic"
        self._shift(
            self.agent_2, "2026-03-23 09:00", "2026-03-23 17:30", team=self.team_2
        )
        ticket = self._ticket(user_id=self.lead.id)
        self._write(NOW, ticket, user=self.lead, team_id=self.team_2.id)
        self.assertEqual(ticket.user_id, self.agent_2)
        closed = self._ticket(stage_id=self.stage_closed.id, team_id=self.team_2.id)
        self.assertFalse(closed.user_id, "what is closed needs nobody")

    def test_even_and_in_turn(self):
        """REQ-07, DSK-08: thirty tickets of one save, three people: ten each; with
        one twenty ahead, he gets none of the first twenty."""
        self.team.assign_method = "automatic"
        for user in (self.agent, self.agent_2, self.lead):
            self._shift(user, "2026-03-23 09:00", "2026-03-23 17:30")
        tickets = self._many(30)
        shares = Counter(ticket.user_id for ticket in tickets)
        self.assertEqual(list(shares.values()), [10] * 3)
        self._open_tickets(self.agent, 20)
        tickets = self._many(20)
        self.assertEqual(
            Counter(ticket.user_id for ticket in tickets),
            {self.agent_2: 10, self.lead: 10},
        )

    def test_turn_among_equals(self):
        """REQ-07: single tickets that are solved at once go round."""
        self.team.assign_method = "automatic"
        for user in (self.agent, self.agent_2, self.lead):
            self._shift(user, "2026-03-23 09:00", "2026-03-23 17:30")
        got = []
        for _number in range(6):
            ticket = self._ticket()
            got.append(ticket.user_id.id)
            self._move(NOW, ticket, "closed", user=self.lead)
        self.assertEqual(got[:3], got[3:])
        self.assertEqual(len(set(got)), 3)

    def test_turns_are_given_once(self):
        """REQ-07: numbers of the database: two transactions never get the same, and
        neither waits for the other or fails."""
        self.team.assign_method = "automatic"
        first = self.team._itsm_turns(3)
        self.assertEqual(self.team._itsm_turns(2), [first[-1] + 1, first[-1] + 2])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.team._itsm_turns(1)
            raise UserError("rolled back")  # pylint: disable=translation-required
        self.assertEqual(self.team._itsm_turns(1), [first[-1] + 4])

    def _many(self, count, **vals):
        with self.at(NOW):
            tickets = self.env["helpdesk.ticket"].create(
                [self._ticket_vals(**vals) for _number in range(count)]
            )
            self.env.flush_all()
        return tickets

    def test_thousand_with_constant_queries(self):
        """Speed, REQ-07: what the assignment adds to a batch of 1,000 tickets is as
        many queries as to one of 100 (writes and notes go in blocks of 1,000)."""
        self.team.assign_method = "automatic"
        for user in (self.agent, self.agent_2, self.lead):
            self._shift(user, "2026-03-23 09:00", "2026-03-23 17:30")
        tickets = self._many(1100, user_id=self.agent.id)
        tickets.with_context(tracking_disable=True).write({"user_id": False})
        self.env.flush_all()

        def queries(some):
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            proposals = some._itsm_propose_assignee(take_turn=True)
            self.assertEqual(len(proposals), len(some))
            return self.env.cr.sql_log_count - count

        with self.at(NOW):
            queries(tickets[:10])
            few = queries(tickets[:100])
            many = queries(tickets[100:])
            self.assertLessEqual(many, few + 8, "rows are read in blocks of 1,000")
            calls = []
            notify = type(self.env["mail.thread"]).message_notify

            def counted(records, **kwargs):
                calls.append(records)
                return notify(records, **kwargs)

            with patch.object(type(self.env["mail.thread"]), "message_notify", counted):
                tickets[100:]._assign_automatically()
        self.assertEqual(sum(1 for t in tickets[100:] if t.user_id), 1000)
        self.assertLessEqual(len(calls), 3, "one message for each person")

    # === Rights ===

    def test_restricted_tickets_are_assigned_by_hand(self):
        """SEC-05, REQ-07: the desk on duty need not be let in."""
        self.team.assign_method = "automatic"
        ticket = self._ticket(restriction="security")
        self.assertFalse(ticket.user_id)
        with self.at(NOW):
            self.assertFalse(ticket.proposal_reason)

    def test_company_of_the_ticket(self):
        """REQ-07: a team of all companies: a ticket goes only to who works in its
        company, however busy he is; without one nobody is proposed."""
        company, other = self._other_company()
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "Everywhere",
                "company_id": False,
                "user_ids": [Command.set((self.agent | other).ids)],
                "assign_method": "automatic",
            }
        )
        vals = {"name": "T", "description": "T", "team_id": team.id, "user_id": False}
        tickets = self.env["helpdesk.ticket"]
        for _number in range(3):
            ticket = tickets.with_company(company).create(
                {**vals, "company_id": company.id}
            )
            self.assertEqual(ticket.user_id, other)
        team.user_ids -= other
        ticket = tickets.with_company(company).create(
            {**vals, "company_id": company.id}
        )
        self.assertFalse(ticket.user_id)
        self.assertEqual(
            ticket._itsm_propose_assignee()[ticket.id].reason,
            "Nobody of the team is on duty.",
        )

    def test_rights(self):
        """REQ-07, DSK-13: who may not write a ticket accepts nothing; customers see no
        proposal; silent loads tell nobody."""
        self.team.assign_method = "propose"
        ticket = self._ticket()
        for user in (self.employee, self.portal_user_2):
            with self.assertRaises(AccessError), self.at(NOW):
                ticket.with_user(user).action_accept_proposal()
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal_user).read(["proposal_reason"])
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal_user).read(["skill_ids"])
        with self.assertRaises(AccessError):
            self.team.with_user(self.agent).assign_method = "automatic"
        self.team.assign_method = "automatic"
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 17:30")
        messages = self.env["mail.message"].search_count([])
        with self.at(NOW):
            guard.silence(ticket)._assign_automatically()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(self.env["mail.message"].search_count([]), messages + 1)
