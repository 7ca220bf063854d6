# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models import itsm_log_rebuild_line
from ..models.helpdesk_ticket import HelpdeskTicket
from .common import HOUR
from .replay_common import ReplayCommon

MON = "2026-03-23"
NOW = "2026-03-24 15:00"


@tagged("post_install", "-at_install")
class TestLogRebuild(ReplayCommon):
    """Design 2: tickets that exist before installation get logs when it is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tracking on, as in daily work; the tests' default is off.
        cls.env = cls.env(context={})
        cls.agreement = cls._create_agreement(date_start="2026-01-01")

    def test_new_form(self):
        """An empty form asks the database nothing about what it is not yet."""
        with self.assertNoLogs("odoo.domains"), self.assertNoLogs("odoo.orm"):
            form = Form(self.env["itsm.log.rebuild"].with_user(self.sla_manager))
            self.assertEqual(form.built_count, 0)
            self.assertEqual(form.unknown_count, 0)

    # === What happened before ===

    def _before(self, wall, user=None, **vals):
        """A ticket as it was saved before the addon was there: no log, no reason."""
        with patch.object(HelpdeskTicket, "_itsm_facts_created", lambda tickets: None):
            ticket = self._report(wall, user, **vals)
            self._flush_tracking()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [self.utc(wall), ticket.id],
        )
        self.env.invalidate_all()
        self.assertFalse(ticket.agreement_reason)
        return ticket

    def _write(self, wall, tickets, user=None, **vals):
        with self.at(wall):
            tickets.with_user(user or self.agent).write(vals)
            self._flush_tracking()

    def _reply(self, wall, ticket, user=None, **kwargs):
        message = super()._reply(wall, ticket, user, **kwargs)
        self._flush_tracking()
        return message

    def _life(self, **vals):
        """A Monday in the life of a ticket, with a pause, answered and worked on."""
        ticket = self._before(f"{MON} 10:00", **vals)
        self._write(f"{MON} 10:10", ticket, user_id=self.agent.id)
        self._move(f"{MON} 10:30", ticket, "open")
        self._reply(f"{MON} 10:45", ticket)
        self._move(f"{MON} 11:00", ticket, "paused")
        self._move(f"{MON} 14:00", ticket, "open", self.agent_2)
        self._write(f"{MON} 15:00", ticket, priority="3")
        return ticket

    # === The rebuild ===

    def _rebuild(self, wall=NOW, user=None, **vals):
        with self.at(wall):
            rebuild = (
                self.env["itsm.log.rebuild"].with_user(user or self.sla_manager)
            ).create(vals)
            rebuild.action_start()
            rebuild.run_id._work_inline()
            self._flush_tracking()
        self.env.invalidate_all()
        return rebuild

    def _undo_rebuild(self, wall, rebuild):
        with self.at(wall):
            rebuild.run_id.action_undo()
            rebuild.run_id._work_inline()
            self.env.flush_all()
        self.env.invalidate_all()

    def _line(self, rebuild, ticket):
        return rebuild.line_ids.filtered(lambda line: line.ticket_id == ticket)

    def _told(self, ticket):
        """The log in short: wall clock time, what, value."""
        told = []
        for event in self._log(ticket):
            values = {
                "state": event.state,
                "assignee": event.assignee_id.login,
                "priority": event.priority,
                "team": event.team_id.name,
            }
            value = values.get(event.what, event.state)
            minutes = (event.time - self.utc(f"{MON} 00:00")).total_seconds() // 60
            clock = f"{int(minutes // 60)}:{int(minutes % 60):02}"
            told.append((clock, event.what, value or None))
        return told

    # === The log ===

    def test_log(self):
        """Design 2: the log is what happened, row by row, with who and when."""
        ticket = self._life()
        rebuild = self._rebuild()
        self.assertEqual(rebuild.state, "done")
        self.assertEqual(
            self._told(ticket),
            [
                ("10:00", "reported", "new"),
                ("10:10", "assignee", "itsm-agent"),
                ("10:30", "state", "open"),
                ("10:45", "reply", None),
                ("11:00", "state", "paused"),
                ("14:00", "state", "open"),
                ("15:00", "priority", "3"),
            ],
        )
        log = self._log(ticket)
        self.assertEqual(set(log.mapped("source")), {"rebuilt"})
        self.assertEqual(log[0].priority, "2")
        self.assertEqual(log[0].team_id, self.team)
        self.assertEqual(log[0].partner_id, self.requester)
        self.assertEqual(log[4].pause_reason_id, self.pause_reason)
        self.assertEqual(log[4].stage_id, self.stage_paused)
        self.assertEqual(
            log[1:].user_id, self.agent | self.agent_2, "who did it, not who rebuilds"
        )
        self.assertFalse(self._line(rebuild, ticket).unknown)
        self.assertEqual(self._line(rebuild, ticket).row_count, 7)

    def test_clocks(self):
        """Design 2: clocks under the agreement in force then, worked out by hand.

        Response 60 min by the reply at 10:45. Resolution: 10:00-11:00 used, paused to
        14:00, then priority 3 with 2 h: 14:00 + 1 h left is 15:00, so late since then.
        """
        ticket = self._life()
        self._rebuild()
        self.assertEqual(ticket.agreement_id, self.agreement)
        self.assertEqual(ticket.agreement_reason, "default")
        self.assertClock(
            self._clocks(ticket, "response"),
            phase="stopped",
            breached_at=False,
            stopped_at=f"{MON} 10:45",
            used_seconds=45 * 60,
        )
        clock = self._clocks(ticket)
        self.assertClock(
            clock,
            phase="running",
            target_seconds=2 * HOUR,
            used_seconds=HOUR,
            running_since=f"{MON} 14:00",
            deadline=f"{MON} 15:00",
            breached_at=f"{MON} 15:00",
        )
        self.assertEqual(ticket.clock_deadline, self.utc(f"{MON} 15:00"))

    def test_goes_on(self):
        """Design 2: from then on the ticket keeps its log by itself."""
        ticket = self._life()
        self._rebuild()
        self._move("2026-03-24 16:00", ticket, "resolved")
        self.assertEqual(self._log(ticket)[-1].what, "resolved")
        self.assertEqual(self._log(ticket)[-1].source, "user")
        self.assertClock(self._clocks(ticket), status="missed")

    def test_finished_and_reopened(self):
        """Design 2: solutions, reopenings, duplicates, if finished ones are asked."""
        ticket = self._before(f"{MON} 09:00", priority="1")
        self._move(f"{MON} 10:00", ticket, "resolved")
        self._move(f"{MON} 11:00", ticket, "open")
        self._move(f"{MON} 12:00", ticket, "closed")
        double = self._before(f"{MON} 09:00")
        self._write(f"{MON} 09:30", double, duplicate_id=ticket.id)
        self.assertFalse(self._rebuild().line_ids)
        self._rebuild(scope="all")
        self.assertEqual(
            self._told(ticket),
            [
                ("9:00", "reported", "new"),
                ("10:00", "resolved", "resolved"),
                ("11:00", "reopened", "open"),
                ("12:00", "closed", "closed"),
            ],
        )
        self.assertClock(self._clocks(ticket), status="met", used_seconds=2 * HOUR)
        self.assertEqual(
            self._told(double),
            [("9:00", "reported", "new"), ("9:30", "cancelled", "cancelled")],
        )
        self.assertClock(self._clocks(double), phase="cancelled")

    def test_reported_before_it_was_saved(self):
        """Design 2: the clock starts at the report, the work at the saving."""
        ticket = self._before(
            f"{MON} 11:00",
            reported_at=self.utc(f"{MON} 09:00"),
            stage_id=self.stage_open.id,
            user_id=self.agent.id,
        )
        self._rebuild()
        self.assertEqual(
            self._told(ticket),
            [
                ("9:00", "reported", "new"),
                ("11:00", "state", "open"),
                ("11:00", "assignee", "itsm-agent"),
            ],
        )
        self.assertClock(self._clocks(ticket), started_at=f"{MON} 09:00")

    def test_which_messages_are_replies(self):
        """SLM-36: notes, the requester, the bot and stage mails are no reply."""
        ticket = self._before(f"{MON} 10:00")
        self._reply(f"{MON} 10:05", ticket, self.portal_user)
        self._reply(f"{MON} 10:10", ticket, subtype_xmlid="mail.mt_note")
        self._reply(
            f"{MON} 10:15",
            ticket,
            author_id=self.env.ref("base.partner_root").id,
        )
        self._reply(f"{MON} 10:20", ticket, message_type="notification")
        self._reply(f"{MON} 10:25", ticket)
        self._rebuild()
        self.assertEqual(
            self._told(ticket),
            [("10:00", "reported", "new"), ("10:25", "reply", None)],
        )

    # === Silence ===

    def test_silent(self):
        """Design, Manners: late since long; no mail, activity or change of stage."""
        ticket = self._life()
        self._flush_tracking()
        stage, written = ticket.stage_id, ticket.message_ids
        loud = self._loud()
        self._rebuild()
        self._run_scheduler("2026-03-24 15:05")
        self.assertEqual(self._loud(), loud)
        self.assertEqual((ticket.stage_id, ticket.message_ids), (stage, written))
        self.assertFalse(ticket.activity_ids)
        self.assertNotIn("told", ticket.clock_ids.alert_ids.mapped("outcome"))

    def test_nothing_by_itself(self):
        """Design 2: nothing is built before it is asked; the preview says how much."""
        ticket = self._life()
        with self.at(NOW):
            rebuild = (
                self.env["itsm.log.rebuild"].with_user(self.sla_manager).create({})
            )
            self.assertGreaterEqual(rebuild.ticket_count, 1)
            self.assertGreaterEqual(rebuild.message_count, len(ticket.message_ids))
            before = rebuild.ticket_count
            self._before(f"{MON} 10:00")
            rebuild.invalidate_recordset()
            self.assertEqual(rebuild.ticket_count, before + 1)
        self.assertFalse(self._log(ticket))

    # === Twice, rows only, undo ===

    def test_twice(self):
        """Design 2: run twice, nothing changes."""
        ticket = self._life()
        self._rebuild()
        events, figures = self._log(ticket), self._figures(ticket.clock_ids)
        again = self._rebuild("2026-03-24 15:10", scope="all")
        self.assertFalse(self._line(again, ticket))
        self.assertEqual(self._log(ticket), events)
        self.assertEqual(self._figures(ticket.clock_ids), figures)

    def test_rows_only_then_again(self):
        """Design 2: rows only, and what happened since by the next rebuild."""
        ticket = self._life()
        first = self._rebuild(attach="rows")
        events = self._log(ticket)
        self.assertEqual(len(events), 7)
        self.assertFalse(ticket.clock_ids)
        self.assertFalse(ticket.agreement_reason)
        again = self._rebuild("2026-03-24 15:10", attach="rows")
        self.assertEqual(self._log(ticket), events)
        self.assertEqual(self._line(again, ticket).state, "same")
        self._move("2026-03-24 15:20", ticket, "paused")
        self._reply("2026-03-24 15:30", ticket)
        self.assertEqual(self._log(ticket), events)
        last = self._rebuild("2026-03-24 16:00")
        self.assertEqual(
            self._told(ticket)[7:],
            [("39:20", "state", "paused"), ("39:30", "reply", None)],
        )
        self.assertEqual(self._log(ticket)[:7], events)
        self.assertEqual(len(ticket.clock_ids), 2)
        self.assertFalse(self._line(last, ticket).unknown)
        # Only the last can be taken back, and only its rows.
        self._undo_rebuild("2026-03-24 16:10", last)
        self.assertEqual(self._log(ticket), events)
        self.assertFalse(ticket.clock_ids)
        self._undo_rebuild("2026-03-24 16:20", first)
        self.assertFalse(self._log(ticket))

    def test_undo(self):
        """Design 9: undone where no event of its own has come since."""
        one, two = self._life(), self._life()
        rebuild = self._rebuild()
        self._move("2026-03-24 16:00", two, "resolved")
        events = self._log(two)
        self._undo_rebuild("2026-03-24 16:10", rebuild)
        self.assertEqual(rebuild.state, "undone")
        self.assertEqual(self._line(rebuild, one).state, "undone")
        self.assertFalse(self._log(one))
        self.assertFalse(one.clock_ids)
        self.assertFalse(one.agreement_id or one.agreement_reason or one.clock_deadline)
        self.assertEqual(self._line(rebuild, two).state, "kept")
        self.assertEqual(self._log(two), events)
        self.assertEqual(len(two.clock_ids), 2)
        # and again
        self._rebuild("2026-03-24 16:20")
        self.assertEqual(len(self._log(one)), 7)

    # === Dirty pasts ===

    def test_deleted_stage_and_user(self):
        """Bad input: traces of what does not exist any more are said, not guessed."""
        ticket = self._before(f"{MON} 10:00")
        stage = self.stage_open.copy({"name": "Old stage", "itsm_state": "open"})
        user = self._create_user("itsm-gone", "itsm_base.itsm_group_agent")
        self.team.user_ids |= user
        self._write(f"{MON} 10:30", ticket, stage_id=stage.id, user_id=user.id)
        self._write(
            f"{MON} 11:00",
            ticket,
            stage_id=self.stage_paused.id,
            pause_reason_id=self.pause_reason.id,
            user_id=self.agent.id,
        )
        self.env.flush_all()
        # Gone as by a clean-up script, past every guard.
        self.env.cr.execute(
            "UPDATE mail_tracking_value SET new_value_integer = 999999999 "
            "WHERE new_value_integer = %s AND field_id = %s",
            [user.id, self.env["ir.model.fields"]._get(ticket._name, "user_id").id],
        )
        self.env.cr.execute(
            "UPDATE mail_tracking_value SET old_value_integer = 999999999 "
            "WHERE old_value_integer = %s AND field_id = %s",
            [user.id, self.env["ir.model.fields"]._get(ticket._name, "user_id").id],
        )
        stage.unlink()
        self.env.invalidate_all()
        rebuild = self._rebuild()
        self.assertEqual(
            self._told(ticket),
            [
                ("10:00", "reported", "new"),
                ("10:30", "state", "open"),
                ("11:00", "assignee", "itsm-agent"),
                ("11:00", "state", "paused"),
            ],
        )
        unknown = self._line(rebuild, ticket).unknown
        self.assertIn("“Old stage” does not exist any more", unknown)
        self.assertIn("itsm-gone", unknown)

    def test_stage_made_anew(self):
        """Bad input: a stage that exists under its old name again is that stage."""
        ticket = self._before(f"{MON} 10:00")
        stage = self.stage_paused.copy({"name": "Waiting room", "itsm_state": "paused"})
        self._write(f"{MON} 10:30", ticket, stage_id=stage.id)
        self._move(f"{MON} 11:00", ticket, "open")
        stage.unlink()
        anew = self.stage_paused.copy({"name": "Waiting room", "itsm_state": "paused"})
        rebuild = self._rebuild()
        self.assertEqual(self._log(ticket)[1].stage_id, anew)
        self.assertEqual(self._log(ticket)[1].state, "paused")
        self.assertIn("without a reason", self._line(rebuild, ticket).unknown)

    def test_without_traces(self):
        """Bad input: changes past tracking: what helpdesk itself knows is used."""
        ticket = self._before(f"{MON} 10:00")
        with self.at(f"{MON} 11:00"):
            ticket.with_context(tracking_disable=True).write(
                {"stage_id": self.stage_open.id, "user_id": self.agent.id}
            )
            self._flush_tracking()
        rebuild = self._rebuild()
        self.assertEqual(
            self._told(ticket),
            [
                ("10:00", "reported", "new"),
                ("11:00", "assignee", "itsm-agent"),
                ("11:00", "state", "open"),
            ],
        )
        unknown = self._line(rebuild, ticket).unknown
        self.assertIn("Stage: what it was before 2026-03-23 10:00:00 UTC", unknown)

    def test_gap(self):
        """Bad input: a change between two traces left none: said, with both times."""
        ticket = self._before(f"{MON} 10:00")
        self._write(f"{MON} 10:30", ticket, priority="3")
        with self.at(f"{MON} 11:00"):
            ticket.with_context(tracking_disable=True).priority = "0"
            self._flush_tracking()
        self._write(f"{MON} 12:00", ticket, priority="1")
        with self.at(f"{MON} 13:00"):
            ticket.with_context(tracking_disable=True).priority = "2"
            self._flush_tracking()
        rebuild = self._rebuild()
        self.assertEqual(
            self._told(ticket),
            [
                ("10:00", "reported", "new"),
                ("10:30", "priority", "3"),
                ("12:00", "priority", "1"),
                ("39:00", "priority", "2"),
            ],
        )
        unknown = self._line(rebuild, ticket).unknown
        self.assertIn(
            "changed without a trace between 2026-03-23 09:30:00 and "
            "2026-03-23 11:00:00 UTC",
            unknown,
        )
        self.assertIn("without a trace after 2026-03-23 11:00:00 UTC", unknown)

    def test_untracked_in_general(self):
        """Design 2: what is never tracked is said once, in the log of the run."""
        ticket = self._before(f"{MON} 10:00")
        self._write(f"{MON} 11:00", ticket, team_id=self.team_2.id)
        rebuild = self._rebuild()
        self.assertEqual(self._log(ticket)[0].team_id, self.team_2)
        messages = " ".join(rebuild.run_id.sudo().line_ids.mapped("message"))
        self.assertIn("Team", messages)
        self.assertIn("changes leave no trace", messages)
        self.assertIn("tracked from", messages)

    def test_one_odd_ticket(self):
        """One ticket that cannot be read does not stop the others."""
        good, bad = self._life(), self._life()
        rows = itsm_log_rebuild_line.ItsmLogRebuildLine._rows

        def failing(reader, ticket, *args):
            if ticket == bad:
                raise ValueError("nonsense")
            return rows(reader, ticket, *args)

        with (
            patch.object(itsm_log_rebuild_line.ItsmLogRebuildLine, "_rows", failing),
            mute_logger("odoo.addons.itsm_sla.models.itsm_log_rebuild_line"),
        ):
            rebuild = self._rebuild()
        self.assertEqual(len(self._log(good)), 7)
        self.assertFalse(self._log(bad))
        line = self._line(rebuild, bad)
        self.assertEqual((line.state, line.unknown), ("failed", "nonsense"))
        self.assertFalse(bad.agreement_reason)

    def test_without_agreement(self):
        """Design 2: no agreement: the log is built; the ticket says why no clock."""
        with self.at("2026-03-20 10:00"):
            self.agreement.action_terminate()
        ticket = self._life()
        self._rebuild()
        self.assertEqual(len(self._log(ticket)), 7)
        self.assertFalse(ticket.clock_ids)
        self.assertEqual(ticket.agreement_reason, "ended")

    # === Who ===

    def test_access(self):
        """The service level manager rebuilds; agents do not see it."""
        ticket = self._life()
        rebuild = self._rebuild()
        for user in (self.agent, self.lead, self.helpdesk_user, self.portal_user):
            with self.subTest(user=user.login):
                for record in (rebuild, rebuild.line_ids):
                    with self.assertRaises(AccessError):
                        record.with_user(user).check_access("read")
                with self.assertRaises(AccessError):
                    self.env["itsm.log.rebuild"].with_user(user).create({})
        with self.assertRaises(AccessError):
            rebuild.line_ids.sudo().write({"state": "same"})
        with self.assertRaises(AccessError):
            rebuild.sudo().write({"state": "draft"})
        for operation in (
            lambda: rebuild.write({"scope": "all"}),
            rebuild.unlink,
            rebuild.action_start,
        ):
            with self.assertRaises(UserError):
                operation()
        self.assertTrue(self._log(ticket).with_user(self.agent).mapped("value"))

    def test_other_company(self):
        """A rebuild works on the tickets of its company only."""
        other = self.env["res.company"].create({"name": "Other"})
        manager = self._create_user(
            "itsm-other",
            "itsm_sla.itsm_group_sla_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        ticket = self._life()
        rebuild = self._rebuild(user=manager)
        self.assertEqual(rebuild.company_id, other)
        self.assertFalse(rebuild.line_ids)
        self.assertFalse(self._log(ticket))

    def test_slices(self):
        """Design 9: in slices, each behind the one before."""
        tickets = self._life() | self._before(f"{MON} 10:00") | self._life()
        with patch("odoo.addons.itsm_sla.models.itsm_log_rebuild.AT_ONCE", 1):
            rebuild = self._rebuild()
        self.assertEqual([len(self._log(t)) for t in tickets], [7, 1, 7])
        self.assertEqual(rebuild.built_count, len(rebuild.line_ids))
