# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import binascii

from odoo import models
from odoo.exceptions import UserError


class ItsmUploadMixin(models.AbstractModel):
    """Wizards that read a file: its bytes, and why it cannot be read."""

    _name = "itsm.upload.mixin"
    _description = "Upload of a File"

    def _upload_bytes(self, value):
        """The bytes of a binary field.

        :param value: base64 as it is sent, or empty
        :raise UserError: it arrived damaged
        """
        try:
            return base64.b64decode(value or b"", validate=False)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("“File” arrived damaged. Upload it again.")
            ) from error

    def _upload_problem(self, error, max_bytes, max_rows):
        """Why a file cannot be read, and what to do.

        :param error: `odoo.addons.itsm_base.tools.text_file.Unreadable`
        :param int max_bytes: the most that is read
        :param int max_rows: the most rows that are read
        """
        return {
            "empty": lambda: self.env._(
                "“File” has no rows. Choose a file like the example."
            ),
            "size": lambda: self.env._(
                "“File” is too big: %(size)s KiB, at most %(limit)s KiB. Split it.",
                size=error.details["size"] // 1024,
                limit=max_bytes // 1024,
            ),
            "unpacked": lambda: self.env._(
                "“File” unpacks to %(size)s MiB. Copy the rows to a new workbook, "
                "without pictures.",
                size=error.details["size"] // 1024**2,
            ),
            "workbook": lambda: self.env._(
                "“File” is a workbook that cannot be read: of an old format (XLS), "
                "protected by a password, or damaged. Save it as XLSX without a "
                "password, or as “CSV UTF-8”."
            ),
            "wide": lambda: self.env._(
                "“File” has more than %(limit)s columns. Delete those you do not need.",
                **error.details,
            ),
            "merged": lambda: self.env._(
                "“File” has merged cells: %(cells)s. Unmerge them and write the value "
                "into each row, so that every row says what it is about.",
                cells=", ".join(error.details["cells"][:10]),
            ),
            "missing": lambda: self.env._(
                "“File”: its first line must name the columns, and %(columns)s is "
                "missing. Compare it with the example.",
                columns=error.details["columns"],
            ),
            "rows": lambda: self.env._(
                "“File” has more than %(limit)s rows. Split it.", limit=max_rows
            ),
            "encoding": lambda: self.env._(
                "“File” has an unknown encoding. Save it as UTF-8 (“CSV UTF-8” in a "
                "spreadsheet); UTF-16 and GB18030 are understood as well."
            ),
            "csv": lambda: self.env._(
                "“File” is not a proper CSV file, see its line %(line)s: "
                "%(error)s. Often a quotation mark is missing.",
                **error.details,
            ),
        }[error.code]()
