# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestReportDefinition(SlaCommon):
    """Rows of the control matrix of reports and the duties that they make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar_paris
        cls.role = cls.env.ref("itsm_base.itsm_role_service_report_manager")
        cls.role.holder_ids.unlink()
        cls.env["itsm.role.holder"].create(
            {
                "role_id": cls.role.id,
                "user_id": cls.agent.id,
                "company_id": cls.company.id,
            }
        )
        cls.acme, cls.other = cls.env["res.partner"].create(
            [{"name": "Acme", "is_company": True}, {"name": "Bolt", "is_company": True}]
        )
        cls.person, cls.stranger = cls.env["res.partner"].create(
            [
                {"name": "Ann", "parent_id": cls.acme.id, "email": "ann@acme.example"},
                {"name": "Bob", "parent_id": cls.other.id},
            ]
        )
        cls.agreement = cls._create_agreement(partner_id=cls.acme.id)

    @classmethod
    def _row(cls, **vals):
        return cls.env["itsm.report.definition"].create(
            {
                "name": "Service report",
                "company_id": cls.company.id,
                "agreement_id": cls.agreement.id,
                "author_role_id": cls.role.id,
                "partner_ids": [Command.set(cls.person.ids)],
                **vals,
            }
        )

    def _duties(self, row):
        duties = self.env["itsm.duty"].search(
            [("definition_id", "=", row.duty_definition_id.id)], order="due_date"
        )
        return [(duty.period_start, duty.due_date) for duty in duties]

    def _generate(self, row, first="2026-01-01"):
        row.duty_definition_id.scope_ids.date_from = first
        row.duty_definition_id.action_generate()

    # === Duties ===

    def test_duties(self):
        """REP-10, CAL-10, CAL-01 to CAL-05: one duty for each row and period, due by
        the company's day or by the row's own; made twice, nothing twice."""
        cases = [
            # what is owed on 2026-07-20, worked out by hand: periods that are over
            # (10 May, 5 April and 5 July are Sundays, the company moves to Monday)
            ("month", 0, [(1, 10), (2, 10), (3, 10), (4, 11), (5, 10), (6, 10)]),
            ("month", 5, [(1, 5), (2, 5), (3, 6), (4, 5), (5, 5), (6, 6)]),
            ("quarter", 0, [(1, 10), (4, 10)]),
            ("half_year", 0, [(1, 15)]),
        ]
        for period, days, expected in cases:
            with self.subTest(period=period, days=days), freeze_time("2026-07-20"):
                row = self._row(period=period, deadline_days=days)
                self._generate(row, "2026-02-01")
                length = {"month": 1, "quarter": 3, "half_year": 6}[period]
                self.assertEqual(
                    self._duties(row),
                    [
                        (date(2026, month, 1), date(2026, month + length, day))
                        for month, day in expected
                    ],
                )
                self._generate(row, "2026-02-01")
                self.assertEqual(len(self._duties(row)), len(expected))

    def test_duty_year(self):
        """CAL-04: a yearly report is due on 20 January."""
        with freeze_time("2027-01-05"):
            row = self._row(period="year")
            self._generate(row, "2027-01-01")
        self.assertEqual(self._duties(row), [(date(2026, 1, 1), date(2027, 1, 20))])

    def test_quarter_is_a_quarter(self):
        """REP-03, A1: a quarterly report is made once a quarter, also where the company
        does other quarterly duties every month."""
        self.company.itsm_duty_quarter_months = "every"
        with freeze_time("2026-07-20"):
            row = self._row(period="quarter")
            self._generate(row, "2026-02-01")
        self.assertEqual(
            [start for start, _due in self._duties(row)],
            [date(2026, 1, 1), date(2026, 4, 1)],
        )

    def test_nothing_owed_out_of_force(self):
        """CAL-10: no report about a month in which the agreement was not in force."""
        with freeze_time("2026-03-20"):
            self.agreement.action_terminate()
        with freeze_time("2026-07-20"):
            row = self._row()
            self._generate(row, "2026-01-01")
        self.assertEqual(
            [start.month for start, _due in self._duties(row)],
            [1, 2, 3],
            "December 2025 lies before it, April after it",
        )

    def test_new_version_goes_on(self):
        """REP-13: reports go on under the next version of the agreement."""
        row = self._row()
        with freeze_time("2026-03-20"):
            action = self.agreement.action_new_version()
            newer = self.agreement.browse(action["res_id"])
            newer.action_activate()
        self.assertEqual(newer.report_definition_all_ids, row)
        with freeze_time("2026-07-20"):
            self._generate(row, "2026-02-01")
        self.assertEqual(len(self._duties(row)), 6)

    def test_duty_follows_row(self):
        """REP-10: author, day, name and archiving of the row are those of its duty; an
        archived row makes none."""
        row = self._row()
        rule = row.duty_definition_id
        self.assertEqual((rule.responsible, rule.role_id), ("role", self.role))
        self.assertEqual(rule.process_id.code, "REP")
        row.write({"author_id": self.lead.id, "deadline_days": 7, "name": "Other"})
        self.assertEqual(
            (rule.responsible, rule.user_id, rule.due_rule, rule.due_day, rule.name),
            ("user", self.lead, "day", 7, "Other"),
        )
        row.active = False
        self.assertFalse(rule.active)
        archived = self._row(active=False)
        self.assertFalse(archived.duty_definition_id)
        archived.active = True
        self.assertTrue(archived.duty_definition_id.active)

    def test_by_service_level_manager(self):
        """REP-10: who keeps agreements keeps the matrix; agents read it."""
        row = self._row().with_user(self.sla_manager)
        row.write({"deadline_days": 9})
        self.assertEqual(row.sudo().duty_definition_id.due_day, 9)
        self.assertEqual(self._row().with_user(self.agent).name, "Service report")
        with self.assertRaises(AccessError):
            row.with_user(self.agent).deadline_days = 1
        with self.assertRaises(AccessError):
            row.with_user(self.portal_user).read(["name"])

    def test_other_company(self):
        """Manners: rows of another company are not seen, agreements not mixed."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        row = self._row()
        foreign = new_test_user(
            self.env,
            "itsm-foreign-manager",
            "itsm_sla.itsm_group_sla_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        rows = self.env["itsm.report.definition"].with_user(foreign)
        self.assertNotIn(row.id, rows.search([]).ids)
        with self.assertRaises(AccessError):
            rows.browse(row.id).name = "Taken"
        with self.assertRaises(UserError):
            self._row(company_id=company.id)

    # === On time ===

    def test_on_time_rate(self):
        """REP-05, CAL-11: done in time of all that were done or are overdue."""
        with freeze_time("2026-07-20"):
            row = self._row()
            self._generate(row, "2026-02-01")
        duties = self.env["itsm.duty"].search(
            [("definition_id", "=", row.duty_definition_id.id)], order="due_date"
        )
        evidence = self.agreement  # any record
        for duty, day in zip(duties[:4], (9, 10, 11, 3), strict=True):
            # February's on 9 March … in time, in time, late, in time
            with freeze_time(f"2026-0{duty.due_date.month}-{day:02} 12:00"):
                row._close_duties(duty.period_start, evidence)
        with freeze_time("2026-07-20"):
            duties[4].action_waive("No report that month")
            row.invalidate_recordset()
            self.assertEqual(
                (row.duty_count, row.overdue_count), (5, 1), "waived is not counted"
            )
            self.assertAlmostEqual(row.on_time_rate, 3 / 5)
            self.assertEqual(row._as_matrix_row()["on_time"], "60 %")

    def test_close_once(self):
        """CAL-10: a revision does not do the duty again; another month's stays open."""
        with freeze_time("2026-03-05"):
            row = self._row()
            self._generate(row, "2026-02-01")
            first = row.with_user(self.agent)._close_duties(
                date(2026, 1, 1), self.agreement
            )
            self.assertEqual(first.sudo().done_by_id, self.agent)
            self.assertFalse(row._close_duties(date(2026, 1, 1), self.agreement))
            left = self.env["itsm.duty"].search(
                [
                    ("definition_id", "=", row.duty_definition_id.id),
                    ("state", "=", "open"),
                ]
            )
        self.assertEqual(left.period_start, date(2026, 2, 1))

    def test_rates_are_one_query(self):
        """Speed: the rates of fifty rows are one query, as those of one."""
        rows = self.env["itsm.report.definition"]
        for number in range(50):
            rows += self._row(name=f"Row {number}")
        self.env.flush_all()
        rows.invalidate_recordset()
        rows.mapped("duty_definition_id")
        with self.assertQueryCount(1):
            rows.mapped("on_time_rate")

    # === Bad input ===

    def test_audience(self):
        """REP-06, REP-14: an audience is named, and nobody of another customer is in
        it; internal reports reach colleagues only."""
        for vals in (
            {"partner_ids": [Command.clear()]},
            {"partner_ids": [Command.set(self.stranger.ids)]},
            {"family": "internal", "agreement_id": False},
            {"agreement_id": False},
            {
                "period": "quarter",  # and a document about a month
                "document_kind_id": self.env.ref("itsm_sla.itsm_document_kind_d08").id,
            },
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._row(**vals)
        self._row(partner_ids=[Command.set((self.person + self.lead.partner_id).ids)])
        self._row(
            family="internal",
            agreement_id=False,
            partner_ids=[Command.set(self.lead.partner_id.ids)],
        )
        row = self._row()
        with self.assertRaises(ValidationError):
            row.partner_ids += self.stranger

    def test_refused(self):
        """REP-06, REP-10: without an author, a purpose or with an impossible day."""
        for vals in (
            {"author_role_id": False},
            {"purpose": False},
            {"data_sources": False},
            {"deadline_days": 32},
            {"deadline_days": -1},
            {"author_id": self.lead.id, "approver_id": self.lead.id},
        ):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._row(**vals)
                self.env.flush_all()

    def test_people(self):
        """REP-10: a person goes before the role; holders of roles are audience."""
        row = self._row(audience_role_ids=[Command.set(self.role.ids)])
        self.assertEqual(row._people("author"), self.agent)
        self.assertEqual(row._audience(), self.person + self.agent.partner_id)
        row.author_id = self.lead
        self.assertEqual(row._people("author"), self.lead)
        self.assertFalse(row._people("reviewer"))

    def test_last_period_in_zone(self):
        """REP-01: past midnight in Shanghai the month is over, in UTC it is not."""
        row = self._row()
        self.agreement.sudo().env.cr.execute(
            "UPDATE itsm_agreement SET tz = 'Asia/Shanghai' WHERE id = %s",
            [self.agreement.id],
        )
        self.agreement.invalidate_recordset()
        with freeze_time("2026-03-31 16:30:00"):
            self.assertEqual(row._last_period().start, date(2026, 3, 1))
        with freeze_time("2026-03-31 15:30:00"):
            self.assertEqual(row._last_period().start, date(2026, 2, 1))

    # === Acceptance ===

    def test_acceptance(self):
        """REP-01: who of the customer accepted, when, where it is written down; a
        changed period is accepted again."""
        row = self._row().with_user(self.sla_manager)
        self.assertTrue(row.needs_acceptance)
        self.assertIn(row, row.search([("needs_acceptance", "=", True)]))
        wizard = (
            self.env["itsm.report.acceptance"]
            .with_user(self.sla_manager)
            .create(
                {
                    "definition_id": row.id,
                    "partner_id": self.person.id,
                    "note": "Mail of 3 March",
                }
            )
        )
        with freeze_time("2026-03-05 08:00:00"):
            wizard.action_accept()
        self.assertEqual(str(row.accepted_at), "2026-03-05 08:00:00")
        self.assertEqual(row.accepted_partner_id, self.person)
        self.assertEqual(row.accepted_user_id, self.sla_manager)
        self.assertFalse(row.needs_acceptance)
        self.assertIn(row, row.search([("needs_acceptance", "=", False)]))
        row.write({"sequence": 3, "approver_id": self.lead.id, "period": "month"})
        self.assertTrue(row.accepted_at, "nothing that he accepted has changed")
        with self.assertRaises(UserError):
            wizard.action_accept()  # accepted already
        row.period = "quarter"
        self.assertFalse(row.accepted_at or row.accepted_partner_id or row.accepted_way)
        self.assertIn("accepted again", row.message_ids[0].body)

    def test_acceptance_translated(self):
        """REP-01: the dialog of translations changes what was accepted as a form
        does, in whichever language; the same words again change nothing."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for name in ("name", "purpose", "data_sources"):
            with self.subTest(field=name):
                row = self._row(name=f"Row {name}").with_user(self.sla_manager)
                row._accept(self.person, "noted", "Mail")
                row.update_field_translations(name, {"en_US": row[name]})
                self.assertTrue(row.accepted_at)
                row.update_field_translations(name, {"zh_CN": "别的"})
                self.assertFalse(row.accepted_at)
                row._accept(self.person, "noted", "Mail")
                row.with_context(lang="zh_CN")[name] = "又是别的"
                self.assertFalse(row.accepted_at)

    def test_acceptance_refused(self):
        """REP-01: not by a stranger, not written by hand, not for internal reports."""
        row = self._row()
        with self.assertRaises(UserError):
            row._accept(self.stranger, "noted", "x")
        for vals in (
            {"accepted_at": "2026-01-01 00:00:00"},
            {"accepted_partner_id": self.person.id},
        ):
            with self.assertRaises(AccessError):
                row.with_user(self.sla_manager).write(vals)
            with self.assertRaises(AccessError):
                self._row(**vals)
        internal = self._row(
            family="internal",
            agreement_id=False,
            partner_ids=[Command.clear()],
            audience_role_ids=[Command.set(self.role.ids)],
        )
        self.assertFalse(internal.needs_acceptance)
        with self.assertRaises(UserError):
            internal._accept(self.person, "noted", "x")
        wizard = self.env["itsm.report.acceptance"].with_user(self.agent)
        with self.assertRaises(AccessError):
            wizard.create(
                {"definition_id": row.id, "partner_id": self.person.id, "note": "x"}
            )

    # === Shipped ===

    def test_shipped(self):
        """REP-12, REP-16, REP-17, REP-25: the four families and the monthly reports
        are shipped, archived, so that nobody is asked for anything."""
        rows = self.env["itsm.report.definition"].with_context(active_test=False)
        data = self.env["ir.model.data"].search(
            [("module", "=", "itsm_sla"), ("model", "=", "itsm.report.definition")]
        )
        shipped = rows.browse(data.mapped("res_id"))
        self.assertLessEqual(
            {"sla", "supplier", "kpi", "improvement", "internal"},
            set(shipped.mapped("family")),
        )
        kinds = set(shipped.document_kind_id.mapped("code"))
        self.assertLessEqual({"D08", "D09", "D15", "D45", "IMPR"}, kinds)
        for row in shipped:
            self.assertTrue(row.purpose and row.data_sources and row.author_role_id)
