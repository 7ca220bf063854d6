# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One batch of events: from what was understood to incidents.

Decisions are taken event by event in memory; tickets, alarms, events and notes are then
written in batches, so that a call costs the same few queries whatever its size, plus
what the tickets themselves cost.
"""

import logging
from dataclasses import dataclass, field

from markupsafe import Markup
from psycopg2.errors import OperationalError

from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from . import guard
from .event_storm import NewTicket, Storms
from .event_telling import Telling

_logger = logging.getLogger(__name__)

#: What is read of the keys that are known.
KNOWN = (
    *("source", "key", "ticket_id", "rule_id"),
    *("is_open", "is_storm", "severity", "count"),
)
EVENT_NAMES = (
    *("company_id", "source", "key", "uid", "severity", "summary", "message"),
    *("time", "received_at", "user_id", "outcome", "note"),
    *("rule_id", "alarm_id", "ticket_id"),
)


@dataclass(slots=True, eq=False)
class Line:
    """One key of one source while a batch is worked on."""

    alarm: object
    ticket: object  # the open incident, or None
    new: NewTicket | None = None
    storm: bool = False
    rule: object = None
    vals: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    recovered: bool = False

    @property
    def has_incident(self):
        return bool(self.ticket or self.new)


class Intake(Storms, Telling):
    """The work on one call of ``itsm.event.ingest``.

    :param env: environment in sudo, with the company and its language
    :param int company_id: where the events go
    :param datetime now: naive UTC of whole seconds
    """

    def __init__(self, env, company_id, now):
        self.env = env
        self.company = env["res.company"].browse(company_id)
        self.now = now
        self.events = guard.with_token(env["itsm.event"])
        self.alarms = guard.with_token(env["itsm.event.alarm"])
        self.tickets = env["helpdesk.ticket"]
        self.severities = dict(
            self.events._fields["severity"]._description_selection(env)
        )
        self.channel = None
        self.done = []
        self._begin()

    def _begin(self):
        """Forget what was decided: it is written."""
        self.lines = {}
        self.decided = []  # (index, event, line or None, outcome, rule or None, note)
        self.opened = {}
        self.storms = {}

    # === The way of a batch ===

    def take(self, indexed):
        """Work on events.

        :param indexed: list of ``(index, EventIn)`` in the order they were sent
        :return: list of ``(index, (outcome, number of the ticket, note))``
        """
        self._load(event for _index, event in indexed)
        known = self._known_uids(event for _index, event in indexed)
        for index, event in indexed:
            if event.uid:
                if (event.source, event.uid) in known:
                    self.done.append((index, ("duplicate", False, False)))
                    continue
                known.add((event.source, event.uid))
            line = self.lines.get((event.source, event.key))
            if line and line.recovered and not event.recovery:
                # It went and came back in one batch: what was decided goes first.
                self._write()
                self._load(event for _index, event in indexed)
            self._decide(index, event)
        self._write()
        return self.done

    def _load(self, events):
        """Read what is known of the keys of these events, in constant queries."""
        pairs = {(event.source, event.key) for event in events}
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM itsm_event_alarm
                    WHERE company_id = %s AND (source, key) IN %s""",
                self.company.id,
                tuple(pairs),
            )
        )
        alarms = self.alarms.browse(row[0] for row in rows)
        # just what is read below: any other field would read all of them
        alarms.fetch(KNOWN)
        ended = self.env["helpdesk.ticket.stage"]._itsm_ended_states()
        alarms.ticket_id.fetch(["stage_id", "duplicate_id", "number"])
        alarms.ticket_id.stage_id.fetch(["itsm_state"])
        for alarm in alarms:
            ticket = alarm.ticket_id
            is_open = ticket and ticket._itsm_effective_state() not in ended
            self.lines[alarm.source, alarm.key] = Line(
                alarm,
                ticket if is_open else None,
                storm=alarm.is_storm,
                rule=alarm.rule_id,
            )

    def _known_uids(self, events):
        """The events among these that were received before: ``(source, uid)``."""
        pairs = {(event.source, event.uid) for event in events if event.uid}
        if not pairs:
            return set()
        rows = self.env.execute_query(
            SQL(
                """SELECT source, uid FROM itsm_event
                    WHERE company_id = %s AND (source, uid) IN %s""",
                self.company.id,
                tuple(pairs),
            )
        )
        return set(rows)

    # === Deciding ===

    def _decide(self, index, event):
        line = self.lines.get((event.source, event.key))
        rule, note = None, False
        if event.recovery:
            outcome = self._recover(line)
        elif line and line.has_incident:
            outcome = self._join(line, event)
        else:
            outcome, rule, note = self._open(event)
            line = self.lines.get((event.source, event.key))
        if line:
            rule = rule or line.rule
        self.decided.append((index, event, line, outcome, rule, note))

    def _recover(self, line):
        is_open = line and line.vals.get("is_open", line.alarm and line.alarm.is_open)
        if not is_open:
            return "over"
        line.vals.update(is_open=False, recovered_at=self.now, last_at=self.now)
        line.recovered = True
        return "recovered"

    def _join(self, line, event):
        alarm = line.alarm
        before = line.vals.get("severity", alarm and alarm.severity)
        was_open = line.vals.get("is_open", alarm and alarm.is_open)
        count = line.vals.get("count", alarm.count if alarm else 0)
        line.vals.update(
            is_open=True,
            recovered_at=False,
            severity=event.severity,
            summary=event.summary,
            count=count + 1,
            last_at=self.now,
        )
        if not was_open:
            line.notes.append(
                self.env._(
                    "Monitoring: %(key)s of %(system)s is reported again.",
                    key=event.key,
                    system=event.source,
                )
            )
        elif before and before != event.severity:
            line.notes.append(
                self.env._(
                    "Monitoring: severity of %(key)s of %(system)s changed from "
                    "%(before)s to %(after)s.",
                    key=event.key,
                    system=event.source,
                    before=self.severities[before],
                    after=self.severities[event.severity],
                )
            )
        return "joined"

    def _open(self, event):
        """Something new: find its rule, and a ticket for it."""
        rule = self._rule_for(event)
        if not rule:
            return "no_rule", None, False
        if rule.action == "ignore":
            return "ignored", rule, False
        planned = self.events._planned_interruption(
            self.company, rule.service_id, event.time
        )
        if planned:
            return "interruption", rule, planned
        storm = self._is_flood(event.source)
        line = self.lines.setdefault(
            (event.source, event.key), Line(self.alarms.browse(), None)
        )
        line.rule, line.storm = rule, storm
        line.vals.update(
            is_open=True,
            is_storm=storm,
            severity=event.severity,
            summary=event.summary,
            count=1,
            opened_at=self.now,
            last_at=self.now,
            recovered_at=False,
            rule_id=rule.id,
        )
        if storm:
            storm = self._join_storm(event, rule)
            line.ticket, line.new = storm.ticket, storm.new
            return "storm", rule, False
        if event.source in self.opened:
            self.opened[event.source] += 1
        line.new = NewTicket(rule, self._ticket_vals(rule, event))
        return "created", rule, False

    def _rule_for(self, event):
        rules = self.env["itsm.event.rule"]
        for rule_id, matches in rules._matchers(self.company.id):
            if matches(event):
                return rules.browse(rule_id)
        return None

    def _ticket_vals(self, rule, event):
        if self.channel is None:
            channels = self.env["helpdesk.ticket.channel"]
            self.channel = channels._itsm_by_code("monitoring", self.company)
        moment = format_datetime(self.env, event.time, tz="UTC")
        lines = [
            (self.env._("Source"), event.source),
            (self.env._("Key"), event.key),
            (self.env._("Severity"), self.severities[event.severity]),
            (self.env._("Time"), f"{moment} UTC"),
        ]
        # Markup escapes what it joins: texts of others stay texts
        facts = Markup("<br/>").join(
            Markup("%s: %s") % (label, value) for label, value in lines
        )
        text = Markup("<br/>").join(event.message.split("\n"))
        return {
            **rule._prepare_ticket(self.company, event),
            "name": event.summary,
            "description": Markup("<p>%s</p><p>%s</p>") % (facts, text),
            "channel_id": self.channel.id,
        }

    # === Writing ===

    def _write(self):
        """Write what was decided, and begin anew."""
        if not self.decided:
            return
        lines = [line for line in self.lines.values() if line.vals]
        self._claim()
        self._describe_storms()
        self._make_tickets(lines)
        for line in lines:
            if line.new and line.new.error:
                line.vals = {"is_open": False}  # the next event tries again
            elif line.new:
                line.ticket = line.new.ticket
            if line.ticket:
                line.vals["ticket_id"] = line.ticket.id
            line.alarm.write(line.vals)
        self._store_events()
        self._tell(lines)
        self._begin()

    def _claim(self):
        """Make the rows of new keys, before anything else is made for them.

        If somebody made one of them a moment ago the database refuses (transactions
        keep their snapshot), and the call is tried again from the start: the same key
        never makes two incidents.
        """
        new = [(pair, line) for pair, line in self.lines.items() if not line.alarm]
        if not new:
            return
        log = (self.env.uid, self.env.uid, self.now, self.now)
        rows = [(self.company.id, source, key, *log) for (source, key), _line in new]
        found = self.env.execute_query(
            SQL(
                """INSERT INTO itsm_event_alarm (company_id, source, key, create_uid,
                                                 write_uid, create_date, write_date)
                   VALUES %s ON CONFLICT (company_id, source, key) DO NOTHING
                   RETURNING source, key, id""",
                SQL(", ").join(rows),
            )
        )
        ids = {(source, key): alarm_id for source, key, alarm_id in found}
        for pair, line in new:
            line.alarm = self.alarms.browse(ids[pair])

    def _make_tickets(self, lines):
        """Make all tickets at once; if that fails, one by one, so that one bad event
        does not lose the others."""
        new = list(dict.fromkeys(line.new for line in lines if line.new))
        if not new:
            return
        try:
            with self.env.cr.savepoint():
                tickets = self.tickets.create([dict(item.vals) for item in new])
            for item, ticket in zip(new, tickets, strict=True):
                item.ticket = ticket
        except OperationalError:
            raise
        except Exception:
            _logger.info("Tickets of %s events are made one by one", len(new))
            for item in new:
                self._make_ticket(item)

    def _make_ticket(self, item):
        try:
            with self.env.cr.savepoint():
                item.ticket = self.tickets.create([dict(item.vals)])
        except OperationalError:
            raise
        except UserError as error:
            item.error = str(error)
        except Exception:
            _logger.exception("No ticket for an event")
            item.error = self.env._("see the log of the server")

    def _store_events(self):
        """Keep the events, whatever became of them."""
        rows = []
        for index, event, line, outcome, rule, note in self.decided:
            ticket = line.ticket if line else None
            if line and line.new and line.new.error:
                outcome, note = "failed", line.new.error
            rows.append(
                (
                    self.company.id,
                    event.source,
                    event.key,
                    event.uid or None,
                    event.severity,
                    event.summary,
                    event.message or None,
                    event.time,
                    self.now,
                    self.env.uid,
                    outcome,
                    note or None,
                    rule.id if rule else None,
                    line.alarm.id if line and line.alarm else None,
                    ticket.id if ticket else None,
                )
            )
            self.done.append((index, (outcome, ticket and ticket.number, note)))
        log = (self.env.uid, self.env.uid, self.now, self.now)
        columns = (*EVENT_NAMES, "create_uid", "write_uid", "create_date", "write_date")
        self.env.cr.execute(
            SQL(
                # as in _claim: what was sent twice at the same time is tried again
                "INSERT INTO itsm_event (%s) VALUES %s ON CONFLICT DO NOTHING",
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join((*row, *log) for row in rows),
            )
        )
        self.events.invalidate_model(flush=False)
