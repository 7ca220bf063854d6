# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta, timezone

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from ..tools.bulk import update_rows
from ..tools.clock import Clock, identity_of, status_of
from .itsm_agreement_target import METRICS

#: From this many clocks on one statement is faster than assignments.
MANY = 200
#: What a replay keeps of a clock to restore it.
KEPT = (
    "agreement_id",
    "calendar_id",
    "tz",
    "service_id",
    "phase",
    "promise",
    "target_seconds",
    "used_seconds",
    "started_at",
    "running_since",
    "deadline",
    "at_risk_at",
    "next_event_at",
    "breached_at",
    "stopped_at",
    "overrun_seconds",
    "segments",
    "applications",
)
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
    ("handed_over", "Handed over"),
    ("cancelled", "Cancelled"),
    ("exempt", "Exempt"),
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
        index="btree_not_null",
        ondelete="restrict",
    )
    leg_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier of the Leg",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    leg_name = fields.Char(string="Leg", compute="_compute_leg_name")
    cycle = fields.Integer(readonly=True)
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    tz = fields.Char(string="Time Zone", readonly=True)
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        readonly=True,
        ondelete="restrict",
        help="The service whose planned interruptions are left out.",
    )
    phase = fields.Selection(
        selection=[
            ("running", "Running"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("handed_over", "Handed over"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    promise = fields.Char(
        readonly=True,
        export_string_translation=False,
        help="Key of a promise by working day and time of day, as the fold keeps it.",
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
    applications = fields.Json(
        readonly=True, help="Which agreement and target held from when, and why."
    )
    segments = fields.Json(readonly=True, help="The finished intervals.")
    is_history = fields.Boolean(readonly=True, string="Imported History")
    exempt = fields.Boolean(
        readonly=True,
        help="The ticket is left out of what was achieved: nobody is alerted, and the "
        "clock is counted apart.",
    )
    status = fields.Selection(
        selection=STATUSES,
        compute="_compute_status",
        search="_search_status",
        help="Read against the present moment, not from a stored flag.",
    )
    target_hours = fields.Float(string="Target (hours)", compute="_compute_hours")
    used_hours = fields.Float(
        string="Used (hours)",
        compute="_compute_hours",
        help="Working hours used until now.",
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

    @api.depends("phase", "deadline", "at_risk_at", "breached_at", "exempt")
    def _compute_status(self):
        now = fields.Datetime.now()
        for clock in self:
            clock.status = clock._status_at(now)

    def _status_at(self, now):
        self.ensure_one()
        if self.exempt:
            return "exempt"
        return status_of(
            self.phase, self.breached_at, self.deadline, self.at_risk_at, now
        )

    @api.depends("phase", "target_seconds", "used_seconds", "running_since")
    def _compute_hours(self):
        now = fields.Datetime.now()
        resolver = self.env["itsm.agreement"]._clock_resolver()
        for clock in self:
            used = clock.used_seconds
            if clock.phase == "running" and clock.running_since:
                rules = clock._rules(resolver)
                since = clock.running_since
                used += rules.timeline.elapsed(since, max(now, since))
            clock.used_hours = used / 3600
            clock.target_hours = clock.target_seconds / 3600

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
            rules = self._rules(resolver)
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
        levels = agreements.env["itsm.agreement.level"]
        for row in self.applications or []:
            agreement = agreements.browse(row.get("agreement_id")).exists()
            applications.append(
                {
                    "from": local(row["from"]),
                    "agreement": agreement.display_name or "–",
                    "target": row.get("target"),
                    "level": levels.browse(row.get("level")).exists().name,
                    "promise": self._promise_label(row.get("promise")),
                    "why": self._why_label(row.get("why")),
                    "reason": row.get("reason"),
                    "before": row.get("before"),
                }
            )
        return {
            "clock": self,
            "agreement": self.agreement_id.sudo(),  # sudo: its rules explain the clock
            "intervals": intervals,
            "interruptions": self._interruptions_left_out(now, resolver),
            "applications": applications,
            "local": local,
            "promise": self._promise_label(self.promise),
            "duration": self._duration_label,
        }

    @api.model
    def _promise_label(self, promise):
        """A promise by working day and time of day in words; False for a duration."""
        if not promise:
            return False
        days, time = promise.split("@")
        return self.env._("working day %(days)s by %(time)s", days=days, time=time)

    def _interruptions_left_out(self, now, resolver):
        """The agreed interruptions that this clock did not count, or will not."""
        self.ensure_one()
        model = self.env["itsm.interruption"].sudo()  # sudo: explains a readable clock
        found = model.browse()
        rules = self._rules(resolver)
        if not rules.interruptions:
            return found
        to_datetime = fields.Datetime.to_datetime
        party = self.company_id.id, self.service_id.id
        for start, stop, phase, seconds in self.segments or []:
            start, stop = to_datetime(start), to_datetime(stop)
            if phase != "running":
                continue
            own = model._of_service(*party, start, stop)
            if own and rules.timeline.elapsed(start, stop) != seconds:
                # The interval is finished: what was entered later left it alone.
                own = own.filtered(lambda r, stop=stop: r.agreed_at <= stop)
            found |= own
        if self.phase == "running":
            until = max(now, self.deadline or now)
            found |= model._of_service(*party, self.running_since, until)
        return found.sorted("date_start")

    def _why_label(self, why):
        """The cause of an application in words."""
        events = self.env["itsm.ticket.event"]
        labels = dict(events._fields["what"]._description_selection(self.env))
        labels.update(
            terminated=self.env._("Agreement terminated"),
            activated=self.env._("Agreement activated for open tickets"),
            replayed=self.env._("Worked out again by a replay"),
            replay_undone=self.env._("Replay undone"),
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
        if status == "exempt":
            return Domain("exempt", "=", True)
        return (
            Domain("exempt", "=", False)
            & {
                "cancelled": Domain("phase", "=", "cancelled"),
                "handed_over": Domain("phase", "=", "handed_over"),
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
        )

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._status_domain(status) for status in value if status)

    def _label(self):
        """Which clock of its ticket it is, in words: “OLA Resolution, Network”."""
        self.ensure_one()
        kinds, metrics = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "metric")
        )
        values = {"kind": kinds[self.kind], "metric": metrics[self.metric]}
        if self.leg_name:
            return self.env._(
                "%(kind)s %(metric)s, %(leg)s", leg=self.leg_name, **values
            )
        return self.env._("%(kind)s %(metric)s", **values)

    @api.depends("ticket_id", "metric", "kind", "leg_team_id", "leg_partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            leg = clock.sudo().leg_name  # sudo: the name of a leg of a readable clock
            name = f"{clock.ticket_id.number}: {labels.get(clock.metric)}"
            clock.display_name = f"{name} ({leg})" if leg else name

    @api.depends("leg_team_id", "leg_partner_id")
    def _compute_leg_name(self):
        for clock in self:
            clock_sudo = clock.sudo()  # sudo: as above
            party = clock_sudo.leg_team_id or clock_sudo.leg_partner_id
            clock.leg_name = party.display_name or False

    def _evidence_message(self, operation):
        return self.env._(
            "Clocks follow from the ticket's event log and cannot be edited. "
            "Change the ticket, or the agreement by a new version."
        )

    # === Between record and fold ===

    def _kept_legs(self):
        """Ids of agreements that were given to a leg that had begun before them."""
        return {
            clock.agreement_id.id
            for clock in self
            if clock.kind != "sla"
            and clock.agreement_id.activated_at
            and clock.started_at < clock.agreement_id.activated_at
        }

    def _identity(self):
        """What tells the clocks of one ticket apart, as the fold's `Clock.identity`."""
        self.ensure_one()
        return identity_of(
            self.kind,
            self.metric,
            self.leg_team_id.id,
            self.leg_partner_id.id,
            self.cycle,
        )

    def _rules(self, resolver):
        """The `Rules` under which this clock runs."""
        self.ensure_one()
        return resolver.rules(
            self.company_id.id, self.agreement_id.id, self.tz, self.service_id.id
        )

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
            kind=self.kind,
            leg_team_id=self.leg_team_id.id or None,
            leg_partner_id=self.leg_partner_id.id or None,
            promise=self.promise or None,
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
    def _prepare_from_fold(self, clock, fired=None, is_history=False):
        """Field values of a fold's `Clock`.

        :param fired: ids of the escalation rules that are done with
        """
        to_string = fields.Datetime.to_string
        return {
            "kind": clock.kind,
            "metric": clock.metric,
            "leg_team_id": clock.leg_team_id or False,
            "leg_partner_id": clock.leg_partner_id or False,
            "cycle": clock.cycle,
            "promise": clock.promise or False,
            "agreement_id": clock.rules.agreement_id,
            "calendar_id": clock.rules.calendar_id,
            "tz": clock.rules.tz,
            "service_id": clock.rules.service_id or False,
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
            "next_event_at": False if is_history else self._next_event(clock, fired),
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

    def _store(self, values):
        """Write values computed by the fold, one dict per record; sent in batches."""
        names = set().union(*values)
        if len(self) > MANY and all(names == vals.keys() for vals in values):
            # A replay: one statement, not as many assignments as there are fields.
            rows = [
                (clock.id, *(vals[name] for name in names))
                for clock, vals in zip(self, values, strict=True)
            ]
            update_rows(self.browse(), list(names), rows)
            return
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
            fold = clock._as_fold(clock._rules(resolver))
            fold.cancel(now)
            fold.applications.append({"from": now, "why": why, "reason": why})
            values.append(
                self._prepare_from_fold(
                    fold, clock.fired, clock.is_history or clock.exempt
                )
            )
        clocks._store(values)
        clocks.ticket_id._clock_store_deadline()

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
            rules = self._rules(resolver)
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
            "promise": self.promise or False,
            "exempt": bool(self.exempt),
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

    def _prepare_kept(self):
        """What the fold writes, as it is now, for a replay that may be undone."""
        self.ensure_one()
        kept = {}
        for name in KEPT:
            value = self[name]
            if isinstance(value, models.BaseModel):
                value = value.id
            elif self._fields[name].type == "datetime":
                value = fields.Datetime.to_string(value)
            kept[name] = value
        return kept


def _epoch(moment):
    """Epoch seconds of a naive UTC datetime, or False."""
    return int(moment.replace(tzinfo=UTC).timestamp()) if moment else False
