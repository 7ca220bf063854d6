# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from ..tools.kpi import cut


class ItsmKpi(models.Model):
    """Figures in words, and the catalogue of KPIs for print (REP-34)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    def _unit_text(self, figure):
        """*figure* with its unit, as a reader of the present language writes it."""
        self.ensure_one()
        if self.unit == "percent":
            return f"{figure} %"
        if self.unit in ("minutes", "hours", "days"):
            labels = dict(self._fields["unit"]._description_selection(self.env))
            return f"{figure} {labels[self.unit].lower()}"
        return figure

    def _figure_text(self, value):
        """*value* as it is shown: cut off, with its unit; None: no data."""
        self.ensure_one()
        if value is None:
            return self.env._("No data")
        # sudo: how numbers are written is no secret
        lang = self.env["res.lang"].sudo()._lang_get(self.env.lang or "en_US")
        figure = cut(value, self.digits, self.direction)
        return self._unit_text(lang.format(f"%.{self.digits}f", figure, grouping=True))

    @api.model
    def _catalogue(self, companies=None):
        """The rows of the catalogue of KPIs, for print (REP-34, D41).

        :param companies: ``res.company`` whose KPIs are listed, default the present
        :return: list of dicts of words, in the order of processes and codes: process,
            code, name, formula, unit, target, warning, period, source, owner
        """
        companies = companies or self.env.company
        processes = self.env["itsm.process"].search(
            [("company_id", "in", companies.ids)]
        )
        by_code = {process.code: process for process in processes}
        domain = Domain("company_ids", "=", False) | Domain(
            "company_ids", "in", companies.ids
        )
        domain &= Domain("process_id", "=", False) | Domain(
            "process_id", "in", processes.ids
        )
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("unit", "period", "direction", "source")
        }
        rows = []
        for kpi in self.search(domain):
            process = kpi.process_id or by_code.get(kpi.process_code, processes[:0])
            band = kpi.has_target and kpi.warning != kpi.target
            rows.append(
                {
                    "process": process.name or kpi.process_code or "",
                    "code": kpi.code,
                    "name": kpi.name,
                    "formula": kpi.formula,
                    "unit": labels["unit"][kpi.unit],
                    "direction": labels["direction"][kpi.direction],
                    "target": kpi.target_text or "",
                    "warning": kpi._unit_text(f"{kpi.warning:g}") if band else "",
                    "period": labels["period"][kpi.period],
                    "source": kpi.data_source or labels["source"][kpi.source],
                    "owner": (kpi.owner_id or process.owner_id).name or "",
                }
            )
        return sorted(rows, key=lambda row: (row["process"], row["code"]))
