# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestHealth(CmdbCommon):
    """Rule-based health checks with tolerance and trend (CFG-14, CFG-29, CFG-35)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.ci.health.rule"].search([]).active = False
        cls.place = cls._ci("place", cls.class_place)
        cls.items = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(name, state="use", location_id=cls.place.id)
                for name in ("one", "two", "three", "four")
            ]
        )
        cls.one, cls.two, cls.three, cls.four = cls.items
        cls.env.flush_all()

    def _rule(self, kind, **vals):
        return (
            self.env["itsm.ci.health.rule"]
            .with_user(self.ci_manager)
            .create(
                {
                    "name": kind,
                    "kind": kind,
                    "class_ids": [Command.set(self.class_base.ids)],
                    **vals,
                }
            )
        )

    def _found(self, rule):
        return self.env["itsm.ci"].search(rule._finding_domain())

    # === What each rule finds ===

    def test_orphan(self):
        """No relation that holds today, no location, and nothing stands in it."""
        rule = self._rule(
            "orphan", class_ids=[Command.set((self.class_base | self.class_place).ids)]
        )
        self.assertFalse(self._found(rule))
        self.items.location_id = False
        self.assertEqual(self._found(rule), self.items | self.place)
        self.one.location_id = self.place
        yesterday = fields.Date.today() - timedelta(days=1)
        self._relate(self.two, self.three)
        self._relate(self.three, self.four, date_end=yesterday)
        self.assertEqual(self._found(rule), self.four)

    def test_stale(self):
        """Neither changed nor audited for so many days."""
        rule = self._rule("stale", days=30)
        self.env.cr.execute(
            "UPDATE itsm_ci SET write_date = now() - interval '31 days'"
            " WHERE id = ANY(%s)",
            [(self.one | self.two).ids],
        )
        self.env.invalidate_all()
        self.assertEqual(self._found(rule), self.one | self.two)
        audit = self.env["itsm.ci.audit"].create(
            {
                "name": "a",
                "auditor_id": self.ci_auditor.id,
                "date_start": "2026-03-01",
                "date_end": "2026-03-31",
                "ci_ids": [Command.set((self.one | self.two).ids)],
            }
        )
        audit.action_start()
        lines = {line.ci_id: line for line in audit.line_ids}
        lines[self.one].action_count_ok()
        lines[self.two].action_count_missing()
        self.assertEqual(self._found(rule), self.two)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._rule("stale", days=0)

    def test_duplicate(self):
        """The same number in other letters or with blanks; not of another company, and
        not of what is gone."""
        rule = self._rule("duplicate")
        self.one.serial, self.two.serial = "SN-1", " sn-1"
        self.three.hostname = "h"
        company = self._company_2()[0]
        self._ci("foreign", hostname="h", company_id=company.id, state="use")
        gone = self._ci("gone", hostname="H", state="use")
        self.assertEqual(self._found(rule), self.one | self.two | self.three | gone)
        gone.action_dismantle()
        self.assertEqual(self._found(rule), self.one | self.two)
        self.two.active = False
        self.assertFalse(self._found(rule))

    def test_incomplete(self):
        """A required attribute of the class, or one above, has no value; 0 is one."""
        rule = self._rule("incomplete")
        self.assertFalse(self._found(rule))
        (self.attribute["t_int"] | self.attribute["t_leaf_only"]).required = True
        self.one.attributes = {"t_int": 0, "t_leaf_only": "x"}
        self.two.attributes = {"t_int": 3}
        self.three.write({"attributes": {"t_int": 1}})
        self.three.attributes = {"t_leaf_only": "y"}
        self.four.action_test()
        self.assertEqual(self._found(rule), self.two)
        expected = self.items.filtered(
            lambda item: item.state == "use" and item._missing_attributes()
        )
        self.assertEqual(self._found(rule), expected)

    def test_relation(self):
        """No relation of the type that holds, from either end."""
        rule = self._rule("relation", relation_type_id=self.rel_both.id)
        self._relate(self.one, self.two, self.rel_both)
        self._relate(self.three, self.four, self.rel_none)
        self.assertEqual(self._found(rule), self.three | self.four)
        with self.assertRaisesRegex(ValidationError, "choose the relation"):
            self._rule("relation")

    def test_warranty(self):
        """The warranty of what is in use is over; its last day still counts."""
        rule = self._rule("warranty")
        today = fields.Date.context_today(rule)
        self.one.warranty_end = today
        self.two.warranty_end = today - timedelta(days=1)
        self.three.warranty_end = today - timedelta(days=1)
        self.three.action_dismantle()
        self.assertEqual(self._found(rule), self.two)

    # === The daily check ===

    def test_check(self):
        """Numbers by hand: 1 of 4 is 25 %, tolerated are 10 %; a second check of the
        day replaces the first; what was found is opened."""
        rule = self._rule("warranty", tolerance=10)
        self.items.warranty_end = fields.Date.today() + timedelta(days=9)
        self.one.warranty_end = fields.Date.today() - timedelta(days=9)
        rule.action_check()
        result = rule.result_ids
        self.assertEqual(
            (result.found, result.total, result.percent, result.is_exceeded),
            (1, 4, 25.0, True),
        )
        self.assertFalse(result.is_new, "the first check is silent")
        self.one.warranty_end = fields.Date.today()
        rule.action_check()
        self.assertEqual((len(rule.result_ids), rule.result_ids.found), (1, 0))
        self.one.warranty_end = fields.Date.today() - timedelta(days=9)
        action = rule.action_view_findings()
        self.assertEqual(self.env["itsm.ci"].search(action["domain"]), self.one)
        self.assertEqual(rule.with_user(self.ci_reader).finding_count, 1)

    def test_told(self):
        """People are told once, when the tolerance is newly exceeded, all together."""
        days = self._rule("warranty", tolerance=10)
        orphans = self._rule("orphan", tolerance=50)
        rules = (days | orphans).sudo()
        self.items.warranty_end = date(2030, 1, 5)
        told = []

        def notify(_self, code, records, *_args, **_more):
            told.append((code, [check.summary for check in records]))

        events = type(self.env["itsm.notification.event"])
        with patch.object(events, "_notify", notify):
            for day, number in (
                ("2030-01-04", 0),
                ("2030-01-06", 1),
                ("2030-01-07", 0),
            ):
                with freeze_time(f"{day} 12:00:00"):
                    told.clear()
                    if number:
                        self.items.location_id = False
                    rules._check_health()
                    found = [text for _code, texts in told for text in texts]
                    self.assertEqual(len(found), number)
                    if number:
                        self.assertIn("warranty: 4 of 4 (100.0 %)", found[0])
                        self.assertIn("orphan: 4 of 4 (100.0 %)", found[0])
                        told.clear()
                        rules._check_health()
                        self.assertEqual(
                            [t for _code, texts in told for t in texts], []
                        )
        trend = rules.result_ids.filtered(lambda r: r.rule_id == days).sorted("date")
        self.assertEqual(trend.mapped("percent"), [0, 100, 100])

    def test_holder_is_told(self):
        """The holder of the role is told, one log a company, with what went beyond."""
        self.env["itsm.role.holder"].create(
            {
                "role_id": self.env.ref("itsm_base.itsm_role_configuration_manager").id,
                "user_id": self.ci_manager.id,
                "company_id": self.company.id,
            }
        )
        rule = self._rule("warranty", tolerance=10).sudo()
        self.items.warranty_end = date(2030, 1, 5)
        logs = self.env["itsm.notification.log"].sudo()
        domain = [("res_model", "=", "itsm.ci.health.check")]
        with freeze_time("2030-01-04 12:00:00"):
            rule._check_health()
        self.assertFalse(logs.search(domain))
        with freeze_time("2030-01-06 12:00:00"):
            rule._check_health()
        log = logs.search(domain)
        self.assertEqual(log.partner_id, self.ci_manager.partner_id)

    def test_companies(self):
        """Each company its own figures and tolerance, in its own day; nobody sees those
        of another one."""
        rule = self._rule("warranty")
        company, foreign = self._company_2()
        company.resource_calendar_id.tz = "Pacific/Kiritimati"
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        rule.with_company(self.company).tolerance = 100
        rule.sudo().with_company(company).tolerance = 0
        other = self._ci("other", company_id=company.id, state="use")
        (other | self.one).warranty_end = date(2029, 1, 1)
        with freeze_time("2030-01-05 12:00:00"):
            rule.sudo()._check_health()
            self.assertEqual(
                rule.sudo(False).with_user(foreign).action_view_findings()["domain"],
                [("id", "in", other.ids)],
            )
        found = {r.company_id: r for r in rule.sudo().result_ids}
        self.assertEqual(
            {c: (r.found, r.is_exceeded, r.date) for c, r in found.items()},
            {
                self.company: (1, False, date(2030, 1, 5)),
                company: (1, True, date(2030, 1, 6)),
            },
        )
        with self.assertRaises(AccessError):
            found[self.company].with_user(foreign).read(["found"])

    def test_cron_and_evidence(self):
        """The shipped rules run; nobody writes results; a rule with results stays."""
        rules = self.env["itsm.ci.health.rule"]
        every = rules.with_context(active_test=False).search([])
        every.active = True
        rules._cron_check()
        result = self.env["itsm.ci.health.result"].search([], limit=1)
        with self.assertRaises(AccessError):
            result.sudo().write({"found": 0})
        with self.assertRaises(AccessError), mute_logger("odoo.models.unlink"):
            result.sudo().unlink()
        with self.assertRaises(UserError):
            result.rule_id.unlink()
        with self.assertRaises(AccessError):
            result.rule_id.with_user(self.ci_owner).action_check()
        for tolerance in (-1, 101):
            with self.assertRaises(ValidationError):
                result.rule_id.tolerance = tolerance

    def test_shipped_tolerance(self):
        """Each company begins with a tolerance of 5 %."""
        rule = self._rule("orphan")
        self.assertEqual(rule.tolerance, 5)

    def test_queries(self):
        """As many queries for 100 items more."""
        rules = self._rule("orphan").sudo()
        for kind in ("stale", "duplicate", "incomplete", "warranty"):
            rules |= self._rule(kind).sudo()
        rules.tolerance = 100
        rules._check_health()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rules._check_health()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count()
        self.env["itsm.ci"].create(
            [self._ci_vals(f"q {i}", serial="same", state="use") for i in range(100)]
        )
        self.assertEqual(count(), few)
