# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.itsm_cmdb.models.itsm_ci_record import HISTORY_FIELDS

from .common import CmdbCommon

START = datetime(2026, 3, 1, 8, 0, 0)
#: Stored columns of a configuration item without a history, and why.
WITHOUT_HISTORY = {
    "id",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    # never change
    "number",
    "origin",
    "service_id",
    # worked out, and what people were told of
    "renewal_date",
    "licence_told",
}


@tagged("post_install", "-at_install")
class TestHistory(CmdbCommon):
    """Each change of an item or a relation leaves one line (CFG-07, CFG-16, CFG-19)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._ci("hist", owner_id=cls.ci_owner.id)
        cls.other = cls._ci("other")
        cls.env.flush_all()

    def _last(self, item):
        self.env.flush_all()
        domain = [("ci_id", "=", item.id)]
        return self.env["itsm.ci.history"].search(domain, limit=1)

    # === Each way to change ===

    def test_every_column(self):
        """Every stored column that says something has a history (CFG-16)."""
        stored = {
            name
            for name, field in self.env["itsm.ci"]._fields.items()
            if field.store
            and field.column_type
            # what other addons say of where it comes from is theirs
            and (not field._modules or set(field._modules) & {"itsm_cmdb", "mail"})
        }
        self.assertEqual(stored - set(HISTORY_FIELDS), WITHOUT_HISTORY)

    def test_creation(self):
        """Creation leaves no line: the record says by whom and when."""
        with Form(self.env["itsm.ci"]) as form:
            form.name = "by form"
            form.class_id = self.class_leaf
        self.assertEqual(self._lines(form.record), [])
        self.assertEqual(self._lines(self._ci(attributes={"t_int": 1})), [])

    def test_each_field(self):
        """A write of each kind of column: before and after."""
        place = self._ci("room", self.class_place)
        euro = self.env.ref("base.EUR")
        self.item.currency_id = self.env.ref("base.USD")
        self.env.flush_all()
        lines = self.env["itsm.ci.history"].search([("ci_id", "=", self.item.id)])
        skipped = len(lines)
        cases = [
            ("name", "new", "hist", "new"),
            ("version", "2", None, "2"),
            ("state", "dismantled", "use", "dismantled"),
            ("active", False, True, False),
            ("active", True, False, True),
            ("owner_id", self.ci_owner_2.id, self.ci_owner.id, self.ci_owner_2.id),
            ("location_id", place.id, None, place.id),
            ("location_id", False, place.id, None),
            ("criticality", "1", "3", "1"),
            ("purchase_date", "2026-01-02", None, "2026-01-02"),
            ("purchase_price", 12.5, None, 12.5),
            ("purchase_price", 0.0, 12.5, 0.0),
            (
                "currency_id",
                euro.id,
                self.env.ref("base.USD").id,
                euro.id,
            ),
            ("company_id", False, self.company.id, None),
            ("company_id", self.company.id, None, self.company.id),
            ("description", "<p>a</p>", None, "<p>a</p>"),
        ]
        for number, (name, value, old, new) in enumerate(cases, start=1 + skipped):
            with self.subTest(field=name, value=value):
                self.item.write({name: value})
                found = self._lines(self.item)
                self.assertEqual(len(found), number)
                self.assertEqual(found[-1], (name, old, new))

    def test_same_value(self):
        """Writing what is there already leaves no line."""
        self.item.write({"name": "hist", "version": False, "active": True})
        self.item.write({"attributes": {"t_text": False, "t_bool": False}})
        self.assertEqual(self._lines(self.item), [])

    def test_many_in_one_write(self):
        """One write of several fields: a line each."""
        self.item.write({"name": "a", "version": "b", "attributes": {"t_int": 1}})
        self.assertEqual(
            sorted(line[0] for line in self._lines(self.item)),
            ["attributes.t_int", "name", "version"],
        )

    def test_many_items(self):
        """One write of several items: a line for each that changed."""
        self.other.version = "2"
        self.env.flush_all()
        (self.item | self.other).write({"version": "2"})
        self.assertEqual(self._lines(self.item), [("version", None, "2")])
        self.assertEqual(self._lines(self.other), [("version", None, "2")])

    def test_form(self):
        """A form write."""
        with Form(self.item) as form:
            form.version = "9"
        self.assertEqual(self._lines(self.item), [("version", None, "9")])

    def test_assignment(self):
        """A field assignment."""
        self.item.version = "9"
        self.assertEqual(self._lines(self.item), [("version", None, "9")])

    def test_attributes(self):
        """A line for the key that changed; 0 is a value, none and no are one."""
        write = self.item.write
        write({"attributes": {"t_int": 0}})
        write({"attributes": {"t_int": 0, "t_text": "a"}})
        self.env.flush_all()
        write({"attributes": {"t_int": False}})
        self.env.flush_all()
        write({"attributes": {"t_tags": ["red"]}})
        self.env.flush_all()
        write({"attributes": {"t_tags": []}})
        self.env.flush_all()
        write({"attributes": {"t_bool": True}})
        self.env.flush_all()
        write({"attributes": {"t_bool": False}})
        self.assertEqual(
            self._lines(self.item),
            [
                ("attributes.t_int", None, 0),
                ("attributes.t_text", None, "a"),
                ("attributes.t_int", 0, False),
                ("attributes.t_tags", None, ["red"]),
                ("attributes.t_tags", ["red"], []),
                ("attributes.t_bool", None, True),
                ("attributes.t_bool", True, False),
            ],
        )

    def test_class_change(self):
        """A change of class: one line, and one for each value that is lost."""
        self.item.class_id = self.class_leaf_2
        self.assertEqual(
            self._lines(self.item),
            [("class_id", self.class_leaf.id, self.class_leaf_2.id)],
        )

    def test_who(self):
        """The line names who wrote, not who flushed; sudo is still the user."""
        self.item.with_user(self.ci_owner).version = "1"
        self.assertEqual(self._lines(self.item)[-1], ("version", None, "1"))
        self.item.with_user(self.ci_reader).sudo().version = "2"
        self.env.flush_all()
        self.item.version = "3"
        self.env.flush_all()
        self.assertEqual(
            self.item.history_ids.sorted("id").user_id,
            self.ci_owner | self.ci_reader | self.env.user,
        )
        relation = self._relate(self.item, self.other)
        relation.with_user(self.ci_owner).note = "x"
        relation.with_user(self.ci_owner).date_end = "2026-12-31"
        self.assertEqual(self._last(self.item).user_id, self.ci_owner)

    def test_when_and_whence(self):
        """The moment of the write, and whether a file was imported."""
        with freeze_time(START):
            self.item.version = "1"
        with freeze_time(START + timedelta(hours=1)):
            items = self.item.with_context(import_file=True)
            items.write({"name": "imported"})
        self.env.flush_all()
        lines = self.item.history_ids.sorted("id")
        self.assertEqual(set(lines.mapped("origin")), {"import"})
        self.env.flush_all()
        with freeze_time(START + timedelta(hours=2)):
            self.item.version = "2"
        line = self._last(self.item)
        self.assertEqual(line.time, START + timedelta(hours=2))
        self.assertEqual(line.origin, "system")

    def test_load(self):
        """An import that changes one column of an item and one of a relation."""
        relation = self._relate(self.item, self.other)
        result = self.env["itsm.ci"].load(
            [".id", "version"], [[str(self.item.id), "7"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self._lines(self.item), [("version", None, "7")])
        result = relation.load([".id", "date_end"], [[str(relation.id), "2030-01-01"]])
        self.assertFalse(result["messages"])
        self.assertEqual(len(self._lines(self.item, "relation")), 1)

    def test_merge_of_partners(self):
        """A company that is archived or a user renamed changes no history."""
        self.ci_owner.name = "Renamed"
        self.class_leaf.name = "Renamed class"
        self.assertEqual(self._lines(self.item), [])

    # === Relations ===

    def _relation_lines(self, item):
        lines = []
        for attribute, old, new in self._lines(item):
            self.assertEqual(attribute, "relation")
            lines.append(
                tuple(
                    value and (value["source"], value["target"], value["end"])
                    for value in (old, new)
                )
            )
        return lines

    def test_relation(self):
        """A change of a relation: one line, seen from both ends."""
        relation = self._relate(self.item, self.other)
        self.assertEqual(self._relation_lines(self.item), [])
        relation.date_end = "2030-01-01"
        ends = (self.item.id, self.other.id)
        self.assertEqual(
            self._relation_lines(self.item),
            [((*ends, None), (*ends, "2030-01-01"))],
        )
        self.assertEqual(self._lines(self.other), [])
        self.assertEqual(self.other.history_count, 1)
        self.assertEqual(self.item.history_count, 1)
        relation.note = "says nothing about the relation"
        self.assertEqual(len(self._lines(self.item)), 1)

    def test_relation_leads_elsewhere(self):
        """Old and new ends see it."""
        third = self._ci("third")
        relation = self._relate(self.item, self.other)
        self.env.flush_all()
        relation.target_id = third
        self.env.flush_all()
        for item in (self.item, self.other, third):
            self.assertGreaterEqual(item.history_count, 1, item.name)

    def test_relation_by_commands(self):
        """Commands from the item, and from the redundancy."""
        item, other = self.item, self.other
        self._relate(item, other)
        self.env.flush_all()
        relation = other.relation_target_ids
        other.write(
            {
                "relation_target_ids": [
                    Command.update(relation.id, {"date_start": "2020-01-01"})
                ]
            }
        )
        self.assertEqual(len(self._lines(item)), 1)
        redundancy = self.env["itsm.ci.redundancy"].create(
            {
                "name": "R",
                "ci_id": other.id,
                "relation_ids": [Command.link(relation.id)],
            }
        )
        self.assertEqual(len(self._lines(item)), 2)
        redundancy.write({"relation_ids": [Command.unlink(relation.id)]})
        self.assertEqual(len(self._lines(item)), 3)
        item.write({"relation_source_ids": [Command.delete(relation.id)]})
        lines = self._lines(item)
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines[-1][1]["id"], relation.id)
        self.assertIsNone(lines[-1][2])

    def test_redundancy(self):
        """A redundancy decides the impact: what it asks has a history (CFG-07)."""
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "R", "ci_id": self.item.id, "required": 1}
        )
        self.assertEqual(self._lines(self.item), [])
        self.env.flush_all()
        before = fields.Datetime.now() + timedelta(seconds=1)

        def said(ci, required, name="R"):
            return {
                "id": redundancy.id,
                "name": name,
                "ci": ci.id,
                "required": required,
            }

        with freeze_time(before + timedelta(hours=1)):
            redundancy.with_user(self.ci_manager).required = 2
            lines = [("redundancy", said(self.item, 1), said(self.item, 2))]
            self.assertEqual(self._lines(self.item), lines)
            line = self._last(self.item)
            self.assertEqual(line.user_id, self.ci_manager)
            redundancy.required = 2
            redundancy.name = "S"
            self.assertEqual(self._lines(self.item), lines)
            # who depended on it sees it as well as who does now
            redundancy.ci_id = self.other
            moved = [("redundancy", said(self.item, 2, "S"), said(self.other, 2, "S"))]
            self.assertEqual(self._lines(self.item), lines + moved)
            self.assertEqual(self._lines(self.other), moved)
            last = said(self.other, 2, "S")
            redundancy.unlink()
            gone = [("redundancy", last, None)]
            self.assertEqual(self._lines(self.other), moved + gone)
        words = [
            (line.attribute_name, line.old_text, line.new_text)
            for line in self.other.history_ids.sorted("id")
        ]
        self.assertEqual(
            words,
            [
                (
                    "Redundancy",
                    "S of hist: 2 must be up",
                    "S of other: 2 must be up",
                ),
                ("Redundancy", "S of other: 2 must be up", ""),
            ],
        )
        # how the items were is not disturbed by it
        values = self.item._as_of(before)[self.item]
        self.assertEqual(values["name"], "hist")
        self.assertNotIn("redundancy", values)

    def test_redundancy_deleted_right_after_change(self):
        """What was changed a moment before it is deleted is not lost."""
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "R", "ci_id": self.item.id, "required": 1}
        )
        self.env.flush_all()
        redundancy.required = 3
        redundancy.unlink()
        self.assertEqual(
            [
                (old["required"], new and new["required"])
                for _name, old, new in self._lines(self.item, "redundancy")
            ],
            [(1, 3), (3, None)],
        )

    def test_called_history(self):
        """What happened is called history: a change is a request for change."""
        self.assertEqual(
            self.env["itsm.ci.history"]._description, "Configuration Item: History"
        )
        action = self.env.ref("itsm_cmdb.itsm_ci_history_action")
        menu = self.env.ref("itsm_cmdb.itsm_ci_history_menu")
        view = self.env["itsm.ci"].get_view(view_type="form")["arch"]
        for text in (action.name, action.help, menu.name, view):
            self.assertNotRegex(str(text), r"[^a-zA-Z_](No c|C)hanges?( of|\"| yet)")
        self.assertEqual(menu.name, "History")

    def test_relation_deleted_and_made_again(self):
        """Deletion leaves one line; the new one says itself when it was made."""
        relation = self._relate(self.item, self.other)
        self.env.flush_all()
        relation.unlink()
        self._relate(self.item, self.other)
        ends = (self.item.id, self.other.id)
        self.assertEqual(self._relation_lines(self.item), [((*ends, None), None)])

    def test_relation_deleted_right_after_change(self):
        """What was changed and not yet written when it is deleted."""
        relation = self._relate(self.item, self.other)
        self.env.flush_all()
        relation.date_end = "2030-01-01"
        relation.unlink()
        last = self._lines(self.item)[-1]
        self.assertEqual((last[1]["end"], last[2]), ("2030-01-01", None))

    # === As of ===

    def test_as_of(self):
        """Values, attributes and relations as they were (CFG-07, CFG-27)."""
        with freeze_time(START):
            self.item.write({"version": "1", "active": True})
            self.item.write({"attributes": {"t_int": 0}})
            self.env.flush_all()
        self._created(self.item | self.other, START - timedelta(days=1))
        with freeze_time(START + timedelta(days=1)):
            self.item.write({"version": "2", "active": False})
            self.item.write({"attributes": {"t_int": 5, "t_text": "x"}})
            self.env.flush_all()
        as_of = self.item._as_of(START)[self.item]
        self.assertEqual(as_of["version"], "1")
        self.assertIs(as_of["active"], True)
        self.assertEqual(as_of["attributes"], {"t_int": 0})
        later = self.item._as_of(START + timedelta(days=1))[self.item]
        self.assertEqual(later["version"], "2")
        self.assertIs(later["active"], False)
        self.assertEqual(later["attributes"], {"t_int": 5, "t_text": "x"})
        before = self.item._as_of(START - timedelta(seconds=1))[self.item]
        self.assertIsNone(before["version"])
        self.assertEqual(before["attributes"], {})
        self.assertEqual(self.item._as_of(START - timedelta(days=2)), {})

    def _created(self, records, moment):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {records._table} SET create_date = %s WHERE id = ANY(%s)",
            [moment, records.ids],
        )
        records.invalidate_recordset()

    def test_as_of_random(self):
        """Random changes, each at its moment; an oracle that kept every state."""
        rng = random.Random(20260301)
        items = self.env["itsm.ci"].create([self._ci_vals(f"r{i}") for i in range(4)])
        self._created(items, START - timedelta(minutes=1))
        relations = self.env["itsm.ci.relation"]
        moment = START
        kept = []
        for _index in range(150):
            moment += timedelta(seconds=rng.choice((0, 1, 60)))
            with freeze_time(moment):
                self._change_randomly(rng, items, relations, moment)
                self.env.flush_all()
            if kept and kept[-1][0] == moment:
                kept.pop()
            kept.append((moment, self._state(items)))
        for then, expected in kept:
            as_of = items._as_of(then)
            found = {
                item.id: {
                    **{name: as_of[item][name] for name in ("version", "active")},
                    "purchase_price": as_of[item]["purchase_price"],
                    "attributes": as_of[item]["attributes"],
                    "relations": sorted(
                        (r["type"], r["source"], r["target"], r["end"])
                        for r in as_of[item]["relations"]
                    ),
                }
                for item in items
            }
            self.assertEqual(found, expected, then)
        # one item alone is found the same way
        then, expected = kept[len(kept) // 2]
        for item in items:
            self.assertEqual(
                item._as_of(then)[item]["attributes"],
                expected[item.id]["attributes"],
            )
            self.assertEqual(
                sorted(
                    (r["type"], r["source"], r["target"], r["end"])
                    for r in item._as_of(then)[item]["relations"]
                ),
                expected[item.id]["relations"],
            )

    def _change_randomly(self, rng, items, relations, moment):
        item = rng.choice(items)
        what = rng.randrange(9)
        if what == 0:
            item.version = rng.choice(("1", "2", False))
        elif what == 1:
            item.active = not item.active
        elif what == 2:
            item.purchase_price = rng.choice((0.0, 1.5, 20.0))
        elif what in (3, 4):
            value = rng.choice((0, 1, False, 7))
            item.write({"attributes": {"t_int": value}})
        elif what == 5:
            item.attributes = {"t_tags": rng.choice(([], ["red"], ["red", "blue"]))}
        elif what == 6:
            other = rng.choice(items - item)
            kind = rng.choice((self.rel_forward, self.rel_both))
            known = relations.search(
                [
                    ("type_id", "=", kind.id),
                    ("source_id", "=", item.id),
                    ("target_id", "=", other.id),
                ]
            )
            if not known:
                self._created(self._relate(item, other, kind), moment)
        else:
            domain = [("source_id", "=", item.id)]
            relation = relations.search(domain, limit=1)
            if what == 7 and relation:
                relation.unlink()
            elif relation:
                relation.date_end = rng.choice(("2030-01-01", "2031-01-01"))

    def _state(self, items):
        """What the tables have now, read without the code under test."""
        state = {}
        self.env.cr.execute(
            "SELECT id, version, active, purchase_price, attributes FROM itsm_ci"
            " WHERE id = ANY(%s)",
            [items.ids],
        )
        for item, version, active, price, attributes in self.env.cr.fetchall():
            state[item] = {
                "version": version,
                "active": active,
                "purchase_price": price if price is None else float(price),
                "attributes": {
                    code: value
                    for code, value in (attributes or {}).items()
                    if value is not False and value is not None and value != []
                },
                "relations": [],
            }
        self.env.cr.execute(
            "SELECT type_id, source_id, target_id, date_end::text"
            " FROM itsm_ci_relation WHERE source_id = ANY(%s) OR target_id = ANY(%s)",
            [items.ids, items.ids],
        )
        for kind, source, target, end in self.env.cr.fetchall():
            for item in {source, target} & state.keys():
                state[item]["relations"].append((kind, source, target, end))
        for values in state.values():
            values["relations"].sort()
        return state

    # === In words ===

    def test_words(self):
        """What people read: names of fields, attributes, choices and records."""
        self.item.write(
            {
                "state": "test",
                "owner_id": self.ci_owner_2.id,
                "attributes": {"t_pick": "red", "t_bool": True, "t_int": 0},
            }
        )
        self.env.flush_all()
        self.item.write({"attributes": {"t_bool": False}, "active": False})
        self.env.flush_all()
        words = {
            (line.attribute_name, line.old_text, line.new_text)
            for line in self.item.history_ids
        }
        self.assertEqual(
            words,
            {
                ("State", "In use", "In test"),
                ("CI Owner", self.ci_owner.name, self.ci_owner_2.name),
                ("Name of t_pick", "", "Red"),
                ("Name of t_bool", "", "Yes"),
                ("Name of t_int", "", "0"),
                ("Name of t_bool", "Yes", "No"),
                ("Active", "Yes", "No"),
            },
        )

    def test_words_of_money(self):
        """The price is hidden from who may not see money, in every way to read it."""
        self.item.purchase_price = 4711.0
        self.env.flush_all()
        line = self._last(self.item)
        seen = line.with_user(self.ci_reader)
        self.assertEqual(seen.new_text, "(hidden)")
        self.assertNotIn("4711", str(seen.read()))
        for name in ("old_value", "new_value"):
            with self.assertRaises(AccessError):
                seen.read([name])
            with self.assertRaises(AccessError):
                seen.search([(name, "!=", False)])
        finance = self._create_user(
            "ci-money",
            "itsm_cmdb.itsm_group_ci_reader,itsm_base.itsm_group_finance",
        )
        self.assertIn("4711", line.with_user(finance).new_text)

    def test_words_of_deleted(self):
        """What was deleted since is said to be."""
        partner = self.env["res.partner"].create({"name": "Gone soon"})
        self.item.partner_id = partner
        self.env.flush_all()
        self.item.partner_id = False
        self.env.flush_all()
        partner.unlink()
        texts = self.item.history_ids.mapped("old_text")
        self.assertIn("(deleted)", texts)

    def test_words_of_deleted_relation_type(self):
        """CFG-07: a type of relation that is gone does not hide the rest of history."""
        kind, kind_2 = self.rel_both, self.rel_none
        other = self._ci("other")
        relation = self._relate(self.item, other, kind)
        self.env.flush_all()
        relation.type_id = kind_2
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM itsm_ci_relation_type WHERE id = %s", [kind.id]
        )
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        line = self.item.with_user(self.ci_reader).history_ids
        name = self.item.name
        self.assertEqual(line.old_text, f"{name} (deleted) other")
        self.assertEqual(line.new_text, f"{name} T none other")

    def test_relation_type_in_history(self):
        """CFG-07: a type that only history names is archived, not deleted."""
        relation = self._relate(self.item, self._ci("other"), self.rel_both)
        relation_2 = self._relate(self.item, self._ci("third"), self.rel_none)
        self.env.flush_all()
        relation.type_id = self.rel_backward
        relation_2.unlink()
        for kind in (self.rel_both, self.rel_none):
            with self.assertRaisesRegex(UserError, "Archive it"):
                kind.with_user(self.ci_manager).unlink()
            kind.active = False
        # no line names this one
        self.rel_forward.with_user(self.ci_manager).unlink()

    def test_words_of_markup(self):
        """Markup in names is text."""
        self.item.name = "<script>alert(1)</script>"
        self.env.flush_all()
        self.assertEqual(self.item.history_ids.new_text, "<script>alert(1)</script>")
        self.item.description = "<p>one <b>two</b></p>"
        self.assertEqual(self._last(self.item).new_text, "one *two*")

    def test_words_queries(self):
        """Reading a page of history costs the same for 10 lines and for 60."""
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(60)]
        )
        for partner in partners:
            self.item.partner_id = partner
            self.env.flush_all()
        lines = self.env["itsm.ci.history"].with_user(self.ci_reader)
        lines = lines.search([("ci_id", "=", self.item.id)])
        names = ["attribute_name", "old_text", "new_text", "time", "user_id"]
        counts = []
        for some in (lines[:10], lines):
            some.read(names)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # === Evidence ===

    def test_evidence(self):
        """Nobody writes, makes or deletes a line: not by RPC, not with sudo."""
        self.item.version = "2"
        self.env.flush_all()
        line = self.item.history_ids
        users = (self.ci_reader, self.ci_owner, self.ci_manager, self.manager)
        vals = {
            "ci_id": self.item.id,
            "attribute": "name",
            "user_id": self.env.uid,
        }
        for user in (*users, self.env.ref("base.user_admin")):
            for seen in (line.with_user(user), line.with_user(user).sudo()):
                for act in (
                    lambda seen=seen: seen.write({"attribute": "x"}),
                    lambda seen=seen: seen.unlink(),
                    lambda seen=seen: seen.create(vals),
                    lambda seen=seen: (
                        seen.load(["attribute"], [["x"]])["ids"] or self._refuse()
                    ),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        act()
        self.env.invalidate_all()
        self.assertEqual(self._lines(self.item), [("version", None, "2")])

    def _refuse(self):
        # nobody reads it
        # pylint: disable-next=translation-required
        raise AccessError("load() says so in its messages")

    def test_evidence_by_commands(self):
        """Nor by commands of the item."""
        self.item.version = "2"
        self.env.flush_all()
        line = self.item.history_ids
        commands = (
            Command.create({"attribute": "name", "user_id": self.env.uid}),
            Command.update(line.id, {"attribute": "x"}),
            Command.delete(line.id),
            Command.unlink(line.id),
            Command.clear(),
            Command.set([]),
        )
        for user in (self.ci_owner, self.ci_manager):
            for item in (self.item.with_user(user), self.item.with_user(user).sudo()):
                for command in commands:
                    with self.subTest(command=command, su=item.env.su):
                        with self.assertRaises(AccessError), self.cr.savepoint():
                            item.write({"history_ids": [command]})
                            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._lines(self.item), [("version", None, "2")])
