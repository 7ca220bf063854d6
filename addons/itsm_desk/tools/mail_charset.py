# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Chinese mail that names a smaller character set than it uses."""

import re

#: Names of older national character sets, of an encoded word or a part of a mail.
_NAMED = re.compile(
    rb'(=\?|charset="?)gb(?:2312|k|_2312-80)(?=["?;\s]|$)', re.IGNORECASE
)


def widened(raw):
    """Return a raw mail with GB18030 in place of GB2312 and GBK.

    Mail programs name GB2312 and send characters that only its supersets have; in
    GB18030 each text of the older sets reads the same. Only headers change, of the mail
    and of its parts: what somebody writes about a character set stays.

    :param bytes raw: a mail as it came in
    :rtype: bytes
    """
    if not _NAMED.search(raw):
        return raw
    lines = raw.splitlines(keepends=True)
    is_header = True
    for number, line in enumerate(lines):
        if is_header:
            is_header = bool(line.strip())
            lines[number] = _NAMED.sub(rb"\1gb18030", line)
        else:
            is_header = line.startswith(b"--")  # the headers of the next part
    return b"".join(lines)
