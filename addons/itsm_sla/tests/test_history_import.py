# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..tools import history_plan
from .history_common import HEADER, HistoryCommon


@tagged("post_install", "-at_install")
class TestHistoryImport(HistoryCommon):
    """Section 3: bring your own history."""

    def test_preview_writes_nothing(self):
        """Section 3: preview with errors by row and dry run; nothing is written."""
        models = ("helpdesk.ticket", "itsm.ticket.event", "itsm.clock")
        before = {model: self.env[model].search_count([]) for model in models}
        history = self._preview(self.small, agreement_id=self._draft_agreement().id)
        self.assertEqual(history.state, "previewed")
        self.assertEqual((history.row_count, history.ticket_count), (11, 3))
        self.assertEqual(history.created_count, 3)
        self.assertEqual(history.error_count, 0)
        # T-1 is answered after 30 min and solved after 3 h, of 1 h and 4 h. T-2 has
        # priority High from the row of 11:30 on, when 90 min are gone: response missed;
        # 1 h + 1.5 h until the pause, then 3 h on the next day: resolution missed.
        self.assertEqual((history.response_met, history.response_missed), (1, 1))
        self.assertEqual((history.resolution_met, history.resolution_missed), (1, 1))
        self.assertIn("50.00 %", history.compliance)
        self.assertIn("T-1", history.preview_html)
        after = {model: self.env[model].search_count([]) for model in models}
        self.assertEqual(after, before)
        self.assertFalse(history.link_ids)

    def test_import(self):
        """Section 3: tickets, log, milestones and clocks of a small log."""
        agreement = self._draft_agreement()
        history = self._import(self.small, agreement_id=agreement.id)
        self.assertEqual(history.state, "imported")
        self.assertEqual((history.done, history.total), (3, 3))
        one, two, three = (self._ticket(f"T-{n}") for n in (1, 2, 3))
        self.assertRecordValues(
            one | two | three,
            [
                {
                    "name": "No mail",
                    "is_history": True,
                    "itsm_state": "closed",
                    "priority": "2",
                    "reported_at": self.utc("2026-03-02 09:00"),
                    "first_response_at": self.utc("2026-03-02 09:30"),
                    "resolved_at": self.utc("2026-03-02 12:00"),
                    "closed_date": self.utc("2026-03-04 12:00"),
                    "partner_name": "Caller 1",
                    "agreement_id": agreement.id,
                    "agreement_reason": "import",
                    "user_id": False,
                },
                {
                    "name": "Slow",
                    "is_history": True,
                    "itsm_state": "closed",
                    "priority": "2",
                    "reported_at": self.utc("2026-03-02 10:00"),
                    "first_response_at": self.utc("2026-03-02 11:30"),
                    "resolved_at": self.utc("2026-03-03 13:30"),
                    "closed_date": self.utc("2026-03-05 09:00"),
                    "partner_name": "Caller 2",
                    "agreement_id": agreement.id,
                    "agreement_reason": "import",
                    "user_id": False,
                },
                {
                    "name": "Paper jam",
                    "is_history": True,
                    "itsm_state": "new",
                    "priority": "0",
                    "reported_at": self.utc("2026-03-05 16:00"),
                    "first_response_at": False,
                    "resolved_at": False,
                    "closed_date": False,
                    "partner_name": "Caller 1",
                    "agreement_id": agreement.id,
                    "agreement_reason": "import",
                    "user_id": False,
                },
            ],
        )
        self.assertEqual(
            [(event.what, event.note or "") for event in self._log(two)],
            [
                ("reported", "Imported from log.csv"),
                ("team", "Group A"),
                ("priority", ""),
                ("team", "Group B"),
                ("assignee", "Resolver 2"),
                ("state", ""),
                ("reply", "Response: the first state “In progress”"),
                ("state", ""),
                ("state", ""),
                ("resolved", ""),
                ("closed", ""),
            ],
        )
        self.assertEqual(set(self._log(two).mapped("source")), {"import"})
        # Paris office hours 09-12 and 13-18; T-2 pauses from 12:00 to 09:00.
        self.assertClock(
            self._clocks(two),
            phase="stopped",
            used_seconds=2 * 3600 + int(3.5 * 3600),
            stopped_at="2026-03-03 13:30",
            breached_at="2026-03-03 11:00",
            is_history=True,
            next_event_at=False,
        )
        self.assertClock(
            self._clocks(two, "response"),
            stopped_at="2026-03-02 11:30",
            breached_at="2026-03-02 11:30",
        )
        # Still open in the file: its clocks run and nobody is told.
        self.assertClock(self._clocks(three), phase="running", next_event_at=False)

    def test_order(self):
        """Section 3: within a minute the order column decides, else the file."""
        rows = history_plan.sort_rows(
            [
                history_plan.FileRow(
                    row=number,
                    number="T",
                    time=datetime(2026, 3, 2, hour),
                    opened=datetime(2026, 3, 2, 8),
                    order=order,
                    facts={},
                    digest="",
                )
                for number, hour, order in (
                    (2, 10, 3.0),
                    (3, 9, 1.0),
                    (4, 10, 2.0),
                    (5, 11, 0.0),
                    (6, 11, 0.0),
                )
            ]
        )
        self.assertEqual([row.row for row in rows[0]], [3, 4, 2, 5, 6])
        self.assertEqual([row.row for row in rows[1]], [5])

    def test_dirty_rows(self):
        """Section 3: dirty rows are reported by row with their text, and not lost."""
        rows = (
            HEADER
            + "T-1,2026-03-02 09:00,2026-03-02 09:10,New,2 - High\n"
            + "T-1,2026-03-02 09:00,31-02-2026 09:10,Active,2 - High\n"
            + ",2026-03-02 09:00,2026-03-02 09:20,Active,2 - High\n"
            + "\n"
            + "T-1,2026-03-02 09:00,2026-03-02 08:59,Active,2 - High\n"
            + "T-1,2026-03-02 09:00,2026-03-02 09:30,Levitating,2 - High\n"
            + "T-1,2026-03-02 09:00,2026-03-02 09:40,?,2 - High\n"
            + "T-1,2026-03-02 09:00,2030-03-02 09:40,Closed,2 - High\n"
            + "T-1,2026-03-02 09:00,2026-03-02 09:50,Active\n"
            + "T-1,2026-03-02 09:00,2026-03-02 10:00,Active,Purple\n"
            + "T-2,?,2026-03-02 10:00,Active,2 - High\n"
        )
        history = self._import(rows, agreement_id=self._draft_agreement().id)
        self.assertEqual((history.row_count, history.error_count), (10, 8))
        self.assertEqual(history.created_count, 1)
        expected = [
            (3, "T-1", "31-02-2026"),
            (4, "", "ticket number is missing"),
            (6, "T-1", "earlier than the opening"),
            (7, "T-1", "Levitating"),
            (8, "T-1", "state is missing"),
            (9, "T-1", "future"),
            (10, "T-1", "4 cells and not 5"),
            (12, "T-2", "opened_at is empty"),
        ]
        found = self._reasons(history, "error")
        self.assertEqual([line[:2] for line in found], [line[:2] for line in expected])
        for line, wanted in zip(found, expected, strict=True):
            self.assertIn(wanted[2], line[2])
        self.assertIn("Purple", str(self._reasons(history, "warning")))
        text = base64.b64decode(history.rejected_file).decode("utf-8-sig")
        lines = text.splitlines()
        self.assertEqual(len(lines), 9)
        self.assertIn("Levitating", lines[4])
        self.assertTrue(lines[4].startswith("7,"))
        # The mended row makes the log longer, and only that is added.
        mended = self._new(rows.replace("09:30,Levitating", "10:30,Levitating"))
        mended.action_read()
        self._set(mended, "Levitating", itsm_state="resolved")
        mended.action_preview()
        self.assertEqual((mended.extended_count, mended.error_count), (1, 7))

    def test_value_mapping(self):
        """Section 3: the user says what a state means; the preview follows."""
        history = self._new(self.small.replace("Awaiting User Info", "Parked"))
        history.agreement_id = self._draft_agreement()
        history.action_preview()
        self.assertEqual(history.error_count, 1)
        history.action_back()
        self._set(
            history,
            "Parked",
            itsm_state="paused",
            pause_reason_id=self.pause_reason.id,
        )
        history.action_preview()
        self.assertEqual(history.error_count, 0)
        history.action_import()
        event = self._log(self._ticket("T-2")).filtered("pause_reason_id")
        self.assertEqual(event.time, self.utc("2026-03-02 12:00"))

    def test_reopened(self):
        """INC: resolved, reopened and resolved again, in the log and on the ticket."""
        rows = HEADER + "".join(
            f"T-1,2026-03-02 09:00,{time},{state},2 - High\n"
            for time, state in (
                ("2026-03-02 09:30", "Active"),
                ("2026-03-02 10:00", "Resolved"),
                ("2026-03-02 10:30", "Resolved"),
                ("2026-03-02 11:00", "Awaiting User Info"),
                ("2026-03-02 11:30", "Active"),
                ("2026-03-02 12:00", "Closed"),
            )
        )
        self._import(rows, agreement_id=self._draft_agreement().id)
        ticket = self._ticket("T-1")
        self.assertEqual(
            [(event.what, event.state) for event in self._log(ticket)],
            [
                ("reported", "new"),
                ("state", "open"),
                ("reply", False),
                ("resolved", "resolved"),
                ("reopened", "paused"),
                ("state", "open"),
                ("closed", "closed"),
            ],
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "reopened_count": 1,
                    "reopened_at": self.utc("2026-03-02 11:00"),
                    "resolved_at": self.utc("2026-03-02 12:00"),
                    "closed_date": self.utc("2026-03-02 12:00"),
                    "last_stage_update": self.utc("2026-03-02 12:00"),
                }
            ],
        )
        # One hour until resolved and half an hour from 11:30; the rest never counts.
        self.assertClock(self._clocks(ticket), used_seconds=5400, phase="stopped")

    def test_form(self):
        """Section 3: the screen: choose a file, preview, import."""
        agreement = self._draft_agreement()
        model = self.env["itsm.history.import"].with_user(self.sla_manager)
        with Form(model) as form:
            form.file = base64.b64encode(self.small.encode())
            form.tz = self.zone
            form.agreement_id = agreement
        history = form.record
        self.assertEqual(history.name, "Ticket history")
        history.filename = "march.csv"  # the widget writes it, not the user
        self.assertEqual(history.name, "march.csv")
        history.action_preview()
        with Form(history) as form, self.assertRaises(AssertionError):
            form.tz = "UTC"  # readonly: what was previewed is what is imported
        history.action_import()
        self.assertEqual(history.imported_count, 3)
        self.assertEqual(history.progress, 100)
        domain = history.action_view_tickets()["domain"]
        self.assertEqual(self.env["helpdesk.ticket"].search_count(domain), 3)

    def test_keep(self):
        """Section 3: a state that says nothing leaves the state as it was."""
        text = self.small.replace("Awaiting User Info", "-100")
        history = self._import(text, agreement_id=self._draft_agreement().id)
        self.assertEqual(history.error_count, 0)
        states = self._log(self._ticket("T-2")).filtered("state").mapped("state")
        self.assertEqual(states, ["new", "open", "resolved", "closed"])

    def test_changed_since_preview(self):
        """Section 3: nobody imports what he has not seen."""
        history = self._new(self.small)
        with self.assertRaisesRegex(UserError, "preview"):
            history.action_import()
        history.action_preview()
        self._set(history, "Active", itsm_state="new")
        with self.assertRaisesRegex(UserError, "preview"):
            history.action_import()
        history.action_preview()
        history.file = base64.b64encode(self.small.replace("T-3", "T-4").encode())
        with self.assertRaisesRegex(UserError, "preview"):
            history.action_import()
        history.action_preview()
        history.action_import()
        self.assertTrue(self._ticket("T-4"))

    def test_names(self):
        """Section 3: people, teams, customers and services here are recognised."""
        text = (
            self.small.replace("Group A", "Service Desk")
            .replace("Resolver 1", self.agent.login)
            .replace("Caller 1", self.requester.name)
            .replace("category", "service", 1)
            .replace(",Mail,", ",T-MAIL,")
        )
        history = self._import(text, agreement_id=self._draft_agreement().id)
        ticket = self._ticket("T-1")
        self.assertRecordValues(
            ticket,
            [
                {
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                    "partner_id": self.requester.id,
                    "service_id": self.service.id,
                    "first_assigned_at": self.utc("2026-03-02 09:30"),
                }
            ],
        )
        assigned = self._log(ticket).filtered(lambda e: e.what == "assignee")
        self.assertEqual(assigned.assignee_id, self.agent)
        self.assertFalse(assigned.note)
        notes = str(self._reasons(history, "info"))
        self.assertIn("Group B", notes)
        self.assertNotIn("Service Desk", notes)

    def test_response(self):
        """Section 3: what counts as response in the file can be chosen."""
        agreement = self._draft_agreement()
        text = self.small.replace("Resolver 1", "?")
        for response, expected in (
            ("progress", self.utc("2026-03-02 09:30")),
            ("assignee", False),
            ("none", False),
        ):
            with self.subTest(response=response):
                history = self._import(
                    text, agreement_id=agreement.id, response=response
                )
                ticket = self._ticket("T-1")
                self.assertEqual(ticket.first_response_at, expected)
                # Without one, the solution is the response.
                stopped = self._clocks(ticket, "response").stopped_at
                self.assertEqual(stopped, expected or self.utc("2026-03-02 12:00"))
                history.action_undo()
        assignment = self._draft_agreement(response_by="assignment")
        history = self._preview(self.small, agreement_id=assignment.id)
        self.assertIn("assignment", str(self._reasons(history, "warning")))

    def test_compared(self):
        """Section 3: some columns are only compared; differences are listed."""
        history = self._preview(self.small, agreement_id=self._draft_agreement().id)
        found = self._reasons(history, "difference")
        self.assertEqual([line[:2] for line in found], [(11, "T-2")])
        self.assertIn("Resolved at", found[0][2])
        self.assertEqual(history.difference_count, 1)
        notes = str(self._reasons(history, "info"))
        self.assertIn("same for 1 tickets", notes)
        self.assertIn("met only there 1", notes)

    def test_best_match(self):
        """SLM-35: without a chosen agreement, the one in force when it was reported."""
        agreement = self._create_agreement(date_start="2026-03-03")
        history = self._import(self.small)
        self.assertEqual(self._ticket("T-1").agreement_reason, "not_started")
        self.assertFalse(self._ticket("T-1").clock_ids)
        self.assertEqual(self._ticket("T-3").agreement_id, agreement)
        self.assertEqual(history.no_clock_count, 2)
        self.assertIn("2 tickets", str(self._reasons(history, "warning")))

    def test_no_data(self):
        """Design, Periods: nothing measured is “no data”, never 100 %."""
        history = self._preview(self.small)
        self.assertEqual(history.compliance, "No data")
        self.assertEqual(history.no_clock_count, 3)
