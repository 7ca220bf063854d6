# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import re
import unicodedata
from datetime import date, datetime, time, timedelta

import pytz
import vobject

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import text_file
from ..tools.timeline import full_minute

MAX_BYTES = 1024 * 1024
MAX_ROWS = 2000
MAX_DAYS = 366
#: Some write the whole file with Chinese commas.
DELIMITERS = text_file.DELIMITERS + "|，"
ONE_DAY = timedelta(days=1)

# What people call the columns. Compared after NFKC, in lower case, without blanks.
COLUMNS = {
    "date": ("date", "datefrom", "from", "start", "startdate", "day")
    + ("日期", "开始日期", "起始日期", "开始", "放假日期"),
    "date_to": ("dateto", "to", "until", "end", "enddate")
    + ("结束日期", "截止日期", "结束", "至"),
    "name": ("name", "reason", "holiday", "description", "summary", "title")
    + ("名称", "节日", "节日名称", "节假日名称", "说明", "备注"),
    "type": ("type", "kind") + ("类型", "类别", "种类", "状态"),
    "hours": ("hours", "workinghours", "time") + ("工作时间", "时间", "上班时间"),
    "works_like": ("workslike", "like", "weekday") + ("按星期", "按周几", "等同星期"),
}
KINDS = {
    "holiday": ("holiday", "publicholiday", "off", "dayoff", "closed", "leave")
    + (
        "放假",
        "休息",
        "节假日",
        "假日",
        "假期",
        "节日",
        "法定节假日",
        "休",
        "放假调休",
    ),
    "workday": ("workday", "workingday", "work", "makeup", "makeupday", "makeupworkday")
    + ("上班", "补班", "调休", "调班", "班", "工作日", "补休上班", "调休上班"),
}
WEEKDAYS = (
    ("monday", "mon", "1", "星期一", "周一", "礼拜一"),
    ("tuesday", "tue", "2", "星期二", "周二", "礼拜二"),
    ("wednesday", "wed", "3", "星期三", "周三", "礼拜三"),
    ("thursday", "thu", "4", "星期四", "周四", "礼拜四"),
    ("friday", "fri", "5", "星期五", "周五", "礼拜五"),
    ("saturday", "sat", "6", "星期六", "周六", "礼拜六"),
    ("sunday", "sun", "7", "星期日", "星期天", "周日", "周天", "礼拜日", "礼拜天"),
)
DATE_PATTERNS = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"),
    re.compile(r"(\d{4})()(\d{2})(\d{2})"),
    re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})[日号]"),
)
HOURS_PATTERN = re.compile(
    r"(\d{1,2})(?::(\d{2}))?\s*(?:-|–|—|~|至|到|to)\s*(\d{1,2})(?::(\d{2}))?"
)
# A make-up day in the summary of a calendar entry: 补班, 上班, （班）, "make-up day".
# The last character of 值班 (on duty) or 加班 (overtime) does not make one.
WORKDAY_PATTERN = re.compile(
    r"补班|调班|上班|工作日|(?<![值加下早中晚夜换])班$|[(\[]班[)\]]"
    r"|\bmake-?\s?up\b|\bwork(?:ing)?[ -]?day\b",
    re.IGNORECASE,
)


