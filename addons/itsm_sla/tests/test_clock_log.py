# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestClockLog(SlaCommon):
    """Design 2: what the event log holds after create, write and message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def _whats(self, ticket):
        return self._log(ticket).mapped("what")

    def test_created(self):
        """Design 2: the first row holds every fact; who and when."""
        ticket = self._report(MON, service_id=self.service.id)
        row = self._log(ticket)
        self.assertRecordValues(
            row,
            [
                {
                    "what": "reported",
                    "time": self.utc(MON),
                    "user_id": self.agent.id,
                    "source": "user",
                    "state": "new",
                    "stage_id": self.stage_new.id,
                    "team_id": self.team.id,
                    "assignee_id": False,
                    "priority": "2",
                    "service_id": self.service.id,
                    "partner_id": self.requester.id,
                    "itsm_kind": "incident",
                }
            ],
        )

    def test_created_assigned(self):
        """Design 2: an assignee from the start is a fact of its own, in one step."""
        ticket = self._report(MON, user_id=self.agent_2.id)
        rows = self._log(ticket)
        self.assertEqual(rows.mapped("what"), ["reported", "assignee"])
        self.assertFalse(rows[0].assignee_id)
        self.assertEqual(rows[1].assignee_id, self.agent_2)
        self.assertEqual(len(set(rows.mapped("step"))), 1)

    def test_created_later(self):
        """Design 2: written down later, the ticket was new until it was saved."""
        ticket = self._report(
            MON,
            reported_at=self.utc("2026-03-23 09:00"),
            stage_id=self.stage_open.id,
            user_id=self.agent.id,
        )
        rows = self._log(ticket)
        self.assertEqual(rows.mapped("what"), ["reported", "state", "assignee"])
        self.assertEqual(rows.mapped("state"), ["new", "open", False])
        self.assertEqual(
            rows.mapped("time"),
            [self.utc("2026-03-23 09:00"), self.utc(MON), self.utc(MON)],
        )
        self.assertEqual(self._clocks(ticket).started_at, self.utc("2026-03-23 09:00"))

    def test_created_closed(self):
        """Design 2: solved on the phone and written down later: counted until then."""
        ticket = self._report(
            MON,
            reported_at=self.utc("2026-03-23 09:00"),
            stage_id=self.stage_closed.id,
        )
        self.assertEqual(self._whats(ticket), ["reported", "closed"])
        self.assertClock(
            self._clocks(ticket), status="met", used_seconds=3600, stopped_at=MON
        )

    def test_created_closed_and_dated_back(self):
        """Design 2: dated back after saving gives the same clock as before saving."""
        ticket = self._report(MON, stage_id=self.stage_closed.id, user_id=self.agent.id)
        clock = self._clocks(ticket)
        self.assertClock(clock, status="met", used_seconds=0)
        self._write(
            "2026-03-23 11:00", ticket, reported_at=self.utc("2026-03-23 09:00")
        )
        self.assertClock(clock, status="met", used_seconds=3600, stopped_at=MON)

    def test_assigned_at_creation_and_dated_back(self):
        """Design 2: a correction moves the report, not the assignment."""
        self.agreement.action_terminate()
        self._create_agreement(response_by="assignment")
        ticket = self._report(MON, user_id=self.agent.id)
        clock = self._clocks(ticket, "response")
        self.assertClock(clock, status="met", used_seconds=0, stopped_at=MON)
        self._write(
            "2026-03-23 11:00", ticket, reported_at=self.utc("2026-03-23 09:00")
        )
        self.assertClock(clock, status="met", used_seconds=3600, stopped_at=MON)

    def test_written(self):
        """Design 2: each change is a row with its fact only; one save is one step."""
        ticket = self._report(MON)
        self._write(
            "2026-03-23 10:05",
            ticket,
            team_id=self.team_2.id,
            user_id=self.agent_2.id,
            priority="1",
            service_id=self.service.id,
            partner_id=self.requester_2.id,
            itsm_kind="request",
            stage_id=self.stage_open.id,
        )
        rows = self._log(ticket)[1:]
        self.assertEqual(
            sorted(rows.mapped("what")),
            ["assignee", "customer", "kind", "priority", "service", "state", "team"],
        )
        self.assertEqual(len(set(rows.mapped("step"))), 1)
        self.assertEqual(set(rows.mapped("time")), {self.utc("2026-03-23 10:05")})
        facts = {row.what: row for row in rows}
        self.assertEqual(facts["team"].team_id, self.team_2)
        self.assertEqual(facts["assignee"].assignee_id, self.agent_2)
        self.assertEqual(facts["priority"].priority, "1")
        self.assertEqual(facts["service"].service_id, self.service)
        self.assertEqual(facts["customer"].partner_id, self.requester_2)
        self.assertEqual(facts["kind"].itsm_kind, "request")
        self.assertEqual(facts["state"].state, "open")
        self.assertFalse(facts["state"].priority)
        # one step of four facts that choose the target: one application
        self.assertEqual(len(self._clocks(ticket).applications), 2)

    def test_life(self):
        """Design 2: pause with its reason, resolved, reopened, closed, cancelled."""
        ticket = self._report(MON)
        self._move("2026-03-23 10:10", ticket, "open")
        self._move("2026-03-23 10:20", ticket, "paused")
        self._write("2026-03-23 10:30", ticket, pause_reason_id=self.reason_supplier.id)
        self._move("2026-03-23 10:40", ticket, "resolved")
        self._move("2026-03-23 10:50", ticket, "open")
        self._move("2026-03-23 11:00", ticket, "resolved")
        self._move("2026-03-23 11:10", ticket, "closed")
        self._move("2026-03-23 11:20", ticket, "open")
        self._move("2026-03-23 11:30", ticket, "cancelled")
        rows = self._log(ticket)[1:]
        self.assertEqual(
            [(row.what, row.state) for row in rows],
            [
                ("state", "open"),
                ("state", "paused"),
                ("state", "paused"),
                ("resolved", "resolved"),
                ("reopened", "open"),
                ("resolved", "resolved"),
                ("closed", "closed"),
                ("reopened", "open"),
                ("cancelled", "cancelled"),
            ],
        )
        self.assertEqual(rows[1].pause_reason_id, self.pause_reason)
        self.assertEqual(rows[2].pause_reason_id, self.reason_supplier)
        # Waiting for a supplier is no pause of this agreement: 10:20-10:30 only.
        # 10:00-10:20, 10:30-10:40, 10:50-11:00, 11:20-11:30: 50 minutes
        self.assertClock(self._clocks(ticket), phase="cancelled", used_seconds=3000)

    def test_pause_without_reason(self):
        """Design 2: a pause has a reason; until it is given clocks run."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._move("2026-03-23 10:10", ticket, "paused", pause_reason_id=False)
        self.assertClock(clock, phase="running", deadline="2026-03-23 15:00")
        self._write("2026-03-23 10:20", ticket, pause_reason_id=self.pause_reason.id)
        self.assertClock(clock, phase="paused", used_seconds=1200)

    def test_nothing_new(self):
        """Design 2: a save that changes no fact adds no row."""
        ticket = self._report(MON)
        self._write("2026-03-23 10:05", ticket, name="Other title", priority="2")
        self._write("2026-03-23 10:06", ticket, tag_ids=[])
        self.assertEqual(self._whats(ticket), ["reported"])

    def test_replies(self):
        """Design 2: first and later public replies, by whom."""
        ticket = self._report(MON)
        self._reply("2026-03-23 10:05", ticket)
        self._reply("2026-03-23 10:15", ticket, self.agent_2)
        rows = self._log(ticket)[1:]
        self.assertEqual(rows.mapped("what"), ["reply", "reply"])
        self.assertEqual(rows.user_id, self.agent | self.agent_2)
        self.assertClock(
            self._clocks(ticket, "response"), stopped_at="2026-03-23 10:05"
        )

    def test_order_within_a_second(self):
        """Design 2: rows of the same second stay in the order of the saves."""
        ticket = self._report(MON)
        for state in ("open", "paused", "open", "resolved"):
            self._move("2026-03-23 11:00", ticket, state)
        rows = self._log(ticket)[1:]
        self.assertEqual(rows.mapped("state"), ["open", "paused", "open", "resolved"])
        self.assertEqual(len(set(rows.mapped("step"))), 4)
        clock = self._clocks(ticket)
        self.assertClock(clock, status="met", used_seconds=3600)

    def test_folded_again(self):
        """Design 2: clocks are the fold of the log: folding anew changes none."""
        ticket = self._report(MON)
        self._write("2026-03-23 10:10", ticket, priority="1")
        self._move("2026-03-23 10:20", ticket, "paused")
        self._write("2026-03-23 10:30", ticket, partner_id=self.requester_2.id)
        self._move("2026-03-23 11:00", ticket, "open")
        self._reply("2026-03-23 11:05", ticket)
        self._move("2026-03-23 14:00", ticket, "resolved")
        self._write("2026-03-23 14:30", ticket, priority="3")
        self._move("2026-03-24 09:00", ticket, "open")
        names = [
            name
            for name, field in self.env["itsm.clock"]._fields.items()
            if field.store and field.column_type and name != "applications"
        ]
        before = ticket.clock_ids.read(names)
        with self.at("2026-03-24 09:00"):
            ticket._clock_refold("reported")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.clock_ids.read(names), before)

    def test_value_in_words(self):
        """Design 2: the log can be read by people."""
        ticket = self._report(MON, service_id=self.service.id)
        self._move("2026-03-23 10:10", ticket, "paused")
        rows = self._log(ticket)
        self.assertIn("E-mail", rows[0].value)
        self.assertIn("High", rows[0].value)
        self.assertIn(self.pause_reason.name, rows[1].value)

    # === Source ===

    def test_forged_source(self):
        """Design 2, Gaming: no context key of a client makes a row a mail's."""
        context = {
            "fetchmail_cron_running": True,
            "itsm_event_source": "mail",
            "default_source": "mail",
        }
        forged = self.env["helpdesk.ticket"].with_user(self.agent)
        forged = forged.with_context(**context)
        with self.at(MON):
            ticket = forged.create(self._ticket_vals(priority="2"))
            ticket.write({"priority": "3", "stage_id": self.stage_open.id})
            ticket.message_post(
                body="Answer",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            ticket.write({"reported_at": self.utc("2026-03-23 09:00")})
            call_kw(
                self.env(user=self.agent)["helpdesk.ticket"],
                "write",
                # The reported time has made the answer a late one.
                [
                    ticket.ids,
                    {"itsm_kind": "request", "clock_change_reason": "Found out"},
                ],
                {"context": context},
            )
            self.env.flush_all()
        rows = self._log(ticket.with_env(self.env))
        self.assertLessEqual(
            {"reported", "priority", "state", "reply", "corrected", "kind"},
            set(rows.mapped("what")),
        )
        self.assertEqual(set(rows.mapped("source")), {"user"})

    def test_made_by_mail(self):
        """Design 2: a ticket that a mail makes says so, and what follows does not."""
        mail = (
            f"From: {self.portal_user.email}\nTo: desk@example.com\nSubject: Printer\n"
            "Message-Id: <printer@example.com>\nContent-Type: text/plain\n\nNo paper.\n"
        )
        threads = self.env["mail.thread"]
        with self.at(MON):
            found = threads.message_process("helpdesk.ticket", mail)
            tickets = self.env["helpdesk.ticket"].browse(found)
            tickets |= self.env["helpdesk.ticket"].message_new(
                {"subject": "Printer", "body": "No paper", "author_id": False}
            )
            self.env.flush_all()
        self.assertEqual(len(tickets), 2)
        for ticket in tickets.with_env(self.env):
            self.assertEqual(set(self._log(ticket).mapped("source")), {"mail"})
            self.assertTrue(ticket.clock_ids)
            self._write("2026-03-23 10:30", ticket, priority="3")
            self.assertEqual(self._log(ticket)[-1].source, "user")
