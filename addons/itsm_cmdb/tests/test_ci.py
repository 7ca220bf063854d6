# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import itertools

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.itsm_base.tools import guard

from .common import CmdbCommon

#: Which state follows which (CFG-18), written down independently.
FOLLOWS = {
    "ordered": {"received", "test", "use", "cancelled"},
    "received": {"test", "use", "dismantled", "cancelled"},
    "test": {"use", "dismantled", "cancelled"},
    "use": {"test", "dismantled", "cancelled"},
    "dismantled": {"received", "test", "use", "cancelled"},
    "cancelled": set(),
}


@tagged("post_install", "-at_install")
class TestCi(CmdbCommon):
    """Configuration items (CFG-15, CFG-18)."""

    def test_mandatory(self):
        """Number, name, class and state identify and describe every item (CFG-15)."""
        item = self._ci("x")
        for name in ("number", "name", "class_id", "state"):
            self.assertTrue(item[name], name)
        for name in ("name", "class_id"):
            self.assertTrue(item._fields[name].required)

    def test_form(self):
        """A new item in the form: the class says its state, a number comes."""
        self.class_other.first_state = "ordered"
        with Form(self.env["itsm.ci"].with_user(self.ci_manager)) as form:
            form.name = "by form"
            form.class_id = self.class_other
            self.assertEqual(form.state, "ordered")
        self.assertEqual(form.record.state, "ordered")
        self.assertTrue(form.record.number)
        with Form(
            self.env["itsm.ci"].with_context(default_class_id=self.class_leaf.id)
        ) as form:
            form.name = "second"
        self.assertEqual(form.record.state, "use")

    def test_default_class(self):
        """The class may come from the context, as from the button of a class."""
        items = self.env["itsm.ci"].with_context(default_class_id=self.class_leaf.id)
        item = items.create({"name": "x", "attributes": {"t_int": 1}})
        self.assertEqual(item.class_id, self.class_leaf)
        self.assertEqual(item.state, "use")
        self.assertRegex(item.number, "^TB-")
        self.assertEqual(self._raw(item), {"t_int": 1})
        made = items.name_create("quick")
        self.assertEqual(items.browse(made[0]).class_id, self.class_leaf)

    def test_steps(self):
        """Each state follows from the states that it may, and from no other."""
        states = list(FOLLOWS)
        for before, after in itertools.product(states, states):
            if before == after:
                continue
            item = self._ci(state=before)
            with self.subTest(before=before, after=after):
                if after in FOLLOWS[before]:
                    item.state = after
                    self.assertEqual(item.state, after)
                else:
                    with self.assertRaises(UserError), self.cr.savepoint():
                        item.state = after
                    self.env.invalidate_all(flush=False)

    def test_buttons(self):
        """The buttons take it through its life."""
        item = self._ci(state="ordered")
        for action, state in (
            ("action_receive", "received"),
            ("action_test", "test"),
            ("action_use", "use"),
            ("action_dismantle", "dismantled"),
            ("action_cancel", "cancelled"),
        ):
            getattr(item, action)()
            self.assertEqual(item.state, state)
        with self.assertRaisesRegex(UserError, "end of its life"):
            item.action_use()

    def test_many_states(self):
        """Several items in one write: one that may not stops all, naming it."""
        fine, stuck = self._ci("fine"), self._ci("stuck", state="cancelled")
        with self.assertRaisesRegex(UserError, "stuck"):
            (fine | stuck).write({"state": "test"})

    def test_same_state(self):
        """Writing the state that it has is no step."""
        item = self._ci(state="cancelled")
        item.state = "cancelled"

    # === What stays ===

    def test_fixed(self):
        """Number, origin and service stay; writing the same passes."""
        item = self._ci()
        number = item.number
        for vals in (
            {"number": "X-1"},
            {"number": False},
            {"origin": "api"},
            {"service_id": self.service.id},
        ):
            for user in (self.ci_manager, self.env.ref("base.user_admin")):
                with self.assertRaisesRegex(UserError, "stays as it is"):
                    item.with_user(user).write(vals)
                with self.assertRaises(UserError):
                    item.with_user(user).sudo().write(vals)
        item.write({"number": number, "origin": "system", "version": "2"})
        self.assertEqual((item.number, item.version), (number, "2"))

    def test_created_with_service(self):
        """Nobody gives a service another configuration item."""
        service = self.env["itsm.service"].create({"name": "S", "code": "T-S"})
        guard.with_token(service.sudo().ci_ids).unlink()
        for user in (self.ci_manager, self.env.ref("base.user_admin")):
            items = self.env["itsm.ci"].with_user(user)
            with self.assertRaises(UserError):
                items.create(self._ci_vals(service_id=service.id))
            with self.assertRaises(UserError):
                items.with_context(default_service_id=service.id).create(
                    self._ci_vals()
                )

    def test_origin(self):
        """How it came is said by the system."""
        self.assertEqual(self._ci(origin="import").origin, "system")

    # === Copy ===

    def test_copy(self):
        """A copy has the attributes, not what identifies the first."""
        item = self._ci(
            "a",
            serial="S1",
            asset_tag="A1",
            hostname="h1",
            external_id="E1",
            version="2",
            state="dismantled",
            attributes={"t_int": 0, "t_pick": "red"},
        )
        copy = item.copy()
        self.assertEqual(copy.name, "a (copy)")
        self.assertNotEqual(copy.number, item.number)
        for name in ("serial", "asset_tag", "hostname", "external_id"):
            self.assertFalse(copy[name], name)
        self.assertEqual(copy.version, "2")
        self.assertEqual(copy.state, "use")
        self.assertEqual(self._raw(copy), {"t_int": 0, "t_pick": "red"})
        self.assertEqual(self._lines(copy), [])
        named = item.copy({"name": "b", "serial": "S2"})
        self.assertEqual((named.name, named.serial), ("b", "S2"))

    def test_copy_of_what_does_not_fit_any_more(self):
        """Values that would be refused today are left out of the copy."""
        item = self._ci(
            attributes={"t_int": 1, "t_pick": "red", "t_text": "abc", "t_date": False}
        )
        options = self.attribute["t_pick"].option_ids
        options.filtered(lambda option: option.code == "red").active = False
        self.attribute["t_text"].pattern = r"\d+"
        copy = item.copy()
        raw = {code: value for code, value in self._raw(copy).items() if value}
        self.assertEqual(raw, {"t_int": 1})

    # === Rules ===

    def test_location(self):
        """A location is a place, not the item itself."""
        room, rack = self._ci("room", self.class_place), self._ci("r", self.class_place)
        item = self._ci(location_id=rack.id)
        rack.location_id = room
        with self.assertRaises(ValidationError):
            room.location_id = rack
        with self.assertRaises(ValidationError):
            item.location_id = self._ci("no place")
        with self.assertRaises(ValidationError):
            room.location_id = room

    def test_location_class_change(self):
        """A place in which something stands stays a place."""
        room = self._ci("room", self.class_place)
        item = self._ci("inside", location_id=room.id)
        item.active = False
        with self.assertRaisesRegex(ValidationError, "inside"):
            room.class_id = self.class_other
        item.location_id = False
        room.class_id = self.class_other

    def test_dates(self):
        """Warranty and end of life do not lie before the purchase."""
        item = self._ci(purchase_date="2026-01-10", warranty_end="2026-01-10")
        for name in ("warranty_end", "end_of_life"):
            with self.assertRaises(ValidationError):
                item[name] = "2026-01-09"
        item.write({"purchase_date": False, "end_of_life": "2020-01-01"})

    def test_company_of_location(self):
        """Location and item are of one company, whichever of them moves."""
        company, _manager = self._company_2()
        room = self._ci("room", self.class_place)
        item = self._ci(location_id=room.id)
        with self.assertRaises(UserError), self.cr.savepoint():
            item.company_id = company
        self.env.invalidate_all(flush=False)
        with self.assertRaises(UserError), self.cr.savepoint():
            room.company_id = company
        self.env.invalidate_all(flush=False)
        room.company_id = False
        item.company_id = company

    def test_company_of_relation(self):
        """An item with relations does not move away from what it belongs to."""
        company, _manager = self._company_2()
        one, two = self._ci("one"), self._ci("two")
        self._relate(one, two)
        for item in (one, two):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                item.company_id = company
            self.env.invalidate_all(flush=False)
        one.company_id = False
        two.company_id = company

    # === Search ===

    def test_search(self):
        """A whole number, serial, tag or host name finds that item alone."""
        one = self._ci("server one", serial="77", hostname="srv-1")
        two = self._ci("server 77")
        items = self.env["itsm.ci"]

        def found(text):
            return {record_id for record_id, _name in items.name_search(text)}

        self.assertEqual(found("77"), {one.id})
        self.assertEqual(found(one.number), {one.id})
        self.assertEqual(found("srv-1"), {one.id})
        self.assertLessEqual({one.id, two.id}, found("server"))
        self.assertEqual(found("no such thing"), set())
        self.assertIn(two.id, found("server 7"))

    def test_search_of_the_list(self):
        """The search box of the list finds what is typed as a whole, and that alone."""
        one = self._ci(
            "server one", serial="77", asset_tag="88", hostname="99", external_id="66"
        )
        others = self.env["itsm.ci"].create(
            [
                self._ci_vals(f"server {number}", serial=f"{number}0")
                for number in (77, 88, 99, 66)
            ]
        )
        others |= self._ci(f"follows {one.number}")
        items = self.env["itsm.ci"].with_user(self.ci_reader)
        view = items.get_view(view_type="search")
        node = etree.fromstring(view["arch"]).find(".//field[@name='name']")

        def found(text):
            return items.search(safe_eval(node.get("filter_domain"), {"self": text}))

        for text in (one.number, "77", "88", "99", "66"):
            with self.subTest(text=text):
                self.assertEqual(found(text), one)
        # a part of it, or a name, finds all that have it
        self.assertLessEqual(one | others[0], found("server"))
        external = self._ci("elsewhere", external_id="monitoring-4711")
        self.assertEqual(found("ring-47"), external)

    def test_markup(self):
        """Markup in a name is text, in the name shown and in messages."""
        name = "<img src=x onerror=alert(1)> %s %(x)s {0}"
        item = self._ci(name, state="cancelled")
        self.assertEqual(item.display_name, name)
        self.assertEqual(
            item.with_context(itsm_ci_number=True).display_name,
            f"{item.number} {name}",
        )
        with self.assertRaises(UserError) as caught:
            item.action_use()
        self.assertIn(name, str(caught.exception))
        item.message_post(body=name)
        self.assertNotIn("<img", str(item.message_ids[0].body))

    # === Deletion ===

    def test_deletion(self):
        """What was only ordered goes; what has a past is archived."""
        self._ci(state="ordered").unlink()
        with self.assertRaisesRegex(UserError, "has a past"):
            self._ci(state="use").unlink()
        changed = self._ci(state="ordered")
        self.env.flush_all()
        changed.name = "changed"
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "has a past"):
            changed.unlink()
        one, two = self._ci(state="ordered"), self._ci(state="ordered")
        self._relate(one, two)
        for item in (one, two):
            with self.assertRaisesRegex(UserError, "has a past"):
                item.unlink()
        owner = self._ci(state="ordered")
        self.env["itsm.ci.redundancy"].create({"name": "R", "ci_id": owner.id})
        with self.assertRaisesRegex(UserError, "has a past"):
            owner.unlink()

    # === Queries ===

    def _columns(self, view_type):
        view = (
            self.env["itsm.ci"].with_user(self.ci_reader).get_view(view_type=view_type)
        )
        names = [
            node.get("name")
            for node in etree.fromstring(view["arch"]).iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        ]
        return [name for name in names if name in self.env["itsm.ci"]._fields]

    def _specification(self, names):
        fields = self.env["itsm.ci"]._fields
        return {
            name: {"fields": {"display_name": {}}} if fields[name].relational else {}
            for name in names
        }

    def test_list_queries(self):
        """A list with all its columns costs the same for 10 items and for 200."""
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(400)]
        )
        rooms = self.env["itsm.ci"].create(
            [self._ci_vals(f"room {n}", self.class_place) for n in range(20)]
        )
        classes = [self.class_leaf, self.class_leaf_2, self.class_base]
        items = self.env["itsm.ci"].create(
            [
                self._ci_vals(
                    f"list {n:03}",
                    classes[n % 3],
                    owner_id=(self.ci_owner | self.ci_owner_2)[n % 2].id,
                    partner_id=partners[n].id,
                    supplier_id=partners[200 + n].id,
                    location_id=rooms[n % 20].id,
                    attributes={
                        "t_int": n,
                        "t_pick": "red",
                        "t_user": (self.ci_owner | self.ci_owner_2)[n % 2].id,
                    },
                )
                for n in range(200)
            ]
        )
        specification = self._specification(self._columns("list"))
        self.assertIn("attributes", specification)
        reader = items.with_user(self.ci_reader)
        self.env.flush_all()
        counts = []
        for some in (reader[:10], reader):
            # caches of the registry
            self.env.invalidate_all()
            some.web_read(specification)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            rows = some.web_read(specification)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(rows), len(some))
        self.assertEqual(*counts)

    def test_form_queries(self):
        """A form of an item with 500 relations costs what one with 10 costs."""
        counts = []
        specification = self._specification(self._columns("form"))
        specification.update(
            {
                name: {
                    "fields": {
                        "is_valid": {},
                        "type_id": {"fields": {"display_name": {}}},
                        end: {"fields": {"display_name": {}}},
                        f"{end[:-3]}_class_id": {"fields": {"display_name": {}}},
                        "redundancy_id": {"fields": {"display_name": {}}},
                    },
                    "limit": 40,
                }
                for name, end in (
                    ("relation_source_ids", "target_id"),
                    ("relation_target_ids", "source_id"),
                )
            }
        )
        for count in (50, 250):
            item = self._ci(f"form {count}")
            others = self.env["itsm.ci"].create(
                [self._ci_vals(f"o{n}") for n in range(count)]
            )
            self.env["itsm.ci.relation"].create(
                [
                    {
                        "type_id": self.rel_forward.id,
                        "source_id": source.id,
                        "target_id": target.id,
                    }
                    for other in others
                    for source, target in ((item, other), (other, item))
                ]
            )
            self.env.flush_all()
            seen = item.with_user(self.ci_reader)
            # caches of the registry
            self.env.invalidate_all()
            seen.web_read(specification)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            row = seen.web_read(specification)[0]
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(row["relation_source_ids"]), count)
        self.assertEqual(*counts)
