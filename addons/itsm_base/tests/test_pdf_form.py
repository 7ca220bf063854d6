# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from unittest.mock import patch

from freezegun import freeze_time
from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import pdf_form
from .pdf_common import SIMPLIFIED, PdfCase

#: Enough for three pages of A4.
LONG = "".join(f"<p>Paragraph {number}. {'word ' * 60}</p>" for number in range(36))


@tagged("post_install", "-at_install")
class TestPdfForm(PdfCase):
    """The one printed form (design: Manners, Paper), on real PDF files."""

    def test_chinese_words_and_font(self):
        """Paper: Chinese words are found as text, a simplified font is embedded.

        门, 户, 直, 骨 and 页 are drawn with glyphs that are radicals too.
        """
        document = self._create_document(
            lang="zh_CN", name="门户网站直播页面", body="<p>骨干网络与长江数据中心</p>"
        )
        document.action_fill()
        reader = self._print(document)
        text = "".join(self._squeezed(reader))
        for word in (
            "门户网站直播页面",
            "骨干网络与长江数据中心",
            "草稿",
            "编制",
            "内部",
        ):
            self.assertIn(word, text)
        fonts = self._fonts(reader)
        chinese = [name for name in fonts if any(tag in name for tag in SIMPLIFIED)]
        self.assertTrue(chinese, fonts)
        self.assertTrue(all(fonts.values()), f"a font is not embedded: {fonts}")
        japanese = [name for name in fonts if "CJKjp" in name or "CJK JP" in name]
        self.assertFalse(japanese)

    def test_chinese_name_in_english_document(self):
        """Paper: a Chinese name in an English document has simplified glyphs."""
        self.company.name = "上海直播公司"
        document = self._create_document(name="Report")
        reader = self._print(document)
        self.assertIn("上海直播公司", self._squeezed(reader)[0])
        self.assertFalse([name for name in self._fonts(reader) if "CJKjp" in name])

    def test_page_furniture(self):
        """Paper: code, version, confidentiality, effective date, n / m on each page."""
        self.company.name = "Acme Services"
        document = self._create_document(
            name="Long report", body=LONG, effective_date="2026-12-24"
        )
        texts = self._texts(self._print(document))
        self.assertEqual(len(texts), 3)
        for number, text in enumerate(texts, start=1):
            self.assertIn(f"{number} / 3", text)
            for part in (
                document.number,
                "V1",
                "Internal",
                "Effective 2026-12-24",
                "Long report",
                "Acme Services",
            ):
                self.assertIn(part, text)

    def test_headings_stay_with_what_follows(self):
        """Paper: no heading is left alone at the foot of a page, nor with nothing but
        the head of its table."""
        body = "".join(
            f"<h3>Heading {number}.</h3><table><thead><tr><th>Head</th></tr></thead>"
            f"<tbody><tr><td>First {number}.</td></tr>"
            + "<tr><td>More</td></tr>" * (number % 3)
            + "</tbody></table>"
            for number in range(48)
        )
        texts = self._squeezed(self._print(self._create_document(body=body)))
        self.assertGreater(len(texts), 4)
        for number in range(48):
            [page] = [text for text in texts if f"First{number}." in text]
            self.assertIn(f"Heading{number}.", page)

    def test_rows_stay_whole(self):
        """Paper: a row of a table does not begin on one page and end on the next."""
        rows = "".join(
            f"<tr><td>a{n}x<br/>b{n}x</td><td>c{n}x<br/>d{n}x<br/>e{n}x</td>"
            f"<td>f{n}x</td><td></td></tr>"
            for n in range(60)
        )
        # what is before the table moves the ends of the pages over all lines of a row
        for lines in range(0, 4):
            body = f"{'<p>line</p>' * lines}<table>{rows}</table>"
            document = self._create_document(name=f"Rows {lines}", body=body)
            texts = self._texts(self._print(document))
            self.assertGreater(len(texts), 3)
            for n in range(60):
                pages = {
                    page
                    for page, text in enumerate(texts)
                    for letter in "abcdef"
                    if f"{letter}{n}x" in text
                }
                with self.subTest(lines=lines, row=n):
                    self.assertEqual(len(pages), 1)

    def test_one_date_format(self):
        """Paper: dates are printed in one way on one paper."""
        document = self._create_document(effective_date="2026-12-24")
        with freeze_time("2026-11-05 12:00"):
            document.action_fill()
        text = "".join(self._texts(self._print(document)))
        self.assertIn("Figures as of 2026-11-05", text)
        self.assertNotRegex(text, r"\d{1,2}/\d{1,2}/\d{2,4}")

    def test_language_of_the_partner(self):
        """Paper: Chinese for a Chinese partner, English for an English one."""
        partners = self.env["res.partner"].create(
            [
                {"name": "李明", "lang": "zh_CN"},
                {"name": "John", "lang": "en_US"},
            ]
        )
        chinese, english = self.documents.create(
            [
                {"kind_id": self.text_kind.id, "partner_id": partner.id}
                for partner in partners
            ]
        )
        self.assertEqual(chinese.lang, "zh_CN")
        (chinese | english).action_fill()
        text = self._squeezed(self._print(chinese))[0]
        for word in ("草稿", "编制", "批准", "数据截至", "致李明"):
            self.assertIn(word, text)
        self.assertNotIn("DRAFT", text)
        text = self._texts(self._print(english))[0]
        for word in ("DRAFT", "Prepared", "Approved", "Figures as of", "For John"):
            self.assertIn(word, text)
        self.assertNotIn("草稿", text)

    def test_several_records_one_file(self):
        """T15: several selected records print to one file, each in its language,
        with page numbers of its own; odd and repeated selections too."""
        first = self._create_document(name="First", body=LONG)
        second = self._create_document(lang="zh_CN", name="第二份")
        texts = self._texts(self._print(first | second))
        self.assertEqual(len(texts), 4)
        self.assertIn("2 / 3", texts[1])
        self.assertIn("DRAFT", texts[1])
        self.assertIn("1 / 1", texts[3])
        self.assertIn("草稿", texts[3])
        self.assertIn("第二份", texts[3].replace(" ", ""))
        content, _kind = self.reports._render_qweb_pdf(
            self.report, [second.id, second.id]
        )
        self.assertEqual(len(self._read(content).pages), 1)

    def test_no_tag_injection(self):
        """Manners (In and out): names with markup are harmless in the PDF."""
        hostile = "<img src=x onerror=alert(1)> & <b>bold</b> </svg> 门"
        self.company.name = hostile
        document = self._create_document(name=hostile)
        document.action_fill()
        text = self._squeezed(self._print(document))[0]
        squeezed = hostile.replace(" ", "")
        self.assertGreaterEqual(text.count(squeezed), 2, "title and head")

    def test_nothing_is_fetched(self):
        """Manners: what is printed fetches nothing and shows only what one may see."""
        picture = io.BytesIO()
        Image.new("RGB", (4, 4), (255, 0, 0)).save(picture, "PNG")
        attachments = self.env["ir.attachment"].create(
            [
                {"name": "mine.png", "raw": picture.getvalue()},
                {"name": "other.png", "raw": picture.getvalue()},
            ]
        )
        # of a record that a desk lead may not read
        attachments[1].write({"res_model": "ir.cron", "res_id": 1})
        attachments[0].write(
            {"res_model": "res.partner", "res_id": self.lead.partner_id.id}
        )
        html = (
            "<html><head><base href='http://x/'/><script>1</script></head><body>"
            f"<img src='/web/image/{attachments[0].id}?a=1'/>"
            f"<img src='/web/image/{attachments[1].id}'/>"
            "<img src='https://example.com/a.png'/><img src='file:///etc/passwd'/>"
            "<p style=\"background: url('http://x/y.png')\">text</p>"
            "<p style=\"background: URL ('http://x/y.png')\">text</p>"
            "<p style=\"background: u\\72l('http://x/y.png')\">text</p>"
            "<table background='http://x/'><tr><td>text</td></tr></table>"
            "<input type='image' src='http://x/'><video src='http://x/'></video>"
            "<img src='data:image/svg+xml;base64,aHR0cA=='>"
            "<iframe src='http://x/'></iframe><style>@import 'http://x/';</style>"
            "<svg><image href='http://x/'></image></svg></body></html>"
        )
        reports = self.reports.with_user(self.lead)
        found = reports._itsm_form_self_contained(html.encode())
        self.assertEqual(found.count("data:image/png"), 1)
        for wrong in ("http", "file:", "script", "iframe", "@import", "url(", "svg+"):
            self.assertNotIn(wrong, found)
        self.assertIn("text", found)

    def test_logo(self):
        """Paper: the logo of the company is in the head, one for each page."""
        picture = io.BytesIO()
        Image.new("RGB", (200, 50), (10, 20, 30)).save(picture, "PNG")
        document = self._create_document(name="With logo")
        before = self._objects(self._print(document))
        self.company.logo = base64.b64encode(picture.getvalue())
        self.assertGreater(self._objects(self._print(document)), before)

    @staticmethod
    def _objects(reader):
        sheet = reader.pages[0]["/Resources"]["/XObject"]["/ItsmFurniture"]
        return len(sheet.get_object()["/Resources"].get("/XObject") or {})

    def test_without_program(self):
        """Paper: without wkhtmltopdf one sentence with the remedy, no traceback."""
        document = self._create_document(name="Report")
        with (
            patch.object(pdf_form, "program", return_value=None),
            self.assertRaisesRegex(UserError, "install it .*apt install wkhtmltopdf"),
        ):
            self._print(document)

    @mute_logger("odoo.addons.itsm_base.models.ir_actions_report")
    def test_program_fails(self):
        """Paper: what wkhtmltopdf says when it fails reaches the user."""
        document = self._create_document(name="Report")
        with (
            patch.object(pdf_form, "program", return_value="/bin/false"),
            patch.object(
                pdf_form, "render", side_effect=pdf_form.PdfFormError("no memory")
            ),
            self.assertRaisesRegex(UserError, "no memory"),
        ):
            self._print(document)

    def test_render_error(self):
        """Paper: a program that cannot be started or writes nothing is an error."""
        for path in ("/nonexistent/wkhtmltopdf", "/bin/true", "/bin/false"):
            with (
                self.subTest(path=path),
                patch.object(pdf_form, "program", return_value=path),
                self.assertRaises(pdf_form.PdfFormError),
            ):
                pdf_form.render("<p/>", pdf_form.Paper(210, 297))

    def test_html_preview(self):
        """Paper: the preview shows language, draft and control data, too."""
        document = self._create_document(lang="zh_CN", name="预览")
        html = self.reports._render_qweb_html(self.report, document.ids)[0].decode()
        self.assertIn('<html lang="zh-CN">', html)
        self.assertIn("草稿", html)
        self.assertIn(document.number, html)
        self.assertIn("Noto Sans CJK SC", html)
        # several in one preview: each in its language
        other = self._create_document(name="Preview")
        html = self.reports._render_qweb_html(self.report, (document | other).ids)[0]
        self.assertEqual(html.decode().count('lang="en-US"'), 1)
        self.assertIn("DRAFT", html.decode())

    def test_landscape(self):
        """Paper: a kind may have paper of its own; head and foot follow it."""
        self.text_kind.paperformat_id = self.env.ref(
            "itsm_base.paperformat_itsm_form_landscape"
        )
        reader = self._print(self._create_document(name="Wide"))
        box = reader.pages[0].mediabox
        self.assertEqual((round(box.width), round(box.height)), (842, 595))
        self.assertIn("1 / 1", self._texts(reader)[0])

    def test_margins(self):
        """Paper: what a company leaves free for Odoo's own head is not left free."""
        paperformat = self.env["report.paperformat"].create(
            {
                "name": "Company",
                "format": "A5",
                "orientation": "Portrait",
                "margin_top": 52,
                "margin_left": 30,
            }
        )
        sheet = self.reports._itsm_form_paper(paperformat, with_margins=False)
        self.assertEqual((sheet.width, sheet.height), (148, 210))
        self.assertEqual((sheet.top, sheet.left), (24, 18))
        own = self.reports._itsm_form_paper(paperformat)
        self.assertEqual((own.top, own.left), (52, 30))

    def test_mail(self):
        """Paper: the form is the attachment of a mail made from a template."""
        document = self._create_document(lang="zh_CN", name="邮件附件")
        template = self.env["mail.template"].create(
            {
                "name": "Report",
                "model_id": self.env["ir.model"]._get_id("itsm.document"),
                "subject": "Report",
                "email_to": "john@example.com",
                "report_template_ids": self.report.ids,
            }
        )
        values = template._generate_template(document.ids, ("report_template_ids",))
        (name, content), *others = values[document.id]["attachments"]
        self.assertFalse(others)
        self.assertEqual(name, f"{document.number}-V1.pdf")
        text = self._squeezed(self._read(base64.b64decode(content)))[0]
        self.assertIn("邮件附件", text)
        self.assertIn("1/1", text)

    def test_other_reports_untouched(self):
        """Manners: reports that are not on the form are printed as before."""
        reports = self.reports.search([("itsm_form", "=", True)])
        of_others = {
            xmlid
            for xmlid in reports.get_external_id().values()
            if not xmlid.startswith("itsm")
        }
        self.assertFalse(of_others)

    def test_shorten(self):
        """Paper: a long name does not run over the page."""
        self.assertEqual(pdf_form.shorten("short", 50, 3), "short")
        # room for 10 full-width characters
        self.assertEqual(pdf_form.shorten("门" * 12, 30, 3), "门" * 9 + "…")

    def test_html_lang(self):
        """Paper: HTML gets languages as it wants them."""
        for code, wanted in (
            ("zh_CN", "zh-CN"),
            ("sr@latin", "sr-Latn"),
            ("en_US", "en-US"),
            (False, "en"),
        ):
            self.assertEqual(pdf_form.html_lang(code), wanted)

    def test_font_families(self):
        """Paper: simplified first, but for languages with shapes of their own."""
        self.assertTrue(
            pdf_form.font_families("zh_CN").startswith("'Noto Sans CJK SC'")
        )
        self.assertTrue(
            pdf_form.font_families("de_DE").startswith("'Noto Sans CJK SC'")
        )
        self.assertTrue(
            pdf_form.font_families("ja_JP").startswith("'Noto Sans CJK JP'")
        )
        self.assertTrue(
            pdf_form.font_families("zh_TW").startswith("'Noto Sans CJK TC'")
        )
