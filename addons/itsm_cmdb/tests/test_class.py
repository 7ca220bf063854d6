# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CmdbCommon

#: Kinds of configuration items that are asked for (CFG-11, CFG-12): a shipped class.
KINDS_WANTED = {
    "system and software releases": "software_release",
    "system documents": "document",
    "baselines of environments": "environment_baseline",
    "standard hardware": "server",
    "backup and electronic libraries": "library",
    "configuration tools": "configuration_tool",
    "licences": "licence",
    "security components": "security_component",
    "service documents": "document",
    "service facilities": "facility",
    "network": "network",
    "software": "application",
    "services": "service",
}


@tagged("post_install", "-at_install")
class TestClass(CmdbCommon):
    """The tree of classes and what a class gives its items (CFG-09 to CFG-13)."""

    def test_shipped(self):
        """Each kind that is asked for has a class that can have items."""
        classes = self.env["itsm.ci.class"].search([])
        by_code = {ci_class.code: ci_class for ci_class in classes}
        for kind, code in KINDS_WANTED.items():
            self.assertFalse(by_code[code].is_abstract, kind)

    def test_shipped_items(self):
        """An item of each shipped class can be made; its number has the prefix."""
        classes = self.env["itsm.ci.class"].search([("is_abstract", "=", False)])
        items = self.env["itsm.ci"].create(
            [
                {"name": f"x{ci_class.code}", "class_id": ci_class.id}
                for ci_class in classes
            ]
        )
        self.assertEqual(len(set(items.mapped("number"))), len(items))
        for item in items:
            prefix = item.class_id._inherited("number_prefix")
            if prefix:
                self.assertTrue(item.number.startswith(prefix), item.class_id.code)
            self.assertEqual(item.state, item.class_id.first_state)

    # === The tree ===

    def test_inherited_definition(self):
        """A class has the attributes of those above, then its own."""
        base = [d["name"] for d in self.class_base.definition]
        leaf = [d["name"] for d in self.class_leaf.definition]
        self.assertEqual(leaf, [*base, "t_leaf_only"])
        self.assertEqual([d["name"] for d in self.class_leaf_2.definition], base)

    def test_definition_follows(self):
        """What changes above is seen below: attribute, choice, order, archive."""
        added = self.env["itsm.ci.attribute"].create(
            {
                "class_id": self.class_base.id,
                "name": "Added",
                "code": "t_added",
                "sequence": 1,
                "unit": "GB",
            }
        )
        shown = self.class_leaf.definition
        self.assertEqual(
            shown[0],
            {"name": "t_added", "type": "char", "string": "Added", "suffix": "GB"},
        )
        added.sequence = 99
        names = [d["name"] for d in self.class_leaf.definition]
        self.assertEqual(names[-2:], ["t_added", "t_leaf_only"])
        pick = self.attribute["t_pick"]
        pick.option_ids = [Command.create({"name": "Black", "code": "black"})]
        definition = {d["name"]: d for d in self.class_leaf.definition}["t_pick"]
        self.assertEqual(
            definition["selection"],
            [
                ["red", "Red"],
                ["green", "Green"],
                ["blue", "Blue"],
                ["black", "Black"],
            ],
        )
        pick.option_ids[0].active = False
        definition = {d["name"]: d for d in self.class_leaf.definition}["t_pick"]
        self.assertEqual(len(definition["selection"]), 3)
        added.active = False
        self.assertNotIn("t_added", [d["name"] for d in self.class_leaf.definition])
        added.active = True
        added.unlink()
        self.assertNotIn("t_added", [d["name"] for d in self.class_leaf.definition])

    def test_definition_of_moved_class(self):
        """A class that moves in the tree has the attributes of its new place."""
        self.class_leaf_2.parent_id = self.class_leaf
        self.assertIn("t_leaf_only", [d["name"] for d in self.class_leaf_2.definition])
        self.class_leaf_2.parent_id = self.class_other
        self.assertEqual(self.class_leaf_2.definition or [], [])

    def test_definition_is_not_written(self):
        """The definition is nobody's to write, not even with sudo."""
        vals = {"definition": [{"name": "a", "type": "char", "string": "A"}]}
        for user in (self.ci_manager, self.env.ref("base.user_admin")):
            for ci_class in (
                self.class_leaf.with_user(user),
                self.class_leaf.with_user(user).sudo(),
            ):
                with self.assertRaises(AccessError):
                    ci_class.write(vals)
                with self.assertRaises(AccessError):
                    ci_class.create({"name": "X", "code": "t_x", **vals})

    def test_cycle(self):
        """A class is no kind of itself, by no detour."""
        third = self.env["itsm.ci.class"].create(
            {"name": "T third", "code": "t_third", "parent_id": self.class_leaf.id}
        )
        for below in (self.class_base, self.class_leaf, third):
            with self.assertRaises(UserError), self.cr.savepoint():
                self.class_base.parent_id = below
                self.env.flush_all()
            self.env.invalidate_all(flush=False)

    def test_levels(self):
        """CFG-13: the tree is at most as deep as the settings say, however a class
        comes there; the settings cannot be made smaller than the tree."""
        settings = self.env["res.config.settings"]
        # base → leaf, and the shipped tree: infrastructure → computer → server
        with self.assertRaisesRegex(UserError, "has 3 levels already"):
            settings.create({"itsm_ci_class_levels": 2}).execute()
        settings.create({"itsm_ci_class_levels": 3}).execute()
        classes = self.env["itsm.ci.class"]
        third = classes.create(
            {"name": "Third", "code": "t_third", "parent_id": self.class_leaf.id}
        )
        with self.assertRaisesRegex(ValidationError, "Fourth would be at level 4"):
            classes.create(
                {"name": "Fourth", "code": "t_fourth", "parent_id": third.id}
            )
        # what lies below moves along
        with self.assertRaisesRegex(ValidationError, "Third would be at level 4"):
            self.class_base.parent_id = self.class_other
        third.active = False
        with self.assertRaisesRegex(ValidationError, "Third would be at level 4"):
            self.class_base.parent_id = self.class_other
        third.parent_id = self.class_other
        self.class_base.parent_id = self.class_other
        self.assertEqual(len(self.class_leaf._path()), 3)

    def test_full_name(self):
        """The full name follows the tree; the name shown is the short one."""
        self.assertEqual(self.class_leaf.complete_name, "T base / T leaf")
        self.class_base.name = "Renamed"
        self.assertEqual(self.class_leaf.complete_name, "Renamed / T leaf")
        self.assertEqual(self.class_leaf.display_name, "T leaf")

    def test_is_kind_of(self):
        """Kind of itself and of all above, of nothing else."""
        self.assertTrue(self.class_leaf._is_kind_of(self.class_leaf))
        self.assertTrue(self.class_leaf._is_kind_of(self.class_base))
        self.assertFalse(self.class_base._is_kind_of(self.class_leaf))
        self.assertFalse(self.class_leaf._is_kind_of(self.class_leaf_2))

    def test_count(self):
        """A class counts its items and those of the classes below."""
        self._ci()
        self._ci(ci_class=self.class_leaf_2)
        self._ci(ci_class=self.class_base)
        self.assertEqual(self.class_base.ci_count, 3)
        self.assertEqual(self.class_leaf.ci_count, 1)

    # === Codes ===

    def test_codes(self):
        """Codes of classes and attributes are plain words, each used once."""
        for code in ("", "9a", "A", "a-b", "a b", "a.b", "é", "a" * 61, "a\n"):
            with self.subTest(code=code):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.env["itsm.ci.class"].create({"name": "X", "code": code})
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.env["itsm.ci.attribute"].create(
                        {"name": "X", "code": code, "class_id": self.class_other.id}
                    )

    def test_code_of_used_class(self):
        """A class with items keeps its code, whoever may see the items."""
        company, _manager = self._company_2()
        self._ci(company_id=company.id)
        everywhere = self._create_user(
            "ci-manager-all",
            "itsm_cmdb.itsm_group_ci_manager",
            company_ids=[Command.set((self.company | company).ids)],
        )
        # works in both, looks at one
        ci_class = self.class_leaf.with_user(everywhere).with_company(self.company)
        ci_class = ci_class.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaisesRegex(UserError, "is in use"):
            ci_class.code = "t_new_code"
        ci_class.write({"code": "t_leaf"})
        self.class_other.code = "t_new_code"

    def test_shared(self):
        """Who works in one of two companies only changes no class."""
        _company, manager = self._company_2()
        for record in (self.class_leaf, self.attribute["t_int"], self.rel_both):
            with self.assertRaises(AccessError):
                record.with_user(manager).name = "Mine"

    # === Numbers ===

    def test_numbers(self):
        """Numbers count by the class that has the prefix, nearest first."""
        first = self._ci()
        second = self._ci(ci_class=self.class_leaf_2)
        self.assertEqual(
            int(second.number.removeprefix("TB-")),
            int(first.number.removeprefix("TB-")) + 1,
        )
        self.class_leaf.number_prefix = "TL-"
        self.assertEqual(self._ci().number, "TL-00001")
        self.assertRegex(self._ci(ci_class=self.class_other).number, r"^CI")

    def test_numbers_of_one_call(self):
        """Many in one call: consecutive, in order, each its class."""
        self.class_leaf.number_prefix = "TL-"
        items = self.env["itsm.ci"].create(
            [
                self._ci_vals("a"),
                self._ci_vals("b", self.class_place),
                self._ci_vals("c"),
            ]
        )
        self.assertEqual(items[0].number, "TL-00001")
        self.assertEqual(items[2].number, "TL-00002")

    def test_number_given(self):
        """Nobody gives a number."""
        self.assertRegex(self._ci(number="MINE-1").number, r"^TB-")

    def test_same_prefix(self):
        """Two classes with one prefix: no number twice, nobody is stopped."""
        (self.class_leaf | self.class_leaf_2).write({"number_prefix": "SAME-"})
        items = self.env["itsm.ci"].create([self._ci_vals() for _i in range(5)])
        items |= self.env["itsm.ci"].create(
            [self._ci_vals(ci_class=self.class_leaf_2) for _i in range(4)]
        )
        numbers = items.mapped("number")
        self.assertEqual(len(set(numbers)), 9)
        self.assertTrue(all(number.startswith("SAME-") for number in numbers))

    def test_prefix_changes(self):
        """Another prefix for later items; earlier ones keep their number."""
        self.class_leaf.number_prefix = "A%d-"
        one = self._ci()
        self.class_leaf.number_prefix = "B-"
        two = self._ci()
        self.assertEqual((one.number, two.number), ("A%d-00001", "B-00002"))
        self.class_leaf.number_prefix = "A%d-"
        self.assertEqual(self._ci().number, "A%d-00003")

    def test_prefix_emptied(self):
        """CFG-09: without a prefix of its own a class counts as the class above; with
        one again its own numbers go on."""
        self.class_leaf.number_prefix = "TL-"
        self.assertEqual(self._ci().number, "TL-00001")
        self.class_leaf.number_prefix = False
        self.assertRegex(self._ci().number, r"^TB-")
        self.class_base.number_prefix = False
        self.assertRegex(self._ci().number, r"^CI")
        self.class_leaf.number_prefix = "TL-"
        self.assertEqual(self._ci().number, "TL-00002")

    def test_sequence_of_another(self):
        """CFG-01: who makes classes gets no hand on other sequences: not by a value,
        the context or a default of his own."""
        other = self.env["ir.sequence"].create({"name": "Invoices", "prefix": "INV-"})
        classes = self.env["itsm.ci.class"].with_user(self.ci_manager)
        vals = {"name": "T x", "code": "t_x", "number_prefix": "X-"}
        forged = {"number_sequence_id": other.id}
        for act in (
            lambda: classes.create({**vals, **forged}),
            lambda: self.class_leaf.with_user(self.ci_manager).write(forged),
            lambda: self.class_leaf.sudo().write(forged),
            lambda: self.class_base.with_user(self.ci_manager).write(
                {"number_sequence_id": False}
            ),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act()
        self.env["ir.default"].sudo().set(
            "itsm.ci.class", "number_sequence_id", other.id
        )
        made = classes.with_context(default_number_sequence_id=other.id).create(vals)
        made |= classes.create({**vals, "code": "t_y"})
        self.assertNotIn(other, made.sudo().number_sequence_id)
        self.assertEqual(len(made.sudo().number_sequence_id), 2)
        made.unlink()
        self.assertEqual(other.exists().prefix, "INV-")

    def test_no_gap_sequence(self):
        """A row of numbers that somebody changed to one without gaps."""
        self.class_leaf.number_prefix = "TL-"
        sequence = self.class_leaf.number_sequence_id
        sequence.implementation = "no_gap"
        items = self.env["itsm.ci"].create([self._ci_vals() for _i in range(2)])
        self.assertEqual(items.mapped("number"), ["TL-00001", "TL-00002"])

    # === Names and states ===

    def test_name_rule(self):
        """The naming rule of the nearest class holds for the whole name (CFG-09)."""
        self.class_base.write(
            {"name_pattern": r"[a-z]{3}-\d{4}", "name_hint": "three letters, a number"}
        )
        item = self._ci("abc-1234")
        for name in ("abc-12345", "xabc-1234", "abc", "abc-1234\n"):
            with self.assertRaisesRegex(ValidationError, "three letters"):
                item.name = name
        self.class_leaf.name_pattern = ".*"
        item.name = "anything"
        with self.assertRaises(ValidationError):
            item.class_id = self.class_leaf_2

    def test_wrong_name_rule(self):
        """A naming rule that is no regular expression is refused."""
        with self.assertRaises(ValidationError):
            self.class_leaf.name_pattern = "(["

    def test_states_of_class(self):
        """An item has only states that its class, or the nearest above, has."""
        states = self.env["itsm.ci.state"].search([("code", "in", ("test", "use"))])
        self.class_base.state_ids = states
        item = self._ci(state="test")
        with self.assertRaisesRegex(ValidationError, "In test, In use"):
            item.action_dismantle()
        with self.assertRaises(ValidationError):
            self._ci(state="ordered")
        free = self._ci(ci_class=self.class_other, state="received")
        with self.assertRaises(ValidationError):
            free.class_id = self.class_leaf

    def test_only_groups_others(self):
        """No item is of a class that only groups others."""
        self.class_other.is_abstract = True
        with self.assertRaises(ValidationError):
            self._ci(ci_class=self.class_other)
        item = self._ci()
        with self.assertRaises(ValidationError):
            item.class_id = self.class_other
        with self.assertRaises(ValidationError):
            self.class_leaf.is_abstract = True

    def test_location_in_use(self):
        """CFG-09: a class in whose items others stand stays one of locations, archived
        and foreign ones too."""
        company, _manager = self._company_2()
        place = self._ci("room", self.class_place, company_id=False)
        inside = self._ci("box", location_id=place.id, company_id=company.id)
        (place | inside).active = False
        self.env.flush_all()
        with (
            self.assertRaisesRegex(ValidationError, "box stands in room"),
            self.cr.savepoint(),
        ):
            self.class_place.is_location = False
        self.env.invalidate_all(flush=False)
        inside.location_id = False
        self.class_place.is_location = False
        self.assertFalse(self.class_place.is_location)

    # === Deletion, copy, form ===

    def test_deletion(self):
        """A class with items is archived; one without goes with its numbers."""
        self._ci()
        with self.assertRaises(UserError):
            self.class_leaf.unlink()
        self.class_leaf_2.number_prefix = "GONE-"
        sequence = self.class_leaf_2.number_sequence_id
        self.class_leaf_2.unlink()
        self.assertFalse(sequence.exists())

    def test_copy(self):
        """A copy stands beside, without items and own attributes of the first."""
        self.class_leaf.number_prefix = "TL-"
        copy = self.class_leaf.copy()
        self.assertEqual(copy.code, "t_leaf_2")
        self.assertEqual(copy.parent_id, self.class_base)
        self.assertFalse(copy.attribute_ids)
        self.assertEqual(copy.definition, self.class_base.definition)
        self.assertNotEqual(copy.number_sequence_id, self.class_leaf.number_sequence_id)
        again = self.class_leaf.copy()
        self.assertEqual(again.code, "t_leaf_3")
        one, two = self._ci(), self._ci(ci_class=copy)
        self.assertNotEqual(one.number, two.number)

    def test_form(self):
        """A configuration manager makes a class with attributes in the form."""
        with Form(self.env["itsm.ci.class"].with_user(self.ci_manager)) as form:
            form.name = "Drone <b>"
            form.code = "drone"
            form.parent_id = self.class_base
            with form.attribute_ids.new() as line:
                line.name = "Range"
                line.code = "t_range"
                line.kind = "integer"
        ci_class = form.record
        self.assertEqual(ci_class.definition[-1]["name"], "t_range")
        item = self._ci(ci_class=ci_class, attributes={"t_range": 5})
        self.assertEqual(self._raw(item), {"t_range": 5})
