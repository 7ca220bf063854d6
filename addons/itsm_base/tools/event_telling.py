# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a batch of events says on tickets, and to whom."""

import logging

from markupsafe import Markup

from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class Telling:
    """Notes, recoveries and storms of one batch.

    :ivar env: environment in sudo, with the company and its language
    :ivar tickets: empty ``helpdesk.ticket``
    :ivar alarms: empty ``itsm.event.alarm`` that code may write
    """

    def _tell(self, lines):
        """Notes on tickets, what recovered, and the storm's beginning."""
        storms = [
            line.new.ticket.id
            for line in lines
            if line.new and line.new.storm and line.new.ticket
        ]
        notes = {}
        for line in lines:
            if line.ticket and line.notes:
                notes.setdefault(line.ticket.id, []).extend(line.notes)
        recovered = [line for line in lines if line.recovered and line.ticket]
        if recovered:
            self._tell_recovered(recovered, notes)
        if notes:
            self.tickets.browse(notes)._message_log_batch(
                {
                    ticket_id: Markup("<br/>").join(texts)
                    for ticket_id, texts in notes.items()
                }
            )
        if storms:
            self.env["itsm.notification.event"]._notify(
                "ticket_event_storm", self.tickets.browse(dict.fromkeys(storms))
            )

    def _tell_recovered(self, lines, notes):
        """Resolve tickets of which everything has recovered, or ask for it."""
        for line in lines:
            notes.setdefault(line.ticket.id, []).append(
                self.env._(
                    "Monitoring: %(alarm)s has recovered.",
                    alarm=line.alarm.display_name,
                )
            )
        tickets = self.tickets.browse(dict.fromkeys(line.ticket.id for line in lines))
        still = self.alarms._read_group(
            [("ticket_id", "in", tickets.ids), ("is_open", "=", True)], ["ticket_id"]
        )
        over = tickets - self.tickets.browse(ticket.id for (ticket,) in still)
        ways = {}
        for line in lines:
            if line.ticket in over:
                way = line.rule.recovery if line.rule else "propose"
                if way == "resolve" and line.storm:
                    way = "propose"  # a storm is looked at by a person
                ways.setdefault(way, []).append(line.ticket.id)
        ask = self.tickets.browse(dict.fromkeys(ways.get("propose", ())))
        solve = self.tickets.browse(dict.fromkeys(ways.get("resolve", ()))) - ask
        ask |= solve - self._resolve(solve)
        self.env["itsm.notification.event"]._notify("ticket_recovered", ask)

    def _resolve(self, tickets):
        """Move tickets to the stage that means resolved; what cannot be is left.

        :return: the tickets that were resolved
        """
        resolved = self.tickets.browse()
        for team, mine in tickets.grouped("team_id").items():
            stages = team._get_applicable_stages()
            stage = stages.filtered(lambda stage: stage.itsm_state == "resolved")[:1]
            if not stage:
                continue
            resolved |= self._move(mine, stage)
        return resolved

    def _move(self, tickets, stage):
        """Move tickets to a stage, all at once; if one refuses, one by one.

        :return: the tickets that were moved
        """
        try:
            with self.env.cr.savepoint():
                tickets.write({"stage_id": stage.id})
            return tickets
        except UserError as error:
            if len(tickets) > 1:
                return tickets.browse().union(
                    *(self._move(ticket, stage) for ticket in tickets)
                )
            _logger.info("Ticket %s is not resolved: %s", tickets.number, error)
            return tickets.browse()
