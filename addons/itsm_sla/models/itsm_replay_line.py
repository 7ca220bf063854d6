# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.bulk import insert_rows, update_rows
from ..tools.replay import differences
from .itsm_agreement_target import METRICS
from .itsm_clock import STATUSES

_logger = logging.getLogger(__name__)

#: Tickets that one slice applies or undoes: about a second.
APPLIED_AT_ONCE = 500
#: Why the clock says that it was worked out again.
WHY, WHY_UNDONE = "replayed", "replay_undone"
IDENTITY = ("kind", "metric", "leg_team_id", "leg_partner_id", "cycle")
#: What the table shows of both sides.
SHOWN = ("status", "agreement_id", "deadline", "target", "used", "breached_at")
NAMES = (
    "replay_id",
    "company_id",
    "ticket_id",
    "clock_id",
    *IDENTITY,
    "change",
    "effect",
    *(f"before_{name}" for name in SHOWN),
    *(f"after_{name}" for name in SHOWN),
    "after_key",
    "state",
)
#: Fields of a ticket that follow its clocks.
TICKET_FIELDS = ("agreement_id", "agreement_reason", "clock_deadline", "leg_deadline")


class ItsmReplayLine(models.Model):
    """One clock that a replay would change: before and after, and what became of it."""

    _name = "itsm.replay.line"
    _inherit = "itsm.evidence.mixin"
    _description = "Difference of a Replay"
    _order = "replay_id desc, ticket_id, id"
    _rec_name = "ticket_id"

    replay_id = fields.Many2one(
        comodel_name="itsm.replay",
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
    clock_id = fields.Many2one(
        comodel_name="itsm.clock",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: the clock is new.",
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["itsm.clock"]._fields["kind"]._description_selection(self.env)
        ),
        readonly=True,
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
    change = fields.Selection(
        selection=[
            ("changed", "Changes"),
            ("new", "Begins"),
            ("withdrawn", "Withdrawn"),
        ],
        readonly=True,
        help="Begins: the ticket has no such clock yet. Withdrawn: the log makes no "
        "such clock; it is cancelled and counts no longer.",
    )
    effect = fields.Selection(
        selection=[
            ("newly_late", "Becomes late"),
            ("no_longer_late", "No longer late"),
            ("earlier", "Deadline earlier"),
            ("later", "Deadline later"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    before_agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Agreement Before",
        readonly=True,
        ondelete="restrict",
    )
    before_status = fields.Selection(
        selection=STATUSES, string="Status Before", readonly=True
    )
    before_deadline = fields.Datetime(string="Deadline Before", readonly=True)
    before_target = fields.Float(
        string="Target Before (h)", readonly=True, aggregator=None
    )
    before_used = fields.Float(
        string="Used Before (h)",
        readonly=True,
        aggregator=None,
        help="Working hours up to the clock's last change.",
    )
    before_breached_at = fields.Datetime(string="Breached Before", readonly=True)
    after_agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Agreement After",
        readonly=True,
        ondelete="restrict",
    )
    after_status = fields.Selection(
        selection=STATUSES, string="Status After", readonly=True
    )
    after_deadline = fields.Datetime(string="Deadline After", readonly=True)
    after_target = fields.Float(
        string="Target After (h)", readonly=True, aggregator=None
    )
    after_used = fields.Float(
        string="Used After (h)",
        readonly=True,
        aggregator=None,
        help="Working hours up to the clock's last change.",
    )
    after_breached_at = fields.Datetime(string="Breached After", readonly=True)
    after_key = fields.Char(readonly=True, export_string_translation=False)
    state = fields.Selection(
        selection=[
            ("todo", "Shown"),
            ("applied", "Applied"),
            ("skipped", "Left alone"),
            ("undone", "Undone"),
            ("kept", "Not undone"),
        ],
        readonly=True,
        required=True,
    )
    word = fields.Selection(
        selection=[
            (
                "same",
                "Nothing differs any more: it was worked out or finished meanwhile.",
            ),
            (
                "moved",
                "The ticket, its agreement or working time changed after the table was "
                "made. Work it out again.",
            ),
            ("gone", "It has no event log any more."),
            ("since", "Something happened to the ticket after it was applied."),
        ],
        string="Why",
        readonly=True,
    )
    applied_key = fields.Char(readonly=True, export_string_translation=False)
    kept = fields.Json(readonly=True, export_string_translation=False)

    _todo_idx = models.Index("(replay_id, state, ticket_id)")

    def _evidence_message(self, operation):
        return self.env._("The table of a replay is made by its run only.")

    # === Making the table ===

    @api.model
    def _note_differences(self, replay, ticket_ids, run):
        """Work tickets out and note what differs.

        :param replay: `itsm.replay`
        :param run: its `itsm.run`, told of tickets that cannot be worked out
        """
        rows = []
        now = replay.moment
        for log, _fold, found in self._differences(replay, ticket_ids, run):
            for difference in found:
                before, after = difference.before, difference.after
                rows.append(
                    (
                        replay.id,
                        log.company_id,
                        log.id,
                        difference.clock_id,
                        *difference.identity,
                        difference.change,
                        difference.effect(now),
                        *self._shown(before, now, None),
                        *self._shown(after, now, "cancelled"),
                        difference.key,
                        "todo",
                    )
                )
        # sudo: nobody may write the table by hand
        insert_rows(self.sudo(), NAMES, rows)

    @staticmethod
    def _shown(values, now, nothing):
        """Columns of one side of the table."""
        if values is None:
            return (nothing,) + (None,) * (len(SHOWN) - 1)
        return (
            values.status(now),
            values.agreement_id,
            values.deadline,
            values.target / 3600,
            values.used / 3600,
            values.breached_at,
        )

    @api.model
    def _differences(self, replay, ticket_ids, run):
        """Yield ``(log, fold, differences)`` of each ticket, all as of one moment."""
        self.env.flush_all()
        loader = replay._loader()
        now = replay.moment
        verdicts = replay.scope == "closed"
        for log in loader.load(ticket_ids):
            fold, found = None, []
            if log.reported is None:
                self._tell(run, log, self.env._("it has no event log"))
            else:
                try:
                    fold = loader.fold(log, now)
                    if fold.reason == "no_calendar":
                        self._tell(
                            run, log, self.env._("its working time has no hours ahead")
                        )
                    else:
                        found = differences(fold.clocks, log.stored, now, verdicts)
                except Exception as error:  # one bad log must not stop the others
                    _logger.warning("Replay: ticket %s", log.id, exc_info=True)
                    self._tell(run, log, str(error))
            yield log, fold, found

    def _tell(self, run, log, why):
        ticket = self.env["helpdesk.ticket"].browse(log.id)
        run._log(
            self.env._(
                "%(ticket)s was left alone: %(why)s.",
                ticket=ticket.display_name,
                why=why,
            ),
            "warning",
        )

    # === Applying it ===

    def _next_tickets(self, replay, state):
        """Ids of the next tickets with lines in ``state``."""
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ticket_id FROM itsm_replay_line
                    WHERE replay_id = %s AND state = %s
                    ORDER BY ticket_id LIMIT %s""",
                replay.id,
                state,
                APPLIED_AT_ONCE,
            )
        )
        return [row[0] for row in rows]

    def _of_tickets(self, replay, ticket_ids, state):
        # sudo: lines are written by the run only
        lines = guard.with_token(self.sudo()).search(
            [
                ("replay_id", "=", replay.id),
                ("ticket_id", "in", ticket_ids),
                ("state", "=", state),
            ]
        )
        return lines.grouped(lambda line: line.ticket_id.id)

    @api.model
    def _apply_next(self, replay, run):
        """Apply the lines of the next tickets; as `itsm.run.job._run_slice`.

        Every ticket is folded again. What differs from the table is left alone: a
        ticket that was saved, or a calendar that was edited meanwhile, must not be
        overwritten with what was true before.
        """
        ticket_ids = self._next_tickets(replay, "todo")
        if not ticket_ids:
            return 0, True
        lines_of = self._of_tickets(replay, ticket_ids, "todo")
        now = fields.Datetime.now()
        todo = []
        for log, fold, found in self._differences(replay, ticket_ids, run):
            lines = lines_of[log.id]
            shown = {line._identity(): line.after_key for line in lines}
            actual = {d.identity: d.key for d in found}
            if shown == actual:
                fold.tick(now)
                todo.append((log, fold, found, lines))
            elif log.reported is None:
                lines.write({"state": "skipped", "word": "gone"})
            else:
                known = fold is not None and fold.reason != "no_calendar"
                word = "same" if known and not actual else "moved"
                lines.write({"state": "skipped", "word": word})
        self._apply_tickets(replay, todo, now)
        return len(ticket_ids), len(ticket_ids) < APPLIED_AT_ONCE

    def _identity(self):
        self.ensure_one()
        return (
            self.kind,
            self.metric,
            self.leg_team_id.id or 0,
            self.leg_partner_id.id or 0,
            self.cycle,
        )

    def _apply_tickets(self, replay, todo, now):
        """Write what the folds say of the differing clocks, and keep what held.

        :param todo: list of ``(log, fold, differences, lines)``
        """
        # sudo: clocks are written by code only
        clocks = self.env["itsm.clock"].sudo()
        ticket_ids = [log.id for log, *_rest in todo]
        records = clocks.search([("ticket_id", "in", ticket_ids)])
        clocks_of = records.grouped("ticket_id")
        loader = replay._loader()
        last_events = self._last_events(ticket_ids)
        self._log_correction(ticket_ids, replay._note(), now)
        tickets = (
            self.env["helpdesk.ticket"].sudo().browse(ticket_ids)
        )  # sudo: as above
        tickets.fetch([*TICKET_FIELDS, "company_id", "is_history"])
        folds, kept, changed = {}, {}, []
        for ticket, (log, fold, found, lines) in zip(tickets, todo, strict=True):
            self._settle(replay, loader, log, fold, found, now)
            folds[ticket] = fold
            for line in lines:
                clock = line.clock_id.sudo()  # sudo: as above
                kept[line] = {
                    "clock": clock._prepare_kept() if clock else None,
                    "ticket": [ticket.agreement_id.id, ticket.agreement_reason],
                    "last_event": last_events.get(log.id, 0),
                }
        # An object, as the guard's token: no client can send it.
        corrected = tickets.with_context(itsm_clock_source=guard.CORRECTION)
        corrected._clock_store(folds, clocks_of)
        self.env.flush_all()
        stored = loader.stored(ticket_ids)
        rows = []
        for line, values in kept.items():
            own = {row.identity: row for row in stored[line.ticket_id.id]}
            clock = own[line._identity()]
            changed.append(clock.id)
            rows.append((line.id, "applied", clock.id, clock.values.key, values))
        clocks.browse(changed)._silence(now)
        # sudo: the table is written by its run only
        names = ("state", "clock_id", "applied_key", "kept")
        # sudo: as above
        update_rows(self.sudo(), names, rows)

    def _log_correction(self, ticket_ids, note, now):
        """Say in the tickets' event logs that their clocks were corrected, and why.

        No fact of the ticket changes: a fold reads past these rows.
        """
        self.env["itsm.ticket.event"]._append(
            [
                {"ticket_id": id_, "time": now, "what": "corrected", "note": note}
                for id_ in ticket_ids
            ]
        )
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        tickets.invalidate_recordset(["event_ids"], flush=False)

    def _settle(self, replay, loader, log, fold, found, now):
        """Let a fold's clocks stand for stored ones: what differs, and the rest."""
        # sudo: as in _apply_tickets
        clocks = self.env["itsm.clock"].sudo()
        differing = {difference.identity: difference for difference in found}
        waiting = {row.identity: row.id for row in log.stored if row.is_open}
        settled = []
        for clock in fold.clocks:
            difference = differing.get(clock.identity)
            if difference:
                clock.key, clock.changed = difference.clock_id, True
                record = clocks.browse(difference.clock_id or ())
                if record:
                    clock.applications = [
                        *(record.applications or []),
                        record._before_correction(now, WHY) | {"replay_id": replay.id},
                        *clock.applications,
                    ]
                settled.append(clock)
            elif clock.identity in waiting:
                clock.key, clock.changed = waiting[clock.identity], False
                settled.append(clock)
        for difference in found:
            if difference.change == "withdrawn":
                record = clocks.browse(difference.clock_id)
                rules = record._rules(loader.resolver)
                settled.append(record._as_fold_withdrawn(rules, now, WHY))
        fold.clocks = settled

    def _last_events(self, ticket_ids):
        """Ids of the last rows that say what happened; those of replays do not."""
        rows = self.env.execute_query(
            SQL(
                """SELECT ticket_id, MAX(id) FROM itsm_ticket_event
                    WHERE ticket_id = ANY(%s)
                      AND NOT (what = 'corrected' AND reported_at IS NULL)
                    GROUP BY ticket_id""",
                ticket_ids,
            )
        )
        return dict(rows)

    # === Taking it back ===

    @api.model
    def _undo_next(self, replay):
        """Restore what held before, where nothing has happened since.

        What held in between stays with the clock.

        :return: as `itsm.run.job._run_undo_slice`
        """
        ticket_ids = self._next_tickets(replay, "applied")
        if not ticket_ids:
            return 0, True
        self.env.flush_all()
        now = fields.Datetime.now()
        stored = replay._loader().stored(ticket_ids)
        last_events = self._last_events(ticket_ids)
        todo = guard.with_token(self.sudo()).browse()  # sudo: as in _of_tickets
        for ticket_id, lines in self._of_tickets(replay, ticket_ids, "applied").items():
            keys = {row.id: row.values.key for row in stored.get(ticket_id, [])}
            if all(
                keys.get(line.clock_id.id) == line.applied_key
                and last_events.get(ticket_id, 0) == line.kept["last_event"]
                for line in lines
            ):
                todo |= lines
            else:
                lines.write({"state": "kept", "word": "since"})
        todo._restore(now)
        note = self.env._("Replay undone: %(why)s", why=replay._note())
        self._log_correction(todo.ticket_id.ids, note, now)
        return len(ticket_ids), len(ticket_ids) < APPLIED_AT_ONCE

    def _restore(self, now):
        clocks = self.env["itsm.clock"].sudo()  # sudo: clocks are written by code only
        resolver = self.env["itsm.agreement"]._clock_resolver()
        rows, withdrawn, values = [], clocks.browse(), []
        names = None
        for line in self:
            record = line.clock_id.sudo()  # sudo: as above
            before = line.kept["clock"]
            if not before:
                rules = record._rules(resolver)
                fold = record._as_fold_withdrawn(rules, now, WHY_UNDONE)
                withdrawn |= record
                values.append(clocks._prepare_from_fold(fold, record.fired))
                continue
            applications = [
                *(record.applications or []),
                record._before_correction(now, WHY_UNDONE),
                *(before["applications"] or [])[-1:],
            ]
            before = {**before, "applications": applications}
            names = names or tuple(before)
            rows.append((record.id, *(before[name] for name in names)))
        if withdrawn:
            withdrawn._store(values)
        if rows:
            update_rows(clocks, names, rows)
        tickets = self.ticket_id.sudo()  # sudo: as above
        kept = {line.ticket_id.id: line.kept["ticket"] for line in self}
        tickets._clock_store_values(
            [
                dict(zip(("agreement_id", "agreement_reason"), kept[t.id], strict=True))
                for t in tickets
            ]
        )
        tickets._clock_store_deadline()
        self.clock_id.sudo()._silence(now)  # sudo: as above
        self.write({"state": "undone"})
