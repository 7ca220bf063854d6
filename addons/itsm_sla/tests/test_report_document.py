# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_base.tools import guard

from .report_common import ReportRoundCommon


@tagged("post_install", "-at_install")
class TestReportDocument(ReportRoundCommon):
    """The control matrix on paper, and reports that are made as documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpis = cls.env["itsm.kpi"].create(
            [
                {
                    "code": f"T{number}",
                    "name": f"Test KPI {number}",
                    "formula": "As entered",
                    "unit": "percent",
                    "direction": "up",
                    "source": "manual",
                    "entry": "value",
                    "process_code": code,
                    "has_target": True,
                    "target": 90.0,
                    "warning": 80.0,
                    "person_id": person,
                }
                for number, code, person in (
                    (1, "SLM", False),
                    (2, "INC", False),
                    (3, "SLM", cls.agent.id),
                )
            ]
        )

    def _enter(self, kpi, month, value):
        """A figure of a month, as somebody enters it."""
        return (
            self.env["itsm.kpi.value"]
            .with_user(self.manager)
            .create(
                {
                    "kpi_id": kpi.id,
                    "company_id": self.company.id,
                    "period_start": f"2026-{month:02}-01",
                    "value": value,
                    "note": "By hand",
                }
            )
        )

    def _document(self, kind, day="2026-02-01", **vals):
        return self.env["itsm.document"].create(
            {
                "kind_id": self.env.ref(f"itsm_sla.itsm_document_kind_{kind}").id,
                "company_id": self.company.id,
                "period_start": day,
                "lang": "en_US",
                **vals,
            }
        )

    def _page(self, document):
        page = self.env["ir.actions.report"]._itsm_form_page(
            document.kind_id.report_id, document
        )
        return page["html"]

    def _action(self, name, created, **vals):
        done_at = vals.pop("done_at", False)
        with freeze_time(created):
            action = self.env["itsm.action"].create(
                {
                    "name": name,
                    "kind": "improvement",
                    "owner_id": self.lead.id,
                    "due_date": "2026-02-20",
                    "company_id": self.company.id,
                    **vals,
                }
            )
        action.flush_recordset()
        self.env.cr.execute(
            "UPDATE itsm_action SET create_date = %s WHERE id = %s",
            [created, action.id],
        )
        if done_at:
            guard.with_token(action).write({"state": "done", "done_at": done_at})
        action.invalidate_recordset()
        return action

    # === The matrix ===

    def test_matrix(self):
        """REP-10: each report in use with author, approver, audience, period, due day,
        delivery; archived ones are not in it."""
        row = self._row(
            name="Quarterly", period="quarter", deadline_days=7, delivery="portal"
        )
        self._row(name="Gone", active=False)
        document = self._document("report_matrix", "2026-01-01")
        document.action_fill()
        rows = {
            cells["name"]: cells
            for group in document.content["groups"]
            for cells in group["rows"]
        }
        self.assertNotIn("Gone", rows)
        self.assertEqual(
            rows["Quarterly"],
            {
                "name": "Quarterly",
                "agreement": self.agreement.display_name,
                "author": self.sla_manager.name,
                "reviewer": self.lead.name,
                "approver": self.manager.name,
                "audience": [self.ann.partner_id.display_name],
                "period": "Every quarter",
                "due": "Day 7 after the period",
                "delivery": "In the portal",
                "accepted": "",
                "on_time": "",
            },
        )
        page = self._page(document)
        for text in ("Quarterly", "Acme SLA", "Day 7 after the period"):
            self.assertIn(text, page)
        self.assertTrue(row)

    def test_matrix_button(self):
        """REP-10: the button fills the draft of the year; pressed again, the same."""
        rows = self.env["itsm.report.definition"].with_user(self.manager)
        with freeze_time("2026-05-05"):
            action = rows.action_print_matrix()
            self.assertEqual(rows.action_print_matrix(), action)
        document = self.env["itsm.document"].browse(action["res_id"])
        self.assertEqual(str(document.period_start), "2026-01-01")
        self.assertTrue(document.is_filled)

    def test_matrix_names_people(self):
        """REP-10: persons by name, roles with their holders, in the list and on paper;
        dates as everywhere on the form; one query more for no number of rows."""
        role, vacant = self.env["itsm.role"].create(
            [
                {"name": "Reporter", "code": "T-REP"},
                {"name": "Sponsor", "code": "T-SPON"},
            ]
        )
        self.env["itsm.role.holder"].create(
            [
                {
                    "role_id": role.id,
                    "company_id": self.company.id,
                    "user_id": user.id,
                    "sequence": number,
                }
                for number, user in enumerate((self.lead, self.agent))
            ]
        )
        row = self._row(
            name="By roles",
            author_id=False,
            author_role_id=role.id,
            approver_id=False,
            approver_role_id=vacant.id,
            audience_role_ids=[Command.set(role.ids)],
        )
        holders = f"{self.lead.name}, {self.agent.name}"
        self.assertEqual(row.author_text, f"Reporter: {holders}")
        self.assertEqual(row.reviewer_text, self.lead.name)
        self.assertEqual(row.approver_text, "Sponsor: nobody")
        self.assertEqual(
            row.audience_text,
            f"{self.ann.partner_id.display_name}\nReporter: {holders}",
        )
        guard.with_token(row).accepted_at = "2026-02-03 12:00:00"
        cells = row._as_matrix_row()
        self.assertEqual(cells["accepted"], "2026-02-03")
        self.assertEqual(cells["author"], f"Reporter: {holders}")
        document = self._document("report_matrix", "2026-01-01")
        document.action_fill()
        page = self._page(document)
        self.assertIn(f"Reporter: {holders}", page)
        self.assertIn("2026-02-03", page)
        empty = self._row(name="Nobody reviews", reviewer_id=False)
        self.assertFalse(empty.reviewer_text)
        rows = row | empty | self.row

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("audience_text")
            return self.env.cr.sql_log_count - before

        queries(rows)
        many = self.env["itsm.report.definition"].union(
            rows, *(row.copy() for _number in range(4))
        )
        self.assertEqual(queries(many), queries(rows))

    # === Duties of documents ===

    def test_document_closes_duty(self):
        """CAL-10, REP-16: an issued document closes the duty of its row and period,
        another month's does not."""
        kind = self.env.ref("itsm_sla.itsm_document_kind_d09")
        kind.needs_approval = False
        row = self._row(
            name="Key performance",
            family="kpi",
            agreement_id=False,
            document_kind_id=kind.id,
            partner_ids=[Command.set(self.lead.partner_id.ids)],
        )
        rule = row.duty_definition_id
        with freeze_time("2026-03-02 10:00:00"):
            rule.scope_ids.date_from = "2026-03-01"
            rule.action_generate()
            duty = self.env["itsm.duty"].search([("definition_id", "=", rule.id)])
            self._document("d09", "2026-01-01").action_request_approval()
            self.assertEqual(duty.state, "open")
            action = duty.action_make_report()
            document = self.env["itsm.document"].browse(action["res_id"])
            self.assertEqual(
                (document.kind_id, str(document.period_start)), (kind, "2026-02-01")
            )
            document.action_request_approval()
        self.assertEqual(document.state, "approved")
        self.assertEqual((duty.state, duty.evidence_res_id), ("done", document.id))

    def test_two_agreements_of_one_customer(self):
        """CAL-10, REP-10: each of two agreements with one customer owes its own
        document; one does not close the duty of the other."""
        kind = self.env.ref("itsm_sla.itsm_document_kind_d15")
        kind.needs_approval = False
        second = self._night_agreement()
        rows = self._row(document_kind_id=kind.id, name="One")
        rows |= self._row(document_kind_id=kind.id, name="Two", agreement_id=second.id)
        rules = rows.duty_definition_id
        with freeze_time("2026-03-02 10:00:00"):
            rules.scope_ids.date_from = "2026-03-01"
            rules.action_generate()
            duties = self.env["itsm.duty"].search([("definition_id", "in", rules.ids)])
            one, two = (
                duties.filtered(
                    lambda d, r=row: d.definition_id == r.duty_definition_id
                )
                for row in rows
            )
            action = one.action_make_report()
            document = self.env["itsm.document"].browse(action["res_id"])
            self.assertEqual(document.res_id, self.agreement.id)
            self.assertIn(self.agreement.code, document.name)
            document.action_fill()
            document.action_request_approval()
            self.assertEqual((one.state, two.state), ("done", "open"))
            # made by hand for the customer: nobody knows for which of the two
            by_hand = self._document("d15", partner_id=self.acme.id)
            by_hand.action_fill()
            by_hand.action_request_approval()
            self.assertEqual(two.state, "open")
            action = two.action_make_report()
            other = self.env["itsm.document"].browse(action["res_id"])
            self.assertNotEqual(other, document)
            other.action_fill()
            other.action_request_approval()
        self.assertEqual((two.state, two.evidence_res_id), ("done", other.id))

    def test_document_of_one_agreement_and_of_all(self):
        """CAL-10, REP-10: a document about one agreement does not close the duty of
        the report about all of them; one about all of them does."""
        kind = self.env.ref("itsm_sla.itsm_document_kind_d15")
        kind.needs_approval = False
        one = self._row(document_kind_id=kind.id, name="One")
        every = self._row(document_kind_id=kind.id, name="All", agreement_id=False)
        rules = (one | every).duty_definition_id
        with freeze_time("2026-03-02 10:00:00"):
            rules.scope_ids.date_from = "2026-03-01"
            rules.action_generate()
            duties = self.env["itsm.duty"].search([("definition_id", "in", rules.ids)])
            of_one = duties.filtered(
                lambda d: d.definition_id == one.duty_definition_id
            )
            of_all = duties - of_one
            for duty, states in (
                (of_one, ("done", "open")),
                (of_all, ("done", "done")),
            ):
                action = duty.action_make_report()
                document = self.env["itsm.document"].browse(action["res_id"])
                document.action_fill()
                document.action_request_approval()
                self.assertEqual((of_one.state, of_all.state), states)

    def test_by_hand_for_the_only_agreement(self):
        """CAL-10: what was made by hand for a customer closes the duty of the only
        agreement with him."""
        kind = self.env.ref("itsm_sla.itsm_document_kind_d15")
        kind.needs_approval = False
        row = self._row(document_kind_id=kind.id)
        rule = row.duty_definition_id
        with freeze_time("2026-03-02 10:00:00"):
            rule.scope_ids.date_from = "2026-03-01"
            rule.action_generate()
            document = self._document("d15", partner_id=self.acme.id)
            document.action_fill()
            document.action_request_approval()
        duty = self.env["itsm.duty"].search([("definition_id", "=", rule.id)])
        self.assertEqual((duty.state, duty.evidence_res_id), ("done", document.id))

    def test_content_of_one_agreement(self):
        """D15: a document about an agreement holds its months only."""
        lines = [
            Command.create({"service_id": self.service.id, "target": 99.0}),
        ]
        first = self._night_agreement(availability_ids=lines)
        second = self._create_agreement(
            name="Acme day",
            partner_id=self.acme.id,
            service_ids=[Command.set(self.service_draft.ids)],
            availability_ids=[
                Command.create({"service_id": self.service_draft.id, "target": 99.0})
            ],
        )
        with freeze_time("2026-03-05 10:00:00"):
            self.env["itsm.availability"]._compute_months(first | second)
            document = self._document(
                "d15",
                partner_id=self.acme.id,
                res_model="itsm.agreement",
                res_id=second.id,
            )
            document.action_fill()
        self.assertEqual(
            [part["name"] for part in document.content["agreements"]],
            [second.display_name],
        )

    def _night_agreement(self, **vals):
        """Another agreement with the same customer, about one service."""
        return self._create_agreement(
            name="Acme night",
            partner_id=self.acme.id,
            service_ids=[Command.set(self.service.ids)],
            **vals,
        )

    def test_period_not_over(self):
        """Bad input: no report of key figures before its period is over."""
        with freeze_time("2026-02-15"):
            document = self._document("d08")
            document.action_fill()
            with self.assertRaises(UserError):
                document.action_request_approval()
        with freeze_time("2026-01-15"), self.assertRaises(UserError):
            document.action_fill()

    # === D08, D09 ===

    def test_process_kpis(self):
        """D08, REP-12, REP-28: target, figure and trend of six periods by process;
        figures about one person are in no document."""
        first, second, personal = self.kpis
        with freeze_time("2026-03-05"):
            for month, value in ((1, 95.0), (2, 85.0)):
                self._enter(first, month, value)
            self._enter(second, 1, 50.0)  # none in February: no row
            self._enter(personal, 2, 99.0)
            document = self._document("d08")
            document.action_fill()
        content = document.content
        self.assertEqual(
            content["labels"],
            ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"],
        )
        rows = {
            row["code"]: row for group in content["groups"] for row in group["rows"]
        }
        self.assertNotIn("T2", rows)
        self.assertNotIn("T3", rows)
        self.assertEqual(rows["T1"]["status"], "warning")
        trend = rows["T1"]["trend"]
        self.assertEqual([cell["text"] for cell in trend[:4]], [""] * 4)
        self.assertEqual(
            [cell["status"] for cell in trend[4:]],
            ["good", "warning"],
            "95 reaches 90, 85 only the warning level",
        )
        [group] = [g for g in content["groups"] if rows["T1"] in g["rows"]]
        process = self.env["itsm.process"].search(
            [("code", "=", "SLM"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(group["name"], process.name)
        self.assertIn("Test KPI 1", self._page(document))

    def test_key_performance(self):
        """D09, REP-16, REP-35: the level of availability first (K12 to K16 with what
        each agreement measured), then the others, and how many are good or bad."""
        k12 = self.env.ref("itsm_sla.itsm_kpi_k12")
        with freeze_time("2026-03-05"):
            self._enter(self.kpis[0], 2, 95.0)
            self._enter(self.kpis[1], 2, 10.0)
            guard.with_token(self.env["itsm.kpi.value"]).create(
                {
                    "kpi_id": k12.id,
                    "company_id": self.company.id,
                    "period_start": "2026-02-01",
                    "period_end": "2026-02-28",
                    "value": 99.5,
                    "status": "warning",
                    "direction": "up",
                }
            )
            document = self._document("d09")
            document.action_fill()
        content = document.content
        self.assertEqual([row["code"] for row in content["availability"]], ["K12"])
        codes = [row["code"] for row in content["rows"]]
        self.assertLessEqual({"T1", "T2"}, set(codes))
        self.assertNotIn("K12", codes)
        every = content["rows"] + content["availability"]
        for cell in content["counts"]:
            self.assertEqual(
                cell["number"], sum(r["status"] == cell["status"] for r in every)
            )
        page = self._page(document)
        self.assertIn("Level of availability", page)
        self.assertIn("K12", page)

    # === Improvement ===

    def test_improvement(self):
        """REP-12, REP-15: what was under way in the quarter, finished or overdue at its
        end; personal actions, cancelled and later ones are not in it."""
        names = {
            "Open": self._action("Open", "2026-01-10 10:00:00"),
            "Finished": self._action(
                "Finished", "2026-01-10 10:00:00", done_at="2026-02-10 10:00:00"
            ),
            "Later": self._action(
                "Later",
                "2026-01-10 10:00:00",
                done_at="2026-04-10 10:00:00",
                due_date="2026-05-01",
            ),
            "Before": self._action(
                "Before", "2025-10-10 10:00:00", done_at="2025-12-10 10:00:00"
            ),
            "After": self._action("After", "2026-04-02 10:00:00"),
            "Personal": self._action(
                "Personal", "2026-01-10 10:00:00", restricted=True
            ),
        }
        with freeze_time("2026-05-05"):
            document = self._document("improvement_report", "2026-01-01")
            document.action_fill()
        rows = {
            row["name"]: (row["is_finished"], row["is_overdue"])
            for row in document.content["rows"]
            if row["name"] in names
        }
        self.assertEqual(
            rows,
            {
                "Open": (False, True),
                "Finished": (True, False),
                "Later": (False, False),
            },
        )
        self.assertIn("Finished", self._page(document))
