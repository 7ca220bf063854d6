# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models

from ..tools.bulk import copy_rows
from ..tools.clock import SLA, status_of
from ..tools.whatif import month_of
from .itsm_agreement_target import METRICS
from .itsm_clock import STATUSES

_logger = logging.getLogger(__name__)

#: States of a clock that is late.
LATE = ("missed", "breached")
#: States with a verdict, and what they count in a percentage.
VERDICT = {"met": 100.0, "missed": 0.0}
NAMES = (
    "whatif_id",
    "company_id",
    "ticket_id",
    "metric",
    "leg_team_id",
    "leg_partner_id",
    "cycle",
    "itsm_kind",
    "priority",
    "month",
    "status",
    "target_seconds",
    "used_seconds",
    "deadline",
    "breached_at",
    "stopped_at",
    "late_hours",
    "compliance",
    "needed_seconds",
    "late_only",
    "recorded_status",
    "recorded_target_seconds",
    "recorded_used_seconds",
    "recorded_compliance",
    "effect",
)


class ItsmWhatifLine(models.Model):
    """One clock of a past ticket: as the scenario has it, and as it was recorded."""

    _name = "itsm.whatif.line"
    _inherit = ["itsm.evidence.mixin", "itsm.ticket.cell.mixin"]
    _description = "Clock of a What-If Scenario"
    _order = "whatif_id desc, late_hours desc, id"
    _rec_name = "ticket_id"

    whatif_id = fields.Many2one(
        comodel_name="itsm.whatif",
        string="Scenario",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    metric = fields.Selection(selection=METRICS, readonly=True)
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
    cycle = fields.Integer(readonly=True, aggregator=None)
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(
        readonly=True,
        help="The one under which the clock ended.",
    )
    month = fields.Date(
        readonly=True,
        help="First day of the month in which the ticket was reported, in the "
        "agreement's time zone.",
    )
    status = fields.Selection(
        selection=STATUSES,
        string="Predicted",
        readonly=True,
        help="Empty: nothing would be promised.",
    )
    target_seconds = fields.Integer(readonly=True, aggregator=None)
    used_seconds = fields.Integer(
        readonly=True, aggregator=None, help="Up to the clock's last change."
    )
    target_hours = fields.Float(string="Target (hours)", compute="_compute_hours")
    used_hours = fields.Float(string="Used (hours)", compute="_compute_hours")
    deadline = fields.Datetime(readonly=True, help="Only of clocks that still run.")
    breached_at = fields.Datetime(
        string="Late Since", readonly=True, help="The deadline that would be missed."
    )
    stopped_at = fields.Datetime(readonly=True)
    late_hours = fields.Float(
        string="Late By (hours)",
        readonly=True,
        aggregator="avg",
        help="Working hours beyond the target; of open clocks until it was worked out.",
    )
    compliance = fields.Float(
        string="Predicted (%)",
        readonly=True,
        aggregator="avg",
        help="Met of met and missed. What has no verdict does not count.",
    )
    needed_seconds = fields.Integer(
        readonly=True,
        aggregator=None,
        export_string_translation=False,
        help="The smallest target with which it is not late; empty: there is none.",
    )
    late_only = fields.Boolean(readonly=True, export_string_translation=False)
    recorded_status = fields.Selection(
        selection=STATUSES,
        string="Recorded",
        readonly=True,
        help="Empty: the ticket has no such clock.",
    )
    recorded_target_seconds = fields.Integer(readonly=True, aggregator=None)
    recorded_used_seconds = fields.Integer(readonly=True, aggregator=None)
    recorded_target_hours = fields.Float(
        string="Recorded Target (hours)", compute="_compute_hours"
    )
    recorded_used_hours = fields.Float(
        string="Recorded Use (hours)", compute="_compute_hours"
    )
    recorded_compliance = fields.Float(
        string="Recorded (%)", readonly=True, aggregator="avg"
    )
    effect = fields.Selection(
        selection=[
            ("newly_late", "Becomes late"),
            ("no_longer_late", "No longer late"),
        ],
        readonly=True,
    )

    @api.depends(
        "target_seconds",
        "used_seconds",
        "recorded_target_seconds",
        "recorded_used_seconds",
    )
    def _compute_hours(self):
        for line in self:
            line.target_hours = line.target_seconds / 3600
            line.used_hours = line.used_seconds / 3600
            line.recorded_target_hours = line.recorded_target_seconds / 3600
            line.recorded_used_hours = line.recorded_used_seconds / 3600

    def _evidence_message(self, operation):
        return self.env._("The figures of a scenario are made by its run only.")

    # === Working tickets out ===

    @api.model
    def _note(self, scenario, loader, ticket_ids, counts):
        """Fold tickets under the scenario and keep what it says of their clocks.

        :param scenario: `itsm.whatif`
        :param loader: `ScenarioLoader`
        :param dict counts: verdicts under the hours that are compared, added to here:
            ``{"calendar kind priority metric": [met, decided]}``
        :return: number of tickets without an event log, or with one that cannot be read
        """
        self.env.flush_all()
        now = scenario.moment
        keys = [str(calendar.id) for calendar in scenario._calendars()]
        kind, tz = scenario.agreement_id.kind, scenario.agreement_id.tz
        head = scenario.id, scenario.company_id.id
        local_date = scenario.agreement_id._local_date
        rows, skipped = [], 0
        for log in loader.load(ticket_ids):
            if log.reported is None:
                skipped += 1
                continue
            try:
                first, *others = loader.folds(log, now)
            except Exception:  # one bad log must not stop the others
                _logger.warning("What-if: ticket %s", log.id, exc_info=True)
                skipped += 1
                continue
            month = month_of(local_date(first.facts.reported_at, tz))
            rows += self._rows(first, log, loader.proposals[0], month, now, head)
            for key, fold in zip(keys[1:], others, strict=True):
                self._count(fold, kind, now, key, counts)
        # sudo: nobody may write the figures by hand
        copy_rows(self.sudo(), NAMES, rows)
        return skipped

    @staticmethod
    def _status(clock, now):
        return status_of(
            clock.phase, clock.breached_at, clock.deadline, clock.at_risk_at, now
        )

    @api.model
    def _count(self, fold, kind, now, calendar, counts):
        """Add the verdicts of a fold under other hours."""
        for clock in fold.clocks:
            if clock.kind != kind:
                continue
            status = self._status(clock, now)
            if status in VERDICT:
                (itsm_kind, priority), _since = fold.cells[id(clock)]
                key = f"{calendar} {itsm_kind} {priority} {clock.metric}"
                count = counts.setdefault(key, [0, 0])
                count[0] += status == "met"
                count[1] += 1

    @api.model
    def _rows(self, fold, log, rules, month, now, head):
        """Rows of one ticket, in the order of `NAMES`."""
        kind = rules.kind
        recorded = {
            row.identity: row
            for row in log.stored
            if row.kind == kind
            and (kind == SLA or rules.is_own_leg(row.leg_team_id, row.leg_partner_id))
        }
        rows = []
        for clock in fold.clocks:
            if clock.kind != kind:
                continue
            status = self._status(clock, now)
            (itsm_kind, priority), _since = fold.cells[id(clock)]
            ended = clock.stopped_at is not None
            late = status in LATE
            overrun = clock.overrun if ended else clock.used_at(now) - clock.target
            rows.append(
                (
                    *head,
                    log.id,
                    clock.metric,
                    clock.leg_team_id,
                    clock.leg_partner_id,
                    clock.cycle,
                    itsm_kind,
                    priority,
                    month,
                    status,
                    clock.target,
                    clock.used,
                    clock.deadline,
                    clock.breached_at,
                    clock.stopped_at,
                    max(0, overrun) / 3600 if late else None,
                    VERDICT.get(status),
                    fold.needed(clock) if ended else None,
                    id(clock) in fold.late_only,
                    *self._recorded(recorded.pop(clock.identity, None), status, now),
                )
            )
        nothing = (None,) * (NAMES.index("late_only") - NAMES.index("status"))
        for row in recorded.values():
            cell = fold.facts.kind, fold.facts.priority
            leg = row.leg_team_id, row.leg_partner_id
            rows.append(
                (
                    *(*head, log.id, row.metric, *leg, row.cycle, *cell, month),
                    *nothing,
                    False,
                    *self._recorded(row, None, now),
                )
            )
        return rows

    @api.model
    def _recorded(self, row, status, now):
        """The recorded side of a row, and what differs."""
        if row is None:
            before, target, used = None, None, None
        else:
            before = status_of(
                row.phase, row.breached_at, row.deadline, row.at_risk_at, now
            )
            target, used = row.target_seconds, row.used_seconds
        effect = None
        if before and status and (before in LATE) != (status in LATE):
            effect = "newly_late" if status in LATE else "no_longer_late"
        return before, target, used, VERDICT.get(before), effect
