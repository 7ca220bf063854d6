# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from . import oracle
from .common import CmdbCommon

DAY = date(2026, 3, 10)
IMPACTS = ("forward", "backward", "both", "none")


@tagged("post_install", "-at_install")
class TestImpact(CmdbCommon):
    """What fails with what (CFG-25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = {
            "forward": cls.rel_forward,
            "backward": cls.rel_backward,
            "both": cls.rel_both,
            "none": cls.rel_none,
        }

    def _items(self, names):
        items = self.env["itsm.ci"].create([self._ci_vals(n) for n in names])
        return dict(zip(names, items, strict=True))

    def _depths(self, items, impact):
        names = {item.id: name for name, item in items.items()}
        return {names[key]: level for key, level in impact.depth.items()}

    def _redundancy(self, item, required, relations):
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "R", "ci_id": item.id, "required": 1}
        )
        for relation in relations:
            relation.redundancy_id = redundancy
        redundancy.required = required
        return redundancy

    # === By hand ===

    def test_ways(self):
        """Each kind of relation carries a failure the way its type says."""
        i = self._items("abcde")
        self._relate(i["a"], i["b"], self.rel_forward)
        self._relate(i["c"], i["a"], self.rel_backward)
        self._relate(i["d"], i["a"], self.rel_both)
        self._relate(i["a"], i["e"], self.rel_none)
        self.assertEqual(
            self._depths(i, i["a"]._impact()), {"a": 0, "b": 1, "c": 1, "d": 1}
        )
        self.assertEqual(self._depths(i, i["b"]._impact()), {"b": 0})
        self.assertEqual(
            self._depths(i, i["d"]._impact()), {"d": 0, "a": 1, "b": 2, "c": 2}
        )
        self.assertEqual(
            self._depths(i, i["b"]._impact("up")), {"b": 0, "a": 1, "d": 2}
        )
        self.assertEqual(
            self._depths(i, i["c"]._impact("up")), {"c": 0, "a": 1, "d": 2}
        )

    def test_two_of_three(self):
        """Two of three must be up: one may fail, two may not."""
        i = self._items("abcde")
        members = [self._relate(i[n], i["d"]) for n in "abc"]
        self._relate(i["d"], i["e"])
        redundancy = self._redundancy(i["d"], 2, members)
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0})
        impact = (i["a"] | i["c"])._impact()
        self.assertEqual(self._depths(i, impact), {"a": 0, "c": 0, "d": 1, "e": 2})
        self.assertEqual(impact.redundancy, {i["d"].id: redundancy.id})
        # up, each member may be the cause
        self.assertEqual(
            self._depths(i, i["e"]._impact("up")),
            {"e": 0, "d": 1, "a": 2, "b": 2, "c": 2},
        )

    def test_redundancy_falls_later(self):
        """The second member falls two levels later: so does what depends on it."""
        i = self._items(["root", "x", "m1", "m2", "top"])
        self._relate(i["root"], i["m1"])
        self._relate(i["root"], i["x"])
        self._relate(i["x"], i["m2"])
        members = [self._relate(i[n], i["top"]) for n in ("m1", "m2")]
        self._redundancy(i["top"], 1, members)
        impact = i["root"]._impact()
        self.assertEqual(
            self._depths(i, impact), {"root": 0, "m1": 1, "x": 1, "m2": 2, "top": 3}
        )
        self.assertEqual(
            impact.path(i["top"].id), [i[n].id for n in ("root", "x", "m2", "top")]
        )

    def test_unprotected_way_beside(self):
        """An unprotected cause hits, whatever the redundancy says."""
        i = self._items("abct")
        members = [self._relate(i[n], i["t"]) for n in "ab"]
        self._redundancy(i["t"], 1, members)
        self._relate(i["a"], i["t"], self.rel_both)
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0, "t": 1})

    def test_dismantled_member_is_not_live(self):
        """A dismantled or archived member does not keep anything going."""
        i = self._items("abct")
        members = [self._relate(i[n], i["t"]) for n in "abc"]
        self._redundancy(i["t"], 1, members)
        i["b"].action_dismantle()
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0})
        i["c"].active = False
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0, "t": 1})

    def test_ended_member_is_not_live(self):
        """A member whose relation has ended does not count."""
        i = self._items("abt")
        members = [self._relate(i[n], i["t"]) for n in "ab"]
        self._redundancy(i["t"], 1, members)
        members[1].date_end = DAY
        self.assertEqual(self._depths(i, i["a"]._impact(date=DAY)), {"a": 0})
        after = DAY + timedelta(days=1)
        self.assertEqual(self._depths(i, i["a"]._impact(date=after)), {"a": 0, "t": 1})

    def test_gone_leads_nowhere(self):
        """What is dismantled, cancelled or archived is not reached, leads nowhere."""
        i = self._items("abc")
        self._relate(i["a"], i["b"])
        self._relate(i["b"], i["c"])
        i["b"].action_dismantle()
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0})
        self.assertEqual(self._depths(i, i["c"]._impact("up")), {"c": 0})
        # asked for itself as well: it takes no part any more
        self.assertEqual(self._depths(i, i["b"]._impact()), {"b": 0})
        i["b"].action_use()
        self.assertEqual(self._depths(i, i["b"]._impact()), {"b": 0, "c": 1})
        i["b"].active = False
        self.assertEqual(self._depths(i, i["b"]._impact()), {"b": 0})

    def test_archive(self):
        """What others fail without is dismantled before it is archived."""
        one, two, three, four = self._items("abcd").values()
        self._relate(one, two)
        self._relate(one, three)
        self._relate(two, four, self.rel_none)
        for item in (one, one.with_user(self.ci_manager)):
            with self.assertRaisesRegex(UserError, "2 configuration items fail"):
                item.action_archive()
        with self.assertRaisesRegex(UserError, "a configuration item fails"):
            (one | two).action_archive()
        # nothing fails without it, or all that does goes with it
        two.action_archive()
        (one | three).action_archive()
        self.assertFalse(any((one | two | three).mapped("active")))
        (one | two | three).action_unarchive()
        one.action_cancel()
        one.action_archive()
        self.assertFalse(one.active)

    def test_first_and_last_day(self):
        """A relation holds on its first and on its last day."""
        i = self._items("ab")
        self._relate(i["a"], i["b"], date_start=DAY, date_end=DAY + timedelta(days=1))
        for shift, reached in ((-1, False), (0, True), (1, True), (2, False)):
            impact = i["a"]._impact(date=DAY + timedelta(days=shift))
            self.assertEqual(i["b"].id in impact.depth, reached, shift)
        with freeze_time("2026-03-10 12:00:00"):
            self.assertIn(i["b"].id, i["a"]._impact().depth)

    def test_depth(self):
        """No further than asked; cycles end."""
        i = self._items("abcd")
        for one, two in ("ab", "bc", "cd", "da"):
            self._relate(i[one], i[two])
        self.assertEqual(
            self._depths(i, i["a"]._impact()), {"a": 0, "b": 1, "c": 2, "d": 3}
        )
        self.assertEqual(
            self._depths(i, i["a"]._impact(depth=2)), {"a": 0, "b": 1, "c": 2}
        )
        self.assertEqual(self._depths(i, i["a"]._impact(depth=0)), {"a": 0})

    def test_wrong_direction(self):
        """Another direction than up or down is refused."""
        with self.assertRaises(ValueError):
            self._ci()._impact("sideways")

    def test_unsaved_changes_count(self):
        """What was written a moment ago counts."""
        i = self._items("abc")
        relation = self._relate(i["a"], i["b"])
        self.assertIn(i["b"].id, i["a"]._impact().depth)
        relation.target_id = i["c"]
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0, "c": 1})
        relation.type_id = self.rel_none
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0})
        self.rel_none.impact = "forward"
        self.assertEqual(self._depths(i, i["a"]._impact()), {"a": 0, "c": 1})

    def test_other_company_hidden(self):
        """Items of another company are searched through and not shown."""
        company, manager_2 = self._company_2()
        i = self._items("abcd")
        i["a"].company_id = i["c"].company_id = False
        i["b"].company_id = company
        self._relate(i["a"], i["b"])
        self._relate(i["b"], i["c"])
        self._relate(i["c"], i["d"])
        mine = i["a"].with_user(self.ci_reader)._impact()
        self.assertEqual(self._depths(i, mine), {"a": 0, "c": 2, "d": 3})
        # the way there is not told
        self.assertEqual(mine.path(i["c"].id), [i["c"].id])
        self.assertEqual(mine.path(i["d"].id), [i["c"].id, i["d"].id])
        theirs = i["a"].with_user(manager_2)._impact()
        self.assertEqual(self._depths(i, theirs), {"a": 0, "b": 1, "c": 2})
        with self.assertRaises(AccessError):
            i["b"].with_user(self.ci_reader)._impact()
        with self.assertRaises(AccessError):
            i["a"].with_user(self.employee)._impact()

    # === Against the oracle ===

    def _random_graph(self, seed, count=200):
        """Items, relations, redundancies (nested, with cycles), dates, gone ones."""
        rng = random.Random(seed)
        items = self.env["itsm.ci"].create(
            [self._ci_vals(f"{seed}-{number}") for number in range(count)]
        )
        edges = []
        seen = set()
        for _index in range(int(count * 1.3)):
            source, target = rng.sample(items.ids, 2)
            impact = rng.choices(IMPACTS, (5, 4, 1, 1))[0]
            if (source, target, impact) in seen:
                continue
            seen.add((source, target, impact))
            start = end = None
            if rng.random() < 0.15:
                start = DAY + timedelta(days=rng.randint(-3, 3))
            if rng.random() < 0.15:
                end = DAY + timedelta(days=rng.randint(-3, 3))
            if start and end and end < start:
                start, end = end, start
            edges.append(oracle.Edge(source, target, impact, start, end))
        groups = {}
        vals_list = []
        for item in rng.sample(items.ids, count // 3):
            members = [
                edge
                for edge in edges
                if edge.group is None and any(hit == item for _by, hit in edge.ways())
            ]
            # more members, so that there is something to stand in
            for _index in range(rng.randint(0, 3)):
                source = rng.choice([i for i in items.ids if i != item])
                if (source, item, "forward") not in seen:
                    seen.add((source, item, "forward"))
                    edges.append(oracle.Edge(source, item, "forward"))
                    members.append(edges[-1])
            members = rng.sample(members, rng.randint(0, len(members)))
            if not members:
                continue
            key = len(vals_list)
            groups[key] = oracle.Group(item, rng.randint(1, len(members)))
            vals_list.append(
                {"name": "R", "ci_id": item, "required": groups[key].required}
            )
            for edge in members:
                edge.group = key
        redundancies = self.env["itsm.ci.redundancy"].create(vals_list)
        relations = self.env["itsm.ci.relation"].create(
            [
                {
                    "type_id": self.kinds[edge.impact].id,
                    "source_id": edge.source,
                    "target_id": edge.target,
                    "date_start": edge.start,
                    "date_end": edge.end,
                    "redundancy_id": edge.group is not None
                    and redundancies[edge.group].id,
                }
                for edge in edges
            ]
        )
        gone = set(rng.sample(items.ids, count // 15))
        gone_items = items.browse(sorted(gone))
        gone_items[: len(gone) // 2].action_dismantle()
        gone_items[len(gone) // 2 :].write({"active": False})
        return rng, items, edges, relations, groups, gone

    def test_random_graphs(self):
        """Levels, in both directions, as a plain fixpoint has them (fixed seeds)."""
        reached = protected = 0
        for seed in range(8):
            rng, items, edges, relations, groups, gone = self._random_graph(seed)
            by_id = dict(zip(relations.ids, edges, strict=True))
            for _index in range(6):
                roots = rng.sample(items.ids, rng.randint(1, 8))
                day = DAY + timedelta(days=rng.randint(-4, 4))
                with self.subTest(seed=seed, roots=roots, day=day):
                    found = items.browse(roots)._impact(date=day)
                    expected = oracle.down(roots, edges, groups, gone, day)
                    self.assertEqual(found.depth, expected)
                    self._check_paths(found, by_id, day, roots, "down")
                    ignored = oracle.down(roots, edges, {}, gone, day)
                    protected += len(ignored) - len(expected)
                    found = items.browse(roots)._impact("up", date=day)
                    self.assertEqual(found.depth, oracle.up(roots, edges, gone, day))
                    self._check_paths(found, by_id, day, roots, "up")
                    reached += len(expected) - len(roots)
        # the graphs are not so thin or so dense that nothing is tested
        self.assertGreater(reached, 500)
        self.assertGreater(protected, 500)

    def test_random_together(self):
        """Many questions that are asked together, each of its own day, have the answers
        of the fixpoint; the statements of one hundred are as many as the levels."""
        rng, items, edges, _relations, groups, gone = self._random_graph(7)
        questions = [
            (
                items.browse(rng.sample(items.ids, rng.randint(0, 4))),
                DAY + timedelta(days=rng.randint(-4, 4)),
            )
            for _index in range(110)
        ]
        model = self.env["itsm.ci"]
        found = model._search_impacts(questions)
        self.assertEqual(len(found), len(questions))
        # the oracle is slow: some, and all around the end of the first hundred
        for index in {*range(0, 110, 4), *range(97, 103)}:
            (roots, day), impact = questions[index], found[index]
            expected = oracle.down(roots.ids, edges, groups, gone, day)
            self.assertEqual(impact.depth, expected)
        levels = max(max(impact.depth.values(), default=0) for impact in found[:100])
        spent = self._count_queries(lambda: model._search_impacts(questions[:100]))
        # which roots take part, which relations there are, one that finds nothing more
        self.assertLessEqual(spent, levels + 3)
        self.assertEqual(model._search_impacts([]), [])

    def _check_paths(self, impact, by_id, day, roots, direction):
        for item, level in impact.depth.items():
            path = impact.path(item)
            self.assertEqual(len(path), level + 1)
            self.assertIn(path[0], roots)
            self.assertEqual(path[-1], item)
            if not level:
                continue
            before, relation = impact.before[item]
            edge = by_id[relation]
            self.assertTrue(edge.holds(day))
            way = (before, item) if direction == "down" else (item, before)
            self.assertIn(way, list(edge.ways()))
        self.assertEqual(sorted(impact.levels()), sorted(set(impact.depth.values())))

    def test_random_depth(self):
        """A limit of levels cuts the result, and changes nothing nearer."""
        _rng, items, edges, _relations, groups, gone = self._random_graph(99)
        roots = items.ids[:4]
        expected = oracle.down(roots, edges, groups, gone, DAY)
        for depth in range(1, 4):
            found = items.browse(roots)._impact(depth=depth, date=DAY)
            self.assertEqual(
                found.depth, {i: lv for i, lv in expected.items() if lv <= depth}
            )

    # === Queries ===

    def _star(self, count):
        """A root, *count* items at level one, and one behind them all."""
        items = self.env["itsm.ci"].create(
            [self._ci_vals(f"star {number}") for number in range(count + 2)]
        )
        root, last = items[0], items[1]
        self.env["itsm.ci.relation"].create(
            [
                {
                    "type_id": self.rel_forward.id,
                    "source_id": one.id,
                    "target_id": two.id,
                }
                for leaf in items[2:]
                for one, two in ((root, leaf), (leaf, last))
            ]
        )
        self.env.flush_all()
        return root

    def _count_queries(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        return self.cr.sql_log_count - before

    def test_one_statement_a_level(self):
        """One statement a level and one that finds nothing more, however many items."""
        small, large = self._star(10), self._star(1000)
        counts = []
        for root in (small, large):
            root._search_impact("down")  # caches of the registry
            counts.append(
                self._count_queries(lambda root=root: root._search_impact("down"))
            )
        # two more: which of the roots take part, and which relations there are
        self.assertEqual(counts, [5, 5])

    def test_queries_of_user(self):
        """What the user may read costs the same for 10 and for 1,000 items."""
        small, large = self._star(10), self._star(1000)
        counts = []
        for root in (small, large):
            asked = root.with_user(self.ci_reader)
            # caches of the registry
            self._count_queries(asked._impact)
            counts.append(self._count_queries(asked._impact))
        self.assertEqual(*counts)
        self.assertLess(counts[0], 12)

    def test_unused_types(self):
        """A way is gone as soon as there is one relation of it, and not before."""
        i = self._items(["root", "mid", "end"])
        depends = self.env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
        used = self.env["itsm.ci.relation"].search([]).type_id
        both = self.env["itsm.ci.relation.type"].create(
            {
                "name": "Linked",
                "inverse_name": "Linked the other way",
                "code": "linked_both",
                "impact": "both",
            }
        )
        self.assertNotIn(both, used)
        self.env["itsm.ci.relation"].create(
            {
                "type_id": depends.id,
                "source_id": i["mid"].id,
                "target_id": i["root"].id,
            }
        )
        self.assertEqual(i["root"]._impact().reached, i["mid"].ids)
        self.env["itsm.ci.relation"].create(
            {"type_id": both.id, "source_id": i["end"].id, "target_id": i["mid"].id}
        )
        self.assertEqual(i["root"]._impact().reached, (i["mid"] | i["end"]).ids)
        # back along the second, but the first leads one way only
        self.assertEqual(i["end"]._impact().reached, i["mid"].ids)

    # === The assistant ===

    def test_wizard(self):
        """A reader gets lines with paths, nearest first, and counts by class."""
        i = self._items(["root", "mid", "end"])
        self._relate(i["root"], i["mid"])
        self._relate(i["mid"], i["end"])
        wizard = self.env["itsm.ci.impact"].with_user(self.ci_reader)
        action = i["root"].with_user(self.ci_reader).action_impact()
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.total, 2)
        self.assertEqual(
            [(line.ci_id.name, line.depth, line.path) for line in wizard.line_ids],
            [("mid", 1, "root → mid"), ("end", 2, "root → mid → end")],
        )
        self.assertEqual(wizard.classes, "T leaf: 2")
        wizard.depth = 1
        wizard.action_again()
        self.assertEqual(wizard.line_ids.ci_id, i["mid"])
        wizard.write({"direction": "up", "depth": 0})
        wizard.action_again()
        self.assertFalse(wizard.line_ids)
        self.assertIn("Nothing", wizard.summary)

    def test_spared(self):
        """CFG-25: what a redundancy keeps going is named, with what is left."""
        i = self._items(["a", "b", "c", "top", "end"])
        members = [self._relate(i[n], i["top"]) for n in "abc"]
        self._relate(i["top"], i["end"])
        redundancy = self._redundancy(i["top"], 2, members)
        impact = i["a"]._impact()
        self.assertEqual(
            impact.spared, [(redundancy.id, i["top"].id, 1, i["a"].id, 2, 3, 2)]
        )
        text = "top is not affected: 2 of 3 must be up, 2 are left; no reserve."
        action = i["a"].with_user(self.ci_reader).action_impact()
        wizard = self.env["itsm.ci.impact"].browse(action["res_id"])
        self.assertEqual(wizard.summary, f"Nothing else is affected. {text}")
        line = wizard.spared_ids
        self.assertEqual((line.ci_id, line.note), (i["top"], text))
        self.assertEqual((line.depth, line.path), (1, "a → top"))
        self.assertFalse(wizard.line_ids)
        self.assertEqual(
            i["a"].read_graph()["notes"], ["Nothing else is affected.", text]
        )
        # worked out again, the lines are not there twice
        wizard.action_again()
        self.assertEqual(len(wizard.spared_ids), 1)
        # reached after all, by a second member or another way: not spared
        self.assertFalse((i["a"] | i["b"])._impact().spared)
        redundancy.required = 1
        self.assertEqual(
            i["a"].read_graph()["notes"][1],
            "top is not affected: 1 of 3 must be up, 2 are left; 1 in reserve.",
        )
        both = i["a"] | i["b"]
        self.assertIn("1 is left; no reserve.", both.read_graph()["notes"][1])
        self.assertFalse(i["end"]._impact("up").spared)

    def test_spared_not(self):
        """Reached one level later, or asked for itself, it is not spared."""
        i = self._items(["root", "x", "m1", "m2", "top", "other"])
        self._relate(i["root"], i["m1"])
        self._relate(i["root"], i["x"])
        self._relate(i["x"], i["m2"])
        members = [self._relate(i[n], i["top"]) for n in ("m1", "m2")]
        self._redundancy(i["top"], 1, members)
        self.assertFalse(i["root"]._impact().spared)
        # as far as was looked, both members are lost: nothing is promised
        self.assertFalse(i["root"]._impact(depth=2).spared)
        self.assertEqual(i["m1"]._impact().spared[0].item, i["top"].id)
        self.assertFalse((i["m1"] | i["top"])._impact().spared)

    def test_spared_hidden(self):
        """What the user may not read is not named, and counts all the same."""
        company, _manager_2 = self._company_2()
        i = self._items(["a", "b", "c", "top", "mine"])
        for name in ("top", "b"):
            i[name].company_id = company
        for name in ("a", "c", "mine"):
            i[name].company_id = False
        members = [self._relate(i[n], i["top"]) for n in "ab"]
        self._redundancy(i["top"], 1, members)
        reader = i["a"].with_user(self.ci_reader)
        self.assertFalse(reader._impact().spared)
        self.assertEqual(len(i["a"]._impact().spared), 1)
        graph = reader.read_graph()
        self.assertNotIn("top", str(graph["notes"]))
        # the lost member is hidden: it is not on the way that is told
        self._relate(i["a"], i["b"])
        members = [self._relate(i[n], i["mine"]) for n in "bc"]
        self._redundancy(i["mine"], 1, members)
        wizard = self.env["itsm.ci.impact"].browse(reader.action_impact()["res_id"])
        self.assertEqual(wizard.spared_ids.ci_id, i["mine"])
        self.assertEqual(wizard.spared_ids.path, "mine")

    def test_wizard_long_path(self):
        """Of a long path the middle is left out."""
        names = [f"n{number:02}" for number in range(20)]
        i = self._items(names)
        for one, two in zip(names, names[1:], strict=False):
            self._relate(i[one], i[two])
        wizard = self.env["itsm.ci.impact"].create({"ci_ids": i["n00"].ids})
        last = wizard.line_ids[-1]
        self.assertEqual(last.depth, 19)
        self.assertEqual(
            last.path,
            " → ".join([*names[:6], "…", *names[-6:]]),
        )

    def test_wizard_queries(self):
        """Lines cost no query each."""
        small, large = self._star(10), self._star(90)
        counts = []
        for root in (small, large):
            asked = root.with_user(self.ci_reader)
            # caches of the registry
            self._count_queries(asked.action_impact)
            counts.append(self._count_queries(asked.action_impact))
        # lines are inserted by the hundred
        self.assertEqual(*counts)
