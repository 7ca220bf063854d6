# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools.misc import format_duration


class ItsmAgreementTarget(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement.target"

    def _summary_rows(self):
        """These targets in words, the most urgent first.

        :rtype: list[dict]
        """
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        }
        order = {name: list(values) for name, values in labels.items()}
        return [
            {
                "kind": labels["itsm_kind"].get(target.itsm_kind, ""),
                "priority": labels["priority"].get(target.priority, ""),
                "metric": labels["metric"].get(target.metric, ""),
                "target": target._summary_text(),
            }
            for target in self.sorted(
                lambda target: (
                    order["itsm_kind"].index(target.itsm_kind),
                    -order["priority"].index(target.priority),
                    order["metric"].index(target.metric),
                )
            )
        ]

    def _summary_text(self):
        """The promise in words: working time, or a working day and a time of day."""
        self.ensure_one()
        clocks = self.env["itsm.clock"]
        if self.minutes:
            return clocks._duration_label(self.minutes * 60)
        return clocks._promise_label(f"{self.days}@{format_duration(self.day_hour)}")
