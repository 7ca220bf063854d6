# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import HOUR, SHANGHAI, SlaCommon


@tagged("post_install", "-at_install")
class TestVectors(SlaCommon):
    """The acceptance vectors on real tickets. Monday is 2026-03-23.

    Hours 09-12 and 13-18, resolution within 4 h for priority "2" unless said. The
    expected times are worked out by hand in the comments.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def test_01_lunch_and_pause(self):
        """SLM-37, vector 1: 10:00, pending 11:00 to 14:00: due Monday 17:00."""
        ticket = self._report("2026-03-23 10:00")
        self._reply("2026-03-23 10:05", ticket)  # leaves the resolution clock alone
        clock = self._clocks(ticket)
        # 10-12 is 2 h, 13-15 the other two
        self.assertClock(clock, deadline="2026-03-23 15:00", phase="running")
        self._move("2026-03-23 11:00", ticket, "paused")
        self.assertClock(clock, phase="paused", used_seconds=HOUR, deadline=False)
        self.assertFalse(ticket.clock_deadline)
        self._move("2026-03-23 14:00", ticket, "open")
        # 1 h used, 3 h left from 14:00
        self.assertClock(
            clock,
            phase="running",
            used_seconds=HOUR,
            running_since="2026-03-23 14:00",
            deadline="2026-03-23 17:00",
        )
        self.assertEqual(ticket.clock_deadline, self.utc("2026-03-23 17:00"))

    def test_02_two_pauses(self):
        """SLM-37, vector 2: both pauses are credited."""
        ticket = self._report("2026-03-23 10:00")
        self._move("2026-03-23 10:30", ticket, "paused")
        self._move("2026-03-23 11:00", ticket, "open")
        self._move("2026-03-23 14:00", ticket, "paused")
        self._move("2026-03-23 15:30", ticket, "open")
        # used 10:00-10:30, 11-12, 13-14: 2.5 h; 1.5 h left from 15:30
        clock = self._clocks(ticket)
        self.assertClock(clock, used_seconds=2.5 * HOUR, deadline="2026-03-23 17:00")
        self._move("2026-03-23 17:00", ticket, "resolved")
        # stopped at the deadline is in time
        self.assertClock(
            clock,
            phase="stopped",
            used_seconds=4 * HOUR,
            breached_at=False,
            status="met",
        )

    def test_03_closed_from_pause(self):
        """SLM-37, vector 3: closed directly from pending in time: met, for ever."""
        ticket = self._report("2026-03-23 10:00")
        clock = self._clocks(ticket)
        self._move("2026-03-23 11:00", ticket, "paused")
        self._move("2026-03-25 09:30", ticket, "closed")
        expected = {
            "phase": "stopped",
            "used_seconds": HOUR,
            "stopped_at": "2026-03-25 09:30",
            "breached_at": False,
            "overrun_seconds": 0,
        }
        self.assertClock(clock, status="met", **expected)
        self._run_scheduler("2026-05-01 10:00")
        self._write("2026-05-01 11:00", ticket, priority="3")
        self.assertClock(clock, status="met", **expected)
        self.assertEqual(self._status("2026-05-01 12:00", clock), "met")

    def test_04_due_passes_while_pending(self):
        """SLM-37, vector 4: not breached while pending; paused with 3 h left."""
        ticket = self._report("2026-03-23 10:00")
        clock = self._clocks(ticket)
        self._move("2026-03-23 11:00", ticket, "paused")
        self._run_scheduler("2026-03-27 16:00")
        self.assertClock(clock, breached_at=False, deadline=False, next_event_at=False)
        self.assertEqual(self._status("2026-03-27 16:00", clock), "paused")
        with self.at("2026-03-27 16:00"):
            ticket.invalidate_recordset(["clock_summary", "clock_status"])
            shown = ticket.clock_summary["clocks"][-1]
        self.assertEqual(shown["status"], "paused")
        self.assertEqual(shown["target"] - shown["used"], 3 * HOUR)
        self.assertIs(shown["deadline"], False)
        self._move("2026-03-27 16:00", ticket, "open")
        # 3 h left: Friday 16-18, Monday 09-10 (in Paris after the change of the clocks)
        self.assertClock(clock, deadline="2026-03-30 10:00")

    def _raised(self):
        """Low (8 h): 3 h worked, pending 1 h, resumed; then Critical (2 h) at 14:00."""
        ticket = self._report("2026-03-23 09:00", priority="1")
        self._move("2026-03-23 13:00", ticket, "paused")
        self._move("2026-03-23 14:00", ticket, "open")
        self._write("2026-03-23 14:00", ticket, priority="3")
        return ticket

    def test_05_raised_from_the_start(self):
        """SLM-37, vector 5: raised to 2 h with 3 h used: breached now, overrun 1 h."""
        ticket = self._raised()
        clock = self._clocks(ticket)
        # used 09-12; 2 h were used at 11:00, the breach is the change's
        self.assertClock(
            clock,
            target_seconds=2 * HOUR,
            used_seconds=3 * HOUR,
            deadline="2026-03-23 11:00",
            breached_at="2026-03-23 14:00",
        )
        self.assertEqual(self._status("2026-03-23 14:00", clock), "breached")
        first, second = clock.applications
        self.assertEqual(first["target"], 8 * HOUR)
        self.assertEqual(second["target"], 2 * HOUR)
        self.assertEqual(second["why"], "priority")
        self.assertEqual(second["from"], str(self.utc("2026-03-23 14:00")))
        self._move("2026-03-23 14:00", ticket, "resolved")
        self.assertClock(clock, overrun_seconds=HOUR, status="missed")

    def test_05_raised_from_the_change(self):
        """SLM-37, vector 5: policy “from the change”: 2 h from 14:00, due 16:00."""
        self.agreement.action_terminate()
        self.agreement = self._create_agreement(retarget="change")
        clock = self._clocks(self._raised())
        self.assertClock(
            clock, used_seconds=0, breached_at=False, deadline="2026-03-23 16:00"
        )

    def test_05_raised_while_paused(self):
        """Design 2: while paused no time breaches, a change of target does."""
        ticket = self._report("2026-03-23 09:00", priority="1")
        clock = self._clocks(ticket)
        self._move("2026-03-23 12:00", ticket, "paused")
        self._write("2026-03-24 10:00", ticket, priority="3")
        self.assertClock(
            clock, phase="paused", breached_at="2026-03-24 10:00", deadline=False
        )
        self.assertEqual(self._status("2026-03-24 10:00", clock), "breached")

    def test_06_lowered_after_breach(self):
        """SLM-37, vector 6: a breach stays although the new due time is to come."""
        ticket = self._report("2026-03-23 09:00", priority="3")
        clock = self._clocks(ticket)
        self._run_scheduler("2026-03-23 11:01")
        self._write("2026-03-23 13:30", ticket, priority="1")
        # 2 h were over at 11:00; 8 h from 09:00 end at 18:00
        self.assertClock(
            clock, breached_at="2026-03-23 11:00", deadline="2026-03-23 18:00"
        )
        self.assertEqual(self._status("2026-03-23 13:30", clock), "breached")
        self._move("2026-03-23 14:00", ticket, "resolved")
        self.assertClock(clock, status="missed", overrun_seconds=0)
        self.assertIn("breached", clock.alert_ids.mapped("level"))

    def test_06_lowered_before_anybody_looked(self):
        """Design 2: the breach is in the log even if the scheduler had not come yet."""
        ticket = self._report("2026-03-23 09:00", priority="3")
        self._write("2026-03-23 11:00:01", ticket, priority="1")
        self.assertClock(self._clocks(ticket), breached_at="2026-03-23 11:00")

    def test_07_reopened(self):
        """SLM-37, vector 7: ten days resolved do not count; the count goes on."""
        ticket = self._report("2026-03-24 10:00")
        clock = self._clocks(ticket)
        self._move("2026-03-24 11:00", ticket, "resolved")
        self.assertClock(clock, status="met", used_seconds=HOUR)
        self._move("2026-04-03 10:00", ticket, "open")
        # 3 h left: 10-12 and 13-14
        self.assertClock(
            clock, phase="running", used_seconds=HOUR, deadline="2026-04-03 14:00"
        )
        self._move("2026-04-03 13:30", ticket, "closed")
        self.assertClock(clock, status="met", used_seconds=3.5 * HOUR)

    def test_07_reopened_new_clock(self):
        """SLM-37, vector 7: per agreement a reopened ticket gets a new clock."""
        self.agreement.action_terminate()
        self._create_agreement(reopen="new")
        ticket = self._report("2026-03-24 10:00")
        self._move("2026-03-24 16:00", ticket, "resolved")
        self._move("2026-04-03 10:00", ticket, "open")
        first, second = self._clocks(ticket)
        # used 10-12, 13-16: 5 h, one too much; the new one: 10-12 and 13-15
        self.assertClock(first, status="missed", overrun_seconds=HOUR)
        self.assertClock(second, cycle=1, used_seconds=0, deadline="2026-04-03 15:00")

    def test_07_reopened_after_a_miss(self):
        """Design 2: reopening a missed clock returns it to breached."""
        ticket = self._report("2026-03-24 10:00")
        clock = self._clocks(ticket)
        self._move("2026-03-24 16:00", ticket, "resolved")
        self._move("2026-04-03 10:00", ticket, "open")
        self.assertClock(
            clock, phase="running", breached_at="2026-03-24 15:00", overrun_seconds=0
        )
        self.assertEqual(self._status("2026-04-03 10:00", clock), "breached")

    def test_08_calendar_edited_afterwards(self):
        """SLM-37, vector 8: closed clocks are frozen when the calendar is edited."""
        ticket = self._report("2026-03-23 10:00")
        self._move("2026-03-23 16:00", ticket, "closed")
        clock = self._clocks(ticket)
        names = [name for name, f in clock._fields.items() if f.store and f.column_type]
        before = clock.read(names)
        self.assertClock(clock, status="missed", overrun_seconds=HOUR)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Found out later",
                "calendar_id": self.calendar.id,
                "date_from": self.utc("2026-03-23 00:00"),
                "date_to": self.utc("2026-03-23 23:59"),
            }
        )
        self.calendar.attendance_ids[0].hour_to = 11
        self._reply("2026-03-24 10:00", ticket)
        self._write("2026-03-24 10:00", ticket, priority="3")
        self._run_scheduler("2026-03-24 11:00")
        # what the scheduler has told is no part of the verdict
        told = {"fired", "next_event_at", "write_uid", "write_date"}
        clock.invalidate_recordset()
        for name in set(names) - told:
            self.assertEqual(clock.read([name])[0][name], before[0][name], name)


@tagged("post_install", "-at_install")
class TestVectorsShanghai(TestVectors):
    """The same on the other side of the world."""

    zone = SHANGHAI
    allow_inherited_tests_method = True
