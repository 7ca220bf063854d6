# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.helpdesk_ticket import HelpdeskTicket
from .common import ItsmCommon

T0 = datetime(2026, 3, 2, 9, 0)
T1 = datetime(2026, 3, 2, 10, 0)
T2 = datetime(2026, 3, 2, 11, 0)
T3 = datetime(2026, 3, 2, 12, 0)


@tagged("post_install", "-at_install")
class TestMilestones(ItsmCommon):
    def setUp(self):
        super().setUp()
        with freeze_time(T0):
            self.ticket = self._create_ticket()

    def _write(self, when, **vals):
        """Write as an agent at a time; return the facts that the hook was told."""
        return self._facts(when, lambda: self.ticket.with_user(self.agent).write(vals))

    def _facts(self, when, function):
        facts = []

        def record(records, changes):
            facts.extend((t.id, what, vals) for t, what, vals in changes)

        with (
            freeze_time(when),
            patch.object(HelpdeskTicket, "_itsm_facts_changed", record),
        ):
            function()
        return facts

    def test_created(self):
        """Design 2: a new ticket is an incident on line 1, reported now."""
        self.assertEqual(self.ticket.itsm_kind, "incident")
        self.assertEqual(self.ticket.support_line, "1")
        self.assertEqual(self.ticket.reported_at, T0)
        self.assertEqual(self.ticket.itsm_state, "new")
        self.assertFalse(self.ticket.first_assigned_at)
        self.assertFalse(self.ticket.first_response_at)
        self.assertFalse(self.ticket.resolved_at)
        self.assertEqual(self.ticket.reopened_count, 0)

    def test_created_hook(self):
        """Issue 2 section 2: the hook is called once for a batch, facts in place."""
        seen = []

        def record(tickets):
            seen.append([(t.reported_at, t.first_assigned_at) for t in tickets])

        with (
            freeze_time(T1),
            patch.object(HelpdeskTicket, "_itsm_facts_created", record),
        ):
            self._create_tickets(3, user_id=self.agent.id)
        self.assertEqual(seen, [[(T1, T1)] * 3])

    def test_first_assigned(self):
        """Issue 2 section 2: the first assignment counts, later ones do not."""
        facts = self._write(T1, user_id=self.agent.id)
        self.assertEqual(
            facts, [(self.ticket.id, "assignee", {"assignee_id": self.agent.id})]
        )
        self._write(T2, user_id=self.agent_2.id)
        self.assertEqual(self.ticket.first_assigned_at, T1)
        with freeze_time(T2):
            assigned = self._create_ticket(user_id=self.agent.id)
        self.assertEqual(assigned.first_assigned_at, T2)

    def test_resolved_closed_reopened(self):
        """Issue 2 section 2, INC-33: resolve, close, reopen and count."""
        facts = self._write(T1, stage_id=self.stage_resolved.id)
        self.assertEqual([fact[1] for fact in facts], ["resolved"])
        self.assertEqual(
            facts[0][2],
            {
                "stage_id": self.stage_resolved.id,
                "state": "resolved",
                "pause_reason_id": False,
            },
        )
        self.assertEqual(self.ticket.resolved_at, T1)
        self.assertFalse(self.ticket.closed_date)
        self.ticket.closing_code_id = self.closing_code
        facts = self._write(T2, stage_id=self.stage_closed.id)
        self.assertEqual([fact[1] for fact in facts], ["closed"])
        self.assertEqual(self.ticket.resolved_at, T1)
        self.assertEqual(self.ticket.closed_date, T2)
        facts = self._write(T3, stage_id=self.stage_open.id)
        self.assertEqual([fact[1] for fact in facts], ["reopened"])
        self.assertFalse(self.ticket.resolved_at)
        self.assertFalse(self.ticket.closed_date, "helpdesk_mgmt leaves it")
        self.assertFalse(self.ticket.closing_code_id)
        self.assertEqual(self.ticket.reopened_at, T3)
        self.assertEqual(self.ticket.reopened_count, 1)
        self._write(T3, stage_id=self.stage_closed.id)
        self._write(T3, stage_id=self.stage_paused.id)
        self.assertEqual(self.ticket.reopened_count, 2)

    def test_closed_at_once(self):
        """Design 2: closing without resolving is one fact and both milestones."""
        facts = self._write(T1, stage_id=self.stage_closed.id)
        self.assertEqual([fact[1] for fact in facts], ["closed"])
        self.assertEqual(self.ticket.resolved_at, T1)
        self.assertEqual(self.ticket.closed_date, T1)

    def test_cancelled(self):
        """Design 2: a cancelled ticket is closed but not resolved."""
        facts = self._write(T1, stage_id=self.stage_cancelled.id)
        self.assertEqual([fact[1] for fact in facts], ["cancelled"])
        self.assertFalse(self.ticket.resolved_at)
        self.assertEqual(self.ticket.closed_date, T1)

    def test_created_closed(self):
        """Issue 2 section 2: a ticket that is closed from the start has its dates."""
        with freeze_time(T1):
            ticket = self._create_ticket(stage_id=self.stage_closed.id)
        self.assertEqual(ticket.resolved_at, T1)
        self.assertEqual(ticket.closed_date, T1)
        self.assertEqual(ticket.reopened_count, 0)

    def test_pause_reason_cleared(self):
        """INC-34: leaving a paused stage clears the reason, in the same fact."""
        facts = self._write(
            T1, stage_id=self.stage_paused.id, pause_reason_id=self.pause_reason.id
        )
        self.assertEqual(
            facts,
            [
                (
                    self.ticket.id,
                    "state",
                    {
                        "stage_id": self.stage_paused.id,
                        "state": "paused",
                        "pause_reason_id": self.pause_reason.id,
                    },
                )
            ],
        )
        facts = self._write(T2, stage_id=self.stage_open.id)
        self.assertEqual([fact[1] for fact in facts], ["state"])
        self.assertFalse(facts[0][2]["pause_reason_id"])
        self.assertFalse(self.ticket.pause_reason_id)

    def test_pause_without_reason(self):
        """INC-34: a paused stage without reason is allowed; the reason comes later."""
        self._write(T1, stage_id=self.stage_paused.id)
        facts = self._write(T2, pause_reason_id=self.pause_reason.id)
        self.assertEqual([fact[1] for fact in facts], ["state"])
        self.assertEqual(facts[0][2]["pause_reason_id"], self.pause_reason.id)

    def test_reason_outside_pause(self):
        """INC-34: a reason makes no sense on a ticket that does not wait."""
        self.assertEqual(self._write(T1, pause_reason_id=self.pause_reason.id), [])
        self.assertFalse(self.ticket.pause_reason_id)
        ticket = self._create_ticket(pause_reason_id=self.pause_reason.id)
        self.assertFalse(ticket.pause_reason_id)

    def test_other_facts(self):
        """Design 2: team, priority, service, customer and kind are told with values."""
        facts = self._write(
            T1,
            team_id=self.team_2.id,
            impact="1",
            urgency="1",
            service_id=self.service.id,
            partner_id=self.requester_2.id,
            itsm_kind="request",
        )
        self.assertEqual(
            {what: vals for _id, what, vals in facts},
            {
                "team": {"team_id": self.team_2.id},
                "priority": {"priority": "3"},
                "service": {"service_id": self.service.id},
                "customer": {"partner_id": self.requester_2.id},
                "kind": {"itsm_kind": "request"},
            },
        )

    def test_derived_assignee(self):
        """Design 2: what helpdesk_mgmt computes from a write is a fact too."""
        self._write(T1, user_id=self.agent.id)
        facts = self._write(T2, team_id=self.team_2.id)
        self.assertEqual(
            [(what, vals) for _id, what, vals in facts],
            [
                ("team", {"team_id": self.team_2.id}),
                ("assignee", {"assignee_id": False}),
            ],
        )

    def test_no_change_no_fact(self):
        """Design 2: writing the same values is no fact."""
        self.assertEqual(
            self._write(T1, stage_id=self.stage_new.id, partner_id=self.requester.id),
            [],
        )
        self.assertEqual(self._write(T1, name="Other title"), [])

    def test_batch_of_different_tickets(self):
        """Issue 2 section 2: one write on tickets of different states."""
        with freeze_time(T1):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    self._ticket_vals(stage_id=stage.id)
                    for stage in (
                        self.stage_open,
                        self.stage_closed,
                        self.stage_cancelled,
                    )
                ]
            )
            tickets[1].write({"stage_id": self.stage_open.id})
            tickets[1].write({"stage_id": self.stage_closed.id})
        facts = self._facts(
            T2, lambda: tickets.write({"stage_id": self.stage_paused.id})
        )
        self.assertEqual(
            [(ticket_id, what) for ticket_id, what, _vals in facts],
            [
                (tickets[0].id, "state"),
                (tickets[1].id, "reopened"),
                (tickets[2].id, "reopened"),
            ],
        )
        self.assertEqual(tickets.mapped("reopened_count"), [0, 2, 1])
        self.assertEqual(tickets.mapped("closed_date"), [False] * 3)

    def test_tracked(self):
        """Issue 2 section 2: the chatter shows pause reasons that come and go."""
        self.ticket = self.ticket.with_context(
            tracking_disable=False, mail_notrack=False
        )
        self._flush_tracking()
        self._write(
            T1, stage_id=self.stage_paused.id, pause_reason_id=self.pause_reason.id
        )
        self._flush_tracking()
        self._write(T2, stage_id=self.stage_open.id)
        self._flush_tracking()
        tracked = self.ticket.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.field_id.name == "pause_reason_id"
        )
        self.assertEqual(
            {(v.old_value_char or "", v.new_value_char or "") for v in tracked},
            {("", self.pause_reason.name), (self.pause_reason.name, "")},
        )

    def test_out_of_sight(self):
        """Issue 2 section 2: handing a ticket to somebody else works for a user who
        sees his own tickets only."""
        ticket = self._create_ticket(user_id=False, team_id=False)
        ticket.user_id = self.helpdesk_user
        ticket.invalidate_recordset()
        ticket.with_user(self.helpdesk_user).write(
            {"user_id": self.agent.id, "stage_id": self.stage_closed.id}
        )
        self.assertEqual(ticket.user_id, self.agent)
        self.assertTrue(ticket.resolved_at)

    def test_paused_too_long(self):
        """Design 2: a pause has a longest duration; compute, search and clearing."""
        reason = self.env["itsm.pause.reason"].create(
            {"name": "Waiting", "max_hours": 24}
        )
        self._write(T1, stage_id=self.stage_paused.id, pause_reason_id=reason.id)
        domain = [("id", "=", self.ticket.id), ("pause_overdue", "=", True)]
        for when, overdue in (
            (datetime(2026, 3, 3, 10, 0), False),  # 24 h to the second
            (datetime(2026, 3, 3, 10, 0, 1), True),
        ):
            with freeze_time(when):
                self.ticket.invalidate_recordset(["pause_overdue"])
                self.assertEqual(self.ticket.pause_overdue, overdue)
                self.assertEqual(bool(self.ticket.search(domain)), overdue)
        reason.max_hours = 0
        with freeze_time(datetime(2026, 3, 9)):
            self.ticket.invalidate_recordset(["pause_overdue"])
            self.assertFalse(self.ticket.pause_overdue)
            self.assertFalse(self.ticket.search(domain))
