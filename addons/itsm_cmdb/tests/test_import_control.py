# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_base.tools import guard

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportControl(ImportCommon):
    """What imports change under control, and who is told (CFG-17, CFG-33)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ci_manager_2 = cls._create_user(
            "ci-manager-2", "itsm_cmdb.itsm_group_ci_manager"
        )
        cls.collector = cls._create_user(
            "ci-collector", "itsm_cmdb.itsm_group_ci_reader"
        )
        cls.source.collector_id = cls.collector
        cls.passes = cls.env["itsm.ci.source.pass"]
        cls.rows = [
            {"ID": key, "Name": f"name {key}", "Serial": f"S-{key}", "CPU": "4"}
            for key in "abc"
        ]

    @classmethod
    def _changed(cls, **cells):
        """The rows with other values in the first two."""
        return [{**row, **cells} for row in cls.rows[:2]] + cls.rows[2:]

    def _told(self):
        """Who was told, or is to be told in a digest."""
        logs = self.env["itsm.notification.log"].search(
            [
                ("event_code", "=", "ci_import_control"),
                ("outcome", "in", ("waiting", "digest", "sent")),
            ]
        )
        return [(log.res_id, log.user_id) for log in logs.sorted("id")]

    def _pass(self):
        return self.passes.search([("source_id", "=", self.source.id)])

    def _log_of(self, record):
        runs = self.env["itsm.run"].search([], order="id desc", limit=1)
        return "\n".join(runs.line_ids.mapped("message"))

    def _collect(self, rows, **more):
        source = self.source.with_user(self.collector)
        result = source.collect(rows, **more)
        self.env.flush_all()
        return result

    # === The switch ===

    def test_default(self):
        """A new source and a copy count for nothing until a manager says so."""
        self.assertFalse(self.source.is_authority)
        self.source.with_user(self.ci_manager).is_authority = True
        copied = self.source.copy({"code": "t_copy"})
        self.assertFalse(copied.is_authority)
        with self.assertRaises(AccessError):
            self.source.with_user(self.collector).is_authority = True

    # === With authority ===

    def test_authority_is_logged(self):
        """The log says in one line how much was changed; nobody is told."""
        self._done(self.rows)
        self.class_base.control = "refuse"
        self.source.is_authority = True
        record = self._done(
            [
                # two values each of two items, and one new item
                *self._changed(CPU="16", Host="h"),
                {"ID": "d", "Name": "name d", "Serial": "S-d"},
            ]
        )
        # the second row asks for a host name that the first one has: both get it
        self.assertEqual(record.changed_count, 2)
        said = self._log_of(record)
        self.assertIn("Source t_source as the authority: 5 values", said)
        self.assertFalse(self._pass())
        self.assertFalse(self._told())
        # what was taken back is not counted: the second row is refused by a rule
        self.class_base.name_pattern = "name .*"
        rows = self._changed(CPU="32")
        rows[1]["Name"] = "wrong"
        record = self._done(rows)
        self.assertEqual((record.changed_count, record.error_count), (1, 1))
        self.assertIn("authority: 1 values", self._log_of(record))

    def test_authority_of_relations(self):
        """A relation is under control at both ends and one change."""
        self.env["itsm.ci.source.relation"].create(
            {
                "source_id": self.source.id,
                "column": "Needs",
                "type_id": self.rel_backward.id,
            }
        )
        self._done(self.rows)
        self.class_base.control = "refuse"
        self.source.is_authority = True
        rows = [{**self.rows[0], "Needs": "b"}, *self.rows[1:]]
        record = self._done(rows)
        self.assertEqual(record.related_count, 1)
        self.assertIn("authority: 1 values", self._log_of(record))
        self.source.is_authority = False
        rows[0]["Needs"] = "b,c"
        record = self._done(rows)
        self.assertEqual(record.relation_error_count, 1)
        self.assertEqual(self._pass().refused_count, 1)

    # === Without ===

    def test_refused(self):
        """Refused rows: one summary to the other managers, none for the dry run."""
        self._done(self.rows)
        self.class_base.control = "refuse"
        record = self._import(self._changed(CPU="16"))
        self.assertFalse(self._pass() or self._told())
        record.action_import()
        met = self._pass()
        self.assertEqual((met.refused_count, met.recorded_count), (2, 0))
        self.assertEqual(met.import_id, record)
        self.assertEqual(met.run, record.name)
        self.assertIn("a: name a (T leaf) is under control", met.refused_text)
        self.assertIn("2 rows were refused", self._log_of(record))
        # each manager once, but who did it himself knows
        told = self._told()
        self.assertEqual({res_id for res_id, _user in told}, {met.id})
        users = [user for _res_id, user in told]
        self.assertEqual(len(users), len(set(users)))
        self.assertIn(self.ci_manager_2, users)
        self.assertNotIn(self.ci_manager, users)
        self.assertNotIn(self.ci_reader, users)
        action = met.with_user(self.ci_manager_2).action_view_refused()
        lines = self.env["itsm.ci.import.line"].search(action["domain"])
        self.assertEqual(lines.mapped("row"), [2, 3])
        # nothing new: nobody is told again
        self._done(self.rows)
        self.assertEqual(self._told(), told)

    def test_recorded(self):
        """Recorded ones are listed with the run, changes and additions."""
        self._done(self.rows)
        self.class_base.control = "record"
        rows = [
            *self._changed(CPU="16"),
            {"ID": "d", "Name": "name d", "Serial": "S-d"},
        ]
        self._done(rows)
        met = self._pass()
        self.assertEqual((met.refused_count, met.recorded_count), (0, 3))
        changes = met.unauthorised_ids
        self.assertEqual(set(changes.mapped("ci_name")), {"name a", "name b", "name d"})
        self.assertEqual(changes.import_source_id, self.source)
        action = met.with_user(self.ci_manager_2).action_view_unauthorised()
        found = self.env["itsm.ci.unauthorised"].search(action["domain"])
        self.assertEqual(found, changes)
        # one summary, and no message for each change
        logs = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ci_unauthorised"), ("outcome", "!=", "suppressed")]
        )
        self.assertFalse(logs)
        self.assertEqual(
            [user for _id, user in self._told()].count(self.ci_manager_2), 1
        )
        # text and link of the message
        template = self.env.ref("itsm_cmdb.mail_template_ci_import_control")
        body = template._render_field("body_html", met.ids)[met.id]
        for word in ("Source t_source", met.run, "3", "itsm-ci-without-authority"):
            self.assertIn(word, body)

    def test_free(self):
        """Where nothing is under control nothing is noted."""
        record = self._done(self.rows)
        self._done(self._changed(CPU="16"))
        self.assertFalse(self._pass() or self._told())
        self.assertNotIn("authority", self._log_of(record))

    def test_silent(self):
        """Loaded in silence it is listed, and nobody is told."""
        self._done(self.rows)
        self.class_base.control = "record"
        source = guard.silence(self.source.with_user(self.collector))
        source.collect(self._changed(CPU="16"))
        self.assertEqual(self._pass().recorded_count, 2)
        self.assertFalse(self._told())

    # === Collectors ===

    def test_collector(self):
        """A call alone is a run; with a name several are one, told at its end."""
        self._done(self.rows)
        self.class_base.control = "refuse"
        rows = self._changed(CPU="16")
        self._collect(rows, dry_run=True)
        self.assertFalse(self._pass())
        self._collect(rows)
        self.assertEqual(self._pass().refused_count, 2)
        self.assertIn((self._pass().id, self.ci_manager), self._told())
        first = self._told()
        self._collect(rows[:1], run="night")
        self._collect(rows[1:2], run="night")
        self.assertEqual(self._told(), first)
        self._collect(rows[2:], run="night", complete=True)
        met = self._pass().filtered(lambda one: one.run == "night")
        self.assertEqual(met.refused_count, 2)
        self.assertEqual(met.user_id, self.collector)
        mine = [told for told in self._told() if told not in first]
        self.assertEqual({res_id for res_id, _user in mine}, {met.id})
        self.assertEqual(mine.count((met.id, self.ci_manager)), 1)

    def test_collector_without_end(self):
        """A run whose last call never comes is told an hour later, once."""
        self._done(self.rows)
        self.class_base.control = "refuse"
        self._collect(self._changed(CPU="16"), run="night")
        self.passes._cron_tell()
        self.assertFalse(self._told())
        later = fields.Datetime.now() + timedelta(hours=2)
        with freeze_time(later):
            self.passes._cron_tell()
            told = self._told()
            self.assertTrue(told)
            self.passes._cron_tell()
            self._collect([], run="night", complete=True)
        self.assertEqual(self._told(), told)
        # what comes after it was told is told as well
        self._collect(self._changed(CPU="32"), run="night")
        with freeze_time(later + timedelta(hours=3)):
            self.passes._cron_tell()
        self.assertEqual(len(self._told()), 2 * len(told))

    # === Who ===

    def test_companies(self):
        """Managers of another company are not told and see nothing of it."""
        _company, manager = self._company_2()
        self._done(self.rows)
        self.class_base.control = "refuse"
        self._done(self._changed(CPU="16"))
        self.assertNotIn(manager, [user for _id, user in self._told()])
        self.assertFalse(self.passes.with_user(manager).search([]) & self._pass())
        with self.assertRaises(AccessError):
            self.passes.with_user(self.ci_reader).search([])

    def test_shared(self):
        """Of a source without company the managers of all companies are told."""
        _company, manager = self._company_2()
        source = self._source(
            "t_shared",
            key_column="ID",
            company_id=False,
            collector_id=self.collector.id,
        )
        collecting = source.with_user(self.collector)
        collecting.collect(self.rows)
        self.class_base.control = "refuse"
        self.env.flush_all()
        collecting.collect(self._changed(CPU="16"))
        met = self.passes.search([("source_id", "=", source.id)])
        self.assertEqual((met.refused_count, met.company_id.id), (2, False))
        users = [user for _id, user in self._told()]
        self.assertEqual(users.count(manager), 1)
        self.assertEqual(users.count(self.ci_manager), 1)

    def test_evidence(self):
        """Nobody writes or deletes it; the source of it stays."""
        self._done(self.rows)
        self.class_base.control = "refuse"
        self._done(self._changed(CPU="16"))
        met = self._pass().with_user(self.ci_manager)
        for attempt in (
            lambda: met.write({"refused_count": 0}),
            lambda: met.sudo().write({"is_told": False}),
            lambda: met.sudo().unlink(),
            lambda: met.sudo().copy({"token": "x"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()

    def test_batch(self):
        """The number of queries does not grow with what is refused or recorded."""
        columns = {"Name": "name", "Serial": "serial", "CPU": "t_int"}
        source = self._source("t_many", columns, key_column="Name")
        self.class_base.control = "record"
        source.class_id = self.class_leaf

        def collect(count, cpu):
            rows = [
                {"Name": f"n{index}", "Serial": f"s{index}", "CPU": str(cpu)}
                for index in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            source.collect(rows)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        collect(40, 1)
        few, many = collect(5, 2), collect(40, 3)
        self.assertLessEqual(many, few + 2)
        met = self.passes.search([("source_id", "=", source.id)], limit=1)
        self.assertEqual(met.recorded_count, 40)
