# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestRelation(CmdbCommon):
    """Relations and redundancies (CFG-10, CFG-26)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three, cls.four = cls.env["itsm.ci"].create(
            [cls._ci_vals(name) for name in ("one", "two", "three", "four")]
        )

    def _refused(self, error, act, pattern=""):
        with (
            self.assertRaisesRegex(error, pattern),
            self.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            act()
            self.env.flush_all()
        self.env.invalidate_all(flush=False)

    # === Ends ===

    def test_names(self):
        """A relation reads both ways."""
        relation = self._relate(self.one, self.two)
        self.assertEqual(relation.display_name, "one T forward two")
        self.assertEqual(relation.inverse_name, "T forward back")

    def test_itself(self):
        """No relation with itself, new or changed."""
        self._refused(psycopg2.IntegrityError, lambda: self._relate(self.one, self.one))
        relation = self._relate(self.one, self.two)
        self._refused(
            psycopg2.IntegrityError, lambda: relation.write({"target_id": self.one.id})
        )

    def test_classes(self):
        """Ends are of the classes of the type or below (CFG-10, CFG-26)."""
        self.rel_forward.source_class_ids = self.class_base
        self.rel_forward.target_class_ids = self.class_other | self.class_leaf
        place, other = self._ci("pl", self.class_place), self._ci("o", self.class_other)
        above = self._ci("above", self.class_base)
        self._relate(self.one, self.two)
        self._relate(above, other)
        for source, target, pattern in (
            (self.one, above, "above is of the class T base.*second"),
            (self.one, place, "pl is of the class T place.*second.*T other"),
            (place, other, "pl is of the class T place.*first.*T base"),
        ):
            self._refused(
                ValidationError,
                lambda source=source, target=target: self._relate(source, target),
                pattern,
            )
        relation = self._relate(self.one, other)
        self._refused(ValidationError, lambda: relation.write({"target_id": place.id}))
        relation = self._relate(place, other, self.rel_both)
        self._refused(
            ValidationError, lambda: relation.write({"type_id": self.rel_forward.id})
        )

    def test_class_of_an_end_changes(self):
        """An item with relations changes to a class that fits them only."""
        self.rel_forward.target_class_ids = self.class_leaf
        self._relate(self.one, self.two)
        self._refused(
            ValidationError,
            lambda: self.two.write({"class_id": self.class_leaf_2.id}),
            "two is of the class T leaf 2",
        )
        self.one.class_id = self.class_leaf_2

    def test_companies(self):
        """Ends of two companies are refused; what both use has none."""
        company, _manager = self._company_2()
        foreign = self._ci("foreign", company_id=company.id)
        shared = self._ci("shared", company_id=False)
        self._refused(
            ValidationError,
            lambda: self._relate(self.one, foreign),
            "one and foreign belong to different companies",
        )
        # who may not read one of them does not learn its name
        self.one.owner_id = self.ci_owner
        relations = self.env["itsm.ci.relation"].with_user(self.ci_owner)
        mine = relations.create(self._relation_vals(self.one, self.two))
        for refused in (
            lambda: relations.create(self._relation_vals(self.one, foreign)),
            lambda: mine.write({"target_id": foreign.id}),
        ):
            self._refused(AccessError, refused)
        mine.unlink()
        self._relate(shared, foreign)
        self._relate(self.one, shared)
        relation = self._relate(self.one, self.two)
        self._refused(
            ValidationError, lambda: relation.write({"target_id": foreign.id})
        )

    # === Time ===

    def test_dates(self):
        """It does not end before it begins; one day is enough."""
        self._refused(
            psycopg2.IntegrityError,
            lambda: self._relate(
                self.one, self.two, date_start="2026-02-02", date_end="2026-02-01"
            ),
        )
        self._relate(self.one, self.two, date_start="2026-02-02", date_end="2026-02-02")

    def test_valid(self):
        """First and last day included; the search finds the same."""
        cases = [
            (None, None, True),
            ("2026-03-10", None, True),
            ("2026-03-11", None, False),
            (None, "2026-03-10", True),
            (None, "2026-03-09", False),
            ("2026-03-01", "2026-03-31", True),
        ]
        relations = self.env["itsm.ci.relation"]
        expected = relations
        for start, end, valid in cases:
            relation = self._relate(
                self._ci("source"), self.two, date_start=start, date_end=end
            )
            relations |= relation
            expected |= relation if valid else relation.browse()
        with freeze_time("2026-03-10 12:00:00"):
            self.assertEqual(
                relations.mapped("is_valid"), [valid for _s, _e, valid in cases]
            )
            domain = [("id", "in", relations.ids)]
            found = relations.search([*domain, ("is_valid", "=", True)])
            self.assertEqual(found, expected)
            found = relations.search([*domain, ("is_valid", "=", False)])
            self.assertEqual(found, relations - expected)
            found = relations.search([*domain, ("is_valid", "!=", True)])
            self.assertEqual(found, relations - expected)
            self.assertEqual(self.two.relation_count, len(expected))

    def test_end_today(self):
        """Ending it today: today it still holds."""
        with freeze_time("2026-03-10 12:00:00"):
            relation = self._relate(self.one, self.two)
            relation.action_end_today()
            self.assertTrue(relation.is_valid)
        self.assertEqual(str(relation.date_end), "2026-03-10")
        with freeze_time("2026-03-11 12:00:00"):
            relation.invalidate_recordset()
            self.assertFalse(relation.is_valid)

    def test_open_duplicates(self):
        """The same relation is open once; ended ones may lie before it."""
        first = self._relate(self.one, self.two)
        self._refused(psycopg2.IntegrityError, lambda: self._relate(self.one, self.two))
        self._relate(self.two, self.one)
        self._relate(self.one, self.two, self.rel_none)
        first.date_end = "2026-01-01"
        self._relate(self.one, self.two, date_start="2026-01-02")
        self._refused(psycopg2.IntegrityError, lambda: first.write({"date_end": False}))

    # === How many ===

    def test_cardinality(self):
        """At most so many at a time, at either end (CFG-10)."""
        self.rel_forward.write({"max_targets": 2, "max_sources": 1})
        self._relate(self.one, self.two)
        self._relate(self.one, self.three)
        self._refused(
            ValidationError, lambda: self._relate(self.one, self.four), "one would have"
        )
        self._refused(
            ValidationError, lambda: self._relate(self.four, self.two), "two would have"
        )
        self._relate(self.one, self.four, self.rel_both)

    def test_cardinality_in_one_call(self):
        """Two in one call count as well."""
        self.rel_forward.max_targets = 1
        vals_list = [
            {
                "type_id": self.rel_forward.id,
                "source_id": self.one.id,
                "target_id": target.id,
            }
            for target in (self.two, self.three)
        ]
        self._refused(
            ValidationError, lambda: self.env["itsm.ci.relation"].create(vals_list)
        )

    def test_cardinality_with_dates(self):
        """Only those of the same day count; the last day is a day."""
        self.rel_forward.max_targets = 1
        first = self._relate(self.one, self.two, date_end="2026-01-31")
        for start in ("2026-01-31", "2026-01-01", None):
            self._refused(
                ValidationError,
                lambda start=start: self._relate(
                    self.one, self.three, date_start=start
                ),
            )
        second = self._relate(self.one, self.three, date_start="2026-02-01")
        self._refused(
            ValidationError, lambda: second.write({"date_start": "2026-01-31"})
        )
        self._refused(ValidationError, lambda: first.write({"date_end": "2026-02-01"}))
        # one in between
        second.date_start = "2026-03-01"
        self._relate(
            self.one, self.four, date_start="2026-02-01", date_end="2026-02-28"
        )
        self._refused(
            ValidationError,
            lambda: self._relate(
                self.one, self.two, date_start="2026-02-15", date_end="2026-02-15"
            ),
        )

    def test_cardinality_that_begins_inside(self):
        """Too many at a time although none of them overlaps the first day."""
        self.rel_forward.max_targets = 2
        for target, start, end in (
            (self.two, "2026-01-01", "2026-01-20"),
            (self.three, "2026-01-10", "2026-01-31"),
        ):
            self._relate(self.one, target, date_start=start, date_end=end)
        self._refused(
            ValidationError,
            lambda: self._relate(
                self.one, self.four, date_start="2025-12-01", date_end="2026-01-15"
            ),
        )
        self._relate(
            self.one, self.four, date_start="2025-12-01", date_end="2026-01-09"
        )

    # === Types ===

    def test_type(self):
        """A type that is used keeps its code and is archived, not deleted."""
        self._relate(self.one, self.two)
        self._refused(UserError, lambda: self.rel_forward.write({"code": "other"}))
        self._refused(UserError, self.rel_forward.unlink)
        self.rel_both.code = "other"
        self.rel_both.unlink()
        for code in ("A", "1", "a b"):
            self._refused(
                ValidationError, lambda code=code: self.rel_none.write({"code": code})
            )
        self._refused(
            psycopg2.IntegrityError, lambda: self.rel_none.write({"max_targets": -1})
        )

    # === Redundancy ===

    def _redundancy(self, item, members, required=1):
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "R", "ci_id": item.id}
        )
        for member in members:
            member.redundancy_id = redundancy
        redundancy.required = required
        return redundancy

    def test_redundancy_ends(self):
        """A redundancy protects the end that the type affects, no other."""
        cases = (
            (self.rel_forward, self.two, self.one),
            (self.rel_backward, self.one, self.two),
        )
        for kind, hit, other in cases:
            relation = self._relate(self.one, self.two, kind)
            with self.subTest(impact=kind.impact):
                self._redundancy(hit, relation)
                self._refused(
                    ValidationError,
                    lambda other=other, relation=relation: self._redundancy(
                        other, relation
                    ),
                    "does not affect",
                )
                self._refused(
                    ValidationError,
                    lambda relation=relation: self._redundancy(self.three, relation),
                )
        relation = self._relate(self.one, self.two, self.rel_both)
        self._redundancy(self.one, relation)
        self._redundancy(self.two, relation)
        relation = self._relate(self.one, self.two, self.rel_none)
        for item in (self.one, self.two):
            self._refused(
                ValidationError, lambda item=item: self._redundancy(item, relation)
            )

    def test_redundancy_stays_true(self):
        """Nor does a change of relation, type or redundancy make it wrong."""
        relation = self._relate(self.one, self.two)
        redundancy = self._redundancy(self.two, relation)
        self._refused(
            ValidationError, lambda: relation.write({"target_id": self.three.id})
        )
        self._refused(
            ValidationError, lambda: relation.write({"type_id": self.rel_none.id})
        )
        self._refused(ValidationError, lambda: redundancy.write({"ci_id": self.one.id}))
        self._refused(
            ValidationError, lambda: self.rel_forward.write({"impact": "backward"})
        )
        self.rel_forward.impact = "both"

    def test_redundancy_required(self):
        """No more can be required than there are; at least one is."""
        members = self._relate(self.one, self.three) | self._relate(
            self.two, self.three
        )
        redundancy = self._redundancy(self.three, members, 2)
        self._refused(ValidationError, lambda: redundancy.write({"required": 3}))
        for required in (0, -1):
            self._refused(
                psycopg2.IntegrityError,
                lambda required=required: redundancy.write({"required": required}),
            )
        self.assertEqual(redundancy.member_count, 2)
        members[0].date_end = "2020-01-01"
        self.assertEqual(redundancy.member_count, 1)

    def test_redundancy_kept(self):
        """One with members is not deleted; without it is."""
        relation = self._relate(self.one, self.two)
        redundancy = self._redundancy(self.two, relation)
        self._refused(UserError, redundancy.unlink)
        relation.redundancy_id = False
        redundancy.unlink()

    def test_type_narrower(self):
        """CFG-10: classes of a type in use leave out none of its relations."""
        relation = self._relate(self.one, self._ci("o", self.class_other))
        kind = self.rel_forward.with_user(self.ci_manager)
        for vals, pattern in (
            (
                {"source_class_ids": self.class_leaf_2.ids},
                "one is of the class T leaf.*first",
            ),
            (
                {"target_class_ids": self.class_base.ids},
                "o is of the class T other.*second",
            ),
        ):
            self._refused(ValidationError, lambda vals=vals: kind.write(vals), pattern)
        relation.target_id.active = False
        self._refused(
            ValidationError,
            lambda: kind.write({"target_class_ids": self.class_base.ids}),
            "o is of the class T other",
        )
        kind.write(
            {
                "source_class_ids": self.class_base.ids,
                "target_class_ids": self.class_other.ids,
            }
        )

    def test_type_fewer(self):
        """CFG-10: a smaller maximum than there is at a time is refused; what holds one
        after the other is none."""
        self._relate(self.one, self.two)
        self._relate(self.one, self.three)
        self._relate(self.four, self.two, date_end="2026-01-31")
        kind = self.rel_forward.with_user(self.ci_manager)
        self._refused(
            ValidationError, lambda: kind.write({"max_targets": 1}), "one would have 2"
        )
        self._refused(
            ValidationError, lambda: kind.write({"max_sources": 1}), "two would have 2"
        )
        first = self.one.relation_source_ids.filtered(lambda r: r.target_id == self.two)
        first.date_start = "2026-02-01"
        kind.write({"max_targets": 2, "max_sources": 1})

    # === In the form ===

    def test_form(self):
        """Relations of both ends, in the form of an item."""
        manager = self.one.with_user(self.ci_manager)
        with Form(manager) as form:
            with form.relation_source_ids.new() as line:
                line.type_id = self.rel_forward
                line.target_id = self.two
            with form.relation_target_ids.new() as line:
                line.type_id = self.rel_backward
                line.source_id = self.three
        relations = self.one.relation_source_ids | self.one.relation_target_ids
        self.assertEqual(
            {(r.source_id, r.type_id, r.target_id) for r in relations},
            {
                (self.one, self.rel_forward, self.two),
                (self.three, self.rel_backward, self.one),
            },
        )

    def test_created_with_item(self):
        """Relations in the same call as the item; origin is the system's to say."""
        item = self._ci(
            relation_source_ids=[
                Command.create(
                    {
                        "type_id": self.rel_forward.id,
                        "target_id": self.two.id,
                        "origin": "import",
                    }
                )
            ]
        )
        self.assertEqual(item.relation_source_ids.target_id, self.two)
        self.assertEqual(item.relation_source_ids.origin, "system")
        item.relation_source_ids.write({"origin": "api", "note": "x"})
        self.assertEqual(item.relation_source_ids.origin, "system")
        self.assertEqual(item.relation_source_ids.note, "x")

    def test_catalogue(self):
        """Nobody says that a relation comes from the catalogue."""
        relation = self._relate(self.one, self.two)
        relation = relation.with_user(self.ci_manager)
        relation.write({"is_catalogue": True, "note": "x"})
        made = relation.create(
            {
                "type_id": self.rel_none.id,
                "source_id": self.one.id,
                "target_id": self.two.id,
                "is_catalogue": True,
            }
        )
        self.assertFalse(relation.is_catalogue or made.is_catalogue)
        made = relation.with_context(default_is_catalogue=True).create(
            {
                "type_id": self.rel_none.id,
                "source_id": self.one.id,
                "target_id": self.three.id,
            }
        )
        self.assertFalse(made.is_catalogue)
