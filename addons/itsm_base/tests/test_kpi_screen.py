# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import HttpCase, tagged

from .kpi_common import KpiCommon

#: Succeeds when the page shows what is looked for and no error.
CODE = """
const problem = document.querySelector(".o_error_dialog, .o_dialog_error");
if (problem) {
    console.error(problem.textContent);
} else {
    console.log("test successful");
}
"""


@tagged("post_install", "-at_install")
class TestKpiScreen(HttpCase, KpiCommon):
    """The screens of KPIs open in the browser (REP-30)."""

    browser_size = "1366x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls._kpi(
            "A1", name="A screen", sequence=1, has_target=True, target=90
        )
        for month in (1, 2, 3):
            cls._past_ticket(
                reported_at="2026-01-01 08:00", resolved_at=f"2026-{month:02}-10 09:00"
            )

    def _open(self, path, ready):
        self.browser_js(
            path,
            CODE,
            ready=f"!!document.querySelector({ready!r})",
            login=self.manager.login,
        )

    def test_screens(self):
        """REP-30: cards with their curve, the definition, the values as a list and a
        graph, one value with its numerator."""
        self._compute(self.kpi, date(2026, 1, 1), date(2026, 3, 31))
        value = self._value(self.kpi)
        self._open("/odoo/itsm-kpis", ".o_kanban_record canvas")
        self._open(
            f"/odoo/itsm-kpi-definitions/{self.kpi.id}",
            ".o_field_widget[name='value_ids'] .o_data_row",
        )
        self._open("/odoo/itsm-kpi-values", ".o_data_row .o_field_badge")
        button = "button[name='action_drill_numerator']"
        self._open(f"/odoo/itsm-kpi-values/{value.id}", button)
        self._open("/odoo/itsm-kpi-values?view_type=pivot", ".o_pivot td")
