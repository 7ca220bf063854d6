# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rows of an XLSX workbook, as text: no ORM.

A workbook is a ZIP archive of XML, so a small file can unpack to anything: its size is
read before it is unpacked, entities are refused, and rows are read one by one.
"""

import codecs
import contextlib
import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

import openpyxl
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from .text_file import Unreadable

START = b"PK\x03\x04"
#: A sheet of 120,000 rows with 20 columns unpacks to about half of it.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_COLUMNS = 250
#: Cells that are read, empty ones too: each row is as wide as its last cell.
MAX_CELLS = 50_000_000
#: The last row that a spreadsheet can have.
LAST_ROW = 1_048_576
#: What comes before the first element of a part; only comments make it long.
MAX_PROLOG = 65_536
CHUNK = 4096
XML_NAMES = (".xml", ".rels", ".vml")
#: "<" in encodings of four bytes, with their mark or without.
OTHER_STARTS = (
    codecs.BOM_UTF32_LE,
    codecs.BOM_UTF32_BE,
    b"<\0\0\0",
    b"\0\0\0<",
    b"\0\0<\0",
    b"\0<\0\0",
)
_MERGED = f"{{{SHEET_MAIN_NS}}}mergeCell"


def is_workbook(data):
    return data.startswith(START)


def as_csv(data, max_rows):
    """A workbook as CSV in UTF-8, with the same row numbers.

    :raise Unreadable: workbook, unpacked, wide, rows or empty
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    at = width = count = 0
    for number, cells in read_rows(data):
        width = width or len(cells)
        count += 1
        if count > max_rows + 1:
            raise Unreadable("rows")
        # Blank rows count in the numbers that a spreadsheet shows.
        out.write("\r\n" * (number - at - 1))
        writer.writerow(cells + [""] * (width - len(cells)))
        at = number
    if not count:
        raise Unreadable("empty")
    return out.getvalue().encode()


def read_rows(data):
    """Yield the rows of the first visible sheet that are not blank.

    :param bytes data: an XLSX file
    :return: iterator of ``(row, cells)`` where row is the number that a spreadsheet
        shows and cells is a list of str without the empty ones at the end
    :raise Unreadable: workbook, unpacked, wide or rows
    """
    check_archive(data)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        sheet = _first_visible(book)
        # What the file says of its size may be wrong, or absurd.
        sheet.reset_dimensions()
        seen = 0
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > LAST_ROW:
                raise Unreadable("rows")
            seen += len(values)
            if seen > MAX_CELLS:
                raise Unreadable("wide", limit=MAX_COLUMNS)
            cells = [as_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise Unreadable("wide", limit=MAX_COLUMNS)
            if cells:
                yield number, cells
        book.close()
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a damaged file makes of the library: XML, archive and key errors.
        raise Unreadable("workbook") from error


def merged_cells(data):
    """Ranges of merged cells of the first visible sheet, such as ``A2:A5``.

    Read from the XML: openpyxl would make an object for each cell of a range, and a
    range may be the whole sheet.

    :raise Unreadable: workbook
    """
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, keep_links=False
        )
        merged = set()
        with _first_visible(book)._get_source() as source:
            for _event, element in iterparse(source):
                if element.tag == _MERGED:
                    merged.add(element.get("ref", ""))
                element.clear()
        book.close()
        return sorted(merged)
    except Exception as error:
        # As in `read_rows`.
        raise Unreadable("workbook") from error


def _first_visible(book):
    sheets = [s for s in book.worksheets if s.sheet_state == "visible"]
    return (sheets or book.worksheets)[0]


def check_archive(data, limit=None):
    """Refuse an archive that would unpack to more than *limit* bytes.

    :raise Unreadable: workbook or unpacked
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > (limit or MAX_UNPACKED):
                raise Unreadable("unpacked", size=size)
            for info in archive.infolist():
                with archive.open(info) as part:
                    _check_part(part, info.filename)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise Unreadable("workbook") from error
    except RuntimeError as error:  # encrypted
        raise Unreadable("workbook") from error


def _check_part(part, name):
    """Refuse a part that declares entities: no spreadsheet does, they explode.

    It is read by a parser, whatever its encoding, until its first element. What a
    parser cannot read may be a picture, but no XML: not by its name, nor in an encoding
    that only other parsers know.

    :param part: binary file
    :param str name: of the part; nothing says that XML is called so
    :raise Unreadable: workbook
    """

    def refuse(*_args):
        raise Unreadable("workbook")  # at once, before anything of it is expanded

    elements = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, _attributes: elements.append(name)
    start = part.read(CHUNK)
    chunk, size = start, 0
    # said below, unless there was an element before
    with contextlib.suppress(expat.ExpatError):
        while chunk and not elements and size < MAX_PROLOG:
            size += len(chunk)
            parser.Parse(chunk)
            chunk = part.read(CHUNK)
    is_xml = name.lower().endswith(XML_NAMES) or start.startswith(OTHER_STARTS)
    if is_xml and not elements:
        raise Unreadable("workbook")


def as_text(value):
    """A cell as the text that a CSV file would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # Spreadsheets keep days as fractions: seconds are rounded, not cut.
        rounded = value + timedelta(microseconds=500_000)
        return rounded.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return "" if text.startswith("#") and text.endswith(("!", "?", "/A")) else text
