# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.itsm_base.models import itsm_kpi_value_drill
from odoo.addons.itsm_base.tools import guard

from .kpi_common import KpiCommon

APRIL = date(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestKpiMeasure(KpiCommon):
    """The shipped KPIs that need only tickets, against figures worked out by hand.

    Incidents, times of Shanghai (UTC+8); what is not in a column does not matter:

    ==== =========== =========== ==== ============ ======== ======================
    no   reported    solved      line closing code reopened counts for March in
    ==== =========== =========== ==== ============ ======== ======================
    1    02-20 09:00 03-02 10:00 1    solved       0        K43 yes, K44 yes, K45 no
    2    03-03 09:00 03-03 12:00 1    not solved   1        K43 no,  K44 no,  K45 yes
    3    03-03 09:00 03-31 23:30 2    workaround   0        K43 no,  K44 yes, K45 no
    4    03-04 09:00 04-01 00:10 1    solved       0        April
    5    03-05 09:00 03-06 09:00 1    none         2        K43 yes, K44 no,  K45 yes
    6    03-30 09:00 –           1    –            0        open
    7    01-10 09:00 –           2    –            0        open
    8    03-10 09:00 cancelled   1    –            0        cancelled on 03-12
    9    03-11 09:00 03-11 10:00 1    solved       0        duplicate
    10   03-11 09:00 03-11 10:00 1    solved       0        imported history
    ==== =========== =========== ==== ============ ======== ======================

    Solved in March: 1, 2, 3, 5. Open at the end of March (April 1st, 00:00): 4, 6, 7.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        code = {
            name: cls.env.ref(f"itsm_base.itsm_closing_code_{name}").id
            for name in ("solved", "not_solved", "workaround")
        }
        code["none"] = False
        rows = {
            1: ("2026-02-20 09:00", "2026-03-02 10:00", "1", "solved", 0),
            2: ("2026-03-03 09:00", "2026-03-03 12:00", "1", "not_solved", 1),
            3: ("2026-03-03 09:00", "2026-03-31 23:30", "2", "workaround", 0),
            4: ("2026-03-04 09:00", "2026-04-01 00:10", "1", "solved", 0),
            5: ("2026-03-05 09:00", "2026-03-06 09:00", "1", "none", 2),
            6: ("2026-03-30 09:00", False, "1", "none", 0),
            7: ("2026-01-10 09:00", False, "2", "none", 0),
            9: ("2026-03-11 09:00", "2026-03-11 10:00", "1", "solved", 0),
            10: ("2026-03-11 09:00", "2026-03-11 10:00", "1", "solved", 0),
        }
        cls.tickets = {
            no: cls._past_ticket(
                "resolved" if solved else "open",
                reported_at=reported,
                resolved_at=solved,
                support_line=line,
                closing_code_id=code[closing],
                reopened_count=reopened,
                is_history=no == 10,
            )
            for no, (reported, solved, line, closing, reopened) in rows.items()
        }
        cls.tickets[8] = cls._past_ticket(
            "cancelled",
            reported_at="2026-03-10 09:00",
            closed_date=cls.utc("2026-03-12 09:00"),
        )
        cls.tickets[9].duplicate_id = cls.tickets[1]
        cls.env.flush_all()

    def _check(self, code, numerator, denominator, value, start=None):
        kpi = self._shipped(code)
        start = start or date(2026, 3, 1)
        self._compute(kpi, start, start)
        found = self._figure(kpi, start)
        self.assertEqual(found[:2], (numerator, denominator))
        if value is None:
            self.assertIsNone(found[2])
        else:
            self.assertAlmostEqual(found[2], value, places=9)
        return self._value(kpi, start)

    def _assert_drilled(self, value, part, numbers):
        expected = self.env["helpdesk.ticket"].union(
            *(self.tickets[no] for no in numbers)
        )
        self.assertEqual(self._drilled(value, part), expected)

    def test_first_line(self):
        """K43: 1 and 5 of 1, 2, 3, 5; drill-down finds exactly these."""
        value = self._check("K43", 2, 4, 50.0)
        self._assert_drilled(value, "numerator", (1, 5))
        self._assert_drilled(value, "denominator", (1, 2, 3, 5))

    def test_solved(self):
        """K44: 1 and 3 of four; without a closing code it does not count as solved."""
        value = self._check("K44", 2, 4, 50.0)
        self._assert_drilled(value, "numerator", (1, 3))

    def test_reopened(self):
        """K45: 2 and 5 of four, however often."""
        value = self._check("K45", 2, 4, 50.0)
        self._assert_drilled(value, "numerator", (2, 5))

    def test_backlog(self):
        """K46: open at the end of March 4, 6, 7; of February 1 and 7; by age."""
        value = self._check("K46.1", 3, 0, 3.0)
        self._assert_drilled(value, "numerator", (4, 6, 7))
        # 4 is 27 days old, 7 since January, 6 less than two days
        self._check("K46.2", 2, 0, 2.0)
        self._check("K46.3", 1, 0, 1.0)
        value = self._check("K46.1", 2, 0, 2.0, date(2026, 2, 1))
        self._assert_drilled(value, "numerator", (1, 7))

    def test_backlog_of_what_was_cancelled_later(self):
        """K46: 8 was open on March 11th and is cancelled since the 12th."""
        kpi = self._kpi(measure="backlog", unit="count", period="day")
        self._compute(kpi, date(2026, 3, 11), date(2026, 3, 12))
        # the 11th: 3, 4, 7, 8; the 12th: 3, 4, 7
        self.assertEqual(self._figure(kpi, date(2026, 3, 11))[0], 4)
        self.assertEqual(self._figure(kpi, date(2026, 3, 12))[0], 3)

    def test_backlog_of_today(self):
        """K46: while the period lasts, what is open now counts."""
        kpi = self._shipped("K46.1")
        self._compute(kpi, APRIL, APRIL, now="2026-04-05 02:00:00")
        self.assertEqual(self._figure(kpi, APRIL)[0], 2)  # 6 and 7; 4 is solved

    def test_no_data(self):
        """Design, Manners: nothing measured is no data, with a reason, never 100 %."""
        value = self._check("K43", 0, 0, None, date(2026, 2, 1))
        self.assertEqual(value.status, "no_data")
        self.assertEqual(value.value_text, "No data")
        self.assertEqual(value.no_data_reason, "nothing")

    def test_zero_is_a_figure(self):
        """K46: nothing open is zero, which is data."""
        self._check("K46.1", 0, 0, 0.0, date(2025, 12, 1))

    def test_history_on_request(self):
        """Design, Manners: imported tickets count only if the definition says so."""
        kpi = self._kpi(with_history=True)
        self._compute(kpi)
        self.assertEqual(self._figure(kpi)[:2], (3, 5))  # with 10

    def test_archived_counts(self):
        """REP-30: archiving a ticket makes no figure better."""
        self.tickets[2].active = False
        value = self._check("K43", 2, 4, 50.0)
        self._assert_drilled(value, "denominator", (1, 2, 3, 5))

    def test_answered_within(self):
        """K49: requests reported in March, answered within 24 hours on the wall.

        a after 24:00:00 exactly: yes; b one second later: no; c solved without an
        answer after an hour: yes; d never: no; e reported an hour ago: not yet.
        """
        rows = (
            ("2026-03-06 15:00", "2026-03-07 15:00:00", False),
            ("2026-03-06 15:00", "2026-03-07 15:00:01", False),
            ("2026-03-06 15:00", False, "2026-03-06 16:00"),
            ("2026-03-06 15:00", False, False),
        )
        for reported, answered, solved in rows:
            self._past_ticket(
                "resolved" if solved else "open",
                itsm_kind="request",
                reported_at=reported,
                first_response_at=answered,
                resolved_at=solved,
            )
        value = self._check("K49", 2, 4, 50.0)
        self.assertEqual(len(self._drilled(value, "numerator")), 2)
        self.assertEqual(value.status, "bad")  # 60 % would be a warning
        self._past_ticket("open", itsm_kind="request", reported_at="2026-04-05 09:00")
        kpi = self._shipped("K49")
        self._compute(kpi, APRIL, APRIL)
        self.assertIsNone(self._figure(kpi, APRIL)[2])

    def test_complete(self):
        """K75: one of six tickets has all that a complete ticket needs."""
        full = {
            "service_id": self.service.id,
            "impact": "2",
            "urgency": "2",
            "user_id": self.agent.id,
            "closing_code_id": self.closing_code.id,
        }
        times = {"reported_at": "2026-03-20 09:00", "resolved_at": "2026-03-20 10:00"}
        good = self._past_ticket(**full, **times)
        self._past_ticket(**{**full, "user_id": False}, **times, itsm_kind="request")
        value = self._check("K75", 1, 6, 100 / 6)
        self.assertEqual(self._drilled(value, "numerator"), good)
        self.assertEqual(value.value_text, "16.6 %")  # cut off

    def test_filter_of_tickets(self):
        """REP-30: a definition counts only some tickets, by a domain, no Python."""
        self.tickets[1].service_id = self.tickets[2].service_id = self.service
        kpi = self._kpi(ticket_filter=f"[('service_id', '=', {self.service.id})]")
        self._compute(kpi)
        self.assertEqual(self._figure(kpi)[:2], (1, 2))
        value = self._value(kpi)
        self._assert_drilled(value, "denominator", (1, 2))

    def test_filter_is_read_as_its_author(self):
        """Design, Manners: what a definition asks for is read with its author's rights.

        Portal users see no ticket that is not theirs; neither does their filter.
        """
        kpi = self._kpi(ticket_filter="[('support_line', '=', '1')]")
        self._compute(kpi)
        self.assertEqual(self._figure(kpi)[:2], (2, 3))
        self.assertEqual(kpi.filter_user_id, self.env.user)
        kpi.filter_user_id = self.manager  # not writable
        self.assertEqual(kpi.filter_user_id, self.env.user)
        kpi.with_user(self.manager).ticket_filter = "[('support_line', '!=', '9')]"
        self.assertEqual(kpi.filter_user_id, self.manager)
        # who may see only tickets of his own team
        few = self._create_user("kpi-few", "helpdesk_mgmt.group_helpdesk_user_team")
        self.team_2.user_ids = [Command.link(few.id)]
        self.tickets[3].team_id = self.team_2
        self.env.cr.execute(
            "UPDATE itsm_kpi SET filter_user_id = %s WHERE id = %s", [few.id, kpi.id]
        )
        kpi.invalidate_recordset()
        self._compute(kpi)
        self.assertEqual(self._figure(kpi)[:2], (0, 1))

    def test_duty_on_time(self):
        """CAL-10: of the duties due in March: one in time, one late, one overdue.

        Waived ones are left out; what is due on the last day belongs to March.
        """
        definition = self.env["itsm.duty.definition"].create(
            {
                "name": "Test",
                "period": "day",
                "active": False,
                "responsible": "user",
                "user_id": self.lead.id,
            }
        )
        rows = (
            ("2026-03-10", "done", "2026-03-10 23:59"),
            ("2026-03-31", "done", "2026-04-01 00:00"),
            ("2026-03-20", "open", False),
            ("2026-03-21", "waived", False),
            ("2026-04-01", "done", "2026-03-30 09:00"),
        )
        duties = guard.with_token(self.env["itsm.duty"].sudo())
        for index, (due, state, done) in enumerate(rows):
            duties.create(
                {
                    "definition_id": definition.id,
                    "company_id": self.company.id,
                    "period": "day",
                    "period_start": date(2026, 1, index + 1),
                    "period_end": date(2026, 1, index + 1),
                    "work_start": due,
                    "due_date": due,
                    "due_at": self.utc(f"{due} 23:59:59").replace(microsecond=0),
                    "state": state,
                    "done_at": self.utc(done),
                }
            )
        # due until midnight
        self.env.cr.execute(
            "UPDATE itsm_duty SET due_at = due_at + interval '1 second'"
            " WHERE definition_id = %s AND period_start < '2026-01-06'",
            [definition.id],
        )
        kpi = self._kpi(measure="duty_on_time")
        self._compute(kpi)
        found = self._figure(kpi)
        self.assertEqual(found[:2], (1, 3))

    def test_rules_broken(self):
        """RULE, MS-29: findings of the month, whatever became of them; those of the
        company, from midnight to midnight; who may not read them finds none."""
        other = self.env["res.company"].create({"name": "Other"})
        rule = self.env["itsm.enforcement.rule"].create(
            {"code": "test_kpi", "name": "Test", "description": "Stops tests."}
        )
        rows = (
            ("2026-02-28 23:59:59", "blocked", self.company),
            ("2026-03-01 00:00:00", "recorded", self.company),
            ("2026-03-15 09:00:00", "warned", self.company),
            ("2026-03-31 23:59:59", "blocked", self.company),
            ("2026-04-01 00:00:00", "blocked", self.company),
            ("2026-03-15 09:00:00", "blocked", other),
        )
        modes = {"recorded": "record", "warned": "warn", "blocked": "block"}
        findings = guard.with_token(self.env["itsm.enforcement.finding"].sudo()).create(
            [
                {
                    "rule_id": rule.id,
                    "rule_code": rule.code,
                    "company_id": company.id,
                    "res_model": "helpdesk.ticket",
                    "res_id": self.tickets[1].id,
                    "user_id": self.agent.id,
                    "time": self.utc(wall),
                    "mode": modes[outcome],
                    "outcome": outcome,
                }
                for wall, outcome, company in rows
            ]
        )
        kpi = self._shipped("RULE")
        self._compute(kpi, companies=self.company | other)
        self.assertEqual(self._figure(kpi), (3, 0, 3.0))
        self.assertEqual(self._figure(kpi, company=other), (1, 0, 1.0))
        value = self._value(kpi)
        self.assertEqual(
            set(self._drilled(value, "numerator").ids), set(findings[1:4].ids)
        )
        self._compute(kpi, date(2026, 1, 1), date(2026, 1, 1))
        self.assertEqual(self._figure(kpi, date(2026, 1, 1)), (0, 0, 0.0))

    def test_drill_equals_figure(self):
        """REP-30: of a period that is open the figure is read again with its records;
        a frozen one keeps its figure."""
        kpi = self._shipped("K43")
        self._compute(kpi)
        value = self._value(kpi)
        self.tickets[3].support_line = "1"
        with freeze_time("2026-04-06 02:00:00"):
            found = self._drilled(value, "numerator")
        self.assertEqual(len(found), 3)
        self.assertEqual((value.numerator, value.denominator), (3, 4))
        self._compute(kpi, now="2026-05-01 02:00:00")
        self.tickets[3].support_line = "2"
        with freeze_time("2026-05-02 02:00:00"):
            self.assertEqual(len(self._drilled(value, "numerator")), 2)
        self.assertEqual(value.numerator, 3)

    def test_drill_of_many(self):
        """REP-30: a list that is not all of it says so."""
        self.patch(itsm_kpi_value_drill, "DRILL_LIMIT", 3)
        kpi = self._shipped("K43")
        self._compute(kpi)
        value = self._value(kpi)
        with freeze_time("2026-04-05 02:00:00"):
            action = value.action_drill_denominator()
            self.assertEqual(len(self._drilled(value, "denominator")), 3)
            self.assertIn("the first 3", action["name"])
            self.assertNotIn("first", value.action_drill_numerator()["name"])

    def test_one_query_for_all_periods(self):
        """Speed: 75 months of a KPI cost as many queries as three: one statement."""
        kpi = self._shipped("K43")
        with freeze_time("2026-04-05 02:00:00"):
            companies = self.company
            plans = [
                kpi._kpi_plan(companies, date(year, 1, 1), date(2026, 3, 31), now)[kpi]
                for year, now in (
                    (2026, self.utc("2026-04-05 10:00")),
                    (2020, self.utc("2026-04-05 10:00")),
                )
            ]
        counts = []
        for plan in plans[:1] + plans:  # the first warms the caches up
            self.env.invalidate_all()
            kpi.read(["measure"])  # the definition is read before
            before = self.env.cr.sql_log_count
            kpi.sudo()._kpi_figures(plan)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([len(plan) for plan in plans], [3, 75])
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 4)  # the statement, its savepoint
