# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo.tests import HttpCase, tagged

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportTour(ImportCommon, HttpCase):
    """CFG-14, CFG-26: an import in the browser."""

    browser_size = "1366x768"

    def test_import(self):
        """A file with an error in one row: dry run, differences, import."""
        record = self.env["itsm.ci.import"].create(
            {
                "source_id": self.source.id,
                "filename": "tour.csv",
                "file": base64.b64encode(
                    b"ID,Name,Serial,CPU\n1,tour-one,T-1,4\n2,tour-two,T-2,forty\n"
                ),
            }
        )
        self.start_tour(
            f"/odoo/itsm-ci-imports/{record.id}",
            "itsm_ci_import",
            login="ci-manager",
        )
        self.assertEqual(self._item(serial="T-1").name, "tour-one")
        self.assertFalse(self._item(serial="T-2"))
