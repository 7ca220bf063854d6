# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the documents name is there."""

import pathlib
import re

from odoo.tests import BaseCase, tagged

ROOT = pathlib.Path(__file__).resolve().parent.parent


@tagged("post_install", "-at_install", "standard")
class TestDocs(BaseCase):
    def test_comparison_names_tests(self):
        """Each test that docs/comparison.md cites exists in itsm_sla."""
        text = (ROOT / "docs" / "comparison.md").read_text("utf-8")
        cited = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
        self.assertGreater(len(cited), 18)
        for file, name in cited:
            code = (ROOT / "addons/itsm_sla/tests" / file).read_text("utf-8")
            self.assertTrue(f"def {name}(self" in code, f"{file} has no {name}")

    def test_links(self):
        """Each link from a document to a file of this repository leads somewhere."""
        for document in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
                with self.subTest(document=document.name, target=target):
                    self.assertTrue((document.parent / target).exists())
