# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import split_every

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period, local_date, spans

from ..tools.availability import allowance, judge
from .itsm_availability import HOUR

#: Days after the end of a month until which it follows the outages, as KPIs do.
FREEZE_DAYS = 10
#: Agreements that the scheduled action works out in one transaction.
BATCH = 500


class Job(NamedTuple):
    """One month of one availability target.

    :param line: ``itsm.agreement.availability`` in sudo
    :param Period period: the month
    :param datetime begins: naive UTC; the month as far as the agreement is in force
    :param datetime stops: naive UTC, exclusive
    """

    line: models.BaseModel
    period: Period
    begins: datetime
    stops: datetime

    @property
    def agreement(self):
        return self.line.agreement_id

    @property
    def key(self):
        return self.agreement.id, self.line.service_id.id, self.period.start


class ItsmAvailability(models.Model):
    """How availability comes about: months, computation, closing, alerts."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.availability"

    # === Which months ===

    @api.model
    def _job(self, line, period, begins, stops):
        return Job(line, period, begins, stops)

    def _job_of_row(self):
        """The job of one row, as the agreement is now."""
        self.ensure_one()
        line = self.agreement_id.availability_ids.filtered(
            lambda line: line.service_id == self.service_id
        )
        period = Period.of("month", self.month)
        return Job(line, period, *self._window(self.agreement_id, period))

    @api.model
    def _window(self, agreement, period):
        """The month as far as the agreement is in force.

        :return: ``(begins, stops)``, naive UTC; not before one another if it is not in
            force in the month
        """
        begins, stops = period.bounds_utc(agreement.tz)
        first, end = agreement._in_force_between()
        return max(begins, first), min(stops, end)

    def _credited(self):
        """Rows that count: closed ones, and open ones of agreements still in force."""
        kept = self.browse()
        for row in self:
            period = Period.of("month", row.month)
            begins, stops = self._window(row.agreement_id, period)
            if row.frozen or begins < stops:
                kept |= row
        return kept

    @api.model
    def _plan(self, agreements, now, first=None):
        """Which months of which targets are to be worked out.

        Without ``first``: from the oldest that is not closed, or the one after the
        last; of a new target the previous and the present one. A month in which the
        agreement is not in force is left out, unless it has figures that are not
        closed: they are of the time before another agreement took over, and go.

        :param agreements: ``itsm.agreement`` in sudo, not drafts
        :param date first: a day of the first month
        :return: list of `Job`; two queries more than reading the agreements
        """
        oldest, latest, unclosed = {}, {}, set()
        known = self.sudo()._read_group(  # sudo: months of every agreement
            [("agreement_id", "in", agreements.ids), ("is_latest", "=", True)],
            ["agreement_id", "service_id", "frozen"],
            ["month:min", "month:max", "month:array_agg"],
        )
        for agreement, service, frozen, low, high, months in known:
            key = (agreement.id, service.id)
            if not frozen:
                oldest[key] = low
                unclosed.update((*key, month) for month in months)
            latest[key] = max(high, latest.get(key, high))
        jobs = []
        for line in agreements.availability_ids:
            agreement = line.agreement_id
            current = Period.of("month", local_date(agreement.tz, now))
            key = (agreement.id, line.service_id.id)
            start = first or current.previous().start
            if not first and key in latest:
                start = Period.of("month", latest[key]).next().start
                start = min(start, oldest.get(key, start))
            for period in spans("month", start, current.start):
                job = Job(line, period, *self._window(agreement, period))
                if job.begins < min(job.stops, now) or job.key in unclosed:
                    jobs.append(job)
        return jobs

    # === Computation ===

    @api.model
    def _compute_months(self, agreements=None, first=None):
        """Work out the months of agreements that are not closed; close what is due.

        Constant queries, whatever the number of agreements and months.

        :param agreements: ``itsm.agreement``; default all that are or were in force
        :param date first: a day of the first month; default: see `_plan`
        :return: the rows, in sudo
        """
        # sudo: a figure is the same whoever asks for it to be worked out
        agreements_sudo = self.env["itsm.agreement"].sudo()
        domain = [("state", "!=", "draft"), ("availability_ids", "!=", False)]
        if agreements is not None:
            domain.append(("id", "in", agreements.ids))
        found = agreements_sudo.with_context(active_test=False).search(domain)
        now = fields.Datetime.now()
        return self._store(self._plan(found, now, first), now)

    @api.model
    def _compute_rows(self, rows):
        """Work out rows again that are not closed.

        :param rows: ``itsm.availability`` in sudo
        """
        now = fields.Datetime.now()
        return self._store([row._job_of_row() for row in rows], now)

    @api.model
    def _store(self, jobs, now):
        """Keep what jobs find; closed months are left alone.

        :return: the rows, in sudo with the token
        """
        # values are written by code only; sudo: of every agreement
        rows = guard.with_token(self.sudo())
        if not jobs:
            return rows
        known = rows.search(
            [
                ("agreement_id", "in", list({job.agreement.id for job in jobs})),
                ("month", "in", list({job.period.start for job in jobs})),
                ("is_latest", "=", True),
            ]
        )
        by_key = {(r.agreement_id.id, r.service_id.id, r.month): r for r in known}
        jobs = [
            job for job in jobs if job.key not in by_key or not by_key[job.key].frozen
        ]
        new, links, result = [], {}, rows
        for job, (found, outage_ids) in zip(
            jobs, rows._measure(jobs, now), strict=True
        ):
            target = job.line.target if job.line.has_target else None
            vals = rows._prepare_figures(job, found, now, target)
            vals |= rows._prepare_closing(job, now)
            row = by_key.get(job.key)
            if row:
                row.write(vals)
                links[row.id] = outage_ids
                result |= row
            else:
                new.append((rows._prepare_key(job) | vals, outage_ids))
        created = rows.create([vals for vals, _outage_ids in new])
        for row, (_vals, outage_ids) in zip(created, new, strict=True):
            links[row.id] = outage_ids
        result |= created
        result._link_outages(links)
        result._alert(now)
        return result

    @api.model
    def _prepare_key(self, job):
        """What says which row it is."""
        agreement = job.agreement
        middle = datetime.combine(job.period.start + timedelta(days=14), time(12))
        return {
            "agreement_id": agreement.id,
            "company_id": agreement.company_id.id,
            "kind": agreement.kind,
            "partner_id": agreement.partner_id.id,
            "service_id": job.line.service_id.id,
            "month": job.period.start,
            "counted_at": middle,
        }

    @api.model
    def _prepare_figures(self, job, found, now, target):
        """What was found, and how it stands to the target.

        :param Availability found: what was measured
        :param float target: per cent; None: nothing is promised
        """
        promised = target is not None
        return {
            "agreed_seconds": found.agreed,
            "measured_seconds": found.measured,
            "planned_seconds": found.planned,
            "down_seconds": found.down,
            "allowance_seconds": allowance(found.agreed, target) if promised else 0,
            "percent": found.percent or 0.0,
            "has_target": promised,
            "target": target or 0.0,
            "status": judge(found, target, job.line.warning_percent),
            "failure_count": found.failures,
            "mttr": (found.mttr or 0) / HOUR,
            "mtbf": (found.mtbf or 0) / HOUR,
            "mtbsi": (found.mtbsi or 0) / HOUR,
            "computed_at": now,
        }

    @api.model
    def _prepare_closing(self, job, now):
        """Close the month if it has been over for long enough."""
        today = local_date(job.agreement.tz, now)
        if job.period.end + timedelta(days=FREEZE_DAYS) >= today:
            return {}
        return {"frozen": True, "frozen_at": now}

    @api.model
    def _baseline_row(self, line, period, found):
        """One month of the initial availability review (D05), as JSON."""
        row = self.new(
            self._prepare_figures(
                Job(line, period, None, None),
                found,
                fields.Datetime.now(),
                line.target if line.has_target else None,
            )
            | {"month": period.start}
        )
        return {
            name: value
            for name, value in row._as_section_row().items()
            if name not in ("service", "target", "frozen")
        }

    # === Alerts ===

    def _alert(self, now):
        """Tell once that the allowance of the present month runs out, or has (AVC-14).

        :param datetime now: naive UTC; months that are over alert nobody
        """
        open_rows = self.filtered(
            lambda row: (
                not row.frozen
                and row.status in ("at_risk", "missed")
                and Period.of("month", row.month).end
                >= local_date(row.agreement_id.tz, now)
            )
        )
        missed = open_rows.filtered(
            lambda row: row.status == "missed" and not row.missed_at
        )
        at_risk = open_rows.filtered(
            lambda row: (
                row.status == "at_risk" and not (row.at_risk_at or row.missed_at)
            )
        )
        missed.write({"missed_at": now})
        at_risk.write({"at_risk_at": now})
        events = self.env["itsm.notification.event"]
        events._notify("availability_missed", guard.without_token(missed))
        events._notify("availability_at_risk", guard.without_token(at_risk))

    # === The scheduled action ===

    @api.model
    def _cron_compute(self):
        """Work out all open months, in batches of agreements (scheduled)."""
        agreements = self.env["itsm.agreement"].sudo()  # sudo: of every company
        ids = (
            agreements.with_context(active_test=False)
            .search([("state", "!=", "draft"), ("availability_ids", "!=", False)])
            .ids
        )
        cron = self.env["ir.cron"]
        done = 0
        for batch in split_every(BATCH, ids):
            self._compute_months(agreements.browse(batch).exists())
            done += len(batch)
            if not cron._commit_progress(len(batch), remaining=len(ids) - done):
                return
