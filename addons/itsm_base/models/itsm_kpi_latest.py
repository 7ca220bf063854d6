# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import api, fields, models

from .itsm_kpi import STATUSES, TRENDS

#: How many periods the curve of a card shows.
CURVE = 12


class ItsmKpi(models.Model):
    """What a card shows: the latest figure, how good it is, and the curve."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    latest_value_id = fields.Many2one(
        comodel_name="itsm.kpi.value",
        compute="_compute_latest",
        help="Of the latest period that has ended, in the present company.",
    )
    latest_text = fields.Char(compute="_compute_latest", string="Latest Figure")
    latest_period = fields.Char(compute="_compute_latest")
    latest_status = fields.Selection(selection=STATUSES, compute="_compute_latest")
    latest_trend = fields.Selection(selection=TRENDS, compute="_compute_latest")
    curve = fields.Text(compute="_compute_latest", exportable=False)

    @api.depends_context("company", "lang", "uid")
    @api.depends("value_ids.value", "value_ids.status", "value_ids.is_latest")
    def _compute_latest(self):
        """The latest value and the curve of all KPIs, whatever their number."""
        values = self.env["itsm.kpi.value"]._latest_by_kpi(self, CURVE)
        for kpi in self:
            mine = values.get(kpi.id, self.env["itsm.kpi.value"])
            latest = next(iter(mine), mine)  # a slice would be read by itself
            kpi.latest_value_id = latest
            kpi.latest_text = latest.value_text
            kpi.latest_period = latest.period_label
            kpi.latest_status = latest.status
            kpi.latest_trend = latest.trend
            points = [
                {"x": value.period_label, "y": value.value}
                for value in reversed(mine)
                if not value.no_data
            ]
            kpi.curve = json.dumps([{"key": kpi.code, "values": points}])

    def action_values(self):
        """Open the values of these KPIs, as a curve first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_kpi_value_action"
        )
        action["views"] = [(False, mode) for mode in ("graph", "list", "pivot", "form")]
        return action | {
            "domain": [("kpi_id", "in", self.ids)],
            "context": {"search_default_latest": 1, "default_kpi_id": self[:1].id},
        }
