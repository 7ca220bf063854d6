# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from urllib.parse import quote

import qrcode

from odoo import models
from odoo.tools.image import image_data_uri


class ItsmCi(models.Model):
    """Labels with a code that opens the configuration item (CFG-38)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def _label_url(self):
        """Where the code of the label leads: the same as long as there is the number.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/itsm/ci/{quote(self.number or '', safe='')}"

    def _label_code(self):
        """The code as a picture that stands in the page itself.

        :rtype: str
        """
        self.ensure_one()
        code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
        code.add_data(self._label_url())
        picture = io.BytesIO()
        code.make_image().save(picture, format="PNG")
        return image_data_uri(base64.b64encode(picture.getvalue()))

    def _label_rows(self, columns=3, rows=8):
        """The labels of these items by page and row, as plain values.

        :return: pages of rows of cells; a cell is a dict, or None at the end
        :rtype: list
        """
        cells = [
            {
                "number": item.number or "",
                "name": item.name,
                "tag": item.asset_tag or "",
                "serial": item.serial or "",
                # sudo: the name of a company is no secret
                "company": item.sudo().company_id.name or "",
                "code": item._label_code(),
            }
            for item in self
        ]
        pages = []
        size = columns * rows
        for start in range(0, len(cells), size):
            page = cells[start : start + size]
            page += [None] * (-len(page) % columns)
            pages.append(
                [page[row : row + columns] for row in range(0, len(page), columns)]
            )
        return pages
