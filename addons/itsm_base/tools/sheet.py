# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Small tables of master data as people keep them, CSV or XLSX: no ORM."""

from dataclasses import dataclass, field
from typing import NamedTuple

from . import text_file, workbook
from .text_file import Unreadable, word

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_ROWS = 5000

#: What the comparison with the database says of a row.
NEW, CHANGED, SAME, ERROR = "new", "changed", "same", "error"


class Column(NamedTuple):
    """A column of a sheet: its name in code and what people call it."""

    name: str
    words: tuple
    required: bool = False

    @property
    def label(self):
        return self.words[0]


@dataclass
class Entry:
    """A row of a sheet, and what is to be done with it."""

    number: int
    values: dict
    state: str = NEW
    message: str = ""
    record: object = None
    vals: dict = field(default_factory=dict)

    def fail(self, message):
        self.state, self.message = ERROR, message


def read(data, columns):
    """The rows of a sheet.

    :param bytes data: a CSV file in UTF-8, UTF-16 or GB18030, or an XLSX workbook
    :param columns: the `Column` s that are understood
    :return: ``(entries, unknown)``: list of `Entry` whose values are str by the name of
        the column, only those that are filled; names of columns that mean nothing
    :raise Unreadable: empty, size, workbook, unpacked, wide, encoding, csv, rows;
        merged with ``cells``; missing with ``columns``, the labels
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("size", size=len(data))
    if workbook.is_workbook(data):
        workbook.check_archive(data, MAX_UNPACKED)
        merged = workbook.merged_cells(data)
        if merged:
            raise Unreadable("merged", cells=merged)
        table = workbook.read_rows(data)
    else:
        table = text_file.read_csv(text_file.decode(data, MAX_BYTES))
    _number, header = next(table, (0, None))
    if not header:
        raise Unreadable("empty")
    places, unknown = _places(header, columns)
    missing = [c.label for c in columns if c.required and c.name not in places]
    if missing:
        raise Unreadable("missing", columns=missing)
    entries = []
    for number, cells in table:
        if len(entries) >= MAX_ROWS:
            raise Unreadable("rows")
        values = {
            name: text_file.unescape_cell(cells[place].strip())
            for name, place in places.items()
            if place < len(cells) and cells[place].strip()
        }
        if values:
            entries.append(Entry(number, values))
    if not entries:
        raise Unreadable("empty")
    return entries, unknown


def _places(header, columns):
    known = {word(text): c.name for c in columns for text in (c.name, *c.words)}
    places, unknown = {}, []
    for place, cell in enumerate(header):
        name = known.get(word(cell))
        if name and name not in places:
            places[name] = place
        elif cell.strip():
            unknown.append(cell.strip())
    return places, unknown
