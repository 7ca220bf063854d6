# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Lists as an XLSX workbook: no ORM."""

import io

import xlsxwriter

#: Widest column, in characters.
WIDEST = 60
MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(sheets):
    """A workbook of lists.

    :param list sheets: ``(title, head, rows)``; head is a list of labels, rows are
        lists of text, number or None
    :rtype: bytes
    """
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        # what people typed is text, never a formula or a link
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for title, head, rows in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            widths = [len(label) + 2 for label in head]
            for column, label in enumerate(head):
                sheet.write_string(0, column, label, bold)
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        sheet.write_number(number, column, value)
                    elif value:
                        text = str(value)[:32000]
                        sheet.write_string(number, column, text)
                        widths[column] = max(widths[column], len(text) + 2)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, min(width, WIDEST))
    return stream.getvalue()
