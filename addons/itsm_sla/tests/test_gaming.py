# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tools import guard

from .common import HOUR, SlaCommon

#: Reported Monday 10:00 with 4 h to solve: four fifths, 3 h 12 min, are used at 14:12
#: (lunch from 12 to 13 is no working time), all of it at 15:00.
MON, ANSWERED = "2026-03-23 10:00", "2026-03-23 10:05"
BEFORE, LATE, BREACHED = "2026-03-23 14:11:59", "2026-03-23 14:12", "2026-03-23 15:30"
WHY = "The customer asked for it"


@tagged("post_install", "-at_install")
class TestGaming(SlaCommon):
    """Design 2, Gaming shows: late changes need a reason and are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def setUp(self):
        super().setUp()
        self.ticket = self._report(MON, service_id=self.service.id)
        self._move("2026-03-23 10:01", self.ticket, "open")
        self._reply(ANSWERED, self.ticket)
        self.clock = self._clocks(self.ticket)

    def _write(self, wall, tickets, user=None, reason=False, **vals):
        """Without a reason, unless a test gives one."""
        return super()._write(wall, tickets, user, reason, **vals)

    def _changes(self):
        """Each change that is asked about: the row of the log, and the values."""
        return {
            "cancelled": {"stage_id": self.stage_cancelled.id},
            "kind": {"itsm_kind": "request"},
            "priority": {"priority": "1"},
            "service": {"service_id": self.offering.id},
            "customer": {"partner_id": self.requester_2.id},
        }

    def _late_rows(self, ticket=None):
        return self._log(ticket or self.ticket).filtered("is_late_change")

    def _refused(self, wall, tickets, **vals):
        with self.assertRaises(ValidationError) as caught:
            self._write(wall, tickets, **vals)
        message = str(caught.exception)
        self.assertIn("Reason for the Late Change", message)
        return message

    def test_free_before_last_fifth(self):
        """A second before four fifths are used nothing is asked and nothing counted."""
        for what, vals in self._changes().items():
            with self.subTest(what), self.env.cr.savepoint() as savepoint:
                self._write(BEFORE, self.ticket, **vals)
                self.assertEqual(self._log(self.ticket)[-1].what, what)
                self.assertFalse(self._late_rows())
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertFalse(self.ticket.late_change_count)

    def test_asked_in_last_fifth(self):
        """From four fifths on each change is refused without a reason, and nothing
        is lost; with one it goes through and the reason is kept."""
        for what, vals in self._changes().items():
            with self.subTest(what), self.env.cr.savepoint() as savepoint:
                message = self._refused(LATE, self.ticket, **vals)
                self.assertIn(self.ticket.display_name, message)
                name, value = next(iter(vals.items()))
                kept = self.ticket[name]
                self.assertNotEqual(getattr(kept, "id", kept), value)
                self._write(LATE, self.ticket, **vals, clock_change_reason=WHY)
                row = self._late_rows()
                self.assertEqual((row.what, row.note), (what, WHY))
                self.assertEqual(row.user_id, self.agent)
                self.assertEqual(self.ticket.late_change_count, 1)
                self.assertFalse(self.ticket.clock_change_reason)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_blank_reason(self):
        """A reason of blanks is none."""
        self._refused(LATE, self.ticket, priority="1", clock_change_reason="  ")

    def test_through_impact_and_urgency(self):
        """Another priority by the matrix is another priority."""
        self._write(BEFORE, self.ticket, impact="2", urgency="2")
        before = self.ticket.priority
        self._refused(LATE, self.ticket, impact="4", urgency="4")
        self.assertEqual(self.ticket.priority, before)
        # What does not change the priority is free.
        self._write(LATE, self.ticket, impact="2", name="Another name")

    def test_other_changes_are_free(self):
        """Working on a late ticket is never asked about."""
        self._write(BREACHED, self.ticket, user_id=self.agent.id, support_line="2")
        self._write(BREACHED, self.ticket, team_id=self.team_2.id)
        self._move(BREACHED, self.ticket, "paused")
        self._move(BREACHED, self.ticket, "resolved")
        self.assertEqual(self._status("2026-03-24 10:00", self.clock), "missed")
        self.assertFalse(self.ticket.late_change_count)

    def test_response_that_is_open(self):
        """A response that nobody gave counts as well as the resolution."""
        ticket = self._report(MON)
        # 60 min to answer: the last fifth begins at 10:48
        self._write("2026-03-23 10:47:59", ticket, priority="1")
        ticket = self._report(MON)
        self._refused("2026-03-23 10:48", ticket, priority="1")

    def test_paused(self):
        """A ticket that waits with four fifths used is as late as one that runs."""
        self._move("2026-03-23 14:30", self.ticket, "paused")
        self._refused("2026-03-25 10:00", self.ticket, priority="0")

    def test_final_verdict(self):
        """Met and missed are final: nothing is to be gained by a change."""
        self._move(BREACHED, self.ticket, "resolved")
        self._write("2026-03-23 16:00", self.ticket, priority="0")
        self.assertEqual(self._status("2026-03-24 10:00", self.clock), "missed")
        self._move("2026-03-23 16:10", self.ticket, "open")
        self._refused("2026-03-23 16:20", self.ticket, priority="1")

    def test_missed_on_open_ticket(self):
        """A response that was missed is a breach, also when all that is open is young:
        each change is asked about until the ticket is over."""
        for what, vals in self._changes().items():
            with self.subTest(what):
                ticket = self._report(MON, service_id=self.service.id)
                self._reply("2026-03-23 11:01", ticket)
                response = self._clocks(ticket, "response")
                self.assertClock(
                    response, phase="stopped", breached_at="2026-03-23 11:00"
                )
                self._refused("2026-03-23 11:05", ticket, **vals)
                self._write("2026-03-23 11:05", ticket, **vals, clock_change_reason=WHY)
                row = self._late_rows(ticket)
                self.assertEqual((row.what, row.note), (what, WHY))
                self.assertEqual(ticket.late_change_count, 1)

    def test_missed_without_open_clock(self):
        """The same where nothing but the response was promised."""
        self.agreement.action_terminate()
        self._create_agreement({"2": (60, 0), "1": (120, 0)}, name="Response only")
        ticket = self._report(MON)
        self._reply("2026-03-23 11:01", ticket)
        self.assertNotIn("running", ticket.clock_ids.mapped("phase"))
        cancelled = {"stage_id": self.stage_cancelled.id}
        self._refused("2026-03-23 11:05", ticket, **cancelled)
        with self.at("2026-03-23 11:05"), Form(ticket.with_user(self.agent)) as form:
            form.stage_id = self.stage_cancelled
            self.assertTrue(form.clock_change_needs_reason)
            form.clock_change_reason = WHY
        self.assertEqual(self._late_rows(ticket).what, "cancelled")

    def test_missed_and_over(self):
        """Once over, and while it stays so, nothing is asked; in the save that reopens
        it is."""
        self._move(BREACHED, self.ticket, "resolved")
        self._write("2026-03-23 16:00", self.ticket, stage_id=self.stage_cancelled.id)
        self._write("2026-03-23 16:01", self.ticket, priority="1")
        self.assertEqual(self._status("2026-03-24 10:00", self.clock), "missed")
        self.assertFalse(self._late_rows())
        self._refused(
            "2026-03-23 16:02",
            self.ticket,
            stage_id=self.stages["open"].id,
            priority="0",
        )
        wizard = self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent)
        with self.at("2026-03-23 16:03"):
            wizard = wizard.create(
                {"ticket_id": self.ticket.id, "duplicate_of_id": self._report(MON).id}
            )
            self.assertFalse(wizard.clock_change_needs_reason)

    def test_solved_after_cancelled(self):
        """Cancelled early and solved afterwards: asked for always, and counted."""
        for state in ("resolved", "closed"):
            with self.subTest(state):
                ticket = self._report(MON)
                self._move("2026-03-23 10:10", ticket, "cancelled")
                self.assertFalse(ticket.late_change_count)
                stage = self.stages[state]
                message = self._refused("2026-03-24 10:00", ticket, stage_id=stage.id)
                self.assertIn(ticket.display_name, message)
                self.assertEqual(ticket.itsm_state, "cancelled")
                with (
                    self.at("2026-03-24 10:00"),
                    Form(ticket.with_user(self.agent)) as form,
                ):
                    self.assertFalse(form.clock_change_needs_reason)
                    form.stage_id = stage
                    self.assertTrue(form.clock_change_needs_reason)
                    form.clock_change_reason = WHY
                row = self._late_rows(ticket)
                self.assertEqual((row.what, row.note), (state, WHY))
                self.assertEqual(ticket.late_change_count, 1)
                clock = self._clocks(ticket)
                self.assertEqual(clock.phase, "cancelled")
                report = self.env["itsm.clock.report"].browse(clock.id)
                self.assertTrue(report.changed_late)
                # From resolved to closed it is not asked again.
                self._write(
                    "2026-03-24 11:00", ticket, stage_id=self.stages["closed"].id
                )
                self.assertEqual(ticket.late_change_count, 1)

    def test_solved_after_duplicate(self):
        """The mark taken away from a ticket whose stage is a solution, likewise."""
        ticket = self._report(MON)
        self._write("2026-03-23 10:10", ticket, duplicate_id=self.ticket.id)
        self._write("2026-03-23 10:20", ticket, stage_id=self.stages["resolved"].id)
        self.assertEqual(self._clocks(ticket).phase, "cancelled")
        self._refused("2026-03-23 10:30", ticket, duplicate_id=False)
        self._write(
            "2026-03-23 10:30", ticket, duplicate_id=False, clock_change_reason=WHY
        )
        self.assertEqual(self._late_rows(ticket).what, "resolved")
        self.assertEqual(ticket.late_change_count, 1)

    def test_solved_after_cancelled_is_free(self):
        """Where nothing was cancelled with it, and on the way back to work."""
        back = self._report(MON)
        self._move("2026-03-23 10:10", back, "cancelled")
        self._move("2026-03-23 10:20", back, "open")
        self._move("2026-03-23 10:30", back, "resolved")
        self._move("2026-03-23 10:40", back, "cancelled")
        self._move("2026-03-23 10:50", back, "closed")
        self.assertEqual(self._clocks(back).status, "met")
        self.assertFalse(back.late_change_count)

    def test_solved_after_cancelled_batch(self):
        """Several at once: none is moved without a reason, and each is counted."""
        tickets = self._report(MON) | self._report(MON)
        self._move("2026-03-23 10:10", tickets, "cancelled")
        closed = {"stage_id": self.stages["closed"].id}
        self.assertIn(
            "2 of these", self._refused(LATE, tickets | self.ticket, **closed)
        )
        self.assertNotIn("closed", tickets.mapped("itsm_state"))
        self._write(LATE, tickets | self.ticket, **closed, clock_change_reason=WHY)
        self.assertEqual(tickets.mapped("late_change_count"), [1, 1])
        self.assertFalse(self.ticket.late_change_count)

    def test_vector_06(self):
        """Vector 6: breached, then the priority is lowered so that the new deadline
        lies ahead: the breach stays, and the change is counted."""
        self._write(BREACHED, self.ticket, priority="1", clock_change_reason=WHY)
        # 8 h from Monday 10:00: 2 + 5 on Monday, 1 on Tuesday
        self.assertClock(
            self.clock,
            deadline="2026-03-24 10:00",
            breached_at="2026-03-23 15:00",
        )
        self.assertEqual(self._status(BREACHED, self.clock), "breached")
        self.assertEqual(self._late_rows().what, "priority")

    def test_vector_12(self):
        """Vector 12: cancelled is out of the denominator, and shows in the report."""
        self._refused(BREACHED, self.ticket, stage_id=self.stage_cancelled.id)
        self._write(
            BREACHED,
            self.ticket,
            stage_id=self.stage_cancelled.id,
            clock_change_reason=WHY,
        )
        self.assertEqual(self.clock.phase, "cancelled")
        row = self.env["itsm.clock.report"].browse(self.clock.id)
        self.assertEqual((row.status, row.decided), ("cancelled", 0))
        self.assertTrue(row.changed_late)
        found = self.env["helpdesk.ticket"].search([("late_change_count", ">", 0)])
        self.assertIn(self.ticket, found)
        [[count]] = self.env["helpdesk.ticket"]._read_group(
            [("id", "=", self.ticket.id)], [], ["late_change_count:sum"]
        )
        self.assertEqual(count, 1)

    def test_vector_18(self):
        """Vector 18: the reported time moves later by the desk lead with a reason
        only; the deadline is written by nobody."""
        later = {"reported_at": self.utc("2026-03-23 10:04")}
        with self.assertRaises(AccessError):
            self._write(LATE, self.ticket, **later)
        with self.assertRaises(ValidationError):
            self._write(LATE, self.ticket, self.lead, **later)
        self._write(LATE, self.ticket, self.lead, **later, reported_reason=WHY)
        self.assertEqual(self._log(self.ticket)[-1].note, WHY)
        for user in (self.agent, self.lead, self.manager):
            for name in ("clock_deadline", "late_change_count", "clock_exempt"):
                with self.assertRaises(AccessError):
                    self.ticket.with_user(user).write({name: False})
            with self.assertRaises(AccessError):
                self.clock.with_user(user).write({"deadline": False})

    def test_duplicate(self):
        """Marking as duplicate cancels: the wizard asks for the reason."""
        original = self._report(MON)
        wizards = self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent)
        vals = {"ticket_id": self.ticket.id, "duplicate_of_id": original.id}
        with self.at(BEFORE):
            self.assertFalse(wizards.create(vals).clock_change_needs_reason)
        with self.at(LATE):
            wizard = wizards.create(vals)
            self.assertTrue(wizard.clock_change_needs_reason)
            with self.assertRaises(ValidationError):
                wizard.action_confirm()
            self.assertFalse(self.ticket.duplicate_id)
            wizard.clock_change_reason = WHY
            wizard.action_confirm()
        self.assertEqual(self.clock.phase, "cancelled")
        self.assertEqual(self._late_rows().note, WHY)

    def test_batch(self):
        """Several at once: one late ticket stops all of them, and none is changed; with
        a reason the late one is counted."""
        fresh = self._report("2026-03-23 14:00")
        both = self.ticket | fresh
        message = self._refused(LATE, both, priority="1")
        self.assertIn(self.ticket.display_name, message)
        self.assertEqual(both.mapped("priority"), ["2", "2"])
        self._write(LATE, both, priority="1", clock_change_reason=WHY)
        self.assertEqual(both.mapped("priority"), ["1", "1"])
        self.assertEqual(self.ticket.late_change_count, 1)
        self.assertFalse(fresh.late_change_count)
        self.assertFalse(self._late_rows(fresh))

    def test_remote_calls(self):
        """The web client's save, a drag in the kanban and a context key are no way
        around it."""
        ticket = self.ticket.with_user(self.agent)
        with self.at(LATE):
            for target in (
                ticket,
                ticket.with_context(itsm_late_change=True),
                ticket.with_context(itsm_late_change={"reason": "x"}),
                ticket.with_context(default_clock_change_reason="x"),
            ):
                # a board has no field for it, and shows the way to the ticket
                with self.assertRaises(RedirectWarning):
                    target.web_save({"stage_id": self.stage_cancelled.id}, {"id": {}})
            result = ticket.web_save(
                {"priority": "1", "clock_change_reason": WHY},
                {"priority": {}, "clock_change_reason": {}},
            )
        self.assertEqual(result[0]["priority"], "1")
        # Empty again: the next save sends what is entered then.
        self.assertFalse(result[0]["clock_change_reason"])

    def test_code_is_not_stopped(self):
        """Escalation rules, the system and histories go their way uncounted."""
        with self.at(BREACHED):
            guard.with_token(self.ticket.with_user(self.agent)).write({"priority": "3"})
            self.ticket.with_user(self.agent).sudo().write({"itsm_kind": "request"})
        self.assertFalse(self._late_rows())
        self.assertFalse(self.ticket.late_change_count)
        with self.at("2026-03-30 10:00"):
            old = self._history_ticket(reported_at=self.utc(MON))
            old.with_user(self.agent).write({"priority": "0"})

    def test_form(self):
        """The form asks when it is needed and not before."""
        with self.at(BEFORE), Form(self.ticket.with_user(self.agent)) as form:
            form.itsm_kind = "request"
            self.assertFalse(form.clock_change_needs_reason)
            form.itsm_kind = "incident"
        with self.at(LATE), Form(self.ticket.with_user(self.agent)) as form:
            self.assertFalse(form.clock_change_needs_reason)
            form.itsm_kind = "request"
            self.assertTrue(form.clock_change_needs_reason)
            form.itsm_kind = "incident"
            self.assertFalse(form.clock_change_needs_reason)
            form.service_id = self.offering
            self.assertTrue(form.clock_change_needs_reason)
            form.clock_change_reason = WHY
        self.assertEqual(self.ticket.service_id, self.offering)
        self.assertEqual(self._late_rows().note, WHY)

    def test_pause_without_reason(self):
        """A paused stage without a reason lets the clock run (shown as before)."""
        self._move("2026-03-23 11:00", self.ticket, "paused", pause_reason_id=False)
        self.assertEqual(self.clock.phase, "running")
        self._write(
            "2026-03-23 11:30", self.ticket, pause_reason_id=self.pause_reason.id
        )
        self.assertClock(self.clock, phase="paused", used_seconds=HOUR + HOUR // 2)

    def test_customer_closes_in_the_portal(self):
        """A customer need not say why, but a late cancellation is counted."""
        with self.at(BREACHED):
            self.ticket._itsm_portal_close(self.stage_cancelled, self.portal_user)
        self.assertEqual(self.clock.phase, "cancelled")
        self.assertEqual(self.ticket.late_change_count, 1)
        self.assertIn(self.portal_user.name, self._late_rows().note)
