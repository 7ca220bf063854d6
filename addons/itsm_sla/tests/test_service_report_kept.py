# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .service_report_common import APRIL, MARCH, ServiceReportCommon

JANUARY = {"day": "2026-01-01", "wall": "2026-02-03 10:00"}


@tagged("post_install", "-at_install")
class TestServiceReportKept(ServiceReportCommon):
    """What a report is about is decided by its row and its period, and stays."""

    def _internal(self, **vals):
        return self._create_definition(
            name="Internal",
            family="internal",
            agreement_id=False,
            partner_ids=[Command.set(self.lead.partner_id.ids)],
            delivery="odoo",
            **vals,
        )

    # === Written by code only ===

    def test_about(self):
        """REP-14, Manners: agreement, customer, company and last day follow from the
        row; an author writes none of them, nor does a default of the context."""
        other = self._create_agreement(name="Two", partner_id=self.customer_2.id)
        report = self._make_report()
        for vals in (
            {"agreement_id": other.id},
            {"partner_id": self.customer_2.id},
            {"company_id": self.env.company.id},
            {"period_end": "2020-01-01"},
            {"is_abnormal": False},
        ):
            for records in (report.with_user(self.author), report.sudo()):
                with self.assertRaises(UserError, msg=vals):
                    records.write(vals)
            with self.assertRaises(UserError, msg=vals):
                self._make_report(day="2026-02-01", **vals)
        self.assertEqual(report.agreement_id, self.agreement)
        reports = self.env["itsm.service.report"].with_user(self.author)
        reports = reports.with_context(
            default_agreement_id=other.id, default_period_end="2020-01-01"
        )
        with self.at(APRIL):
            second = reports.create(
                {"definition_id": self.definition.id, "period_start": "2026-02-01"}
            )
        self.assertEqual(second.agreement_id, self.agreement)
        self.assertEqual(str(second.period_end), "2026-02-28")
        with self.at(APRIL), self.assertRaises(UserError):
            reports.create(
                {
                    "definition_id": self.definition.id,
                    "period_start": "2026-04-01",
                    "period_end": "2020-01-01",
                }
            )

    # === The row ===

    def test_row_stays(self):
        """REP-10, REP-14: of what reports were made of a row, family, agreement,
        company and period stay; a later version of the agreement may be named."""
        internal = self._internal()
        report = self._published(definition=internal, **JANUARY)
        with self.assertRaisesRegex(ValidationError, "row of its own"):
            internal.write(
                {
                    "family": "sla",
                    "agreement_id": self.agreement.id,
                    "partner_ids": [Command.set(self.customer.ids)],
                    "delivery": "both",
                }
            )
        self._make_report()
        other = self._create_agreement(name="Two", partner_id=self.customer_2.id)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        for vals in (
            {"agreement_id": other.id},
            {"period": "quarter"},
            {"company_id": elsewhere.id},
        ):
            with self.assertRaisesRegex(ValidationError, "row of its own", msg=vals):
                self.definition.with_user(self.sla_manager).write(vals)
        self.definition.write(
            {
                "family": "sla",
                "agreement_id": self.agreement.id,
                "period": "month",
                "deadline_days": 7,
            }
        )
        version = self.agreement.browse(self.agreement.action_new_version()["res_id"])
        self.definition.agreement_id = version
        self.assertEqual(self.definition.agreement_id, version)
        free = self._create_definition(name="Nothing made of it yet")
        free.write(
            {
                "period": "quarter",
                "agreement_id": other.id,
                "partner_ids": [Command.set(self.customer_2.ids)],
            }
        )
        self.assertFalse(report.agreement_id or report.partner_id)

    def test_row_turned_behind(self):
        """REP-14: whatever becomes of its row, a published report stays about what it
        was about, and an internal one reaches no customer."""
        internal = self._internal()
        report = self._published(definition=internal, **JANUARY)
        self.env.cr.execute(
            """UPDATE itsm_report_definition
                  SET family = 'sla', delivery = 'both', agreement_id = %s
                WHERE id = %s""",
            [self.agreement.id, internal.id],
        )
        self.env.invalidate_all()
        internal.partner_ids = self.customer
        internal.modified(["agreement_id"])
        self.env.flush_all()
        self.assertFalse(report.agreement_id or report.partner_id)
        reports = self.env["itsm.service.report"].sudo()
        self.assertNotIn(
            report, reports.search(reports._portal_domain(self.portal_user))
        )

    # === Moving a draft ===

    @mute_logger("odoo.sql_db")
    def test_moved_draft(self):
        """REP-10: a draft that gets another row is about a whole period of that row,
        on the screen and by remote call; there is one report about it."""
        quarterly = self._create_definition(name="Quarterly", period="quarter")
        wall = "2026-07-03 10:00"
        report = self._make_report(day="2026-02-01", wall=wall)
        with self.at(wall):
            with Form(report) as form:
                form.definition_id = quarterly
                self.assertEqual(str(form.period_start), "2026-01-01")
                self.assertEqual(str(form.period_end), "2026-03-31")
            self.assertEqual(str(report.period_start), "2026-01-01")
            self.assertEqual(report.period_label, "2026 Q1")
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._make_report(day=MARCH, wall=wall, definition=quarterly)
            report.with_user(self.author).definition_id = self.definition
            self.assertEqual(
                (str(report.period_start), str(report.period_end)),
                ("2026-01-01", "2026-01-31"),
            )
            # several at once, each in the periods of its own row
            other = self._make_report(day="2026-04-01", wall=wall, definition=quarterly)
            (report | other).write({"period_start": "2026-05-17"})
            self.assertEqual(
                [str(day) for day in (report | other).mapped("period_start")],
                ["2026-05-01", "2026-04-01"],
            )

    def test_not_moved(self):
        """REP-18: a revision stays about what it corrects, and a report that was
        written once about its period."""
        report = self._published(**JANUARY)
        revision = report._revise("Wrong")
        quarterly = self._create_definition(name="Quarterly", period="quarter")
        returned = self._written()
        returned.with_user(self.reviewer)._return("Say more")
        for draft in (revision, returned):
            for vals in (
                {"period_start": "2026-02-05"},
                {"definition_id": quarterly.id},
            ):
                with self.at(APRIL), self.assertRaises(UserError) as refused:
                    draft.with_user(self.author).write(vals)
                self.assertIn("stays about its period", str(refused.exception))
        # the same period, entered by another of its days, is no move
        with self.at(APRIL):
            returned.with_user(self.author).period_start = "2026-03-15"
        self.assertEqual(str(returned.period_start), MARCH)

    # === Evidence ===

    def test_returned_is_kept(self):
        """REP-11, Manners: a report that was written and returned is evidence; a draft
        that never was may be deleted."""
        report = self._written()
        report.with_user(self.reviewer)._return("No")
        for records in (report.with_user(self.author), report.sudo()):
            with self.assertRaises(UserError):
                records.unlink()
        with self.assertRaises(UserError):
            report.sudo().first_written_at = False
        self.assertEqual(report.first_written_at, self.utc(APRIL))
        with self.at("2026-04-09 10:00"):
            report.action_write()
        self.assertEqual(report.first_written_at, self.utc(APRIL))
        self.assertEqual(report.written_at, self.utc("2026-04-09 10:00"))
        self._make_report(day="2026-02-01").with_user(self.author).unlink()

    def test_altered_is_no_trend(self):
        """REP-07: what was altered behind the back is not what was published: later
        trends count anew, or show the revision that was not altered."""
        january = self._published(**JANUARY)
        self.env.cr.execute(
            """UPDATE itsm_service_report
                  SET content = jsonb_set(content, '{own,reported}', '777')
                WHERE id = %s""",
            [january.id],
        )
        self.env.invalidate_all()
        february = self._written(day="2026-02-01", wall="2026-03-03 10:00")
        row = self._section(february, "trends")["rows"][-2]
        self.assertEqual(
            (row["period"], row["reported"], row["published"]), ("2026-01", 0, "")
        )

    def test_abnormal_whatever_is_printed(self):
        """REP-11: the floor counts for a row that prints no targets as well."""
        self._report("2026-03-10 10:00")
        sections = self.env["itsm.report.section"].search(
            [("code", "in", ["workload", "conclusions"])]
        )
        short = self._create_definition(
            name="Short", abnormal_below=90, section_ids=[Command.set(sections.ids)]
        )
        report = self._written(definition=short)
        self.assertTrue(report.is_abnormal)
        self.assertIn("0.00 % in time", report.abnormal_reason)
        printed = report.sudo().content["languages"]["en_US"]["sections"]
        self.assertEqual(
            {section["code"] for section in printed}, {"workload", "conclusions"}
        )
        short.abnormal_below = 0
        report = self._written(definition=short, day="2026-02-01")
        self.assertFalse(report.is_abnormal)
