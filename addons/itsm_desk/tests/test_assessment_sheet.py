# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tools import guard

from .organisation_common import OrganisationCommon

APRIL = "2026-04-03 10:00"


@tagged("post_install", "-at_install")
class TestAssessmentSheet(OrganisationCommon):
    """An agreement is marked by what was measured (SLM-51, SLM-77)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement(
            {"2": (60, 240)},
            name="Assessed",
            review_partner_ids=[Command.set(cls.requester.ids)],
        )
        cls.sheets = cls.env["itsm.desk.assessment"]
        cls.own = cls.env["itsm.desk.criterion"].search([("measure", "!=", False)])
        cls.own.flush_recordset()

    def _sheet(self, agreement=None, period="month", day="2026-03-10", **vals):
        return self.sheets.with_user(self.sla_manager).create(
            {
                "agreement_id": (agreement or self.agreement).id,
                "period": period,
                "period_start": day,
                **vals,
            }
        )

    def _line(self, sheet, measure):
        return sheet.line_ids.filtered(lambda line: line.measure == measure)

    def _work(self):
        """Ten tickets of March: all answered in time, eight solved in time."""
        tickets = self.env["helpdesk.ticket"]
        for index in range(10):
            day = f"2026-03-{index + 2:02}"
            if index + 2 in (7, 8):
                day = f"2026-03-{index + 16:02}"
            ticket = self._report(f"{day} 10:00")
            self._reply(f"{day} 10:30", ticket)
            hour = "17" if index in (0, 1) else "11"
            self._move(f"{day} {hour}:00", ticket, "resolved")
            tickets |= ticket
        for ticket, rate in zip(tickets, (5, 5, 3), strict=False):
            with self.at("2026-03-31 23:30"):
                ticket._itsm_rate(rate, "", self.requester)
                self.env.flush_all()
        with self.at("2026-04-01 00:30"):
            tickets[5]._itsm_rate(1, "", self.requester)
            self.env.flush_all()
        return tickets

    def _months(self, agreement, rows):
        """Months of availability as they were kept: agreed, down, failures."""
        guard.with_token(self.env["itsm.availability"]).create(
            [
                {
                    "agreement_id": agreement.id,
                    "company_id": self.company.id,
                    "kind": agreement.kind,
                    "service_id": self.service.id,
                    "month": month,
                    "counted_at": f"{month[:8]}15 12:00:00",
                    "agreed_seconds": agreed,
                    "measured_seconds": agreed,
                    "down_seconds": down,
                    "failure_count": failures,
                    "percent": 100 * (agreed - down) / agreed,
                    "status": "met",
                }
                for month, agreed, down, failures in rows
            ]
        )

    def test_measured(self):
        """SLM-77: each figure as reckoned by hand, its mark by the bounds, the result
        by the weights; what nothing was measured of is left out; finished, it stays."""
        self._work()
        self._months(
            self.agreement,
            [("2026-03-01", 360000, 360, 2), ("2026-02-01", 360000, 36000, 9)],
        )
        sheet = self._sheet()
        self.assertEqual(str(sheet.period_start), "2026-03-01")
        self.assertEqual(sheet.line_ids.criterion_id, self.own)
        with self.at("2026-03-31 23:30"), self.assertRaisesRegex(UserError, "not over"):
            sheet.action_measure()
        with self.at(APRIL):
            sheet.action_measure()
        found = {
            line.measure: (line.figure_text, line.score) for line in sheet.line_ids
        }
        self.assertEqual(
            found,
            {
                "response": ("100.000 % (10 of 10)", "5"),
                "resolution": ("80.000 % (8 of 10)", "2"),
                "availability": ("99.900 %", "5"),
                "failures": (
                    "Failures: 2, months of services: 1, 49.9 h between failures",
                    "3",
                ),
                "satisfaction": ("4.33 of 5 (ratings: 3)", "4"),
            },
        )
        # weights 2, 3, 3, 2, 2 of 5 marks each
        marks = 2 * 5 + 3 * 2 + 3 * 5 + 2 * 3 + 2 * 4
        self.assertAlmostEqual(sheet.result, round(100 * marks / 60, 1))
        sheet.action_done()
        rates = self.own.filtered(lambda c: c.measure != "failures")
        rates.band_5 = 100.5
        self.own.filtered(lambda c: c.measure == "resolution").weight = 9
        self.env.invalidate_all()
        self.assertEqual(self._line(sheet, "response").bands_text[:6], "5 ≥ 98")
        self.assertAlmostEqual(sheet.result, round(100 * marks / 60, 1))
        with self.assertRaises(UserError):
            sheet.action_measure()

    def test_exact_bounds(self):
        """Manners, Periods: reached exactly counts; a hair below does not, whatever is
        shown; of failures fewer are better."""
        mark = self.env["itsm.desk.criterion"]._mark_of
        bands = [99.9, 99.5, 99.0, 98.0]
        self.assertEqual(mark("availability", bands, Fraction(999, 10)), "5")
        below = Fraction(999, 10) - Fraction(1, 10**12)
        self.assertEqual(mark("availability", bands, below), "4")
        self.assertEqual(mark("availability", bands, Fraction(0)), "1")
        bands = [0.0, 1.0, 2.0, 4.0]
        for figure, expected in ((0, "5"), (1, "4"), (4, "2"), (5, "1")):
            self.assertEqual(mark("failures", bands, Fraction(figure)), expected)

    def test_no_data(self):
        """Manners, Periods: nothing measured is no data and no mark; with nothing at
        all there is nothing to finish."""
        sheet = self._sheet()
        with self.assertRaisesRegex(UserError, "nothing was measured"):
            sheet.action_done()
        with self.at(APRIL):
            sheet.action_measure()
        self.assertEqual(set(sheet.line_ids.mapped("figure_text")), {"no data"})
        self.assertFalse(any(sheet.line_ids.mapped("score")))
        with self.assertRaisesRegex(UserError, "nothing was measured"):
            sheet.action_done()
        self._work()
        with self.at(APRIL):
            sheet.action_measure()
        sheet.action_done()
        self.assertFalse(self._line(sheet, "availability").score)
        # 5 × 2, 2 × 3, 4 × 2 of 5 × 7
        self.assertAlmostEqual(sheet.result, round(100 * 24 / 35, 1))

    def test_team_of_an_ola(self):
        """SLM-51: the sheet of an OLA is its team's: its own clocks, and the ratings of
        the tickets it worked on."""
        with self.at("2026-03-01 09:00"):
            ola = self._create_agreement(
                {"2": (30, 120)}, name="Team", kind="ola", team_id=self.team.id
            )
        # It is activated now, and the test tells of the past.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' WHERE id = %s",
            [ola.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        ticket = self._report("2026-03-23 10:00", team_id=self.team.id)
        self._report("2026-03-23 10:00", team_id=self.team_2.id)
        self._reply("2026-03-23 10:10", ticket)
        self._move("2026-03-23 15:00", ticket, "resolved")
        with self.at("2026-03-24 10:00"):
            ticket._itsm_rate(5, "", self.requester)
        sheet = self._sheet(ola)
        self.assertEqual(sheet.team_id, self.team)
        with self.at(APRIL):
            sheet.action_measure()
        own = self.env["itsm.clock"].search(
            [("agreement_id", "=", ola.id), ("phase", "=", "stopped")]
        )
        line = self._line(sheet, "resolution")
        late = own.filtered(lambda c: c.metric == "resolution" and c.breached_at)
        self.assertEqual(len(late), 1)
        self.assertEqual((line.part, line.whole, line.score), (0, 1, "1"))
        self.assertEqual(
            self._line(sheet, "satisfaction").figure_text, "5.00 of 5 (ratings: 1)"
        )

    def test_by_hand(self):
        """SLM-77: figures and their marks are not typed, by no way; criteria of the
        desk are none of an agreement's and the other way round."""
        self._work()
        sheet = self._sheet()
        with self.at(APRIL):
            sheet.action_measure()
        another = self.own[0].copy({"name": "Another"})
        line = self._line(sheet, "resolution")
        for vals in ({"score": "5"}, {"part": 10}, {"bands": [1, 1, 1, 1]}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.write(vals)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                sheet.write({"line_ids": [Command.update(line.id, vals)]})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._sheet(
                day="2026-02-01",
                line_ids=[
                    Command.create({"criterion_id": self.own[0].id, "score": "5"})
                ],
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            lines = self.env["itsm.desk.assessment.line"].with_user(self.sla_manager)
            lines.with_context(default_score="5").create(
                {"assessment_id": sheet.id, "criterion_id": another.id}
            )
        line.remark = "Two long nights"
        judged = self.env["itsm.desk.criterion"].create({"name": "Staff"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            sheet.line_ids = [Command.create({"criterion_id": judged.id})]
        desk = self.sheets.create({"period_start": "2026-02-01"})
        self.assertFalse(desk.line_ids.filtered("measure"))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            desk.line_ids = [Command.create({"criterion_id": self.own[0].id})]
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.own[0].band_5 = 1
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            judged.measure = "response"
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._sheet(self._draft_agreement())
        with self.assertRaisesRegex(UserError, "Choose the agreement"):
            desk.action_measure()
        copied = sheet.copy({"period_start": "2026-02-01"})
        self.assertFalse(any(copied.line_ids.mapped("measured_at")))

    def test_form_and_paper(self):
        """SLM-77: by the form of the menu; the printed sheet says figure, bounds, mark
        and result; agents and customers see nothing of it."""
        self._work()
        action = self.env.ref("itsm_desk.itsm_desk_assessment_action_agreement")
        self.assertEqual(action.context, "{'itsm_assess_agreement': True}")
        sheets = self.sheets.with_user(self.sla_manager)
        with self.at(APRIL):
            with Form(sheets.with_context(itsm_assess_agreement=True)) as form:
                form.agreement_id = self.agreement
                form.period = "month"
                form.period_start = "2026-03-01"
            sheet = form.record
            sheet.action_measure()
        self.assertEqual(len(sheet.line_ids), len(self.own))
        report = self.env.ref("itsm_desk.itsm_desk_assessment_report")
        page, _kind = report.with_user(self.sla_manager)._render_qweb_html(
            report.report_name, sheet.ids
        )
        text = " ".join(html.fromstring(page).text_content().split())
        for part in ("Assessment of an agreement", "80.000 % (8 of 10)", "5 ≥ 98"):
            self.assertIn(part, text)
        for user in (self.agent, self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                sheet.with_user(user).read(["result"])

    def test_duty_and_review(self):
        """SLM-44, SLM-45, SLM-77: a finished month closes the duty of that month; the
        review keeps satisfaction and sheets of its period; the cost is read by those
        who may see money only, and is on no agenda."""
        self._work()
        definition = self.env.ref("itsm_sla.itsm_duty_definition_agreement_month")
        march, february = guard.with_token(self.env["itsm.duty"]).create(
            [
                {
                    "definition_id": definition.id,
                    "company_id": self.company.id,
                    "period": "month",
                    "period_start": f"2026-{month:02}-01",
                    "period_end": f"2026-{month:02}-28",
                    "work_start": f"2026-{month + 1:02}-01",
                    "due_date": f"2026-{month + 1:02}-10",
                    "due_at": f"2026-{month + 1:02}-10 22:00:00",
                    "res_model": "itsm.agreement",
                    "res_id": self.agreement.id,
                    "evidence_required": True,
                }
                for month in (3, 2)
            ]
        )
        sheet = self._sheet()
        with self.at(APRIL):
            sheet.action_measure()
            sheet.action_done()
        self.assertEqual((march.state, february.state), ("done", "open"))
        guard.with_token(self.agreement).sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE itsm_agreement SET amount = 12000 WHERE id = %s",
            [self.agreement.id],
        )
        self.env.invalidate_all()
        with self.at(APRIL):
            review = (
                self.env["itsm.agreement.review"]
                .with_user(self.sla_manager)
                .create({"agreement_id": self.agreement.id, "planned_on": "2026-04-20"})
            )
            review.action_plan_meeting()
        rows = review._more_rows()
        self.assertEqual(
            rows,
            [
                "Satisfaction of requesters: 3.50 of 5 (ratings: 4)",
                f"Assessment sheet 2026-03-01 – 2026-03-31: {sheet.result:.1f} %",
            ],
        )
        for row in rows:
            self.assertIn(row, review.figures_text)
            self.assertIn(row, review.meeting_id.line_ids.mapped("name"))
        self.assertIn("12,000", review.cost_text)
        self.assertEqual(review._cost_rows(), [review.cost_text])
        self.assertEqual(review.with_user(self.lead)._cost_rows(), [])
        with self.assertRaises(AccessError):
            review.with_user(self.lead).read(["cost_text"])
        everything = f"{review.figures} {review.meeting_id.line_ids.mapped('name')}"
        self.assertNotIn("12000", everything.replace(",", ""))

    def test_constant_queries(self):
        """Design, Speed: what is asked does not grow with the tickets."""
        sheet = self._sheet().sudo()
        sheet._measured_figures()
        self._work()
        self.env.invalidate_all()
        sheet.agreement_id._versions().mapped("kind")
        with self.assertQueryCount(8):
            sheet._measured_figures()
