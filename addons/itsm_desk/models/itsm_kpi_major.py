# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import Facts

from .itsm_major_incident import DECLARED


class ItsmKpi(models.Model):
    """The measure of major incidents (K47)."""

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("major_incident", self.env._("Major incidents: declared")),
        ]

    def _kpi_measure_major_incident(self, spans):
        """K47: major incidents declared in the period, whatever became of them."""
        counted = Domain("state", "in", DECLARED)
        return self._kpi_number(
            spans, Facts("itsm.major.incident", counted, at="declared_at")
        )

    @api.model
    def _itsm_compute_major(self):
        """Let the shipped KPI K47 be computed: once, when the addon is installed.

        Its frozen figures stay as they were entered, and so do figures of periods that
        are over. A definition that people changed is left alone.
        """
        kpi = self.env.ref("itsm_base.itsm_kpi_k47", raise_if_not_found=False)
        if not kpi or kpi.source != "manual" or kpi.measure:
            return
        kpi = kpi.with_context(tracking_disable=True)  # an installation is silent
        for lang, _name in self.env["res.lang"].get_installed():
            localized = kpi.with_context(lang=lang)
            localized.write(
                {
                    "formula": localized.env._(
                        "Major incidents declared in the period, whatever became of "
                        "them. Refused proposals do not count."
                    ),
                    "data_source": localized.env._("Major incidents: declared"),
                }
            )
        entered = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("manual", "=", True),
                ("no_data", "=", False),
                ("frozen", "=", False),
                ("period_end", "<", fields.Date.today()),
            ]
        )
        guard.with_token(entered).write(
            {"frozen": True, "frozen_at": fields.Datetime.now()}
        )
        kpi.write({"source": "computed", "measure": "major_incident"})
