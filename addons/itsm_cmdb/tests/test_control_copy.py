# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_cmdb.models import itsm_ci_copy

from .common_control import ControlCommon

LOGGER = "odoo.addons.itsm_cmdb.models.itsm_ci_copy"


@tagged("post_install", "-at_install")
class TestControlCopy(ControlCommon):
    """CFG-17: what came past the system is found, by the next write or by the day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.redundancy = cls.env["itsm.ci.redundancy"].create(
            {"name": "power", "ci_id": cls.noted.id}
        )
        cls.env.flush_all()
        cls.env["itsm.ci.copy"]._compare_all()
        cls.known = cls.env["itsm.ci.unauthorised"].search([])

    def setUp(self):
        super().setUp()
        self.patch(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda _cron, *_args, **_kwargs: 60.0,
        )

    def _compare(self):
        self.env.flush_all()
        with mute_logger(LOGGER):
            self.env["itsm.ci.copy"]._cron_compare()

    def _sql(self, query, *params):
        self.env.flush_all()
        self.cr.execute(query, params)
        self.env.invalidate_all()

    def _found(self):
        """``[(item, attribute, before, after)]`` of what was found, oldest first."""
        self._compare()
        changes = self.env["itsm.ci.unauthorised"].search([], order="id") - self.known
        for change in changes:
            self.assertEqual(change.origin, "unknown")
            self.assertEqual(change.user_id, self.env.ref("base.user_root"))
        return [
            (change.ci_name, change.attribute, change.old_value, change.new_value)
            for change in changes
        ]

    def test_nothing(self):
        """What goes through the system is never found, in whatever way."""
        self._authorise(self.strict | self.strict_2)
        self.strict.write({"serial": "a", "attributes": {"t_int": 5, "t_tags": []}})
        self.strict.description = "<p>x</p>"
        self.relation.date_end = "2030-01-01"
        self.relation.note = "n"
        self.redundancy.write({"required": 2, "name": "supplies"})
        self._relate(self.strict, self.free).unlink()
        self.noted.with_user(self.ci_manager).class_id = self.class_other
        self.free.class_id = self.class_leaf_2
        self._ci("new", self.class_leaf_2, currency_id=False, purchase_price=1.1)
        ordered = self._ci("ordered", self.class_leaf_2, state="ordered")
        self.env.flush_all()
        ordered.unlink()
        self.class_leaf_2.control = "free"
        self.class_leaf_2.control = "record"
        self.class_other.parent_id = self.class_leaf_2
        self.known |= self.env["itsm.ci.unauthorised"].search([])
        self.assertEqual(self._found(), [])

    def test_update(self):
        """A column and a key of the attributes: history and unauthorised, once."""
        query = """UPDATE itsm_ci SET serial = 'SQL', warranty_end = '2030-01-01',
            attributes = attributes || '{"t_int": 9}' WHERE id = %s"""
        self._sql(query, self.strict.id)
        expected = [
            ("strict", "serial", "S1", "SQL"),
            ("strict", "attributes.t_int", 1, 9),
        ]
        self.assertCountEqual(self._found(), expected)
        self.assertCountEqual(
            self._lines(self.strict.sudo()),
            [
                ("serial", "S1", "SQL"),
                ("attributes.t_int", 1, 9),
                ("warranty_end", None, "2030-01-01"),
            ],
        )
        self.assertCountEqual(self._found(), expected)
        change = self.env["itsm.ci.unauthorised"].search([], limit=1)
        self.assertTrue(change.history_id)

    def test_under_authority(self):
        """An authorisation authorises nothing that came past the system."""
        self._authorise(self.strict)
        self._sql("UPDATE itsm_ci SET serial = 'SQL' WHERE id = %s", self.strict.id)
        self.assertEqual(self._found(), [("strict", "serial", "S1", "SQL")])
        line = self.env["itsm.ci.history"].search([("ci_id", "=", self.strict.id)])
        self.assertFalse(line.authority)

    def test_next_write(self):
        """A write of the same item tells apart who wrote what."""
        self._authorise(self.strict)
        self._sql("UPDATE itsm_ci SET serial = 'SQL' WHERE id = %s", self.strict.id)
        self.strict.write({"hostname": "h"})
        self.env.flush_all()
        self.assertEqual(self._found(), [("strict", "serial", "S1", "SQL")])
        lines = self.env["itsm.ci.history"].search([("ci_id", "=", self.strict.id)])
        self.assertEqual(
            {line.attribute: line.origin for line in lines},
            {"serial": "unknown", "hostname": "system"},
        )

    def test_back(self):
        """Changed and changed back between two comparisons leaves no trace."""
        self._sql("UPDATE itsm_ci SET serial = 'SQL' WHERE id = %s", self.strict.id)
        self._sql("UPDATE itsm_ci SET serial = 'S1' WHERE id = %s", self.strict.id)
        self.assertEqual(self._found(), [])

    def test_class(self):
        """A class that is free does not hide it; nor does setting the class free."""
        query = "UPDATE itsm_ci SET class_id = %s WHERE id = %s"
        self._sql(query, self.class_other.id, self.strict.id)
        self.assertEqual(
            self._found(),
            [("strict", "class_id", self.class_leaf.id, self.class_other.id)],
        )
        self._sql("UPDATE itsm_ci SET serial = 'SQL' WHERE id = %s", self.noted.id)
        self.class_leaf_2.control = "free"
        self.class_leaf_2.control = "record"
        self.assertEqual(self._found()[1:], [("noted", "serial", "N1", "SQL")])

    def test_insert(self):
        """A row that nobody added."""
        self._sql(
            """INSERT INTO itsm_ci (name, class_id, state, active, company_id)
                VALUES ('raw', %s, 'use', true, %s)""",
            self.class_leaf.id,
            self.company.id,
        )
        value = {"name": "raw", "class": self.class_leaf.id}
        self.assertEqual(self._found(), [("raw", "creation", None, value)])
        self._sql(
            """INSERT INTO itsm_ci (name, class_id, state, active)
                VALUES ('raw 2', %s, 'use', true)""",
            self.class_other.id,
        )
        self.assertEqual(len(self._found()), 1)

    def test_delete(self):
        """A row that nobody deleted; what it was called is kept."""
        self._authorise(classes=self.class_leaf)
        item = self._ci("gone")
        self._sql("DELETE FROM itsm_ci WHERE id = %s", item.id)
        value = {"name": "gone", "class": self.class_leaf.id}
        self.assertEqual(self._found(), [("gone", "deletion", value, None)])
        change = self.env["itsm.ci.unauthorised"].search([], limit=1)
        self.assertFalse(change.ci_id)
        self.assertEqual((change.attribute_name, change.old_text), ("Removed", "gone"))

    def test_relation(self):
        """A relation that was led elsewhere, added, deleted."""
        self._sql(
            "UPDATE itsm_ci_relation SET target_id = %s WHERE id = %s",
            self.free.id,
            self.relation.id,
        )
        found = self._found()
        self.assertEqual({line[:2] for line in found}, {("strict", "relation")})
        self.assertEqual(found[0][2]["target"], self.strict_2.id)
        self.assertEqual(found[0][3]["target"], self.free.id)
        self.known |= self.env["itsm.ci.unauthorised"].search([])
        self._sql(
            """INSERT INTO itsm_ci_relation (type_id, source_id, target_id)
                VALUES (%s, %s, %s)""",
            self.rel_both.id,
            self.free.id,
            self.strict.id,
        )
        found = self._found()
        self.assertEqual([line[1:3] for line in found], [("relation", None)])
        self.assertEqual(found[0][0], "strict")
        self.known |= self.env["itsm.ci.unauthorised"].search([])
        self._sql("DELETE FROM itsm_ci_relation WHERE id = %s", self.relation.id)
        found = self._found()
        self.assertEqual([line[1::2] for line in found], [("relation", None)])
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.strict.id)], limit=1
        )
        self.assertEqual((line.origin, line.new_value), ("unknown", None))

    def test_redundancy(self):
        """How many must be up."""
        self._sql(
            "UPDATE itsm_ci_redundancy SET required = 7 WHERE id = %s",
            self.redundancy.id,
        )
        found = self._found()
        self.assertEqual([line[:2] for line in found], [("noted", "redundancy")])
        self.assertEqual((found[0][2]["required"], found[0][3]["required"]), (1, 7))

    def test_slices(self):
        """In slices; where it had to stop it goes on the next time."""
        self.cr.execute("SELECT max(id) - min(id) FROM itsm_ci")
        self.patch(itsm_ci_copy, "SLICE", self.cr.fetchone()[0] // 3 + 1)
        self._sql("UPDATE itsm_ci SET serial = 'SQL' WHERE id = %s", self.strict.id)
        copies = self.env["itsm.ci.copy"]
        slices = copies._slices()
        self.assertGreater(len(slices), 3)
        stops = []

        def stop(_cron, _done, remaining=0):
            stops.append(remaining)
            return False

        self.patch(type(self.env["ir.cron"]), "_commit_progress", stop)
        for _slice in slices:
            self._compare()
        self.assertEqual(stops, list(range(len(slices) - 1, -1, -1)))
        self.assertEqual(self._unauthorised(self.strict), [("serial", "S1", "SQL")])

    def test_queries(self):
        """As many statements for many differences as for one."""
        counts = []
        items = self.env["itsm.ci"]
        for size in (1, 1, 40):
            items = items.create(
                [self._ci_vals(f"q{n}", self.class_leaf_2) for n in range(size)]
            )
            self._sql("UPDATE itsm_ci SET serial = 'q' WHERE id = ANY(%s)", items.ids)
            self.env.registry.clear_cache()
            start = self.cr.sql_log_count
            self.assertEqual(self.env["itsm.ci.copy"]._compare("itsm.ci"), size)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

    def test_nobody_writes(self):
        """Copies are written by nobody, whatever his rights."""
        copy = self.env["itsm.ci.copy"].search([], limit=1)
        for act in (
            lambda: copy.write({"content": {}}),
            copy.unlink,
            lambda: copy.create({"res_model": "itsm.ci", "res_id": 0}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act()
        with self.assertRaises(AccessError):
            copy.with_user(self.ci_manager).read(["content"])

    def test_merged_contacts(self):
        """A merge of contacts writes past the system: it is found."""
        one, two = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        self._authorise(self.strict)
        self.strict.supplier_id = one
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [Command.set((one | two).ids)], "dst_partner_id": two.id}
        )
        wizard.action_merge()
        self.assertEqual(self._found(), [("strict", "supplier_id", one.id, two.id)])
