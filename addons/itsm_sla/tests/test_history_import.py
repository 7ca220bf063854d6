# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytz
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..wizards import history_file, history_plan
from .common import SlaCommon

DATA = Path(__file__).parent / "data"
EXAMPLES = Path(__file__).parents[1] / "static" / "example"
HEADER = "number,opened_at,updated_at,state,priority\n"
#: All the files of these tests lie before.
NOW = "2026-03-16 08:00:00"


class HistoryCommon(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.small = (DATA / "history_small.csv").read_text(encoding="utf-8")
        cls.startClassPatcher(freeze_time(NOW))

    def _new(self, content, user=None, **vals):
        """An import of text (as UTF-8) or bytes, made by a service level manager."""
        data = content.encode() if isinstance(content, str) else content
        # Without the context of the test's environment, which switches mail off.
        return (
            self.env["itsm.history.import"]
            .with_user(user or self.sla_manager)
            .with_context({})
            .create(
                {
                    "file": base64.b64encode(data),
                    "filename": "log.csv",
                    "tz": self.zone,
                    **vals,
                }
            )
        )

    def _preview(self, content, **vals):
        history = self._new(content, **vals)
        history.action_preview()
        return history

    def _import(self, content, **vals):
        history = self._preview(content, **vals)
        history.action_import()
        self.env.flush_all()
        self.env.invalidate_all()
        return history

    def _ticket(self, number, company=None):
        return self.env["helpdesk.ticket"].search(
            [
                ("number", "=", number),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def _meanings(self, history):
        return {
            column.name: column.meaning
            for column in history.column_ids
            if column.meaning != "ignore"
        }

    def _reasons(self, history, level):
        return [
            (line.row, line.number, line.reason)
            for line in history.line_ids
            if line.level == level
        ]

    def _set(self, history, name, **vals):
        """Say what a value of the file means, as the user does before the preview."""
        history.value_ids.filtered(lambda v: v.name == name).write(vals)


@tagged("post_install", "-at_install")
class TestHistoryFile(HistoryCommon):
    """Section 3: column mapping with good guesses. Section 5: bad input."""

    def test_guess_columns(self):
        """Section 3: columns of well-known systems are recognised."""
        required = {"number", "time", "state", "opened"}
        for header, others in (
            (
                "number,incident_state,sys_mod_count,opened_at,sys_updated_at,made_sla",
                {"order", "verdict"},
            ),
            (
                "Issue key,Summary,Status,Priority,Assignee,Reporter,Created,Updated",
                {"title", "priority", "assignee", "customer"},
            ),
            (
                "ref,title,status,org_id->friendlyname,team_id->friendlyname,agent_id,"
                + "start_date,last_update,resolution_date",
                {"title", "customer", "team", "assignee", "resolved"},
            ),
            (
                "id,name,status,date,date_mod,urgency,impact,priority,solvedate,type",
                {"title", "urgency", "impact", "priority", "resolved", "kind"},
            ),
            (
                "工单编号,报告时间,更新时间,状态,优先级,处理组,处理人,报告人,标题,服务",
                {"priority", "team", "assignee", "customer", "title", "service"},
            ),
        ):
            with self.subTest(header=header):
                guesses = history_file.guess_columns(header.split(","))
                self.assertEqual(set(guesses.values()), required | others)
                self.assertEqual(len(guesses), len(set(guesses.values())))

    def test_guess_values(self):
        """Section 3: states, pause reasons and priorities are recognised."""
        states = {
            "New": ("new", ""),
            "Active": ("open", ""),
            "Work in Progress": ("open", ""),
            "Awaiting User Info": ("paused", "USER"),
            "Awaiting Problem": ("paused", "OTHER"),
            "Awaiting Vendor": ("paused", "SUPP"),
            "Awaiting Evidence": ("paused", "USER"),
            "On Hold": ("paused", "OTHER"),
            "Resolved": ("resolved", ""),
            "Closed": ("closed", ""),
            "Cancelled": ("cancelled", ""),
            "-100": ("keep", ""),
            "处理中": ("open", ""),
            "挂起": ("paused", "OTHER"),
            "已解决": ("resolved", ""),
            "Flibbertigibbet": None,
        }
        guessed = {text: history_file.guess_state(text) for text in states}
        self.assertEqual(guessed, states)
        self.assertEqual(history_file.guess_state("Open", ["Done"]), ("new", ""))
        self.assertEqual(history_file.guess_state("Open", ["New"]), ("open", ""))
        levels = {
            "1 - Critical": "1",
            "2 - High": "2",
            "3 - Moderate": "3",
            "4 - Low": "4",
            "5 - Planning": "4",
            "2 - Medium": "3",
            "3 - Low": "4",
            "P1": "1",
            "2": "2",
            "Highest": "1",
            "紧急": "1",
            "高": "2",
            "中": "3",
            "低": "4",
            "whatever": None,
        }
        guessed = {text: history_file.guess_level(text) for text in levels}
        self.assertEqual(guessed, levels)

    def test_dates(self):
        """Section 3: times as systems write them, in the file's zone, summer or not."""
        zone = pytz.timezone("Europe/Paris")
        winter = datetime(2026, 3, 2, 8, 5)
        for text, order, expected in (
            ("2026-03-02 09:05", "dmy", winter),
            ("2026-03-02T09:05:00", "dmy", winter),
            ("2026/3/2 9:05:00", "mdy", winter),
            ("02-03-2026 09:05", "dmy", winter),
            ("03/02/2026 9:05 AM", "mdy", winter),
            ("2.3.2026 09:05:00.123", "dmy", winter),
            ("02/Mar/26 9:05 AM", "dmy", winter),
            ("20260302 0905", "dmy", winter),
            ("2026年3月2日 9时05分", "dmy", winter),
            ("2026年3月2日 上午9:05", "dmy", winter),
            ("2026-03-02T08:05:00Z", "dmy", winter),
            ("2026-03-02 16:05 +08:00", "dmy", winter),
            ("2026-03-02 下午9:05", "dmy", datetime(2026, 3, 2, 20, 5)),
            ("2026-03-02 12:30 AM", "dmy", datetime(2026, 3, 1, 23, 30)),
            ("2026-07-01 09:05", "dmy", datetime(2026, 7, 1, 7, 5)),
            # 29 March: 02:30 does not exist; read as standard time.
            ("2026-03-29 02:30", "dmy", datetime(2026, 3, 29, 1, 30)),
            # 25 October: 02:30 exists twice; the second one is standard time.
            ("2026-10-25 02:30", "dmy", datetime(2026, 10, 25, 1, 30)),
            ("2026-03-02", "dmy", None),
            ("02-03-2026 09:05", "ymd", None),
            ("31-02-2026 09:05", "dmy", None),
            ("2026-03-02 25:05", "dmy", None),
            ("soon", "dmy", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(history_file.read_time(text, order, zone), expected)
        guess = history_file.guess_date_order
        self.assertEqual(guess(["01/02/2026 1:00", "13/02/2026 1:00"]), ("dmy", True))
        self.assertEqual(guess(["01/02/2026 1:00", "01/13/2026 1:00"]), ("mdy", True))
        self.assertEqual(guess(["01/02/2026 1:00"]), ("dmy", False))
        self.assertEqual(guess(["2026-01-02 1:00"]), ("ymd", True))

    def test_encodings(self):
        """Manners: UTF-8 with and without BOM, GB18030 and UTF-16; comma, ; and tab."""
        text = (EXAMPLES / "ticket_history_zh.csv").read_text(encoding="utf-8-sig")
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"):
            for delimiter in ",;\t":
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    data = text.replace(",", delimiter).encode(encoding)
                    history = self._preview(data)
                    self.assertEqual((history.row_count, history.ticket_count), (10, 2))
                    self.assertEqual(history.error_count, 0)

    def test_examples(self):
        """Manners: the example of each language imports without a word, twice too."""
        agreement = self._draft_agreement()
        for language in ("en", "zh"):
            with self.subTest(language=language):
                data = (EXAMPLES / f"ticket_history_{language}.csv").read_bytes()
                history = self._import(data, agreement_id=agreement.id)
                self.assertEqual(history.created_count, 2)
                for level in ("error", "warning", "skip", "difference"):
                    self.assertFalse(self._reasons(history, level))
                kinds = history.link_ids.ticket_id.sorted("number").mapped("itsm_kind")
                self.assertEqual(kinds, ["incident", "request"])
                again = self._import(data, agreement_id=agreement.id)
                self.assertEqual(again.unchanged_count, 2)

    def test_malformed(self):
        """Section 5: a malformed file gets an error naming the field and the remedy."""
        for name, data, words in (
            ("nothing", b"", "header row"),
            ("header only", HEADER.encode(), "header row"),
            ("workbook", b"PK\x03\x04" + b"x" * 50, "CSV UTF-8"),
            ("encoding", b"number,state\nT-1,Caf\xe9\x01\xff\n", "encoding"),
            ("columns", b"number\nT-1\n", "one column"),
            (
                "no header",
                b"T-1,2026-03-02 09:00\nT-1,2026-03-02 10:00\n",
                "header row",
            ),
            ("quotes", b'number,state\nT-1,"New\nT-2,New\n', "quotation mark"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError) as error:
                self._preview(data)
            self.assertIn("“File”", str(error.exception))
            self.assertIn(words, str(error.exception))

    def test_limits(self):
        """Manners: size and rows are bounded, and the message names the limit."""
        row = "T-1,2026-03-02 09:00,2026-03-02 09:10,New,2\n"
        with (
            patch.object(history_file, "MAX_ROWS", 5),
            self.assertRaisesRegex(UserError, "more than 5 rows"),
        ):
            self._preview(HEADER + row * 6)
        with (
            patch.object(history_file, "MAX_BYTES", 1024 * 1024),
            self.assertRaisesRegex(UserError, "at most 1 MiB"),
        ):
            self._preview(HEADER + row * 30_000)

    def test_missing_columns(self):
        """Section 5: missing columns are named; two of one meaning are refused."""
        history = self._new("number,when,state,opened_at\nT-1,2026-03-02,New,x\n")
        with self.assertRaisesRegex(UserError, "“Event time”"):
            history.action_preview()
        history.action_read()
        history.column_ids.filtered(lambda c: c.name == "when").meaning = "state"
        history.column_ids.filtered(lambda c: c.name == "opened_at").meaning = "time"
        with self.assertRaisesRegex(UserError, "“Opened at”"):
            history.action_preview()
        text = self.small.replace("closed_at", "date_closed_or_so", 1)
        history = self._new(text)
        history.action_read()
        extra = history.column_ids.filtered(lambda c: c.name == "date_closed_or_so")
        extra.meaning = "resolved"
        with self.assertRaisesRegex(UserError, "both mean"):
            history.action_preview()

    def test_another_file(self):
        """Section 3: another file keeps what was chosen and guesses the rest."""
        history = self._new(self.small)
        history.action_read()
        history.column_ids.filtered(lambda c: c.name == "caller_id").meaning = "ignore"
        other = self.small.replace("sys_updated_at", "event_time", 1)
        history.write({"file": base64.b64encode(other.encode())})
        history.action_preview()
        meanings = self._meanings(history)
        self.assertEqual(meanings.get("event_time"), "time")
        self.assertNotIn("caller_id", meanings)
        self.assertNotIn("sys_updated_at", history.column_ids.mapped("name"))
        self.assertEqual(history.error_count, 0)

    def test_formulas(self):
        """Manners: cells that begin with = + - @ are escaped, and read back."""
        for cell in ("=1+1", "+49", "-100", "@me"):
            escaped = history_file.escape_cell(cell)
            self.assertEqual(escaped, f"'{cell}")
            self.assertEqual(history_file.unescape_cell(escaped), cell)
        self.assertEqual(history_file.escape_cell("T-1"), "T-1")
        self.assertEqual(history_file.unescape_cell("'quoted"), "'quoted")
        rows = HEADER + "=cmd(),2026-03-02 09:00,bad,New,2\n"
        history = self._preview(rows)
        text = base64.b64decode(history.rejected_file).decode("utf-8-sig")
        self.assertIn("'=cmd()", text)
        self.assertNotIn(",=cmd()", text)


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


@tagged("post_install", "-at_install")
class TestHistoryReconcile(HistoryCommon):
    """Section 3: reconciliation by ticket number, undo, companies, access, silence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._draft_agreement()

    def _facts(self, ticket):
        clocks = ticket.clock_ids.sorted("metric")
        return (
            [(e.time, e.sequence, e.what, e.value) for e in self._log(ticket)],
            [(c.metric, c.phase, c.used_seconds, c.breached_at) for c in clocks],
            [ticket.stage_id, ticket.resolved_at, ticket.closed_date, ticket.priority],
        )

    def test_twice(self):
        """Section 3: importing twice changes nothing."""
        self._import(self.small, agreement_id=self.agreement.id)
        tickets = self._ticket("T-1") | self._ticket("T-2") | self._ticket("T-3")
        before = [self._facts(ticket) for ticket in tickets]
        again = self._import(self.small, agreement_id=self.agreement.id)
        self.assertEqual(again.unchanged_count, 3)
        self.assertFalse(again.link_ids)
        self.assertEqual([self._facts(ticket) for ticket in tickets], before)
        self.assertEqual(len(self._ticket("T-1")), 1)

    def test_longer(self):
        """Section 3: a longer file, or the rest alone, adds only what is new."""
        lines = self.small.splitlines(keepends=True)
        whole = self._import(self.small, agreement_id=self.agreement.id)
        expected = self._facts(self._ticket("T-2"))
        whole.action_undo()
        for name, rest in (
            ("longer", self.small),
            ("rest", "".join([lines[0], *lines[8:]])),
        ):
            with self.subTest(name=name):
                first = self._import("".join(lines[:8]), agreement_id=self.agreement.id)
                ticket = self._ticket("T-2")
                self.assertEqual(ticket.itsm_state, "paused")
                self.assertEqual(self._clocks(ticket).phase, "paused")
                kept = self._log(ticket)
                before = self._facts(ticket)
                second = self._import(rest)
                self.assertEqual((second.extended_count, second.created_count), (1, 1))
                self.assertEqual(self._log(ticket)[: len(kept)], kept)
                # Under the agreement of the first import, although none was chosen.
                self.assertEqual(self._facts(ticket)[1:], expected[1:])
                self.assertEqual(
                    [event[0::2] for event in self._facts(ticket)[0]],
                    [event[0::2] for event in expected[0]],
                )
                self.assertTrue(all(self._clocks(ticket).mapped("is_history")))
                # The first cannot be undone before the second.
                first.action_undo()
                self.assertEqual(first.state, "imported")
                self.assertIn(
                    "undo that import first", str(self._reasons(first, "skip"))
                )
                self.assertFalse(self._ticket("T-1"))
                second.action_undo()
                self.env.invalidate_all()
                self.assertEqual(self._facts(ticket), before)
                first.action_undo()
                self.assertEqual(first.state, "undone")
                self.assertFalse(self._ticket("T-2"))

    def test_longer_stage(self):
        """Section 3: what is stored because of the stage follows a longer file."""
        self._import(self.small, agreement_id=self.agreement.id)
        ticket = self._ticket("T-3")
        self.assertTrue(ticket.unattended)
        row = self.small.splitlines()[-1].replace("16:05,0,New", "17:00,1,Active")
        longer = self._import(f"{self.small}{row}\n")
        self.assertEqual((longer.extended_count, longer.unchanged_count), (1, 2))
        self.assertFalse(ticket.unattended)
        self.assertEqual(ticket.first_response_at, self.utc("2026-03-05 17:00"))
        longer.action_undo()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(ticket.unattended)
        self.assertFalse(ticket.first_response_at)

    def test_conflict(self):
        """Section 3: a corrected past is reported and changes nothing."""
        self._import(self.small, agreement_id=self.agreement.id)
        before = self._facts(self._ticket("T-2"))
        for changed in (
            self.small.replace(
                "02-03-2026 12:00,2,Awaiting", "02-03-2026 12:01,2,Awaiting"
            ),
            self.small.replace("T-2,02-03-2026 10:00", "T-2,02-03-2026 10:01"),
        ):
            again = self._import(changed, agreement_id=self.agreement.id)
            self.assertEqual((again.skip_count, again.unchanged_count), (1, 2))
            self.assertIn("Undo the earlier import", str(self._reasons(again, "skip")))
            self.assertEqual(self._facts(self._ticket("T-2")), before)

    def test_live_ticket(self):
        """Section 3: the number of a live ticket is reported and left alone."""
        live = self._create_ticket(number="T-1")
        self.env.flush_all()
        self.env.invalidate_all()
        before = live.read()
        history = self._import(self.small, agreement_id=self.agreement.id)
        self.assertEqual((history.created_count, history.skip_count), (2, 1))
        self.assertEqual(self._reasons(history, "skip")[0][1], "T-1")
        live.invalidate_recordset()
        self.assertEqual(live.read(), before)
        self.assertEqual(self._ticket("T-1"), live)

    def test_same_moment(self):
        """Two people import one file at once: the second one fails as a whole."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        link = history.sudo().link_ids[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            link.copy()
            self.env.flush_all()

    def test_undo(self):
        """Section 3: undo leaves nothing, and the file can be imported again."""
        models = ("helpdesk.ticket", "itsm.ticket.event", "itsm.clock")
        before = {model: self.env[model].search([]).ids for model in models}
        history = self._import(self.small, agreement_id=self.agreement.id)
        history.action_undo()
        self.env.flush_all()
        self.env.invalidate_all()
        after = {model: self.env[model].search([]).ids for model in models}
        self.assertEqual(after, before)
        self.assertEqual(history.state, "undone")
        history.action_preview()
        history.action_import()
        self.assertEqual(history.created_count, 3)

    def test_undo_touched(self):
        """Section 3: what somebody touched since is kept, and the log says why."""
        touches = {
            "field": lambda ticket: ticket.with_user(self.agent).write({"name": "New"}),
            "state": lambda ticket: self._move("2026-03-16 10:00", ticket, "open"),
            "message": lambda ticket: self._reply("2026-03-16 10:00", ticket),
            "activity": lambda ticket: ticket.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.agent.id
            ),
            "attachment": lambda ticket: self.env["ir.attachment"].create(
                {"name": "x", "res_model": ticket._name, "res_id": ticket.id}
            ),
        }
        for name, touch in touches.items():
            with self.subTest(name=name):
                text = self.small.replace("T-", f"{name}-")
                history = self._import(text, agreement_id=self.agreement.id)
                touched = self._ticket(f"{name}-2")
                touch(touched)
                self.env.flush_all()
                history.action_undo()
                self.assertEqual(history.state, "imported")
                self.assertEqual(history.link_ids.ticket_id, touched)
                self.assertTrue(touched.exists().clock_ids)
                self.assertFalse(self._ticket(f"{name}-1"))
                lines = self._reasons(history, "skip")
                self.assertEqual([line[1] for line in lines], [f"{name}-2"])
                again = self._import(text, agreement_id=self.agreement.id)
                self.assertEqual(again.created_count, 2)

    def test_delete(self):
        """Manners: an import with tickets is not deleted; without, it is."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        with self.assertRaisesRegex(UserError, "Undo first"):
            history.unlink()
        history.action_undo()
        history.unlink()
        self.assertFalse(history.exists())

    def test_two_companies(self):
        """Section 5: two companies: the same numbers side by side, nothing crosses."""
        other = self.env["res.company"].create({"name": "Other Provider"})
        both = self._create_user(
            "itsm-both",
            "itsm_sla.itsm_group_sla_manager",
            company_ids=[Command.set((self.company | other).ids)],
        )
        self._import(self.small, agreement_id=self.agreement.id)
        mine = self._facts(self._ticket("T-1"))
        theirs = self._new(self.small, user=both, company_id=other.id)
        only_mine = theirs.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            only_mine.action_preview()
        theirs = theirs.with_context(allowed_company_ids=(self.company | other).ids)
        with self.assertRaises(UserError):
            theirs.agreement_id = self.agreement
            self.env.flush_all()
        theirs = theirs.browse(theirs.id)
        theirs.agreement_id = False
        theirs.action_preview()
        self.assertEqual(theirs.created_count, 3)
        theirs.action_import()
        self.assertEqual(self._ticket("T-1", other).company_id, other)
        self.assertEqual(self._facts(self._ticket("T-1")), mine)
        seen = self.env["itsm.history.import"].with_user(self.sla_manager).search([])
        self.assertNotIn(theirs.id, seen.ids)

    def test_access(self):
        """Section 5: only service level managers import; the log cannot be edited."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        for user in (self.agent, self.lead, self.helpdesk_user, self.portal_user):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._new(self.small, user=user)
                with self.assertRaises(AccessError):
                    history.with_user(user).action_undo()
                with self.assertRaises(AccessError):
                    history.with_user(user).line_ids.mapped("reason")
        with self.assertRaises(AccessError):
            history.link_ids.write({"number": "X"})
        with self.assertRaises(AccessError):
            history.link_ids.unlink()
        with self.assertRaises(AccessError):
            self.env["itsm.history.import.line"].with_user(self.sla_manager).create(
                {"import_id": history.id, "level": "info", "reason": "x"}
            )

    def test_silent(self):
        """Manners: no message, follower, activity, number or next event; flag set."""
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        self.team.message_subscribe(self.agent.partner_id.ids)
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        number = sequence.number_next_actual
        models = ("mail.message", "mail.mail", "mail.activity", "mail.followers")
        before = {model: self.env[model].search_count([]) for model in models}
        text = self.small.replace("Group A", "Service Desk").replace(
            "Resolver 1", self.agent.login
        )
        history = self._import(text, agreement_id=self.agreement.id)
        self._flush_tracking()
        after = {model: self.env[model].search_count([]) for model in models}
        self.assertEqual(after, before)
        tickets = history.link_ids.ticket_id
        self.assertEqual(len(tickets.filtered("is_history")), 3)
        self.assertFalse(any(tickets.clock_ids.mapped("next_event_at")))
        self.assertTrue(all(tickets.clock_ids.mapped("is_history")))
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, number)
        self.assertNotIn(self.sla_manager, tickets.user_id)

    def test_batch(self):
        """Speed: the queries of an import do not grow with its tickets."""

        def rows(start, count):
            return HEADER + "".join(
                f"B-{n},2026-03-02 09:00,2026-03-02 {9 + hour}:10,{state},2 - High\n"
                for n in range(start, start + count)
                for hour, state in enumerate(("New", "Active", "Resolved", "Closed"))
            )

        def measure(start, count):
            history = self._preview(rows(start, count), agreement_id=self.agreement.id)
            self.env.flush_all()
            self.env.invalidate_all()
            begin = self.cr.sql_log_count
            history.action_import()
            self.env.flush_all()
            imported = self.cr.sql_log_count - begin
            self.env.invalidate_all()
            begin = self.cr.sql_log_count
            history.action_undo()
            self.env.flush_all()
            return imported, self.cr.sql_log_count - begin

        measure(0, 5)  # caches
        few, many = measure(100, 5), measure(200, 80)
        self.assertEqual(few, many)
