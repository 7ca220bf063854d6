# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import KINDS, CmdbCommon


@tagged("post_install", "-at_install")
class TestClassEffective(CmdbCommon):
    """CFG-09, CFG-13: a class shows what it has from those above, and from which."""

    def _holds(self, ci_class):
        """``{setting: (text, class)}`` as the form shows it."""
        rows = html.fromstring(ci_class.effective_html).xpath("//tbody/tr")
        cells = [[cell.text_content() for cell in row] for row in rows]
        return {what: (text, said) for what, text, said in cells}

    def test_nothing_said(self):
        """A class that says nothing, below none: the standard holds."""
        holds = self._holds(self.class_other)
        expected = {
            "Number Prefix": ("CI-", "Standard"),
            "Naming Rule": ("Any name", "Standard"),
            "States": ("All states", "Standard"),
            "First State": ("In use", "This class"),
            "Only Groups Others": ("No", "This class"),
            "Location": ("No", "This class"),
            "Capacity Is Planned": ("No", "This class"),
            "Spare Parts": ("No", "This class"),
            "Holds Data": ("No", "This class"),
            "Control": ("Free", "Standard"),
            "Written by": ("All who may write configuration items", "Standard"),
        }
        self.assertEqual(holds, expected)
        self.assertFalse(self.class_other.inherited_attribute_ids)
        # what is shown is what is done
        self.assertTrue(self._ci(ci_class=self.class_other).number.startswith("CI-"))

    def test_from_above(self):
        """The nearest class counts; what each says for itself is not taken over."""
        states = self.env["itsm.ci.state"].search([("code", "in", ("use", "test"))])
        group = self.env.ref("itsm_cmdb.itsm_group_ci_owner")
        serial = self.env["itsm.ci.control.field"].search([("code", "=", "serial")])
        self.class_base.write(
            {
                "name_pattern": "[a-z]+",
                "name_hint": "Small letters.",
                "state_ids": [Command.set(states.ids)],
                "has_capacity": True,
                "is_abstract": True,
                "holds_data": True,
                "service_life": 5,
                "control": "refuse",
                "refuse_from": "2031-05-17",
                "control_incident": "yes",
                "control_field_ids": [Command.set(serial.ids)],
                "write_group_id": group.id,
            }
        )
        self.class_leaf.write({"name_pattern": "[a-z]{3}", "service_life": 3})
        lower = self.env["itsm.ci.class"].create(
            {"name": "T lower", "code": "t_lower", "parent_id": self.class_leaf.id}
        )
        holds = self._holds(lower)
        names = ", ".join(states.sorted().mapped("name"))
        for what, expected in {
            "Number Prefix": ("TB-", "T base"),
            "Naming Rule": ("[a-z]{3}", "T leaf"),
            "Naming Rule in Words": ("Small letters.", "T base"),
            "States": (names, "T base"),
            "Capacity Is Planned": ("Yes", "T base"),
            "Only Groups Others": ("No", "This class"),
            "Holds Data": ("Yes", "T base"),
            "Replaced After (Years)": ("3", "T leaf"),
            "Control": ("Refuse what is not authorised", "T base"),
            "Refused From": ("05/17/2031", "T base"),
            "Open an Incident": ("Yes", "T base"),
            "Under Control": ("Serial Number", "T base"),
            "Written by": (group.full_name, "T base"),
        }.items():
            self.assertEqual(holds[what], expected, what)
        # what is shown is what counts
        control = self.env["itsm.ci.class"]._control_of(lower.id)
        self.assertEqual(control.mode, "refuse")
        self.assertEqual(control.things, {"serial"})
        self.assertEqual(lower._inherited("service_life"), 3)
        # a change above is seen below
        self.class_base.number_prefix = "TX-"
        self.class_leaf.control = "record"
        self.env.invalidate_all()
        holds = self._holds(lower)
        self.assertEqual(holds["Number Prefix"], ("TX-", "T base"))
        self.assertEqual(holds["Control"], ("Record what is not authorised", "T leaf"))
        self.assertNotIn("Refused From", holds)

    def test_spare(self):
        """Spare parts are those of the classes below, too."""
        self.class_base.is_spare = True
        holds = self._holds(self.class_leaf)
        self.assertEqual(holds["Spare Parts"], ("Yes", "T base"))
        self.assertTrue(self._ci().is_spare)

    def test_places(self):
        """What stands for places and capacity holds for all classes below (CFG-09)."""
        classes = self.env["itsm.ci.class"]
        self.class_place.has_capacity = True
        floor = classes.create(
            {"name": "T floor", "code": "t_floor", "parent_id": self.class_place.id}
        )
        shelf = classes.create(
            {"name": "T shelf", "code": "t_shelf", "parent_id": floor.id}
        )
        holds = self._holds(shelf)
        self.assertEqual(holds["Location"], ("Yes", "T place"))
        self.assertEqual(holds["Capacity Is Planned"], ("Yes", "T place"))
        ours = self.class_place | floor | shelf | self.class_other | self.class_leaf
        for name in ("is_place", "is_capacity_planned"):
            mine = [("id", "in", ours.ids)]
            yes = classes.search([(name, "=", True), *mine])
            self.assertEqual(yes, self.class_place | floor | shelf, name)
            no = classes.search([(name, "=", False), *mine])
            self.assertEqual(no, self.class_other | self.class_leaf, name)
            self.assertEqual(ours.filtered(name), self.class_place | floor | shelf)
        # an archived class says it, too
        self.class_place.active = False
        self.assertIn(shelf, classes.search([("is_place", "=", True)]))
        # it is a place: others stand there, and nobody takes it in his hands
        place = self._ci("s1", shelf)
        inside = self._ci("box", self.class_other, location_id=place.id)
        self.assertIn(
            place, self.env["itsm.ci"].search([("class_id.is_place", "=", True)])
        )
        sheet = self.env["itsm.ci.handover"].new({})
        sheet.line_ids = [Command.create({"ci_id": place.id})]
        with self.assertRaisesRegex(UserError, "nobody takes it"):
            sheet._check_items()
        # what stands there keeps them places, whoever of those above says it
        for values in ({"is_location": False}, {"parent_id": self.class_other.id}):
            ci_class = floor if "parent_id" in values else self.class_place
            with (
                self.assertRaisesRegex(ValidationError, "box stands in s1"),
                self.cr.savepoint(),
            ):
                ci_class.write(values)
            self.env.invalidate_all(flush=False)
        inside.location_id = False
        self.class_place.is_location = False
        self.assertFalse(shelf.is_place)
        with self.assertRaisesRegex(ValidationError, "is no location"):
            inside.location_id = place

    def test_attributes(self):
        """The attributes of all classes above, in their order; archived ones not."""
        lower = self.env["itsm.ci.class"].create(
            {"name": "T lower", "code": "t_lower", "parent_id": self.class_leaf.id}
        )
        codes = lower.inherited_attribute_ids.mapped("code")
        self.assertEqual(codes, [*KINDS, "t_leaf_only"])
        self.assertFalse(self.class_base.inherited_attribute_ids)
        self.attribute["t_int"].active = False
        self.env.invalidate_all()
        codes = lower.inherited_attribute_ids.mapped("code")
        self.assertEqual(codes, [*(k for k in KINDS if k != "t_int"), "t_leaf_only"])

    def test_form(self):
        """It is seen as soon as the class above is chosen, and is nobody's to write."""
        form = Form(self.env["itsm.ci.class"].with_user(self.ci_manager))
        form.name, form.code = "T new", "t_new"
        form.parent_id = self.class_leaf
        self.assertIn("TB-", form.effective_html)
        self.assertEqual(len(form.inherited_attribute_ids), len(KINDS) + 1)
        form.number_prefix = "TN-"
        self.assertIn("TN-", form.effective_html)
        made = form.save()
        self.assertEqual(
            made.attribute_ids | made.inherited_attribute_ids,
            made._path().attribute_ids,
        )
        self.assertFalse(made.attribute_ids)

    def test_readers(self):
        """Who reads a class sees it all, in his language, and no markup of names."""
        self.class_base.name = "<b>T</b>"
        self.class_base.write_group_id = self.env.ref("base.group_system")
        leaf = self.class_leaf.with_user(self.ci_reader)
        self.assertEqual(self._holds(leaf)["Number Prefix"], ("TB-", "<b>T</b>"))
        self.assertEqual(
            self._holds(leaf)["Written by"],
            (self.env.ref("base.group_system").full_name, "<b>T</b>"),
        )

    def test_queries(self):
        """The number of queries does not grow with the classes."""
        names = ["effective_html", "inherited_attribute_ids"]
        self.env["itsm.ci.class"].create(
            [
                {"name": f"T {n}", "code": f"t_n{n}", "parent_id": self.class_leaf.id}
                for n in range(20)
            ]
        )
        self.env.flush_all()
        counts = []
        for limit in (2, 20):
            classes = self.env["itsm.ci.class"].search(
                [("code", "=like", "t_n%")], limit=limit
            )
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            # once for what is kept in memory
            self.class_other.read(names)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            classes.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
