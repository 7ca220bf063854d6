# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon

HOUR = 3600


@tagged("post_install", "-at_install")
class TestLifecyclePause(LifecycleCommon):
    """A wrong pause is corrected in the log, which itself is never changed.

    Four hours on Monday from 10:00 with a break at noon end at 15:00.
    """

    def setUp(self):
        super().setUp()
        self.ticket = self._open()
        self.both = self._create_user(
            "pause-both",
            "itsm_base.itsm_group_lead,itsm_sla.itsm_group_sla_manager",
        )

    @property
    def clock(self):
        return self._clocks(self.ticket)

    def _pause(self, start, stop=None):
        self._move(f"2026-03-23 {start}", self.ticket, "paused")
        if stop:
            self._move(f"2026-03-23 {stop}", self.ticket, "open")

    def _correct(self, now, start, stop, pause_reason=None, user=None, reason="Oops"):
        with self.at(f"2026-03-23 {now}"):
            self.ticket.with_user(user or self.lead)._itsm_correct_pause(
                self.utc(f"2026-03-23 {start}"),
                self.utc(f"2026-03-23 {stop}"),
                pause_reason or self.env["itsm.pause.reason"],
                reason,
            )
        self.env.invalidate_all()

    # === What it does ===

    def test_paused_by_mistake(self):
        """The pause never was: used time and deadline as if work had gone on."""
        self._pause("10:30", "11:30")
        self.assertClock(self.clock, deadline="2026-03-23 16:00")
        before = self._log(self.ticket)
        self._correct("14:00", "10:30", "11:30")
        self.assertClock(self.clock, phase="running", deadline="2026-03-23 15:00")
        # The log is longer, and what it said is still there.
        self.assertLess(before, self._log(self.ticket))
        rows = self._log(self.ticket) - before
        self.assertEqual(set(rows.mapped("source")), {"correction"})
        self.assertEqual(rows.user_id, self.lead)
        self.assertIn("Oops", rows.filtered(lambda r: r.what == "corrected").note)
        self.assertIn("Oops", self.ticket.message_ids[0].body)
        self.assertIn("did not wait", self.ticket.message_ids[0].body)

    def test_before_is_kept(self):
        """Design 2: a breach may come or go; what held before stays with the clock."""
        self._pause("10:30", "11:30")
        self._correct("15:30", "10:30", "11:30")
        self.assertClock(self.clock, breached_at="2026-03-23 15:00")
        before = [a["before"] for a in self.clock.applications if a.get("corrected")]
        self.assertEqual(len(before), 1)
        self.assertEqual(before[0]["deadline"], "2026-03-23 15:00:00")  # UTC: 16:00
        self.assertFalse(before[0]["breached_at"])
        self.assertIn("A wrong pause was corrected", self.clock.why)

    def test_forgotten(self):
        """It waited and nobody paused it: the breach of that time is withdrawn."""
        self._run_scheduler("2026-03-23 15:30")
        self.assertTrue(self.clock.breached_at)
        self._correct("15:45", "10:30", "11:30", self.pause_reason)
        self.assertClock(
            self.clock, phase="running", deadline="2026-03-23 16:00", breached_at=False
        )
        self.assertIn("waited", self.ticket.message_ids[0].body)

    def test_part_of_a_pause(self):
        """Only the first half of a pause was right."""
        self._pause("10:30", "11:30")
        self._correct("14:00", "11:00", "11:30")
        self.assertClock(self.clock, deadline="2026-03-23 15:30")

    def test_running_pause(self):
        """A pause that goes on goes on after the correction."""
        self._pause("10:30")
        self._correct("11:30", "10:30", "11:00")
        # half an hour of work, then half an hour more that was no pause
        self.assertClock(self.clock, phase="paused", used_seconds=HOUR)
        self._move("2026-03-23 13:30", self.ticket, "open")
        self.assertClock(self.clock, deadline="2026-03-23 16:30")

    def test_over_several_pauses(self):
        """One correction over several pauses and the work between them."""
        self._pause("10:10", "10:20")
        self._pause("10:40", "10:50")
        self._correct("14:00", "10:05", "11:00")
        self.assertClock(self.clock, deadline="2026-03-23 15:00")
        self._correct("14:00", "10:05", "11:00", self.pause_reason)
        self.assertClock(self.clock, deadline="2026-03-23 15:55")

    def test_twice(self):
        """A correction is corrected the same way; the last word holds."""
        self._pause("10:30", "11:30")
        self._correct("14:00", "10:30", "11:30")
        self._correct("14:10", "10:30", "11:30", self.pause_reason)
        self.assertClock(self.clock, deadline="2026-03-23 16:00")
        with self.assertRaisesRegex(UserError, "says so already"):
            self._correct("14:20", "10:30", "11:30", self.pause_reason)

    def test_another_reason(self):
        """A pause for a reason that the agreement does not accept does not count."""
        self._pause("10:30", "11:30")
        self._correct("14:00", "10:30", "11:30", self.reason_supplier)
        self.assertClock(self.clock, deadline="2026-03-23 15:00")

    def test_replay_says_the_same(self):
        """A replay reads the corrected log and finds nothing to change."""
        self._pause("10:30", "11:30")
        self._correct("14:00", "10:30", "11:30")
        with self.at("2026-03-23 14:30"):
            replay = (
                self.env["itsm.replay"]
                .with_user(self.both)
                .create({"name": "Check", "edited": "all"})
            )
            replay.action_compute()
            replay.run_id.sudo()._work_inline()
        lines = replay.line_ids.filtered(lambda line: line.ticket_id == self.ticket)
        self.assertFalse(lines)

    def test_daily_fold_goes_on(self):
        """What happens afterwards goes on from the corrected clock."""
        self._pause("10:30", "11:30")
        self._correct("14:00", "10:30", "11:30")
        self._resolve("2026-03-23 14:30", self.ticket)
        self.assertClock(self.clock, phase="stopped", used_seconds=3 * HOUR + HOUR // 2)

    # === Who and when ===

    def test_who(self):
        """A desk lead, for a reason; verdicts only with the service level manager."""
        self._pause("10:30", "11:30")
        for user in (self.agent, self.sla_manager, self.helpdesk_user):
            with self.assertRaises(AccessError):
                self._correct("14:00", "10:30", "11:30", user=user)
        with self.assertRaisesRegex(UserError, "Reason"):
            self._correct("14:00", "10:30", "11:30", reason="  ")
        self._resolve("2026-03-23 14:30", self.ticket)
        with self.assertRaisesRegex(AccessError, "final"):
            self._correct("14:45", "10:30", "11:30")
        self._correct("14:45", "10:30", "11:30", user=self.both)
        self.assertClock(self.clock, phase="stopped", used_seconds=3 * HOUR + HOUR // 2)

    def test_which_times(self):
        """Bad input: before the report, backwards, ahead, while it was over."""
        for start, stop in (
            ("09:30", "10:30"),
            ("11:00", "10:30"),
            ("10:30", "10:30"),
            ("10:30", "15:00"),
        ):
            with self.assertRaisesRegex(UserError, "From and Until"):
                self._correct("14:00", start, stop, self.pause_reason)
        with self.assertRaisesRegex(UserError, "says so already"):
            self._correct("14:00", "10:30", "11:00")
        self._resolve("2026-03-23 11:00", self.ticket)
        with self.at("2026-03-23 11:30"):
            self.ticket.with_user(self.agent)._itsm_reopen("Again")
        with self.assertRaisesRegex(UserError, "no clock ran"):
            self._correct("14:00", "10:30", "11:15", self.pause_reason)

    def test_without_log(self):
        """Imported history and tickets older than the installation stay as they are."""
        history = self._history_ticket(stage_id=self.stage_open.id)
        with self.assertRaisesRegex(UserError, "no event log of its own"):
            history.with_user(self.lead)._itsm_correct_pause(
                self.utc("2026-03-23 10:00"),
                self.utc("2026-03-23 11:00"),
                self.pause_reason,
                "x",
            )

    def test_wizard(self):
        """The wizard fills in the times of the chosen pause; only leads open it."""
        self._pause("10:30", "11:30")
        pause = self._log(self.ticket).filtered(lambda row: row.state == "paused")
        wizard = (
            self.env["itsm.ticket.pause"]
            .with_user(self.lead)
            .new({"ticket_id": self.ticket.id, "event_id": pause.id})
        )
        wizard._onchange_event_id()
        self.assertEqual(wizard.start, self.utc("2026-03-23 10:30"))
        self.assertEqual(wizard.stop, self.utc("2026-03-23 11:30"))
        vals = {
            "ticket_id": self.ticket.id,
            "start": wizard.start,
            "stop": wizard.stop,
            "reason": "Wrong ticket",
        }
        with self.assertRaises(AccessError):
            self.env["itsm.ticket.pause"].with_user(self.agent).create(vals)
        wizards = self.env["itsm.ticket.pause"].with_user(self.lead)
        with self.assertRaisesRegex(UserError, "for what"):
            wizards.create({**vals, "mistake": "not_paused"}).action_confirm()
        with self.at("2026-03-23 14:00"):
            wizards.create(vals).action_confirm()
        self.assertClock(self.clock, deadline="2026-03-23 15:00")
        self.assertIn("Test paused", pause.display_name)

    def test_several_agreements(self):
        """Clocks of teams are worked out again too."""
        team = self._create_agreement(kind="ola", name="Team", team_id=self.team.id)
        self.env.flush_all()
        # It is activated now, and the test tells of the past.
        self.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' WHERE id = %s",
            [team.id],
        )
        team.invalidate_recordset()
        self.env.registry.clear_cache()
        ticket = self.ticket = self._open()
        leg = ticket.clock_ids.filtered(
            lambda c: c.kind == "ola" and c.metric == "resolution"
        )
        self._pause("10:30", "11:30")
        self.assertClock(leg, deadline="2026-03-23 16:00")
        self._correct("14:00", "10:30", "11:30")
        self.assertClock(leg, deadline="2026-03-23 15:00")
