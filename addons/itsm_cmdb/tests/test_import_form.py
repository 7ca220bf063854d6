# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import openpyxl
from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools import file_open

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportForm(ImportCommon):
    """D27, CFG-14: the initialisation form, and that it can be imported as it is."""

    def _form(self, **vals):
        form = self.env["itsm.ci.form"].with_user(self.ci_manager).create(vals)
        form.action_make()
        return base64.b64decode(form.file)

    def test_sheets(self):
        """Three sheets: items, classes with naming rules, attributes."""
        self.class_leaf.write({"name_pattern": "[a-z]+", "name_hint": "small letters"})
        data = self._form(class_ids=[(6, 0, self.class_leaf.ids)])
        book = openpyxl.load_workbook(io.BytesIO(data))
        items, classes, attributes = book.worksheets
        head = [cell.value for cell in items[1]]
        self.assertEqual(head[:2], ["CI Class", "Name"])
        self.assertIn("Name of t_int (t_int)", head)
        self.assertEqual(
            [cell.value for cell in classes[2]][:6],
            ["t_leaf", "T leaf", "T base", "TB-", "[a-z]+", "small letters"],
        )
        codes = {row[1].value for row in attributes.iter_rows(min_row=2)}
        self.assertLessEqual(set(self.attribute), codes)
        pick = next(r for r in attributes.iter_rows() if r[1].value == "t_pick")
        self.assertEqual(pick[6].value, "Red, Green, Blue")

    def _round(self, lang):
        """The form with examples of all shipped classes goes in as it comes out."""
        shipped = self.env["itsm.ci.class"].search(
            [("is_abstract", "=", False), ("code", "not in", ("service", "t_leaf"))]
        )
        shipped = shipped.filtered(lambda c: not c.code.startswith("t_"))
        data = self._form(class_ids=[(6, 0, shipped.ids)], lang=lang)
        source = self.env["itsm.ci.source"].create(
            {"name": "Form", "code": "t_form", "key_column": False}
        )
        record = self._import(data, source, check=False)
        record.action_propose_columns()
        record.action_check()
        self.assertEqual(self._messages(record), [])
        self.assertEqual(self._counts(record), {"new": len(shipped)})
        record.action_import()
        self.assertEqual(self._counts(record), {"new": len(shipped)})
        again = self._import(data, source)
        self.assertEqual(self._counts(again), {"unchanged": len(shipped)})

    def _activate_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"]
        modules.search([("name", "=", "itsm_cmdb")])._update_translations(["zh_CN"])

    def test_round_trip(self):
        """CFG-14: filled, imported, and unchanged the second time."""
        self._round("en_US")

    def test_round_trip_chinese(self):
        """The same in Chinese."""
        self._activate_chinese()
        self._round("zh_CN")

    def test_examples(self):
        """The example files go in with the proposed columns, relations included."""
        self._activate_chinese()
        for lang in ("en", "zh"):
            with file_open(
                f"itsm_cmdb/static/example/servers_{lang}.csv", "rb"
            ) as stream:
                data = stream.read()
            source = self.env["itsm.ci.source"].create(
                {"name": lang, "code": f"t_example_{lang}"}
            )
            record = self._import(data, source, check=False)
            record.action_propose_columns()
            record.action_check()
            self.assertEqual(self._messages(record), [])
            record.action_import()
            # the first source owns them, and comes first
            kind = "new" if lang == "en" else "unchanged"
            self.assertEqual(self._counts(record), {kind: 3})
            item = self._item(hostname="lon-db-101.example.com")
            self.assertEqual(
                item.relation_source_ids.target_id.hostname, "lon-srv-101.example.com"
            )

    def test_first_source(self):
        """CFG-14: from a new source to a dry run, in the order that the form has."""
        sources = self.env["itsm.ci.source"].with_user(self.ci_manager)
        form = Form(sources)
        form.name, form.code, form.class_id = "First", "t_first", self.class_leaf
        source = form.save()
        arch = etree.fromstring(source.get_view(view_type="form")["arch"])
        pages = [page.get("name") for page in arch.iter("page")]
        self.assertEqual(pages, ["keys", "columns", "precedence", "relations"])
        imports = self.env["itsm.ci.import"].with_user(self.ci_manager)
        arch = etree.fromstring(imports.get_view(view_type="form")["arch"])
        buttons = [button.get("name") for button in arch.find("header").iter("button")]
        self.assertLess(
            buttons.index("action_propose_columns"), buttons.index("action_check")
        )
        action = source.action_new_import()
        record = imports.with_context(**action["context"]).create(
            {
                "file": base64.b64encode(b"Name,Serial Number\nfirst,S-1\n"),
                "filename": "first.csv",
            }
        )
        said = record.action_propose_columns()["params"]["message"]
        self.assertIn("First has 2 columns and 2 keys of identification now", said)
        record.action_check()
        self.assertEqual((record.state, self._counts(record)), ("checked", {"new": 1}))
