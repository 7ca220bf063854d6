# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.itsm_base.tools.period import Period, local_date


class ItsmCiMaintenanceYear(models.TransientModel):
    """The maintenance plan of a year, by plan and month, to be printed (D43)."""

    _name = "itsm.ci.maintenance.year"
    _description = "Maintenance Plan of a Year"

    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    plan_ids = fields.Many2many(
        comodel_name="itsm.ci.maintenance.plan",
        relation="itsm_ci_maintenance_year_plan_rel",
        column1="year_id",
        column2="plan_id",
        string="Plans",
        domain="[('company_id', '=', company_id)]",
        help="Empty: all that are running.",
    )

    @api.constrains("year")
    def _check_year(self):
        for wizard in self:
            if not 2000 <= wizard.year <= 2200:
                raise ValidationError(
                    self.env._("The year lies between 2000 and 2200.")
                )

    @api.depends("year", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Maintenance plan %s", wizard.year)

    def action_print(self):
        """Print it."""
        self.ensure_one()
        report = self.env.ref("itsm_cmdb.itsm_ci_maintenance_year_report")
        return report.report_action(self)

    def _itsm_form_data(self):
        return {**super()._itsm_form_data(), "effective_date": date(self.year, 1, 1)}

    # === What is printed ===

    def _months(self):
        """``01`` to ``12``: the same in every language."""
        return [f"{month:02}" for month in range(1, 13)]

    def _rows(self):
        """What is planned in each month, by plan; constant queries.

        Days of orders that exist, with what became of them; for periods without one the
        day on which the rule of the plan falls.

        :return: dicts ``name``, ``how``, ``who``, ``months`` (list of 12 lists of
            ``(day, mark)``); the mark is that of `_mark`, empty for what is foreseen
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        orders = self.env["itsm.ci.maintenance.order"]
        plans = self.plan_ids or self.env["itsm.ci.maintenance.plan"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "running")]
        )
        zone = self.env["itsm.kpi"]._kpi_zone(
            self.company_id.sudo()  # sudo: the zone of a company is no secret
        )
        year = Period.of("year", date(self.year, 1, 1))
        begins, stops = year.bounds_utc(zone)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("planned_start", ">=", begins),
            ("planned_start", "<", stops),
        ]
        if self.plan_ids:
            domain.append(("plan_id", "in", self.plan_ids.ids))
        found = orders.search(domain, order="planned_start, id")
        by_plan = found.grouped("plan_id")
        rows = [
            self._row(plan, by_plan.get(plan, orders), year, zone) for plan in plans
        ]
        for plan, made in by_plan.items():
            if plan not in plans:
                rows.append(self._row(plan, made, year, zone))
        return rows

    def _row(self, plan, orders, year, zone):
        months = [[] for _month in range(12)]
        for order in orders:
            day = local_date(zone, order.planned_start)
            months[day.month - 1].append((day.day, self._mark(order)))
        made = set(orders.mapped("period_start"))
        for day, period in plan._foreseen(year) if plan else ():
            if period.start not in made:
                months[day.month - 1].append((day.day, ""))
        how = dict(plan._fields["period"]._description_selection(self.env))
        text = how.get(plan.period, "")
        if plan.every > 1:
            text = f"{text} × {plan.every}"
        return {
            "name": plan.name or self.env._("Without a plan"),
            "how": text,
            # sudo: who is responsible is said to every reader
            "who": plan.sudo().user_id.name or plan.sudo().team_id.name or "",
            "months": [sorted(month) for month in months],
        }

    @api.model
    def _mark(self, order):
        """``✓`` done, ``✗`` cancelled, ``!`` late, ``·`` to be done."""
        if order.state in ("reported", "closed"):
            return "✓"
        if order.state == "cancelled":
            return "✗"
        return "!" if order.is_late else "·"
