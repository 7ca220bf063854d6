# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .service_report_common import ServiceReportCommon


@tagged("post_install", "-at_install")
class TestReportInForce(ServiceReportCommon):
    """REP-02: a report is about days on which its agreement was in force."""

    def _row_of(self, **vals):
        """A monthly report about an agreement of the second customer."""
        agreement = self._create_agreement(partner_id=self.customer_2.id, **vals)
        return self._create_definition(
            agreement_id=agreement.id, partner_ids=[(6, 0, self.customer_2.ids)]
        )

    def _ticket(self, wall):
        return self._report(wall, partner_id=self.requester_2.id)

    def test_before(self):
        """A period before the agreement began is refused, with the day."""
        row = self._row_of(date_start="2026-03-10")
        with self.assertRaisesRegex(ValidationError, "was not in force in 2026-02"):
            self._make_report(day="2026-02-01", definition=row)
        self.assertTrue(self._make_report(day="2026-03-01", definition=row))

    def test_never(self):
        """A draft was never in force: there is nothing to report."""
        draft = self._draft_agreement(partner_id=self.customer_2.id)
        row = self._create_definition(
            agreement_id=draft.id, partner_ids=[(6, 0, self.customer_2.ids)]
        )
        with self.assertRaisesRegex(ValidationError, "was never in force"):
            self._make_report(definition=row)

    def test_after(self):
        """A period after it ended is refused; a correction of what was published
        before is not."""
        row = self._row_of()
        with self.at("2026-02-10 12:00"):
            row.agreement_id.action_terminate()
        with self.assertRaisesRegex(ValidationError, "it ended on"):
            self._make_report(day="2026-03-01", definition=row)
        report = self._published(day="2026-02-01", definition=row)
        with self.at("2026-04-04 10:00"):
            revision = report._revise("A figure was wrong")
        self.assertEqual(revision.revision, 1)

    def test_first_month_is_cut(self):
        """A period that lies partly inside counts from the first day in force on, and
        says so."""
        row = self._row_of(date_start="2026-03-10")
        early = self._ticket("2026-03-05 10:00")
        inside = self._ticket("2026-03-12 10:00")
        # taken along when the agreement was put in force
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET agreement_id = %s WHERE id = %s",
            [row.agreement_id.id, early.id],
        )
        self.env.invalidate_all()
        report = self._written(definition=row)
        self.assertEqual(report._days(), (date(2026, 3, 10), date(2026, 3, 31)))
        self.assertIn("was not in force before", report.in_force_note)
        content = report.sudo().content
        header = content["languages"]["en_US"]["header"]
        self.assertEqual(len(header["notes"]), 1)
        self.assertEqual(content["period"]["days"], ["2026-03-10", "2026-03-31"])
        figure = self._section(report, "workload")["reported"]
        self.assertEqual(figure["value"], 1)
        self.assertEqual(self._behind(figure), inside)
        trend = self._section(report, "trends")["rows"]
        self.assertEqual([row["reported"] for row in trend], [0] * 5 + [1])
        # nothing stands behind what was not counted
        self.assertNotIn("domain", trend[0]["figures"]["reported"])
        self.assertEqual(self._behind(trend[-1]["figures"]["reported"]), inside)

    def test_last_month_is_cut(self):
        """What happens after the last day is none of the agreement's."""
        row = self._row_of()
        open_one = self._ticket("2026-03-02 10:00")
        with self.at("2026-03-20 12:00"):
            row.agreement_id.action_terminate()
        self._move("2026-03-25 10:00", open_one, "resolved")
        report = self._written(definition=row)
        self.assertEqual(report._days(), (date(2026, 3, 1), date(2026, 3, 20)))
        self.assertIn("then the agreement ended", report.in_force_note)
        section = self._section(report, "workload")
        self.assertEqual(section["solved"]["value"], 0)
        self.assertEqual(section["open"]["value"], 1)
        self.assertEqual(self._behind(section["open"]), open_one)

    def test_whole_month(self):
        """In force all the time: all days, and no word about it."""
        report = self._written()
        self.assertEqual(report._days(), (date(2026, 3, 1), date(2026, 3, 31)))
        self.assertFalse(report.in_force_note)

    def test_versions_follow_each_other(self):
        """A new version within the period cuts nothing."""
        with self.at("2026-03-08 10:00"):
            action = self.agreement.action_new_version()
            second = self.env["itsm.agreement"].browse(action["res_id"])
            second.date_start = "2026-03-16"
            second.action_activate()
        report = self._written()
        self.assertFalse(report.in_force_note)
        self.assertEqual(report._days(), (date(2026, 3, 1), date(2026, 3, 31)))
