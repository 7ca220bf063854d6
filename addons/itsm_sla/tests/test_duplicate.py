# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import HOUR, SlaCommon

MON, MARKED, FREED = "2026-03-23 10:00", "2026-03-23 11:00", "2026-03-23 14:00"


@tagged("post_install", "-at_install")
class TestDuplicate(SlaCommon):
    """Start, pause, stop: duplicate tickets cancel the clocks that still run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (60, 240)})

    def setUp(self):
        super().setUp()
        self.original = self._report(MON)
        self.ticket = self._report(MON)
        self._move("2026-03-23 10:10", self.ticket, "open")
        self.clock = self._clocks(self.ticket)

    def _mark(self, wall=MARKED, stage=None):
        """Mark the ticket as a duplicate with the wizard of helpdesk_mgmt."""
        wizards = self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent)
        with self.at(wall):
            wizards.create(
                {
                    "ticket_id": self.ticket.id,
                    "duplicate_of_id": self.original.id,
                    "target_stage_id": stage and stage.id,
                    # The response is late by then.
                    "clock_change_reason": "Test",
                }
            ).action_confirm()
            self.env.flush_all()

    def _assert_cancelled(self):
        clocks = self.ticket.clock_ids
        self.assertEqual(set(clocks.mapped("status")), {"cancelled"})
        self.assertEqual(set(clocks.mapped("stopped_at")), {self.utc(MARKED)})
        self.assertEqual(self.clock.used_seconds, HOUR)
        self.assertFalse(self.ticket.clock_deadline)
        self.assertEqual(self._clocks(self.original).phase, "running")

    def test_wizard_without_stage(self):
        """Design 2: the mark alone cancels, whatever the stage."""
        self._mark()
        self.assertEqual(self.ticket.itsm_state, "open")
        self._assert_cancelled()
        self.assertEqual(self._log(self.ticket)[-1].what, "cancelled")
        self._run_scheduler("2026-03-24 10:00")
        self.assertFalse(self.clock.alert_ids)
        # whatever happens to it now
        self._move("2026-03-24 10:00", self.ticket, "paused")
        self._move("2026-03-24 11:00", self.ticket, "open")
        self._assert_cancelled()

    def test_wizard_with_stage(self):
        """Design 2: so does the mark with a stage, also one that means a solution."""
        for state in ("cancelled", "closed", "resolved", "new"):
            with self.subTest(state=state):
                self.setUp()
                self._mark(stage=self.stages[state])
                self.assertEqual(self.ticket.stage_id, self.stages[state])
                self._run_scheduler("2026-03-24 10:00")
                self._assert_cancelled()

    def test_met_stays_met(self):
        """Design 2: only open clocks are cancelled."""
        self._reply("2026-03-23 10:20", self.ticket)
        self._mark()
        self.assertEqual(self._clocks(self.ticket, "response").status, "met")
        self.assertEqual(self.clock.status, "cancelled")

    def test_mark_removed(self):
        """Design 2: without the mark clocks go on; the time between never counts."""
        self._mark()
        self._write(FREED, self.ticket, duplicate_id=False)
        self.assertEqual(self._log(self.ticket)[-1].what, "reopened")
        # 10-11 is 1 h, 3 h are left from 14:00
        self.assertClock(
            self.clock,
            phase="running",
            used_seconds=HOUR,
            running_since=FREED,
            deadline="2026-03-23 17:00",
            breached_at=False,
        )
        response = self._clocks(self.ticket, "response")
        # 60 minutes were used exactly when it was marked: late from 14:00 on
        self.assertClock(response, phase="running", used_seconds=HOUR)
        self.assertEqual(self.ticket.clock_deadline, response.deadline)

    def test_mark_removed_when_over(self):
        """Design 2: the stage counts again: cancelled stays so until it is moved."""
        self._mark(stage=self.stage_cancelled)
        self._write(FREED, self.ticket, duplicate_id=False)
        self._assert_cancelled()
        self._move("2026-03-23 15:00", self.ticket, "open")
        self.assertClock(
            self.clock, phase="running", deadline="2026-03-23 18:00", breached_at=False
        )

    def test_created_as_duplicate(self):
        """Design 2: a ticket that is a duplicate from the start has no open clock."""
        ticket = self._report(MON, duplicate_id=self.original.id)
        self.assertFalse(
            ticket.clock_ids.filtered(lambda c: c.phase in ("running", "paused"))
        )

    def test_corrected(self):
        """Design 2: worked out again from the log it stays cancelled."""
        self._mark()
        self._write(FREED, self.ticket, reported_at=self.utc("2026-03-23 09:00"))
        self.assertClock(
            self.clock, phase="cancelled", stopped_at=MARKED, used_seconds=2 * HOUR
        )
