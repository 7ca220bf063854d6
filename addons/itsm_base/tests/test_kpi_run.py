# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .kpi_common import KpiCommon

MONTHS = [date(2026, month, 1) for month in range(1, 7)]


@tagged("post_install", "-at_install")
class TestKpiRun(KpiCommon):
    """On demand, every night, and what follows from a KPI that stays short."""

    def _job(self, user=None, **vals):
        vals = {"date_from": "2026-01-01", "date_to": "2026-03-31", **vals}
        with freeze_time("2026-04-05 02:00:00"):
            return (
                self.env["itsm.kpi.computation"]
                .with_user(user or self.manager)
                .create(vals)
            )

    def test_on_demand(self):
        """Issue 4, design 9: a range of dates is computed as a run; twice the same."""
        kpis = self._kpi("R1") | self._kpi("R2", measure="backlog", unit="count")
        self._past_ticket(
            reported_at="2026-02-01 09:00", resolved_at="2026-02-03 09:00"
        )
        before = self.env["mail.message"].search_count([])
        job = self._job(kpi_ids=kpis.ids)
        for _time in range(2):
            with freeze_time("2026-04-05 02:00:00"):
                job.action_compute()
                job.run_id._work_inline()
            self.assertEqual(job.run_id.state, "done")
            self.assertEqual((job.run_done, job.run_total), (2, 2))
            values = self.env["itsm.kpi.value"].search([("kpi_id", "in", kpis.ids)])
            self.assertEqual(len(values), 2 * 3)
            self.assertEqual(values.company_id, self.company)
        self.assertEqual(self._figure(kpis[0], MONTHS[1])[:2], (1, 1))
        # history is silent: the past was frozen, and nobody was told
        self.assertTrue(self._value(kpis[0], MONTHS[1]).frozen)
        self.assertFalse(self.env["itsm.action"].search([("kpi_id", "in", kpis.ids)]))
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    def test_who_and_when(self):
        """Bad input: managers only; not the future, not backwards."""
        with self.assertRaises(AccessError):
            self._job(self.lead)
        with self.assertRaises(ValidationError):
            self._job(date_from="2026-05-01", date_to="2026-05-31")

    def test_every_night(self):
        """REP-30: the scheduled action computes all that is not frozen."""
        kpi = self._kpi("N1")
        with freeze_time("2026-04-05 02:00:00"), self.enter_registry_test_mode():
            self.env.ref("itsm_base.ir_cron_itsm_kpi").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(
            set(
                kpi.value_ids.filtered(lambda v: v.company_id == self.company).mapped(
                    "period_start"
                )
            ),
            {date(2026, 3, 1), date(2026, 4, 1)},
        )

    # === MS-05 ===

    def _months(self, kpi, *figures):
        """Freeze months whose figures are given: first-line share per month."""
        for month, hits in zip(MONTHS, figures, strict=False):
            for index in range(2):
                self._past_ticket(
                    reported_at="2026-01-01 08:00",
                    resolved_at=f"2026-{month.month:02}-10 09:00"
                    if month.month < 4
                    else "2026-04-02 09:00",
                    support_line="1" if index < hits else "2",
                )

    def _freeze(self, kpi, month):
        """What the scheduled action does when a month is frozen."""
        now = f"2026-{month + 1:02}-15 02:00:00"
        with freeze_time(now):
            frozen = kpi._compute_values(
                date(2026, month, 1), date(2026, month, 1), self.company
            )
            kpi._propose_improvements(frozen)
        return self.env["itsm.action"].search([("kpi_id", "=", kpi.id)], order="id")

    def test_improvement_is_proposed_once(self):
        """MS-05: short of the target three months in a row, the owner is asked to
        improve; once for each row of misses."""
        kpi = self._kpi("I1", has_target=True, target=90, propose_after=3)
        kpi.owner_id = self.lead
        self._months(kpi, 1, 0, 1)
        self.assertFalse(self._freeze(kpi, 1))
        self.assertFalse(self._freeze(kpi, 2))
        action = self._freeze(kpi, 3)
        self.assertEqual(len(action), 1)
        self.assertEqual(
            (action.kind, action.owner_id, action.res_model, action.res_id),
            ("improvement", self.lead, "itsm.kpi", kpi.id),
        )
        self.assertEqual(action.value_before, 50.0)
        self.assertIn("2026-02", action.description)
        self.assertEqual(self._value(kpi, MONTHS[2]).is_improvement_proposed, True)
        # April: short again, the same row of misses
        self._past_ticket(
            reported_at="2026-04-01 08:00",
            resolved_at="2026-04-02 09:00",
            support_line="2",
        )
        self.assertEqual(self._freeze(kpi, 4), action)

    def test_improvement_needs_a_row(self):
        """MS-05: a good month, or one without data, ends the row."""
        kpi = self._kpi("I2", has_target=True, target=90, propose_after=2)
        kpi.owner_id = self.lead
        self._months(kpi, 1, 2, 1)
        for month in 1, 2, 3:
            self.assertFalse(self._freeze(kpi, month))

    def test_improvement_without_owner(self):
        """MS-05: without an owner nobody is asked; with one the next month asks."""
        kpi = self._kpi("I3", has_target=True, target=90, propose_after=1)
        self._months(kpi, 1, 1)
        self.assertFalse(self._freeze(kpi, 1))
        kpi.owner_id = self.lead
        self.assertEqual(len(self._freeze(kpi, 2)), 1)

    def test_improvement_never(self):
        """MS-05: 0 means never."""
        kpi = self._kpi("I4", has_target=True, target=90, propose_after=0)
        kpi.owner_id = self.lead
        self._months(kpi, 1)
        self.assertFalse(self._freeze(kpi, 1))
