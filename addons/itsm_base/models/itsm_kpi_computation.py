# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.period import local_date


class ItsmKpiComputation(models.Model):
    """The values of a range of dates, computed in the background (REP-30, design 9).

    For the past, or after a long stop. Frozen values are left alone, and nobody is
    told; computing the same range twice changes nothing.
    """

    _name = "itsm.kpi.computation"
    _inherit = ["itsm.run.job"]
    _description = "Computation of KPIs"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.add(fields.Date.context_today(self), months=-1), "month"
        ),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    kpi_ids = fields.Many2many(
        comodel_name="itsm.kpi",
        string="KPIs",
        domain="[('source', '=', 'computed')]",
        help="Empty: all that are computed.",
    )

    _dates_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The first day lies after the last."
    )

    @api.depends("date_from", "date_to")
    def _compute_name(self):
        for job in self:
            job.name = self.env._(
                "KPIs of %(first)s to %(last)s",
                first=job.date_from or "",
                last=job.date_to or "",
            )

    @api.constrains("date_from", "company_id")
    def _check_date_from(self):
        for job in self:
            zone = self.env["itsm.kpi"]._kpi_zone(job.company_id)
            if job.date_from > local_date(zone, fields.Datetime.now()):
                raise ValidationError(
                    self.env._(
                        "From: %(date)s lies in the future. Choose a day of the past.",
                        date=job.date_from,
                    )
                )

    def action_compute(self):
        """Start the computation in the background.

        :return: action that shows the run
        """
        self.ensure_one()
        self.check_access("write")
        self._run_start(self.name, len(self._kpis()))
        return self.action_open_run()

    def _kpis(self):
        """The KPIs that are computed, in their order."""
        domain = [("source", "=", "computed")]
        if self.kpi_ids:
            domain.append(("id", "in", self.kpi_ids.ids))
        return self.env["itsm.kpi"].search(domain)

    def _run_slice(self, run):
        """One KPI for the whole range."""
        kpis = self._kpis()
        last_id = (run.position or {}).get("kpi_id")
        ids = kpis.ids
        index = ids.index(last_id) + 1 if last_id in ids else 0
        if index >= len(ids):
            return 0, True
        kpi = kpis[index]
        kpi._compute_values(self.date_from, self.date_to, self.company_id)
        run.position = {"kpi_id": kpi.id}
        return 1, index + 1 >= len(ids)
