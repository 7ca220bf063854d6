# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from datetime import date

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.itsm_base.tools.period import Period

from .service_report_common import ServiceReportCommon

NOW = "2026-03-16 12:00"


@tagged("post_install", "-at_install")
class TestReportNature(ServiceReportCommon):
    """Warnings about the present period, plans of the next one (REP-09)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warning = cls._create_definition(name="Warning", nature="proactive")
        cls.plan = cls._create_definition(name="Plan", nature="schedule")

    def _codes(self, report):
        content = report.sudo().content["languages"]["en_US"]
        return [section["code"] for section in content["sections"]]

    # === Which period ===

    def test_default_period(self):
        """REP-09: made in March, a report is about February, a warning about March, a
        plan about April; the last evening in Paris is still March."""
        for wall in (NOW, "2026-03-31 23:30"):
            with self.at(wall):
                for definition, month in (
                    (self.definition, 2),
                    (self.warning, 3),
                    (self.plan, 4),
                ):
                    report = self.env["itsm.service.report"].new(
                        {"definition_id": definition.id}
                    )
                    self.assertEqual(report.period_start, date(2026, month, 1))
                    self.assertEqual(
                        definition._default_period(),
                        Period.of("month", date(2026, month, 1)),
                    )

    def test_periods_refused(self):
        """REP-09, bad input: no warning about what is over or has not begun, no plan of
        what is over or further ahead than the next period; nothing of it is worked out
        or written later either."""
        for definition, day, words in (
            (self.warning, "2026-02-01", "is over"),
            (self.warning, "2026-04-01", "has not begun"),
            (self.plan, "2026-02-01", "is over"),
            (self.plan, "2026-05-01", "has not begun"),
            (self.definition, "2026-03-01", "is not over"),
        ):
            with (
                self.subTest(definition=definition.name, day=day),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self._make_report(day=day, wall=NOW, definition=definition)
        self._make_report(day="2026-03-01", wall=NOW, definition=self.plan)
        report = self._make_report(day="2026-03-01", wall=NOW, definition=self.warning)
        with self.at("2026-04-01 00:00"):
            with self.assertRaisesRegex(ValidationError, "is over"):
                report.action_compute()
            with self.assertRaisesRegex(ValidationError, "is over"):
                report.action_write()

    # === The row ===

    def test_definition(self):
        """REP-06, REP-09, CAL-10: sections follow the nature; a duty is about the
        period itself; the nature stays once reports were made; documents are made after
        the fact; what the customer accepted is taken back."""
        with self.assertRaisesRegex(ValidationError, "another nature"):
            self.plan.section_ids = self.env.ref("itsm_sla.itsm_report_section_targets")
        self.plan.section_ids = self.env.ref("itsm_sla.itsm_report_section_plan")
        self.assertEqual(self.plan.duty_definition_id.concerns, "current")
        self.assertEqual(self.definition.duty_definition_id.concerns, "previous")
        self.plan.deadline_days = 3
        self.assertEqual(self.plan.due_text, "Day 3 of the period")
        self.assertIn("Plan of what comes", self.plan._as_matrix_row()["name"])
        kind = self.env.ref("itsm_sla.itsm_document_kind_d08")
        with self.assertRaisesRegex(ValidationError, "after the fact"):
            self.warning.document_kind_id = kind
        self.warning.document_kind_id = False
        terms = self.warning._terms_digest()
        self.warning.nature = "reactive"
        self.assertEqual(self.warning.duty_definition_id.concerns, "previous")
        self.assertNotEqual(self.warning._terms_digest(), terms)
        self._make_report(day="2026-02-01", wall=NOW, definition=self.warning)
        with self.assertRaisesRegex(ValidationError, "reports were made"):
            self.warning.nature = "proactive"

    def test_duty(self):
        """CAL-10, REP-05: publishing the plan of March closes the duty of March."""
        rule = self.plan.duty_definition_id
        with self.at("2026-03-02 09:00"):
            rule.scope_ids.date_from = "2026-03-01"
            rule.action_generate()
        duty = self.env["itsm.duty"].search(
            [("definition_id", "=", rule.id), ("period_start", "=", "2026-03-01")]
        )
        self.assertEqual(len(duty), 1)
        report = self._written(
            day="2026-03-01", wall="2026-03-02 10:00", definition=self.plan
        )
        self.assertEqual(self._codes(report), ["plan", "conclusions"])
        self._publish(report, "2026-03-02 11:00")
        self.assertEqual(duty.state, "done")

    # === Warning ===

    def test_risks(self):
        """REP-09: late, at risk and due promises of now, each once, as counted clock by
        clock; exempt tickets and those of other customers are none of it."""
        late = self._report("2026-03-13 09:00")  # 1 h and 4 h, Friday
        risk = self._report("2026-03-16 09:00")  # of 4 h, noon is 75 %
        self._reply("2026-03-16 09:05", risk)
        due = self._report("2026-03-16 11:50", priority="0")  # 4 h and 24 h
        paused = self._report("2026-03-16 11:00")
        self._reply("2026-03-16 11:01", paused)
        self._move("2026-03-16 11:02", paused, "paused")
        exempt = self._report("2026-03-13 09:00")
        with self.at("2026-03-13 09:01"):
            exempt.with_user(self.lead)._clock_set_exempt(True, "A drill")
        self._report("2026-03-13 09:00", partner_id=self.requester_2.id)
        done = self._report("2026-03-16 10:00")
        self._move("2026-03-16 10:05", done, "resolved")
        self._run_scheduler("2026-03-16 11:59")
        report = self._written(day="2026-03-01", wall=NOW, definition=self.warning)
        self.assertEqual(self._codes(report), ["risks", "forecast", "conclusions"])
        section = self._section(report, "risks")
        expected = {
            "open": late | risk | due | paused,
            "late": late,
            "at_risk": risk,
            "due": due,
        }
        now, stops = self.utc(NOW), self.utc("2026-04-01 00:00")
        counted = dict.fromkeys(expected, 0)
        for clock in expected["open"].clock_ids:
            if clock.phase not in ("running", "paused"):
                continue
            counted["open"] += 1
            if clock.breached_at or (clock.phase == "running" and clock.deadline < now):
                counted["late"] += 1
            elif clock.phase == "running" and clock.at_risk_at <= now:
                counted["at_risk"] += 1
            elif clock.phase == "running" and clock.deadline < stops:
                counted["due"] += 1
        for name, tickets in expected.items():
            figure = section["total"][name]
            self.assertEqual(figure["value"], counted[name], name)
            self.assertTrue(figure["value"], name)
            self.assertEqual(self._behind(figure), tickets, name)
            self.assertEqual(
                sum(row[name]["value"] for row in section["rows"]), counted[name]
            )
        self.assertEqual(
            {row["ticket"] for row in section["list"]},
            set((late | risk | due).mapped("number")),
        )
        self.assertEqual(section["unlisted"], 0)
        self.assertEqual(section["as_of"], NOW)
        self.assertIn("Late", section["list"][0]["stands"])
        self.assertIn(risk.number, report.content_html)
        action = report.action_drill("risks.total.at_risk")
        self.assertEqual(self.env["helpdesk.ticket"].search(action["domain"]), risk)

    def test_forecast(self):
        """REP-09: 5 tickets in 15.5 of 31 days (with a summer time hour less) make 10
        by the end of March, beyond the limit of 9; 5 a month before, in the two months
        in which the agreement was in force."""
        self.agreement.action_terminate()
        self.agreement = self._create_agreement(
            name="Limited",
            partner_id=self.customer.id,
            workload_ids=[Command.create({"limit": 9})],
        )
        self.warning.agreement_id = self.agreement
        for day in ("2026-01-05", "2026-02-03"):
            for minute in range(5):
                self._report(f"{day} 10:{minute:02}")
        for day in range(2, 7):
            self._report(f"2026-03-{day:02} 10:00")
        report = self._written(day="2026-03-01", wall=NOW, definition=self.warning)
        section = self._section(report, "forecast")
        self.assertEqual(section["so_far"]["value"], 5)
        self.assertEqual(section["expected"], "10")
        self.assertEqual(section["mean"], "5.0")
        self.assertEqual([row["number"]["value"] for row in section["before"]], [5, 5])
        [limit] = section["limits"]
        self.assertEqual((limit["actual"], limit["expected"]), (5, "10"))
        self.assertTrue(limit["over"])
        self.assertEqual(len(self._behind(section["so_far"])), 5)
        early = self._written(
            day="2026-04-01", wall="2026-04-01 08:00", definition=self.warning
        )
        self.assertEqual(self._section(early, "forecast")["expected"], "–")

    # === Plan ===

    def test_plan(self):
        """REP-09: agreed interruptions, temporary levels, reviews and ends of terms of
        April, day by day; what is of other months or of other agreements is not."""
        self.agreement.action_terminate()
        self.agreement = self._create_agreement(
            name="Ends", partner_id=self.customer.id, date_end="2026-04-30"
        )
        self.plan.agreement_id = self.agreement
        interruption = {
            "name": "New switch",
            "company_id": self.company.id,
            "date_start": self.utc("2026-04-04 22:00"),
            "date_stop": self.utc("2026-04-05 02:00"),
        }
        with self.at(NOW):
            interruptions = self.env["itsm.interruption"].create(
                [
                    interruption,
                    {
                        **interruption,
                        "name": "Of May",
                        "date_start": self.utc("2026-05-01 00:00"),
                        "date_stop": self.utc("2026-05-01 02:00"),
                    },
                    {**interruption, "name": "Not agreed"},
                ]
            )
            interruptions[:2].action_agree()
            self.env["itsm.agreement.review"].create(
                [
                    {"agreement_id": self.agreement.id, "planned_on": day}
                    for day in ("2026-04-15", "2026-05-01")
                ]
            )
        report = self._written(day="2026-04-01", wall=NOW, definition=self.plan)
        section = self._section(report, "plan")
        self.assertEqual(
            [(row["name"], row["start"]) for row in section["interruptions"]],
            [("New switch", "2026-04-04 22:00")],
        )
        self.assertIn(
            ("2026-04-15", "Review"),
            [(row["day"], row["what"]) for row in section["days"]],
        )
        self.assertIn(
            ("2026-04-30", "Ends as agreed"),
            [(row["day"], row["what"]) for row in section["days"]],
        )
        self.assertTrue(
            all("2026-04-01" <= row["day"] <= "2026-04-30" for row in section["days"])
        )
        self.assertFalse(report.is_abnormal)
        name, content = report._pdf("zh_CN" if self._has_chinese() else "en_US")
        self.assertTrue(name.endswith(".pdf"))
        text = "".join(
            page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages
        )
        self.assertIn("New switch", text.replace("\n", " "))

    def _has_chinese(self):
        return "zh_CN" in dict(self.env["res.lang"].get_installed())

    def test_constant_queries(self):
        """Design, Speed: a warning asks as much with one ticket as with nine."""
        self._report("2026-03-13 09:00")
        report = self._make_report(
            day="2026-03-01", wall=NOW, definition=self.warning
        ).sudo()
        asked = []
        for number in (0, 1, 8):  # the first round is not counted
            for _index in range(number):
                self._report("2026-03-13 09:00")
            with self.at(NOW):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                report._compute_content()
                asked.append(self.env.cr.sql_log_count - before)
        self.assertEqual(asked[1], asked[2])
