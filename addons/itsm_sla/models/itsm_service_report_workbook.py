# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import re

import xlsxwriter
from lxml import html

from odoo import models

#: Figures as people read them: 12, -3, 1234.50; 94.96 %
NUMBER = re.compile(r"-?\d{1,12}(\.\d+)?")
PERCENT = re.compile(r"(-?\d{1,9}(?:\.\d+)?)\s*%")
#: Widest column, in characters.
WIDEST = 60
#: Excel's longest name of a sheet, and what it must not contain.
LONGEST_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


class ItsmServiceReport(models.Model):
    """The report as a workbook (REP-29): the same frozen figures, the same words.

    It is made of the tables that are printed, so that workbook and paper cannot differ.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def action_workbook(self):
        """Download the report as XLSX."""
        self.ensure_one()
        self.check_access("read")
        self._check_worked_out()
        return {
            "type": "ir.actions.act_url",
            "url": f"/itsm/service-report/{self.id}/xlsx",
            "target": "download",
        }

    def _workbook(self, lang=None):
        """The report as XLSX: a sheet for its head, one for each section.

        What the environment may not see (amounts of money) is not in it; in sudo
        everything is. The caller has checked who may have it.

        :param str lang: language; default that of the reader
        :return: ``(filename, content)``
        :rtype: tuple[str, bytes]
        :raise UserError: nothing was worked out yet, or the figures were altered
        """
        self.ensure_one()
        self._check_worked_out()
        lang = self._reading_lang(lang)
        report = self.with_context(lang=lang)
        content = report._read_content(lang)
        stream = io.BytesIO()
        options = {
            "in_memory": True,
            # what people typed is text, never a formula or a link
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(stream, options) as book:
            book.set_properties({"title": report.display_name})
            styles = {
                "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
                "title": book.add_format({"bold": True, "font_size": 14}),
                "text": book.add_format({"text_wrap": True, "valign": "top"}),
                "numbers": {},
            }
            names = set()
            sheet = report._add_sheet(book, report.env._("Report"), names)
            report._fill_head(sheet, content["header"], styles)
            for section in content["sections"]:
                sheet = report._add_sheet(book, section["title"], names)
                report._fill_section(book, sheet, section, styles)
        return self._file_name("xlsx"), stream.getvalue()

    def _add_sheet(self, book, title, names):
        """A sheet with a name that Excel accepts and no other sheet has."""
        base = FORBIDDEN.sub(" ", title).strip()[:LONGEST_NAME] or "-"
        name, number = base, 1
        while name.lower() in names:
            number += 1
            tail = f" {number}"
            name = base[: LONGEST_NAME - len(tail)] + tail
        names.add(name.lower())
        return book.add_worksheet(name)

    def _fill_head(self, sheet, header, styles):
        """Identity, purpose, audience, data sources (REP-06)."""
        rows = [
            (self.env._("Report"), header["identity"]),
            (self.env._("Revision"), self.revision),
            (
                self.env._("Period"),
                f"{header['first']} – {header['last']} ({header['zone']})",
            ),
            (self.env._("Customer"), header["customer"]),
            (self.env._("Agreement"), header["agreement"]),
            (self.env._("Purpose"), header["purpose"]),
            (self.env._("Audience"), header["audience"]),
            (self.env._("Data sources"), header["sources"]),
            (self.env._("Fingerprint of the figures (SHA-256)"), self.content_hash),
        ]
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, header["title"], styles["title"])
        for index, (label, value) in enumerate(rows, 2):
            sheet.write_string(index, 0, label, styles["head"])
            if isinstance(value, int):
                sheet.write_number(index, 1, value)
            else:
                sheet.write_string(index, 1, value or "", styles["text"])

    def _fill_section(self, book, sheet, section, styles):
        """The headings, tables and notes of a section, one below the other."""
        rendered = self.env["ir.qweb"]._render(
            self._section_template(section["code"]),
            {"doc": self, "section": section["data"], "drill": False},
        )
        tree = html.fromstring(f"<div>{rendered}</div>")
        widths = {}
        sheet.write_string(0, 0, section["title"], styles["title"])
        row = 2
        for block in tree.iter("table", "h3", "h4", "p", "li"):
            if block.tag != "table":
                if not any(parent.tag == "table" for parent in block.iterancestors()):
                    sheet.write_string(row, 0, self._cell_text(block))
                    row += 1
                continue
            for line in block.iter("tr"):
                column = 0
                for cell in line.iterchildren("td", "th"):
                    text = self._cell_text(cell)
                    style = styles["head"] if cell.tag == "th" else None
                    self._write_cell(book, sheet, row, column, text, style, styles)
                    span = int(cell.get("colspan") or 1)
                    if span == 1:
                        widths[column] = max(widths.get(column, 10), len(text) + 2)
                    column += span
                row += 1
            row += 1
        for column, width in widths.items():
            sheet.set_column(column, column, min(width, WIDEST))

    def _write_cell(self, book, sheet, row, column, text, style, styles):
        """A figure as a number, everything else as text."""
        percent = PERCENT.fullmatch(text)
        plain = percent[1] if percent else text
        if style is not None or not (percent or NUMBER.fullmatch(text)):
            sheet.write_string(row, column, text, style)
            return
        digits = len(plain.partition(".")[2])
        pattern = ("0." + "0" * digits if digits else "0") + ("%" if percent else "")
        if pattern not in styles["numbers"]:
            styles["numbers"][pattern] = book.add_format({"num_format": pattern})
        value = float(plain)
        if percent:
            value = round(value / 100, digits + 2)
        sheet.write_number(row, column, value, styles["numbers"][pattern])

    def _cell_text(self, element):
        """What is read in an element, in one line."""
        return " ".join(element.text_content().split())
