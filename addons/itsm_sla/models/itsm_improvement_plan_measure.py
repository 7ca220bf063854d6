# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from .itsm_improvement_plan import MEASURED, OVER

#: What both figures are of.
SCOPE = MEASURED - {
    *("target", "direction", "before_from", "before_to"),
    *("date_due", "need", "cause"),
}
#: What each figure is of: changing it takes the figure back.
FIGURE_OF = {
    side: SCOPE | {f"{side}_from", f"{side}_to", f"manual_{side}"}
    for side in ("before", "after")
}


class ItsmImprovementPlan(models.Model):
    """How a plan is measured before and after: the same way both times.

    Whoever presses the button gets the same figure: it is read in full, restricted
    tickets included, and names no ticket.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.improvement.plan"

    #: For plans that measure something else: entered, then kept by the same buttons.
    manual_before = fields.Float(
        string="Figure Before", digits=False, aggregator=None, copy=False
    )
    manual_after = fields.Float(
        string="Figure After", digits=False, aggregator=None, copy=False
    )

    def write(self, vals):
        own = {
            side: [name for name in sorted(names) if name in vals]
            for side, names in FIGURE_OF.items()
        }
        said = [(plan, side, plan._said(own[side])) for plan in self for side in own]
        result = super().write(vals)
        for plan, side, before in said:
            if (
                plan[f"{side}_at"]
                and plan.state not in OVER
                and plan._said(own[side]) != before
            ):
                plan._keep_figure(side, (0.0, 0.0, 0.0), False)
        return result

    def _said(self, names):
        """What these fields say; what is entered counts where that is the figure."""
        self.ensure_one()
        by_hand = self.measure == "manual"
        return [
            self[name] for name in names if by_hand or not name.startswith("manual_")
        ]

    def _store_measured(self, side):
        """Measure one side and keep it, with the moment.

        :param str side: before or after
        :raise UserError: the period is missing, lies ahead, or has no data
        """
        self.ensure_one()
        first, last = self[f"{side}_from"], self[f"{side}_to"]
        if not (first and last):
            raise UserError(
                self.env._(
                    "%(plan)s: enter the first and the last day of the period that is "
                    "measured.",
                    plan=self.display_name,
                )
            )
        if last > self._measure_today():
            raise UserError(
                self.env._(
                    "%(plan)s: the period that is measured is not over. Choose days "
                    "that have passed.",
                    plan=self.display_name,
                )
            )
        if side == "after" and self.before_to and first <= self.before_to:
            raise UserError(
                self.env._(
                    "%(plan)s: the period after begins after the period before ends.",
                    plan=self.display_name,
                )
            )
        if self.measure == "manual":
            figure = (self[f"manual_{side}"], 0.0, 0.0)
        else:
            # sudo: see the class
            figure = getattr(self.sudo(), f"_measure_{self.measure}")(first, last)
        if figure is None:
            raise UserError(
                self.env._(
                    "%(plan)s: nothing was measured between %(first)s and %(last)s. "
                    "Choose another period, or measure something else.",
                    plan=self.display_name,
                    first=fields.Date.to_string(first),
                    last=fields.Date.to_string(last),
                )
            )
        self._keep_figure(side, figure, fields.Datetime.now())

    def _keep_figure(self, side, figure, moment):
        """Keep the figure of one side, or that there is none.

        :param tuple figure: value, numerator, denominator
        :param datetime moment: when it was measured; False: it was taken back
        """
        value, numerator, denominator = figure
        guard.with_token(self).write(
            {
                f"value_{side}": value,
                f"{side}_numerator": numerator,
                f"{side}_denominator": denominator,
                f"{side}_at": moment,
            }
        )

    def _measure_today(self):
        """Yesterday is over: the day before today, where it is measured."""
        agreement = self.agreement_id
        if agreement:
            today = agreement._today()
        else:
            zone = self.env["itsm.kpi"]._kpi_zone(self.company_id.sudo())
            # sudo: the zone of a company is no secret
            today = agreement._local_date(fields.Datetime.now(), zone)
        return fields.Date.subtract(today, days=1)

    def _measure_scope(self):
        """Which agreements and services count.

        :rtype: Domain
        """
        domain = Domain("company_id", "=", self.company_id.id)
        if self.agreement_id:
            domain &= Domain("agreement_id", "in", self.agreement_id._versions().ids)
        else:
            domain &= Domain("kind", "=", "sla")
        if self.service_id:
            domain &= Domain("service_id", "child_of", self.service_id.ids)
        return domain

    def _measure_compliance(self, first, last):
        """Targets met of targets measured by clocks, × 100; days of the agreements.

        :return: ``(value, met, measured)``; None without any
        """
        domain = self._measure_scope() & Domain("is_history", "=", False)
        domain &= Domain("ticket_id", "!=", False)
        domain &= Domain("day", ">=", first) & Domain("day", "<=", last)
        for name in ("metric", "itsm_kind", "priority"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        ((measured, met),) = self.env["itsm.target.result"]._read_group(
            domain, [], ["measured:sum", "met:sum"]
        )
        return (100 * met / measured, met, measured) if measured else None

    def _measure_availability(self, first, last):
        """Agreed time without outages of the months that lie in the period, × 100.

        :return: ``(value, available seconds, agreed seconds)``; None without any
        """
        domain = self._measure_scope() & Domain("is_latest", "=", True)
        months = [
            ("month", ">=", first if first.day == 1 else _next_month(first)),
            ("month", "<", _next_month(last) if _is_last(last) else _month(last)),
        ]
        ((agreed, down),) = self.env["itsm.availability"]._read_group(
            domain & Domain(months), [], ["measured_seconds:sum", "down_seconds:sum"]
        )
        if not agreed:
            return None
        return 100 * (agreed - down) / agreed, agreed - down, agreed

    def _measure_kpi(self, first, last):
        """The latest figure of the KPI for a period that lies within the days.

        :return: ``(value, numerator, denominator)``; None without any
        """
        value = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", self.kpi_id.id),
                ("company_id", "=", self.company_id.id),
                ("is_latest", "=", True),
                ("no_data", "=", False),
                ("period_start", ">=", first),
                ("period_end", "<=", last),
            ],
            order="period_start desc",
            limit=1,
        )
        return (value.value, value.numerator, value.denominator) if value else None


def _month(day):
    return day.replace(day=1)


def _next_month(day):
    return fields.Date.add(_month(day), months=1)


def _is_last(day):
    return fields.Date.add(day, days=1).day == 1
