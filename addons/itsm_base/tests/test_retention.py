# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.itsm_retention_rule import ItsmRetentionRule
from ..models.itsm_retention_rule_kinds import ItsmRetentionRule as Kinds
from ..models.itsm_retention_rule_kinds import Kind
from ..tools import guard
from .common import ItsmCommon

#: Thirteen months before the tests' present: due after 12 months, not after 14.
CLOSED = "2024-02-01 10:00:00"
NOW = "2025-03-02 10:00:00"


class RetentionCommon(ItsmCommon):
    """A company with an old, a fresh and an open ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # of other tests and demo data nothing is due
        cls.company = cls.env["res.company"].create({"name": "Retention"})
        cls.env.user.company_ids |= cls.company
        for user in cls.manager, cls.lead:
            user.write(
                {
                    "company_ids": [(4, cls.company.id)],
                    "company_id": cls.company.id,
                }
            )
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Person {number}"} for number in range(3)]
        )
        cls.old, cls.fresh, cls.open = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Test",
                    "description": "<p>Test</p>",
                    "company_id": cls.company.id,
                    "team_id": False,
                    "partner_id": partner.id,
                    "stage_id": stage.id,
                }
                for partner, stage in zip(
                    cls.partners,
                    (cls.stage_closed, cls.stage_closed, cls.stage_open),
                    strict=True,
                )
            ]
        )
        guard.with_token(cls.old).closed_date = CLOSED
        guard.with_token(cls.fresh).closed_date = "2025-02-01 10:00:00"
        cls.cron = cls.env.ref("itsm_base.ir_cron_itsm_retention")

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)

    def _rule(self, kind="ticket", action="archive", months=12, **vals):
        model = self.env["itsm.retention.rule"].with_user(self.manager)
        return model.create(
            {
                "kind": kind,
                "action": action,
                "months": months,
                "company_id": self.company.id,
                **vals,
            }
        )

    def _work(self, rule):
        """What the scheduled action does at night, all slices of it."""
        self.env["itsm.retention.rule"].search(
            [("id", "!=", rule.id), ("enabled", "=", True)]
        ).enabled = False
        before = rule.run_id
        self.env["itsm.retention.rule"]._cron_retention()
        run = rule.run_id
        if run != before:
            run._work_inline()
            return run
        return run.browse()


@tagged("post_install", "-at_install")
class TestRetention(RetentionCommon):
    """Issue 4, Evidence and privacy: retention by kind, with preview, off at first."""

    # === Preview, off at first ===

    def test_off_at_first(self):
        """Issue 4: a new rule does nothing; the preview says what it would do."""
        rule = self._rule()
        self.assertFalse(rule.enabled)
        self.assertEqual(rule.preview_count, 1)
        self.assertEqual(rule.preview_sample, self.old.display_name)
        self.assertEqual(rule.action_preview()["domain"], [("id", "in", self.old.ids)])
        self.assertFalse(self._work(rule))
        self.assertTrue(self.old.active)
        with self.assertRaisesRegex(UserError, "Switch the rule on"):
            rule.action_run()

    def test_months(self):
        """Issue 4: the months are counted from the closing."""
        rule = self._rule()
        for months, count in ((1, 2), (12, 1), (13, 1), (14, 0)):
            rule.months = months
            self.assertEqual(rule.preview_count, count, months)

    def test_installed_off(self):
        """Manners: no rule is switched on by installing."""
        domain = [("enabled", "=", True)]
        self.assertFalse(self.env["itsm.retention.rule"].search(domain))

    # === Work ===

    def test_archive(self):
        """Issue 4: old tickets are archived by a run, and only they."""
        rule = self._rule(enabled=True)
        self.assertEqual(rule.user_id, self.manager)
        run = self._work(rule)
        self.assertEqual((run.state, run.user_id), ("done", self.manager))
        self.assertFalse(self.old.active)
        self.assertTrue(self.fresh.active)
        self.assertTrue(self.open.active)
        self.assertIn("1 taken, 0 left alone.", run.line_ids.mapped("message"))
        # the next night there is nothing to do, and no run
        self.assertFalse(self._work(rule))

    def test_anonymise(self):
        """Issue 4: a person without fresh or open tickets is anonymised; it is kept."""
        rule = self._rule("contact", "anonymise", enabled=True)
        self.assertEqual(rule.preview_sample, "Person 0")
        self._work(rule)
        self.assertEqual(
            self.partners.mapped("name"),
            [f"Anonymised person {self.partners[0].id}", "Person 1", "Person 2"],
        )
        done = self.env["itsm.anonymisation"].search(
            [("partner_id", "=", self.partners[0].id)]
        )
        self.assertEqual((done.state, done.user_id), ("done", self.manager))
        self.assertIn("12 months", done.reason)

    def test_persons_who_stay(self):
        """Issue 4: a fresh ticket, one of another company or a login keeps a person."""
        rule = self._rule("contact", "anonymise")
        self.assertEqual(rule.preview_count, 1)
        self.fresh.partner_id = self.partners[0]
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)
        self.fresh.partner_id = self.partners[1]
        other = self._create_ticket(
            partner_id=self.partners[0].id, stage_id=self.stage_closed.id
        )
        guard.with_token(other).closed_date = CLOSED
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)
        other.unlink()
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 1)
        self.old.partner_id = self.agent.partner_id
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)

    def test_delete_files(self):
        """Issue 4: files of old tickets are deleted, others stay."""
        old, fresh = self.env["ir.attachment"].create(
            [
                {"name": "x", "res_model": "helpdesk.ticket", "res_id": ticket.id}
                for ticket in (self.old, self.fresh)
            ]
        )
        self._work(self._rule("ticket_file", "delete", enabled=True))
        self.assertFalse(old.exists())
        self.assertTrue(fresh.exists())
        self.assertTrue(self.old.exists())

    def test_evidence_stays(self):
        """Manners: what is kept as evidence is left alone by a deletion."""
        kinds = {"service": Kind("Services", "itsm.service", ("delete",))}
        self.patch(Kinds, "_kinds", lambda rule: kinds)
        services = self.service | self.service_draft
        due = [("id", "in", services.ids)]
        self.patch(ItsmRetentionRule, "_due_domain", lambda rule: Domain(due))
        self._create_ticket(service_id=self.service.id)
        run = self._work(self._rule("service", "delete", enabled=True))
        self.assertEqual(services.exists(), self.service)
        self.assertIn("1 taken, 1 left alone.", run.line_ids.mapped("message"))

    def test_evidence_is_never_deleted(self):
        """Manners: no rule can be made that deletes evidence."""
        kinds = {"run": Kind("Runs", "itsm.run", ("archive", "delete"))}
        self.patch(Kinds, "_kinds", lambda rule: kinds)
        with self.assertRaisesRegex(ValidationError, "not possible"):
            self._rule("run", "delete")

    def test_runs(self):
        """Issue 4: runs that ended are archived by the system, which alone may."""
        rule = self._rule(enabled=True)
        first = self._work(rule)
        with freeze_time("2026-05-02"):
            second = self._rule("run", "archive", enabled=True)
            self.assertEqual(second.preview_count, 1)
            self._work(second)
        self.assertFalse(first.active)

    def test_switched_off_meanwhile(self):
        """Design 9: a rule that is switched off stops its run."""
        rule = self._rule(enabled=True)
        rule.action_run()
        rule.enabled = False
        rule.run_id._work_inline()
        self.assertTrue(self.old.active)
        self.assertIn(
            "The rule was switched off.", rule.run_id.line_ids.mapped("message")
        )

    def test_batches(self):
        """Design 9: more than one slice; each record once."""
        partners = self.env["res.partner"].create(
            [{"name": f"More {number}"} for number in range(12)]
        )
        tickets = self.old.copy()
        for partner in partners:
            tickets |= self.old.copy(
                {"partner_id": partner.id, "stage_id": self.stage_closed.id}
            )
        tickets.write({"stage_id": self.stage_closed.id})
        guard.with_token(tickets).write({"closed_date": CLOSED})
        run = self._work(self._rule("contact", "anonymise", enabled=True))
        self.assertEqual(run.done, 13)
        self.assertEqual(len(set(partners.mapped("name"))), 12)
        self.assertTrue(
            all(name.startswith("Anon") for name in partners.mapped("name"))
        )

    # === Bad input, rights ===

    def test_bad_input(self):
        """Issue 4, bad input: no month, an action that does not fit, twice the same."""
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._rule(months=0)
        with self.assertRaisesRegex(ValidationError, "Possible: Archive"):
            self._rule(action="delete")
        self._rule()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._rule()

    def test_nothing_due(self):
        """Issue 4, bad input: pressed while nothing is due."""
        rule = self._rule(months=600, enabled=True)
        with self.assertRaisesRegex(UserError, "Nothing is due"):
            rule.action_run()

    def test_who_answers(self):
        """Issue 4: who switches a rule on answers for it, whatever he sends."""
        rule = self._rule(enabled=True, user_id=self.lead.id)
        self.assertEqual(rule.user_id, self.manager)
        rule.user_id = self.lead
        self.assertEqual(rule.user_id, self.manager)

    def test_rights(self):
        """Issue 4: managers of the company only."""
        rule = self._rule()
        for user in self.lead, self.agent, self.employee, self.portal_user:
            with self.assertRaises(AccessError):
                rule.with_user(user).read(["months"])
            with self.assertRaises(AccessError):
                rule.with_user(user).enabled = True
            with self.assertRaises(AccessError):
                rule.with_user(user).action_preview()
        # of companies in which he does not work he sees nothing
        company = self.env["res.company"].create({"name": "Foreign"})
        values = {"kind": "contact", "action": "anonymise", "months": 1}
        model = self.env["itsm.retention.rule"].with_user(self.manager)
        draft = model.new(values | {"company_id": company.id})
        self.assertFalse(draft.preview_count)
        with self.assertRaisesRegex(ValidationError, "^Company"):
            model.create(values | {"company_id": company.id})
        with self.assertRaisesRegex(ValidationError, "^Company"):
            rule.company_id = company
        other = self._create_user("other-manager", "itsm_base.itsm_group_manager")
        with self.assertRaises(AccessError):
            rule.with_user(other).read(["months"])
