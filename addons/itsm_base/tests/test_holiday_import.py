# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
import codecs
from datetime import date, datetime

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open

from .test_timeline_calendar import SHANGHAI, CalendarCase, attendances
from .timeline_oracle import utc

HOUR = 3600

# As the calendars of Chinese public holidays for phones are: all-day entries whose end
# is the day after, make-up days told apart by their names or by a property of Apple.
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//holidays//CN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20261001\r
DTEND;VALUE=DATE:20261008\r
SUMMARY:国庆节（休）\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20261010\r
DTEND;VALUE=DATE:20261011\r
SUMMARY:国庆节（班）\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
DTSTART;VALUE=DATE:20260920\r
SUMMARY:国庆节 补班 第1天/共2天\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:4\r
DTSTART;VALUE=DATE:20260228\r
DTEND;VALUE=DATE:20260301\r
SUMMARY:Spring Festival\r
X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:5\r
DTSTART:20260302T090000Z\r
DTEND:20260302T100000Z\r
SUMMARY:A meeting\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:6\r
DTSTART;VALUE=DATE:20260101\r
SUMMARY:New Year\r
RRULE:FREQ=YEARLY\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:7\r
DTSTART;VALUE=DATE:20260619\r
DURATION:P3D\r
SUMMARY:端午节值班\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:8\r
DTSTART;VALUE=DATE:20260701\r
STATUS:CANCELLED\r
SUMMARY:Cancelled\r
END:VEVENT\r
END:VCALENDAR\r
"""


@tagged("post_install", "-at_install")
class TestHolidayImport(CalendarCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Service Centre"})
        cls.manager = new_test_user(
            cls.env,
            "holiday-manager",
            groups="itsm_base.itsm_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Madrid",
        )
        cls.calendar = cls.make_calendar(
            SHANGHAI,
            *attendances((9, 12), (13, 18)),
            company_id=cls.company.id,
        )
        cls.env = cls.env(user=cls.manager)
        cls.calendar = cls.calendar.with_env(cls.env)

    def _wizard(self, content, **vals):
        if isinstance(content, str):
            content = content.encode()
        return self.env["itsm.holiday.import"].create(
            {
                "company_id": self.company.id,
                "tz": SHANGHAI,
                "file": base64.b64encode(content),
                "filename": "holidays.csv",
                **vals,
            }
        )

    def _example(self, language):
        path = f"itsm_base/static/example/holidays_{language}.csv"
        with file_open(path, "rb") as file:
            return file.read()

    def _leaves(self):
        return self.env["resource.calendar.leaves"].search(
            [("company_id", "=", self.company.id)], order="date_from"
        )

    def _days(self):
        return self.env["itsm.working.day"].search(
            [("company_id", "=", self.company.id)], order="date, hour_from"
        )

    def _import(self, content, **vals):
        wizard = self._wizard(content, **vals)
        wizard.action_preview()
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        return wizard

    def _states(self, wizard):
        return wizard.line_ids.mapped("state")

    def _messages(self, content, **vals):
        wizard = self._wizard(content, **vals)
        wizard.action_preview()
        return {
            line.number: line.message
            for line in wizard.line_ids
            if line.state == "error"
        }

    def test_example(self):
        """CAL-05, design 1: the example sheet, seen through the timeline."""
        wizard = self._import(self._example("en"))
        self.assertEqual(self._states(wizard), ["done"] * 13)
        self.assertEqual(len(self._leaves()), 7)
        self.assertEqual(len(self._days()), 7)
        timeline = self.calendar._itsm_timeline()
        # Tuesday 29 September 17:00 + 10 h: 1 h, 8 h on the 30th, then the holidays
        # until the 7th: the last hour on Thursday the 8th.
        self.assertEqual(
            timeline.add(utc(SHANGHAI, 2026, 9, 29, 17), 10 * HOUR),
            utc(SHANGHAI, 2026, 10, 8, 10),
        )
        # Saturday 10 October works like a Wednesday.
        self.assertEqual(
            timeline.add(utc(SHANGHAI, 2026, 10, 9, 17), 2 * HOUR),
            utc(SHANGHAI, 2026, 10, 10, 10),
        )
        # Saturday 9 May has hours of its own, 09–12 and 13–17.
        self.assertEqual(
            timeline.elapsed(
                utc(SHANGHAI, 2026, 5, 9, 0), utc(SHANGHAI, 2026, 5, 10, 0)
            ),
            7 * HOUR,
        )
        total = timeline.elapsed(
            utc(SHANGHAI, 2026, 1, 1, 0), utc(SHANGHAI, 2027, 1, 1, 0)
        )
        # 261 weekdays, less 2 + 6 + 1 + 3 + 1 + 1 + 5 = 19 on which there are holidays,
        # plus 6 make-up days; 8 h each, the seventh make-up day 7 h.
        weekdays_off = 2 + 6 + 1 + 3 + 1 + 1 + 5
        self.assertEqual(total, (261 - weekdays_off) * 8 * HOUR + (5 * 8 + 7) * HOUR)

    def test_whole_local_days(self):
        """CAL-05: from midnight to 23:59:59 of the zone, as the form of Odoo has it."""
        self._import("date,date_to,name,type\n2026-10-01,2026-10-07,National Day,off\n")
        leave = self._leaves()
        self.assertEqual(leave.name, "National Day")
        self.assertEqual(leave.date_from, datetime(2026, 9, 30, 16))
        self.assertEqual(leave.date_to, datetime(2026, 10, 7, 15, 59, 59))
        self.assertFalse(leave.calendar_id)
        self.assertFalse(leave.resource_id)
        self.assertEqual(leave.time_type, "leave")
        self.assertEqual(leave.company_id, self.company)

    def test_both_languages_are_the_same(self):
        """CAL-05: the Chinese example says the same as the English one."""
        self._import(self._example("en"))
        wizard = self._import(self._example("zh"))
        self.assertEqual(self._states(wizard), ["unchanged"] * 13)
        self.assertEqual(wizard.line_ids[0].name, "元旦")
        self.assertEqual(len(self._leaves()), 7)
        self.assertEqual(len(self._days()), 7)

    def test_encodings(self):
        """Manners: UTF-8 with and without BOM, GB18030, UTF 16."""
        text = self._example("zh").decode("utf-8-sig")
        for content in (
            text.encode("utf-8"),
            text.encode("utf-8-sig"),
            text.encode("gb18030"),
            text.encode("gbk"),
            text.encode("utf-16"),
            codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
            codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
            text.encode("utf-16-le"),
            text.encode("utf-16-be"),
        ):
            wizard = self._wizard(content)
            wizard.action_preview()
            self.assertEqual(self._states(wizard), ["new"] * 13)
            self.assertEqual(wizard.line_ids[3].name, "春节")

    def test_nothing_is_written_before_import(self):
        """Manners: the preview writes nothing."""
        wizard = self._wizard(self._example("en"))
        wizard.action_import()  # without preview it shows the preview
        self.assertEqual(wizard.state, "preview")
        self.assertFalse(self._leaves() or self._days())
        self.assertEqual(
            wizard.summary, "0 imported, 13 new, 0 already there, 0 with errors"
        )
        wizard.action_back()
        self.assertFalse(wizard.line_ids)
        self.assertEqual(wizard.state, "draft")

    def test_twice_changes_nothing(self):
        """Manners: importing twice changes nothing and says so."""
        self._import(self._example("en"))
        before = self._leaves().read(["date_from", "date_to", "name", "write_date"])
        days = self._days().read(["date", "pattern", "hour_from", "write_date"])
        wizard = self._import(self._example("en"))
        self.assertEqual(self._states(wizard), ["unchanged"] * 13)
        self.assertEqual(
            self._leaves().read(["date_from", "date_to", "name", "write_date"]), before
        )
        self.assertEqual(
            self._days().read(["date", "pattern", "hour_from", "write_date"]), days
        )

    def test_only_what_is_missing(self):
        """CAL-05: days that are off already are not entered again; gaps are filled."""
        self._import("date,name,type\n2026-10-03,One day,holiday\n")
        wizard = self._import(
            "date,date_to,name,type\n2026-10-01,2026-10-07,National Day,holiday\n"
        )
        self.assertEqual(wizard.line_ids.message, "1 of 7 days are there already.")
        self.assertEqual(
            self._leaves().mapped("date_from"),
            [
                utc(SHANGHAI, 2026, 10, 1, 0),
                utc(SHANGHAI, 2026, 10, 3, 0),
                utc(SHANGHAI, 2026, 10, 4, 0),
            ],
        )

    def test_entered_by_hand(self):
        """CAL-05: a day off that ends at midnight or 23:59:59 is the same day off."""
        self.make_leave_for_company(
            utc(SHANGHAI, 2026, 10, 1, 0), utc(SHANGHAI, 2026, 10, 3, 0)
        )
        content = (
            "date,name,type\n2026-10-01,A,off\n2026-10-02,B,off\n2026-10-03,C,off\n"
        )
        wizard = self._import(content)
        self.assertEqual(self._states(wizard), ["unchanged", "unchanged", "done"])

    def make_leave_for_company(self, start, stop, **vals):
        # sudo: time off for everybody is entered by administrators
        leaves = self.env["resource.calendar.leaves"].sudo()
        return leaves.with_company(self.company).create(
            {"name": "By hand", "date_from": start, "date_to": stop, **vals}
        )

    def test_one_calendar(self):
        """CAL-06: into one calendar; what is there for all counts, not vice versa."""
        content = "date,name,type\n2026-10-01,A,off\n2026-10-10,B,workday\n"
        other = self.calendar.sudo().copy()  # only administrators copy calendars
        self._import(content, calendar_id=self.calendar.id)
        self.assertEqual(self._leaves().calendar_id, self.calendar)
        self.assertEqual(self._days().calendar_id, self.calendar)
        thursday = utc(SHANGHAI, 2026, 10, 1, 10)
        self.assertGreater(self.calendar._itsm_timeline().add(thursday, 0), thursday)
        self.assertEqual(other._itsm_timeline().add(thursday, 0), thursday)
        wizard = self._import(content)
        self.assertEqual(self._states(wizard), ["done", "done"])
        wizard = self._import(content, calendar_id=other.id)
        self.assertEqual(self._states(wizard), ["unchanged", "unchanged"])

    def test_rows_with_errors(self):
        """Manners: every error names its row; the good rows are imported."""
        content = """Date;Name;Type;Date to;Hours;Works like
