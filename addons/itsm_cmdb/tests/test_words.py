# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import importlib.util

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_path

from .common import CmdbCommon

SCRIPT = "itsm_cmdb/migrations/19.0.1.5.0/post-words.py"


@tagged("post_install", "-at_install")
class TestWords(CmdbCommon):
    """Words that say what is meant, in English and in Chinese."""

    def _arch(self, model, view_type):
        return etree.fromstring(self.env[model].get_view(view_type=view_type)["arch"])

    def test_cycle(self):
        """CFG-13: a circle is told by the names of the classes, before the tree says
        that it turns; a class below may go up."""
        third = self.env["itsm.ci.class"].create(
            {"name": "T third", "code": "t_third", "parent_id": self.class_leaf.id}
        )
        for below in (self.class_leaf, third):
            with self.assertRaisesRegex(
                UserError,
                f"T base cannot be a kind of {below.name}: {below.name} is below it",
            ):
                self.class_base.parent_id = below
        with self.assertRaisesRegex(ValidationError, "cannot be a kind of itself"):
            third.parent_id = third
        third.parent_id = self.class_base
        field = self._arch("itsm.ci.class", "form").find(".//field[@name='parent_id']")
        self.assertIn("'no_create': True", field.get("options"))

    def test_confirm(self):
        """Who cancels is asked by the step, never “Ok” or “Cancel”."""
        for model, label in (
            ("itsm.ci", "Cancel the Item"),
            ("itsm.ci.audit", "Cancel the Audit"),
            ("itsm.ci.handover", "Cancel the Sheet"),
            ("itsm.ci.scrapping", "Cancel the Scrapping"),
        ):
            with self.subTest(model):
                button = self._arch(model, "form").find(
                    ".//button[@name='action_cancel']"
                )
                self.assertTrue(button.get("confirm"))
                self.assertEqual(button.get("confirm-label"), label)
                self.assertEqual(button.get("cancel-label"), "Keep It")

    def test_licence_sums(self):
        """CFG-43: licences of different products are not added up."""
        arch = self._arch("itsm.ci.licence.position", "list")
        self.assertFalse(arch.findall(".//field[@sum]"))

    def test_run_state(self):
        """The state of a run is no figure: it has no widget of figures."""
        fields = self._arch("itsm.ci.import", "form").findall(
            ".//field[@name='run_state']"
        )
        self.assertTrue(fields)
        self.assertNotIn("statinfo", [field.get("widget") for field in fields])

    def test_two_meanings(self):
        """One English word with two Chinese ones is two English words here."""
        for model, field, value, label in (
            ("itsm.ci.handover.line", "condition", "new", "Brand new"),
            ("itsm.ci.attribute", "kind", "float", "Decimal number"),
            ("itsm.ci.maintenance.check", "kind", "number", "Measured value"),
            ("itsm.ci.repair", "state", "back", "Came back"),
        ):
            with self.subTest(model):
                selection = self.env[model].fields_get([field])[field]["selection"]
                self.assertEqual(dict(selection)[value], label)

    def test_migration(self):
        """Wrong Chinese names and terms are dropped, those of somebody else stay."""
        self.env["res.lang"]._activate_lang("zh_CN")
        medium, form_factor, build = (
            self.env.ref(f"itsm_cmdb.itsm_ci_attribute_{name}")
            for name in ("medium", "form_factor", "build_reference")
        )
        view = self.env.ref("itsm_cmdb.itsm_ci_relation_view_search")
        medium.name = "Medium"
        for attribute, chinese in (
            (medium, "中"),
            (form_factor, "表单"),
            (build, "版本"),
        ):
            attribute.update_field_translations("name", {"zh_CN": chinese})
        view.update_field_translations(
            "arch_db", {"zh_CN": {"First": "首次", "Second": "次者"}}
        )
        spec = importlib.util.spec_from_file_location("script", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.cr, "19.0.1.4.0")
        self.env.flush_all()
        self.env.invalidate_all()
        for attribute, chinese in (
            (medium, "Storage Medium"),
            (form_factor, "Form"),
            (build, "版本"),
        ):
            self.assertEqual(attribute.with_context(lang="zh_CN").name, chinese)
        arch = view.with_context(lang="zh_CN").arch_db
        self.assertNotIn("首次", arch)
        self.assertIn("次者", arch)
