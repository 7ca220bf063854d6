# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Text and CSV files as people have them: plain Python, no ORM, no translation.

Spreadsheets write UTF-8 with or without a byte order mark, UTF-16, or the encoding of
the country, which is GB18030 in China, and separate cells by comma, semicolon or tab.
Whoever reads a file turns :class:`Unreadable` into a message of its own that names the
field and the remedy.
"""

import csv
import io
import unicodedata

DELIMITERS = ",;\t"
#: A spreadsheet would calculate with a cell that begins like this.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Beginnings of workbooks, XLSX and XLS, which people take for the CSV file.
WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Unreadable(ValueError):
    """The file cannot be read; ``code`` says why, for a message in the user's words.

    ``details`` holds what the message may name: ``size`` in bytes for the code size,
    ``line`` and ``error`` for the code csv. Callers may add codes of their own.
    """

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details


def word(text):
    """*text* for comparing: NFKC, lower case, letters and digits only."""
    text = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(char for char in text if char.isalnum())


def fold(text):
    """*text* for comparing names: NFKC, lower case, blanks made one; signs count."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def escape_cell(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unescape_cell(text):
    """Undo `escape_cell`, so that rejected rows can be mended and read again."""
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        return text[1:]
    return text


def decode(data, max_bytes):
    """Text of a file in whichever of the usual encodings it is.

    :param bytes data: UTF-8 with or without byte order mark, UTF-16 or GB18030
    :param int max_bytes: the most that is read
    :raise Unreadable: empty, size, workbook or encoding
    """
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > max_bytes:
        raise Unreadable("size", size=len(data))
    if data.startswith(WORKBOOK_STARTS):
        raise Unreadable("workbook")
    for encoding in _possible_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text, sure=encoding in ("utf-8-sig", "utf-16")):
            return text
    raise Unreadable("encoding")


def _possible_encodings(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if b"\0" in data:
        # Without a byte order mark: commas and line ends have their zero byte behind
        # them (little endian) or before them.
        little = data[1::2].count(0) >= data[0::2].count(0)
        return ["utf-16-le" if little else "utf-16-be"]
    return ["utf-8-sig", "gb18030"]


def _is_text(text, sure):
    """Whether *text* has no characters that no text has.

    Other encodings often decode as GB18030 or UTF-16 too, into characters that are
    unassigned or private. Nothing decodes as UTF-8, or begins with a byte order mark,
    by chance: there, *sure*, a character unknown to this version of Python is a new
    one, such as an emoji.
    """
    refused = ("Cc",) if sure else ("Cc", "Cn", "Co")
    return not any(
        unicodedata.category(char) in refused and char not in "\t\r\n"
        for char in set(text)
    )


def read_csv(text, delimiters=DELIMITERS):
    """Yield the rows of a CSV text that are not blank, the header among them.

    The delimiter is the one that the first line has most of.

    :param str delimiters: those possible, the first if the first line has none
    :return: iterator of ``(row, cells)`` where row is the number that a spreadsheet
        shows (the first one is 1) and cells is a list of str
    :raise Unreadable: csv
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=max(delimiters, key=first.count),
        strict=True,
    )
    row = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Unreadable("csv", line=reader.line_num, error=str(error)) from error
        if cells is None:
            return
        row += 1
        if any(cell.strip() for cell in cells):
            yield row, cells
