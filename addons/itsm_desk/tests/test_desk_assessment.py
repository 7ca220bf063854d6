# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestDeskAssessment(OrganisationCommon):
    """The desk assesses itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        criteria = cls.env["itsm.desk.criterion"]
        criteria.search([]).active = False
        cls.staff, cls.answer = criteria.create(
            [{"name": "Staff", "weight": 3}, {"name": "Answers", "weight": 1}]
        )
        criteria.create(
            {
                "name": "Of another company",
                "company_id": cls.env["res.company"].create({"name": "Other"}).id,
            }
        )
        cls.assessments = cls.env["itsm.desk.assessment"]

    def _assessment(self, **vals):
        return self.assessments.with_user(self.lead).create(
            {"period": "quarter", "period_start": "2026-02-14", **vals}
        )

    def test_result(self):
        """DSK-09: 3 × 5 and 1 × 1 of 4 × 5: 80 %; the whole quarter of any day."""
        assessment = self._assessment()
        self.assertEqual(
            (str(assessment.period_start), str(assessment.period_end)),
            ("2026-01-01", "2026-03-31"),
        )
        self.assertEqual(assessment.line_ids.criterion_id, self.staff | self.answer)
        assessment.line_ids[0].score = "5"
        self.assertEqual(assessment.result, 100, "what has no mark is left out")
        with self.assertRaisesRegex(UserError, "Not marked yet: Answers"):
            assessment.action_done()
        assessment.line_ids[1].write({"score": "1", "remark": "Too slow"})
        self.assertEqual(assessment.result, 80)
        assessment.action_done()
        self.assertEqual(assessment.done_by_id, self.lead)

    def test_not_over(self):
        """DSK-09: nothing is assessed before it has happened."""
        assessment = self._assessment(period="year", period_start="2099-01-01")
        assessment.line_ids.score = "5"
        with self.assertRaisesRegex(UserError, "the period is not over"):
            assessment.action_done()

    def test_done_stays(self):
        """DSK-06: marks, lines and conclusions stay until somebody reopens it."""
        assessment = self._assessment()
        assessment.line_ids.score = "3"
        assessment.action_done()
        self.assertEqual(assessment.result, 60)
        self.staff.weight = 9
        self.assertEqual(assessment.result, 60, "weights of then")
        line = assessment.line_ids[0]
        for act in (
            lambda: line.write({"score": "5"}),
            lambda: line.unlink(),
            lambda: assessment.write({"remark": "Better"}),
            lambda: assessment.write({"line_ids": [Command.clear()]}),
            lambda: assessment.unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                act()
        with self.assertRaises(AccessError):
            assessment.write({"state": "draft"})
        with self.assertRaises(UserError):
            self.assessments.with_user(self.lead).with_context(
                default_state="done"
            ).create({"period_start": "2026-05-01"})
        assessment.action_reopen()
        line.score = "5"

    @mute_logger("odoo.sql_db")
    def test_once(self):
        """DSK-09: one for each desk and period; another team has its own."""
        self._assessment()
        self._assessment(team_id=self.team.id)
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            self._assessment(period_start="2026-01-31")
        with self.assertRaises(UserError):
            self.staff.unlink()

    def test_actions_and_figures(self):
        """DSK-06, MS-53: actions follow from it; the key figures are a click away."""
        assessment = self._assessment()
        action = assessment.action_view_kpis()
        self.assertIn(("period_start", ">=", assessment.period_start), action["domain"])
        self.env["itsm.action"].create(
            {
                "name": "Train two more",
                "res_model": "itsm.desk.assessment",
                "res_id": assessment.id,
                "kind": "improvement",
                "owner_id": self.lead.id,
                "due_date": "2026-04-30",
            }
        )
        assessment.invalidate_recordset()
        self.assertEqual(assessment.action_open_count, 1)

    def test_report(self):
        """MS-73, DSK-09: marks, remarks, conclusions and actions on paper, a draft
        marked as such; who may not read the assessment prints nothing."""
        assessment = self._assessment(remark="Hire <b>two</b>")
        assessment.line_ids[0].write({"score": "5"})
        assessment.line_ids[1].write({"score": "1", "remark": "Too slow"})
        self.env["itsm.action"].create(
            {
                "name": "Train two more",
                "res_model": "itsm.desk.assessment",
                "res_id": assessment.id,
                "kind": "improvement",
                "owner_id": self.lead.id,
                "due_date": "2026-04-30",
            }
        )
        assessment.invalidate_recordset()
        report = self.env.ref("itsm_desk.itsm_desk_assessment_report")
        reports = report.with_user(self.lead)
        self.assertTrue(assessment._itsm_form_data()["is_draft"])
        page, _kind = reports._render_qweb_html(report.report_name, assessment.ids)
        text = " ".join(html.fromstring(page).text_content().split())
        for part in (
            "80.0 %",
            "Staff",
            "Too slow",
            "Hire <b>two</b>",
            "Train two more",
            "04/30/2026",
        ):
            self.assertIn(part, text)
        blank = self._assessment(period_start="2025-10-01")
        page, _kind = reports._render_qweb_html(report.report_name, blank.ids)
        text = " ".join(html.fromstring(page).text_content().split())
        self.assertIn("Result – Status Draft", text, "no mark, no result")
        assessment.action_done()
        self.assertFalse(assessment._itsm_form_data()["is_draft"])
        with self.assertRaises(AccessError):
            report.with_user(self.agent)._render_qweb_html(
                report.report_name, assessment.ids
            )

    def test_form_and_rights(self):
        """DSK-06: leads fill it in by the form; agents and customers see nothing."""
        with Form(self.assessments.with_user(self.lead)) as form:
            form.team_id = self.team
            self.assertEqual(len(form.line_ids), 2)
        assessment = form.record
        for user in (self.agent, self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                assessment.with_user(user).read(["result"])
        _company, other_lead = self._other_company()
        self.assertFalse(self.assessments.with_user(other_lead).search([]) & assessment)
