# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import zipfile
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytz

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import text_file

from ..tools import history_file, wrong_file
from .history_common import HEADER, HistoryCommon

EXAMPLES = Path(__file__).parents[1] / "static" / "example"


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
        """Manners: UTF-8 with and without BOM, GB18030 and UTF 16; comma, ; and tab."""
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
            ("workbook", b"PK\x03\x04" + b"x" * 50, "it is damaged"),
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

    def _archive(self, *names):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        return buffer.getvalue()

    def test_wrong_kind(self):
        """Section 5: what was taken for the list is named, with the way out."""
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
        locked = old + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
        page = b"<html><table><tr><td>number</td><td>state</td></tr></table></html>"
        for name, data, words in (
            ("empty", b"", "is empty"),
            ("old workbook, renamed", old, "renaming it is not enough"),
            ("workbook with a password", locked, "protected by a password"),
            ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF document"),
            ("pdf after blanks", b"\n\n%PDF-1.4\n", "PDF document"),
            ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
            ("web page called XLS", page, "web page"),
            ("opendocument", self._archive("mimetype", "content.xml"), "(ODS)"),
            ("letter", self._archive("word/document.xml"), "not a workbook"),
            ("one column", b"number\nT-1\nT-2\n", "only one column"),
            ("one column, bars", b"number|state\nT-1|New\n", "something else"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError) as error:
                self._preview(data)
            self.assertTrue(str(error.exception).startswith("“File”"))
            self.assertIn(words, str(error.exception))
        # A list whose first cell begins like a picture is a list.
        self.assertIsNone(wrong_file.refuse(b"BM number,state\nT-1,New\n"))

    def test_survey(self):
        """A first reading counts what needs a meaning, and keeps a time of each day."""
        survey = history_file.Survey(
            {"state": [1], "priority": [3], "time": [2]}, ("state", "priority", "kind")
        )
        for row in (
            ("A", "New", "2026-03-02 09:00", "High"),
            ("A", "Closed", "2026-03-02 10:00", "?"),
            ("B", "New", "2026-03-03 09:00"),
            ("C",),
        ):
            survey.add(list(row))
        self.assertEqual(survey.count, 4)
        self.assertEqual(
            survey.values,
            {("state", "New"): 2, ("state", "Closed"): 1, ("priority", "High"): 1},
        )
        self.assertEqual(
            list(survey.dates.values()), ["2026-03-02 09:00", "2026-03-03 09:00"]
        )

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
            escaped = text_file.escape_cell(cell)
            self.assertEqual(escaped, f"'{cell}")
            self.assertEqual(text_file.unescape_cell(escaped), cell)
        self.assertEqual(text_file.escape_cell("T-1"), "T-1")
        self.assertEqual(text_file.unescape_cell("'quoted"), "'quoted")
        rows = HEADER + "=cmd(),2026-03-02 09:00,bad,New,2\n"
        history = self._preview(rows)
        text = base64.b64decode(history.rejected_file).decode("utf-8-sig")
        self.assertIn("'=cmd()", text)
        self.assertNotIn(",=cmd()", text)
