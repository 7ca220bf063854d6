# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading real PDF files in tests, with the library that Odoo needs anyway."""

import io

from odoo.tools.pdf import PdfFileReader

from .common import ItsmCommon

#: Fonts with simplified glyphs name their region.
SIMPLIFIED = ("sc-", "SC-", "GB", "CN", "WenQuanYi", "YaHei", "SimSun")


class PdfCase(ItsmCommon):
    """Documents, and what is really on their pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo prints HTML instead of PDF while it is tested.
        cls.env = cls.env(context=dict(cls.env.context, force_report_rendering=True))
        cls.env["res.lang"]._activate_lang("zh_CN")
        module = cls.env["ir.module.module"].search([("name", "=", "itsm_base")])
        module._update_translations("zh_CN")
        cls.documents = cls.env["itsm.document"]
        cls.kinds = cls.env["itsm.document.kind"]
        cls.reports = cls.env["ir.actions.report"]
        cls.report = cls.env.ref("itsm_base.itsm_document_report")
        cls.text_kind = cls.kinds.create({"code": "T1", "name": "Plain text"})

    @classmethod
    def _create_document(cls, kind=None, **vals):
        kind = kind or cls.text_kind
        vals = {"kind_id": kind.id, "lang": "en_US", **vals}
        return cls.documents.create(vals)

    @classmethod
    def _print(cls, records):
        """Print as a user does; returns the reader of the PDF."""
        content, kind = cls.reports._render_qweb_pdf(cls.report, records.ids)
        assert kind == "pdf"
        return cls._read(content)

    @staticmethod
    def _read(content):
        return PdfFileReader(io.BytesIO(content), strict=False)

    @staticmethod
    def _texts(reader):
        """The text of each page, in one line without blanks at the ends of lines."""
        return [" ".join(page.extract_text().split()) for page in reader.pages]

    @classmethod
    def _squeezed(cls, reader):
        """The text of each page without any blank: a line break splits no word."""
        return ["".join(text.split()) for text in cls._texts(reader)]

    @staticmethod
    def _fonts(reader):
        """Names of the fonts of the text and the furniture, and whether embedded.

        :rtype: dict[str, bool]
        """
        found = {}

        def collect(resources):
            for font in (resources.get("/Font") or {}).values():
                font = font.get_object()
                inner = font.get("/DescendantFonts")
                inner = inner[0].get_object() if inner else font
                descriptor = inner.get("/FontDescriptor") or {}
                embedded = any(
                    f"/FontFile{number}" in descriptor for number in ("", "2", "3")
                )
                found[str(font["/BaseFont"])] = embedded
            for item in (resources.get("/XObject") or {}).values():
                item = item.get_object()
                if "/Resources" in item:
                    collect(item["/Resources"])

        for page in reader.pages:
            collect(page["/Resources"])
        return found
