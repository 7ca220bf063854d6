# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .lifecycle_common import SOLUTION, LifecycleCommon

NOON = "2026-03-23 11:30"


@tagged("post_install", "-at_install")
class TestLifecycleFamily(LifecycleCommon):
    """INC-44: solving the parent solves its children, each told once."""

    def setUp(self):
        super().setUp()
        self.requester_2.email = "second@example.com"
        self.parent = self._open()
        self.child = self._open(parent_id=self.parent.id)
        # of a team and a customer that the agent of the parent has nothing to do with
        self.child_2 = self._open(
            parent_id=self.parent.id,
            team_id=self.team_2.id,
            user_id=self.agent_2.id,
            partner_id=self.requester_2.id,
        )
        self.children = self.child | self.child_2

    def test_cascade(self):
        """INC-44: children are resolved with the parent's solution and clocks stop."""
        self._resolve(NOON, self.parent)
        for child in self.children:
            self.assertEqual(child.itsm_state, "resolved")
            self.assertEqual(child.solution, SOLUTION)
            self.assertEqual(child.closing_code_id, self.closing_code)
            self.assertEqual(child.resolved_at, self.utc(NOON))
            self.assertTrue(child.auto_close_at)
            self.assertClock(self._clocks(child), phase="stopped", used_seconds=5400)

    def test_told_once(self):
        """INC-44: one mail for each ticket, in its own words; not two."""
        self._resolve(NOON, self.parent)
        self.assertEqual(
            self._told("ticket_resolved", self.parent | self.children),
            [(self.parent.id, self.requester.id, "sent", "at_once")],
        )
        self.assertEqual(
            sorted(self._told("ticket_child_resolved", self.parent | self.children)),
            [
                (self.child.id, self.requester.id, "sent", "at_once"),
                (self.child_2.id, self.requester_2.id, "sent", "at_once"),
            ],
        )
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.requester_2.ids)]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(f"/itsm/solved/{self.child_2.id}/", mails.body_html)
        self.assertNotIn(self.parent.number, mails.body_html)

    def test_restricted_parent(self):
        """INC-44, SEC-05: what was done about a restricted parent stays there; its
        children are resolved with the code alone."""
        self.parent.restriction = "security"
        inside = self.child_2
        inside.restriction = "security"
        self._resolve(NOON, self.parent.sudo(), user=self.env.user)
        for child in self.children:
            self.assertEqual(child.itsm_state, "resolved")
            self.assertEqual(child.closing_code_id, self.closing_code)
        self.assertFalse(self.child.has_solution)
        self.assertEqual(inside.solution, SOLUTION)

    def test_grandchildren(self):
        """INC-44: children of children follow, each told once."""
        grandchild = self._open(parent_id=self.child.id)
        self._resolve(NOON, self.parent)
        self.assertEqual(grandchild.itsm_state, "resolved")
        self.assertEqual(grandchild.solution, SOLUTION)
        self.assertEqual(len(self._told("ticket_child_resolved", grandchild)), 1)
        self.assertFalse(self._told("ticket_resolved", grandchild))

    def test_own_solution_stays(self):
        """What a child says itself is not lost."""
        code = self.env.ref("itsm_base.itsm_closing_code_workaround")
        self.child.write({"solution": "<p>Own</p>", "closing_code_id": code.id})
        self._resolve(NOON, self.parent)
        self.assertEqual(self.child.solution, "<p>Own</p>")
        self.assertEqual(self.child.closing_code_id, code)
        self.assertEqual(self.child_2.solution, SOLUTION)

    def test_only_open_ones(self):
        """What is over stays as it is; a paused child waits no longer."""
        self._move("2026-03-23 10:30", self.child, "cancelled")
        self._move("2026-03-23 10:30", self.child_2, "paused")
        self._resolve(NOON, self.parent)
        self.assertEqual(self.child.itsm_state, "cancelled")
        self.assertFalse(self.child.solution)
        self.assertEqual(self.child_2.itsm_state, "resolved")
        self.assertFalse(self.child_2.pause_reason_id)

    def test_parent_closed_at_once(self):
        """A parent closed without waiting leaves its children to their requesters."""
        self.parent.solution = SOLUTION
        self._move(NOON, self.parent, "closed")
        self.assertEqual(set(self.children.mapped("itsm_state")), {"resolved"})

    def test_parent_confirmed_or_cancelled(self):
        """Confirming or cancelling a parent says nothing about its children."""
        self._move(NOON, self.parent, "cancelled")
        self.assertEqual(set(self.children.mapped("itsm_state")), {"open"})

    def test_children_are_not_asked(self):
        """The rules ask who resolves; a child that lacks something stops nobody."""
        self._set_mode("close_complete", "block")
        self.child.user_id = False
        self._resolve(NOON, self.parent)
        self.assertEqual(self.child.itsm_state, "resolved")

    def test_refused_child(self):
        """INC-33: a child whose requester refuses is reopened alone."""
        self._resolve(NOON, self.parent)
        with self.at("2026-03-24 10:00"):
            self.child.with_user(self.portal_user).action_refuse("Still broken")
        self.assertEqual(self.child.itsm_state, "open")
        self.assertEqual(self.parent.itsm_state, "resolved")
        self.assertEqual(self.child_2.itsm_state, "resolved")

    def test_cycle(self):
        """Bad input: nobody is his own ancestor."""
        with self.assertRaisesRegex(ValidationError, "parent of itself"):
            self.parent.parent_id = self.child
        with self.assertRaisesRegex(ValidationError, "parent of itself"):
            self.parent.parent_id = self.parent

    def test_counts(self):
        """The parent's button counts its children."""
        self._move(NOON, self.child, "cancelled")
        self.assertEqual(self.parent.child_count, 2)
        self.assertEqual(self.parent.open_child_count, 1)
        action = self.parent.action_view_children()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(found, self.children)

    def test_many(self):
        """Speed: a hundred children cost a few queries each, whoever solves."""
        parent = self._open()

        def cost(count):
            self._create_tickets(
                count, stage_id=self.stage_open.id, parent_id=parent.id
            )
            silent = parent.with_user(self.agent).with_context(tracking_disable=True)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with self.at(NOON):
                silent._itsm_resolve({"solution": SOLUTION})
                self.env.flush_all()
            silent._itsm_reopen("Again")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(22)
        self.assertLess(many - few, 60)
