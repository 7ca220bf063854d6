# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading a ticket event log that somebody exported somewhere: no ORM.

Encodings, delimiters and date formats as people have them, and what the columns and
values of well-known systems (ServiceNow, Jira, iTop, GLPI and their Chinese versions)
most likely mean. Guesses are proposals: the user sees and corrects them.
"""

import csv
import io
import re
import unicodedata
from datetime import datetime, timedelta

import pytz

from odoo.addons.itsm_base.tools import text_file, workbook
from odoo.addons.itsm_base.tools.text_file import Unreadable, unescape_cell, word

from . import wrong_file
from .history_words import (
    COLUMN_WORDS,
    KIND_WORDS,
    LEVEL_WORDS,
    NO_WORDS,
    STATE_WORDS,
    YES_WORDS,
)

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 120_000
#: Cells that mean "not known", which is something else than "nobody" or "none".
UNKNOWN_CELLS = frozenset({"", "?", "-", "–", "null", "none", "n/a", "na", "(null)"})

#: Meanings without which a log says nothing.
REQUIRED = ("number", "time", "state", "opened")
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun")
        + ("jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})"
    rf"(?:T|,?\s+){CLOCK}"
)
NAMED = re.compile(
    r"(?P<a>\d{1,2})[-/. ](?P<b>[A-Za-z]{3,9})\.?[-/., ]+(?P<c>\d{4}|\d{2})"
    rf"(?:T|,?\s+){CLOCK}"
)
COMPACT = re.compile(
    r"(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})[T ]?"
    r"(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?(?P<zone>Z)?"
)
HALF_DAYS = re.compile(r"(?i)\s*(a\.?m\.?(?![a-z])|p\.?m\.?(?![a-z])|上午|下午)\s*")


def as_csv(data):
    """A file as bytes of a CSV file: of a workbook its first sheet.

    :raise Unreadable: size, workbook, unpacked, wide, rows or empty, and what
        `wrong_file.refuse` says
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("size", size=len(data))
    wrong_file.refuse(data)
    if workbook.is_workbook(data):
        return workbook.as_csv(data, MAX_ROWS)
    return data


def open_csv(data):
    """Header and rows of a CSV file in whichever of the usual encodings it is.

    :param bytes data: UTF-8 with or without byte order mark, UTF-16 or GB18030
    :return: ``(header, rows)``: list of column names, iterator of ``(row, cells)``
        where row is the number that a spreadsheet shows (the header is 1)
    :raise Unreadable: now: empty, size, workbook, encoding, columns or header; while
        reading: csv or rows
    """
    table = text_file.read_csv(text_file.decode(data, MAX_BYTES))
    header = next(table, None)
    if not header:
        raise Unreadable("empty")
    return _read_header(header[1]), _bounded(table)


def _bounded(table):
    for count, (number, cells) in enumerate(table):
        if count >= MAX_ROWS:
            raise Unreadable("rows")
        yield number, [unescape_cell(cell.strip()) for cell in cells]


def _read_header(cells):
    if len(cells) < 2:
        raise Unreadable("columns")
    if any(any(p.search(cell) for p in (NUMERIC, NAMED)) for cell in cells):
        raise Unreadable("header")  # a column is never called like a point in time
    header, seen = [], {}
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"#{position}"
        seen[name] = seen.get(name, 0) + 1
        header.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return header


