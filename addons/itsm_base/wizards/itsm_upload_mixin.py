# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import binascii
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools.text_file import Unreadable


class ItsmUploadMixin(models.AbstractModel):
    """What reads a file into a company: its bytes, and why it cannot be read.

    Has a field ``company_id``.
    """

    _name = "itsm.upload.mixin"
    _description = "Upload of a File"

    def _upload_check_company(self):
        """Check that the user works in the company of the import.

        :raise AccessError: the company is not among those in hand
        """
        for record in self:
            if record.company_id not in self.env.companies:
                raise AccessError(
                    self.env._(
                        "Company: you do not work in %(company)s at the moment. Choose "
                        "it at the top right, or another company for the import.",
                        company=record.company_id.name,
                    )
                )

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

    def _upload_limits(self):
        """The most that is read: bytes and rows, two int."""
        raise NotImplementedError(self._name)

    @contextmanager
    def _upload_reading(self):
        """Say why a file cannot be read that is read in this context.

        :raise UserError: instead of ``Unreadable``, with the remedy
        """
        try:
            yield
        except Unreadable as error:
            raise UserError(self._upload_messages(error)[error.code]()) from error

    def _upload_messages(self, error):
        """Why a file cannot be read, and what to do.

        :param error: `odoo.addons.itsm_base.tools.text_file.Unreadable`
        :return: dict of its code to a function that returns the sentence
        """
        max_bytes, max_rows = self._upload_limits()
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
                "“File” has more than %(limit)s rows. Split it.",
                limit=max_rows,
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
        }
