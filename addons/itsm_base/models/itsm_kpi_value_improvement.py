# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import fields, models

from ..tools import guard
from ..tools.period import Period
from .itsm_kpi_compute import MISSED


class ItsmKpiValue(models.Model):
    """The improvement that is proposed where figures stay short (MS-05)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi.value"

    def _row_of_misses(self):
        """The frozen values up to this one that are short of the target in a row, the
        last first. A period that is missing ends the row, like a good one."""
        self.ensure_one()
        earlier = [
            ("kpi_id", "=", self.kpi_id.id),
            ("company_id", "=", self.company_id.id),
            ("is_latest", "=", True),
            ("period_start", "<=", self.period_start),
        ]
        order = "period_start desc"
        good = self.search(
            [*earlier, "|", ("status", "not in", MISSED), ("frozen", "=", False)],
            order=order,
            limit=1,
        )
        if good:
            earlier.append(("period_start", ">", good.period_start))
        row = self.browse()
        period = Period.of(self.kpi_id.period, self.period_start)
        for value in self.search(earlier, order=order):
            if value.period_start != period.start:
                break
            row |= value
            period = period.previous()
        return row

    def _propose_improvement(self, row):
        """Propose an improvement to who answers for the KPI; without one to nobody.

        :param row: the values in a row that were short of the target, the last first
        :return: ``itsm.action``
        """
        self.ensure_one()
        kpi = self.kpi_id
        owner = kpi.owner_id or self.process_id.owner_id
        if not owner or self.company_id not in owner.company_ids:
            return self.env["itsm.action"]
        guard.with_token(self).is_improvement_proposed = True
        said = self.with_context(lang=owner.lang or self.env.lang)
        return self.env["itsm.action"].create(said._prepare_improvement(row, owner))

    def _prepare_improvement(self, row, owner):
        """Values of the action that is proposed."""
        self.ensure_one()
        kpi = self.kpi_id.with_env(self.env)
        item = Markup("<li>%s: %s</li>")
        figures = Markup().join(
            item % (value.period_label, value.value_text)
            for value in row.with_env(self.env).sorted("period_start")
        )
        text = self.env._(
            "The target %(target)s was missed in %(count)s periods in a row. Find out "
            "why, and improve the process.",
            target=kpi.target_text,
            count=len(row),
        )
        return {
            "kind": "improvement",
            "name": self.env._("%(kpi)s is short of its target", kpi=kpi.display_name),
            "description": Markup("<p>%s</p><ul>%s</ul>") % (text, figures),
            "res_model": kpi._name,
            "res_id": kpi.id,
            "kpi_id": kpi.id,
            "process_id": self.process_id.id,
            "company_id": self.company_id.id,
            "owner_id": owner.id,
            "due_date": fields.Date.add(fields.Date.today(), days=14),
            "value_before": self.value,
            "value_before_date": self.period_end,
        }
