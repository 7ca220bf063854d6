# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .service_report_common import ServiceReportCommon


@tagged("post_install", "-at_install")
class TestServiceReportTour(ServiceReportCommon, HttpCase):
    """The author's way through a report in the web client."""

    def test_author(self):
        """Issue 6: work out, open the tickets behind a figure, write. The period is
        last month: a browser's clock cannot be frozen."""
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
        self.start_tour(
            f"/odoo/itsm.service.report/{report.id}",
            "itsm_sla_service_report",
            login=self.author.login,
        )
        report.invalidate_recordset()
        self.assertEqual(report.state, "written")
        self.assertEqual(report.written_by_id, self.author)
        section = self._section(report, "workload")
        self.assertEqual(self._behind(section["reported"]), ticket)
