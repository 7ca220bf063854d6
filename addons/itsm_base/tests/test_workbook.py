# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import codecs
import io
import zipfile

import openpyxl

from odoo.tests import TransactionCase, tagged

from ..tools import workbook
from ..tools.text_file import Unreadable

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'
SHEET = "xl/worksheets/sheet1.xml"


@tagged("post_install", "-at_install")
class TestWorkbookArchive(TransactionCase):
    """Manners, In and out: entities in a workbook are refused, however written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        book = openpyxl.Workbook()
        book.active.append(["Number", "名称"])
        out = io.BytesIO()
        book.save(out)
        cls.data = out.getvalue()

    def _with(self, content, name=SHEET):
        """The workbook with other content of one of its parts."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as source,
            zipfile.ZipFile(out, "w") as target,
        ):
            for info in source.infolist():
                if info.filename != name:
                    target.writestr(info.filename, source.read(info.filename))
            target.writestr(name, content)
        return out.getvalue()

    def _xml(self, encoding, doctype=DOCTYPE, before=""):
        return f'<?xml version="1.0" encoding="{encoding}"?>{before}{doctype}<x>&a;</x>'

    def test_accepted(self):
        """Manners: what spreadsheets write is read, in 16 bits a letter and with a
        long comment too."""
        workbook.check_archive(self.data)
        plain = self._xml("utf-16", doctype="").replace("&a;", "")
        workbook.check_archive(self._with(plain.encode("utf-16")))
        workbook.check_archive(
            self._with(plain.replace("utf-16", "utf-8").replace("<x>", "<!--x--><x>"))
        )
        # a picture and a text that speaks of it are no XML
        for content in b"\x89PNG\r\n\x1a\n\x00", b"<!DOCTYPE is a word":
            workbook.check_archive(self._with(content, "xl/media/image1.png"))

    def test_refused(self):
        """Manners: in each encoding, behind a long comment, under another name."""
        comment = f"<!--{'x' * 5000}-->"
        for what, content, name in (
            ("utf-8", self._xml("utf-8").encode(), SHEET),
            ("utf-16 with mark", self._xml("utf-16").encode("utf-16"), SHEET),
            ("utf-16-le", self._xml("utf-16").encode("utf-16-le"), SHEET),
            (
                "utf-16-be",
                codecs.BOM_UTF16_BE + self._xml("utf-16").encode("utf-16-be"),
                SHEET,
            ),
            ("utf-32", self._xml("utf-32").encode("utf-32"), SHEET),
            ("ebcdic", self._xml("cp037").encode("cp037"), SHEET),
            ("comment", self._xml("utf-8", before=comment).encode(), SHEET),
            ("another name", self._xml("utf-16").encode("utf-16"), "xl/sheet.bin"),
            ("capitals", self._xml("utf-8").encode(), "xl/worksheets/SHEET1.XML"),
            ("no XML", b"\x00\x01", SHEET),
        ):
            with self.subTest(what), self.assertRaises(Unreadable) as caught:
                workbook.check_archive(self._with(content, name))
            self.assertEqual(caught.exception.code, "workbook")

    def test_endless_comment(self):
        """Manners: what never comes to the point is refused and not read to its end."""
        content = '<?xml version="1.0"?><!--' + "x" * 2_000_000
        with self.assertRaises(Unreadable):
            workbook.check_archive(self._with(content))
