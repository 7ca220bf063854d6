# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import json
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from ..models import itsm_ci_import_run, itsm_ci_source_collect
from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    """CFG-14, CFG-26: files are compared, then taken in, and change nothing twice."""

    def _rows(self):
        return [
            {
                "ID": "a",
                "Name": "alpha",
                "Serial": "S-1",
                "Host": "h1",
                "CPU": "4",
                "Pick": "Red",
                "Bought": "2026-01-31",
                "Owner": "ci-owner",
            },
            {"ID": "b", "Name": "beta", "Serial": "S-2", "CPU": "8"},
        ]

    def test_dry_run_changes_nothing(self):
        """CFG-26: the dry run says what would be new; nothing is there afterwards."""
        before = self.env["itsm.ci"].search_count([])
        record = self._import(self._rows())
        self.assertEqual(record.state, "checked")
        self.assertEqual(self._counts(record), {"new": 2})
        self.assertEqual(self.env["itsm.ci"].search_count([]), before)
        self.assertFalse(self.source.link_ids)
        self.assertIn("alpha", record.preview_html)

    def test_import(self):
        """CFG-14: new items with what the file says; the origin is the import."""
        record = self._done(self._rows())
        self.assertEqual((record.state, self._counts(record)), ("done", {"new": 2}))
        item = self._item(serial="S-1")
        self.assertEqual(item.name, "alpha")
        self.assertEqual(item.class_id, self.class_leaf)
        self.assertEqual(item.company_id, self.company)
        self.assertEqual(item.purchase_date, date(2026, 1, 31))
        self.assertEqual(item.owner_id, self.ci_owner)
        self.assertEqual(self._raw(item), {"t_int": 4, "t_pick": "red"})
        self.assertEqual(item.origin, "import")
        self.assertTrue(item.number.startswith("TB-"))
        self.assertEqual(item.source_link_ids.key, "a")
        self.assertEqual(item.create_uid, self.ci_manager)
        # nobody was told
        self.assertFalse(item.message_follower_ids)

    def test_under_control(self):
        """CFG-17, CFG-33: what a source says needs no other authorisation if a manager
        lets it count; the history names the source. Otherwise it is refused by row."""
        self.class_base.control = "refuse"
        self.source.is_authority = True
        self._done(self._rows())
        rows = self._rows()
        rows[0] |= {"CPU": "16"}
        self._done(rows)
        self.env.flush_all()
        item = self._item(serial="S-1")
        line = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        self.assertEqual(line.authority, self.source)
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("class_id", "=", self.class_leaf.id)]))
        # by hand it is refused all the same
        with self.assertRaises(UserError), self.cr.savepoint():
            item.attributes = {"t_int": 17}
        self.source.is_authority = False
        rows[0] |= {"CPU": "32"}
        record = self._import(rows)
        record.action_import()
        self.env.flush_all()
        self.assertEqual(item._raw_attributes()["t_int"], 16)

    def test_twice_changes_nothing(self):
        """The same file again: everything is unchanged, no line of history."""
        self._done(self._rows())
        items = self._item(class_id=self.class_leaf.id)
        self.env.flush_all()
        lines = self.env["itsm.ci.history"].search_count([])
        record = self._done(self._rows())
        self.assertEqual(self._counts(record), {"unchanged": 2})
        self.env.flush_all()
        self.assertEqual(self.env["itsm.ci.history"].search_count([]), lines)
        self.assertEqual(self._item(class_id=self.class_leaf.id), items)

    def test_difference_and_history(self):
        """CFG-16, CFG-33: what differs, from what to what; history names the source."""
        self._done(self._rows())
        rows = self._rows()
        rows[0] |= {"CPU": "16", "Pick": "Blue", "Owner": "ci-owner-2"}
        record = self._import(rows)
        said = {
            (line.what, line.old, line.new)
            for line in record.line_ids
            if line.kind == "changed"
        }
        self.assertEqual(
            said,
            {
                ("Name of t_int", "4", "16"),
                ("Name of t_pick", "Red", "Blue"),
                ("CI Owner", self.ci_owner.name, "ci-owner-2"),
            },
        )
        self.assertEqual(self._counts(record), {"changed": 1, "unchanged": 1})
        record.action_import()
        item = self._item(serial="S-1")
        self.assertEqual(
            set(self._lines(item)),
            {
                ("attributes.t_int", 4, 16),
                ("attributes.t_pick", "red", "blue"),
                ("owner_id", self.ci_owner.id, self.ci_owner_2.id),
            },
        )
        history = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        self.assertEqual(set(history.mapped("origin")), {"import"})
        self.assertEqual(history.import_source_id, self.source)
        self.assertEqual(history.user_id, self.ci_manager)

    def test_hand_is_no_import(self):
        """A change by hand after an import is not said to come from the source, and a
        context that a client sends changes nothing of it."""
        self._done(self._rows())
        item = self._item(serial="S-1").with_user(self.ci_manager)
        item.with_context(itsm_ci_import="x").name = "alpha 2"
        self.env.flush_all()
        line = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        self.assertEqual(line.origin, "system")
        self.assertFalse(line.import_source_id)

    def test_owned_is_put_right(self):
        """CFG-26: what the source owns is put right again by the next import."""
        self._done(self._rows())
        self._item(serial="S-1").name = "wrong"
        self.assertEqual(self._counts(self._done(self._rows()))["changed"], 1)
        self.assertEqual(self._item(serial="S-1").name, "alpha")

    def test_precedence(self):
        """Owns, fills if empty, never – and an empty cell leaves or clears."""
        source = self._source(
            "t_precedence",
            {
                "Serial": ("serial", {"precedence": "never"}),
                "Name": ("name", {"precedence": "fills"}),
                "Model": ("model_name", {"precedence": "fills"}),
                "Version": ("version", {"clears": True}),
                "Host": "hostname",
            },
        )
        item = self._ci(
            "old", serial="s-9", version="1", hostname="keep", model_name=False
        )
        record = self._done(
            [
                {
                    "Serial": "S-9",
                    "Name": "new",
                    "Model": "M1",
                    "Version": "",
                    "Host": "",
                }
            ],
            source,
        )
        self.assertEqual(self._counts(record), {"changed": 1})
        self.assertEqual(
            (item.name, item.model_name, item.version, item.hostname, item.serial),
            ("old", "M1", False, "keep", "s-9"),
        )

    def test_translations_and_default(self):
        """A word of the source means a choice; an empty cell of a new one has the
        default."""
        source = self._source(
            "t_words", {"Name": "name", "Serial": "serial", "Pick": "t_pick"}
        )
        line = source.field_ids.filtered("attribute_id")
        line.value_ids = [(0, 0, {"name": "rouge", "value": "red"})]
        line.default_value = "green"
        self._done(
            [
                {"Name": "a", "Serial": "1", "Pick": "ROUGE"},
                {"Name": "b", "Serial": "2", "Pick": ""},
            ],
            source,
        )
        self.assertEqual(self._raw(self._item(serial="1"))["t_pick"], "red")
        self.assertEqual(self._raw(self._item(serial="2"))["t_pick"], "green")

    def test_keys_in_order(self):
        """The first key that some item has decides; case does not count."""
        by_serial = self._ci("x", serial="S-1", hostname="other")
        by_host = self._ci("y", hostname="H1")
        record = self._done(self._rows()[:1])
        self.assertEqual(self._counts(record), {"changed": 1})
        self.assertEqual(by_serial.name, "alpha")
        self.assertEqual(by_host.name, "y")

    def test_several_ask(self):
        """Nothing is guessed: several that match are asked for, and remembered."""
        one, two = self._ci("x", serial="S-1"), self._ci("y", serial="s-1")
        record = self._import(self._rows())
        self.assertEqual(self._counts(record), {"new": 1, "ask": 1})
        question = record.question_ids
        self.assertEqual(question.candidate_ids, one | two)
        question.write({"decision": "use", "chosen_ci_id": two.id})
        record.action_import()
        self.assertEqual((one.name, two.name), ("x", "alpha"))
        record = self._done(self._rows())
        self.assertEqual(self._counts(record), {"unchanged": 2})

    def test_decisions(self):
        """A question is answered by: record a new one, pass over; others stay open."""
        for name in ("x", "y", "z"):
            for index in (0, 1):
                self._ci(f"{name}{index}", serial=f"S-{name}")
        rows = [
            {"ID": name, "Name": name, "Serial": f"S-{name}"}
            for name in ("x", "y", "z")
        ]
        record = self._import(rows)
        answers = record.question_ids.sorted("row")
        answers[0].decision = "create"
        answers[1].decision = "skip"
        with self.assertRaises(AccessError):
            answers[0].message = "forged"
        record.action_import()
        self.assertEqual(self._counts(record), {"new": 1, "skipped": 1, "ask": 1})
        self.assertEqual(self._item(name="x").serial, "S-x")
        self.assertFalse(self._item(name="y") | self._item(name="z"))

    def test_answers_afterwards(self):
        """CFG-26: what was left open is named, and worked once it is answered."""
        for name in ("x", "y"):
            for index in (0, 1):
                self._ci(f"{name}{index}", serial=f"S-{name}")
        rows = [
            {"ID": name, "Name": name, "Serial": f"S-{name}"}
            for name in ("x", "y", "z")
        ]
        record = self._import(rows)
        action = record.action_import_ask()
        wizard = self.env["itsm.ci.confirm"].with_user(self.ci_manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertIn("2 of 3 rows", wizard.text)
        self.assertEqual(record.state, "checked")
        wizard.action_confirm()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._counts(record), {"new": 1, "ask": 2})
        with self.assertRaisesRegex(UserError, "answer a question"):
            record.action_import_answers()
        questions = record.question_ids.sorted("row")
        self.assertEqual(questions.mapped("row"), [2, 3])
        questions[0].decision = "create"
        self.assertEqual(record.answered_count, 1)
        with self.assertRaises(AccessError):
            record.with_user(self.ci_owner).action_import_answers()
        record.action_import_answers()
        self.assertEqual(self._counts(record), {"new": 2, "ask": 1})
        self.assertEqual(self._item(name="x").serial, "S-x")
        self.assertFalse(self._item(name="y"))
        self.assertEqual(record.state, "done")
        with self.assertRaisesRegex(UserError, "has been done"):
            questions[0].decision = "skip"
        # nothing is done twice
        with self.assertRaisesRegex(UserError, "answer a question"):
            record.action_import_answers()
        # what another row of the file is already cannot be this one as well
        item = self._item(name="z")
        questions[1].write({"decision": "use", "chosen_ci_id": item.id})
        record.action_import_answers()
        self.assertEqual((record.error_count, item.serial), (1, "S-z"))
        self.assertFalse(self._item(name="y"))

    def test_answers_that_fail(self):
        """CFG-26: an answer that could not be carried out can be given anew."""
        for index in (0, 1):
            self._ci(f"x{index}", serial="S-x")
        rows = [
            {"ID": name, "Name": name, "Serial": f"S-{name}"} for name in ("x", "z")
        ]
        record = self._done(rows)
        question = record.question_ids
        other = self._item(name="z")
        question.write({"decision": "use", "chosen_ci_id": other.id})
        record.action_import_answers()
        self.assertEqual((record.state, record.ask_count), ("done", 1))
        self.assertFalse(question.is_worked)
        question.write({"decision": "create", "chosen_ci_id": False})
        record.action_import_answers()
        self.assertTrue(question.is_worked)
        self.assertEqual((record.state, record.ask_count), ("done", 0))
        self.assertEqual(self._item(name="x").serial, "S-x")
        with self.assertRaisesRegex(UserError, "answer a question"):
            record.action_import_answers()

    def test_answers_since(self):
        """CFG-26: a late answer changes nothing of what the source has named since."""
        for index in (0, 1):
            self._ci(f"x{index}", serial="S-x")
        record = self._done([{"ID": "x", "Name": "old", "Serial": "S-x"}])
        self._done([{"ID": "x", "Name": "new", "Serial": "S-y"}])
        item = self._item(name="new")
        token = self._link(item).token
        record.question_ids.decision = "create"
        record.action_import_answers()
        self.assertEqual(record.skipped_count, 1)
        self.assertEqual((item.name, item.serial), ("new", "S-y"))
        self.assertFalse(self._item(name="old"))
        self.assertEqual(self._link(item).token, token)

    def _link(self, item):
        return self.env["itsm.ci.source.link"].search([("ci_id", "=", item.id)])

    def test_answers_of_a_changed_source(self):
        """CFG-26: once the source is another, the file is loaded again."""
        for name in ("x", "y"):
            self._ci(name, serial="S-1")
        record = self._done(self._rows())
        record.question_ids.decision = "create"
        self.source.on_one = "link"
        with self.assertRaisesRegex(UserError, "Load the file again"):
            record.action_import_answers()

    def test_log_order(self):
        """CFG-26: errors and questions first; a number opens its lines; a warning."""
        for name in ("x", "y"):
            self._ci(name, serial="S-1")
        rows = [
            {"ID": "n", "Name": "new", "Serial": "S-9", "CPU": "4"},
            {"ID": "a", "Name": "alpha", "Serial": "S-1"},
            {"ID": "e", "Name": "e", "Serial": "S-8", "CPU": "many"},
        ]
        record = self._import(rows)
        self.assertEqual(record.line_ids[:3].mapped("kind"), ["error", "ask", "new"])
        asked = record.with_context(itsm_ci_import_shown="asked").action_view_lines()
        self.assertEqual(asked["context"], {"search_default_asked": 1})
        self.assertEqual(record.action_view_lines()["context"], {})
        self.source.key_ids.unlink()
        record = self._import(self._rows())
        self.assertEqual(record.line_ids[0].kind, "warning")
        self.assertIn("No key of identification", record.line_ids[0].message)
        self.source.on_none = "ask"
        record = self._import(self._rows())
        self.assertNotIn("warning", record.line_ids.mapped("kind"))

    def test_none(self):
        """What nothing matches is recorded, passed over or asked for, as defined."""
        self.source.on_none = "skip"
        self.assertEqual(self._counts(self._import(self._rows())), {"skipped": 2})
        self.source.on_none = "ask"
        self.assertEqual(self._counts(self._import(self._rows())), {"ask": 2})

    def test_link_only(self):
        """A source that only remembers changes nothing of what matches."""
        self.source.on_one = "link"
        item = self._ci("x", serial="S-1")
        record = self._done(self._rows()[:1])
        self.assertEqual((record.linked_count, item.name), (1, "x"))
        record = self._done(self._rows()[:1])
        self.assertEqual((self._counts(record), item.name), ({"unchanged": 1}, "x"))
        self.assertEqual(item.source_link_ids.key, "a")

    def test_errors_by_row(self):
        """Rows in error say why by column and value, and do not stop the others."""
        rows = [
            {"ID": "1", "Name": "a", "Serial": "1", "CPU": "forty"},
            {"ID": "2", "Name": "b", "Serial": "2", "Pick": "Pink"},
            {"ID": "3", "Name": "c", "Serial": "3", "Bought": "31/31/2026"},
            {"ID": "4", "Name": "d", "Serial": "4", "Owner": "nobody"},
            {"ID": "", "Name": "e", "Serial": "5"},
            {"ID": "6", "Name": "", "Serial": "6"},
            {"ID": "7", "Name": "g", "Serial": "7", "CPU": "99999999999"},
            {"ID": "8", "Name": "h", "Serial": "8"},
            {"ID": "8", "Name": "h again", "Serial": "9"},
            {"ID": "10", "Name": "i", "Serial": "8"},
        ]
        columns = ["ID", "Name", "Serial", "CPU", "Pick", "Bought", "Owner"]
        record = self._done(self._csv(rows, columns))
        self.assertEqual(self._counts(record), {"new": 1, "error": 9})
        said = dict(self._messages(record))
        self.assertIn("CPU: a whole number is wanted, not “forty”", said[2])
        self.assertIn("Pick: one of the choices", said[3])
        self.assertIn("Bought: a date is wanted", said[4])
        self.assertIn("Owner: “nobody” is not known", said[5])
        self.assertIn("no key", said[6])
        self.assertIn("needs a name", said[7])
        self.assertIn("CPU", said[8])
        self.assertIn("same key as row 9", said[10])
        self.assertIn("Serial as row 9", said[11])
        self.assertEqual(self._item(serial="8").name, "h")
        self.assertIn(b"forty", base64.b64decode(record.rejected_file))

    def test_cells_without_heading(self):
        """CFG-26: a row with a separator too many is refused; blanks do not count."""
        text = "ID,Name,Serial\n1,a,1,,\n2,b, more,2\n3,c\n"
        record = self._done(text.encode())
        self.assertEqual(self._counts(record), {"new": 2, "error": 1})
        self.assertIn(
            "more cells than the file has headings: 2", self._messages(record)[0][1]
        )
        self.assertFalse(self._item(name="b"))

    def test_rule_of_class(self):
        """A rule that only the model knows stops its row, not the batch."""
        self.class_leaf.name_pattern = "[a-z]+"
        self.attribute["t_text"].pattern = "[0-9]+"
        source = self._source(
            "t_rule", {"Name": "name", "Serial": "serial", "Text": "t_text"}
        )
        rows = [
            {"Name": name, "Serial": str(index), "Text": text}
            for index, (name, text) in enumerate(
                [("a", "1"), ("B", "1"), ("c", "x"), ("d", "2"), ("e", "3")]
            )
        ]
        record = self._done(rows, source)
        self.assertEqual(self._counts(record), {"new": 3, "error": 2})
        said = dict(self._messages(record))
        self.assertIn("naming rule", said[3])
        self.assertIn("does not fit the rule", said[4])

    def test_other_class(self):
        """The class of a row: by code or name; a known item keeps its own."""
        source = self._source(
            "t_class",
            {"Name": "name", "Serial": "serial", "Leaf": "t_leaf_only"},
            class_column="Class",
            class_id=False,
        )
        record = self._done(
            [
                {"Name": "a", "Serial": "1", "Leaf": "x", "Class": "t_leaf"},
                {"Name": "b", "Serial": "2", "Leaf": "", "Class": "T LEAF 2"},
                {"Name": "c", "Serial": "3", "Leaf": "x", "Class": "t_leaf2"},
                {"Name": "d", "Serial": "4", "Leaf": "", "Class": "nothing"},
                {"Name": "e", "Serial": "5", "Leaf": "", "Class": ""},
            ],
            source,
        )
        self.assertEqual(self._counts(record), {"new": 2, "error": 3})
        said = dict(self._messages(record))
        self.assertIn("T leaf 2 has no attribute", said[4])
        self.assertIn("no class “nothing”", said[5])
        self.assertIn("needs a class", said[6])
        record = self._import(
            [{"Name": "a", "Serial": "1", "Leaf": "", "Class": "t_leaf2"}], source
        )
        self.assertIn("another class", self._messages(record)[0][1])

    def test_two_owners(self):
        """Two sources that own one attribute: of those that know the item the first in
        order writes it, whichever comes last."""
        second = self._source("t_second", key_column="ID", sequence=20)
        self.assertIn("Source t_source, before this one", second.claims)
        self.assertIn("this one, before Source t_second", self.source.claims)
        self._done(self._rows())
        rows = self._rows()
        rows[0]["Name"] = "called otherwise"
        record = self._done(rows, second)
        self.assertEqual(record.blocked_count, 1)
        line = record.line_ids.filtered(lambda line: line.kind == "claimed")
        self.assertEqual((line.what, line.new), ("Name", "called otherwise"))
        self.assertEqual(self._item(serial="S-1").name, "alpha")
        # the first one does not know it any more
        self.source.link_ids.filtered(lambda link: link.key == "a").unlink()
        self._done(rows, second)
        self.assertEqual(self._item(serial="S-1").name, "called otherwise")

    def test_vanished(self):
        """What a complete import does not name: marked or proposed after so many, never
        dismantled by itself; kept is not proposed again."""
        self.source.write({"on_vanished": "propose", "missing_runs": 2})
        self._done(self._rows())
        link = self.source.link_ids.filtered(lambda link: link.key == "b")
        self._done(self._rows()[:1])
        self.assertEqual((link.missed, link.state), (0, "seen"))
        record = self._import(self._rows()[:1], is_complete=True)
        self.assertEqual((record.vanished_count, link.missed), (1, 0))
        record.action_import()
        self.assertEqual((link.missed, link.state), (1, "seen"))
        self._done(self._rows()[:1], is_complete=True)
        self.assertEqual((link.missed, link.state), (2, "proposed"))
        self.assertEqual(link.ci_id.state, "use")
        with self.assertRaises(AccessError):
            link.with_user(self.ci_owner).action_dismantle()
        link.with_user(self.ci_manager).action_keep()
        self._done(self._rows()[:1], is_complete=True)
        self.assertEqual(link.state, "kept")
        self._done(self._rows())
        self.assertEqual((link.missed, link.state), (0, "seen"))
        with self.assertRaisesRegex(UserError, "not vanished"):
            link.with_user(self.ci_manager).action_dismantle()
        for _index in range(2):
            self._done(self._rows()[:1], is_complete=True)
        link.with_user(self.ci_manager).action_dismantle()
        self.assertEqual(link.ci_id.state, "dismantled")

    def test_changed_key(self):
        """A key given up for another is followed; two rows are not one item."""
        self._done(self._rows()[:1])
        rows = self._rows()[:1]
        rows[0]["ID"] = "a2"
        record = self._done(rows)
        self.assertEqual(self._counts(record), {"unchanged": 1})
        self.assertEqual(self.source.link_ids.mapped("key"), ["a2"])
        rows.append({**rows[0], "ID": "a3"})
        record = self._done(rows)
        self.assertEqual(self._counts(record), {"unchanged": 1, "error": 1})

    def test_archived(self):
        """A known item that is archived is left alone."""
        self._done(self._rows()[:1])
        item = self._item(serial="S-1")
        item.active = False
        rows = self._rows()[:1]
        rows[0]["Name"] = "other"
        record = self._done(rows)
        self.assertEqual(self._counts(record), {"skipped": 1})
        self.assertEqual(item.name, "alpha")

    def test_location_of_the_file(self):
        """Places and what stands in them may come in one file, whatever their order."""
        source = self._source(
            "t_places",
            {"Name": "name", "Serial": "serial", "Location": "location_id"},
            class_column="Class",
        )
        rows = [
            {"Name": "srv", "Serial": "1", "Location": "Room 7", "Class": "t_leaf"},
            {"Name": "Room 7", "Serial": "2", "Location": "", "Class": "t_place"},
        ]
        record = self._import(rows, source)
        self.assertEqual(self._counts(record), {"new": 2})
        record.action_import()
        self.assertEqual(self._counts(record), {"new": 2})
        self.assertEqual(self._item(name="srv").location_id.name, "Room 7")
        self.assertEqual(self._counts(self._done(rows, source)), {"unchanged": 2})

    def test_location_of_a_later_batch(self):
        """What the dry run says of places that come much later the import does, over
        slices too; a place that never comes is an error of both."""
        source = self._source(
            "t_places",
            {"Name": "name", "Serial": "serial", "Location": "location_id"},
            class_column="Class",
        )

        def row(name, place="", ci_class="t_leaf"):
            return {"Name": name, "Serial": name, "Location": place, "Class": ci_class}

        rows = [
            row("srv 1", "Rack 1"),
            row("srv 2", "Rack 1"),
            row("lost", "Nowhere"),
            row("Rack 1", "Room 7", "t_place"),
            row("filler"),
            row("Room 7", "Site", "t_place"),
            row("Site", "", "t_place"),
        ]
        for name, value in (("BATCH", 2), ("SLICE", -1)):
            self.patch(itsm_ci_import_run, name, value)
        record = self._import(rows, source)
        self.assertEqual(self._counts(record), {"new": 6, "error": 1})
        record.action_import()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._counts(record), {"new": 6, "error": 1})
        self.assertEqual(len(self._messages(record)), 1)
        for name, place in (("srv 1", "Rack 1"), ("srv 2", "Rack 1")):
            self.assertEqual(self._item(name=name).location_id.name, place)
        self.assertEqual(self._item(name="Rack 1").location_id.name, "Room 7")
        self.assertEqual(record.run_id.done, len(rows))
        record = self._done(rows, source)
        self.assertEqual(self._counts(record), {"unchanged": 6, "error": 1})

    def test_collect_later_batch(self):
        """A collector's rows may name places of its later rows too."""
        source = self._source(
            "t_places",
            {"Name": "name", "Serial": "serial", "Location": "location_id"},
            class_column="Class",
        )
        rows = [
            {"Name": "srv", "Serial": "1", "Location": "Room 7", "Class": "t_leaf"},
            {"Name": "lost", "Serial": "2", "Location": "Room 8", "Class": "t_leaf"},
            {"Name": "Room 7", "Serial": "3", "Class": "t_place"},
        ]
        self.patch(itsm_ci_source_collect, "BATCH", 1)
        source = source.with_user(self.ci_manager)
        for dry_run in (True, False):
            result = source.collect(rows, dry_run=dry_run)
            self.assertEqual((result["created"], result["failed"]), (2, 1))
            self.assertEqual([e["index"] for e in result["errors"]], [1])
        self.assertEqual(self._item(name="srv").location_id.name, "Room 7")

    def test_notes_are_used_up(self):
        """Who wrote is noted until the history has it, not for the whole run."""
        rows = self._rows()
        self._done(rows)
        rows[0] |= {"CPU": "16", "Name": "alpha 2"}
        self._done(rows)
        self.env.flush_all()
        item = self._item(serial="S-1")
        lines = self.env["itsm.ci.history"].search([("ci_id", "=", item.id)])
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines.import_source_id, self.source)
        notes = self.env.cr.cache.get("itsm_ci_writer", {})
        self.assertNotIn(("itsm.ci", item.id), notes)

    # === Relations ===

    def _related(self, ends=False, match="key"):
        source = self._source(
            f"t_rel_{match}", {"Name": "name", "Serial": "serial"}, key_column="Name"
        )
        self.env["itsm.ci.source.relation"].create(
            {
                "source_id": source.id,
                "column": "Needs",
                "type_id": self.rel_backward.id,
                "match": match,
                "ends": ends,
            }
        )
        return source

    def _relations(self):
        found = self.env["itsm.ci.relation"].search(
            [("type_id", "=", self.rel_backward.id)]
        )
        return {
            (r.source_id.name, r.target_id.name) for r in found.filtered("is_valid")
        }

    def test_relations(self):
        """Relations named by a column, to rows that come later too; twice is once."""
        source = self._related()
        rows = [
            {"Name": "a", "Serial": "1", "Needs": "b, c"},
            {"Name": "b", "Serial": "2", "Needs": "c;b"},
            {"Name": "c", "Serial": "3", "Needs": "nowhere"},
        ]
        record = self._import(rows, source)
        # b needs itself: only the import sees that
        self.assertEqual((record.related_count, record.relation_error_count), (4, 1))
        record.action_import()
        self.assertEqual((record.related_count, record.relation_error_count), (3, 2))
        self.assertEqual(self._relations(), {("a", "b"), ("a", "c"), ("b", "c")})
        relation = self.env["itsm.ci.relation"].search(
            [("type_id", "=", self.rel_backward.id)], limit=1
        )
        self.assertEqual(relation.origin, "import")
        self.assertEqual(relation.import_source_id, source)
        record = self._done(rows, source)
        self.assertEqual((record.related_count, record.relation_error_count), (0, 2))
        self.assertIn("not known", self._messages(record, "relation")[1][1])

    def test_relations_end(self):
        """What the source recorded and no longer names ends; what others did stays."""
        source = self._related(ends=True)
        rows = [
            {"Name": "a", "Serial": "1", "Needs": "b,c"},
            {"Name": "b", "Serial": "2", "Needs": ""},
            {"Name": "c", "Serial": "3", "Needs": ""},
        ]
        self._done(rows, source)
        self._relate(self._item(name="b"), self._item(name="c"), self.rel_backward)
        rows[0]["Needs"] = "c"
        record = self._done(rows, source)
        self.assertEqual(record.ended_count, 1)
        ended = self.env["itsm.ci.relation"].search([("date_end", "!=", False)])
        self.assertEqual(ended.mapped("target_id.name"), ["b"])
        self.assertEqual(self._done(rows, source).ended_count, 0)

    def test_relations_of_refused_row(self):
        """CFG-26: a row with a cell too many ends and records no relation."""
        source = self._related(ends=True)
        self._done(b"Name,Serial,Needs\na,1,b\nb,2,\nc,3,\n", source)
        self.assertEqual(self._relations(), {("a", "b")})
        # the comma after the serial number moves c under no heading, b under Serial
        record = self._done(b"Name,Serial,Needs\na,1,,c\nb,2,c,c\nc,3,\n", source)
        self.assertEqual(self._counts(record), {"unchanged": 1, "error": 2})
        self.assertEqual((record.related_count, record.ended_count), (0, 0))
        self.assertEqual(self._relations(), {("a", "b")})

    def test_relations_end_refused(self):
        """CFG-17: one that may not be ended is an error of its row; others are."""
        source = self._related(ends=True)
        rows = [
            {"Name": "a", "Serial": "1", "Needs": "b"},
            {"Name": "b", "Serial": "2", "Needs": ""},
            {"Name": "c", "Serial": "3", "Needs": "d"},
            {"Name": "d", "Serial": "4", "Needs": ""},
        ]
        self._done(rows, source)
        self._item(name="c").class_id = self.class_other
        self._item(name="d").class_id = self.class_other
        self.class_base.control = "refuse"
        source.is_authority = False
        rows = [{**row, "Needs": ""} for row in rows]
        record = self._done(rows, source)
        self.assertEqual(record.state, "done")
        self.assertEqual((record.ended_count, record.relation_error_count), (1, 1))
        row, message = self._messages(record, "relation")[0]
        self.assertEqual(row, 2)
        self.assertIn("“b”", message)
        still = self.env["itsm.ci.relation"].search([("date_end", "=", False)])
        self.assertIn(self._item(name="a"), still.source_id)
        self.assertNotIn(self._item(name="c"), still.source_id)

    def test_list_of_relations(self):
        """A list with one row for each relation: first, type, second."""
        for name in ("a", "b", "c"):
            self._ci(name, hostname=f"h-{name}")
        source = self._source(
            "t_list",
            {"First": ("hostname", {"precedence": "never"})},
            on_none="skip",
        )
        self.env["itsm.ci.source.relation"].create(
            {
                "source_id": source.id,
                "column": "Second",
                "type_column": "Type",
                "match": "hostname",
            }
        )
        rows = [
            {"First": "H-A", "Type": "t_backward", "Second": "h-b"},
            {"First": "h-a", "Type": "t_backward", "Second": "h-c"},
            {"First": "h-b", "Type": "t_nothing", "Second": "h-c"},
        ]
        record = self._done(rows, source)
        self.assertEqual((record.related_count, record.relation_error_count), (2, 1))
        self.assertEqual(self._relations(), {("a", "b"), ("a", "c")})

    # === Files ===

    def test_formats(self):
        """CSV in the usual encodings, XLSX and JSON: the same rows."""
        rows = self._rows()
        text = self._csv(rows).decode().replace("alpha", "阿尔法")
        book = openpyxl.Workbook()
        sheet = book.active
        columns = list(rows[0])
        sheet.append(columns)
        sheet.append(
            ["a", "阿尔法", "S-1", "h1", 4, "Red", date(2026, 1, 31), "ci-owner"]
        )
        sheet.append(["b", "beta", "S-2", None, 8])
        stream = io.BytesIO()
        book.save(stream)
        objects = [
            {**rows[0], "Name": "阿尔法", "CPU": 4},
            {"ID": "b", "Name": "beta", "Serial": "S-2", "CPU": 8},
        ]
        files = [
            text.encode("utf-8-sig"),
            text.encode("gb18030"),
            text.encode("utf-16"),
            stream.getvalue(),
            json.dumps(objects).encode(),
            json.dumps({"rows": objects}, ensure_ascii=False).encode(),
        ]
        self.assertEqual(self._counts(self._done(files[0])), {"new": 2})
        self.assertEqual(self._item(serial="S-1").name, "阿尔法")
        for data in files:
            self.assertEqual(self._counts(self._import(data)), {"unchanged": 2})

    def test_bad_files(self):
        """Bad input: every file that cannot be read says why, and nothing happens."""
        deep = b"[" * 100_000
        for data, message in (
            (b"", "no rows"),
            (b"ID,Name\r\n", "no rows"),
            (b"Name,Serial\r\na,1\r\n", "no column “ID”"),
            (b"ID,Name,id\r\n1,2,3\r\n", "two columns of one name"),
            (b"ID,Name\r\n1,\xff\xff\x81\r\n", "encoding"),
            (b'ID,Name\r\n"a,b\r\n', "CSV"),
            (b"PK\x03\x04rubbish", "workbook"),
            (b"[1, 2]", "list of objects"),
            (b'[{"ID": NaN}]', "JSON"),
            (deep, "JSON"),
            (b"[]", "no rows"),
        ):
            record = self._import(data or b" ", check=False)
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                record.action_check()

    def test_json_types(self):
        """JSON: values of a wrong type are errors of their rows."""
        rows = [
            {"ID": "1", "Name": "a", "CPU": "x"},
            {"ID": "2", "Name": ["a"]},
            {"ID": "3", "Name": "c", "CPU": True},
            {"ID": {"x": 1}, "Name": "d"},
            {"ID": 5, "Name": "e", "CPU": 1.5},
            {"ID": 6, "Name": "f", "Pick": ["red"]},
            {"ID": 7, "Name": 7, "Serial": 7},
            {"ID": 8, "Name": "a\u0000b"},
        ]
        record = self._import(json.dumps(rows).encode())
        self.assertEqual(self._counts(record), {"new": 1, "error": 7})

    def test_wrong_type_in_row_40000(self):
        """Issue: an attribute of the wrong type in row 40,000 is one error, found in
        slices, and the rest is compared."""
        source = self._source(
            "t_long",
            {"ID": ("external_id", {}), "CPU": "t_int"},
            keys=["external_id"],
            on_none="skip",
        )
        lines = [b"ID,CPU"]
        lines += [b"%d,%d" % (n, n) for n in range(2, 40_000)]
        lines += [b"40000,forty thousand", b"40001,7"]
        item = self._ci("last", external_id="40001")
        record = self._import(b"\r\n".join(lines), source)
        while record.run_id.state in ("waiting", "running"):
            record.run_id._work_inline()
        record.invalidate_recordset()
        self.assertEqual(
            self._counts(record), {"skipped": 39_998, "error": 1, "changed": 1}
        )
        self.assertEqual(
            self._messages(record),
            [(40_000, "CPU: a whole number is wanted, not “forty thousand”.")],
        )
        self.assertEqual(
            record.line_ids.filtered(lambda line: line.kind == "changed").ci_id, item
        )

    def test_resume(self):
        """A run goes on behind the rows that are done; nothing is made twice."""
        rows = [
            {"ID": str(n), "Name": f"n{n}", "Serial": f"S{n}"} for n in range(1, 1203)
        ]
        record = self._import(rows)
        while record.run_id.state in ("waiting", "running"):
            record.run_id._work_inline()
        record.invalidate_recordset()
        record.action_import()
        run = record.run_id.sudo()
        self.assertEqual(run.state, "waiting")
        self.patch(itsm_ci_import_run, "SLICE", 0)
        done, finished = record._run_slice(guard.with_token(run))
        self.assertEqual((done, finished), (1000, False))
        self.assertEqual(run.position["row"], 1000)
        run._work_inline()
        record.invalidate_recordset()
        self.assertEqual((record.state, self._counts(record)), ("done", {"new": 1202}))
        self.assertEqual(self._item(serial="S1202").name, "n1202")

    def test_changed_since(self):
        """An import without a dry run, or after a change, is refused."""
        record = self._import(self._rows(), check=False)
        with self.assertRaisesRegex(UserError, "dry run"):
            record.action_import()
        record.action_check()
        self.source.on_none = "skip"
        with self.assertRaisesRegex(UserError, "dry run"):
            record.action_import()
        record.action_check()
        record.action_import()
        with self.assertRaisesRegex(UserError, "imported already"):
            record.action_check()
        with self.assertRaisesRegex(UserError, "another import"):
            record.write({"file": False})
        with self.assertRaisesRegex(UserError, "is kept"):
            record.unlink()

    def test_propose(self):
        """CFG-14: columns that are called as fields, attributes and relations are."""
        source = self.env["itsm.ci.source"].create({"name": "P", "code": "t_propose"})
        text = "Name,Serial number,t_int,CI class,Name of t_pick,Nonsense,T backward\n"
        text += "a,1,4,t_leaf,Red,x,\nb,2,5,t_leaf,Blue,y,a\n"
        record = self._import(text.encode(), source, check=False)
        record.action_propose_columns()
        self.assertEqual(
            {line.column: line._target() for line in source.field_ids},
            {
                "Name": "name",
                "Serial number": "serial",
                "t_int": "attributes.t_int",
                "Name of t_pick": "attributes.t_pick",
            },
        )
        self.assertEqual(source.class_column, "CI class")
        self.assertEqual(len(source.key_ids), 2)
        record.action_check()
        record.action_import()
        self.assertEqual(self._counts(record), {"new": 2})
        self.assertEqual(self._relations(), {("b", "a")})
        self.assertIn("Nonsense", self._messages(record, "info")[0][1])

    def test_queries(self):
        """A batch of known rows: the same number of queries, whatever their number."""

        def rows(count):
            return [
                {"ID": str(n), "Name": f"n{n}", "Serial": f"S{n}"} for n in range(count)
            ]

        self._done(rows(400))
        counts = []
        for count in (20, 400):
            record = self._import(rows(count))
            run = record.run_id
            self.assertEqual(run.state, "done")
            record = self._import(rows(count), check=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_check()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
