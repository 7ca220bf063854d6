# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools.kpi import cut, plain

from .kpi_common import NOW, KpiCommon

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
COMPUTE_LOG = "odoo.addons.itsm_base.models.itsm_kpi_compute"


@tagged("post_install", "-at_install")
class TestKpiEntry(KpiCommon):
    """Bad input, failures and corrections: nothing is lost, nothing made up."""

    def _enter(self, kpi, now=NOW, **vals):
        vals = {"kpi_id": kpi.id, "period_start": "2026-03-17", "note": "PBX", **vals}
        with freeze_time(now):
            return self.env["itsm.kpi.value"].with_user(self.manager).create(vals)

    def _counted(self, **vals):
        return self._kpi("T3", source="manual", entry="value", unit="count", **vals)

    # === Shown ===

    def test_cut_of_large_figures(self):
        """REP-30: a figure with many digits is shown and stops no list."""
        # 10 ** 30 as the nearest float, written out: repr() says 1e+30
        self.assertEqual(str(cut(1e30, 1)), "1" + "0" * 30 + ".0")
        self.assertEqual(str(cut(1e-9, 1, "down")), "0.1")
        value = self._enter(self._counted(digits=0), value=1e30)
        self.assertTrue(value.value_text.replace(",", "").startswith("1000000"))

    def test_target_in_words(self):
        """REP-30: a target is written with all its digits: 99.99995 is not 100."""
        self.assertEqual(plain(99.99995), "99.99995")
        self.assertEqual(plain(95.0), "95")
        self.assertEqual(plain(1e7), "10000000")
        for target, text in ((99.99995, "≥ 99.99995 %"), (12345678.0, "12345678")):
            kpi = self._kpi(f"T{text[-4:]}", has_target=True, target=target)
            self.assertIn(text, kpi.target_text)

    # === Entered ===

    def test_no_number(self):
        """Bad input: what is no number is refused; a remote call can send it."""
        kpi, ratio = self._counted(), self._shipped("K72")
        for bad in (math.nan, math.inf, -math.inf, "many"):
            with self.subTest(bad=bad):
                with self.assertRaisesRegex(ValidationError, "is no number"):
                    self._enter(kpi, value=bad)
                with self.assertRaisesRegex(ValidationError, "is no number"):
                    self._enter(ratio, numerator=1, denominator=bad)
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self._enter(ratio, numerator=1, denominator=-5)

    def test_period_that_has_not_begun(self):
        """Bad input: a year mistyped does not stop the figures of the years between."""
        kpi = self._counted()
        with self.assertRaisesRegex(ValidationError, "has not begun"):
            self._enter(kpi, period_start="2036-03-17", value=1)
        # March 31st, 16:30 UTC is April in Shanghai
        self._enter(kpi, now="2026-03-31 16:30:00", period_start="2026-04-30", value=1)
        with self.assertRaisesRegex(ValidationError, "has not begun"):
            self._enter(
                kpi, now="2026-03-31 15:30:00", period_start="2026-04-30", value=1
            )

    def test_company_that_is_not_measured(self):
        """Bad input: nobody enters a figure for a company that the KPI is not for."""
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= other
        kpi = self._counted(company_ids=self.company.ids)
        values = self.env["itsm.kpi.value"].with_user(self.manager)
        values = values.with_context(allowed_company_ids=(self.company | other).ids)
        vals = {"kpi_id": kpi.id, "period_start": MARCH, "value": 1, "note": "x"}
        with freeze_time(NOW):
            with self.assertRaisesRegex(ValidationError, "is not measured for"):
                values.create({**vals, "company_id": other.id})
            self.assertTrue(values.create({**vals, "company_id": self.company.id}))

    def test_nothing_counted_stays_entered(self):
        """K72: no calls at all is what was entered, not “Not entered yet”."""
        value = self._enter(self._shipped("K72"), numerator=0, denominator=0)
        self._compute(value.kpi_id)
        self.assertEqual(value.no_data_reason, "nothing")
        self.assertEqual(self._value(value.kpi_id), value)

    # === Failures ===

    def test_failure_is_not_frozen(self):
        """REP-30: a measure that fails leaves the period open; it is measured again,
        and what was known before stays until then."""
        kpi = self._kpi()
        self._past_ticket(
            reported_at="2026-01-01 08:00", resolved_at="2026-03-10 09:00"
        )
        self._compute(kpi)
        late = "2026-05-01 02:00:00"
        with (
            mute_logger(COMPUTE_LOG),
            self._broken("first_line", ZeroDivisionError("broken")),
        ):
            self._compute(kpi, now=late)
        value = self._value(kpi)
        self.assertFalse(value.frozen)
        self.assertEqual((value.value, value.no_data), (100.0, False))
        self._compute(kpi, now=late)
        self.assertTrue(value.frozen)

    def test_failure_is_no_correction(self):
        """REP-30: a measure that fails makes no revision."""
        kpi = self._kpi()
        self._compute(kpi, now="2026-05-01 02:00:00")
        value = self._value(kpi)
        with (
            mute_logger(COMPUTE_LOG),
            self._broken("first_line", ZeroDivisionError("broken")),
            self.assertRaisesRegex(UserError, "could not be measured"),
        ):
            value._correct("Again")
        self.assertEqual(self._value(kpi), value)

    def _broken(self, measure, error):
        def fail(kpis, spans):
            raise error

        kpis = type(self.env["itsm.kpi"])
        return patch.object(kpis, f"_kpi_measure_{measure}", fail)

    # === Corrections ===

    def test_reason_only(self):
        """REP-30: correcting the reason alone keeps the figure that was entered."""
        kpi = self._counted()
        ratio = self._shipped("K72")
        self._enter(kpi, value=7)
        self._enter(ratio, numerator=90, denominator=100)
        self._compute(kpi | ratio, now="2026-05-01 02:00:00")
        for each, expected in ((kpi, 7.0), (ratio, 90.0)):
            wizard = self.env["itsm.kpi.correction"].create(
                {"value_id": self._value(each).id, "reason": "Checked again"}
            )
            wizard.action_apply()
            new = self._value(each)
            self.assertEqual((new.revision, new.value), (2, expected))

    def test_correction_is_judged_as_then(self):
        """Design, periods: a correction is compared with the target of its period."""
        kpi = self._counted(has_target=True, target=10, warning=8)
        self._enter(kpi, value=9)
        self._compute(kpi, now="2026-05-01 02:00:00")
        value = self._value(kpi)
        self.assertEqual((value.status, value.warning), ("warning", 8.0))
        kpi.write({"target": 5, "warning": 5})
        value._correct("One less", {"value": 8.5})
        new = self._value(kpi)
        self.assertEqual((new.target, new.warning, new.status), (10, 8, "warning"))
        new._correct("Three less", {"value": 5.5})
        self.assertEqual(self._value(kpi).status, "bad")

    def test_unit_is_kept(self):
        """Design, evidence: the unit of figures that are there does not change."""
        kpi = self._counted()
        self._enter(kpi, value=9)
        with self.assertRaisesRegex(UserError, "unit"):
            kpi.unit = "percent"
        kpi.unit = "count"

    def test_wizard_shows_no_foreign_figure(self):
        """Design, who sees what: the wizard is no way to a figure that is hidden."""
        value = self._enter(self._counted(), value=7)
        wizards = self.env["itsm.kpi.correction"].with_user(self.employee)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            wizard = wizards.create({"value_id": value.id, "reason": "x"})
            wizard.read(["value_text", "value"])

    # === Periods ===

    def test_clocks_change(self):
        """Design, periods: March in Berlin ends at 22:00 UTC, February at 23:00."""
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        kpi = self._kpi()
        for zone, wall in (
            ("Europe/Berlin", "2026-02-28 23:59:59"),
            ("Europe/Berlin", "2026-03-01 00:00:00"),
            ("UTC", "2026-03-31 21:59:59"),
            ("UTC", "2026-03-31 22:00:00"),
        ):
            self._past_ticket(
                zone=zone, reported_at="2026-01-01 08:00", resolved_at=wall
            )
        self._compute(kpi, FEBRUARY, APRIL)
        found = [self._figure(kpi, start)[1] for start in (FEBRUARY, MARCH, APRIL)]
        self.assertEqual(found, [1, 2, 1])

    # === The scheduled action ===

    def test_one_that_fails_stops_no_other(self):
        """Design: a definition that cannot be computed at all stops no other."""
        bad, good = self._kpi("B", sequence=0), self._kpi("G", sequence=9999)
        kpis = type(self.env["itsm.kpi"])
        compute = kpis._compute_values

        def sometimes(kpi, *args, **kwargs):
            if kpi == bad:
                raise UserError("No owner")  # pylint: disable=translation-required
            return compute(kpi, *args, **kwargs)

        self.patch(kpis, "_compute_values", sometimes)
        with (
            mute_logger(COMPUTE_LOG),
            freeze_time(NOW),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("itsm_base.ir_cron_itsm_kpi").method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(good.value_ids)
        self.assertFalse(bad.value_ids)
