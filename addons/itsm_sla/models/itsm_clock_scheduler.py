# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from psycopg2.errors import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import escalation

_logger = logging.getLogger(__name__)

BATCH = 200


class ItsmClock(models.Model):
    """The scheduler: breaches are marked and escalation rules fire, each once."""

    _inherit = "itsm.clock"

    fired = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="Ids of the escalation rules that are done with for this clock: fired, "
        "passed over, silenced (the alerts say which) or not meant for the ticket when "
        "they came due.",
    )

    # === When to look ===

    @api.model
    def _next_event(self, clock, fired=None, after=None):
        """When the scheduler has to look at a clock next.

        The earliest instant of a rule that has not fired, the breach, or the end of
        the agreement, whichever comes first.

        :param clock: the fold's `Clock`
        :param fired: ids of the rules that are done with
        :param after: naive UTC: everything before was handled; None for a clock that
            was just changed, whose rules may be past already
        :return: naive UTC datetime or False
        """
        if clock.phase == "cancelled":
            return False
        rules = clock.rules
        plan = self.env["itsm.escalation.rule"]._plan(
            rules.agreement_id, clock.kind, clock.metric
        )
        todo = [step for step in plan if step.rule_id not in (fired or ())]
        if clock.phase != "running":
            # Nothing becomes due by time: only what is past and was not handled.
            if not clock.breached_at or after:
                return False
            if any(escalation.instant(step, clock) for step in todo):
                return clock.stopped_at or clock.breached_at
            return False
        moments = [escalation.instant(step, clock) for step in todo]
        if not clock.breached_at:
            moments.append(clock.deadline)
        moments.append(rules.ends_at)
        return min(
            (moment for moment in moments if moment and not (after and moment < after)),
            default=False,
        )

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

    # === The scheduled action ===

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
        """Mark breaches and let the rules fire whose instant has come.

        Each rule once per clock. The clocks are stored first, so that what a rule does
        to a ticket finds them as they are.
        """
        resolver = self.env["itsm.agreement"]._clock_resolver()
        values = []
        events = []
        moved = self.browse()
        for clock in self:
            fold = clock._as_fold(clock._rules(resolver))
            deadline = fold.deadline
            # A holiday may have been entered since: nobody is told of a deadline that
            # the calendar no longer gives.
            fold.tick(now)
            if fold.deadline != deadline:
                moved |= clock
            if fold.phase != clock.phase:  # the agreement is over
                values.append(
                    self._prepare_from_fold(fold, clock.fired, clock.is_history)
                )
                continue
            past, unmeant = clock._steps_past(fold, now)
            found = escalation.split(past, now, clock._rules_since(fold, now))
            events += [
                (clock, step.rule_id, due, escalation.level(step, fold), verdict)
                for due, step, verdict in found
            ]
            fired = clock.fired or []
            if found or unmeant:
                done = [step.rule_id for _due, step, _verdict in found]
                fired = [*fired, *done, *unmeant]
            values.append(
                {
                    "breached_at": fold.breached_at or False,
                    "deadline": fold.deadline or False,
                    "at_risk_at": fold.at_risk_at or False,
                    "fired": fired or False,
                    "next_event_at": not clock.exempt
                    and self._next_event(fold, fired, now),
                }
            )
        if values:
            self._store(values)
        if moved:
            moved.ticket_id._clock_store_deadline()
        if events:
            self.env["itsm.clock.alert"]._raise(events, now)

    def _steps_past(self, fold, now):
        """The rules for this clock that are past.

        :return: list of ``(due, step)``, and the ids of the rules that are not meant
            for the ticket: done with for good, as a filter is judged when the rule
            comes due
        """
        self.ensure_one()
        model = self.env["itsm.escalation.rule"]
        fired = self.fired or ()
        past = []
        unmeant = []
        for step in model._plan(fold.rules.agreement_id, fold.kind, fold.metric):
            if step.rule_id in fired:
                continue
            due = escalation.instant(step, fold)
            if not due or due >= now:
                continue
            if model.browse(step.rule_id)._fits(self.ticket_id):
                past.append((due, step))
            else:
                unmeant.append(step.rule_id)
        return past, unmeant

    def _rules_since(self, fold, now):
        """From when on a rule of this clock could come due: what was past before, when
        the clock was attached late or retargeted, is not made up for.
        """
        self.ensure_one()
        since = escalation.attached(fold)
        if self.create_date and self.create_date <= now:
            since = max(since, self.create_date)
        return since

    def _is_silenced(self):
        """Whether nobody is told and nothing is done: the alerts are logged only."""
        self.ensure_one()
        return bool(
            self.env.context.get("itsm_alerts_silent")
            or self.is_history
            or not self.ticket_id.active
            or self.exempt
        )

    def _silence(self, now):
        """Log what is at risk or breached already, and tell nobody.

        For clocks that begin with a past: demo data, open tickets taken under a new
        agreement.
        """
        due = self.filtered(lambda c: c.next_event_at and c.next_event_at < now)
        due.with_context(itsm_alerts_silent=True)._act(now)

    # === Who ===

    def _leader(self, team):
        """The leader of ``team``, or of the team above, or the agreement's owner.

        Whoever has left the company is passed over.
        """
        self.ensure_one()
        while team and not team.user_id.active:
            team = team.parent_id
        return team.user_id or self.agreement_id.owner_id.filtered("active")
