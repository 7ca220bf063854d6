# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import guard
from .duty_common import DutyCommon
from .kpi_common import KpiCommon
from .pdf_common import PdfCase

#: Long before anything that demo data could hold.
MONTH = "2024-03-01"
FIGURES = ("before", "reported", "solved", "cancelled", "after")


@tagged("post_install", "-at_install")
class TestDutyMatrix(DutyCommon, PdfCase):
    """D40: the report control matrix, against due days worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("itsm_base.itsm_document_kind_d40")

    def _rows(self, document):
        document.action_fill()
        return {
            row["name"]: row
            for group in document.content["groups"]
            for row in group["rows"]
        }

    def test_matrix(self):
        """D40, REP-10, CAL-02: who, how often, by which day, and what came of it.

        The 10th of January and October 2026 is a Saturday, that of May a Sunday.
        """
        definition = self._definition("2026-01-01", name="Monthly report")
        with freeze_time("2026-01-08 02:00:00"):
            self._generate()
            self._made(definition).with_user(self.agent).action_done()
        with freeze_time("2026-03-20 02:00:00"):
            self._generate()
            self._made(definition)[1].with_user(self.agent).action_done()
            document = self._create_document(self.kind, period_start="2026-01-01")
            row = self._rows(document)["Monthly report"]
        self.assertEqual(row["role"], "Reporter")
        self.assertEqual(row["person"], self.agent.name)
        self.assertEqual(row["period"], "Every month")
        self.assertEqual(
            [cell["text"] for cell in row["cells"]],
            ["12 ✓", "10 (✓)", "10 !", *"10 11 10 10 10 10 12 10 10".split()],
        )
        self.assertEqual(
            [cell["status"] for cell in row["cells"]],
            ["done", "late", "overdue", *["planned"] * 9],
        )

    def test_other_periods(self):
        """D40, CAL-03, CAL-04: quarters, half-years, years, days; nothing from before
        the duty began."""
        for period in ("quarter", "half", "year", "day"):
            self._definition("2026-01-01", name=period, period=period)
        self._definition("2026-07-01", name="later")
        with freeze_time("2026-01-01 02:00:00"):
            document = self._create_document(self.kind, period_start="2026-06-30")
            rows = self._rows(document)
        cells = {
            name: [cell["text"] for cell in row["cells"]] for name, row in rows.items()
        }
        nothing = [""] * 12
        self.assertEqual(
            cells["quarter"],
            ["12", "", "", "10", "", "", "10", "", "", "12", "", ""],
        )
        # 15 January is a Thursday, 15 July a Wednesday
        self.assertEqual(cells["half"], ["15", *nothing[:5], "15", *nothing[:5]])
        self.assertEqual(cells["year"], ["20", *nothing[:11]])
        # weekdays of January and February 2026
        self.assertEqual(cells["day"][:2], ["22×", "20×"])
        self.assertEqual(
            cells["later"], [*nothing[:6], "10", "10", "10", "12", "10", "10"]
        )

    def test_no_duties(self):
        """D40: a company without duties has a sentence and no table."""
        document = self._create_document(self.kind, period_start="2026-01-01")
        document.action_fill()
        self.assertEqual(document.content["groups"], [])
        self.assertIn("No duties are defined", self._texts(self._print(document))[0])

    def test_bad_calendar(self):
        """Bad input: a calendar without working time has a clear error (CAL-05)."""
        self._definition("2026-01-01")
        self.calendar.attendance_ids.unlink()
        document = self._create_document(self.kind, period_start="2026-01-01")
        with self.assertRaisesRegex(ValidationError, "has no working time"):
            document.action_fill()

    def test_printed(self):
        """D40: the matrix on paper, in Chinese, across the page."""
        self._definition("2026-01-01", name="月度服务报告")
        document = self._create_document(
            self.kind, period_start="2026-01-01", lang="zh_CN"
        )
        document.action_fill()
        reader = self._print(document)
        self.assertGreater(reader.pages[0].mediabox.width, 800)
        text = self._squeezed(reader)[0]
        for word in (
            "服务报告控制矩阵表2026",
            "月度服务报告",
            "责任人",
            "频率",
            "草稿",
        ):
            self.assertIn(word, text)

    def test_queries(self):
        """Speed: as many queries for 30 definitions as for 3."""

        def queries(document):
            document.action_fill()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document._content_duty_matrix()
            return self.env.cr.sql_log_count - before

        with freeze_time("2026-03-20 02:00:00"):
            document = self._create_document(self.kind, period_start="2026-01-01")
            for number in range(3):
                self._definition("2026-01-01", name=f"A{number}")
            self._generate()
            few = queries(document)
            for number in range(27):
                self._definition("2026-01-01", name=f"B{number}")
            self._generate()
            self.assertEqual(queries(document), few)


@tagged("post_install", "-at_install")
class TestKpiCatalogue(KpiCommon, PdfCase):
    """D41: the catalogue of KPIs."""

    def test_catalogue(self):
        """D41, REP-34: definition, target, frequency, owner; by process."""
        process = self.env["itsm.process"].create(
            {
                "name": "Test process",
                "code": "TZ",
                "company_id": self.company.id,
                "owner_id": self.manager.id,
            }
        )
        self._kpi(
            "TZ1",
            name="Solved in time",
            formula="Solved in time of all solved",
            has_target=True,
            target=95,
            warning=90,
            process_id=process.id,
        )
        self._kpi(
            "TZ2",
            process_code="TZ",
            source="manual",
            measure=False,
            period="year",
            unit="count",
            owner_id=self.lead.id,
            data_source="Survey",
        )
        self._kpi("TZ3", active=False)
        company = self.env["res.company"].create({"name": "Other"})
        self._kpi("TZ4", company_ids=company.ids)
        document = self._create_document(
            self.env.ref("itsm_base.itsm_document_kind_d41")
        )
        document.action_fill()
        groups = {g["name"]: g["rows"] for g in document.content["groups"]}
        first, second = groups["Test process"]
        self.assertEqual(
            [first[key] for key in ("code", "target", "warning", "period", "owner")],
            ["TZ1", "≥ 95 %", "90 %", "Month", self.manager.name],
        )
        self.assertEqual(first["formula"], "Solved in time of all solved")
        self.assertEqual(
            [second[key] for key in ("code", "target", "period", "owner", "source")],
            ["TZ2", "", "Year", self.lead.name, "Survey"],
        )
        codes = {row["code"] for rows in groups.values() for row in rows}
        self.assertFalse(codes & {"TZ3", "TZ4"}, "archived, of another company")
        text = " ".join(self._texts(self._print(document)))
        self.assertIn("TZ1 Solved in time", text)

    def test_chinese(self):
        """D41: a Chinese catalogue has Chinese names where KPIs have them."""
        kpi = self._kpi("TZ1", name="Solved in time")
        kpi.with_context(lang="zh_CN").name = "按时解决率"
        document = self._create_document(
            self.env.ref("itsm_base.itsm_document_kind_d41"), lang="zh_CN"
        )
        document.action_fill()
        text = "".join(self._squeezed(self._print(document)))
        self.assertIn("运维服务KPI指标体系", text)
        self.assertIn("按时解决率", text)
        self.assertNotIn("Solvedintime", text.split("TZ1")[1][:30])


@tagged("post_install", "-at_install")
class TestDeskSummary(KpiCommon, PdfCase):
    """D45: the monthly work summary, against figures worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("itsm_base.itsm_document_kind_d45")

    def _closed(self, wall, **vals):
        return {"closed_date": self.utc(wall), **vals}

    def _tickets(self):
        past = self._past_ticket
        mail, box = self.service.id, self.offering.id
        # before and solved; on the second of the midnight that begins the month
        past(reported_at="2024-02-20 10:00", resolved_at="2024-03-05 10:00")
        past(
            reported_at="2024-02-29 23:59:59",
            resolved_at="2024-03-01 00:00:00",
            service_id=mail,
        )
        # reported with the month's first second, open
        past("open", reported_at="2024-03-01 00:00:00", service_id=mail, priority="3")
        # reported with its last, solved with the first of the next: still there
        past(
            reported_at="2024-03-31 23:59:59",
            resolved_at="2024-04-01 00:00:00",
            itsm_kind="request",
            service_id=box,
            priority="0",
        )
        # cancelled
        past(
            "cancelled",
            reported_at="2024-03-10 10:00",
            **self._closed("2024-03-11 10:00"),
        )
        # closed without having been resolved, as before the addon: solved
        closed = past(
            "closed",
            reported_at="2024-03-15 10:00",
            itsm_kind=False,
            **self._closed("2024-03-16 10:00"),
        )
        guard.with_token(closed).resolved_at = False
        # of other months
        past(reported_at="2024-02-10 10:00", resolved_at="2024-02-20 10:00")
        past("open", reported_at="2024-04-01 00:00:00")

    def _filled(self, **vals):
        document = self._create_document(self.kind, period_start=MONTH, **vals)
        document.action_fill()
        return document

    def _figures(self, rows):
        return {row["name"]: [row[figure] for figure in FIGURES] for row in rows}

    def test_volumes(self):
        """D45, Periods: cut in the company's zone, half-open; sums equal totals."""
        self._tickets()
        content = self._filled().content
        self.assertEqual(
            self._figures(content["volumes"]),
            {
                "Incident": [2, 2, 2, 1, 1],
                "Service request": [0, 1, 0, 0, 1],
                "Without a kind": [0, 1, 1, 0, 0],
                "Total": [2, 4, 3, 1, 2],
            },
        )
        for rows in (content["volumes"], content["services"]):
            for before, reported, solved, cancelled, after in self._figures(
                rows
            ).values():
                self.assertEqual(before + reported - solved - cancelled, after)
        figures = self._figures(content["services"])
        mail, box = self.service.display_name, self.offering.display_name
        self.assertEqual(figures[mail], [1, 1, 1, 0, 1])
        self.assertEqual(figures[box], [0, 1, 0, 0, 1])
        self.assertEqual(figures["Without a service"], [1, 2, 2, 1, 0])
        self.assertEqual(figures["Total"], [2, 4, 3, 1, 2])
        priorities = self._figures(content["priorities"])
        totals = [sum(values) for values in zip(*priorities.values(), strict=True)]
        self.assertEqual(totals, [2, 4, 3, 1, 2])
        # of the four that were reported in the month, as they stand now
        states = {row["name"]: row["count"] for row in content["states"]}
        self.assertEqual(sum(states.values()), 4)
        self.assertEqual(
            [states[name] for name in ("Resolved", "Closed", "Cancelled")], [1, 1, 1]
        )

    def test_other_services(self):
        """D45: the services with most tickets are named, the others in one line."""
        services = self.env["itsm.service"].create(
            [{"name": f"S{number:02}", "state": "live"} for number in range(12)]
        )
        for number, service in enumerate(services):
            for _index in range(2 if number < 10 else 1):
                self._past_ticket(
                    "open", reported_at="2024-03-05 10:00", service_id=service.id
                )
        figures = self._figures(self._filled().content["services"])
        self.assertEqual(figures["Other services"][1], 2)
        self.assertEqual(figures["Total"][1], 22)
        self.assertEqual(len(figures), 12)

    def test_nothing(self):
        """D45: a month without tickets has noughts and no error."""
        document = self._create_document(self.kind, period_start="1999-01-01")
        document.action_fill()
        self.assertEqual(self._figures(document.content["volumes"]), {"Total": [0] * 5})
        self.assertIn("No KPI has a figure", self._texts(self._print(document))[0])

    def test_frozen(self):
        """REP-29: figures stay as they were filled, until a draft is filled again."""
        self._tickets()
        document = self._filled()
        self._past_ticket("open", reported_at="2024-03-20 10:00")
        text = self._texts(self._print(document))[0]
        self.assertIn("Total 2 4 3 1 2", text)
        document.action_fill()
        self.assertIn("Total 2 5 3 1 3", self._texts(self._print(document))[0])

    def test_kpis(self):
        """D45: the KPIs of the month, with target, status and what is preliminary."""
        kpi = self._kpi(
            "TZ1",
            source="manual",
            measure=False,
            has_target=True,
            target=95,
            warning=90,
        )
        yearly = self._kpi("TZ2", source="manual", measure=False, period="year")
        values = self.env["itsm.kpi.value"]
        for kpi_, start, value in (
            (kpi, "2024-03-01", 94.96),
            (kpi, "2024-02-01", 97),
            (yearly, "2024-01-01", 50),
        ):
            values.create(
                {
                    "kpi_id": kpi_.id,
                    "period_start": start,
                    "value": value,
                    "note": "Counted",
                }
            )
        rows = {row["code"]: row for row in self._filled().content["kpis"]}
        self.assertEqual(list(rows), ["TZ1"])
        row = rows["TZ1"]
        self.assertEqual(row["value"], "94.9 %", "cut, not rounded")
        self.assertEqual(row["previous"], "97.0 %")
        self.assertEqual((row["target"], row["status"]), ("≥ 95 %", "warning"))

    def test_chinese(self):
        """D45: the summary in Chinese, with Chinese names of services."""
        self.service.with_context(lang="zh_CN").name = "电子邮件"
        self._tickets()
        document = self._filled(lang="zh_CN", body="<p>本月工作总结：门户稳定。</p>")
        text = "".join(self._squeezed(self._print(document)))
        for word in (
            "服务台工作总结2024-03",
            "本月工作总结：门户稳定。",
            "期初积压",
            "期末积压",
            "电子邮件",
            "合计24312",
        ):
            self.assertIn(word, text)

    def test_queries(self):
        """Speed: set-based, as many queries for 60 tickets as for 8."""

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document._content_desk_summary()
            return self.env.cr.sql_log_count - before

        self._tickets()
        document = self._filled()
        few = queries()
        for number in range(52):
            self._past_ticket("open", reported_at=f"2024-03-{number % 28 + 1:02} 10:00")
        self.assertEqual(queries(), few)
