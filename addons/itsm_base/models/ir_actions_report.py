# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import logging
import re

import lxml.html
from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError

from ..tools import pdf_form

_logger = logging.getLogger(__name__)

#: Room for the logo, in millimetres.
LOGO_WIDTH, LOGO_HEIGHT = 40.0, 8.5
#: Elements that would make the printer fetch or run something.
FOREIGN_ELEMENTS = (
    *("script", "iframe", "frame", "object", "embed", "applet", "link", "base", "meta"),
    *("form", "input", "video", "audio", "source", "track"),
)
#: Attributes that would make it fetch something, of other elements than pictures.
FOREIGN_ATTRIBUTES = ("src", "srcset", "background", "poster", "data")
#: Styles that would; a backslash may write any of them.
FOREIGN_STYLE = re.compile(r"(?:url|image|set)\s*\(|\\", re.IGNORECASE)
#: Pictures that hold nothing but pixels.
OWN_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,", re.IGNORECASE)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    itsm_form = fields.Boolean(
        string="Printed Form",
        help="Print on the form of IT Services: head and foot with company, code, "
        "version, confidentiality, effective date and page numbers, the mark of a "
        "draft, signatures, and a font for Chinese.",
    )

    # === Rendering ===

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        """A single record on the form is shown in its own language."""
        report_sudo = self._get_report(report_ref)
        reports = self
        if report_sudo.itsm_form and docids and len(docids) == 1:
            record = self.env[report_sudo.model].browse(docids)
            reports = self.with_context(lang=record._itsm_form_lang())
        return super(IrActionsReport, reports)._render_qweb_html(
            report_ref, docids, data=data
        )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print records on the form one by one; Odoo merges them to one file."""
        report_sudo = self._get_report(report_ref)
        if not report_sudo.itsm_form or not res_ids:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for record in self.env[report_sudo.model].browse(dict.fromkeys(res_ids)):
            attachment = None
            if report_sudo.attachment:
                attachment = report_sudo.with_env(self.env).retrieve_attachment(record)
            if attachment and report_sudo.attachment_use:
                content = attachment.raw
            else:
                content = self._itsm_form_pdf(report_sudo, record, data)
            streams[record.id] = {
                "stream": io.BytesIO(content),
                "attachment": attachment,
            }
        return streams

    @api.model
    def _itsm_form_pdf(self, report, record, data=None):
        """Print one record on the form.

        :param report: ``ir.actions.report`` with a template that calls
            ``itsm_base.itsm_form_layout``
        :param record: one record of the report's model
        :param dict data: extra values for the template
        :return: the PDF as bytes; the frozen file where the record has one
        :raise UserError: if the program that prints is missing or fails
        """
        record.ensure_one()
        stored = record._itsm_form_file()
        if stored:
            return stored
        self._itsm_form_check_program()
        return self._itsm_form_make(self._itsm_form_page(report, record, data))

    @api.model
    def _itsm_form_page(self, report, record, data=None):
        """All that is printed of a record on the form, without the program that prints.

        :param report: ``ir.actions.report``, as for `_itsm_form_pdf`
        :param record: one record of the report's model
        :param dict data: extra values for the template
        :return: plain data that can be kept as JSON, for `_itsm_form_make`
        :rtype: dict
        """
        printer = self.with_context(lang=record._itsm_form_lang())
        record = record.with_env(printer.env)
        report_sudo = report.sudo()  # sudo: set-up, read on behalf of whoever prints
        values = dict(data or {}, report_type="pdf")
        html, _kind = printer._render_qweb_html(report_sudo, record.ids, data=values)
        own = record._itsm_form_paperformat() or report_sudo.paperformat_id
        paper = self._itsm_form_paper(own or report_sudo.get_paperformat(), bool(own))
        return {
            "record": record.display_name,
            "html": printer._itsm_form_self_contained(html),
            "paper": paper._asdict(),
            **printer._itsm_form_head(record._itsm_form_data()),
        }

    @api.model
    def _itsm_form_make(self, page):
        """Print what `_itsm_form_page` returned, now or some time ago.

        :param dict page: see there
        :return: the PDF as bytes
        :raise UserError: if the program that prints is missing or fails
        """
        self._itsm_form_check_program()
        paper = pdf_form.Paper(**page["paper"])
        try:
            content = pdf_form.render(page["html"], paper)
            number, width, height = pdf_form.pages(content)
            paper = paper._replace(width=width, height=height)
            furniture = self._itsm_form_furniture(page, paper, number)
            return pdf_form.stamp(
                content,
                pdf_form.render(furniture, paper.without_margins()),
                {"/Title": page["title"], "/Author": page["company"]},
            )
        except pdf_form.PdfFormError as error:
            _logger.warning("wkhtmltopdf, %s: %s", page["record"], error)
            raise UserError(
                self.env._(
                    "%(record)s: the PDF cannot be made, as wkhtmltopdf says: "
                    "%(message)s",
                    record=page["record"],
                    message=error,
                )
            ) from error

    @api.model
    def _itsm_form_check_program(self):
        """Say how to get the program that prints, if the server has none."""
        if not pdf_form.program():
            raise UserError(
                self.env._(
                    "The PDF cannot be made because the program wkhtmltopdf is missing "
                    "on the server: ask the administrator to install it (on Debian: "
                    "apt install wkhtmltopdf fonts-noto-cjk)."
                )
            )

    @api.model
    def _itsm_form_paper(self, paperformat, with_margins=True):
        """A sheet, with margins in which head and foot have room.

        :param paperformat: ``report.paperformat``, may be empty: A4
        :param bool with_margins: take its margins, too; those of a company's paper
            leave room for another head
        :rtype: pdf_form.Paper
        """
        default = pdf_form.Paper(210.0, 297.0)
        if not paperformat:
            return default
        sheet = default._replace(
            width=paperformat.print_page_width or default.width,
            height=paperformat.print_page_height or default.height,
        )
        if not with_margins:
            return sheet
        return sheet._replace(
            top=max(paperformat.margin_top, default.top),
            bottom=max(paperformat.margin_bottom, default.bottom),
            left=max(paperformat.margin_left, 12.0),
            right=max(paperformat.margin_right, 12.0),
        )

    @api.model
    def _itsm_form_head(self, form):
        """What head and foot of the form say, in the language of `env`.

        :param dict form: see ``_itsm_form_data``
        :rtype: dict
        """
        lang = self.env.lang
        company_sudo = form["company"].sudo()  # sudo: name and logo are printed for all
        foot = [
            " ".join(part for part in (form["code"], form["version"]) if part),
            form["effective_date"]
            and self.env._(
                "Effective %(date)s",
                date=form.get("effective_text")
                or fields.Date.to_string(form["effective_date"]),
            ),
            form["confidentiality"],
        ]
        return {
            "html_lang": pdf_form.html_lang(lang),
            "fonts": pdf_form.font_families(lang),
            **self._itsm_form_logo(company_sudo),
            "company": company_sudo.name or "",
            "title": form["title"] or "",
            "foot": "  ·  ".join(filter(None, foot)),
            "watermark": form["is_draft"] and self.env._("DRAFT"),
        }

    @api.model
    def _itsm_form_furniture(self, head, paper, number):
        """The document with a head and a foot for each page.

        :param dict head: see `_itsm_form_head`
        :param pdf_form.Paper paper: size of a page and margins
        :param int number: how many pages
        :rtype: str
        """
        width = paper.width - paper.left - paper.right
        values = {
            **head,
            "paper": paper,
            # a millimetre less, or rounding makes an empty page after each
            "view_height": paper.height - 1.0,
            "company": pdf_form.shorten(head["company"], width * 0.45, 3.1),
            "title": pdf_form.shorten(head["title"], width * 0.5, 3.1),
            "foot": pdf_form.shorten(head["foot"], width - 20, 2.8),
            "numbers": range(1, number + 1),
            "number": number,
        }
        return self._render_template("itsm_base.itsm_form_furniture", values).decode()

    @api.model
    def _itsm_form_logo(self, company_sudo):
        """The logo of a company, if it has one of its own, and its size.

        :return: ``logo`` (data address or empty), ``logo_width`` and ``logo_height``
            (millimetres)
        :rtype: dict
        """
        content = b""
        if company_sudo.logo and not company_sudo.uses_default_logo:
            content = base64.b64decode(company_sudo.logo_web or b"")
        logo = self._itsm_form_image(content)
        if not logo:
            return {"logo": "", "logo_width": 0.0, "logo_height": 0.0}
        width, height = Image.open(io.BytesIO(content)).size
        scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height)
        return {
            "logo": logo,
            "logo_width": width * scale,
            "logo_height": height * scale,
        }

    @api.model
    def _itsm_form_image(self, content):
        """An image as a data address; empty for what is no picture to print."""
        for magic, kind in (
            (b"\x89PNG", "png"),
            (b"\xff\xd8", "jpeg"),
            (b"GIF8", "gif"),
        ):
            if content.startswith(magic):
                return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
        return ""

    @api.model
    def _itsm_form_self_contained(self, html):
        """Take out of a page whatever would be fetched or run while it is printed.

        Pictures that Odoo keeps are put into the page, as far as the reader may see
        them; others go.

        :param bytes html: a rendered report
        :rtype: str
        """
        root = lxml.html.fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8"))
        for element in list(root.iter(*FOREIGN_ELEMENTS)):
            if element.tag != "meta" or not element.get("charset"):
                element.drop_tree()
        for element in root.iter("*"):
            source = element.get("src") or ""
            for name in FOREIGN_ATTRIBUTES:
                element.attrib.pop(name, None)
            if FOREIGN_STYLE.search(element.get("style") or ""):
                del element.attrib["style"]
            if element.tag == "img":
                if not OWN_PICTURE.match(source):
                    source = self._itsm_form_stored_image(source)
                element.set("src", source)
        foreign = "//body//style | //svg//image | //svg//use | //svg//feimage"
        for element in root.xpath(foreign):
            element.drop_tree()
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

    @api.model
    def _itsm_form_stored_image(self, source):
        """The picture behind an address of this Odoo as a data address, or empty."""
        match = re.match(r"(?:https?://[^/]+)?/web/(?:image|content)/(\d+)\b", source)
        if not match:
            return ""
        attachment = self.env["ir.attachment"].browse(int(match.group(1)))
        try:
            attachment.check_access("read")
            return self._itsm_form_image(attachment.raw or b"")
        except (AccessError, MissingError):
            return ""
