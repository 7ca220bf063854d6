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
    GB18030 each text of the older sets reads the same.

    :param bytes raw: a mail as it came in
    :rtype: bytes
    """
    return _NAMED.sub(rb"\1gb18030", raw)