def format_row(cells):
    """One row as CSV text, to be kept and shown."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def parse_row(text):
    """The cells of `format_row`."""
    return next(csv.reader(io.StringIO(text, newline="")), [])


def is_unknown(text):
    return text.strip().casefold() in UNKNOWN_CELLS


class Survey:
    """What a first reading of the rows finds: values that need a meaning, and dates.

    :param dict positions: lists of positions of the columns of each meaning
    :param meanings: those whose values are counted

    ``count`` is the number of rows, ``values`` a dict of ``(meaning, text)`` to the
    number of rows that have it, ``dates`` one of days, as they are written, to a time
    of that day: the days of a file are few.
    """

    def __init__(self, positions, meanings):
        self.count, self.values, self.dates = 0, {}, {}
        self._counted = [
            (meaning, position)
            for meaning in meanings
            for position in positions.get(meaning, ())
        ]
        self._dated = [
            position
            for meaning in ("time", "opened")
            for position in positions.get(meaning, ())
        ]

    def add(self, cells):
        """Look at a row.

        :param list cells: its cells, fewer than the header has if the last are empty
        """
        self.count += 1
        for meaning, position in self._counted:
            text = cells[position] if position < len(cells) else ""
            if not is_unknown(text):
                key = meaning, text
                self.values[key] = self.values.get(key, 0) + 1
        for position in self._dated:
            if position < len(cells):
                self.dates.setdefault(cells[position][:10], cells[position])


# --- guesses -------------------------------------------------------------------------


def guess_columns(header):
    """What each column of *header* most likely means.

    :return: dict of column name to meaning; columns that mean nothing are left out
    """
    words = {}
    for name in header:
        plain = word(name)
        for suffix in ("friendlyname", "displayvalue"):
            plain = plain.removesuffix(suffix)
        words.setdefault(plain, name)
    guesses = {}
    for meaning, known in COLUMN_WORDS.items():
        for name in known:
            column = words.get(name)
            if column and column not in guesses:
                guesses[column] = meaning
                break
    return guesses


def guess_state(text, others=()):
    """State and pause reason code that a value most likely means, or None.

    :param others: the other values of the file: “Open” beside “New” is being worked on
    """
    plain = word(text)
    if plain == "open" and not any(
        STATE_WORDS.get(word(other)) == ("new", "") for other in others
    ):
        return "new", ""
    return STATE_WORDS.get(plain)


def guess_level(text):
    """Level '1' (highest) to '4' (lowest) that a value most likely means, or None.

    Words count before digits: “2 - Medium” of a list with three levels is medium.
    """
    plain = re.sub(r"^\d+", "", word(text))
    for level, words in LEVEL_WORDS.items():
        if plain in words or word(text) in words:
            return level
    digits = word(text)
    if digits in ("1", "2", "3", "4"):
        return digits
    return "4" if digits == "5" else None


def guess_kind(text):
    plain = word(text)
    for kind, words in KIND_WORDS.items():
        if plain in words:
            return kind
    return None


def read_verdict(text):
    plain = word(text)
    return True if plain in YES_WORDS else False if plain in NO_WORDS else None


# --- dates ---------------------------------------------------------------------------


def guess_date_order(samples):
    """In which order day, month and year stand.

    :param samples: texts of the time columns
    :return: ``(order, sure)``: ymd, dmy or mdy; sure is False if both of the last two
        would do
    """
    day_first = month_first = False
    for sample in samples:
        match = NUMERIC.fullmatch(_clean_date(sample)[0])
        if not match:
            continue
        if len(match["a"]) == 4:
            return "ymd", True
        day_first |= int(match["a"]) > 12
        month_first |= int(match["b"]) > 12
    if day_first or not month_first:
        return "dmy", day_first
    return "mdy", True


def _clean_date(text):
    """*text* in a form that the patterns know, and hours to add (None: 24 h clock)."""
    text = unicodedata.normalize("NFKC", text).strip()
    text = re.sub(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]", r"\1-\2-\3 ", text)
    text = re.sub(r"(\d{1,2})[时点](\d{1,2})分?", r"\1:\2", text)
    text = re.sub(r"(:\d{2})(\d{1,2})秒", r"\1:\2", text)
    half = None
    match = HALF_DAYS.search(text)
    if match:
        half = 12 if match[1].casefold()[0] in "p下" else 0
        text = f"{text[: match.start()]} {text[match.end() :]}".strip()
    return re.sub(r"\s+", " ", text).strip(), half


def read_time(text, order, zone):
    """A point in time as naive UTC datetime, or None if it cannot be read.

    Local times that do not exist or exist twice are read as standard time, as in the
    timeline. A zone in the text (Z, +08:00) goes before *zone*. A date without a time
    is no point in time.

    :param order: ymd, dmy or mdy, for dates that do not begin with the year
    :param zone: pytz zone of the file
    """
    clean, half = _clean_date(text)
    for pattern in (NUMERIC, NAMED, COMPACT):
        match = pattern.fullmatch(clean)
        if match:
            break
    else:
        return None
    local = _as_datetime(match, order, half)
    if local is None or not 1990 <= local.year <= 2100:
        return None
    offset = match["zone"]
    if not offset:
        return (
            zone.localize(local, is_dst=False).astimezone(pytz.utc).replace(tzinfo=None)
        )
    if offset[0] in "+-":
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        shift = timedelta(hours=hours, minutes=minutes)
        return local - shift if offset[0] == "+" else local + shift
    return local


def _as_datetime(match, order, half):
    parts = [match["a"], match["b"], match["c"]]
    if parts[1].isalpha():
        month = MONTHS.get(parts[1][:3].casefold())
        day, year = parts[0], parts[2]
    elif len(parts[0]) == 4:
        year, month, day = parts
    elif order == "ymd":
        return None
    else:
        day, month, year = parts if order == "dmy" else (parts[1], parts[0], parts[2])
    hour = int(match["hour"])
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + half
    year = int(year)
    try:
        return datetime(
            year + 2000 if year < 100 else year,
            int(month or 0),
            int(day),
            hour,
            int(match["minute"]),
            int(match["second"] or 0),
        )
    except ValueError:
        return None
