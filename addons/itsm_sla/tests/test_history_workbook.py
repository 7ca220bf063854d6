# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import zipfile
from datetime import date, datetime, time
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import workbook

from ..tools import history_file
from .history_common import HistoryCommon

HEADER = ("number", "opened_at", "updated_at", "state", "priority")


@tagged("post_install", "-at_install")
class TestHistoryWorkbook(HistoryCommon):
    """Issue 3: XLSX files, and those that would do harm."""

    def _book(self, *rows, sheet=None):
        book = openpyxl.Workbook()
        page = book.active
        for row in rows:
            page.append(row)
        if sheet:
            sheet(book, page)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _change(self, data, name, change):
        """The workbook with one part of its archive changed."""
        buffer = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as source,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in source.namelist():
                content = source.read(part)
                target.writestr(part, change(content) if part == name else content)
        return buffer.getvalue()

    def _small(self):
        return self._book(
            HEADER,
            ("T-1", datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9, 10), "New", 2),
            (),
            (
                "T-1",
                datetime(2026, 3, 2, 9),
                datetime(2026, 3, 2, 9, 30),
                "In Progress",
                2,
            ),
            ("T-1", datetime(2026, 3, 2, 9), "2026-03-02 12:00", "Resolved", 2),
        )

    def test_import(self):
        """Issue 3: dates of cells are dates; text in a cell is read as in CSV."""
        agreement = self._draft_agreement()
        history = self._import(self._small(), agreement_id=agreement.id)
        self.assertEqual((history.row_count, history.error_count), (3, 0))
        ticket = self._ticket("T-1")
        self.assertRecordValues(
            ticket,
            [
                {
                    "reported_at": self.utc("2026-03-02 09:00"),
                    "first_response_at": self.utc("2026-03-02 09:30"),
                    "resolved_at": self.utc("2026-03-02 12:00"),
                    "priority": "2",
                }
            ],
        )
        self.assertClock(self._clocks(ticket), used_seconds=3 * 3600)
        again = self._import(self._small(), agreement_id=agreement.id)
        self.assertEqual(again.unchanged_count, 1)

    def test_row_numbers(self):
        """Section 3: rows are numbered as the spreadsheet numbers them."""
        data = self._book(
            HEADER,
            (),
            (),
            ("T-1", datetime(2026, 3, 2, 9), "soon", "New", 2),
        )
        history = self._preview(data)
        self.assertEqual(self._reasons(history, "error")[0][0], 4)

    def test_first_visible_sheet(self):
        """Issue 3: hidden sheets are left out."""

        def sheet(book, page):
            page.sheet_state = "hidden"
            shown = book.create_sheet("Shown")
            shown.append(HEADER)
            shown.append(("T-9", datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10)))
            shown["D2"] = "New"

        data = self._book(("hidden", "page"), ("a", "b"), sheet=sheet)
        history = self._preview(data)
        self.assertEqual((history.ticket_count, history.error_count), (1, 0))

    def test_as_text(self):
        """Issue 3: cells as the text that a CSV file would have."""
        for value, expected in (
            (None, ""),
            (True, "true"),
            (2.0, "2"),
            (2.5, "2.5"),
            (datetime(2026, 3, 2, 9, 4, 59, 999_999), "2026-03-02 09:05:00"),
            (date(2026, 3, 2), "2026-03-02"),
            (time(9, 5), "09:05:00"),
            (" T-1 ", "T-1"),
            ("#N/A", ""),
            ("#REF!", ""),
            ("#1", "#1"),
        ):
            with self.subTest(value=value):
                self.assertEqual(workbook.as_text(value), expected)

    def test_refused(self):
        """Manners: bombs and absurd sheets are refused with field and remedy."""
        small = self._small()
        sheet = "xl/worksheets/sheet1.xml"
        wide = self._book([f"c{n}" for n in range(300)], ["x"] * 300)
        entity = self._change(
            small,
            sheet,
            lambda xml: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + xml,
        )
        far = self._change(
            small, sheet, lambda xml: xml.replace(b'<row r="5"', b'<row r="999999999"')
        )
        for name, data, words in (
            ("damaged", small[:-200], "workbook that cannot be read"),
            ("not a sheet", b"PK\x03\x04" + b"x" * 90, "workbook that cannot be read"),
            ("entities", entity, "workbook that cannot be read"),
            ("wide", wide, "more than 250 columns"),
            ("far row", far, "rows"),
            ("empty", self._book(), "no rows"),
            ("header only", self._book(HEADER), "no rows"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError) as error:
                self._preview(data)
            self.assertIn("“File”", str(error.exception))
            self.assertIn(words, str(error.exception))
        with (
            patch.object(workbook, "MAX_UNPACKED", 1024),
            self.assertRaisesRegex(UserError, "unpacks to"),
        ):
            self._preview(small)
        with (
            patch.object(history_file, "MAX_ROWS", 2),
            self.assertRaisesRegex(UserError, "more than 2 rows"),
        ):
            self._preview(small)

    def test_claimed_size(self):
        """Manners: what a sheet says of its size is not believed."""
        data = self._change(
            self._small(),
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(
                b'<dimension ref="A1:E5"', b'<dimension ref="A1:XFD1048576"'
            ),
        )
        self.assertEqual(self._preview(data).row_count, 3)
