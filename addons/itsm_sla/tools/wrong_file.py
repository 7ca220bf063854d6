# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a file is that was taken for a list of tickets: no ORM.

The content says it and not the name: a workbook of the old format is often renamed, and
one with a password is an old container around the new format.
"""

import io
import re
import zipfile

from odoo.addons.itsm_base.tools.text_file import Unreadable

#: The container of XLS, DOC and MSG files, and of what a password protects.
OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The name of the stream that holds a workbook with a password.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ARCHIVE = b"PK\x03\x04"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
#: Some systems write a table of a web page and call it XLS.
WEB_PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|\?xml)\b", re.I
)
#: How much of a text is looked at.
START = 512


def refuse(data):
    """Refuse what is no list of tickets, with what it is.

    A damaged archive passes: who reads it says so.

    :param bytes data: the file
    :raise Unreadable: nothing, pdf, picture, password, old_workbook, web_page, ods or
        no_workbook
    """
    if not data:
        raise Unreadable("nothing")
    if data[:START].lstrip().startswith(b"%PDF"):
        raise Unreadable("pdf")
    if data.startswith(PICTURES) and b"\0" in data[:START]:
        raise Unreadable("picture")
    if data.startswith(OLD_CONTAINER[:4]):
        raise Unreadable("password" if ENCRYPTED in data else "old_workbook")
    if WEB_PAGE.match(data[:START]):
        raise Unreadable("web_page")
    if data.startswith(ARCHIVE):
        _refuse_archive(data)


def _refuse_archive(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError):
        return
    if "xl/workbook.xml" in names:
        return
    if "content.xml" in names and "mimetype" in names:
        raise Unreadable("ods")
    if not any(name.startswith("xl/") for name in names):
        raise Unreadable("no_workbook")