class ItsmHolidayImport(models.TransientModel):
    """Read a file of public holidays and make-up days into the working hours.

    Holidays become time off for everybody, make-up days extra working days. Nothing is
    written before *Import* is pressed, and what is there already is left alone, so a
    file can be imported again after it was corrected.

    Requirements: CAL-05, CAL-06.
    """

    _name = "itsm.holiday.import"
    _inherit = "itsm.upload.mixin"
    _description = "Import Holidays"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        check_company=True,
        help="Leave empty to import for all working hours of the company.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        help="A holiday lasts from midnight to midnight in this time zone.",
    )
    works_like = fields.Selection(
        selection="_selection_works_like",
        string="Make-up Days Work Like",
        required=True,
        default="0",
        help="Hours of a make-up day for which the file gives neither hours nor a "
        "weekday.",
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "File"), ("preview", "Preview"), ("done", "Imported")],
        required=True,
        default="draft",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.holiday.import.line",
        inverse_name="import_id",
        string="Rows",
    )
    summary = fields.Char(compute="_compute_summary")

    # === Computed fields ===

    @api.model
    def _selection_works_like(self):
        pattern = self.env["itsm.working.day"]._fields["pattern"]
        return [
            (value, label)
            for value, label in pattern._description_selection(self.env)
            if value != "hours"
        ]

    @api.depends("company_id", "calendar_id")
    def _compute_tz(self):
        for wizard in self:
            wizard.tz = (
                wizard.calendar_id.tz
                or self.env.user.tz
                or wizard.company_id.resource_calendar_id.tz
                or "UTC"
            )

    @api.depends("line_ids.state")
    def _compute_summary(self):
        for wizard in self:
            counts = {
                state: len(lines)
                for state, lines in wizard.line_ids.grouped("state").items()
            }
            wizard.summary = self.env._(
                "%(done)s imported, %(new)s new, %(unchanged)s already there, "
                "%(error)s with errors",
                done=counts.get("done", 0),
                new=counts.get("new", 0),
                unchanged=counts.get("unchanged", 0),
                error=counts.get("error", 0),
            )

    # === Actions ===

    def action_preview(self):
        """Read the file and show its rows; nothing else is written.

        :raise UserError: the file cannot be read; the message names the field and the
            remedy
        """
        self.ensure_one()
        self._check_may_import()
        rows = self._read_rows()
        self._compare_rows(rows)
        self.line_ids.unlink()
        self.env["itsm.holiday.import.line"].create(
            [self._prepare_line_vals(row) for row in rows]
        )
        self.state = "preview"
        return self._reopen()

    def action_import(self):
        """Write the selected rows of the preview that are new.

        The file is read and compared again, so that what was entered by somebody else
        since the preview is not entered twice.

        :raise UserError: the file cannot be read
        :raise AccessError: the user may not import into the company
        """
        self.ensure_one()
        self._check_may_import()
        if self.state != "preview":
            return self.action_preview()
        rows = self._read_rows()
        self._compare_rows(rows)
        chosen = set(self.line_ids.filtered("selected").mapped("number"))
        chosen = [row for row in rows if row["number"] in chosen]
        self._write_rows([row for row in chosen if row["state"] == "new"])
        for row in chosen:
            if row["state"] == "new":
                row["state"] = "done"
        self.line_ids.unlink()
        self.env["itsm.holiday.import.line"].create(
            [self._prepare_line_vals(row) for row in rows]
        )
        self.state = "done"
        return self._reopen()

    def action_back(self):
        """Go back to the choice of the file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.state = "draft"
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Holidays"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _check_may_import(self):
        """Check what ``_write_rows`` relies on.

        Odoo leaves time off for everybody to administrators. Who may enter extra
        working days of a company may import its holidays too.
        """
        self.env["itsm.working.day"].check_access("create")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You cannot import holidays of %(company)s: it is not among the "
                    "companies you work in at the moment.",
                    company=self.company_id.name,
                )
            )
        self._check_company()

    # === Reading ===

    def _read_rows(self):
        """Return the rows of the file as dictionaries, in order.

        Keys: number, date, date_to, name, kind, hours (list of pairs), pattern, state
        ("new" or "error") and message.
        """
        try:
            text = text_file.decode(self._upload_bytes(self.file), MAX_BYTES)
            if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
                rows = self._read_ics(text)
            else:
                rows = self._read_csv(text)
        except text_file.Unreadable as error:
            raise UserError(self._upload_problem(error, MAX_BYTES, MAX_ROWS)) from error
        if not rows:
            raise UserError(
                self.env._(
                    "“File”: %(file)s contains no dates. Compare it with the example.",
                    file=self.filename or "",
                )
            )
        return rows

    def _upload_problem(self, error, max_bytes, max_rows):
        messages = {
            "empty": lambda: self.env._("“File” is empty. Choose a CSV or ICS file."),
            "size": lambda: self.env._(
                "“File” is too big: %(size)s KiB, at most %(limit)s KiB. Leave out "
                "the years you do not need.",
                size=error.details["size"] // 1024,
                limit=max_bytes // 1024,
            ),
            "workbook": lambda: self.env._(
                "“File” is a workbook. Save its sheet as “CSV UTF-8” and upload "
                "that file."
            ),
        }
        if error.code in messages:
            return messages[error.code]()
        return super()._upload_problem(error, max_bytes, max_rows)

    def _read_csv(self, text):
        columns, rows = None, []
        for number, cells in text_file.read_csv(text, DELIMITERS):
            if columns is None:
                columns = self._read_header(cells)
                continue
            values = {
                column: unicodedata.normalize("NFKC", cells[position]).strip()
                for column, position in columns.items()
                if position < len(cells)
            }
            self._append_row(rows, number, self._read_csv_row, values)
        return rows

    def _append_row(self, rows, number, read, *args):
        """Append what ``read`` returns, or the row with the error it raised."""
        if len(rows) >= MAX_ROWS:
            raise UserError(
                self.env._(
                    "“File” has more than %(limit)s rows. Leave out the years you do "
                    "not need.",
                    limit=MAX_ROWS,
                )
            )
        row = {
            "number": number,
            "date": False,
            "date_to": False,
            "name": "",
            "kind": False,
            "hours": [],
            "pattern": False,
            "state": "new",
            "message": "",
        }
        try:
            read(row, *args)
        except ValueError as error:
            row.update(state="error", message=str(error))
        rows.append(row)

    def _read_header(self, cells):
        known = {word: column for column, words in COLUMNS.items() for word in words}
        columns = {}
        for position, cell in enumerate(cells):
            column = known.get(self._word(cell))
            if column:
                columns.setdefault(column, position)
        missing = [
            column for column in ("date", "name", "type") if column not in columns
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“File”: its first line must name the columns, and %(columns)s is "
                    "missing. Compare it with the example.",
                    columns=missing,
                )
            )
        return columns

    def _read_csv_row(self, row, values):
        row["name"] = values.get("name", "")[:200]
        row["date"] = self._read_date(values.get("date", ""))
        row["date_to"] = row["date"]
        if values.get("date_to"):
            row["date_to"] = self._read_date(values["date_to"])
        kinds = {word: kind for kind, words in KINDS.items() for word in words}
        row["kind"] = kinds.get(self._word(values.get("type", "")), False)
        if not row["kind"]:
            raise ValueError(
                self.env._(
                    "Type “%(value)s” is not known: write “holiday” or “workday”.",
                    value=values.get("type", ""),
                )
            )
        hours, works_like = values.get("hours"), values.get("works_like")
        if row["kind"] == "holiday" and (hours or works_like):
            raise ValueError(
                self.env._("A holiday lasts the whole day: leave its hours empty.")
            )
        if hours and works_like:
            raise ValueError(self.env._("Give hours or a weekday, not both."))
        if hours:
            row["hours"] = self._read_hours(hours)
        elif works_like:
            row["pattern"] = self._read_weekday(works_like)
        self._check_row(row)

    def _check_row(self, row):
        if not row["name"]:
            raise ValueError(self.env._("The name is missing."))
        if row["date_to"] < row["date"]:
            raise ValueError(self.env._("The last day is before the first."))
        if (row["date_to"] - row["date"]).days >= MAX_DAYS:
            raise ValueError(self.env._("More than a year: is the last day right?"))

    def _read_date(self, value):
        value = value.strip()
        for pattern in DATE_PATTERNS:
            match = pattern.fullmatch(value)
            if match:
                year, _separator, month, day = match.groups()
                try:
                    result = date(int(year), int(month), int(day))
                except ValueError:
                    break
                if 1990 <= result.year <= 2100:
                    return result
                break
        raise ValueError(
            self.env._(
                "“%(value)s” is not a date between 1990 and 2100: write 2026-10-01.",
                value=value,
            )
        )

    def _read_hours(self, value):
        wrong = ValueError(
            self.env._(
                "Hours “%(value)s” are not understood: write 09:00-12:00 13:00-18:00.",
                value=value,
            )
        )
        if HOURS_PATTERN.sub("", value).strip(" ,;/、和及+&"):
            raise wrong
        ranges = []
        for match in HOURS_PATTERN.finditer(value):
            h1, m1, h2, m2 = (int(part or 0) for part in match.groups())
            ranges.append((h1 + m1 / 60, h2 + m2 / 60))
            if m1 > 59 or m2 > 59:
                raise wrong
        ranges.sort()
        ends = [0.0] + [end for _start, end in ranges]
        if not ranges or any(
            not previous <= start < end <= 24
            for previous, (start, end) in zip(ends, ranges, strict=False)
        ):
            raise wrong
        return ranges

    def _read_weekday(self, value):
        word = self._word(value)
        for number, words in enumerate(WEEKDAYS):
            if word in words:
                return str(number)
        raise ValueError(
            self.env._("“%(value)s” is not a weekday: write Monday.", value=value)
        )

    def _read_ics(self, text):
        rows = []
        try:
            events = [
                event
                for calendar in vobject.readComponents(text)
                for event in calendar.contents.get("vevent", [])
            ]
        except Exception as error:  # vobject lets errors of many kinds through
            raise UserError(
                self.env._(
                    "“File” is not a proper calendar file: %(error)s. Export or "
                    "download it again.",
                    error=error,
                )
            ) from error
        for number, event in enumerate(events, start=1):
            if event.getChildValue("status", "").upper() != "CANCELLED":
                self._append_row(rows, number, self._read_event, event)
        return rows

    def _read_event(self, row, event):
        summary = unicodedata.normalize("NFKC", event.getChildValue("summary", ""))
        row["name"] = " ".join(summary.split())[:200]
        start = event.getChildValue("dtstart")
        stop = event.getChildValue("dtend")
        duration = event.getChildValue("duration")
        row["date"] = self._read_event_date(start)
        if stop:
            # The end of an entry for whole days is the day after.
            row["date_to"] = self._read_event_date(stop) - ONE_DAY
        elif duration:
            row["date_to"] = row["date"] + duration - ONE_DAY
        else:
            row["date_to"] = row["date"]
        # Some calendars give the same day as start and end of an entry of one day.
        row["date_to"] = max(row["date_to"], row["date"])
        special = event.getChildValue("x_apple_special_day", "").upper()
        workday = special == "ALTERNATE-WORKDAY" or (
            not special and WORKDAY_PATTERN.search(row["name"])
        )
        row["kind"] = "workday" if workday else "holiday"
        if "rrule" in event.contents:
            raise ValueError(
                self.env._("It repeats: enter the days of each year one by one.")
            )
        self._check_row(row)

    def _read_event_date(self, value):
        if isinstance(value, datetime):
            if value.tzinfo:
                value = value.astimezone(pytz.timezone(self.tz))
            if value.time() != time.min:
                raise ValueError(self.env._("It is not an entry for whole days."))
            value = value.date()
        if not isinstance(value, date):
            raise ValueError(self.env._("It has no date."))  # noqa: TRY004
        return value

    @api.model
    def _word(self, value):
        value = unicodedata.normalize("NFKC", value).casefold()
        return re.sub(r"[\s_\-]+", "", value)

    # === Comparing ===

    def _compare_rows(self, rows):
        """Say of each row whether there is anything to do for it.

        Adds ``days``: the dates of the row that have to be written.
        """
        covered = self._get_covered_days(rows)
        working = self._get_working_days(rows)
        seen = {}
        for row in rows:
            row["days"] = []
            if row["state"] == "error":
                continue
            days = self._days_of(row)
            conflict = next(
                (d for d in days if d in seen and seen[d]["kind"] != row["kind"]), None
            )
            if conflict:
                row.update(
                    state="error",
                    message=self.env._(
                        "%(date)s is a holiday and a working day, see row %(row)s.",
                        date=format_date(self.env, conflict),
                        row=seen[conflict]["number"],
                    ),
                )
                continue
            there = covered if row["kind"] == "holiday" else working
            row["days"] = [d for d in days if d not in there and d not in seen]
            for day in days:
                seen.setdefault(day, row)
            if not row["days"]:
                row["state"] = "unchanged"
            elif len(row["days"]) < len(days):
                row["message"] = self.env._(
                    "%(count)s of %(total)s days are there already.",
                    count=len(days) - len(row["days"]),
                    total=len(days),
                )
            elif row["kind"] == "holiday" and any(d in working for d in days):
                row["message"] = self.env._(
                    "There is an extra working day among these days; it remains one."
                )

    @api.model
    def _days_of(self, row):
        count = (row["date_to"] - row["date"]).days + 1
        return [row["date"] + timedelta(days=number) for number in range(count)]

    def _local_midnight(self, day):
        """Return the beginning of a local date as naive UTC."""
        zone = pytz.timezone(self.tz)
        midnight = zone.localize(datetime.combine(day, time.min), is_dst=False)
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_domain(self):
        """What is entered for all working hours is there for each of them."""
        calendars = [False, self.calendar_id.id] if self.calendar_id else [False]
        return Domain("calendar_id", "in", calendars)

    def _get_covered_days(self, rows):
        """Return the dates of the rows that are time off from midnight to midnight."""
        days = {
            day
            for row in rows
            if row["state"] != "error" and row["kind"] == "holiday"
            for day in self._days_of(row)
        }
        if not days:
            return set()
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            self._get_domain()
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_to", ">", self._local_midnight(min(days)))
            & Domain("date_from", "<", self._local_midnight(max(days) + ONE_DAY)),
            ["date_from", "date_to"],
            order="date_from, id",
        )
        merged = []
        for leave in leaves:
            start, stop = leave.date_from, full_minute(leave.date_to)
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], stop)
            else:
                merged.append([start, stop])
        covered = set()
        for day in days:
            start, stop = self._local_midnight(day), self._local_midnight(day + ONE_DAY)
            if any(a <= start and stop <= b for a, b in merged):
                covered.add(day)
        return covered

    def _get_working_days(self, rows):
        """Return the dates around the rows that are extra working days already."""
        days = [row["date"] for row in rows if row["state"] != "error"]
        if not days:
            return set()
        found = self.env["itsm.working.day"].search_fetch(
            self._get_domain()
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", min(days)),
            ["date"],
        )
        return set(found.mapped("date"))

    # === Writing ===

    def _write_rows(self, rows):
        leaves, days = [], []
        for row in rows:
            if row["kind"] == "holiday":
                leaves.extend(self._prepare_leave_vals(row))
            else:
                days.extend(self._prepare_working_day_vals(row))
        # Time off has no company of its own: it is that of its working hours, or else
        # the one in which it is entered.
        leave_model = self.env["resource.calendar.leaves"].with_company(self.company_id)
        leave_model = (
            leave_model.sudo()
        )  # only administrators may; see _check_may_import
        leave_model.create(leaves)
        self.env["itsm.working.day"].create(days)

    def _prepare_leave_vals(self, row):
        """Return values of one leave for each run of consecutive days."""
        runs = []
        for day in row["days"]:
            if runs and day == runs[-1][1] + ONE_DAY:
                runs[-1][1] = day
            else:
                runs.append([day, day])
        return [
            {
                "name": row["name"],
                "calendar_id": self.calendar_id.id,
                "resource_id": False,
                "time_type": "leave",
                "date_from": self._local_midnight(first),
                # One second before midnight, as the form of Odoo proposes it: it would
                # show midnight as the next day. The timeline reads it as midnight.
                "date_to": self._local_midnight(last + ONE_DAY) - timedelta(seconds=1),
            }
            for first, last in runs
        ]

    def _prepare_working_day_vals(self, row):
        common = {
            "name": row["name"],
            "company_id": self.company_id.id,
            "calendar_id": self.calendar_id.id,
        }
        if row["hours"]:
            hours = [
                {"pattern": "hours", "hour_from": start, "hour_to": end}
                for start, end in row["hours"]
            ]
        else:
            hours = [{"pattern": row["pattern"] or self.works_like}]
        return [
            dict(common, date=day, **values) for day in row["days"] for values in hours
        ]

    def _prepare_line_vals(self, row):
        labels = dict(self._selection_works_like())
        if row["kind"] != "workday":
            hours = ""
        elif row["hours"]:
            hours = ", ".join(
                f"{self._clock(start)}–{self._clock(end)}"
                for start, end in row["hours"]
            )
        else:
            hours = labels[row["pattern"] or self.works_like]
        return {
            "import_id": self.id,
            "number": row["number"],
            "selected": row["state"] in ("new", "done"),
            "date": row["date"],
            "date_to": row["date_to"],
            "name": row["name"],
            "kind": row["kind"],
            "hours": hours,
            "state": row["state"],
            "message": row["message"],
        }

    @api.model
    def _clock(self, hours):
        minutes = round(hours * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
