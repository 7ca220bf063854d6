# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta, timezone

import pytz
from psycopg2.errors import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from ..tools.bulk import insert_rows
from ..tools.fold import Clock
from .itsm_agreement_target import METRICS

_logger = logging.getLogger(__name__)

BATCH = 200
#: How many coming working intervals a browser gets for its countdown.
INTERVALS_SENT = 12
UTC = timezone.utc
STATUSES = [
    ("running", "Running"),
    ("at_risk", "At risk"),
    ("breached", "Breached"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]


class ItsmClock(models.Model):
    _name = "itsm.clock"
    _inherit = "itsm.evidence.mixin"
    _description = "Service Level Clock"
    _order = "deadline, id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")],
        required=True,
        readonly=True,
        default="sla",
    )
    metric = fields.Selection(selection=METRICS, required=True, readonly=True)
    leg_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Team of the Leg",
        readonly=True,
        ondelete="restrict",
    )
    leg_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier of the Leg",
        readonly=True,
        ondelete="restrict",
    )
    cycle = fields.Integer(readonly=True)
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar", readonly=True, ondelete="restrict"
    )
    tz = fields.Char(string="Time Zone", readonly=True)
    phase = fields.Selection(
        selection=[
            ("running", "Running"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    target_seconds = fields.Integer(readonly=True, help="Working seconds promised.")
    used_seconds = fields.Integer(
        readonly=True,
        help="Working seconds used up to the start of the running interval, or in all "
        "when the clock does not run.",
    )
    started_at = fields.Datetime(readonly=True)
    running_since = fields.Datetime(readonly=True)
    deadline = fields.Datetime(
        readonly=True, help="Only while the clock runs: the last moment in time."
    )
    at_risk_at = fields.Datetime(string="At Risk From", readonly=True)
    next_event_at = fields.Datetime(
        readonly=True, help="When the scheduler has to look at this clock."
    )
    breached_at = fields.Datetime(readonly=True, help="Empty: never breached.")
    stopped_at = fields.Datetime(readonly=True)
    overrun_seconds = fields.Integer(
        readonly=True, help="Working seconds from the deadline to the stop."
    )
    alert_level = fields.Integer(
        readonly=True, export_string_translation=False
    )  # 0 none, 1 at risk, 2 breached: what the scheduler has done
    applications = fields.Json(
        readonly=True, help="Which agreement and target held from when, and why."
    )
    segments = fields.Json(readonly=True, help="The finished intervals.")
    is_history = fields.Boolean(readonly=True, string="Imported History")
    status = fields.Selection(
        selection=STATUSES,
        compute="_compute_status",
        search="_search_status",
        help="Read against the present moment, not from a stored flag.",
    )
    why = fields.Html(
        compute="_compute_why",
        sanitize=False,  # rendered from our own template
        help="Intervals, agreements applied and the rules, in words.",
    )
    alert_ids = fields.One2many(
        comodel_name="itsm.clock.alert", inverse_name="clock_id", readonly=True
    )

    _once = models.UniqueIndex(
        "(ticket_id, kind, metric, cycle, COALESCE(leg_team_id, 0), "
        "COALESCE(leg_partner_id, 0))",
        "The ticket has this clock already.",
    )
    _due_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _deadline_idx = models.Index("(deadline) WHERE deadline IS NOT NULL")

    # === Computes ===

    @api.depends("phase", "deadline", "at_risk_at", "breached_at")
    def _compute_status(self):
        now = fields.Datetime.now()
        for clock in self:
            clock.status = clock._status_at(now)

    def _status_at(self, now):
        self.ensure_one()
        if self.phase == "cancelled":
            return "cancelled"
        if self.phase == "stopped":
            return "missed" if self.breached_at else "met"
        if self.breached_at:
            return "breached"
        if self.phase == "paused":
            return "paused"
        if self.deadline and now > self.deadline:
            return "breached"
        if self.at_risk_at and now >= self.at_risk_at:
            return "at_risk"
        return "running"

    @api.depends("phase", "segments", "applications", "running_since", "breached_at")
    @api.depends_context("lang")
    def _compute_why(self):
        now = fields.Datetime.now()
        resolver = self.env["itsm.agreement"]._clock_resolver()
        for clock in self:
            clock.why = self.env["ir.qweb"]._render(
                "itsm_sla.clock_why", clock._prepare_why(now, resolver)
            )

    def _prepare_why(self, now, resolver):
        """Values of the “why” view: times in the clock's zone, durations in words."""
        self.ensure_one()
        to_datetime = fields.Datetime.to_datetime
        zone = pytz.timezone(self.tz or "UTC")

        def local(moment):
            moment = to_datetime(moment)
            if not moment:
                return "–"
            return format_datetime(self.env, moment, tz=zone.zone, dt_format="short")

        intervals = []
        total = 0
        for start, stop, phase, seconds in self.segments or []:
            total += seconds if phase == "running" else 0
            intervals.append((local(start), local(stop), phase, seconds, total))
        if self.phase == "running":
            rules = resolver.rules(self.company_id.id, self.agreement_id.id)
            seconds = 0
            if rules and now > self.running_since:
                seconds = rules.timeline.elapsed(self.running_since, now)
            total += seconds
            intervals.append((local(self.running_since), "", "running", seconds, total))
        elif self.phase == "paused":
            since = self.segments[-1][1] if self.segments else self.started_at
            intervals.append((local(since), "", "paused", 0, total))
        applications = []
        agreements = self.env[
            "itsm.agreement"
        ].sudo()  # sudo: names on a readable clock
        for row in self.applications or []:
            agreement = agreements.browse(row.get("agreement_id")).exists()
            applications.append(
                {
                    "from": local(row["from"]),
                    "agreement": agreement.display_name or "–",
                    "target": row.get("target"),
                    "why": self._why_label(row.get("why")),
                    "reason": row.get("reason"),
                    "before": row.get("before"),
                }
            )
        return {
            "clock": self,
            "agreement": self.agreement_id.sudo(),  # sudo: its rules explain the clock
            "intervals": intervals,
            "applications": applications,
            "local": local,
            "duration": self._duration_label,
        }

    def _why_label(self, why):
        """The cause of an application in words."""
        events = self.env["itsm.ticket.event"]
        labels = dict(events._fields["what"]._description_selection(self.env))
        labels.update(
            terminated=self.env._("Agreement terminated"),
            activated=self.env._("Agreement activated for open tickets"),
        )
        return ", ".join(labels.get(name, name) for name in (why or "").split(","))

    @api.model
    def _duration_label(self, seconds):
        """Working seconds as hours and minutes, rounded down to the minute."""
        minutes = abs(seconds or 0) // 60
        return self.env._(
            "%(hours)s:%(minutes)s h", hours=minutes // 60, minutes=f"{minutes % 60:02}"
        )

    @api.model
    def _status_domain(self, status):
        """Domain of the clocks that have ``status`` now."""
        now = fields.Datetime.now()
        never = Domain("breached_at", "=", False)
        running = Domain("phase", "=", "running")
        late = Domain("breached_at", "!=", False) | (
            running & Domain("deadline", "<", now)
        )
        return {
            "cancelled": Domain("phase", "=", "cancelled"),
            "met": Domain("phase", "=", "stopped") & never,
            "missed": Domain("phase", "=", "stopped") & ~never,
            "breached": Domain("phase", "in", ("running", "paused")) & late,
            "paused": Domain("phase", "=", "paused") & never,
            "at_risk": running
            & never
            & Domain("deadline", ">=", now)
            & Domain("at_risk_at", "<=", now),
            "running": running
            & never
            & Domain("deadline", ">=", now)
            & Domain("at_risk_at", ">", now),
        }[status]

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._status_domain(status) for status in value if status)

    @api.depends("ticket_id", "metric", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            clock.display_name = f"{clock.ticket_id.number}: {labels.get(clock.metric)}"

    def _evidence_message(self, operation):
        return self.env._(
            "Clocks follow from the ticket's event log and cannot be edited. "
            "Change the ticket, or the agreement by a new version."
        )

    # === Between record and fold ===

    def _as_fold(self, rules):
        """This stored clock as the fold's `Clock`, to go on from there."""
        self.ensure_one()
        to_datetime = fields.Datetime.to_datetime
        segments = [
            (to_datetime(start), to_datetime(stop), phase, seconds)
            for start, stop, phase, seconds in self.segments or []
        ]
        paused_since = None
        if self.phase == "paused":
            paused_since = segments[-1][1] if segments else self.started_at
        return Clock(
            metric=self.metric,
            rules=rules,
            target=self.target_seconds,
            started_at=self.started_at,
            cycle=self.cycle,
            phase=self.phase,
            used=self.used_seconds,
            running_since=self.running_since or None,
            paused_since=paused_since,
            deadline=self.deadline or None,
            at_risk_at=self.at_risk_at or None,
            breached_at=self.breached_at or None,
            stopped_at=self.stopped_at or None,
            overrun=self.overrun_seconds,
            segments=segments,
            applications=list(self.applications or []),
            key=self.id,
            changed=False,
        )

    def _as_fold_withdrawn(self, rules, now, why):
        """This clock after a correction that leaves nothing to measure: cancelled."""
        self.ensure_one()
        fold = self._as_fold(rules)
        fold.cancel(now)
        fold.phase = "cancelled"
        fold.breached_at = None
        fold.overrun = 0
        fold.changed = True
        fold.applications.append(self._before_correction(now, why))
        return fold

    @api.model
    def _prepare_from_fold(self, clock, alert_level=0, is_history=False):
        """Field values of a fold's `Clock`."""
        to_string = fields.Datetime.to_string
        return {
            "metric": clock.metric,
            "cycle": clock.cycle,
            "agreement_id": clock.rules.agreement_id,
            "calendar_id": clock.rules.calendar_id,
            "tz": clock.rules.tz,
            "phase": clock.phase,
            "target_seconds": clock.target,
            "used_seconds": clock.used,
            "started_at": clock.started_at,
            "running_since": clock.running_since or False,
            "deadline": clock.deadline or False,
            "at_risk_at": clock.at_risk_at or False,
            "breached_at": clock.breached_at or False,
            "stopped_at": clock.stopped_at or False,
            "overrun_seconds": clock.overrun,
            "next_event_at": False
            if is_history
            else self._next_event(
                clock.phase,
                alert_level,
                clock.at_risk_at,
                clock.deadline,
                clock.breached_at,
                clock.stopped_at,
            ),
            "segments": [
                [to_string(start), to_string(stop), phase, seconds]
                for start, stop, phase, seconds in clock.segments
            ],
            "applications": [
                {
                    name: to_string(value) if name == "from" and value else value
                    for name, value in application.items()
                }
                if not isinstance(application["from"], str)
                else application
                for application in clock.applications
            ],
        }

    @api.model
    def _next_event(
        self, phase, alert_level, at_risk_at, deadline, breached_at, stopped_at
    ):
        """When the scheduler has to look at a clock next, or False."""
        if phase == "cancelled" or (alert_level >= 2 and breached_at):
            return False
        if breached_at:
            return stopped_at or breached_at
        if phase == "running":
            return (alert_level < 1 and at_risk_at) or deadline
        return False

    def _store(self, values):
        """Write values computed by the fold, one dict per record; sent in batches."""
        names = set().union(*values)
        with self.env.protecting([self._fields[name] for name in names], self):
            for clock, vals in zip(self, values, strict=True):
                for name, value in vals.items():
                    clock[name] = value
        # Protected assignment skips what depends on the fields: statuses in the cache.
        self.modified(names)

    def _cancel(self, now, why):
        """Cancel open clocks at ``now`` (naive UTC) for a reason outside the ticket."""
        resolver = self.env["itsm.agreement"]._clock_resolver()
        values = []
        # sudo: the clocks' own act, whoever terminated the agreement
        clocks = self.sudo()
        for clock in clocks:
            rules = resolver.rules(clock.company_id.id, clock.agreement_id.id)
            fold = clock._as_fold(rules)
            fold.cancel(now)
            fold.applications.append({"from": now, "why": why, "reason": why})
            values.append(
                self._prepare_from_fold(fold, clock.alert_level, clock.is_history)
            )
        clocks._store(values)
        clocks.ticket_id._clock_store_deadline()

    # === Scheduler ===

    @api.model
    def _due_ids(self, now, limit, skip=()):
        """Ids of clocks whose next event has come, soonest first; one query."""
        query = SQL(
            """SELECT id FROM itsm_clock
               WHERE next_event_at < %s %s
               ORDER BY next_event_at LIMIT %s""",
            now,
            SQL("AND id != ALL(%s)", list(skip)) if skip else SQL(),
            limit,
        )
        self.flush_model(["next_event_at"])
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _cron_clocks(self):
        """Act on every clock whose next event has come (scheduled each minute).

        Batches of 200, each in a snapshot of its own. Odoo's transactions are
        REPEATABLE READ: a row that somebody saved after the snapshot raises a
        serialization error even with SKIP LOCKED, so a batch that fails is tried once
        more and then one clock at a time; a clock that fails alone is reported and
        left for the next run.
        """
        cron = self.env["ir.cron"]
        skip = set()
        singles = 0  # how many clocks are still to be taken one at a time
        retried = False
        cron._commit_progress()
        while True:
            now = fields.Datetime.now()
            size = 1 if singles else BATCH
            ids = self._due_ids(now, size, skip)
            if not ids:
                return
            try:
                done = self._act_on(ids, now)
                self.env.flush_all()
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                conflict = isinstance(error, OperationalError)
                if singles:
                    self._report_failure(ids[0], conflict)
                    skip.update(ids)
                    singles -= 1
                elif conflict and not retried:
                    retried = True
                else:
                    if not conflict:
                        _logger.warning("Clocks one at a time", exc_info=True)
                    singles = len(ids)
                continue
            # Rows that somebody else holds come again in the next run.
            skip.update(set(ids) - set(done.ids))
            singles = max(0, singles - 1)
            retried = False
            if not cron._commit_progress(len(done), remaining=int(len(ids) == size)):
                return

    @api.model
    def _report_failure(self, clock_id, conflict):
        if conflict:
            _logger.info("Clock %s is in use; next run", clock_id)
        else:
            _logger.exception("Clock %s could not be handled", clock_id)

    @api.model
    def _act_on(self, ids, now):
        """Lock, re-read and handle clocks; return those that could be locked."""
        # sudo: the scheduler acts for the clocks, which nobody may write
        clocks = self.sudo().browse(ids).try_lock_for_update(allow_referencing=True)
        clocks.invalidate_recordset()
        due = clocks.filtered(lambda c: c.next_event_at and c.next_event_at < now)
        due._act(now)
        return clocks

    def _act(self, now):
        """At risk and breached: once each, the further one only, logged."""
        resolver = self.env["itsm.agreement"]._clock_resolver()
        values = []
        alerts = []
        moved = self.browse()
        for clock in self:
            breached_at, at_risk_at = clock.breached_at, clock.at_risk_at
            deadline = clock.deadline
            if clock.phase == "running":
                rules = resolver.rules(clock.company_id.id, clock.agreement_id.id)
                fold = clock._as_fold(rules)
                # A holiday may have been entered since: nobody is told of a deadline
                # that the calendar no longer gives.
                fold.refresh()
                if fold.changed:
                    moved |= clock
                deadline, at_risk_at = fold.deadline, fold.at_risk_at
                if not breached_at and now > deadline:
                    breached_at = deadline
            at_risk = clock.phase == "running" and at_risk_at and now > at_risk_at
            level = 2 if breached_at else int(bool(at_risk))
            if level == 2 and clock.alert_level == 0:
                alerts.append((clock, "at_risk", at_risk_at, "passed"))
            if level > clock.alert_level:
                due = breached_at or at_risk_at
                alerts.append(
                    (clock, "breached" if breached_at else "at_risk", due, "")
                )
            level = max(level, clock.alert_level)
            values.append(
                {
                    "breached_at": breached_at,
                    "deadline": deadline,
                    "at_risk_at": at_risk_at,
                    "alert_level": level,
                    "next_event_at": self._next_event(
                        clock.phase,
                        level,
                        at_risk_at,
                        deadline,
                        breached_at,
                        clock.stopped_at,
                    ),
                }
            )
        if values:
            self._store(values)
        if moved:
            moved.ticket_id._clock_store_deadline()
        self._raise_alerts(alerts, now)

    def _silence(self, now):
        """Log what is at risk or breached already, and tell nobody.

        For clocks that begin with a past: demo data, open tickets taken under a new
        agreement.
        """
        due = self.filtered(lambda c: c.next_event_at and c.next_event_at < now)
        due.with_context(itsm_alerts_silent=True)._act(now)

    def _raise_alerts(self, alerts, now):
        """Tell the leaders in one batch and log it.

        :param alerts: list of (clock, level, due, outcome or "")
        """
        if not alerts:
            return
        names = ("clock_id", "ticket_id", "level", "time", "due", "user_id", "outcome")
        rows = []
        silent = self.env.context.get("itsm_alerts_silent")
        for clock, level, due, outcome in alerts:
            user = self.env["res.users"]
            if not outcome and (silent or not clock.ticket_id.active):
                outcome = "silent"
            elif not outcome:
                user = clock._alert_user()
                outcome = "told" if user else "nobody"
            ticket = clock.ticket_id
            rows.append((clock.id, ticket.id, level, now, due, user.id, outcome))
        created = insert_rows(self.env["itsm.clock.alert"], names, rows)
        self.invalidate_recordset(["alert_ids"], flush=False)
        told = created.filtered(lambda alert: alert.outcome == "told")
        told._schedule_activities()
        told._send_mails()

    def _alert_user(self):
        """Who is told: the team's leader, or of the team above, or the owner.

        Whoever has left the company is passed over.
        """
        self.ensure_one()
        team = self.ticket_id.team_id
        while team and not team.user_id.active:
            team = team.parent_id
        return team.user_id or self.agreement_id.owner_id.filtered("active")

    # === For people ===

    def _summary(self, now, status, label, resolver):
        """What the countdown in the browser needs (JSON): times as epoch seconds UTC.

        ``intervals`` are the coming working intervals, so that the browser counts
        working time by itself until the page is read again.
        """
        self.ensure_one()
        used = self.used_seconds
        intervals = []
        if self.phase == "running":
            rules = resolver.rules(self.company_id.id, self.agreement_id.id)
            if rules:
                since = self.running_since
                used += rules.timeline.elapsed(since, max(now, since))
                # At least to the next opening, however long the holiday.
                try:
                    opening = rules.timeline.add(now, 1)
                except NoWorkingTime:  # the calendar has lost its hours
                    opening = now
                horizon = max(self.deadline or opening, opening) + timedelta(days=3)
                intervals = rules.timeline.intervals(now, horizon)[:INTERVALS_SENT]
        return {
            "id": self.id,
            "metric": self.metric,
            "label": label,
            "status": status,
            "phase": self.phase,
            "target": self.target_seconds,
            "used": used,
            "overrun": max(0, used - self.target_seconds) if self.breached_at else 0,
            "deadline": _epoch(self.deadline),
            "at_risk": _epoch(self.at_risk_at),
            "breached": _epoch(self.breached_at),
            "stopped": _epoch(self.stopped_at),
            "intervals": [[_epoch(start), _epoch(stop)] for start, stop in intervals],
        }

    def _before_correction(self, now, why):
        """What held before a correction, kept among the applications."""
        self.ensure_one()
        to_string = fields.Datetime.to_string
        return {
            "from": to_string(now),
            "why": why,
            "corrected": True,
            "before": {
                "phase": self.phase,
                "target": self.target_seconds,
                "used": self.used_seconds,
                "started_at": to_string(self.started_at),
                "deadline": to_string(self.deadline) or None,
                "breached_at": to_string(self.breached_at) or None,
                "stopped_at": to_string(self.stopped_at) or None,
                "overrun": self.overrun_seconds,
            },
        }


def _epoch(moment):
    """Epoch seconds of a naive UTC datetime, or False."""
    return int(moment.replace(tzinfo=UTC).timestamp()) if moment else False
