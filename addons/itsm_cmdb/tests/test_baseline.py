# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestBaseline(CmdbCommon):
    """Baselines: taken, approved, compared, restored (CFG-14, CFG-23, CFG-27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(
                    "one",
                    owner_id=cls.ci_owner.id,
                    serial="S-1",
                    attributes={"t_int": 4},
                ),
                cls._ci_vals("two", owner_id=cls.ci_owner_2.id, purchase_price=100),
                cls._ci_vals("three"),
            ]
        )
        cls.items = cls.one | cls.two | cls.three
        cls.relation = cls._relate(cls.one, cls.two)
        cls.ci_manager_2 = cls._create_user(
            "ci-manager-b", "itsm_cmdb.itsm_group_ci_manager"
        )
        cls.env.flush_all()

    def _baseline(self, items=None, **vals):
        baseline = (
            self.env["itsm.ci.baseline"]
            .with_user(self.ci_manager)
            .create(
                {
                    "name": "base",
                    "ci_ids": [Command.set((items or self.items).ids)],
                    **vals,
                }
            )
        )
        baseline.action_take()
        return baseline

    def _compare(self, baseline, other=None, user=None):
        """``{(change, name of CI, what, old, new)}``"""
        comparisons = self.env["itsm.ci.comparison"].with_user(user or self.ci_manager)
        comparison = comparisons.create(
            {"baseline_id": baseline.id, "other_id": other and other.id}
        )
        comparison.action_compare()
        return comparison, {
            (line.change, line.ci_id.name, line.what, line.old_text, line.new_text)
            for line in comparison.line_ids
        }

    # === Taking it ===

    def test_take(self):
        """CFG-23: a number, who and when, one line an item, values and relations."""
        baseline = self._baseline()
        self.assertEqual(baseline.state, "taken")
        self.assertTrue(baseline.number.startswith("BL-"))
        self.assertEqual(baseline.taken_by_id, self.ci_manager)
        self.assertEqual(baseline.line_count, 3)
        line = baseline.line_ids.filtered(lambda line: line.ci_id == self.one)
        content = line.sudo().content
        self.assertEqual(content["serial"], "S-1")
        self.assertEqual(content["attributes"], {"t_int": 4})
        self.assertEqual(
            [(r["source"], r["target"]) for r in content["relations"]],
            [(self.one.id, self.two.id)],
        )
        self.assertIn("Serial Number: S-1", line.text)
        self.assertIn("T forward", line.text)

    def test_hash(self):
        """The fingerprint by hand: JSON lines, sorted keys, no blanks."""
        baseline = self._baseline(self.one | self.two)
        rows = [
            [
                baseline.number,
                baseline.moment.strftime("%Y-%m-%d %H:%M:%S"),
                self.company.id,
            ]
        ]
        for item in self.one | self.two:
            line = baseline.line_ids.filtered(lambda line, i=item: line.ci_id == i)
            rows.append([item.id, line.sudo().content])
        text = "".join(
            json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            + "\n"
            for row in rows
        )
        expected = hashlib.sha256(text.encode()).hexdigest()
        self.assertEqual(baseline.content_hash, expected)
        self.assertFalse(baseline.is_altered)

    def test_altered(self):
        """Content that was changed behind its back shows, and is not approved."""
        for statement in (
            "UPDATE itsm_ci_baseline_line SET content = jsonb_set(content,"
            " '{serial}', '\"X\"') WHERE baseline_id = %s AND ci_id = %s",
            "DELETE FROM itsm_ci_baseline_line WHERE baseline_id = %s AND ci_id = %s",
        ):
            with self.subTest(statement):
                baseline = self._baseline()
                self.env.cr.execute(statement, [baseline.id, self.one.id])
                self.env.invalidate_all()
                self.assertTrue(baseline.is_altered)
                with self.assertRaisesRegex(UserError, "changed in the database"):
                    baseline.with_user(self.ci_manager_2).action_approve()
                comparison, _found = self._compare(baseline)
                self.assertTrue(comparison.is_altered)

    def test_immutable(self):
        """Nobody changes what was taken: not its lines, not its name, not in sudo."""
        baseline = self._baseline()
        line = baseline.line_ids[0]
        for records in (line.with_user(self.ci_manager), line.sudo()):
            with self.assertRaises(AccessError):
                records.write({"content": {}})
            with self.assertRaises(AccessError), mute_logger("odoo.models.unlink"):
                records.unlink()
        with self.assertRaises(AccessError):
            line.sudo().create(
                {"baseline_id": baseline.id, "ci_id": self.one.id, "content": {}}
            )
        for vals in ({"name": "x"}, {"moment": datetime(2026, 1, 1)}, {"ci_ids": []}):
            with self.assertRaisesRegex(UserError, "not changed any more"):
                baseline.write(vals)
        for vals in ({"state": "approved"}, {"content_hash": "0"}, {"line_count": 9}):
            with self.assertRaises(UserError):
                baseline.write(vals)
        with self.assertRaises(UserError):
            baseline.unlink()
        with self.assertRaises(UserError):
            self.env["itsm.ci.baseline"].create({"name": "x", "state": "approved"})
        with self.assertRaises(UserError):
            self.one.unlink()
        self._baseline().sudo().copy().unlink()

    def test_bad_input(self):
        """A baseline of nothing, of the future, of what is archived, twice."""
        baselines = self.env["itsm.ci.baseline"].with_user(self.ci_manager)
        empty = baselines.create({"name": "empty"})
        with self.assertRaisesRegex(UserError, "about no configuration item"):
            empty.action_take()
        with self.assertRaisesRegex(ValidationError, "Choose a past moment"):
            empty.moment = fields.Datetime.now() + timedelta(days=1)
        early = baselines.create(
            {
                "name": "early",
                "ci_ids": [Command.set(self.one.ids)],
                "moment": datetime(2001, 1, 1),
            }
        )
        with self.assertRaisesRegex(UserError, "was recorded at that moment"):
            early.action_take()
        gone = baselines.create({"name": "gone", "ci_ids": [Command.set(self.one.ids)]})
        self.one.active = False
        with self.assertRaisesRegex(UserError, "one is archived"):
            gone.action_take()
        self.one.active = True
        gone.action_take()
        with self.assertRaisesRegex(UserError, "does not apply"):
            gone.action_take()
        for text in ("[('nope', '=', 1)]", "__import__('os')", "7", "[("):
            with self.subTest(text), self.assertRaises(UserError):
                baselines.create(
                    {"name": "f", "scope": "filter", "filter_domain": text}
                )

    def test_scopes(self):
        """By class with those below, by system, by filter, all of the company."""
        self._relate(self.two, self.three)
        other = self._ci("other", self.class_other)
        baselines = self.env["itsm.ci.baseline"].with_user(self.ci_manager)
        cases = {
            "class": ({"class_ids": [Command.set(self.class_base.ids)]}, self.items),
            "system": ({"system_id": self.two.id}, self.one | self.two),
            "filter": (
                {"filter_domain": "[('class_id.code', '=', 't_other')]"},
                other,
            ),
        }
        for scope, (vals, expected) in cases.items():
            with self.subTest(scope):
                baseline = baselines.create({"name": scope, "scope": scope, **vals})
                self.assertEqual(baseline.scope_count, len(expected))
                baseline.action_take()
                self.assertEqual(baseline.line_ids.ci_id, expected.sorted("id"))
        every = baselines.create({"name": "all", "scope": "all"})
        self.assertLessEqual(self.items | other, every._scope_items())

    def test_past(self):
        """CFG-27: as it was at a moment, from the history."""
        self.env.cr.execute(
            "UPDATE itsm_ci SET create_date = '2026-01-01' WHERE id = ANY(%s)",
            [self.items.ids],
        )
        self.env.invalidate_all()
        with freeze_time("2026-03-10 10:00:00"):
            self.one.serial = "S-2"
            self.env.flush_all()
        with freeze_time("2026-03-20 10:00:00"):
            self.one.serial = "S-3"
            self.env.flush_all()
        for moment, serial in (
            (datetime(2026, 3, 1), "S-1"),
            (datetime(2026, 3, 15), "S-2"),
            (datetime(2026, 3, 25), "S-3"),
        ):
            baseline = self._baseline(self.one, moment=moment)
            self.assertEqual(baseline.line_ids.sudo().content["serial"], serial)

    # === Approving it ===

    def test_approve(self):
        """Nobody approves his own while another manager can; it supersedes the last."""
        first = self._baseline(kind="initial")
        with self.assertRaisesRegex(UserError, "took .* yourself"):
            first.action_approve()
        # so the button is not shown, and who can is named
        self.assertIn("another configuration manager", first.approval_note)
        self.assertFalse(first.with_user(self.ci_manager_2).approval_note)
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            with self.assertRaises(AccessError):
                first.with_user(user).action_approve()
        first.with_user(self.ci_manager_2).action_approve()
        self.assertEqual(first.approved_by_id, self.ci_manager_2)
        second = self._baseline(kind="initial", previous_id=first.id)
        second.with_user(self.ci_manager_2).action_approve()
        self.assertEqual((first.state, second.state), ("superseded", "approved"))
        third = self._baseline()
        third.action_reject()
        with self.assertRaisesRegex(UserError, "does not apply"):
            third.with_user(self.ci_manager_2).action_approve()

    def test_approve_alone(self):
        """A single manager approves his own: nothing gets stuck."""
        baseline = self._baseline()
        group = self.env.ref("itsm_cmdb.itsm_group_ci_manager")
        users = group.all_user_ids - self.ci_manager - self.env.ref("base.user_root")
        users.with_context(active_test=False).sudo().write({"active": False})
        self.assertFalse(baseline.approval_note)
        baseline.with_user(self.ci_manager).action_approve()
        self.assertEqual(baseline.state, "approved")

    # === Comparing it ===

    def test_compare_now(self):
        """CFG-23: fields, attributes and relations, with both values in words."""
        baseline = self._baseline()
        comparison, found = self._compare(baseline)
        self.assertEqual((found, comparison.same), (set(), 3))
        self.one.write({"serial": "S-9", "attributes": {"t_int": 5, "t_bool": True}})
        self.two.owner_id = self.ci_owner
        self.relation.unlink()
        self._relate(self.two, self.three, self.rel_none)
        self.three.active = False
        comparison, found = self._compare(baseline)
        self.assertEqual(
            found,
            {
                ("changed", "one", "Serial Number", "S-1", "S-9"),
                ("changed", "one", "Name of t_int", "4", "5"),
                ("changed", "one", "Name of t_bool", False, "Yes"),
                (
                    "changed",
                    "two",
                    "CI Owner",
                    self.ci_owner_2.name,
                    self.ci_owner.name,
                ),
                ("changed", "one", "Relation", "one T forward two", False),
                ("changed", "two", "Relation", False, "two T none three"),
                (
                    "removed",
                    "three",
                    "Configuration item",
                    "three",
                    "(archived, or not in the scope any more)",
                ),
            },
        )
        # items, not lines: they add up to what the baseline holds
        self.assertEqual(
            (comparison.changed, comparison.removed, comparison.same), (2, 1, 0)
        )
        _name, content = comparison._workbook()
        self.assertTrue(content.startswith(b"PK"))

    def test_relation_that_ended(self):
        """A relation that no longer holds is gone; made again it is the same."""
        baseline = self._baseline()
        self.relation.date_end = fields.Date.today() - timedelta(days=2)
        _comparison, found = self._compare(baseline)
        self.assertEqual(
            [(row[2], row[4]) for row in found], [("Relation", False)], found
        )
        self._relate(self.one, self.two)
        self.assertEqual(self._compare(baseline)[1], set())

    def test_compare_two(self):
        """Two baselines: what came, what went, what changed between them."""
        first = self._baseline(self.one | self.two)
        self.one.hostname = "h1"
        second = self._baseline(self.one | self.three)
        self.one.hostname = "h2"
        _comparison, found = self._compare(first, second)
        self.assertEqual(
            found,
            {
                ("changed", "one", "Host Name", False, "h1"),
                ("removed", "two", "Configuration item", "two", False),
                ("added", "three", "Configuration item", False, "three"),
            },
        )
        with self.assertRaises(UserError):
            self._compare(first, first)

    def test_compare_added(self):
        """What has come into the scope since is added."""
        baseline = (
            self.env["itsm.ci.baseline"]
            .with_user(self.ci_manager)
            .create(
                {
                    "name": "class",
                    "scope": "class",
                    "class_ids": [Command.set(self.class_leaf.ids)],
                }
            )
        )
        baseline.action_take()
        self._ci("four")
        _comparison, found = self._compare(baseline)
        self.assertEqual(
            found, {("added", "four", "Configuration item", False, "four")}
        )

    def test_price(self):
        """A price is told to who sees prices only, in lines and comparisons."""
        baseline = self._baseline()
        self.two.purchase_price = 200
        _comparison, found = self._compare(baseline)
        self.assertIn(
            ("changed", "two", "Purchase Price", "(hidden)", "(hidden)"), found
        )
        line = baseline.line_ids.filtered(lambda line: line.ci_id == self.two)
        self.assertIn("(hidden)", line.with_user(self.ci_reader).text)
        self.assertNotIn("100", line.with_user(self.ci_reader).text)
        with self.assertRaises(AccessError):
            line.with_user(self.ci_reader).read(["content"])
        self.ci_manager.group_ids += self.env.ref("itsm_base.itsm_group_finance")
        _comparison, found = self._compare(baseline)
        self.assertIn(("changed", "two", "Purchase Price", "100.0", "200.0"), found)

    def test_companies(self):
        """Another company sees nothing of it; what one may not see is left out."""
        company, foreign = self._company_2()
        baseline = self._baseline()
        with self.assertRaises(AccessError):
            baseline.with_user(foreign).read(["name"])
        with self.assertRaises(AccessError):
            baseline.line_ids.with_user(foreign).read(["ci_id"])
        with self.assertRaises(AccessError):
            self._compare(baseline, user=foreign)
        self.three.sudo().company_id = company
        comparison, found = self._compare(baseline)
        self.assertEqual((found, comparison.hidden), (set(), 1))
        self.assertNotIn(self.three, baseline.with_user(self.ci_manager).line_ids.ci_id)

    def test_denied(self):
        """Readers look and compare; they take nothing; portal users see nothing."""
        baseline = self._baseline()
        self.assertEqual(self._compare(baseline, user=self.ci_reader)[1], set())
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            with self.assertRaises(AccessError):
                self.env["itsm.ci.baseline"].with_user(user).create({"name": "x"})
        for user in (self.portal_user, self.employee):
            with self.assertRaises(AccessError):
                baseline.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self._compare(baseline, user=user)
        mine, _found = self._compare(baseline, user=self.ci_reader)
        with self.assertRaises(AccessError):
            mine.with_user(self.ci_owner).read(["same"])

    # === Restoring ===

    def test_restore(self):
        """CFG-27: an action for each owner with what differs; nothing is changed."""
        baseline = self._baseline()
        self.one.serial = "S-9"
        self.two.write({"hostname": "h9", "purchase_price": 7})
        comparison, _found = self._compare(baseline)
        action = comparison.action_propose()
        actions = self.env["itsm.action"].search(action["domain"])
        self.assertEqual(actions.owner_id, self.ci_owner | self.ci_owner_2)
        self.assertEqual(set(actions.mapped("res_model")), {"itsm.ci.baseline"})
        mine = actions.filtered(lambda a: a.owner_id == self.ci_owner)
        self.assertIn("S-1", mine.description)
        self.assertIn("S-9", mine.description)
        other = actions - mine
        self.assertIn("h9", other.description)
        self.assertNotIn("100", other.description)
        self.assertEqual((self.one.serial, self.two.hostname), ("S-9", "h9"))

    def test_restore_denied(self):
        """A reader proposes nothing, an owner only of his own; never between two."""
        baseline = self._baseline()
        self.one.serial = "S-9"
        self.two.hostname = "h9"
        for user in (self.ci_reader, self.ci_owner):
            comparison, _found = self._compare(baseline, user=user)
            with self.assertRaises(AccessError):
                comparison.action_propose()
        own = comparison.line_ids.filtered(lambda line: line.ci_id == self.one)
        actions = self.env["itsm.action"].search(own.action_propose()["domain"])
        self.assertEqual(actions.owner_id, self.ci_owner)
        second = self._baseline()
        comparison, _found = self._compare(baseline, second)
        with self.assertRaisesRegex(UserError, "compares two baselines"):
            comparison.action_propose()

    def test_other_baseline_slipped_in(self):
        """What was found of one baseline is not proposed in the name of another."""
        first, second = self._baseline(), self._baseline()
        self.one.serial = "S-9"
        comparison, _found = self._compare(first)
        comparison.baseline_id = second
        self.assertFalse(comparison.line_ids)
        with self.assertRaisesRegex(UserError, "nothing to put back"):
            comparison.action_propose()

    # === What others ask ===

    def test_without_baseline(self):
        """CFG-24: of which was none taken since; drafts and rejected do not count."""
        since = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self.items._without_baseline(since), self.items)
        self._baseline(self.one)
        self._baseline(self.two).action_reject()
        self.assertEqual(self.items._without_baseline(since), self.two | self.three)
        later = fields.Datetime.now() + timedelta(hours=1)
        self.assertEqual(self.items._without_baseline(later), self.items)
        with self.assertQueryCount(1):
            self.items._without_baseline(since)

    def test_from_item(self):
        """CFG-22: from an item to its baselines."""
        baseline = self._baseline()
        self.assertEqual(self.one.baseline_count, 1)
        action = self.one.with_user(self.ci_reader).action_view_baselines()
        found = self.env["itsm.ci.baseline"].search(action["domain"])
        self.assertEqual(found, baseline)

    def test_queries(self):
        """As many queries for 60 items as for 6."""

        def work(number):
            items = self.env["itsm.ci"].create(
                [self._ci_vals(f"q {number} {i}") for i in range(number)]
            )
            baseline = (
                self.env["itsm.ci.baseline"]
                .with_user(self.ci_manager)
                .create({"name": "q", "ci_ids": [Command.set(items.ids)]})
            )
            self.env.flush_all()
            self.env.invalidate_all()
            counts = []
            for step in (
                baseline.action_take,
                lambda: baseline._differences(),
                lambda: baseline.is_altered,
            ):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                step()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
                for item in items:
                    item.version = str(len(counts))
            return counts

        work(2)
        self.assertEqual(work(6), work(60))
