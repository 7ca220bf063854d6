# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Too much at once: what a source reports beyond its limit becomes one ticket."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from markupsafe import Markup

from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
#: Keys that the text of the ticket names; all of them are on its page Monitoring.
NAMED_KEYS = 100
#: What a storm's ticket says only if all of it agrees, with what goes with it.
AGREED = {
    "service_id": (),
    "partner_id": ("partner_name", "partner_email"),
}


@dataclass(slots=True, eq=False)
class NewTicket:
    """A ticket to be made, for one line or for all of a storm."""

    rule: object
    vals: dict
    storm: bool = False
    ticket: object = None
    error: str = ""


@dataclass(slots=True, eq=False)
class Storm:
    """The storm of one source while a batch is worked on."""

    ticket: object  # the open one, or None
    new: NewTicket | None
    keys: list = field(default_factory=list)
    rules: set = field(default_factory=set)  # what was compared with the ticket


class Storms:
    """Floods and their tickets.

    :ivar env: environment in sudo, with the company and its language
    :ivar company: ``res.company``
    :ivar datetime now: naive UTC of whole seconds
    :ivar alarms: empty ``itsm.event.alarm`` that code may write
    :ivar dict opened: new incidents of this minute by source, filled here
    :ivar dict storms: ``Storm`` by source, filled here
    """

    def _is_flood(self, source):
        """Whether the source opened as many incidents in this minute as it may."""
        limit = self.company.itsm_event_flood
        if not limit:
            return False
        if source not in self.opened:
            self.opened[source] = self.alarms.search_count(
                [
                    ("company_id", "=", self.company.id),
                    ("source", "=", source),
                    ("opened_at", ">", self.now - MINUTE),
                    ("is_storm", "=", False),
                ]
            )
        return self.opened[source] >= limit

    def _join_storm(self, event, rule):
        """Collect an event in the storm of its source.

        :param event: ``EventIn``
        :param rule: the ``itsm.event.rule`` that it fits
        :rtype: Storm
        """
        storm = self.storms.get(event.source)
        if not storm:
            storm = self.storms[event.source] = self._find_storm(event, rule)
        if storm.new:
            storm.keys.append(event.key)
            for name, others in AGREED.items():
                if storm.new.vals[name] != rule[name].id:
                    storm.new.vals.update(dict.fromkeys((name, *others), False))
        elif rule.id not in storm.rules:
            storm.rules.add(rule.id)
            self._let_agree(storm.ticket, rule)
        return storm

    def _find_storm(self, event, rule):
        """The open storm of a source, or a new one that begins with *event*."""
        alarms = self.alarms.search(
            [
                ("company_id", "=", self.company.id),
                ("source", "=", event.source),
                ("is_storm", "=", True),
                ("ticket_id.stage_id.itsm_state", "in", ("new", "open", "paused")),
                ("ticket_id.duplicate_id", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        if alarms:
            return Storm(alarms.ticket_id, None)
        vals = self._ticket_vals(rule, event)
        vals["name"] = self.env._(
            "Storm of events from %(system)s", system=event.source
        )
        return Storm(None, NewTicket(rule, vals, storm=True))

    def _let_agree(self, ticket, rule):
        """Empty what not all of an open storm agrees about any more.

        What a person has chosen is left alone: it is not what all rules said before.
        """
        odd = [name for name in AGREED if ticket[name] and ticket[name] != rule[name]]
        if not odd:
            return
        groups = self.alarms._read_group(
            [("ticket_id", "=", ticket.id), ("is_storm", "=", True)], ["rule_id"]
        )
        vals = {}
        for name in odd:
            if all(known[name] == ticket[name] for (known,) in groups):
                vals.update(dict.fromkeys((name, *AGREED[name]), False))
        if not vals:
            return
        note = self.env._(
            "Monitoring: what is collected here concerns different services or "
            "customers, so that the ticket names none any more."
        )
        try:
            with self.env.cr.savepoint():
                ticket.write(vals)
                ticket._message_log(body=note)
        except UserError as error:
            _logger.info("Storm %s keeps what it names: %s", ticket.number, error)

    def _describe_storms(self):
        """Name the keys in the text of new storms, as they are all known now."""
        for source, storm in self.storms.items():
            if not storm.new:
                continue
            keys = storm.keys[:NAMED_KEYS]
            more = len(storm.keys) - len(keys)
            if more:
                keys.append(self.env._("and %(count)s more", count=more))
            storm.new.vals["description"] = Markup("<p>%s</p><p>%s</p><p>%s</p>%s") % (
                self.env._(
                    "%(system)s reports more new incidents in a minute than the limit "
                    "of %(limit)s. All further ones are collected here; the page "
                    "Monitoring shows how they are now. The ticket began with these:",
                    system=source,
                    limit=self.company.itsm_event_flood,
                ),
                # Markup escapes what it joins: texts of others stay texts
                Markup("<br/>").join(keys),
                self.env._("The first of them:"),
                storm.new.vals["description"],
            )
