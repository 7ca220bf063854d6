# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .service_report_common import ServiceReportCommon


@tagged("post_install", "-at_install")
class TestServiceReportTour(ServiceReportCommon, HttpCase):
    """A month is closed with a report, by the people who take its steps."""

    def _tour(self, name, report, user):
        self.env.flush_all()
        url = f"/odoo/{report._name}/{report.id}"
        self.start_tour(url, name, login=user.login, timeout=180)
        self.env.invalidate_all()

    def test_month(self):
        """Issue 6, REP-11: the author works it out, opens the tickets behind a figure
        and writes; somebody else reviews, a third one approves and publishes. The
        period is last month: a browser's clock cannot be frozen."""
        day = fields.Date.today() - relativedelta(months=1, day=15)
        ticket = self._report(f"{day} 10:00", name="Behind the figure")
        report = (
            self.env["itsm.service.report"]
            .with_user(self.author)
            .create(
                {
                    "definition_id": self.definition.id,
                    "period_start": day,
                    "conclusion_ids": [Command.create({"name": "Nothing to be done"})],
                }
            )
        )
        self._tour("itsm_sla_service_report", report, self.author)
        self.assertEqual(report.state, "written")
        self.assertEqual(report.written_by_id, self.author)
        section = self._section(report, "workload")
        self.assertEqual(self._behind(section["reported"]), ticket)
        self._tour("itsm_sla_service_report_review", report, self.reviewer)
        self.assertEqual(report.state, "reviewed")
        self._tour("itsm_sla_service_report_publish", report, self.approver)
        self.assertEqual(report.state, "published")
        self.assertEqual(
            (report.written_by_id, report.reviewed_by_id, report.approved_by_id),
            (self.author, self.reviewer, self.approver),
        )
        self.assertIn(report, self._portal(self.portal_user))

    def _portal(self, user):
        """The reports that somebody sees in the portal."""
        reports = self.env["itsm.service.report"]
        return reports.search(reports._portal_domain(user))
