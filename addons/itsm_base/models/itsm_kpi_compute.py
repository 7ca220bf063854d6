# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools import guard
from ..tools.kpi import BAD, WARNING, Figure, Span, judge
from ..tools.period import Period, local_date, spans

_logger = logging.getLogger(__name__)

#: Short of the target.
MISSED = (WARNING, BAD)


class ItsmKpi(models.Model):
    """How values come about: periods, computation, freezing, proposals (REP-30).

    Computing tells nobody. A period that is frozen is left alone; computing twice gives
    the same.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    # === Periods and companies ===

    @api.model
    def _kpi_zone(self, company):
        """The time zone in which the periods of a company are cut.

        :rtype: str
        """
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    def _kpi_companies(self, companies):
        """Those of *companies* for which this KPI is measured."""
        self.ensure_one()
        mine = self.process_id.company_id or self.company_ids
        return companies & mine if mine else companies

    def _kpi_span(self, company, period, now):
        """The period of a company, with its bounds as of *now*."""
        begins, stops = period.bounds_utc(self._kpi_zone(company))
        return Span(
            company.id, period.start, period.end, begins, stops, min(stops, now)
        )

    def _kpi_plan(self, companies, first, last, now):
        """Which periods are to be computed.

        Without dates: from the oldest that is not frozen, or the one after the last, up
        to the present one; for a new KPI the previous and the present one.

        :return: dict of KPI → list of `Span`
        """
        plan = {}
        oldest, latest = ({}, {}) if first else self._kpi_known_periods(companies)
        for kpi in self:
            plan[kpi] = []
            for company in kpi._kpi_companies(companies):
                today = local_date(self._kpi_zone(company), now)
                current = Period.of(kpi.period, today)
                key = (kpi.id, company.id)
                if first:
                    start, stop = first, min(last, current.end)
                else:
                    start, stop = current.previous().start, current.end
                    if key in latest:
                        start = Period.of(kpi.period, latest[key]).next().start
                    start = min(start, oldest.get(key, start))
                plan[kpi] += [
                    kpi._kpi_span(company, period, now)
                    for period in spans(kpi.period, start, stop)
                ]
        return plan

    def _kpi_known_periods(self, companies):
        """The oldest open and the latest period of each KPI and company."""
        domain = [
            ("kpi_id", "in", self.ids),
            ("company_id", "in", companies.ids),
            ("is_latest", "=", True),
        ]
        known = self.env["itsm.kpi.value"]._read_group(
            domain,
            ["kpi_id", "company_id", "frozen"],
            ["period_start:min", "period_start:max"],
        )
        oldest, latest = {}, {}
        for kpi, company, frozen, first, last in known:
            key = (kpi.id, company.id)
            if not frozen:
                oldest[key] = first
            latest[key] = max(last, latest.get(key, last))
        return oldest, latest

    # === Computation ===

    def _compute_values(self, first=None, last=None, companies=None):
        """Compute the values of these KPIs that are not frozen; freeze what is due.

        :param date first: first day; default: whatever is open (see `_kpi_plan`)
        :param date last: last day
        :param companies: ``res.company``; default all
        :return: ``itsm.kpi.value`` that were frozen by this call
        """
        now = fields.Datetime.now()
        # sudo: a figure is the same whoever asks for it to be computed; values are
        # written by code only
        kpis = guard.with_token(self.sudo())
        companies = (
            # sudo: as above, of every company
            companies or self.env["res.company"].sudo().search([("active", "=", True)])
        ).sudo()
        plan = kpis._kpi_plan(companies, first, last, now)
        rows = kpis._kpi_rows(plan)
        processes = kpis._kpi_processes()
        frozen = kpis.env["itsm.kpi.value"]
        new = []
        for kpi, planned in plan.items():
            todo = [span for span in planned if not rows[kpi.id, span].frozen]
            figures = kpi._kpi_figures(todo)
            for span in todo:
                row = rows[kpi.id, span]
                vals = kpi._prepare_value(span, figures.get(span), row, now)
                vals["process_id"] = kpi._kpi_process(span.company_id, processes).id
                if not row:
                    new.append(vals)
                    continue
                row.write(vals)
                if vals["frozen"]:
                    frozen |= row
        created = kpis.env["itsm.kpi.value"].create(new)
        return frozen | created.filtered("frozen")

    def _kpi_rows(self, plan):
        """The present value of each planned span: dict of ``(KPI id, span)``."""
        values = self.env["itsm.kpi.value"]
        planned = [span for spans in plan.values() for span in spans]
        rows = defaultdict(lambda: values)
        if not planned:
            return rows
        found = values.search(
            [
                ("kpi_id", "in", self.ids),
                ("company_id", "in", list({span.company_id for span in planned})),
                ("is_latest", "=", True),
                ("period_start", ">=", min(span.start for span in planned)),
                ("period_start", "<=", max(span.start for span in planned)),
            ]
        )
        by_key = {(v.kpi_id.id, v.company_id.id, v.period_start): v for v in found}
        for kpi, spans_of_kpi in plan.items():
            for span in spans_of_kpi:
                row = by_key.get((kpi.id, span.company_id, span.start))
                if row:
                    rows[kpi.id, span] = row
        return rows

    def _kpi_figures(self, planned):
        """The figures of the spans; a measure that fails gives none, and is logged.

        :return: dict of `Span` → `Figure`; empty if it failed, or is entered by hand
        """
        self.ensure_one()
        if self.source == "manual" or not planned:
            return {}
        method = getattr(self, f"_kpi_measure_{self.measure}", None)
        if method is None:
            _logger.warning("KPI %s: no measure %s", self.code, self.measure)
            return {}
        try:
            with self.env.cr.savepoint():
                return method(planned)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # it did not fail: whoever asked tries again
        except Exception:
            # One bad definition must not stop the others.
            _logger.exception("KPI %s could not be measured", self.code)
            return {}

    def _prepare_value(self, span, figure, row, now):
        """Values of the record for a span.

        :param figure: `Figure`; None: entered by hand, or the measure gave none
        :param row: the present ``itsm.kpi.value``, may be empty
        """
        self.ensure_one()
        company = self.env["res.company"].browse(span.company_id)
        today = local_date(self._kpi_zone(company), now)
        manual = self.source == "manual"
        failed = figure is None and not manual
        vals = {
            "manual": manual,
            # What could not be measured is no evidence: it is measured again.
            "frozen": not failed
            and span.end + timedelta(days=self.freeze_days) < today,
        }
        if vals["frozen"]:
            vals["frozen_at"] = now
        if not row:
            vals.update(
                kpi_id=self.id,
                company_id=span.company_id,
                period_start=span.start,
                period_end=span.end,
            )
        if failed and row and not row.no_data:
            return vals  # as of the time at which it was measured
        vals["computed_at"] = now
        if manual and row.manual and row.user_id:
            value = None if row.no_data else row.value
            return vals | self._prepare_judgement(value)
        return vals | self._prepare_figure(figure)

    def _prepare_figure(self, figure, standard=None):
        """What of a value comes from the figure, and how good it is.

        :param standard: see `_prepare_judgement`
        """
        self.ensure_one()
        if figure is None:
            figure = Figure(0.0, 0.0, None)
            reason = "waiting" if self.source == "manual" else "failed"
        else:
            reason = "nothing"
        return {
            "numerator": figure.numerator or 0.0,
            "denominator": figure.denominator or 0.0,
            "value": figure.value or 0.0,
            "no_data": figure.value is None,
            "no_data_reason": reason if figure.value is None else False,
            **self._prepare_judgement(figure.value, standard),
        }

    def _prepare_judgement(self, value, standard=None):
        """Status of an unrounded value, and what it was compared with.

        :param standard: the record whose target, warning level and direction count: a
            frozen value for its correction; default the KPI as it is defined now
        """
        self.ensure_one()
        standard = standard or self
        target = standard.target if standard.has_target else None
        return {
            "status": judge(value, standard.direction, target, standard.warning),
            "direction": standard.direction,
            "has_target": standard.has_target,
            "target": standard.target if standard.has_target else 0.0,
            "warning": standard.warning if standard.has_target else 0.0,
        }

    def _kpi_process(self, company_id, processes):
        """The process of a company that this KPI belongs to, may be empty.

        :param dict processes: what `_kpi_processes` returned
        """
        self.ensure_one()
        if self.process_id or not self.process_code:
            return self.process_id
        return processes.get((company_id, self.process_code), self.process_id)

    @api.model
    def _kpi_processes(self):
        """All processes by company and code."""
        # sudo: which process a figure belongs to does not depend on who reads
        processes = self.env["itsm.process"].sudo()
        return {
            (process.company_id.id, process.code): process
            for process in processes.search_fetch([], ["company_id", "code"])
        }

    # === The scheduled action ===

    @api.model
    def _cron_compute(self):
        """Compute all open values, then propose improvements (scheduled, daily)."""
        cron = self.env["ir.cron"]
        ids = self.search([("active", "=", True)]).ids
        for done, kpi_id in enumerate(ids, start=1):
            kpi = self.browse(kpi_id).exists()
            try:
                with self.env.cr.savepoint():
                    kpi._propose_improvements(kpi._compute_values())
            except Exception:
                # Tomorrow again; the others do not wait for it.
                _logger.exception("KPI %s could not be computed", kpi_id)
            if not cron._commit_progress(1, remaining=len(ids) - done):
                return

    # === Improvement (MS-05) ===

    def _propose_improvements(self, frozen):
        """Propose an improvement to the owner where a KPI missed its target for long.

        Once for a row of misses: the value that completed it remembers. What was frozen
        long ago, in a computation over the past, proposes nothing: only the scheduled
        action calls this.

        :param frozen: ``itsm.kpi.value`` that were just frozen
        """
        for value in frozen.sorted("period_start"):
            length = value.kpi_id.propose_after
            if value.kpi_id.person_id:
                continue  # more people read an action than may see the figure
            if length and value.status in MISSED:
                row = value._row_of_misses()
                if len(row) >= length and not any(
                    row.mapped("is_improvement_proposed")
                ):
                    value._propose_improvement(row)
