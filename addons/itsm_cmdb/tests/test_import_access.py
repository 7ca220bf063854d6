# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportAccess(ImportCommon):
    """CFG-16, CFG-26: who may define sources, import and collect, and where."""

    ROWS = [{"ID": "a", "Name": "alpha", "Serial": "S-1"}]

    def test_roles(self):
        """Configuration managers define and import; others read sources only."""
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            source = self.source.with_user(user)
            self.assertEqual(source.name, "Source t_source")
            for call in (
                lambda s=source: s.write({"name": "x"}),
                lambda s=source: s.field_ids[0].write({"precedence": "never"}),
                lambda s=source: s.collect([]),
                lambda u=user: self._import(self.ROWS, user=u),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        record = self._done(self.ROWS)
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            for records in (record, record.line_ids):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["id"])
        with self.assertRaises(AccessError):
            self.source.with_user(self.plain_user()).read(["name"])

    def plain_user(self):
        return self._create_user("import-plain", "base.group_user")

    def test_forged(self):
        """What the work notes is nobody's to write: state, counts, log, links, the
        source of a relation or a line of history."""
        record = self._import(self.ROWS)
        for vals in ({"state": "done"}, {"error_count": 0}, {"checked": "x"}):
            with self.assertRaises(AccessError):
                record.write(vals)
        imports = self.env["itsm.ci.import"].with_user(self.ci_manager)
        with self.assertRaises(AccessError):
            imports.create({"source_id": self.source.id, "state": "done"})
        with self.assertRaises(AccessError):
            self.env["itsm.ci.import.line"].with_user(self.ci_manager).create(
                {"import_id": record.id, "kind": "new"}
            )
        with self.assertRaises(AccessError):
            record.line_ids.write({"message": "x"})
        record.action_import()
        link = self.source.link_ids.with_user(self.ci_manager)
        with self.assertRaises(UserError):
            link.state = "proposed"
        one, two = self._ci("one"), self._ci("two")
        relations = self.env["itsm.ci.relation"].with_user(self.ci_manager)
        relation = relations.with_context(itsm_ci_import={"source_id": 1}).create(
            {
                "type_id": self.rel_none.id,
                "source_id": one.id,
                "target_id": two.id,
                "import_source_id": self.source.id,
            }
        )
        self.assertFalse(relation.import_source_id)
        self.assertEqual(relation.origin, "system")

    def test_context(self):
        """What a client sends along as context decides nothing of what is written."""
        source = self.source.with_user(self.ci_manager).with_context(
            default_state="cancelled",
            default_version="forged",
            itsm_ci_import=None,
            active_test=False,
        )
        self.assertEqual(source.collect(self.ROWS)["created"], 1)
        item = self._item(serial="S-1")
        self.assertEqual(
            (item.state, item.version, item.origin), ("use", False, "import")
        )

    def test_two_companies(self):
        """A source of one company never touches what belongs to another."""
        company, manager = self._company_2()
        theirs = self._ci("theirs", serial="S-1", company_id=company.id)
        record = self._done(self.ROWS)
        self.assertEqual(self._counts(record), {"new": 1})
        self.assertEqual(theirs.name, "theirs")
        self.assertEqual(self._item(name="alpha").company_id, self.company)
        for model in ("itsm.ci.source", "itsm.ci.import", "itsm.ci.source.link"):
            self.assertFalse(
                self.env[model]
                .with_user(manager)
                .search([("company_id", "=", self.company.id)])
            )
        with self.assertRaises(AccessError):
            self.source.with_user(manager).collect([])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.source.link_ids.ci_id = theirs
        # an item that has moved is left alone
        self.env.cr.execute(
            "UPDATE itsm_ci SET company_id = %s WHERE id = %s",
            [company.id, self.source.link_ids.ci_id.id],
        )
        self.env.invalidate_all()
        record = self._done(self.ROWS)
        self.assertIn("another company", self._messages(record)[0][1])
        with self.assertRaisesRegex(UserError, "another source"):
            self.source.company_id = company

    def test_shared(self):
        """What belongs to all companies is changed by a source without company only,
        and that by who works in all of them."""
        self._company_2()
        shared = self._ci("shared", serial="S-1", company_id=False)
        record = self._done(self.ROWS)
        self.assertIn("belongs to all companies", self._messages(record)[0][1])
        self.assertEqual(shared.name, "shared")
        source = self._source("t_shared", key_column="ID", company_id=False)
        with self.assertRaises(AccessError):
            self._import(self.ROWS, source)
        manager = self._create_user(
            "ci-manager-all",
            "itsm_cmdb.itsm_group_ci_manager",
            company_ids=[Command.set(self.env["res.company"].search([]).ids)],
        )
        record = self._import(self.ROWS, source, user=manager)
        record.action_import()
        self.assertEqual(shared.name, "alpha")
        self.assertFalse(shared.company_id)

    def test_price(self):
        """A column of the purchase price is added by who may write prices, and what it
        was is hidden in the log."""
        vals = {
            "source_id": self.source.id,
            "column": "Price",
            "target": "purchase_price",
        }
        with self.assertRaises(AccessError):
            self.env["itsm.ci.source.field"].with_user(self.ci_manager).create(vals)
        self.env["itsm.ci.source.field"].create(vals)
        self.ci_manager.group_ids += self.env.ref("itsm_base.itsm_group_finance")
        self._done([{**self.ROWS[0], "Price": "10.50"}])
        record = self._done([{**self.ROWS[0], "Price": "12"}])
        line = record.line_ids.filtered(lambda line: line.kind == "changed")
        self.assertEqual((line.old, line.new), ("(hidden)", "(hidden)"))
        self.assertEqual(self._item(serial="S-1").purchase_price, 12)

    @mute_logger("odoo.sql_db")
    def test_bad_definitions(self):
        """Bad definitions are refused in plain words."""
        sources = self.env["itsm.ci.source"]
        with self.assertRaisesRegex(ValidationError, "small letter"):
            sources.create({"name": "x", "code": "Not A Code"})
        lines = self.env["itsm.ci.source.field"]
        with self.assertRaisesRegex(ValidationError, "choose the attribute"):
            lines.create(
                {"source_id": self.source.id, "column": "x", "target": "attribute"}
            )
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            lines.create({"source_id": self.source.id, "column": "x", "target": "name"})
        bought = self.source.field_ids.filtered(lambda f: f.target == "purchase_date")
        with self.assertRaisesRegex(ValidationError, "identifies nothing"):
            self.env["itsm.ci.source.key"].create(
                {"source_id": self.source.id, "field_ids": bought.ids}
            )
        with self.assertRaisesRegex(ValidationError, "choose the relation"):
            self.env["itsm.ci.source.relation"].create(
                {"source_id": self.source.id, "column": "x"}
            )
        portal = self._create_user("import-portal", "base.group_portal")
        with self.assertRaisesRegex(ValidationError, "no internal user"):
            self.source.collector_id = portal
        other = self._source("t_empty", {"Serial": "serial"}, keys=())
        with self.assertRaisesRegex(UserError, "how its rows are recognised"):
            self._import([{"Serial": "1"}], other)
        other.key_column = "Serial"
        with self.assertRaisesRegex(UserError, "must be their name"):
            self._import([{"Serial": "1"}], other)

    def test_kept(self):
        """A source that has imported something is archived and not deleted."""
        source = self._source("t_unused", key_column="ID")
        source.unlink()
        self._done(self.ROWS)
        with self.assertRaises(UserError):
            self.source.unlink()
        self.source.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._import(self.ROWS)
