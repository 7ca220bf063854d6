# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import BAD, GOOD, WARNING, cut, judge, share

from .kpi_common import KpiCommon

JANUARY, FEBRUARY, APRIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)
MARCH = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestKpiJudgement(KpiCommon):
    """Figures are judged unrounded and shown cut off (design, Manners, periods)."""

    def test_judge(self):
        """REP-30: exactly the target is good; no worse than the warning level warns."""
        for value, direction, target, warning, expected in (
            (95.0, "up", 95.0, 90.0, GOOD),
            (94.999999999, "up", 95.0, 90.0, WARNING),
            (90.0, "up", 95.0, 90.0, WARNING),
            (89.999999999, "up", 95.0, 90.0, BAD),
            (5.0, "down", 5.0, 8.0, GOOD),
            (5.0000001, "down", 5.0, 8.0, WARNING),
            (8.1, "down", 5.0, 8.0, BAD),
            (1.0, "up", None, None, "no_target"),
            (1.0, "none", 5.0, 5.0, "no_target"),
            (None, "up", 95.0, 90.0, "no_data"),
            # 19 of 20 are 95 %, 57 of 60 too: no float stands in between
            (share(19, 20).value, "up", 95.0, 95.0, GOOD),
            (share(57, 60).value, "up", 95.0, 95.0, GOOD),
            (share(999, 1000).value, "up", 99.9, 99.9, GOOD),
            (share(9989, 10000).value, "up", 99.9, 99.9, BAD),
        ):
            with self.subTest(value=value, direction=direction):
                self.assertEqual(judge(value, direction, target, warning), expected)

    def test_cut(self):
        """94.96 % is not 95 %; where less is better 5.04 % is not 5 %."""
        self.assertEqual(str(cut(94.96, 1)), "94.9")
        self.assertEqual(str(cut(94.96, 0)), "94")
        self.assertEqual(str(cut(28.7, 1)), "28.7")  # 28.699999999999999 as a float
        self.assertEqual(str(cut(5.04, 1, "down")), "5.1")
        self.assertEqual(str(cut(5.0, 1, "down")), "5.0")
        self.assertEqual(str(cut(-1.25, 1)), "-1.3")

    def test_shown(self):
        """REP-30: 2848 of 2999 are 94.96 %: shown as 94.9 %, short of 95."""
        kpi = self._kpi(has_target=True, target=95, warning=95)
        with freeze_time("2026-04-05"):
            value = guard.with_token(self.env["itsm.kpi.value"]).create(
                {
                    "kpi_id": kpi.id,
                    "period_start": MARCH,
                    "period_end": date(2026, 3, 31),
                    **kpi._prepare_figure(share(2848, 2999)),
                }
            )
        self.assertEqual(value.value_text, "94.9 %")
        self.assertEqual(value.status, "bad")
        self.assertEqual(value.period_label, "2026-03")