2026-13-01;A;holiday;;;
1/2/2026;B;holiday;;;
2026-01-01;;holiday;;;
2026-01-02;C;party;;;

2026-01-05;D;holiday;2026-01-04;;
2026-01-06;E;holiday;;09:00-12:00;
2026-01-10;F;workday;;12-9;
2026-01-11;G;workday;;;Caturday
2026-01-12;H;workday;;9-12;Monday
2026-02-01;I;holiday;2028-02-01;;
2026/03/01;J;workday;;8:30-12 13-17:30;
20260301;K;holiday;;;
2026-03-02;L;holiday;;;
2026-03-02;M;holiday;;;"""
        wizard = self._wizard(content)
        wizard.action_preview()
        errors = {
            line.number: line.message
            for line in wizard.line_ids
            if line.state == "error"
        }
        self.assertEqual(set(errors), {2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14})
        self.assertIn("write 2026-10-01", errors[3])
        self.assertIn("party", errors[5])
        self.assertIn("see row 13", errors[14])
        self.assertEqual(
            [(line.number, line.state) for line in wizard.line_ids[-4:]],
            [(13, "new"), (14, "error"), (15, "new"), (16, "unchanged")],
        )
        wizard.action_import()
        self.assertEqual(self._leaves().name, "L")
        self.assertEqual(
            self._days().mapped(lambda day: (day.name, day.hour_from, day.hour_to)),
            [("J", 8.5, 12.0), ("J", 13.0, 17.5)],
        )

    def test_choice(self):
        """Manners: an entry can be left out in the preview."""
        wizard = self._wizard("date,name,type\n2026-10-01,A,off\n2026-10-02,B,off\n")
        wizard.action_preview()
        with Form(wizard) as form, form.line_ids.edit(0) as line:
            line.selected = False
        wizard.action_import()
        self.assertEqual(self._leaves().name, "B")
        self.assertEqual(self._states(wizard), ["new", "done"])

    def test_hours_of_make_up_days(self):
        """CAL-05: hours of the row, weekday of the row, else that of the wizard."""
        self._import(
            "日期,名称,类型,工作时间,按星期\n"
            "2026-10-10,甲,上班,9：00－12：00、13:00至17:00,\n"
            "2026-10-11,乙,补班,,周三\n"
            "2026-10-17,丙,调休,,\n",
            works_like="4",
        )
        self.assertEqual(
            self._days().mapped(lambda day: (day.date, day.pattern, day.hour_to)),
            [
                (date(2026, 10, 10), "hours", 12.0),
                (date(2026, 10, 10), "hours", 17.0),
                (date(2026, 10, 11), "2", 18.0),
                (date(2026, 10, 17), "4", 18.0),
            ],
        )

    def test_ics(self):
        """CAL-05: a calendar file: exclusive ends, make-up days, refused entries."""
        wizard = self._import(ICS)
        self.assertEqual(
            wizard.line_ids.mapped(
                lambda line: (line.number, line.kind or "", line.state)
            ),
            [
                (1, "holiday", "done"),
                (2, "workday", "done"),
                (3, "workday", "done"),
                (4, "workday", "done"),
                (5, "", "error"),
                (6, "holiday", "error"),
                (7, "holiday", "done"),
            ],
        )
        self.assertEqual(
            self._days().mapped("date"),
            [date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)],
        )
        self.assertEqual(
            self._leaves().mapped("date_to"),
            [datetime(2026, 6, 21, 15, 59, 59), datetime(2026, 10, 7, 15, 59, 59)],
        )
        self.assertEqual(set(self._states(self._import(ICS))), {"unchanged", "error"})

    def test_files_that_cannot_be_read(self):
        """Manners: each refusal names the field and the remedy."""
        for content, words in (
            (b"", "File.*Choose a CSV"),
            (b"PK\x03\x04rest", "workbook.*CSV UTF-8"),
            (b"a,b\n1,2\n", "date.*name.*type.*missing.*example"),
            (b"date,name\n2026-01-01,A\n", "type.*missing"),
            (b"date,name,type\n", "no dates"),
            (b'date,name,type\n2026-01-01,"A,off\n', "CSV.*quotation mark"),
            (b"date,name,type\n2026-01-01,\x81\x20,off\n", "encoding.*UTF-8"),
            (b"date,name,type\n2026-01-01,\x07,off\n", "encoding.*UTF-8"),
            (b"\xff\xfe\x00\xd8\x00", "encoding.*UTF-8"),
            (b"x" * (1024 * 1024 + 1), "too big"),
            (b"date,name,type\n" + b"2026-01-01,A,off\n" * 2001, "2,?001|2,?000 rows"),
            (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nnonsense\n", "calendar file.*download"),
            (b"BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "no dates"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._wizard(content, file=base64.b64encode(content)).action_preview()

    def test_zone_of_the_calendar(self):
        """CAL-06: the zone is proposed from the working hours and can be changed."""
        with Form(self.env["itsm.holiday.import"]) as form:
            form.calendar_id = self.calendar
            self.assertEqual(form.tz, SHANGHAI)
            form.tz = "Asia/Tokyo"
            form.file = base64.b64encode(b"date,name,type\n2026-10-01,A,off\n")
        wizard = form.record
        wizard.action_preview()
        wizard.action_import()
        self.assertEqual(self._leaves().date_from, datetime(2026, 9, 30, 15))

    def test_who_may(self):
        """E1: only managers, and only for companies they work in."""
        other = self.env(user=SUPERUSER_ID)["res.company"].create({"name": "X"})
        wizard = self._wizard("date,name,type\n2026-10-01,A,off\n")
        wizard.sudo().company_id = other  # sudo: what RPC could send
        with self.assertRaises(AccessError):
            wizard.action_preview()
        agent = new_test_user(
            self.env(su=True),
            "holiday-agent",
            groups="helpdesk_mgmt.group_helpdesk_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["itsm.holiday.import"].with_user(agent).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(agent).action_import()
