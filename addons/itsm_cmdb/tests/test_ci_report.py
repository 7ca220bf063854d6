# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestCiReport(CmdbCommon):
    """The five columns of the configuration report, and the papers D26 to D28."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.company = cls.env["res.company"].create({"name": "Report Company"})
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.env.user.company_ids |= cls.company
        cls.ci_manager.company_ids |= cls.company
        cls.ci_reader.company_ids |= cls.company
        library_class = cls.env.ref("itsm_cmdb.itsm_ci_class_library")
        backs_up = cls.env.ref("itsm_cmdb.itsm_ci_relation_type_backs_up")
        own = {"company_id": cls.company.id}
        with freeze_time("2026-03-01 08:00:00"):
            cls.site = cls._ci("Site", cls.class_place, **own)
            cls.room = cls._ci("Room", cls.class_place, location_id=cls.site.id, **own)
            cls.library = cls._ci(
                "Vault", library_class, location_id=cls.room.id, **own
            )
            cls.app = cls._ci(
                "App",
                version="1.0",
                location_id=cls.room.id,
                owner_id=cls.ci_owner.id,
                **own,
            )
            cls.host, cls.gone = cls.env["itsm.ci"].create(
                [cls._ci_vals(name, state="use", **own) for name in ("Host", "Gone")]
            )
            cls._relate(cls.host, cls.app, cls.rel_forward)
            cls._relate(cls.app, cls.gone, cls.rel_backward)
            cls._relate(cls.app, cls.library, cls.rel_none)
            cls._relate(cls.library, cls.app, backs_up)
            ended = cls._relate(cls.room, cls.app, cls.rel_forward)
            ended.write({"date_start": "2026-01-01", "date_end": "2026-02-01"})
            cls.env.flush_all()

    def _version(self, moment, version):
        with freeze_time(moment):
            self.app.version = version
            self.env.flush_all()

    def _document(self, code, **vals):
        kind = self.env["itsm.document.kind"].search([("code", "=", code)])
        documents = self.env["itsm.document"].with_user(self.ci_manager)
        return documents.create(
            {"kind_id": kind.id, "company_id": self.company.id, "lang": "en_US", **vals}
        )

    # === The list ===

    def test_columns(self):
        """CFG-34: place, master copy, dependencies and versions, said by hand."""
        self._version("2026-04-01 08:00:00", "1.1")
        self._version("2026-05-31 20:00:00", "2.0")
        self.gone.state = "dismantled"
        app = self.app.with_context(tz="Asia/Shanghai", lang="en_US")
        self.assertEqual(app.place_text, "Site / Room")
        self.assertEqual(app.master_text, "Vault (Site / Room)")
        self.assertEqual(app.needs_text, "T forward back Host")
        # eight in the evening in London is the next day in Shanghai
        self.assertEqual(
            app.versions_text, "2.0 since 06/01/2026; 1.1 since 04/01/2026"
        )
        self.gone.write({"state": "use"})
        app.invalidate_recordset()
        self.assertEqual(app.needs_text, "T backward Gone; T forward back Host")

    def test_places_in_a_circle(self):
        """CFG-34: places that stand in each other, by older data, are named once."""
        self.env.cr.execute(
            "UPDATE itsm_ci SET location_id = %s WHERE id = %s",
            [self.room.id, self.site.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.app.place_text, "Site / Room")

    def test_many_needs(self):
        """CFG-34: ten are named, of the others how many there are."""
        items = self.env["itsm.ci"].create(
            [self._ci_vals(f"N{n:02}", company_id=self.company.id) for n in range(14)]
        )
        for item in items:
            self._relate(item, self.host)
        names = ", ".join(f"N{n:02}" for n in range(10))
        self.assertEqual(self.host.needs_text, f"T forward back {names}; and 4 more")

    def test_queries(self):
        """CFG-34: as many statements for forty items as for two."""
        items = self.env["itsm.ci"].create(
            [
                self._ci_vals(
                    f"Q{n}", company_id=self.company.id, location_id=self.room.id
                )
                for n in range(40)
            ]
        )
        for item in items:
            self._relate(self.host, item)
        self.env.flush_all()
        names = ["place_text", "master_text", "needs_text", "versions_text"]

        def statements(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        statements(items)
        self.assertEqual(statements(items[:2]), statements(items))

    # === D28 ===

    def test_report(self):
        """CFG-34, D28: numbers by class and state, changes cut in the company's zone,
        each configuration item with its five columns."""
        # the first quarter ends at 16:00 UTC for Shanghai
        self._version("2026-03-31 15:59:59", "1.1")
        self._version("2026-03-31 16:00:00", "2.0")
        with freeze_time("2026-04-02 08:00:00"):
            self.gone.state = "dismantled"
            self.app.attributes = {"t_int": 5}
            self.env.flush_all()
        with freeze_time("2026-07-02 08:00:00"):
            document = self._document("D28", period_start="2026-05-05")
            document.action_fill()
        content = document.content
        shared = self.env["itsm.ci"].search([("company_id", "=", False)])
        place, leaf = self.class_place.display_name, self.class_leaf.display_name
        rows = {row["name"]: row for row in content["classes"]}
        states = dict(zip(content["states"], rows[leaf]["counts"], strict=True))
        self.assertEqual((states["In use"], states["Dismantled"]), (2, 1))
        self.assertEqual((rows[leaf]["total"], rows[place]["total"]), (3, 2))
        self.assertEqual(content["totals"][-1], 6 + len(shared))
        changes = {row["name"]: row["count"] for row in content["changes"]}
        self.assertEqual(changes["Version changed"], 1)
        self.assertEqual(changes["State changed"], 1)
        self.assertEqual(changes["Attributes changed"], 1)
        self.assertEqual(changes["Location changed"], 0)
        self.assertEqual(changes["Recorded for the first time"], 0)
        row = next(row for row in content["rows"] if row["name"] == "App")
        self.assertEqual(row["version"], "2.0")
        self.assertEqual(row["place"], "Site / Room")
        self.assertEqual(row["master"], "Vault (Site / Room)")
        self.assertEqual(row["needs"], "T forward back Host")
        self.assertEqual(row["versions"], "2.0 since 04/01/2026; 1.1 since 03/31/2026")
        self.assertNotIn("Gone", [row["name"] for row in content["rows"]])
        self.assertEqual(content["unlisted"], 0)

    def test_report_of_many(self):
        """CFG-34: where not all are printed, those that changed come first, and the
        paper says how many are missing."""
        self._version("2026-04-01 08:00:00", "2.0")
        shared = self.env["itsm.ci"].search_count([("company_id", "=", False)])
        path = "odoo.addons.itsm_cmdb.models.itsm_document.LISTED"
        with freeze_time("2026-07-02 08:00:00"), patch(path, 1):
            document = self._document("D28", period_start="2026-05-05")
            document.action_fill()
        self.assertEqual([row["name"] for row in document.content["rows"]], ["App"])
        self.assertEqual(document.content["unlisted"], 5 + shared)
        self.assertIn(f"{5 + shared}</span> more are not", str(document.figures_html))

    # === D26, D27 ===

    def test_plan(self):
        """CFG-08, D26: the headings to write under, and the facts of today."""
        role = self.env.ref("itsm_base.itsm_role_configuration_manager")
        self.env["itsm.role.holder"].create(
            {
                "role_id": role.id,
                "company_id": self.company.id,
                "user_id": self.ci_manager.id,
            }
        )
        document = self._document("D26")
        self.assertIn("Control of changes", document.body)
        document.action_fill()
        content = document.content
        self.assertEqual(content["people"]["managers"], [self.ci_manager.name])
        self.assertIn(
            {"name": self.ci_owner.name, "count": 1}, content["people"]["owners"]
        )
        classes = {row["code"]: row for row in content["classes"]}
        self.assertEqual(classes["t_base"]["level"], 0)
        self.assertEqual(classes["t_leaf"]["level"], 1)
        self.assertEqual(classes["t_leaf"]["prefix"], "TB-")
        self.assertIn("Configuration manager", str(document.figures_html))
        # a text that somebody wrote stays
        document.body = "<p>Ours</p>"
        document.lang = "zh_CN"
        self.assertIn("Ours", document.body)

    def test_classification(self):
        """CFG-09, D27: naming rule, states and attributes of each class."""
        self.class_base.write({"name_pattern": "[a-z]+", "name_hint": "Small letters"})
        self.attribute["t_int"].write({"required": True, "unit": "GB"})
        document = self._document("D27")
        document.action_fill()
        rows = {row["code"]: row for row in document.content["classes"]}
        self.assertEqual(rows["t_leaf"]["naming"], "Small letters")
        self.assertEqual(
            [row["code"] for row in rows["t_leaf"]["attributes"]], ["t_leaf_only"]
        )
        number = next(r for r in rows["t_base"]["attributes"] if r["code"] == "t_int")
        self.assertEqual((number["required"], number["unit"]), (True, "GB"))
        pick = next(r for r in rows["t_base"]["attributes"] if r["code"] == "t_pick")
        self.assertEqual(pick["options"], ["Red", "Green", "Blue"])

    # === Rights ===

    def test_rights(self):
        """CFG-08: the manager writes papers of the CMDB only; readers read them, not
        confidential ones; owners and auditors write none."""
        plan = self._document("D26")
        with self.assertRaises(AccessError):
            self._document("D41")
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            with self.subTest(user.login):
                user.company_ids |= self.company
                self.assertTrue(plan.with_user(user).name)
                with self.assertRaises(AccessError):
                    plan.with_user(user).write({"body": "<p>x</p>"})
        plan.confidentiality = "confidential"
        with self.assertRaises(AccessError):
            plan.with_user(self.ci_reader).read(["name"])
        _company, other = self._company_2()
        with self.assertRaises(AccessError):
            plan.with_user(other).read(["name"])

    def test_moment_of_history(self):
        """CFG-19: the version history is there for a reader who sees no history of
        prices."""
        self._version("2026-04-01 08:00:00", "1.1")
        lines = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.app.id), ("attribute", "=", "version")]
        )
        self.assertEqual(lines.mapped("time"), [datetime(2026, 4, 1, 8)])
        text = self.app.with_user(self.ci_reader).versions_text
        self.assertIn("1.1", text)