@tagged("post_install", "-at_install")
class TestKpiValue(KpiCommon):
    """Periods, freezing, revisions, trend, entering by hand (REP-30, REP-34)."""

    def _solved(self, wall, line="1", **vals):
        return self._past_ticket(
            reported_at="2026-01-01 08:00",
            resolved_at=wall,
            support_line=line,
            **vals,
        )

    # === Periods ===

    def test_two_companies_two_zones(self):
        """Design, periods: 23:30 on the last of the month belongs to that month in the
        company's zone, whatever the other company's month is at that moment."""
        other = self.env["res.company"].create({"name": "New York"})
        other.resource_calendar_id.tz = "America/New_York"
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "NY", "company_id": other.id}
        )
        kpi = self._kpi()
        self._solved("2026-03-31 23:30")  # 15:30 UTC
        self._past_ticket(
            zone="America/New_York",
            reported_at="2026-01-01 08:00",
            resolved_at="2026-03-31 23:30",  # April 1st, 03:30 UTC
            team_id=team.id,
            company_id=other.id,
            stage_id=self.env.ref("itsm_base.helpdesk_ticket_stage_resolved").id,
            partner_id=False,
        )
        # the same instant in Shanghai is the 1st of April, 11:30
        self._solved("2026-04-01 11:30")
        self._compute(kpi, MARCH, APRIL, companies=self.company | other)
        self.assertEqual(self._figure(kpi, MARCH)[:2], (1, 1))
        self.assertEqual(self._figure(kpi, APRIL)[:2], (1, 1))
        self.assertEqual(self._figure(kpi, MARCH, other)[:2], (1, 1))
        self.assertEqual(self._figure(kpi, APRIL, other)[:2], (0, 0))

    def test_no_period_of_the_future(self):
        """REP-30: the present period is the last; it starts by the company's clock."""
        kpi = self._kpi()
        # March 31st, 17:00 UTC is April 1st in Shanghai
        self._compute(kpi, FEBRUARY, date(2026, 12, 31), now="2026-03-31 17:00:00")
        starts = self.env["itsm.kpi.value"].search([("kpi_id", "=", kpi.id)])
        self.assertEqual(set(starts.mapped("period_start")), {FEBRUARY, MARCH, APRIL})

    def test_other_periods(self):
        """REP-30: weeks, quarters, half-years and years are cut where they begin."""
        for kind, start, label in (
            ("day", date(2026, 3, 2), "2026-03-02"),
            ("week", date(2026, 3, 2), "2026-W10"),
            ("quarter", date(2026, 1, 1), "2026 Q1"),
            ("half", date(2026, 1, 1), "2026 H1"),
            ("year", date(2026, 1, 1), "2026"),
        ):
            with self.subTest(kind=kind):
                kpi = self._kpi(f"P-{kind}", period=kind)
                day = date(2026, 3, 2)
                self._compute(kpi, day, day)
                value = self._value(kpi, start)
                self.assertEqual(value.period_label, label)

    def test_new_kpi_starts_with_the_previous_period(self):
        """REP-30: without dates the previous and the present period; later the rest."""
        kpi = self._kpi()
        with freeze_time("2026-02-05 02:00:00"):
            kpi._compute_values()
        values = self.env["itsm.kpi.value"].search([("kpi_id", "=", kpi.id)])
        mine = values.filtered(lambda v: v.company_id == self.company)
        self.assertEqual(set(mine.mapped("period_start")), {JANUARY, FEBRUARY})
        # The server stood still until the 20th of April.
        with freeze_time("2026-04-20 02:00:00"):
            kpi._compute_values()
        mine = self.env["itsm.kpi.value"].search(
            [("kpi_id", "=", kpi.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            {value.period_start: value.frozen for value in mine},
            {JANUARY: True, FEBRUARY: True, MARCH: True, APRIL: False},
        )

    # === Frozen ===

    def test_frozen(self):
        """Design, periods: a figure follows its records until it is frozen, ten days
        after its period; then it is left alone."""
        kpi = self._kpi(freeze_days=10)
        self._solved("2026-03-10 09:00")
        self._compute(kpi, now="2026-04-10 15:59:00")  # the 10th, 23:59 in Shanghai
        self.assertFalse(self._value(kpi).frozen)
        self._solved("2026-03-10 09:00", "2")
        self._compute(kpi, now="2026-04-10 15:59:30")
        self.assertEqual(self._figure(kpi), (1, 2, 50.0))
        self._compute(kpi, now="2026-04-10 16:00:00")
        value = self._value(kpi)
        self.assertTrue(value.frozen)
        self.assertEqual(value.computed_at, datetime(2026, 4, 10, 16))
        self._solved("2026-03-10 09:00", "2")
        self._compute(kpi, now="2026-05-10 16:00:00")
        self.assertEqual(self._figure(kpi), (1, 2, 50.0))
        self.assertEqual(value.computed_at, datetime(2026, 4, 10, 16))

    def test_target_that_was_true_then(self):
        """REP-30: a frozen value keeps the target it was compared with."""
        kpi = self._kpi(has_target=True, target=50, warning=50)
        self._solved("2026-03-10 09:00")
        self._solved("2026-03-10 09:00", "2")
        self._compute(kpi)
        kpi.target = kpi.warning = 60
        self._compute(kpi)
        self.assertEqual(self._value(kpi).status, "bad")
        self._compute(kpi, now="2026-05-01 02:00:00")
        kpi.target = kpi.warning = 40
        self._compute(kpi, now="2026-05-02 02:00:00")
        self.assertEqual(self._value(kpi).status, "bad")
        self.assertEqual(self._value(kpi).target, 60)

    def test_twice_changes_nothing(self):
        """REP-30: computing again gives the same rows; nobody is told."""
        kpi = self._kpi()
        self._solved("2026-03-10 09:00")
        messages = self.env["mail.message"].search_count([])
        self._compute(kpi)
        first = self._value(kpi).read()
        self._compute(kpi)
        self.assertEqual(self._value(kpi).read(), first)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_revision(self):
        """Design, periods: a correction is the next revision, with its reason."""
        kpi = self._kpi()
        self._solved("2026-03-10 09:00")
        self._compute(kpi, now="2026-05-01 02:00:00")
        old = self._value(kpi)
        self._solved("2026-03-10 09:00", "2")
        wizard = self.env["itsm.kpi.correction"].create(
            {"value_id": old.id, "reason": "A ticket was entered late"}
        )
        with freeze_time("2026-05-02 02:00:00"):
            wizard.action_apply()
        new = self._value(kpi)
        self.assertEqual((new.revision, new.value, new.frozen), (2, 50.0, True))
        self.assertEqual(new.note, "A ticket was entered late")
        self.assertEqual((old.value, old.revision, old.is_latest), (100.0, 1, False))
        with self.assertRaises(UserError):
            old._correct("Again")

    def test_open_value_is_not_corrected(self):
        """REP-30: what is not frozen follows the records; correcting it is refused."""
        kpi = self._kpi()
        self._compute(kpi)
        with self.assertRaisesRegex(UserError, "follows the records"):
            self._value(kpi)._correct("Why not")

    def test_evidence(self):
        """Design, evidence: nobody writes figures; not with sudo, not by import."""
        kpi = self._kpi()
        self._compute(kpi)
        value = self._value(kpi)
        for vals in (
            {"value": 100.0},
            {"status": "good"},
            {"frozen": True},
            {"note": "x", "revision": 3},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                value.sudo().write(vals)
        value.note = "Two big outages"
        self.assertEqual(value.note, "Two big outages")
        with self.assertRaises(AccessError):
            value.sudo().unlink()
        with self.assertRaisesRegex(ValidationError, "is computed"):
            self.env["itsm.kpi.value"].create(
                {"kpi_id": kpi.id, "period_start": MARCH, "value": 1, "note": "x"}
            )

    def test_kpi_with_values_is_kept(self):
        """Design, evidence: a KPI with values is archived; its period stays."""
        kpi = self._kpi()
        self._compute(kpi)
        with self.assertRaises(UserError):
            kpi.unlink()
        with self.assertRaises(UserError):
            kpi.period = "week"
        kpi.active = False
        self._kpi("T2").unlink()

    # === Trend ===

    def test_trend(self):
        """REP-30: against the period before, better or worse by direction."""
        up, down = self._kpi("UP"), self._kpi("DN", direction="down")
        self._solved("2026-02-10 09:00", "2")
        self._solved("2026-03-10 09:00")
        self._compute(up | down, JANUARY, APRIL)
        for kpi, expected in ((up, "better"), (down, "worse")):
            self.assertEqual(self._value(kpi, MARCH).trend, expected)
            self.assertEqual(self._value(kpi, MARCH).previous_text, "0.0 %")
            self.assertEqual(self._value(kpi, FEBRUARY).trend, "none")
            self.assertEqual(self._value(kpi, APRIL).trend, "none")

    def test_latest(self):
        """REP-30: a KPI shows the last period that has ended, and its curve."""
        kpi = self._kpi()
        self._solved("2026-03-10 09:00")
        self._compute(kpi, FEBRUARY, APRIL)
        with freeze_time("2026-04-05 02:00:00"):
            self.assertEqual(kpi.latest_period, "2026-03")
            self.assertEqual(kpi.latest_text, "100.0 %")
            self.assertIn("2026-03", kpi.curve)
            self.assertNotIn("2026-02", kpi.curve)  # no data

    # === By hand ===

    def _enter(self, kpi, user=None, **vals):
        vals = {"kpi_id": kpi.id, "period_start": "2026-03-17", "note": "PBX", **vals}
        return self.env["itsm.kpi.value"].with_user(user or self.manager).create(vals)

    def test_enter(self):
        """REP-30, K72: entered with a note, any day of the period, by the ratio."""
        kpi = self._shipped("K72")
        value = self._enter(kpi, numerator=1139, denominator=1200)
        self.assertEqual(value.period_start, MARCH)
        self.assertEqual(value.period_end, date(2026, 3, 31))
        self.assertEqual(value.value_text, "94.9 %")  # 94.916…
        self.assertTrue(value.manual)
        self.assertEqual(value.user_id, self.manager)
        self.assertFalse(value.frozen)
        with self.assertRaisesRegex(ValidationError, "needs a Note"):
            self._enter(kpi, period_start="2026-02-01", numerator=1, note=" ")
        value.with_user(self.manager).write({"numerator": 1140})
        self.assertEqual(value.value_text, "95.0 %")

    def test_enter_zero_calls(self):
        """Issue 4, bad input: dividing by zero is no data with a reason, no error."""
        for code, text in (("K72", "No data"), ("K76", "No data")):
            value = self._enter(self._shipped(code), numerator=0, denominator=0)
            self.assertEqual((value.value_text, value.status), (text, "no_data"))
            self.assertEqual(value.no_data_reason, "nothing")
        # K47 is computed where the service desk is installed
        kpi = self._kpi("T47", source="manual", measure=False, unit="count", digits=0)
        value = self._enter(kpi, value=0)
        self.assertEqual((value.value_text, value.no_data), ("0", False))

    def test_talk_time(self):
        """K76: minutes divided by calls, not a percentage."""
        value = self._enter(self._shipped("K76"), numerator=930, denominator=200)
        self.assertEqual(value.value, 4.65)
        self.assertEqual(value.status, "no_target")

    def test_import_list(self):
        """K72, K74, K76: a list is imported; importing it twice changes nothing."""
        names = ["kpi_id", "period_start", "numerator", "denominator", "note"]
        rows = [
            ["K72 Call answer rate", "2026-01-15", "90", "100", "PBX January"],
            ["K72", "2026-02-15", "80", "100", "PBX February"],
            ["Mean talk time", "2026-02-28", "500", "100", "PBX February"],
        ]
        values = self.env["itsm.kpi.value"].with_user(self.manager)
        count = values.search_count([])
        for _time in range(2):
            result = values.load(names, rows)
            self.assertFalse(result["messages"])
            self.assertEqual(values.search_count([]), count + 3)
        found = self._value(self._shipped("K72"), FEBRUARY)
        self.assertEqual((found.value, found.revision), (80.0, 1))
        rows[1][2] = "81"
        values.load(names, rows)
        self.assertEqual(found.value, 81.0)

    def test_waiting_row(self):
        """REP-30: the nightly run prepares what is to be entered; it is then filled."""
        kpi = self._kpi("T47", source="manual", measure=False, unit="count", digits=0)
        with freeze_time("2026-04-05 02:00:00"):
            kpi._compute_values()
            value = self._value(kpi)
            self.assertEqual(value.no_data_reason, "waiting")
            value.with_user(self.manager).write({"value": 3, "note": "Three outages"})
            self.assertEqual((value.value_text, value.no_data_reason), ("3", False))
            kpi._compute_values()
        self.assertEqual(value.value, 3)
        with freeze_time("2026-04-20 02:00:00"):
            kpi._compute_values()
            self.assertTrue(value.frozen)
            with self.assertRaisesRegex(UserError, "is frozen"):
                value.with_user(self.manager).write({"value": 4})
            # entered again, as by an import: the next revision
            new = self._enter(kpi, value=4, note="One more was found")
        self.assertEqual((new.revision, new.value, new.is_latest), (2, 4.0, True))
        self.assertEqual((value.value, value.is_latest), (3.0, False))

    # === Failures ===

    def test_measure_that_fails(self):
        """Design: one bad definition stops no other; the value says so."""
        good, bad = self._kpi("G"), self._kpi("B")
        self.env.cr.execute(
            "UPDATE itsm_kpi SET measure = 'gone' WHERE id = %s", [bad.id]
        )
        bad.invalidate_recordset()
        self._solved("2026-03-10 09:00")
        with mute_logger("odoo.addons.itsm_base.models.itsm_kpi_compute"):
            self._compute(bad | good)
        self.assertEqual(self._figure(good)[2], 100.0)
        self.assertEqual(self._value(bad).no_data_reason, "failed")

    def test_definition(self):
        """REP-30, bad input: each mistake in a definition is named with its remedy."""
        for vals, text in (
            ({"measure": False}, "choose the Measure"),
            ({"has_target": True, "target": 95, "warning": 99}, "better than the"),
            ({"ticket_filter": "import os"}, "cannot be read"),
            ({"ticket_filter": "[('no_such_field', '=', 1)]"}, "cannot be read"),
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(ValidationError) as caught:
                    self._kpi("BAD", **vals)
                self.assertIn(text, str(caught.exception))
        kpi = self._kpi("W", has_target=True, target=95)
        self.assertEqual(kpi.warning, 95)
        self.assertEqual(kpi.target_text, "≥ 95 %")

    # === Speed ===

    def test_list_queries(self):
        """Speed: a list of values costs the same queries, whatever the number."""
        kpi = self._kpi(period="day")
        self._compute(kpi, date(2026, 1, 1), date(2026, 3, 31))
        values = self.env["itsm.kpi.value"].search([("kpi_id", "=", kpi.id)])
        self.assertEqual(len(values), 90)
        spec = {
            name: {}
            for name in ("value_text", "status", "trend", "period_label", "can_drill")
        } | {"kpi_id": {"fields": {"display_name": {}}}}
        counts = []
        for records in values, values[:2], values:  # the first warms the caches up
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_read(spec)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_card_queries(self):
        """Speed: cards of KPIs cost the same queries, whatever the number."""
        kpis = self.env["itsm.kpi"].search([("source", "=", "computed")])
        self._compute(kpis, JANUARY, MARCH)
        counts = []
        for records in kpis, kpis[-2:], kpis:  # the first warms the caches up
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.web_read(
                {
                    "latest_text": {},
                    "latest_status": {},
                    "latest_trend": {},
                    "curve": {},
                }
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
