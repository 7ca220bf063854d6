# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from random import getrandbits

from odoo import api, fields, models

from odoo.addons.itsm_base.models.helpdesk_ticket import TicketFacts
from odoo.addons.itsm_base.tools import guard

from ..tools.fold import OVER, TicketFold
from ..tools.log_rebuild import Gone, Trace, past_of
from .itsm_ticket_event import STATED

_logger = logging.getLogger(__name__)

#: Tickets that one slice takes back.
UNDONE_AT_ONCE = 200
#: Facts that are read from traces, in the fields of a ticket.
TRACED = (
    "stage_id",
    "pause_reason_id",
    "team_id",
    "user_id",
    "priority",
    "service_id",
    "partner_id",
    "itsm_kind",
    "duplicate_id",
)
RECORDS = frozenset(name for name in TRACED if name.endswith("_id"))
#: Of these the addon under this one began the tracking.
TRACED_BY_US = ("pause_reason_id", "priority", "service_id", "itsm_kind")


class ItsmLogRebuildLine(models.Model):
    """One ticket of a rebuild: what was built, and what could not be known."""

    _name = "itsm.log.rebuild.line"
    _inherit = "itsm.evidence.mixin"
    _description = "Ticket of a Rebuild"
    _order = "rebuild_id desc, id"
    _rec_name = "ticket_id"

    rebuild_id = fields.Many2one(
        comodel_name="itsm.log.rebuild",
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
    state = fields.Selection(
        selection=[
            ("built", "Built"),
            ("same", "Nothing new"),
            ("failed", "Left alone"),
            ("undone", "Undone"),
            ("kept", "Not undone"),
        ],
        required=True,
        readonly=True,
    )
    row_count = fields.Integer(string="Log Rows", readonly=True)
    clock_count = fields.Integer(string="Clocks", readonly=True)
    unknown = fields.Text(
        string="Could Not Be Known",
        readonly=True,
        help="What the traces of the ticket do not tell, and what was taken instead.",
    )
    first_event_id = fields.Integer(readonly=True, export_string_translation=False)
    last_message_id = fields.Integer(readonly=True, export_string_translation=False)

    def _evidence_message(self, operation):
        return self.env._("What could not be known is noted by the rebuild only.")

    # === Building ===

    @api.model
    def _build(self, rebuild, tickets):
        """Build the logs of a slice of tickets, and their clocks if that was chosen."""
        now = fields.Datetime.now()
        # sudo: the log of a ticket does not depend on who builds it
        tickets = tickets.sudo()
        reader = self.env["itsm.log.rebuild.line"].sudo()  # sudo: as above
        messages_of = reader._messages_of(tickets)
        previous = reader._previous_of(tickets)
        values, rows = [], []
        for ticket in tickets:
            line = {
                "rebuild_id": rebuild.id,
                "company_id": ticket.company_id.id,
                "ticket_id": ticket.id,
                "row_count": 0,
            }
            messages = messages_of.get(ticket.id, messages_of[False])
            last = previous.get(ticket.id)
            if last:
                messages = messages.filtered(lambda m, last=last: m.id > last)
            try:
                own, doubts = reader._rows(ticket, messages, now, bool(last))
                line["unknown"] = "\n".join(doubts) or False
                line["state"] = "built" if own else "same"
                line["row_count"] = len(own)
                line["last_message_id"] = max(messages.ids, default=last or 0)
                rows += own
            except Exception as error:  # one odd ticket must not stop the others
                _logger.warning("Rebuild: ticket %s", ticket.id, exc_info=True)
                line.update(state="failed", unknown=str(error))
            values.append(line)
        events = self.env["itsm.ticket.event"]._append(rows, "rebuilt")
        position = 0
        for line in values:
            if line["row_count"]:
                line["first_event_id"] = events.ids[position]
                position += line["row_count"]
        tickets.invalidate_recordset(["event_ids"], flush=False)
        if rebuild.attach == "clocks":
            self._attach(tickets, values, now)
        # sudo: nobody may write this list by hand
        guard.with_token(self.sudo()).create(values)

    def _messages_of(self, tickets):
        """Messages of tickets by the ticket's id, oldest first; False: none."""
        messages = self.env["mail.message"].search(
            [("model", "=", tickets._name), ("res_id", "in", tickets.ids)],
            order="date, id",
        )
        return {False: messages.browse(), **messages.grouped("res_id")}

    def _previous_of(self, tickets):
        """The last message that an earlier rebuild has read, by the ticket's id."""
        rows = self._read_group(
            [
                ("ticket_id", "in", tickets.ids),
                ("state", "in", ("built", "same", "kept")),
            ],
            ["ticket_id"],
            ["last_message_id:max"],
        )
        return {
            ticket.id: last or -1
            for ticket, last in rows
            if ticket.event_ids  # not undone since
        }

    def _rows(self, ticket, messages, now, goes_on):
        """Rows of the log of one ticket, and what could not be known, in words.

        :param messages: those that no rebuild has read yet, oldest first
        :param goes_on: the ticket has a log that an earlier rebuild made
        """
        created = ticket.create_date.replace(microsecond=0)
        current = {
            name: ticket[name].id or False if name in RECORDS else ticket[name]
            for name in TRACED
        }
        traces = [
            trace
            for message in messages
            if (trace := self._trace(message, created, now))
        ]
        known = None
        if goes_on:
            known, created = self._known(ticket, current)
        past = past_of(current, traces, created, now, self._changed_at(ticket), known)
        states = self._states()
        facts = self._facts(ticket, past.first, states)
        rows = [] if goes_on else self._first_rows(ticket, facts, created)
        moves = [(time, key, who, changes) for time, key, who, changes in past.moves]
        for message in messages:
            if ticket._itsm_is_reply(message, {}):
                author = message.author_id.user_ids.filtered(lambda u: not u.share)
                time = min(max(message.date, created), now)
                moves.append((time, message.id, author[:1].id, None))
        values = dict(past.first)
        for time, _key, who, changes in sorted(moves, key=lambda move: move[:2]):
            step = {
                "ticket_id": ticket.id,
                "time": time,
                "step": getrandbits(31),
                "user_id": who or False,
            }
            if changes is None:
                rows.append({**step, "what": "reply"})
                continue
            values.update(changes)
            after = self._facts(ticket, values, states)
            rows += [
                {**step, "what": what, **vals}
                for what, vals in ticket._itsm_compare(facts, after)
            ]
            facts = after
        return rows, self._say(ticket, past.doubts, rows)

    def _changed_at(self, ticket):
        """When facts changed last, where helpdesk keeps it."""
        return {
            "stage_id": ticket.closed_date or ticket.last_stage_update
            if ticket.closed
            else ticket.last_stage_update,
            "user_id": ticket.assigned_date,
        }

    def _known(self, ticket, current):
        """The facts at the end of a log, by the names of the ticket; and when."""
        columns = {"user_id": "assignee_id"}
        known = dict(current)
        seen = ticket.create_date.replace(microsecond=0)
        for event in ticket.event_ids.sorted(lambda e: (e.time, e.sequence, e.id)):
            seen = max(seen, event.time)
            stated = STATED[event.what]
            for name in TRACED:
                column = columns.get(name, name)
                if column in stated or (name == "stage_id" and event.state):
                    value = event[column]
                    known[name] = value.id if name in RECORDS else value
            if event.state:
                known["duplicate_id"] = (
                    event.state == "cancelled"
                    and event.stage_id.itsm_state != "cancelled"
                    and (current["duplicate_id"] or True)
                )
        return known, seen

    def _trace(self, message, created, now):
        """The tracked changes of a message, or None."""
        changes = {}
        for value in message.tracking_value_ids.sorted("id"):
            name = value.field_id.name or (value.field_info or {}).get("name")
            if name not in TRACED:
                continue
            old = self._traced_value(
                name, value.old_value_integer, value.old_value_char
            )
            new = self._traced_value(
                name, value.new_value_integer, value.new_value_char
            )
            changes[name] = (changes[name][0] if name in changes else old, new)
        if not changes:
            return None
        users = message.author_id.user_ids
        time = min(max(message.date, created), now)
        return Trace(time, message.id, users[:1].id, changes)

    def _traced_value(self, name, number, text):
        """A tracked value as the ticket holds it; `Gone` if it exists no more."""
        field = self.env["helpdesk.ticket"]._fields[name]
        if name not in RECORDS:
            return self._selection_keys(name).get(text, Gone(text)) if text else False
        if not number:
            return False
        if name == "duplicate_id":
            return number  # that it was one is all that counts
        record = self.env[field.comodel_name].with_context(active_test=False)
        if record.browse(number).exists():
            return number
        # A stage may have been made anew under its old name.
        if name == "stage_id":
            same = record.search([("name", "=", text)])
            if len(same) == 1:
                return same.id
        return Gone(text or str(number))

    def _selection_keys(self, name):
        """Keys of a selection by its labels in every language installed."""
        cache = self.env.cr.cache.setdefault("itsm_sla.log_rebuild_labels", {})
        if name not in cache:
            cache[name] = {}
            for code, _label in self.env["res.lang"].get_installed():
                env = self.with_context(lang=code).env
                field = env["helpdesk.ticket"]._fields[name]
                for key, label in field._description_selection(env):
                    cache[name].setdefault(label, key)
            # helpdesk_mgmt alone knows no other labels than its own.
            if name == "priority":
                for key, label in enumerate(("Low", "Medium", "High", "Very High")):
                    cache[name].setdefault(label, str(key))
        return cache[name]

    def _states(self):
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        return {stage.id: stage.itsm_state for stage in stages.search([])}

    def _facts(self, ticket, values, states):
        """`TicketFacts` of values that may be gone."""
        plain = {
            name: False if isinstance(value, Gone) else value
            for name, value in values.items()
        }
        if values["duplicate_id"]:
            state = "cancelled"
        elif isinstance(values["stage_id"], Gone):
            state = "open"
        else:
            state = states.get(values["stage_id"], "new")
        return TicketFacts(
            reported_at=ticket.reported_at,
            stage_id=plain["stage_id"],
            state=state,
            # As the ticket itself: a reason without a pause is none.
            pause_reason_id=plain["pause_reason_id"] if state == "paused" else False,
            team_id=plain["team_id"],
            user_id=plain["user_id"],
            priority=plain["priority"],
            service_id=plain["service_id"],
            partner_id=plain["partner_id"],
            itsm_kind=plain["itsm_kind"],
        )

    def _first_rows(self, ticket, facts, created):
        """Rows of the report: the snapshot, and what was done when it was saved."""
        reported = min(ticket.reported_at or created, created)
        who = {"ticket_id": ticket.id, "user_id": ticket.create_uid.id}
        done = {
            "state": facts.state,
            "stage_id": facts.stage_id,
            "pause_reason_id": facts.pause_reason_id,
        }
        later = reported < created and facts.state != "new"
        nothing = {"state": "new", "stage_id": False, "pause_reason_id": False}
        rows = [
            {
                **who,
                "time": reported,
                "what": "reported",
                **(nothing if later else done),
                "team_id": facts.team_id,
                "priority": facts.priority,
                "service_id": facts.service_id,
                "partner_id": facts.partner_id,
                "itsm_kind": facts.itsm_kind,
            }
        ]
        if later:
            what = facts.state if facts.state in OVER else "state"
            rows.append({**who, "time": created, "what": what, **done})
        if facts.user_id:
            rows.append(
                {
                    **who,
                    "time": created,
                    "what": "assignee",
                    "assignee_id": facts.user_id,
                }
            )
        return rows

    # === What could not be known ===

    def _say(self, ticket, doubts, rows):
        """Doubts in words, one line each."""
        said = [
            self._doubt_text(
                doubt.what,
                field=ticket._fields[doubt.name]._description_string(self.env),
                since=fields.Datetime.to_string(doubt.since),
                until=fields.Datetime.to_string(doubt.until),
                value=doubt.value,
            )
            for doubt in doubts
        ]
        if any(
            row.get("state") == "paused" and not row.get("pause_reason_id")
            for row in rows
        ):
            said.append(
                self.env._(
                    "Pause Reason: the ticket was paused without a reason that is "
                    "known; clocks ran on."
                )
            )
        return said

    def _doubt_text(self, what, field, since, until, value):
        if what == "gap":
            return self.env._(
                "%(field)s: changed without a trace between %(since)s and %(until)s "
                "UTC.",
                field=field,
                since=since,
                until=until,
            )
        if what == "before":
            return self.env._(
                "%(field)s: what it was before %(until)s UTC is not known.",
                field=field,
                until=until,
            )
        if what == "now":
            return self.env._(
                "%(field)s: changed without a trace after %(since)s UTC; taken as of "
                "the rebuild.",
                field=field,
                since=since,
            )
        return self.env._(
            "%(field)s: “%(value)s” does not exist any more.", field=field, value=value
        )

    @api.model
    def _tell_in_general(self, rebuild, run):
        """Say in the run's log what no ticket's traces can tell."""
        tickets = self.env["helpdesk.ticket"]
        tracked = tickets._track_get_fields()
        untracked = [name for name in TRACED if name not in tracked]

        def labels(names):
            return ", ".join(
                tickets._fields[name]._description_string(self.env) for name in names
            )

        if untracked:
            run._log(
                self.env._(
                    "%(fields)s: changes leave no trace. Taken as they are today.",
                    fields=labels(untracked),
                ),
                "warning",
            )
        # sudo: when a field was added is no secret
        added = self.env["ir.model.fields"].sudo()._get(tickets._name, "itsm_kind")
        run._log(
            self.env._(
                "%(fields)s: tracked from %(since)s UTC on only. Before, the oldest "
                "known value was taken.",
                fields=labels(TRACED_BY_US),
                since=fields.Datetime.to_string(added.create_date),
            ),
            "warning",
        )

    # === Clocks ===

    def _attach(self, tickets, values, now):
        """Clocks under the agreements in force when the tickets were reported."""
        resolver = self.env["itsm.agreement"]._clock_resolver()
        resolver.prefetch(tickets)
        folds = {}
        failed = {line["ticket_id"] for line in values if line["state"] == "failed"}
        for ticket in tickets:
            if ticket.id in failed or not ticket.event_ids:
                continue
            fold = TicketFold(resolver.for_company(ticket.company_id.id, None, False))
            if not fold.replay(ticket.event_ids._as_steps(), now):
                fold.clocks = []
            folds[ticket] = fold
        tickets._clock_store(folds, {})
        self.env.flush_all()
        tickets.invalidate_recordset(["clock_ids"])
        tickets.clock_ids._silence(now)
        for line in values:
            ticket = tickets.browse(line["ticket_id"])
            line["clock_count"] = len(ticket.clock_ids)
            if ticket in folds and line["state"] == "same":
                line["state"] = "built"

    # === Taking it back ===

    @api.model
    def _undo_next(self, rebuild):
        """Take back the next tickets where no event of their own has come since."""
        # sudo: the list and the logs are written by code only
        lines = guard.with_token(self.sudo()).search(
            [("rebuild_id", "=", rebuild.id), ("state", "=", "built")],
            limit=UNDONE_AT_ONCE,
            order="id",
        )
        tickets = lines.ticket_id
        later = dict(
            self.sudo()._read_group(  # sudo: as above
                [("ticket_id", "in", tickets.ids), ("state", "in", ("built", "kept"))],
                ["ticket_id"],
                ["id:max"],
            )
        )
        undone = lines.browse()
        for line in lines:
            events = line.ticket_id.event_ids
            if (
                set(events.mapped("source")) - {"rebuilt"}
                or later[line.ticket_id.with_env(self.env(su=True))] != line.id
            ):
                line.state = "kept"
            else:
                undone |= line
        for line in undone:
            if line.first_event_id:
                events = line.ticket_id.event_ids
                events.filtered(lambda e, i=line.first_event_id: e.id >= i).unlink()
        if rebuild.attach == "clocks":
            tickets = undone.ticket_id
            tickets.clock_ids.unlink()
            tickets._clock_store_values(
                [
                    {
                        "agreement_id": False,
                        "agreement_reason": False,
                        "clock_deadline": False,
                        "leg_deadline": False,
                    }
                    for _ticket in tickets
                ]
            )
        undone.write({"state": "undone"})
        return len(lines), len(lines) < UNDONE_AT_ONCE
