# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import HOUR, SlaCommon

# Resolution within 4 h: Thursday 16-18 and Friday 09-11. Without the Friday it is
# Monday 09-11; at risk after 3 h, an hour earlier.
THU, OLD, NEW = "2026-03-26 16:00", "2026-03-27 11:00", "2026-03-30 11:00"
OLD_RISK, NEW_RISK = "2026-03-27 10:00", "2026-03-30 10:00"
# 4 h from Friday 16:00: 16-18 and Monday 09-11; with a working Saturday that 09-11.
FRI, SATURDAY = "2026-03-27 16:00", "2026-03-28 11:00"


@tagged("post_install", "-at_install")
class TestCalendarEdit(SlaCommon):
    """CAL-09, Design 2: working time is edited while clocks run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240), "3": (0, 60)})

    def setUp(self):
        super().setUp()
        self.ticket = self._report(THU)
        self.clock = self._clocks(self.ticket)
        self.assertClock(self.clock, deadline=OLD, at_risk_at=OLD_RISK)

    def _holiday(self, wall, day="2026-03-27"):
        """A holiday of the calendar that is entered at a wall clock time."""
        with self.at(wall):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.calendar.id,
                    "date_from": self.utc(f"{day} 00:00"),
                    "date_to": self.utc(f"{day} 23:59:59"),
                }
            )

    def _working_saturday(self, wall):
        with self.at(wall):
            self.env["itsm.working.day"].create(
                {"name": "Make-up", "date": "2026-03-28", "pattern": "4"}
            )

    def _levels(self, ticket=None):
        alerts = (ticket or self.ticket).clock_ids.alert_ids.sorted("id")
        return [(alert.level, alert.outcome) for alert in alerts]

    def _activities(self):
        return self.env["mail.activity"].search_count(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        )

    # === The scheduler ===

    def test_scheduler_at_the_old_deadline(self):
        """Design 2: nobody is told of a deadline that the calendar no longer gives."""
        self._holiday("2026-03-26 17:00")
        self._run_scheduler("2026-03-27 11:01")
        self.assertFalse(self._levels())
        self.assertFalse(self._activities())
        self.assertClock(
            self.clock,
            deadline=NEW,
            at_risk_at=NEW_RISK,
            next_event_at=NEW_RISK,
            breached_at=False,
            fired=False,
        )
        self.assertEqual(self.ticket.clock_deadline, self.utc(NEW))
        # and at the new ones somebody is told
        self._run_scheduler("2026-03-30 10:01")
        self.assertEqual(self._levels(), [("at_risk", "told")])
        self._run_scheduler("2026-03-30 11:01")
        self.assertEqual(self._levels(), [("at_risk", "told"), ("breached", "told")])
        self.assertClock(self.clock, breached_at=NEW)
        self.assertEqual(self._activities(), 2)

    def test_scheduler_after_at_risk(self):
        """Design 2: at risk was told before the holiday was entered: it stays told."""
        self._run_scheduler("2026-03-27 10:01")
        self._holiday("2026-03-27 10:30")
        self._run_scheduler("2026-03-27 11:01")
        self.assertEqual(self._levels(), [("at_risk", "told")])
        self.assertClock(self.clock, deadline=NEW, next_event_at=NEW, breached_at=False)
        self.assertEqual(self.ticket.clock_deadline, self.utc(NEW))

    def test_scheduler_leaves_others(self):
        """Design 2: a clock whose calendar did not change keeps its deadline."""
        self._holiday("2026-03-26 17:00", "2026-04-06")
        self._run_scheduler("2026-03-27 11:01")
        self.assertClock(self.clock, deadline=OLD, breached_at=OLD)

    # === The next save ===

    def test_stopped_between(self):
        """CAL-09: solved after the old and before the new deadline is met."""
        self._holiday("2026-03-26 17:00")
        self._move("2026-03-30 10:30", self.ticket, "resolved")
        # 2 h on Thursday, 1.5 h on Monday
        self.assertClock(
            self.clock,
            status="met",
            breached_at=False,
            used_seconds=3 * HOUR + HOUR // 2,
            overrun_seconds=0,
        )

    def test_stopped_on_the_holiday(self):
        """CAL-09: solved on the holiday itself: in time, and no time of it counts."""
        self._holiday("2026-03-26 17:00")
        self._move("2026-03-27 12:00", self.ticket, "resolved")
        self.assertClock(self.clock, status="met", used_seconds=2 * HOUR)

    def test_missed_by_the_new_deadline(self):
        """CAL-09: used time, deadline and overrun come from one timeline."""
        self._holiday("2026-03-26 17:00")
        self._move("2026-03-30 12:00", self.ticket, "resolved")
        self.assertClock(
            self.clock,
            status="missed",
            breached_at=NEW,
            used_seconds=5 * HOUR,
            overrun_seconds=HOUR,
        )

    def test_paused_between(self):
        """CAL-09: a pause after the old deadline: no breach, what was used stays."""
        self._holiday("2026-03-26 17:00")
        self._move("2026-03-30 10:00", self.ticket, "paused")
        self.assertClock(
            self.clock, phase="paused", breached_at=False, used_seconds=3 * HOUR
        )
        self._move("2026-03-30 14:00", self.ticket, "open")
        self.assertClock(self.clock, deadline="2026-03-30 15:00", breached_at=False)

    def test_other_target_between(self):
        """CAL-09: a change of priority is judged by the working time of today."""
        self._holiday("2026-03-26 17:00")
        self._write("2026-03-27 12:00", self.ticket, name="Renamed", user_id=False)
        self._move("2026-03-27 12:00", self.ticket, "open")
        self.assertClock(self.clock, deadline=NEW, breached_at=False)
        self.assertEqual(self.ticket.clock_deadline, self.utc(NEW))

    # === Frozen ===

    def test_closed_clocks_are_frozen(self):
        """Design 2: met and missed stay what they were, with what was counted."""
        missed = self._report(THU)
        self._move("2026-03-26 17:00", self.ticket, "resolved")
        self._move("2026-03-27 12:00", missed, "resolved")
        self._run_scheduler("2026-03-27 12:01")
        clocks = self.clock | self._clocks(missed)
        self.assertEqual(clocks.mapped("status"), ["met", "missed"])
        names = [name for name in clocks._fields if clocks._fields[name].store]
        before = clocks.read(names)
        self._holiday("2026-03-27 13:00", "2026-03-26")
        self._holiday("2026-03-27 13:00")
        self._run_scheduler("2026-03-27 13:01")
        self._write("2026-03-27 14:00", self.ticket | missed, priority="3")
        self._run_scheduler("2026-03-30 14:00")
        after = clocks.read(names)
        self.assertEqual(after, before)
        self.assertEqual(
            self._levels(missed), [("at_risk", "passed"), ("breached", "told")]
        )

    def test_breach_is_not_withdrawn(self):
        """Design 2: a holiday entered after the breach does not take it back."""
        self._run_scheduler("2026-03-27 11:01")
        self._holiday("2026-03-27 13:00")
        self._run_scheduler("2026-03-27 13:01")
        self.assertClock(self.clock, breached_at=OLD)
        self._move("2026-03-30 10:30", self.ticket, "resolved")
        self.assertClock(self.clock, status="missed", breached_at=OLD)

    # === Earlier ===

    def test_extra_day_judged_at_the_next_save(self):
        """CAL-09: an extra working day can make a running clock late."""
        ticket = self._report(FRI)
        clock = self._clocks(ticket)
        self.assertClock(clock, deadline=NEW)
        self._working_saturday("2026-03-27 17:00")
        self._move("2026-03-28 11:30", ticket, "open")
        self.assertClock(clock, phase="running", breached_at=SATURDAY)
        self.assertEqual(ticket.clock_deadline, self.utc(SATURDAY))
        self._run_scheduler("2026-03-28 11:31")
        self.assertEqual(
            self._levels(ticket), [("at_risk", "passed"), ("breached", "told")]
        )

    def test_extra_day_stopped(self):
        """CAL-09: solved on the extra day after the new deadline is missed."""
        late, in_time = self._report(FRI), self._report(FRI)
        self._working_saturday("2026-03-27 17:00")
        self._move("2026-03-28 10:30", in_time, "resolved")
        self._move("2026-03-28 11:30", late, "resolved")
        self.assertClock(
            self._clocks(in_time), status="met", used_seconds=3 * HOUR + HOUR // 2
        )
        self.assertClock(
            self._clocks(late),
            status="missed",
            breached_at=SATURDAY,
            overrun_seconds=HOUR // 2,
        )
