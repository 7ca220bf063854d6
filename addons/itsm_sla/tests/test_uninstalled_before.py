# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import tagged

from ..models.helpdesk_ticket import HelpdeskTicket
from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestUninstalledBefore(SlaCommon):
    """Design 2: tickets that exist before installation are not clocked."""

    def setUp(self):
        super().setUp()
        # As it was saved before the addon was there: no log row, no reason.
        with patch.object(HelpdeskTicket, "_itsm_facts_created", lambda tickets: None):
            self.ticket = self._report(MON)
        self.assertFalse(self.ticket.agreement_reason)
        self.agreement = self._create_agreement()

    def _assert_untouched(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._log(self.ticket))
        self.assertFalse(self.ticket.clock_ids)
        self.assertFalse(self.ticket.agreement_id)
        self.assertFalse(self.ticket.agreement_reason)
        self.assertFalse(self.ticket.clock_deadline)

    def test_later_writes(self):
        """Design 2, Manners: no later write makes a log row or a clock."""
        for vals in (
            {"priority": "3"},
            {"service_id": self.service.id},
            {"partner_id": self.requester_2.id},
            {"itsm_kind": "request"},
            {"user_id": self.agent_2.id},
            {"team_id": self.team_2.id},
            {"reported_at": self.utc("2026-03-23 08:00")},
        ):
            with self.subTest(vals=vals):
                self._write("2026-03-23 11:00", self.ticket, **vals)
                self._assert_untouched()

    def test_later_states(self):
        """Design 2: nor does its life up to the end and back."""
        for state in (
            "open",
            "paused",
            "resolved",
            "open",
            "closed",
            "new",
            "cancelled",
        ):
            with self.subTest(state=state):
                self._move("2026-03-23 11:00", self.ticket, state)
                self._assert_untouched()

    def test_later_replies(self):
        """Design 2: nor do messages, in any direction."""
        self._reply("2026-03-23 11:00", self.ticket)
        self._reply("2026-03-23 11:10", self.ticket, self.portal_user)
        self._assert_untouched()

    def test_batch_with_new_ones(self):
        """Design 2: in one save with newer tickets only these are logged."""
        new = self._report("2026-03-23 11:00")
        self._move("2026-03-23 12:00", self.ticket | new, "open")
        self._assert_untouched()
        self.assertEqual(self._log(new).mapped("what"), ["reported", "state"])

    def test_scheduler_and_agreements(self):
        """Design, Manners: neither the scheduler nor an agreement takes them up."""
        self._run_scheduler("2026-04-01 10:00")
        wizard = self.env["itsm.agreement.activate"].create(
            {
                "agreement_id": self._draft_agreement(partner_id=self.customer.id).id,
                "scope": "open",
            }
        )
        self.assertNotIn(self.ticket, wizard._open_tickets())
        wizard.action_activate()
        self._assert_untouched()
        self.assertFalse(self.ticket.activity_ids)

    def test_seen(self):
        """Design 2: such a ticket says nothing and is found as one without clock."""
        self.assertEqual(self.ticket.clock_summary["clocks"], [])
        self.assertEqual(self.ticket.clock_summary["reason"], "")
        self.assertFalse(self.ticket.clock_status)
        found = self.env["helpdesk.ticket"].search(
            [("clock_status", "=", False), ("id", "=", self.ticket.id)]
        )
        self.assertEqual(found, self.ticket)

    def test_deleted(self):
        """Design, Manners: it can be deleted as before."""
        self.ticket.with_user(self.manager).unlink()
        self.assertFalse(self.ticket.exists())
