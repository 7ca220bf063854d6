# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import KINDS, CmdbCommon


@tagged("post_install", "-at_install")
class TestAttributes(CmdbCommon):
    """Values of attributes: merged, checked, kept (CFG-10, CFG-26)."""

    # === Merging ===

    def test_dict_merges(self):
        """A dict changes what it names, nothing else (CFG-26)."""
        item = self._ci(attributes={"t_text": "a", "t_int": 4})
        item.write({"attributes": {"t_int": 5}})
        self.assertEqual(self._raw(item), {"t_text": "a", "t_int": 5})
        item.write({"attributes": {}})
        self.assertEqual(self._raw(item), {"t_text": "a", "t_int": 5})
        item.write({"attributes": False})
        self.assertEqual(self._raw(item), {"t_text": "a", "t_int": 5})

    def test_clearing_one(self):
        """Writing no value clears that attribute only."""
        item = self._ci(attributes={"t_text": "a", "t_int": 4})
        item.write({"attributes": {"t_text": False}})
        self.assertFalse(self._raw(item)["t_text"])
        self.assertEqual(self._raw(item)["t_int"], 4)

    def test_list_of_web_client(self):
        """The list of definitions with values that a form sends (CFG-26)."""
        item = self._ci(
            attributes={"t_text": "a", "t_user": self.ci_owner.id, "t_tags": ["red"]}
        )
        sent = item.read(["attributes"])[0]["attributes"]
        for definition in sent:
            if definition["name"] == "t_int":
                definition["value"] = 7
        item.write({"attributes": sent})
        raw = {code: value for code, value in self._raw(item).items() if value}
        self.assertEqual(
            raw,
            {
                "t_text": "a",
                "t_user": self.ci_owner.id,
                "t_tags": ["red"],
                "t_int": 7,
            },
        )

    def test_list_of_one(self):
        """A list that names one attribute leaves the others."""
        item = self._ci(attributes={"t_text": "a", "t_int": 4})
        item.write({"attributes": [{"name": "t_int", "type": "integer", "value": 9}]})
        self.assertEqual(self._raw(item), {"t_text": "a", "t_int": 9})

    def test_assignment(self):
        """Assigning the field merges as a write does."""
        item = self._ci(attributes={"t_text": "a", "t_int": 4})
        item.attributes = {"t_int": 5}
        self.assertEqual(self._raw(item), {"t_text": "a", "t_int": 5})
        self.assertEqual(item.attributes["t_text"], "a")

    def test_assignment_of_another(self):
        """What reading one item gives can be written to another."""
        one = self._ci(attributes={"t_text": "a"})
        two = self._ci(attributes={"t_int": 4})
        two.attributes = one.attributes
        self.assertEqual(self._raw(two), {"t_text": "a", "t_int": 4})

    def test_class_chosen_in_the_form(self):
        """CFG-10: once the class of a new item is chosen, the form has its attributes,
        before anything is saved and though none has a default."""
        spec = {"class_id": {}, "attributes": {}}
        for ci_class, extra in (
            (self.class_base, []),
            (self.class_leaf, ["Only leaf"]),
        ):
            values = {"class_id": ci_class.id}
            result = self.env["itsm.ci"].onchange(values, ["class_id"], spec)
            shown = [line["string"] for line in result["value"]["attributes"]]
            self.assertEqual(shown, [f"Name of {code}" for code in KINDS] + extra)
        # nothing of it is kept where nobody entered anything
        with Form(self.env["itsm.ci"]) as form:
            form.name, form.class_id = "New", self.class_leaf
        self.assertEqual(form.record._raw_attributes(), {})

    def test_form(self):
        """A form that changes something else leaves attributes alone."""
        item = self._ci(attributes={"t_text": "a", "t_int": 0})
        with Form(item) as form:
            form.version = "2"
        raw = {
            c: v for c, v in self._raw(item).items() if v or v == 0 and v is not False
        }
        self.assertEqual(raw, {"t_text": "a", "t_int": 0})
        self.assertEqual(self._lines(item), [("version", None, "2")])

    def test_many_of_one_class(self):
        """Many items of a class in one write keep what each has."""
        one, two = self._ci(attributes={"t_text": "1"}), self._ci()
        (one | two).write({"attributes": {"t_pick": "red"}})
        self.assertEqual(self._raw(one), {"t_text": "1", "t_pick": "red"})
        self.assertEqual(self._raw(two), {"t_pick": "red"})

    def test_many_of_several_classes(self):
        """Items of several classes in one write; Odoo's own refuses it."""
        one = self._ci(attributes={"t_leaf_only": "x"})
        two = self._ci(ci_class=self.class_leaf_2, attributes={"t_int": 1})
        three = self._ci(ci_class=self.class_base)
        (one | two | three).write({"attributes": {"t_text": "all"}, "version": "3"})
        self.assertEqual(self._raw(one), {"t_leaf_only": "x", "t_text": "all"})
        self.assertEqual(self._raw(two), {"t_int": 1, "t_text": "all"})
        self.assertEqual(self._raw(three), {"t_text": "all"})
        self.assertEqual((one | two | three).mapped("version"), ["3"] * 3)

    def test_many_one_does_not_know(self):
        """An attribute that one of the classes does not have: nothing is written."""
        one = self._ci(attributes={"t_leaf_only": "x"})
        two = self._ci(ci_class=self.class_leaf_2)
        self.env.flush_all()
        for items in (one | two, two | one):
            with (
                self.assertRaisesRegex(ValidationError, "T leaf 2.*t_leaf_only"),
                self.cr.savepoint(),
            ):
                items.write({"attributes": {"t_leaf_only": "y"}})
            self.env.invalidate_all(flush=False)
            self.assertEqual(self._raw(one), {"t_leaf_only": "x"})

    def test_zero_is_a_value(self):
        """0 is entered, kept, and not the same as none or no."""
        item = self._ci()
        item.write({"attributes": {"t_int": 0, "t_float": 0.0}})
        self.assertIs(type(self._raw(item)["t_int"]), int)
        self.assertIs(type(self._raw(item)["t_float"]), float)
        item.write({"attributes": {"t_int": False}})
        self.assertIs(self._raw(item)["t_int"], False)

    # === Checking ===

    def test_right_values(self):
        """Each type takes its values, in the form in which they are kept."""
        cases = {
            "t_text": ("<b>&amp;</b> 名称", "<b>&amp;</b> 名称"),
            "t_long": ("a\nb", "a\nb"),
            "t_int": (-(2**31), -(2**31)),
            "t_float": (3, 3),
            "t_bool": (True, True),
            "t_date": (date(2026, 2, 28), "2026-02-28"),
            "t_time": (datetime(2026, 2, 28, 1, 2, 3), "2026-02-28 01:02:03"),
            "t_pick": ("green", "green"),
            "t_tags": (["red", "blue", "red"], ["red", "blue"]),
            "t_user": (self.ci_owner.id, self.ci_owner.id),
        }
        item = self._ci()
        for code, (given, kept) in cases.items():
            item.write({"attributes": {code: given}})
            self.assertEqual(self._raw(item)[code], kept, code)
        self.assertEqual(
            self._raw(self._ci(attributes={c: v for c, (v, _k) in cases.items()})),
            {code: kept for code, (_v, kept) in cases.items()},
        )

    def test_wrong_values(self):
        """A wrong value is refused, naming attribute and value (CFG-26)."""
        deleted = self.env["res.users"].search([], order="id desc", limit=1).id + 1000
        cases = [
            ("t_text", 40),
            ("t_text", True),
            ("t_text", ["a"]),
            ("t_text", "a\x00b"),
            ("t_text", "\ud800"),
            ("t_long", {"a": 1}),
            ("t_int", "forty"),
            ("t_int", "40"),
            ("t_int", 4.5),
            ("t_int", True),
            ("t_int", 2**31),
            ("t_float", "4.5"),
            ("t_float", True),
            ("t_float", float("nan")),
            ("t_float", float("inf")),
            ("t_float", 10**400),
            ("t_bool", 1),
            ("t_bool", 0),
            ("t_bool", "yes"),
            ("t_date", "28.02.2026"),
            ("t_date", "2026-02-30"),
            ("t_date", "2026-02-28 00:00:00"),
            ("t_date", datetime(2026, 2, 28)),
            ("t_date", 20260228),
            ("t_time", "2026-02-28"),
            ("t_time", "2026-02-28 25:00:00"),
            ("t_pick", "purple"),
            ("t_pick", "Red"),
            ("t_pick", ["red"]),
            ("t_tags", "red"),
            ("t_tags", ["red", "purple"]),
            ("t_tags", [["red"]]),
            ("t_user", "admin"),
            ("t_user", deleted),
            ("t_user", True),
            ("t_user", [1, 2, 3]),
        ]
        item = self._ci()
        for code, value in cases:
            with self.subTest(code=code, value=value):
                with self.assertRaises(ValidationError) as caught:
                    item.write({"attributes": {code: value}})
                self.assertFalse(self._raw(item).get(code))
                said = str(caught.exception)
                self.assertIn(f"Name of {code}", said)
                self.assertIn(str(value)[:20], said)
                with self.assertRaises(ValidationError):
                    self._ci(attributes={code: value})
        self.assertEqual(self._raw(item), {})

    def test_wrong_value_where_none_is(self):
        """0 for yes-or-no, 1 for yes, True for 1: never taken for the same."""
        item = self._ci(attributes={"t_bool": True, "t_int": 1})
        for values in ({"t_bool": 1}, {"t_int": True}):
            with self.assertRaises(ValidationError):
                item.write({"attributes": values})

    def test_all_problems_are_named(self):
        """Several wrong values are named at once."""
        with self.assertRaises(ValidationError) as caught:
            self._ci(attributes={"t_int": "x", "t_float": "y", "nonsense": 1})
        for word in ("t_int", "t_float", "nonsense"):
            self.assertIn(word, str(caught.exception))

    def test_not_attributes(self):
        """What is no dictionary is refused with a sentence."""
        item = self._ci()
        for value in ("text", 5, [1, 2], ["a"]):
            with self.assertRaises(ValidationError):
                item.write({"attributes": value})

    def test_pattern(self):
        """A text follows the rule of its attribute, all of it."""
        self.attribute["t_text"].pattern = r"\d{3}"
        item = self._ci(attributes={"t_text": "123"})
        for value in ("1234", "12", "a123", "123\n"):
            with self.assertRaises(ValidationError):
                item.write({"attributes": {"t_text": value}})

    def test_pattern_kept_value(self):
        """What an item has already is not judged again; another value is."""
        item = self._ci(attributes={"t_text": "abc"})
        self.attribute["t_text"].pattern = r"\d{3}"
        item.write({"attributes": {"t_text": "abc", "t_int": 1}})
        self.assertEqual(self._raw(item), {"t_text": "abc", "t_int": 1})
        with self.assertRaises(ValidationError):
            item.write({"attributes": {"t_text": "abd"}})

    def test_unknown(self):
        """An attribute that the class does not have is refused; no value is no harm."""
        with self.assertRaisesRegex(ValidationError, "T other.*t_text"):
            self._ci(ci_class=self.class_other, attributes={"t_text": "a"})
        item = self._ci(ci_class=self.class_other, attributes={"t_text": False})
        self.assertEqual(self._raw(item), {})
        with self.assertRaises(ValidationError):
            item.write({"attributes": {"t_text": "a"}})

    def test_reference_that_user_cannot_read(self):
        """Nobody points to a record that he cannot see."""
        company, _manager = self._company_2()
        self.attribute["t_ci"] = self.env["itsm.ci.attribute"].create(
            {
                "class_id": self.class_base.id,
                "name": "Name of t_ci",
                "code": "t_ci",
                "kind": "many2one",
                "comodel": "itsm.ci",
            }
        )
        foreign = self._ci("foreign", company_id=company.id)
        item = self._ci(owner_id=self.ci_owner.id).with_user(self.ci_owner)
        with self.assertRaisesRegex(ValidationError, "t_ci"):
            item.write({"attributes": {"t_ci": foreign.id}})
        item.write({"attributes": {"t_ci": item.id}})
        self.assertEqual(self._raw(item)["t_ci"], item.id)

    # === Defaults ===

    def test_defaults(self):
        """New items have the defaults of the class, converted to their type."""
        defaults = {
            "t_text": ("abc", "abc"),
            "t_int": ("0", 0),
            "t_float": ("1.5", 1.5),
            "t_bool": ("1", True),
            "t_pick": ("green", "green"),
            "t_tags": ("red, blue", ["red", "blue"]),
            "t_date": ("2026-01-01", "2026-01-01"),
        }
        for code, (text, _value) in defaults.items():
            self.attribute[code].default_value = text
        expected = {code: value for code, (_text, value) in defaults.items()}
        self.assertEqual(self._raw(self._ci()), expected)
        item = self._ci(attributes={"t_text": "own", "t_bool": False})
        self.assertEqual(
            self._raw(item), {**expected, "t_text": "own", "t_bool": False}
        )
        # cleared on purpose: a later write does not bring it back
        item.write({"attributes": {"t_pick": False}})
        item.version = "2"
        self.assertFalse(self._raw(item)["t_pick"])

    def test_wrong_defaults(self):
        """A default that is no value of its type is refused."""
        cases = [
            ("t_int", "forty"),
            ("t_int", "1.5"),
            ("t_int", "{[]: 1}"),
            ("t_int", "__import__('os')"),
            ("t_float", "'1'"),
            ("t_bool", "yes"),
            ("t_date", "tomorrow"),
            ("t_pick", "purple"),
            ("t_tags", "red, purple"),
            ("t_user", "admin"),
        ]
        for code, text in cases:
            with self.subTest(code=code, text=text):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.attribute[code].default_value = text
                self.env.invalidate_all(flush=False)

    def test_wrong_pattern(self):
        """A rule that is no regular expression is refused."""
        with self.assertRaises(ValidationError):
            self.attribute["t_text"].pattern = "["

    # === Change of class ===

    def test_class_change_keeps(self):
        """What both classes have stays (CFG-10)."""
        item = self._ci(attributes={"t_text": "a", "t_int": 0, "t_tags": ["red"]})
        item.class_id = self.class_leaf_2
        self.assertEqual(
            self._raw(item), {"t_text": "a", "t_int": 0, "t_tags": ["red"]}
        )

    def test_class_change_with_attributes(self):
        """Class and attributes of the new class in one write."""
        item = self._ci(ci_class=self.class_leaf_2, attributes={"t_text": "a"})
        item.write({"class_id": self.class_leaf.id, "attributes": {"t_leaf_only": "x"}})
        self.assertEqual(self._raw(item), {"t_text": "a", "t_leaf_only": "x"})

    def test_class_change_default(self):
        """What the new class has besides gets its default."""
        self.attribute["t_leaf_only"].default_value = "new"
        item = self._ci(ci_class=self.class_leaf_2, attributes={"t_text": "a"})
        item.class_id = self.class_leaf
        self.assertEqual(self._raw(item), {"t_text": "a", "t_leaf_only": "new"})

    def test_class_change_refuses_loss(self):
        """A change that loses a value is refused, naming it; 0 is a value (CFG-26)."""
        item = self._ci(attributes={"t_leaf_only": "x", "t_text": "a"})
        with self.assertRaisesRegex(UserError, "Only leaf"):
            item.class_id = self.class_leaf_2
        zero = self._ci(ci_class=self.class_base, attributes={"t_int": 0})
        with self.assertRaisesRegex(UserError, "t_int"):
            zero.class_id = self.class_other
        empty = self._ci(attributes={"t_leaf_only": False, "t_text": "a"})
        empty.class_id = self.class_leaf_2
        self.assertEqual(self._raw(empty), {"t_text": "a"})

    def test_class_change_by_wizard(self):
        """The wizard says what is lost; the history keeps it."""
        item = self._ci("my item", attributes={"t_leaf_only": "x", "t_text": "a"})
        wizard = self.env["itsm.ci.class.change"].create(
            {"ci_ids": item.ids, "class_id": self.class_leaf_2.id}
        )
        self.assertEqual(wizard.lost, "my item: Only leaf")
        wizard.action_change()
        self.assertEqual(self._raw(item), {"t_text": "a"})
        self.assertEqual(
            self._lines(item),
            [
                ("class_id", self.class_leaf.id, self.class_leaf_2.id),
                ("attributes.t_leaf_only", "x", None),
            ],
        )

    def test_class_change_form(self):
        """The form opens before a class is chosen, and says what is lost then."""
        item = self._ci("my item", attributes={"t_leaf_only": "x"})
        wizards = self.env["itsm.ci.class.change"].with_user(self.ci_manager)
        form = Form(wizards.with_context(active_ids=item.ids))
        self.assertFalse(form.lost)
        form.class_id = self.class_leaf_2
        self.assertEqual(form.lost, "my item: Only leaf")
        form.save().action_change()
        self.assertEqual(item.class_id, self.class_leaf_2)

    def test_loss_by_another_class_above(self):
        """A class that moves in the tree loses no values silently."""
        item = self._ci(attributes={"t_text": "a"})
        with self.assertRaisesRegex(UserError, "t_text"):
            self.class_leaf.parent_id = self.class_other
        self.env.invalidate_all(flush=False)
        item.write({"attributes": {"t_text": False}})
        self.class_leaf.parent_id = self.class_other
        self.assertEqual(set(self.class_leaf._attribute_map()), {"t_leaf_only"})

    # === Attributes with values ===

    def test_used_attribute(self):
        """One with values is neither deleted nor retyped nor recoded (CFG-10)."""
        self._ci(attributes={"t_int": 0})
        attribute = self.attribute["t_int"]
        with self.assertRaises(UserError):
            attribute.unlink()
        for vals in (
            {"kind": "char"},
            {"code": "t_other_code"},
            {"class_id": self.class_leaf.id},
        ):
            with self.assertRaisesRegex(UserError, "has values"):
                attribute.write(vals)
        attribute.write({"kind": "integer", "name": "New name"})
        self.assertEqual(attribute.name, "New name")

    def test_attribute_used_once(self):
        """One that had a value once is kept: the history refers to it."""
        item = self._ci(attributes={"t_int": 4})
        item.write({"attributes": {"t_int": False}})
        self.env.flush_all()
        with self.assertRaises(UserError):
            self.attribute["t_int"].unlink()

    def test_unused_attribute(self):
        """One of which a form only wrote that there is no value can go."""
        item = self._ci()
        item.write({"attributes": item.read(["attributes"])[0]["attributes"]})
        self.attribute["t_int"].kind = "char"
        self.attribute["t_float"].unlink()
        self.assertNotIn("t_float", self.class_leaf._attribute_map())
        self.assertNotIn("t_float", item.read(["attributes"])[0]["attributes"])

    def test_archived_attribute(self):
        """An archived attribute is not shown; its values stay and can come back."""
        item = self._ci(attributes={"t_int": 4, "t_text": "a"})
        self.attribute["t_int"].active = False
        shown = {d["name"] for d in item.read(["attributes"])[0]["attributes"]}
        self.assertNotIn("t_int", shown)
        self.assertIn("t_text", shown)
        item.write({"attributes": item.read(["attributes"])[0]["attributes"]})
        item.write({"attributes": {"t_text": "b"}})
        self.assertEqual(self._raw(item)["t_int"], 4)
        item.class_id = self.class_leaf_2
        self.assertEqual(self._raw(item)["t_int"], 4)
        self.attribute["t_int"].active = True
        values = {
            d["name"]: d.get("value")
            for d in item.read(["attributes"])[0]["attributes"]
        }
        self.assertEqual(values["t_int"], 4)

    def test_used_choice(self):
        """A choice that is used is archived, not removed; items keep it."""
        item = self._ci(attributes={"t_pick": "red", "t_tags": ["green", "blue"]})
        red = self.attribute["t_pick"].option_ids.filtered(lambda o: o.code == "red")
        blue = self.attribute["t_tags"].option_ids.filtered(lambda o: o.code == "blue")
        for option in red, blue:
            with self.assertRaises(UserError):
                option.unlink()
            with self.assertRaises(UserError):
                option.code = "other"
            option.active = False
        item.write({"attributes": {"t_pick": "red", "t_int": 1}})
        self.assertEqual(self._raw(item)["t_pick"], "red")
        with self.assertRaises(ValidationError):
            self._ci(attributes={"t_pick": "red"})
        (self.attribute["t_pick"].option_ids - red)[:1].unlink()

    # === The definition is the class's ===

    def test_definition_changed_through_item(self):
        """Odoo's flags for a changed definition change none (design, 5)."""
        item = self._ci(attributes={"t_text": "a"})
        before = self.class_leaf.definition
        sent = item.read(["attributes"])[0]["attributes"]
        sent[0]["string"] = "Hacked"
        sent[0]["definition_changed"] = True
        item.write({"attributes": sent})
        item.attributes = [{**sent[1], "definition_deleted": True}]
        with self.assertRaises(ValidationError):
            item.write(
                {
                    "attributes": [
                        {
                            "name": "invented",
                            "type": "char",
                            "string": "Invented",
                            "value": "x",
                            "definition_changed": True,
                        }
                    ]
                }
            )
        self.env.invalidate_all()
        self.assertEqual(self.class_leaf.definition, before)
        self.assertEqual(self._raw(item)["t_text"], "a")

    def test_definition_changed_on_create(self):
        """Nor does creating an item with the flag."""
        before = self.class_leaf.definition
        with self.assertRaises(ValidationError):
            self._ci(
                attributes=[
                    {
                        "name": "invented",
                        "type": "char",
                        "string": "Invented",
                        "value": "x",
                        "definition_changed": True,
                    }
                ]
            )
        self.env.invalidate_all()
        self.assertEqual(self.class_leaf.definition, before)

    def test_properties_base_definition(self):
        """Reading shows no more than the class defines, in the order of the class."""
        item = self._ci()
        shown = [d["name"] for d in item.read(["attributes"])[0]["attributes"]]
        self.assertEqual(shown, [d["name"] for d in self.class_leaf.definition])
        self.assertEqual(shown[-1], "t_leaf_only")

    def test_words_in_language(self):
        """Labels come in the language of who reads, at once after a translation."""
        self.env["res.lang"]._activate_lang("fr_FR")
        item = self._ci(attributes={"t_pick": "red"})
        french = item.with_context(lang="fr_FR")

        def shown():
            found = french.read(["attributes"])[0]["attributes"]
            return {d["name"]: d for d in found}["t_pick"]

        self.assertEqual(shown()["string"], "Name of t_pick")
        attribute = self.attribute["t_pick"]
        attribute.update_field_translations("name", {"fr_FR": "Couleur"})
        red = attribute.option_ids.filtered(lambda o: o.code == "red")
        red.update_field_translations("name", {"fr_FR": "Rouge"})
        self.assertEqual(shown()["string"], "Couleur")
        self.assertIn(["red", "Rouge"], [list(c) for c in shown()["selection"]])
        attribute.with_context(lang="fr_FR").name = "Teinte"
        self.assertEqual(shown()["string"], "Teinte")

    # === Search, import, export ===

    def test_search_and_group(self):
        """Items are found and grouped by the values of attributes."""
        one, two = self._ci("1", attributes={"t_int": 5}), self._ci("2")
        two.write({"attributes": {"t_int": 9, "t_pick": "red"}})
        items = self.env["itsm.ci"]
        self.assertEqual(items.search([("attributes.t_int", ">", 6)]), two)
        self.assertEqual(items.search([("attributes.t_int", "=", 5)]), one)
        groups = items.formatted_read_group(
            [("id", "in", (one | two).ids)], ["attributes.t_pick"], ["__count"]
        )
        self.assertEqual(sorted(group["__count"] for group in groups), [1, 1])

    def test_load(self):
        """An import with a column an attribute; empty cells of other classes."""
        result = self.env["itsm.ci"].load(
            [
                "id",
                "name",
                "class_id/.id",
                "attributes.t_int",
                "attributes.t_pick",
                "attributes.t_bool",
            ],
            [
                ["__t.one", "one", str(self.class_leaf.id), "12", "Red", "True"],
                ["__t.two", "two", str(self.class_other.id), "", "", ""],
            ],
        )
        self.assertFalse(result["messages"], result["messages"])
        one, two = self.env["itsm.ci"].browse(result["ids"])
        raw = {code: value for code, value in self._raw(one).items() if value}
        self.assertEqual(raw, {"t_int": 12, "t_pick": "red", "t_bool": True})
        self.assertEqual(self._raw(two), {})
        self.assertRegex(one.number, r"^TB-\d{5}$")

    def test_load_again(self):
        """Importing once more changes what is named and tells where it came from."""
        load = self.env["itsm.ci"].with_context(import_file=True).load
        head = ["id", "name", "class_id/.id", "attributes.t_int", "attributes.t_text"]
        leaf = str(self.class_leaf.id)
        first = load(head, [["__t.one", "one", leaf, "12", "abc"]])
        self.assertFalse(first["messages"], first["messages"])
        item = self.env["itsm.ci"].browse(first["ids"])
        self.assertEqual(item.origin, "import")
        self.assertEqual(self._lines(item), [])
        load(head, [["__t.one", "one", leaf, "12", "abc"]])
        self.assertEqual(self._lines(item), [])
        load(["id", "attributes.t_int"], [["__t.one", "13"]])
        self.assertEqual(self._lines(item), [("attributes.t_int", 12, 13)])
        self.assertEqual(item.history_ids.mapped("origin"), ["import"])
        self.assertEqual(self._raw(item)["t_text"], "abc")

    def test_load_wrong(self):
        """A wrong value of a file is told with the row, nothing is imported."""
        result = self.env["itsm.ci"].load(
            ["name", "class_id/.id", "attributes.t_int"],
            [["one", str(self.class_leaf.id), "forty"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("forty", json.dumps(result["messages"]))

    def test_export(self):
        """An export has the value of an attribute."""
        item = self._ci(attributes={"t_int": 12, "t_pick": "red"})
        rows = item.export_data(["name", "attributes.t_int", "attributes.t_pick"])
        self.assertEqual(rows["datas"], [["item", 12, "Red"]])

    # === Required ===

    def test_required(self):
        """An item in use without a required attribute is found; 0 is a value."""
        self.attribute["t_int"].required = True
        found = self._findings(lambda: self._ci(state="use"))
        self.assertEqual(len(found), 1)
        self.assertIn("Name of t_int", found.message)
        self.assertFalse(
            self._findings(lambda: self._ci(state="use", attributes={"t_int": 0}))
        )

    def test_required_taken_away(self):
        """Taking a required value away from an item in use is found (CFG-26)."""
        self.attribute["t_int"].required = True
        self.attribute["t_text"].required = True
        item = self._ci(state="use", attributes={"t_int": 1, "t_text": "a"})
        write = item.write
        self.assertTrue(self._findings(lambda: write({"attributes": {"t_int": False}})))
        # it is not found again for what was missing before
        self.assertFalse(
            self._findings(lambda: write({"attributes": {"t_pick": "red"}}))
        )

    def test_required_blocked(self):
        """Where the rule blocks, one of two that are missing can be entered."""
        self.attribute["t_int"].required = True
        self.attribute["t_text"].required = True
        item = self._ci(state="use")
        setting = self.env["itsm.enforcement.setting"].search(
            [
                ("rule_id.code", "=", "ci_incomplete"),
                ("company_id", "=", self.company.id),
            ]
        )
        setting.write({"mode": "block", "block_from": False})
        item.write({"attributes": {"t_int": 1}})
        with self.assertRaises(ValidationError):
            item.write({"attributes": {"t_int": False}})
        with self.assertRaises(ValidationError):
            self._ci(state="use")
        self._ci(state="received").write({"attributes": {"t_int": 1}})

    def _findings(self, act):
        findings = self.env["itsm.enforcement.finding"].sudo()
        domain = [("rule_code", "=", "ci_incomplete")]
        before = findings.search(domain)
        act()
        return findings.search(domain) - before
