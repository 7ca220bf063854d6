# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common_import import ImportCommon

WOULD = "Would be refused: "
COUNTS = ("new", "changed", "unchanged", "error", "relation_error", "related", "ended")


@tagged("post_install", "-at_install")
class TestImportForesight(ImportCommon):
    """CFG-17, CFG-26: a dry run says what control will refuse, row by row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attribute["t_text"].is_controlled = False
        cls.source = cls._source(
            "t_all",
            {"Name": "name", "Serial": "serial", "CPU": "t_int", "Text": "t_text"},
            key_column="ID",
            class_column="Class",
        )
        cls.env["itsm.ci.source.relation"].create(
            {
                "source_id": cls.source.id,
                "column": "Needs",
                "type_id": cls.rel_backward.id,
                "ends": True,
            }
        )
        # three of each class; of the one that refuses the third is not under control
        cls.rows = [
            {"ID": f"{ci_class}-{number}", "Class": ci_class, "Name": f"n {number}"}
            for ci_class in ("t_leaf", "t_leaf2", "t_other")
            for number in (1, 2, 3)
        ]
        columns = ("ID", "Class", "Name", "Serial", "CPU", "Text", "Needs")
        for row in cls.rows:
            row.update({column: "" for column in columns if column not in row})
        cls.rows[0]["Needs"] = "t_leaf-2"
        cls.rows[6]["Needs"] = "t_other-2"
        cls._done(cls.rows)
        links = cls.source.link_ids
        cls.item = {link.key: link.ci_id for link in links}
        states = cls.env["itsm.ci.state"]
        states.search([("code", "=", "dismantled")]).is_controlled = False
        cls.item["t_leaf-3"].state = "dismantled"
        cls.class_base.control = "refuse"
        cls.class_leaf_2.control = "record"
        cls.env.flush_all()
        # changed: by a name, an attribute, one that is free, relations; and new ones
        cls.changed = [dict(row) for row in cls.rows]
        for row in cls.changed:
            row["Serial"] = f"S-{row['ID']}"
        cls.changed[0] |= {"CPU": "8", "Needs": ""}
        cls.changed[1] |= {"Serial": "", "Text": "free"}
        cls.changed[3] |= {"CPU": "8"}
        cls.changed[6] |= {"Needs": "t_leaf-1,t_leaf-2,t_other-3"}
        cls.changed[7] |= {"Needs": "new-t_other"}
        cls.changed[8] |= {"Serial": ""}
        cls.changed += [
            {**cls.rows[0], "ID": f"new-{c}", "Class": c, "Name": f"new {c}"}
            for c in ("t_leaf", "t_leaf2", "t_other")
        ]
        cls.changed[-3] |= {"Needs": ""}
        cls.changed[-2] |= {"Needs": "t_other-1"}
        cls.changed[-1] |= {"Needs": "t_leaf-1"}

    def _said(self, record):
        """``[(row, kind, what is said)]`` of what is refused, and the counts."""
        lines = record.line_ids.filtered(
            lambda line: line.kind in ("error", "relation")
        )
        return (
            sorted(
                (line.row, line.kind, line.message.replace(WOULD, "")) for line in lines
            ),
            {name: record[f"{name}_count"] for name in COUNTS},
        )

    def _stored(self):
        tables = ("itsm_ci", "itsm_ci_relation", "itsm_ci_history")
        rows = []
        for table in (*tables, "itsm_ci_unauthorised", "itsm_ci_source_pass"):
            self.cr.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            rows.append(self.cr.fetchall())
        return rows

    def _both(self):
        """A dry run that changes nothing, and the import, which does the same."""
        self.env.flush_all()
        before = self._stored()
        record = self._import(self.changed, self.source)
        self.env.flush_all()
        self.assertEqual(self._stored(), before)
        foreseen = self._said(record)
        would = record.line_ids.filtered(lambda line: WOULD in (line.message or ""))
        would = sorted(zip(would.mapped("row"), would.mapped("kind"), strict=True))
        text = record.refused_text or ""
        record.action_import()
        self.env.flush_all()
        self.assertEqual(self._said(record), foreseen)
        self.assertFalse(record.refused_text)
        self.assertFalse(
            record.line_ids.filtered(lambda line: WOULD in (line.message or ""))
        )
        refused = self.env["itsm.ci.source.pass"].search(
            [("import_id", "=", record.id)]
        )
        self.assertEqual(len(would), refused.refused_count)
        return would, text

    def test_refused(self):
        """Classes that refuse, record and are free, without any authority."""
        would, text = self._both()
        self.assertEqual(
            would,
            [
                # serial and CPU of the first; its relation would be ended
                (2, "error"),
                (2, "relation"),
                # two of three relations lead to what is under control
                (8, "relation"),
                (8, "relation"),
                # a new one of the class
                (11, "error"),
                # a new free one, to what is under control
                (13, "relation"),
            ],
        )
        self.assertTrue(text.startswith("6 rows or relations would be refused"), text)
        self.assertEqual(self.item["t_leaf-1"].serial, False)
        self.assertEqual(self.item["t_leaf-2"]._raw_attributes(), {"t_text": "free"})
        self.assertEqual(self.item["t_leaf-3"].serial, "S-t_leaf-3")
        self.assertEqual(self.item["t_leaf2-1"].serial, "S-t_leaf2-1")

    def _lost_rows(self):
        """Rows that name what is not made, and such as are not made themselves."""
        free = {"Class": "t_other", "Name": "n", "Needs": ""}
        rows = [
            # refused: nothing of it
            {"ID": "x-leaf", "Class": "t_leaf", "Needs": "t_other-1,t_other-2,nobody"},
            # wrong, by a value and by its class
            {"ID": "x-bad", "CPU": "many", "Needs": "t_other-1"},
            {"ID": "x-class", "Class": "nonsense", "Needs": "t_other-2"},
            # made
            {"ID": "x-good", "Needs": "t_other-1"},
            # of what is there and of what is new, to all of them
            {"ID": "t_other-1", "Needs": "x-leaf,x-bad,x-class,x-good"},
            {"ID": "x-new", "Needs": "x-leaf,x-bad,x-good"},
        ]
        columns = list(self.rows[0])
        return [
            {**dict.fromkeys(columns, ""), **free, "Name": f"n {row['ID']}", **row}
            for row in rows
        ]

    def test_rows_that_are_not_made(self):
        """CFG-26: relations from and to rows that are refused or wrong are none: the
        dry run counts and says of them what the import does."""
        self.changed = self._lost_rows()
        would, _text = self._both()
        self.assertEqual(would, [(2, "error")])
        record = self.env["itsm.ci.import"].search([], order="id desc", limit=1)
        # to what is there from x-good, and to x-good from what is there and new
        self.assertEqual(record.related_count, 3)
        # the name that nobody has; three and two that are not made
        self.assertEqual(record.relation_error_count, 6)
        told = [row for row, _message in self._messages(record, "relation")]
        self.assertEqual(told, [2, 6, 6, 6, 7, 7])

    def test_second_row_of_a_key(self):
        """A second row of a key is an error, and its relations are those of the first;
        of a first one that is refused there is none."""
        rows = self._lost_rows()
        good = {**rows[3], "Needs": "t_other-2", "Serial": "S-2"}
        self.changed = [*rows[3:4], good, rows[0], {**rows[0], "Needs": "t_other-3"}]
        self._both()
        record = self.env["itsm.ci.import"].search([], order="id desc", limit=1)
        self.assertEqual((record.error_count, record.related_count), (3, 2))

    def test_slices(self):
        """CFG-26: what the dry run found of rows counts in its later slices."""
        self.changed = self._lost_rows()
        path = "odoo.addons.itsm_cmdb.models.itsm_ci_import_run"
        with patch(f"{path}.BATCH", 1), patch(f"{path}.SLICE", -1):
            self._both()
        record = self.env["itsm.ci.import"].search([], order="id desc", limit=1)
        self.assertEqual(record.related_count, 3)
        self.assertEqual(record.relation_error_count, 6)

    def test_names_of_rows(self):
        """The other end by another column than the key."""
        self.source.relation_ids.match = "name"
        rows = self._lost_rows()
        for row in rows:
            parts = [
                f"n {part}" for part in row["Needs"].split(",") if "t_o" not in part
            ]
            row["Needs"] = ",".join(parts)
        self.changed = rows
        self._both()
        record = self.env["itsm.ci.import"].search([], order="id desc", limit=1)
        self.assertEqual(record.related_count, 2)

    def test_words(self):
        """It is said what would be refused, why, and what to do; and in the log."""
        record = self._import(self.changed, self.source)
        message = dict(self._messages(record))[2]
        self.assertTrue(message.startswith(f"{WOULD}n 1 (T leaf) is under control: "))
        self.assertIn("Serial Number cannot be changed without", message)
        self.assertIn("Name of t_int cannot be changed without", message)
        self.assertIn("Ask for an Authorisation", message)
        new = dict(self._messages(record))[11]
        self.assertIn("new t_leaf (T leaf) cannot be added without", new)
        run = self.env["itsm.run"].search([], order="id desc", limit=1)
        self.assertIn(
            "Source t_all does not count as authority",
            "\n".join(run.line_ids.mapped("message")),
        )

    def test_source_counts(self):
        """A source that counts as authority: nothing would be refused."""
        self.source.is_authority = True
        self.assertEqual(self._both(), ([], ""))
        self.assertEqual(self.item["t_leaf-1"].serial, "S-t_leaf-1")

    def _authorise(self, **vals):
        now = fields.Datetime.now()
        record = (
            self.env["itsm.ci.authorisation"]
            .with_user(self.ci_manager)
            .create(
                {
                    "name": "Planned",
                    "reason": "As agreed.",
                    "date_start": now - timedelta(hours=1),
                    "date_end": now + timedelta(hours=1),
                    **vals,
                }
            )
        )
        record.action_approve()

    def test_authorised_items(self):
        """An authorisation of one item: its row passes, the others do not."""
        self._authorise(ci_ids=[Command.set(self.item["t_leaf-1"].ids)])
        # the relation that would be ended, and one to the second, are under control
        # at the other end too
        self.assertEqual(
            self._both()[0],
            [(2, "relation"), (8, "relation"), (11, "error")],
        )
        self.assertEqual(self.item["t_leaf-1"].serial, "S-t_leaf-1")

    def test_authorised_class(self):
        """An authorisation of the class: all passes; one of another: nothing does."""
        self._authorise(class_ids=[Command.set(self.class_base.ids)])
        self.assertEqual(self._both()[0], [])

    def test_authorised_for_somebody_else(self):
        """An authorisation that only somebody else may use helps nobody here."""
        self._authorise(
            class_ids=[Command.set(self.class_base.ids)],
            user_ids=[Command.set(self.ci_owner.ids)],
        )
        self.assertEqual(len(self._both()[0]), 6)

    def test_refused_later(self):
        """Until the day from which it refuses a class only records."""
        today = fields.Date.today()
        self.class_base.refuse_from = today + timedelta(days=30)
        self.assertEqual(self._both(), ([], ""))

    def test_free(self):
        """Nothing is under control: nothing is asked."""
        self.class_base.control = False
        self.class_leaf_2.control = False
        self.assertEqual(self._both(), ([], ""))

    def test_collector(self):
        """A dry run of a collector says the same, and is not listed."""
        source = self.source.with_user(self.ci_manager)
        dry = source.collect(self.changed, dry_run=True)
        self.assertFalse(self.env["itsm.ci.source.pass"].search([]))
        real = source.collect(self.changed)
        for answer in (dry, real):
            for error in answer["errors"]:
                error["message"] = error["message"].replace(WOULD, "")
            del answer["run"]
        self.assertEqual(dry, real)
        self.assertEqual(dry["failed"], 2)

    def test_queries(self):
        """The number of queries does not grow with the rows that would be refused."""
        source = self.source.with_user(self.ci_manager)
        for count in (5, 60):
            rows = [
                {"ID": f"q-{count}-{n}", "Class": "t_leaf", "Name": f"q {count} {n}"}
                for n in range(count)
            ]
            self.source.is_authority = True
            source.collect(rows)
        self.source.is_authority = False
        counts = []
        for count in (5, 60):
            rows = [
                {
                    "ID": f"q-{count}-{n}",
                    "Class": "t_leaf",
                    "Name": f"changed {n}",
                    "CPU": str(n),
                    "Needs": "t_other-1",
                }
                for n in range(count)
            ]
            rows += [{**r, "ID": f"x{r['ID']}", "Name": f"x {r['ID']}"} for r in rows]
            self.env.flush_all()
            self.env.invalidate_all()
            source.collect(rows[:2], dry_run=True)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            answer = source.collect(rows, dry_run=True)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(answer["failed"], 2 * count)
        self.assertEqual(counts[0], counts[1])
