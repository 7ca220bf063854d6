# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import Span

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorReport(MajorCommon):
    """The two reports D20, recurring incidents and K47, against figures by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever the database holds: only the tickets of the tests count.
        cls.office = cls.env["res.company"].create({"name": "Reporting Company"})
        cls.nature = cls.env["itsm.ticket.nature"].create({"name": "Outage"})
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")

    def _document(self, kind="itsm_desk.itsm_document_kind_d20", **vals):
        return self.env["itsm.document"].create(
            {
                "kind_id": self.env.ref(kind).id,
                "company_id": self.company.id,
                "period_start": "2026-03-01",
                **vals,
            }
        )

    def _content(self):
        """The incident report of March 2026 of the company of the tests."""
        with self.at("2026-04-02 10:00"):
            return self._document()._content_incident_report()

    def _row(self, content, table, name):
        return next((row for row in content[table] if row["name"] == name), None)

    def _month(self):
        """Incidents of March, and what stands around them.

        before: 1 (reported 27 February, solved 2 March after 72 h)
        reported in March: 4 = outage by telephone, critical, solved after 2 h;
        outage by telephone, critical, solved after 4 h 3 min; one without nature,
        low, open; one cancelled
        left out: a request, a restricted incident
        """
        old = self._incident("2026-02-27 10:00", priority="1")
        self._move("2026-03-02 10:00", old, "resolved")
        common = {
            "nature_id": self.nature.id,
            "channel_id": self.phone.id,
            "priority": "3",
            "category_id": self.category.id,
        }
        first = self._incident("2026-03-23 10:00", **common)
        self._move("2026-03-23 12:00", first, "resolved")
        second = self._incident("2026-03-24 10:00", **common)
        self._move("2026-03-24 14:03", second, "resolved")
        self._incident("2026-03-25 10:00", priority="0", channel_id=False)
        cancelled = self._incident("2026-03-26 10:00", priority="0", channel_id=False)
        self._move("2026-03-26 11:00", cancelled, "cancelled")
        self._incident("2026-03-26 10:00", itsm_kind="request")
        restricted = self._incident("2026-03-26 10:00", priority="3")
        restricted.sudo().write({"restriction": "security"})

    def test_incident_report(self):
        """D20, INC-48: volumes by nature, source and priority, mean hours; worked out
        by hand, and the same as a grouping of the tickets."""
        before = self._content()
        self._month()
        content = self._content()

        def added(table, name):
            zero = dict.fromkeys(("before", "reported", "solved", "cancelled"), 0)
            old = self._row(before, table, name) or zero
            new = self._row(content, table, name)
            return [new[key] - old[key] for key in zero]

        incidents = self.env._("Incidents")
        self.assertEqual(added("volumes", incidents), [1, 4, 3, 1])
        self.assertEqual(added("natures", "Outage"), [0, 2, 2, 0])
        row = self._row(content, "natures", "Outage")
        # 2 h and 4 h 3 min: 3 h 1.5 min = 3.025 h, cut off to the worse side
        self.assertEqual((row["mean"], row["after"]), ("3.1", 0))
        self.assertEqual(added("priorities", "Critical"), [0, 2, 2, 0])
        self.assertEqual(added("sources", self.phone.display_name), [0, 2, 2, 0])
        grouped = self.env["helpdesk.ticket"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("itsm_kind", "=", "incident"),
                ("restriction", "=", False),
                ("reported_at", ">=", self.utc("2026-03-01 00:00")),
                ("reported_at", "<", self.utc("2026-04-01 00:00")),
            ],
            ["nature_id"],
            ["__count"],
        )
        self.assertEqual(
            {
                row["name"]: row["reported"]
                for row in content["natures"]
                if row["reported"]
            },
            {
                nature.display_name or self.env._("Without"): count
                for nature, count in grouped
            },
        )
        for table in ("volumes", "natures", "sources", "priorities", "lines"):
            for row in content[table]:
                self.assertEqual(
                    row["before"] + row["reported"] - row["solved"] - row["cancelled"],
                    row["after"],
                    (table, row),
                )

    def test_recurring(self):
        """INC-49: what came back in the month, and how often in the 90 days before."""
        self._incident("2025-11-30 10:00", category_id=self.category.id)  # too long ago
        self._incident("2026-02-02 10:00", category_id=self.category.id)
        for _index in range(2):
            self._incident("2026-03-23 10:00", category_id=self.category.id)
        self._incident("2026-03-23 10:00", service_id=self.service_2.id)
        rows = [
            row
            for row in self._content()["recurring"]
            if row["category"] == self.category.display_name
        ]
        self.assertEqual(len(rows), 1)
        self.assertEqual(
            (rows[0]["service"], rows[0]["count"], rows[0]["before"]),
            (self.service.display_name, 2, 1),
        )

    def test_majors(self):
        """INC-43: major incidents declared in the month with the hours until the
        service worked again; refused proposals are not among them."""
        restored = self._restored("2026-03-23 12:00")
        refused = self._proposed()
        refused.with_user(self.incident_manager)._refuse("No")
        rows = self._content()["majors"]
        names = [row["name"] for row in rows]
        self.assertNotIn(refused.display_name, names)
        row = rows[names.index(restored.display_name)]
        # reported 10:00, restored 12:00
        self.assertEqual((row["hours"], row["tickets"]), ("2.0", 1))

    def test_not_over(self):
        """Manners: a month that is not over cannot be approved, a future one not be
        filled."""
        with self.at("2026-03-10 10:00"):
            with self.assertRaises(UserError):
                self._document().action_request_approval()
            with self.assertRaises(UserError):
                self._document(period_start="2026-05-01").action_fill()

    def test_review_report(self):
        """D20, INC-42: timeline from log, steps and communications in order; cause,
        lessons, meeting, actions."""
        major = self._restored()
        with self.at("2026-03-23 10:30"):
            major.with_user(self.incident_manager)._communicate(
                {
                    "audience": "customers",
                    "channel": "phone",
                    "subject": "Told them",
                    "body": "<p>x</p>",
                },
                self.requester,
            )
        self._review(major)
        self.env["itsm.action"].create(
            {
                "name": "Watch the disk",
                "due_date": "2026-04-30",
                "res_model": major._name,
                "res_id": major.id,
                "owner_id": self.agent.id,
            }
        )
        action = major.with_user(self.lead).action_create_report()
        document = self.env["itsm.document"].browse(action["res_id"])
        content = document.content
        self.assertEqual(content["cause"], "Disk full")
        self.assertEqual(content["lessons"], "Watch the disk")
        self.assertEqual(content["meeting"]["notes"], "We talked")
        self.assertEqual(
            [row["name"] for row in content["actions"]], ["Watch the disk"]
        )
        what = [row["what"] for row in content["timeline"] if row["kind"] != "ticket"]
        self.assertEqual(
            [text.split(":")[0] for text in what],
            [
                "Major incident proposed",
                "Declared; management informed",
                "Told customers",
                "Service restored",
            ],
        )
        self.assertTrue([row for row in content["timeline"] if row["kind"] == "ticket"])
        times = [row["time"] for row in content["timeline"]]
        self.assertEqual(times, sorted(times))
        again = major.with_user(self.lead).action_create_report()
        self.assertEqual(again["res_id"], document.id)
        self.assertEqual(
            major.with_user(self.agent).action_create_report()["res_id"], document.id
        )
        with self.assertRaises(AccessError):
            self._restored().with_user(self.agent).action_create_report()

    def test_review_of_nothing(self):
        """Bad input: a review report that is about no major incident."""
        document = self._document("itsm_desk.itsm_document_kind_d20_review")
        with self.assertRaises(UserError):
            document.action_fill()

    def test_print(self):
        """REP-29: both print on the one form, with names that look like markup."""
        self._month()
        major = self._restored(name="<b>Mail & more</b>")
        report = self.env["ir.actions.report"]
        documents = self._document()
        with self.at("2026-04-02 10:00"):
            documents.action_fill()
        action = major.with_user(self.lead).action_create_report()
        documents |= self.env["itsm.document"].browse(action["res_id"])
        for document in documents:
            page = report._itsm_form_page(document.kind_id.report_id, document)
            html = page["html"]
            self.assertNotIn("<b>Mail", html)
        self.assertIn("&lt;b&gt;Mail &amp; more", html)

    def test_timeline_on_screen(self):
        """INC-42: the timeline of the form escapes what people wrote."""
        major = self._proposed(name="<script>alert(1)</script>")
        self.assertNotIn("<script>", major.with_user(self.agent).timeline_html)
        self.assertIn("Major incident proposed", major.timeline_html)

    # === Recurring incidents ===

    def test_recurrence_view(self):
        """INC-49: incidents by service, category, nature and month; restricted and
        cancelled ones and requests are left out; each row opens its tickets."""
        domain = [
            ("company_id", "=", self.company.id),
            ("category_id", "=", self.category.id),
        ]
        self._month()
        self.env.flush_all()
        rows = self.env["itsm.incident.recurrence"].with_user(self.agent)
        row = rows.search(domain)
        self.assertEqual(
            (str(row.month), row.incident_count, row.open_count, row.service_id),
            ("2026-03-01", 2, 0, self.service),
        )
        self.assertAlmostEqual(row.hours, 2 + 4.05)
        action = row.action_view_tickets()
        self.assertEqual(self.env["helpdesk.ticket"].search_count(action["domain"]), 2)
        with self.assertRaises(AccessError):
            rows.with_user(self.employee).search(domain)

    # === K47 ===

    def test_kpi(self):
        """K47, INC-51: major incidents declared in the month of the company; refused
        and merely proposed ones do not count."""
        kpi = self.env["itsm.kpi"].create(
            {
                "code": "T47",
                "name": "Major",
                "formula": "Declared",
                "unit": "count",
                "source": "computed",
                "measure": "major_incident",
            }
        )
        span = Span(
            self.company.id,
            None,
            None,
            self.utc("2026-03-01 00:00"),
            self.utc("2026-04-01 00:00"),
            self.utc("2026-04-01 00:00"),
        )
        later = span._replace(begins=span.stops, stops=self.utc("2026-05-01 00:00"))
        before = kpi._kpi_measure_major_incident([span])[span].value
        self._restored()
        self._declared()
        self._proposed().with_user(self.incident_manager)._refuse("No")
        self.env.flush_all()
        with self.assertQueryCount(1):
            figures = kpi._kpi_measure_major_incident([span, later])
        self.assertEqual(figures[span].value - before, 2)
        self.assertEqual(figures[later].value, 0)

    def test_kpi_conversion(self):
        """K47: the shipped KPI becomes computed once; frozen and past figures that were
        entered stay; what people changed is left alone."""
        kpi = self.env.ref("itsm_base.itsm_kpi_k47")
        kpi.write({"source": "manual", "measure": False})
        self.env["itsm.kpi.value"].search([("kpi_id", "=", kpi.id)])
        value = guard.with_token(self.env["itsm.kpi.value"]).create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "period_start": "2020-03-01",
                "period_end": "2020-03-31",
                "manual": True,
                "user_id": self.manager.id,
                "value": 7.0,
            }
        )
        self.env["itsm.kpi"]._itsm_compute_major()
        self.assertEqual((kpi.source, kpi.measure), ("computed", "major_incident"))
        self.assertNotIn("hand", kpi.formula)
        self.assertTrue(value.frozen)
        kpi._compute_values(companies=self.company)
        self.assertEqual(value.value, 7.0)
        kpi.write({"formula": "Ours"})
        self.env["itsm.kpi"]._itsm_compute_major()
        self.assertEqual(kpi.formula, "Ours")
