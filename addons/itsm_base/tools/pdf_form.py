# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The printed form: pages by wkhtmltopdf, furniture stamped on them afterwards.

Debian's wkhtmltopdf is built on an unpatched Qt: it prints neither header nor footer
and refuses several documents at once. So each record is rendered by itself, its pages
are counted, a second document with one transparent sheet per page (header, footer,
watermark) is rendered and laid over the first.

The HTML given to wkhtmltopdf holds everything it needs (style, images): no session, no
scripts, no network, so it prints the same from a form, a mail, a scheduled action or a
test. Nothing here knows the ORM.
"""

import functools
import io
import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path
from typing import NamedTuple

from odoo.tools.pdf import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfFileReader,
    PdfFileWriter,
)

#: A page takes seconds; what takes longer than this does not end.
TIMEOUT_SECONDS = 300
_POINTS_PER_MM = 72 / 25.4
# What the furniture of a page is called among its objects and states.
_SHEET = "/ItsmFurniture"

# Families by language; the first one that the server has prints. A wrong order prints
# Chinese with Japanese glyphs: the same characters have other shapes there.
_SIMPLIFIED = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimSun",
)
_FAMILIES = {
    "ja": ("Noto Sans CJK JP", "Noto Sans JP"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR"),
    "zh_TW": ("Noto Sans CJK TC", "Noto Sans TC"),
    "zh_HK": ("Noto Sans CJK HK", "Noto Sans CJK TC", "Noto Sans HK"),
}

# Unicode has some characters twice, above all as a character and as a radical, and a
# font draws both with one glyph. Qt names the lower number in the PDF, and a search for
# the word finds nothing. NFKC knows the Kangxi radicals (U+2F00 to U+2FD5) but one, and
# none of the supplement, which holds the simplified ones. All that Noto Sans CJK SC
# shares and people write.
_CHARACTERS = dict(
    zip(
        "⺂⺃⺅⺉⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺟⺠⺡⺣⺤⺦⺨⺭⺯⺰⺱⺹⺺⺾⻂⻅⻆⻈⻉"
        "⻋⻌⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⻳⼾"
        "\t‒∕",
        "乛乚亻刂尣尢巳幺彑彐忄扌攵旡歺母民氵灬爫丬犭礻糹纟罓耂肀艹衤见角讠贝"
        "车辶钅長镸长门阝青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀龟户"
        " –／",
        strict=True,
    )
)
# How a map names them.
_SHARED = re.compile(rb"<(0009|2[EF][0-9A-F]{2}|2012|2215|232[9A])>", re.I)


class PdfFormError(Exception):
    """wkhtmltopdf failed; the argument is what it said."""


class Paper(NamedTuple):
    """A sheet and its margins, all in millimetres."""

    width: float
    height: float
    top: float = 24.0
    bottom: float = 20.0
    left: float = 18.0
    right: float = 18.0

    def without_margins(self):
        return self._replace(top=0.0, bottom=0.0, left=0.0, right=0.0)


def program():
    """Return the path of wkhtmltopdf, or None."""
    return shutil.which("wkhtmltopdf")


@functools.cache
def _fontconfig_family(lang):
    """The family that the server itself would take for *lang* (``zh-cn``), or None."""
    if not shutil.which("fc-match"):
        return None
    asked = subprocess.run(
        ["fc-match", "--format", "%{family[0]}", f"sans-serif:lang={lang}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    # the name goes into a style: nothing but what names of fonts are made of
    return re.sub(r"[^\w \-]", "", asked.stdout).strip() or None


def font_families(lang):
    """Return the CSS value of ``font-family`` for a language.

    :param str lang: code of ``res.lang`` such as ``zh_CN``; every language but
        Japanese, Korean and traditional Chinese prints Chinese names with simplified
        glyphs
    """
    own = _FAMILIES.get(lang) or _FAMILIES.get((lang or "")[:2]) or ()
    fallback = None if own else _fontconfig_family("zh-cn")
    families = [*own, *_SIMPLIFIED, *([fallback] if fallback else [])]
    return ", ".join(f"'{name}'" for name in families) + ", sans-serif"


def html_lang(lang):
    """``zh_CN`` as HTML wants it: ``zh-CN``; ``sr@latin`` as ``sr-Latn``."""
    return (lang or "en").replace("@latin", "-Latn").split("@")[0].replace("_", "-")


def shorten(text, width, size):
    """Cut a text that would not fit into one line.

    :param str text: what is to be printed
    :param float width: room in millimetres
    :param float size: size of the font in millimetres
    :return: the text, or its beginning with an ellipsis
    """
    room = width / size
    used = 0.0
    for place, char in enumerate(text):
        used += 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.58
        if used > room:
            return text[: max(place - 1, 0)].rstrip() + "…"
    return text


def render(html, paper):
    """Print one HTML document.

    :param str html: a document that holds its style and its images
    :param Paper paper: sheet and margins
    :return: the PDF as bytes
    :raise PdfFormError: if wkhtmltopdf fails
    """
    with tempfile.TemporaryDirectory(prefix="itsm-form-") as folder:
        source, target = Path(folder, "form.html"), Path(folder, "form.pdf")
        source.write_text(html, "utf-8")
        command = [program() or "wkhtmltopdf", "--quiet"]
        command += ["--disable-local-file-access", "--disable-javascript"]
        for name, value in (
            ("page-width", paper.width),
            ("page-height", paper.height),
            ("margin-top", paper.top),
            ("margin-bottom", paper.bottom),
            ("margin-left", paper.left),
            ("margin-right", paper.right),
        ):
            command += [f"--{name}", f"{value:g}mm"]
        try:
            process = subprocess.run(
                [*command, str(source), str(target)],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfFormError(str(error)) from error
        # 1 tells of something that could not be loaded: the pages are there
        if process.returncode not in (0, 1) or not target.is_file():
            raise PdfFormError(process.stderr[-1000:] or str(process.returncode))
        return target.read_bytes()


def pages(content):
    """Return ``(number, width, height)`` of a PDF: pages, size of the first in mm."""
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    box = reader.getPage(0).mediaBox
    return (
        reader.getNumPages(),
        float(box.getWidth()) / _POINTS_PER_MM,
        float(box.getHeight()) / _POINTS_PER_MM,
    )


def stamp(content, furniture, metadata=None):
    """Lay the sheets of *furniture* over the pages of *content*.

    As form XObjects (PDF 32000-1, 8.10), as merging the pages would parse every one of
    them, 0.3 s each; and multiplied (11.3.5), as Qt paints each page white before it
    writes, and a watermark must not cover a word.

    :param bytes content: PDF with the text
    :param bytes furniture: PDF with as many pages
    :param dict metadata: ``/Title`` and the like
    :return: the PDF as bytes
    """
    texts = PdfFileReader(io.BytesIO(content), strict=False)
    sheets = PdfFileReader(io.BytesIO(furniture), strict=False)
    writer = PdfFileWriter()
    mended = {}
    for number in range(texts.getNumPages()):
        page, sheet = texts.getPage(number), sheets.getPage(number)
        for resources in (page["/Resources"], sheet["/Resources"]):
            _mend_fonts(writer, resources.getObject(), mended)
        _overlay(writer, page, sheet)
        writer.addPage(page)
    if metadata:
        writer.addMetadata(metadata)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _overlay(writer, page, sheet):
    """Draw the page *sheet* after the content of *page*."""
    form = DecodedStreamObject()
    form.setData(sheet["/Contents"].getObject().getData())
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(sheet["/MediaBox"]),
            NameObject("/Resources"): sheet["/Resources"].getObject(),
            NameObject("/Group"): DictionaryObject(
                {NameObject("/S"): NameObject("/Transparency")}
            ),
        }
    )
    multiply = DictionaryObject({NameObject("/BM"): NameObject("/Multiply")})
    resources = page["/Resources"].getObject()
    for kind, item in (("/XObject", form), ("/ExtGState", multiply)):
        items = resources.get(kind)
        items = DictionaryObject(items.getObject() if items else {})
        items[NameObject(_SHEET)] = writer._addObject(item)
        resources[NameObject(kind)] = items
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.setData(b"q\n")
    after.setData(f"\nQ q {_SHEET} gs {_SHEET} Do Q\n".encode())
    contents = page.raw_get("/Contents")
    parts = contents if isinstance(contents, list) else [contents]
    page[NameObject("/Contents")] = ArrayObject(
        [writer._addObject(before), *parts, writer._addObject(after)]
    )


def _mend_fonts(writer, resources, mended):
    """Let the words be found: name characters where Qt names their radicals.

    :param dict mended: fonts that are done, by identity; filled here
    """
    fonts = resources.get("/Font")
    for font in fonts.getObject().values() if fonts else ():
        font = font.getObject()
        if id(font) in mended or "/ToUnicode" not in font:
            continue
        mended[id(font)] = font
        text_map = DecodedStreamObject()
        text_map.setData(_mend_map(font["/ToUnicode"].getObject().getData()))
        font[NameObject("/ToUnicode")] = writer._addObject(text_map)


def _mend_map(data):
    """Replace radicals, and the tab that Qt writes for a space, in a ToUnicode map.

    Only inside the brackets, which hold characters (PDF 32000-1, 9.10.3); outside stand
    the numbers of glyphs.
    """

    def character(match):
        char = chr(int(match.group(1), 16))
        mended = _CHARACTERS.get(char) or unicodedata.normalize("NFKC", char)
        return b"<%04X>" % ord(mended) if len(mended) == 1 else match.group(0)

    def characters(match):
        return re.sub(_SHARED, character, match.group(0))

    return re.sub(rb"\[[^\]]*\]", characters, data)
