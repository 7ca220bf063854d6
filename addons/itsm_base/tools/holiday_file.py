# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Public holidays and make-up days, as files tell of them: no ORM, no translation.

A CSV file, or a calendar file (ICS) as phones and offices exchange them. Days are local
dates; what a day is in UTC is said by a zone.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz
import vobject

from . import text_file
from .text_file import Unreadable
from .timeline import full_minute

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


class Remark(NamedTuple):
    """What is to be said of a row; whoever shows it puts it into words."""

    code: str
    details: dict


class BadRow(ValueError):
    """A row that says nothing usable; ``remark`` says why."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.remark = Remark(code, details)


@dataclass
class Row:
    """A line of the file, or an entry of the calendar.

    ``first`` and ``last`` are the first and last local day; ``hours`` pairs of hours
    and ``pattern`` a weekday, ``"0"`` is Monday, of a make-up day. ``state`` is new,
    unchanged, error or done, ``missing`` the days that are not there yet.
    """

    number: int
    first: date | None = None
    last: date | None = None
    name: str = ""
    kind: str = ""
    hours: list = field(default_factory=list)
    pattern: str = ""
    state: str = "new"
    remark: Remark | None = None
    missing: list = field(default_factory=list)

    @property
    def days(self):
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]

    def fail(self, code, details):
        self.state, self.remark = "error", Remark(code, details)


def read(data, zone):
    """The rows of a file, in order.

    :param bytes data: CSV in UTF-8, UTF-16 or GB18030, or ICS
    :param zone: pytz zone, for entries of a calendar that name another one
    :return: list of `Row`, new or with an error
    :raise Unreadable: empty, size, workbook, encoding, csv, rows; missing with
        ``columns``; calendar with ``error``; dates if there are none
    """
    text = text_file.decode(data, MAX_BYTES)
    is_calendar = text.lstrip().upper().startswith("BEGIN:VCALENDAR")
    found = _calendar_rows(text, zone) if is_calendar else _csv_rows(text)
    rows = []
    for number, read_row, *source in found:
        if len(rows) >= MAX_ROWS:
            raise Unreadable("rows")
        row = Row(number)
        try:
            read_row(row, *source)
            _check(row)
        except BadRow as error:
            row.fail(*error.remark)
        rows.append(row)
    if not rows:
        raise Unreadable("dates")
    return rows


def _check(row):
    if not row.name:
        raise BadRow("name")
    if row.last < row.first:
        raise BadRow("order")
    if (row.last - row.first).days >= MAX_DAYS:
        raise BadRow("long")


def _word(text):
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s_\-]+", "", text)


# --- CSV -----------------------------------------------------------------------------


def _csv_rows(text):
    columns = None
    for number, cells in text_file.read_csv(text, DELIMITERS):
        if columns is None:
            columns = _read_header(cells)
            continue
        values = {
            column: unicodedata.normalize("NFKC", cells[position]).strip()
            for column, position in columns.items()
            if position < len(cells)
        }
        yield number, _read_csv_row, values


def _read_header(cells):
    known = {word: column for column, words in COLUMNS.items() for word in words}
    columns = {}
    for position, cell in enumerate(cells):
        column = known.get(_word(cell))
        if column:
            columns.setdefault(column, position)
    missing = [column for column in ("date", "name", "type") if column not in columns]
    if missing:
        raise Unreadable("missing", columns=missing)
    return columns


def _read_csv_row(row, values):
    row.name = values.get("name", "")[:200]
    row.first = row.last = _read_date(values.get("date", ""))
    if values.get("date_to"):
        row.last = _read_date(values["date_to"])
    kinds = {word: kind for kind, words in KINDS.items() for word in words}
    row.kind = kinds.get(_word(values.get("type", "")), "")
    if not row.kind:
        raise BadRow("type", value=values.get("type", ""))
    hours, works_like = values.get("hours"), values.get("works_like")
    if row.kind == "holiday" and (hours or works_like):
        raise BadRow("holiday_hours")
    if hours and works_like:
        raise BadRow("both")
    if hours:
        row.hours = _read_hours(hours)
    elif works_like:
        row.pattern = _read_weekday(works_like)


def _read_date(value):
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
    raise BadRow("date", value=value)


def _read_hours(value):
    """Pairs of hours from midnight, in order and without overlap."""
    wrong = BadRow("hours", value=value)
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


def _read_weekday(value):
    word = _word(value)
    for number, words in enumerate(WEEKDAYS):
        if word in words:
            return str(number)
    raise BadRow("weekday", value=value)


# --- Calendar files ------------------------------------------------------------------


def _calendar_rows(text, zone):
    try:
        events = [
            event
            for calendar in vobject.readComponents(text)
            for event in calendar.contents.get("vevent", [])
        ]
    except Exception as error:  # vobject lets errors of many kinds through
        raise Unreadable("calendar", error=str(error)) from error
    for number, event in enumerate(events, start=1):
        if event.getChildValue("status", "").upper() != "CANCELLED":
            yield number, _read_event, event, zone


def _read_event(row, event, zone):
    summary = unicodedata.normalize("NFKC", event.getChildValue("summary", ""))
    row.name = " ".join(summary.split())[:200]
    stop = event.getChildValue("dtend")
    duration = event.getChildValue("duration")
    row.first = row.last = _event_date(event.getChildValue("dtstart"), zone)
    if stop:
        # The end of an entry for whole days is the day after.
        row.last = _event_date(stop, zone) - ONE_DAY
    elif duration:
        row.last = row.first + duration - ONE_DAY
    # Some calendars give the same day as start and end of an entry of one day.
    row.last = max(row.last, row.first)
    special = event.getChildValue("x_apple_special_day", "").upper()
    workday = special == "ALTERNATE-WORKDAY" or (
        not special and WORKDAY_PATTERN.search(row.name)
    )
    row.kind = "workday" if workday else "holiday"
    if "rrule" in event.contents:
        raise BadRow("repeats")


def _event_date(value, zone):
    if isinstance(value, datetime):
        if value.tzinfo:
            value = value.astimezone(zone)
        if value.time() != time.min:
            raise BadRow("part_of_day")
        value = value.date()
    if not isinstance(value, date):
        raise BadRow("no_date")
    return value


# --- Days ----------------------------------------------------------------------------


def compare(rows, covered, working):
    """Say of each row whether there is anything to do for it.

    :param list rows: changed in place: ``missing``, ``state`` and ``remark``
    :param set covered: dates that are time off from midnight to midnight already
    :param set working: dates that are extra working days already
    """
    seen = {}
    for row in rows:
        if row.state == "error":
            continue
        days = row.days
        conflict = next(
            (d for d in days if d in seen and seen[d].kind != row.kind), None
        )
        if conflict:
            row.fail("conflict", {"date": conflict, "row": seen[conflict].number})
            continue
        there = covered if row.kind == "holiday" else working
        row.missing = [d for d in days if d not in there and d not in seen]
        for day in days:
            seen.setdefault(day, row)
        if not row.missing:
            row.state = "unchanged"
        elif len(row.missing) < len(days):
            count = len(days) - len(row.missing)
            row.remark = Remark("some", {"count": count, "total": len(days)})
        elif row.kind == "holiday" and any(d in working for d in days):
            row.remark = Remark("stays", {})


def covered_days(days, spans, zone):
    """Which local dates are covered from midnight to midnight.

    :param days: dates
    :param spans: pairs of naive UTC datetimes, in order of their beginnings
    :return: set of dates
    """
    merged = []
    for start, stop in spans:
        stop = full_minute(stop)
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], stop)
        else:
            merged.append([start, stop])
    covered = set()
    for day in days:
        start, stop = midnight(day, zone), midnight(day + ONE_DAY, zone)
        if any(a <= start and stop <= b for a, b in merged):
            covered.add(day)
    return covered


def runs(days):
    """Pairs of the first and last of each run of consecutive dates, in order."""
    found = []
    for day in days:
        if found and day == found[-1][1] + ONE_DAY:
            found[-1][1] = day
        else:
            found.append([day, day])
    return found


def midnight(day, zone):
    """The beginning of a local date as naive UTC."""
    local = zone.localize(datetime.combine(day, time.min), is_dst=False)
    return local.astimezone(pytz.utc).replace(tzinfo=None)
