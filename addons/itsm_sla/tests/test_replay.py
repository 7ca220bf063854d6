# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from ..models import itsm_replay, itsm_replay_line
from .common import HOUR
from .replay_common import ReplayCommon

# 4 h from Thursday 16:00: Thursday 16-18, Friday 09-11; without the Friday, Monday.
THU, OLD, NEW = "2026-03-26 16:00", "2026-03-27 11:00", "2026-03-30 11:00"
# 4 h from Friday 16:00: 16-18 and Monday 09-11.
FRI = "2026-03-27 16:00"
FRIDAY = "2026-03-27"


@tagged("post_install", "-at_install")
class TestReplay(ReplayCommon):
    """Peers vectors 8 and 17, design 2: working out again what clocks say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240), "3": (0, 60)})

    # === The table ===

    def test_table_before_anything_changes(self):
        """Vector 8: every difference is shown, and nothing is changed by showing."""
        ticket, other = self._report(THU), self._report(FRI)
        clock = self._clocks(ticket)
        before = self._figures(clock)
        self._holiday("2026-03-26 17:00", FRIDAY)
        loud = self._loud()
        replay = self._replay("2026-03-26 17:30", calendar_ids=self.calendar.ids)
        self.assertEqual(replay.state, "computed")
        self.assertEqual(self._figures(clock), before)
        self.assertEqual(self._loud(), loud)
        line = self._lines(replay, ticket)
        self.assertRecordValues(
            line,
            [
                {
                    "clock_id": clock.id,
                    "kind": "sla",
                    "metric": "resolution",
                    "change": "changed",
                    "effect": "later",
                    "before_status": "running",
                    "before_deadline": self.utc(OLD),
                    "before_target": 4.0,
                    "before_breached_at": False,
                    "after_status": "running",
                    "after_deadline": self.utc(NEW),
                    "after_agreement_id": self.agreement.id,
                    "after_breached_at": False,
                    "state": "todo",
                }
            ],
        )
        self.assertFalse(self._lines(replay, other) - replay.line_ids)
        self.assertEqual(replay.late_count, 0)

    def test_applied(self):
        """Vector 8: the clock is what the log says, what held before stays with it."""
        ticket = self._report(THU)
        clock = self._clocks(ticket)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:30")
        loud = self._loud()
        self._apply("2026-03-26 17:40", replay)
        self.assertEqual(replay.state, "applied")
        self.assertEqual(replay.applied_id, self.sla_manager)
        self.assertClock(
            clock,
            deadline=NEW,
            at_risk_at="2026-03-30 10:00",
            next_event_at="2026-03-30 10:00",
            breached_at=False,
        )
        self.assertEqual(ticket.clock_deadline, self.utc(NEW))
        entry = clock.applications[1]
        self.assertEqual(entry["why"], "replayed")
        self.assertTrue(entry["corrected"])
        self.assertEqual(entry["before"]["deadline"], "2026-03-27 10:00:00")  # UTC
        self.assertEqual(entry["replay_id"], replay.id)
        self.assertEqual(clock.applications[2]["why"], "reported")
        self.assertEqual(self._loud(), loud)
        self.assertEqual(replay.line_ids.mapped("state"), ["applied"])
        self.assertIn("Worked out again by a replay", clock.why)

    def test_second_time_nothing(self):
        """Vector 8: applied once, a second replay finds no difference."""
        self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        self._apply("2026-03-26 17:40", self._replay("2026-03-26 17:30"))
        again = self._replay("2026-03-26 17:50")
        self.assertEqual(again.state, "computed")
        self.assertGreaterEqual(again.ticket_count, 1)
        self.assertFalse(again.line_ids)

    def test_breach_withdrawn_and_late_silently(self):
        """Vector 8: holiday added: no longer late; removed again: late, nobody told."""
        ticket = self._report(THU)
        clock = self._clocks(ticket)
        self._run_scheduler("2026-03-27 12:00")
        self.assertClock(clock, breached_at=OLD)
        holiday = self._holiday("2026-03-27 13:00", FRIDAY)
        replay = self._replay("2026-03-27 13:10", reason="Entered late")
        self.assertEqual(replay.line_ids.effect, "no_longer_late")
        self.assertIn("1 are no longer late", replay.summary)
        self._apply("2026-03-27 13:20", replay)
        self.assertClock(clock, phase="running", breached_at=False, deadline=NEW)
        before = clock.applications[1]["before"]
        self.assertEqual(before["breached_at"], "2026-03-27 10:00:00")
        with self.at("2026-03-27 14:00"):
            holiday.unlink()
        second = self._replay("2026-03-27 14:10")
        self.assertEqual(second.line_ids.effect, "newly_late")
        self.assertIn("1 become late", second.summary)
        loud = self._loud()
        self._apply("2026-03-27 14:20", second)
        self.assertClock(clock, breached_at=OLD, deadline=OLD)
        self._run_scheduler("2026-03-27 14:30")
        self.assertEqual(self._loud(), loud)
        self.assertFalse(clock.next_event_at and clock.next_event_at < self.utc(NEW))

    def test_late_silently_without_alert_before(self):
        """Design, Manners: a replay that makes a clock late logs it, tells nobody."""
        holiday = self._holiday("2026-03-25 10:00", FRIDAY)
        ticket = self._report(THU)
        clock = self._clocks(ticket)
        self.assertClock(clock, deadline=NEW)
        with self.at("2026-03-27 12:00"):
            holiday.unlink()
        replay = self._replay("2026-03-27 12:10")
        self.assertEqual(replay.line_ids.effect, "newly_late")
        loud = self._loud()
        self._apply("2026-03-27 12:20", replay)
        self._run_scheduler("2026-03-27 12:30")
        self.assertClock(clock, breached_at=OLD)
        self.assertEqual(self._loud(), loud)
        self.assertNotIn("told", clock.alert_ids.mapped("outcome"))

    def test_paused_ticket(self):
        """Vector 8: a pause in between: what was used is counted anew."""
        ticket = self._report(THU)
        self._move("2026-03-27 10:00", ticket, "paused")  # 3 h used
        clock = self._clocks(ticket)
        self.assertClock(clock, used_seconds=3 * HOUR, phase="paused")
        self._holiday("2026-03-27 11:00", FRIDAY)
        replay = self._replay("2026-03-27 11:10")
        line = replay.line_ids
        self.assertEqual(
            (line.effect, line.before_used, line.after_used), ("other", 3, 2)
        )
        self._apply("2026-03-27 11:20", replay)
        self.assertClock(clock, used_seconds=2 * HOUR, phase="paused", deadline=False)
        self._move("2026-03-30 09:00", ticket, "open")
        self.assertClock(clock, deadline=NEW)

    # === Frozen ===

    def test_closed_are_frozen(self):
        """Vector 8: closed tickets, and verdicts on open ones, stay as they were."""
        closed, reopened = self._report(THU), self._report(THU)
        self._move("2026-03-27 12:00", closed, "closed")
        clock = self._clocks(closed)
        self.assertClock(clock, status="missed")
        before = self._figures(clock)
        self._holiday("2026-03-27 13:00", FRIDAY)
        replay = self._replay("2026-03-27 13:10", reason="Entered late")
        self.assertFalse(self._lines(replay, closed))
        self.assertTrue(self._lines(replay, reopened))
        self._apply("2026-03-27 13:20", replay)
        self.assertEqual(self._figures(clock), before)

    def test_verdict_on_an_open_ticket(self):
        """Design 2: a response that was judged is not judged again by a replay."""
        with self.at("2026-03-20 10:00"):
            self.agreement.action_terminate()
        self._create_agreement({"2": (60, 480)}, date_start="2026-01-02")
        ticket = self._report(THU)  # response until 17:00
        self._reply("2026-03-27 09:30", ticket)
        response = self._clocks(ticket, "response")
        self.assertClock(response, status="missed", breached_at="2026-03-26 17:00")
        before = self._figures(response)
        self._holiday("2026-03-27 10:00", "2026-03-26")
        replay = self._replay("2026-03-27 10:10")
        self.assertEqual(replay.line_ids.metric, "resolution")
        self._apply("2026-03-27 10:20", replay)
        self.assertEqual(self._figures(response), before)

    def test_closed_by_the_lead_with_a_reason(self):
        """Vector 8, design 2: judged again by role and reason; who and when kept."""
        ticket = self._report(THU)
        self._move("2026-03-27 12:00", ticket, "closed")
        clock = self._clocks(ticket)
        self._holiday("2026-03-27 13:00", FRIDAY)
        lead = self._create_user(
            "itsm-both", "itsm_sla.itsm_group_sla_manager,itsm_base.itsm_group_lead"
        )
        replay = self._replay(
            "2026-03-27 13:10", lead, scope="closed", reason="Entered late"
        )
        self.assertEqual(replay.authorised_id, lead)
        self.assertEqual(replay.authorised_at, self.utc("2026-03-27 13:10"))
        self.assertEqual(self._lines(replay, ticket).effect, "no_longer_late")
        self._apply("2026-03-27 13:20", replay, lead)
        self.assertClock(clock, status="met", used_seconds=2 * HOUR, overrun_seconds=0)
        before = clock.applications[1]["before"]
        self.assertEqual((before["phase"], before["overrun"]), ("stopped", HOUR))
        self.assertEqual(before["breached_at"], "2026-03-27 10:00:00")

    def test_closed_refused(self):
        """Vector 8: without the role, or without a reason, verdicts stay."""
        ticket = self._report(THU)
        self._move("2026-03-27 12:00", ticket, "closed")
        with self.assertRaises(AccessError):
            self._replay("2026-03-27 13:10", scope="closed", reason="Because")
        for reason in (False, "  "):
            with self.subTest(reason=reason), self.assertRaises(ValidationError):
                self._replay(
                    "2026-03-27 13:10", self.manager, scope="closed", reason=reason
                )

    def test_other_agreement_refused(self):
        """Design 2: another agreement is a correction: role and reason, as above."""
        ticket = self._report(THU)
        self._run_scheduler("2026-03-27 12:00")
        clock = self._clocks(ticket)
        lenient = self._draft_agreement(
            {"2": (0, 6000)}, date_start="2026-03-27", partner_id=self.customer.id
        )
        with self.at("2026-03-27 12:10"):
            lenient.action_activate()
        vals = {"edited": "tickets", "under_agreement_id": lenient.id}
        with self.assertRaisesRegex(AccessError, "Put Under Agreement"):
            self._replay("2026-03-27 13:00", reason="Because", **vals)
        with self.assertRaisesRegex(ValidationError, "Reason"):
            self._replay("2026-03-27 13:00", self.manager, **vals)
        self.assertClock(clock, breached_at=OLD)
        replay = self._replay(
            "2026-03-27 13:00", self.manager, reason="Wrong agreement", **vals
        )
        self.assertIn("no_longer_late", self._lines(replay, ticket).mapped("effect"))
        with self.assertRaisesRegex(AccessError, "Put Under Agreement"):
            self._apply("2026-03-27 13:10", replay)
        self._apply("2026-03-27 13:20", replay, self.manager)
        self.assertClock(clock, breached_at=False, agreement_id=lenient)
        self.assertRecordValues(
            ticket.event_ids.filtered(lambda event: event.what == "corrected"),
            [
                {
                    "time": self.utc("2026-03-27 13:20"),
                    "user_id": self.manager.id,
                    "note": "Wrong agreement",
                    "reported_at": False,
                }
            ],
        )

    def test_breach_withdrawn_for_a_reason(self):
        """Design 2: a withdrawn breach needs a reason, kept in the ticket's log."""
        ticket, other = self._report(THU), self._report("2026-03-30 10:00")
        clock = self._clocks(ticket)
        with self.at(THU):
            held = ticket.event_ids.ids
        self._run_scheduler("2026-03-27 12:00")
        self._holiday("2026-03-27 13:00", FRIDAY)
        replay = self._replay("2026-03-27 13:10")
        self.assertTrue(replay.is_reason_needed)
        for reason in (False, "  "):
            replay.reason = reason
            with self.assertRaisesRegex(ValidationError, "Reason: 1 tickets"):
                self._apply("2026-03-27 13:20", replay)
        self.assertEqual(replay.state, "computed")
        replay.reason = "Holiday entered late"
        self._apply("2026-03-27 13:20", replay)
        self.assertClock(clock, breached_at=False, deadline=NEW)
        with self.assertRaisesRegex(UserError, "reason"):
            replay.reason = "Another"
        row = ticket.event_ids.filtered(lambda event: event.id not in held)
        self.assertRecordValues(
            row,
            [
                {
                    "what": "corrected",
                    "time": self.utc("2026-03-27 13:20"),
                    "user_id": self.sla_manager.id,
                    "note": "Holiday entered late",
                    "value": "Holiday entered late",
                }
            ],
        )
        self.assertNotIn("corrected", other.event_ids.mapped("what"))
        # the row states no fact: nothing differs, nothing moves
        self.assertFalse(self._replay("2026-03-27 13:30").line_ids)
        figures = self._figures(clock)[clock.id]
        with self.at("2026-03-27 13:30"):
            ticket._clock_refold("reported")
        for name in ("deadline", "breached_at", "used_seconds", "phase"):
            self.assertEqual(self._figures(clock)[clock.id][name], figures[name])

    def test_undo_behind_its_own_row(self):
        """Design 2: the rows of replays do not stand in the way of taking them back."""
        ticket = self._report(THU)
        clock = self._clocks(ticket)
        self._run_scheduler("2026-03-27 12:00")
        self._holiday("2026-03-27 13:00", FRIDAY)
        first = self._replay("2026-03-27 13:10", reason="First")
        self._apply("2026-03-27 13:20", first)
        self._holiday("2026-03-27 13:30", "2026-03-30")
        second = self._replay("2026-03-27 13:40")
        self.assertFalse(second.is_reason_needed)
        self._apply("2026-03-27 13:50", second)
        self.assertClock(clock, deadline="2026-03-31 11:00")
        self._undo("2026-03-27 14:00", second)
        self.assertClock(clock, deadline=NEW)
        self._undo("2026-03-27 14:10", first)
        self.assertEqual(first.line_ids.mapped("state"), ["undone"])
        self.assertClock(clock, deadline=OLD, breached_at=OLD)
        rows = ticket.event_ids.filtered(lambda event: event.what == "corrected")
        self.assertEqual(
            rows.mapped("note"),
            ["First", "Edited", "Replay undone: Edited", "Replay undone: First"],
        )

    # === Choosing ===

    def test_choice(self):
        """Vector 17: by agreement, by working time, by filter and by date."""
        other_calendar = self._create_calendar("Second", self.zone)
        other_agreement = self._create_agreement(
            {"2": (0, 240)},
            partner_id=self.customer_2.id,
            calendar_id=other_calendar.id,
        )
        one = self._report(THU)
        two = self._report(THU, partner_id=self.requester_2.id)
        late = self._report("2026-03-26 16:30", user_id=self.agent.id)
        self.assertEqual(two.agreement_id, other_agreement)
        with self.at("2026-03-26 17:00"):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "For all",
                    "date_from": self.utc("2026-03-27 00:00"),
                    "date_to": self.utc("2026-03-27 23:59:59"),
                    "company_id": self.company.id,
                }
            )
        for expected, vals in (
            (one | two | late, {}),
            (one | late, {"calendar_ids": self.calendar.ids}),
            (two, {"edited": "agreement", "agreement_ids": other_agreement.ids}),
            (
                late,
                {
                    "edited": "tickets",
                    "ticket_domain": f"[('user_id', '=', {self.agent.id})]",
                },
            ),
            (one | two, {"reported_until": self.utc("2026-03-26 16:10")}),
            (late, {"reported_from": self.utc("2026-03-26 16:10")}),
        ):
            with self.subTest(vals=vals):
                replay = self._replay("2026-03-26 17:30", **vals)
                self.assertEqual(replay.line_ids.ticket_id, expected)

    def test_from_the_forms(self):
        """Vector 8: the buttons of agreement and working time fill in the choice."""
        for record, edited, name in (
            (self.agreement, "agreement", "agreement_ids"),
            (self.calendar, "calendar", "calendar_ids"),
        ):
            action = record.with_user(self.sla_manager).action_replay()
            form = Form(
                self.env["itsm.replay"]
                .with_user(self.sla_manager)
                .with_context(**action["context"])
            )
            form.name = "From the form"
            replay = form.save()
            self.assertEqual((replay.edited, replay[name]), (edited, record))
            self.assertEqual((replay.state, replay.scope), ("draft", "open"))

    def test_bad_filter(self):
        """A filter that is no filter is refused in words when it is saved."""
        for text in ("[('nothing', '=', 1)]", "print(1)", "[(", "__import__('os')"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self._replay(THU, edited="tickets", ticket_domain=text)
        with self.assertRaises(ValidationError):
            self._replay(THU, edited="agreement")

    def test_no_working_time_chosen(self):
        """“These working times” and none chosen is not all of them, silently."""
        with self.assertRaisesRegex(ValidationError, "Working Times"):
            self._replay(THU, edited="calendar")
        replay = self.env["itsm.replay"].create({"name": "New"})
        self.assertEqual(replay.edited, "calendar")

    def test_under_another_agreement(self):
        """Vector 17: open tickets are put under a new version."""
        ticket, foreign = self._report(THU), self._report(THU)
        self._write(THU, foreign, partner_id=self.requester_2.id)
        new = self._draft_agreement(
            {"2": (0, 60)}, date_start="2026-03-26", partner_id=self.customer.id
        )
        with self.at("2026-03-26 16:10"):
            new.action_activate()
        replay = self._replay(
            "2026-03-26 16:20",
            self.manager,
            edited="agreement",
            agreement_ids=self.agreement.ids,
            under_agreement_id=new.id,
            reason="Renewed",
        )
        self.assertEqual(replay.line_ids.ticket_id, ticket)
        self.assertEqual(replay.authorised_id, self.manager)
        self._apply("2026-03-26 16:30", replay, self.manager)
        clock = self._clocks(ticket)
        self.assertClock(
            clock,
            agreement_id=new,
            target_seconds=HOUR,
            started_at=THU,
            deadline="2026-03-26 17:00",
        )
        self.assertEqual(ticket.agreement_id, new)
        self.assertEqual(ticket.agreement_reason, "customer")
        # and it stays there
        self._move("2026-03-26 16:40", ticket, "open", priority="2")
        self.assertEqual(ticket.agreement_id, new)
        self.assertFalse(self._replay("2026-03-26 16:50").line_ids)

    def test_ticket_without_clock(self):
        """Vector 17: open tickets that had no clock get one by the replay."""
        with self.at("2026-03-20 10:00"):
            self.agreement.action_terminate()
        ticket = self._report(THU)
        self.assertFalse(ticket.clock_ids)
        new = self._create_agreement({"2": (0, 240)}, date_start="2026-03-01")
        replay = self._replay(
            "2026-03-26 17:00",
            self.manager,
            edited="tickets",
            under_agreement_id=new.id,
            reason="Signed late",
        )
        line = self._lines(replay, ticket)
        self.assertEqual((line.change, line.before_status), ("new", False))
        self._apply("2026-03-26 17:10", replay, self.manager)
        self.assertClock(self._clocks(ticket), deadline=OLD)
        self.assertEqual(line.clock_id, self._clocks(ticket))
        self.assertEqual(ticket.clock_deadline, self.utc(OLD))
        self._undo("2026-03-26 17:20", replay)
        self.assertClock(self._clocks(ticket), phase="cancelled", deadline=False)
        self.assertFalse(ticket.agreement_id)
        self.assertFalse(ticket.clock_deadline)

    def test_legs(self):
        """Vectors 8, 16: the clock of a team's leg is worked out again too."""
        desk = self._draft_agreement(
            {"2": (0, 180)}, kind="ola", team_id=self.team.id, name="Desk"
        )
        desk.action_activate()
        # It is activated now, and the test tells of the past.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' WHERE id = %s",
            [desk.id],
        )
        self.env.invalidate_all()
        ticket = self._report(THU)  # the desk has 3 h: until Friday 10:00
        leg = ticket.clock_ids.filtered(lambda clock: clock.kind == "ola")
        self.assertClock(leg, deadline="2026-03-27 10:00")
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:30")
        self.assertEqual(replay.line_ids.mapped("kind"), ["sla", "ola"])
        self.assertEqual(replay.line_ids[1].leg_team_id, self.team)
        self._apply("2026-03-26 17:40", replay)
        self.assertClock(leg, deadline="2026-03-30 10:00")
        self.assertEqual(ticket.clock_deadline, self.utc(NEW))
        self.assertEqual(ticket.leg_deadline, self.utc("2026-03-30 10:00"))
        self.assertFalse(self._replay("2026-03-26 17:50").line_ids)
        self._undo("2026-03-26 18:00", replay)
        self.assertEqual(ticket.leg_deadline, self.utc("2026-03-27 10:00"))

    # === Meanwhile ===

    def test_ticket_saved_meanwhile(self):
        """Bad input: a ticket saved after the table was made is left alone."""
        one, two = self._report(THU), self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        self._write("2026-03-26 17:20", two, priority="3")
        self._apply("2026-03-26 17:30", replay)
        self.assertEqual(self._lines(replay, one).state, "applied")
        line = self._lines(replay, two)
        self.assertEqual((line.state, line.word), ("skipped", "same"))
        self.assertClock(self._clocks(two), deadline="2026-03-26 17:00")
        self.assertEqual(replay.skipped_count, 1)
        self.assertIn("warning", replay.run_id.sudo().line_ids.mapped("level"))

    def test_finished_meanwhile(self):
        """Bad input: a verdict given after the table was made stays."""
        ticket = self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        self._move("2026-03-26 17:20", ticket, "resolved")
        before = self._figures(self._clocks(ticket))
        self._apply("2026-03-26 17:30", replay)
        self.assertEqual(replay.line_ids.word, "same")
        self.assertEqual(self._figures(self._clocks(ticket)), before)

    def test_calendar_edited_after_the_table(self):
        """Bad input: a calendar edited later: nothing of the old table is written."""
        ticket = self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        self.assertFalse(replay.is_stale)
        self._holiday("2026-03-26 17:20", "2026-03-30")
        replay.invalidate_recordset()
        self.assertTrue(replay.is_stale)
        self._apply("2026-03-26 17:30", replay)
        line = replay.line_ids
        self.assertEqual((line.state, line.word), ("skipped", "moved"))
        self.assertClock(self._clocks(ticket), deadline=OLD)
        # worked out again it is right
        self._apply("2026-03-26 17:50", self._replay("2026-03-26 17:40"))
        self.assertClock(self._clocks(ticket), deadline="2026-03-31 11:00")

    def test_calendar_edited_while_the_table_is_made(self):
        """Bad input: a calendar edited during a replay: the table is made anew."""
        tickets = self._report(THU) | self._report(THU) | self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        with patch.object(itsm_replay, "COMPUTED_AT_ONCE", 1):
            replay = self._replay(
                "2026-03-26 17:10",
                run=False,
                edited="tickets",
                ticket_domain=f"[('id', 'in', {tickets.ids})]",
            )
            run = replay.run_id.sudo()
            with self.at("2026-03-26 17:11"):
                self._one_slice(run)
            self.assertEqual(len(replay.line_ids), 1)
            self._holiday("2026-03-26 17:12", "2026-03-30")
            with self.at("2026-03-26 17:13"):
                run._work_inline()
        self.assertEqual(replay.ticket_count, 3)
        self.assertEqual(
            replay.line_ids.mapped("after_deadline"),
            [self.utc("2026-03-31 11:00")] * 3,
        )
        self.assertIn("made anew", " ".join(run.line_ids.mapped("message")))

    def _one_slice(self, run):
        """One slice of a run, as the scheduled action works it."""
        guard.with_token(run)._work_slice()
        self.env.flush_all()

    # === Stopped half-way ===

    def test_cancelled_table(self):
        """Bad input: cancelled half-way: what is worked out stays, apply is refused."""
        tickets = self._report(THU) | self._report(THU) | self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        with patch.object(itsm_replay, "COMPUTED_AT_ONCE", 1):
            replay = self._replay(
                "2026-03-26 17:10",
                run=False,
                edited="tickets",
                ticket_domain=f"[('id', 'in', {tickets.ids})]",
            )
            run = replay.run_id
            with self.at("2026-03-26 17:11"):
                self._one_slice(run.sudo())
                run.action_cancel()
                self._one_slice(run.sudo())
            self.assertEqual(run.state, "cancelled")
            self.assertEqual(len(replay.line_ids), 1)
            with self.assertRaises(UserError):
                replay.action_apply()
            with self.at("2026-03-26 17:12"):
                run.action_resume()
                run._work_inline()
        self.assertEqual(replay.state, "computed")
        self.assertEqual(replay.line_ids.ticket_id, tickets)
        self._apply("2026-03-26 17:20", replay)
        self.assertEqual(set(tickets.mapped("clock_deadline")), {self.utc(NEW)})

    def test_cancelled_application(self):
        """Bad input: cancelled half-way: what is applied is listed; resume, or undo."""
        tickets = self._report(THU) | self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay(
            "2026-03-26 17:10",
            edited="tickets",
            ticket_domain=f"[('id', 'in', {tickets.ids})]",
        )
        with patch.object(itsm_replay_line, "APPLIED_AT_ONCE", 1):
            with self.at("2026-03-26 17:20"):
                replay.action_apply()
                run = replay.run_id
                self._one_slice(run.sudo())
                run.action_cancel()
                self._one_slice(run.sudo())
            self.assertEqual(
                sorted(replay.line_ids.mapped("state")), ["applied", "todo"]
            )
            self.assertEqual(
                sorted(tickets.mapped("clock_deadline")),
                [self.utc(OLD), self.utc(NEW)],
            )
            with self.at("2026-03-26 17:30"):
                run.action_resume()
                run._work_inline()
        self.assertEqual(replay.state, "applied")
        self.assertEqual(set(replay.line_ids.mapped("state")), {"applied"})
        self.assertEqual(set(tickets.mapped("clock_deadline")), {self.utc(NEW)})

    # === Undo ===

    def test_undo(self):
        """Undo restores what held before where nothing has happened since."""
        one, two = self._report(THU), self._report(THU)
        clock = self._clocks(one)
        names = ("applications",)
        before = self._figures(clock)[clock.id]
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        self._apply("2026-03-26 17:20", replay)
        self._write("2026-03-26 17:30", two, priority="3")
        self._undo("2026-03-26 17:40", replay)
        self.assertEqual(replay.state, "undone")
        after = self._figures(clock)[clock.id]
        self.assertEqual(
            {k: v for k, v in after.items() if k not in names},
            {k: v for k, v in before.items() if k not in names},
        )
        self.assertEqual(one.clock_deadline, self.utc(OLD))
        self.assertEqual(clock.applications[-2]["why"], "replay_undone")
        self.assertEqual(clock.applications[-1], before["applications"][-1])
        line = self._lines(replay, two)
        self.assertEqual((line.state, line.word), ("kept", "since"))
        self.assertEqual(self._lines(replay, one).state, "undone")

    # === Breaches ===

    def _breach_of(self, ticket):
        breaches = self.env["itsm.breach"].with_context(active_test=False)
        return breaches.search([("ticket_id", "=", ticket.id)])

    def _breach_figures(self, breaches):
        names = [
            name
            for name, field in breaches._fields.items()
            if field.store and not name.startswith(("write_", "create_"))
        ]
        self.env.invalidate_all()
        return breaches.read(names)

    def test_undo_with_breaches(self):
        """SLM-38: a breach that a replay withdrew, or made another's, is as it was when
        the replay is taken back; one that it made is withdrawn."""
        explained, other = self._report(THU), self._report(THU)
        fresh = self._report("2026-03-26 17:00")  # 4 h: until Friday 12:00
        self._run_scheduler("2026-03-27 11:30")
        before = self._breach_of(explained) | self._breach_of(other)
        cause = self.env.ref("itsm_sla.itsm_breach_cause_technical")
        with self.at("2026-03-27 11:31"):
            self._breach_of(explained).with_user(self.lead)._explain(cause, "A disk")
        figures = self._breach_figures(before)
        self.assertEqual([row["active"] for row in figures], [True, True])
        new = self._draft_agreement(
            {"2": (0, 180)}, date_start="2026-03-26", partner_id=self.customer.id
        )
        with self.at("2026-03-27 11:32"):
            new.action_activate()
        replay = self._replay(
            "2026-03-27 11:40",
            self.manager,
            edited="agreement",
            agreement_ids=self.agreement.ids,
            under_agreement_id=new.id,
            reason="Renewed",
        )
        self._apply("2026-03-27 11:41", replay, self.manager)
        self.assertEqual(before.agreement_id, new)
        self.assertEqual(before[0].breached_at, self.utc("2026-03-27 10:00"))
        made = self._breach_of(fresh)
        self.assertTrue(made.active)
        self._undo("2026-03-27 11:42", replay)
        self.assertEqual(self._breach_figures(before), figures)
        self.assertFalse(made.active)
        self.assertEqual(made.vanished_why, "corrected")
        self._holiday("2026-03-27 11:43", FRIDAY)
        replay = self._replay("2026-03-27 11:44", reason="Holiday")
        self._apply("2026-03-27 11:45", replay)
        self.assertEqual(before.mapped("active"), [False, False])
        self._undo("2026-03-27 11:46", replay)
        self.assertEqual(self._breach_figures(before), figures)

    # === Who ===

    def test_access(self):
        """Agents read no replay; the table and its life are written by code only."""
        self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        for user in (self.agent, self.lead, self.helpdesk_user, self.portal_user):
            with self.subTest(user=user.login):
                for record in (replay, replay.line_ids):
                    with self.assertRaises(AccessError):
                        record.with_user(user).check_access("read")
                with self.assertRaises(AccessError):
                    replay.with_user(user).action_apply()
        for vals in (
            {"state": "draft"},
            {"authorised_id": self.agent.id},
            {"fingerprint": "x"},
            {"run_id": False},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "buttons"):
                replay.sudo().write(vals)
        for vals in ({"scope": "closed"}, {"ticket_domain": "[]"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                replay.write(vals)
        with self.assertRaisesRegex(UserError, "buttons"):
            self.env["itsm.replay"].create({"name": "x", "state": "computed"})
        copy = replay.copy()
        self.assertEqual((copy.state, copy.ticket_count), ("draft", 0))
        line = replay.line_ids[:1]
        with self.assertRaises(AccessError):
            line.sudo().write({"state": "applied"})
        with self.assertRaises(AccessError):
            line.sudo().unlink()
        self._apply("2026-03-26 17:20", replay)
        with self.assertRaises(UserError):
            replay.unlink()

    def test_other_company(self):
        """A replay works on its company only, and is seen there only."""
        other = self.env["res.company"].create({"name": "Other"})
        manager = self._create_user(
            "itsm-other",
            "itsm_sla.itsm_group_sla_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        for record in (replay, replay.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(manager).check_access("read")
        foreign = self._replay("2026-03-26 17:10", manager)
        self.assertEqual(foreign.company_id, other)
        self.assertFalse(foreign.ticket_count)

    # === Odd ===

    def test_log_that_is_missing(self):
        """One bad log does not stop the others; the run says which was left alone."""
        good, bad = self._report(THU), self._report(THU)
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM itsm_ticket_event WHERE ticket_id = %s", [bad.id]
        )
        self.env.invalidate_all()
        self._holiday("2026-03-26 17:00", FRIDAY)
        replay = self._replay("2026-03-26 17:10")
        self.assertIn(good, replay.line_ids.ticket_id)
        self.assertNotIn(bad, replay.line_ids.ticket_id)
        messages = " ".join(replay.run_id.sudo().line_ids.mapped("message"))
        self.assertIn(bad.number, messages)

    def test_fold_that_fails(self):
        """One log that cannot be read does not stop the others."""
        good, bad = self._report(THU), self._report(THU)
        self._holiday("2026-03-26 17:00", FRIDAY)
        fold = itsm_replay.LogLoader.fold

        def failing(loader, log, now):
            if log.id == bad.id:
                raise ValueError("nonsense")
            return fold(loader, log, now)

        with (
            patch.object(itsm_replay.LogLoader, "fold", failing),
            mute_logger("odoo.addons.itsm_sla.models.itsm_replay_line"),
        ):
            replay = self._replay("2026-03-26 17:10")
        self.assertIn(good, replay.line_ids.ticket_id)
        self.assertNotIn(bad, replay.line_ids.ticket_id)

    def test_queries_do_not_grow(self):
        """Vector 17: set-based: as many statements for 40 tickets as for 4."""
        counts = []
        for number in (4, 4, 40):  # the first fills caches
            with self.at(THU):
                tickets = self._create_tickets(number, priority="2")
            self._holiday("2026-03-26 17:00", FRIDAY).unlink()
            replay = self._replay(
                "2026-03-26 17:10",
                run=False,
                edited="tickets",
                ticket_domain=f"[('id', 'in', {tickets.ids})]",
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.at("2026-03-26 17:10"):
                self._one_slice(replay.run_id.sudo())
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(replay.ticket_count, number)
        self.assertEqual(*counts[1:])

    def test_queries_of_applying_do_not_grow(self):
        """Vector 17: applied and logged set-based, too."""
        counts = []
        for number in (4, 4, 40):  # the first fills caches
            with self.at(THU):
                tickets = self._create_tickets(number, priority="2")
            holiday = self._holiday("2026-03-26 17:00", FRIDAY)
            replay = self._replay(
                "2026-03-26 17:10",
                edited="tickets",
                ticket_domain=f"[('id', 'in', {tickets.ids})]",
            )
            with self.at("2026-03-26 17:20"):
                replay.action_apply()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._one_slice(replay.run_id.sudo())
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(replay.line_ids.mapped("state"), ["applied"] * number)
            rows = tickets.event_ids.filtered(lambda event: event.what == "corrected")
            self.assertEqual(rows.ticket_id, tickets)
            holiday.unlink()
        self.assertEqual(*counts[1:])
