# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rows of a file about configuration items, CSV, XLSX or JSON: no ORM.

A file is brought into one of two forms once, CSV or one JSON object a line; both are
read row by row, from any row on.
"""

import io
import json
from itertools import islice
from typing import NamedTuple

from odoo.addons.itsm_base.tools import text_file, workbook
from odoo.addons.itsm_base.tools.text_file import Unreadable

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 500_000
CSV, LINES = "csv", "lines"
#: How many values of a cell with a list are read.
SEPARATORS = (";", ",", "、", "；", "，", "\n")

#: Where a row has what stands beyond the headings; no heading begins with a blank.
EXTRA = " extra"


class Table(NamedTuple):
    """Headings as the file has them; iterator of ``(number, {heading: value})``."""

    columns: list
    rows: object


def heading(text):
    """A heading for comparing: case, width, blanks and signs do not count."""
    return text_file.word(text) or (text or "").strip()


def normal_form(data):
    """A file in the form that is read from then on.

    :param bytes data: CSV in UTF-8, UTF-16 or GB18030, an XLSX workbook, or JSON: a
        list of objects
    :return: ``(form, bytes)``
    :raise Unreadable: as `text_file` and `workbook`; json, objects or rows
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("size", size=len(data))
    if workbook.is_workbook(data):
        workbook.check_archive(data)
        merged = workbook.merged_cells(data)
        if merged:
            raise Unreadable("merged", cells=merged)
        return CSV, workbook.as_csv(data, MAX_ROWS)
    text = text_file.decode(data, MAX_BYTES)
    if text.lstrip()[:1] in ("[", "{"):
        return LINES, _as_lines(text)
    return CSV, text.encode()


def _as_lines(text):
    def refuse(_constant):
        raise ValueError

    try:
        rows = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable("json", line=line) from error
    if isinstance(rows, dict):
        rows = rows.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable("objects")
    if len(rows) > MAX_ROWS:
        raise Unreadable("rows")
    if not rows:
        raise Unreadable("empty")
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def open_table(form, data, skip=0):
    """The headings and rows of a file in its normal form.

    :param int skip: rows at the beginning that are not wanted
    :raise Unreadable: empty, csv, or twice with ``columns``
    """
    if form == LINES:
        return Table(_line_columns(data), open_rows(form, data, skip))
    text = text_file.decode(data, MAX_BYTES * 4)
    table = text_file.read_csv(text)
    _number, columns = next(table, (0, None))
    if not columns:
        raise Unreadable("empty")
    columns = [cell.strip() for cell in columns]
    names = [heading(cell) for cell in columns]
    twice = [c for i, c in enumerate(columns) if names[i] and names[i] in names[:i]]
    if twice:
        raise Unreadable("twice", columns=twice)
    return Table([cell for cell in columns if cell], _csv_rows(table, names, skip))


def open_rows(form, data, skip=0):
    """As the rows of `open_table`, for who knows the headings.

    Whoever works a long file slice by slice comes here often: what is passed over
    costs next to nothing.
    """
    if form == LINES:
        return _line_rows(data, skip)
    return open_table(form, data, skip).rows


def _csv_rows(table, names, skip):
    width = len(names)
    unescape = text_file.unescape_cell
    count = skip
    for number, cells in islice(table, skip, None):
        count += 1
        if count > MAX_ROWS:
            raise Unreadable("rows")
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        row = {
            name: unescape(cell.strip())
            for name, cell in zip(names, cells, strict=False)
        }
        extra = [cell.strip() for cell in cells[width:] if cell.strip()]
        if extra:
            row[EXTRA] = extra
        yield number, row


def _line_columns(data):
    columns = {}
    for line in io.BytesIO(data):
        for name in json.loads(line):
            columns.setdefault(heading(name), name)
    return list(columns.values())


def _line_rows(data, skip):
    lines = islice(io.BytesIO(data), skip, None)
    for number, line in enumerate(lines, start=skip + 1):
        yield number, {heading(k): v for k, v in json.loads(line).items()}


def parts(value):
    """The texts of a cell that names several.

    :raise ValueError: a JSON value that is no text and no list of texts
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        for separator in SEPARATORS[1:]:
            value = value.replace(separator, SEPARATORS[0])
        value = value.split(SEPARATORS[0])
    if not isinstance(value, list) or not all(
        isinstance(part, str | int) and not isinstance(part, bool) for part in value
    ):
        raise ValueError(value)
    found = (str(part).strip() for part in value)
    return list(dict.fromkeys(part for part in found if part))
