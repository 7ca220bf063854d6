# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Logs and clocks of many tickets as plain rows, and their folds.

Three queries for a slice of a few thousand tickets, no record in the loop: a replay of
a hundred thousand tickets spends its time in the fold.
"""

from datetime import datetime
from typing import Any, NamedTuple

from odoo.tools import SQL

from ..models.itsm_ticket_event import COLUMNS, LAYOUT
from .clock import SLA
from .fold import TicketFold
from .replay import HEAD, Stored, steps_of


class TicketLog(NamedTuple):
    """One ticket as a replay reads it."""

    id: int
    company_id: int
    agreement_id: int | None
    agreement_reason: str | None
    saved_at: datetime
    is_history: bool
    rows: list  # of tuples of HEAD and COLUMNS
    stored: list  # of `Stored`

    @property
    def reported(self):
        """When the first row says that it was reported, or None: it has no log."""
        return next((row[1] for row in self.rows if row[4] == "reported"), None)


class LogLoader:
    """Reads and folds tickets of one transaction; rules are shared by all of them.

    :param forced: an agreement under which everything is folded
    """

    def __init__(self, env, forced=None):
        # sudo: the clocks of a ticket do not depend on who works them out
        self.env = env(su=True)
        self.agreements = self.env["itsm.agreement"]
        if forced:
            self.resolver = self.agreements._clock_resolver(forced, forced._rank())
        else:
            self.resolver = self.agreements._clock_resolver()
        self.forced = forced
        self._imported = {}
        self._lives = {}

    def load(self, ticket_ids):
        """Read tickets, logs and clocks from the database.

        :return: list of `TicketLog`, in the order of ids
        """
        query = self.env.execute_query
        tickets = query(
            SQL(
                """SELECT id, company_id, agreement_id, agreement_reason, create_date,
                          COALESCE(is_history, false)
                     FROM helpdesk_ticket WHERE id = ANY(%s) ORDER BY id""",
                list(ticket_ids),
            )
        )
        rows = self._by_ticket(
            query(
                SQL(
                    """SELECT %s FROM itsm_ticket_event WHERE ticket_id = ANY(%s)
                        ORDER BY ticket_id, time, sequence, id""",
                    self._columns((*HEAD, *COLUMNS)),
                    list(ticket_ids),
                )
            ),
            0,
        )
        stored = self.stored(ticket_ids)
        records = self.env["helpdesk.ticket"].browse(ticket_ids)
        records.fetch(["partner_id", "service_id"])  # and not all that they have
        self.resolver.prefetch(records)
        return [
            TicketLog(*ticket, rows.get(ticket[0], []), stored.get(ticket[0], []))
            for ticket in tickets
        ]

    def stored(self, ticket_ids):
        """The stored clocks of tickets: id of a ticket to a list of `Stored`."""
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM itsm_clock WHERE ticket_id = ANY(%s) ORDER BY id",
                self._columns(Stored._fields),
                list(ticket_ids),
            )
        )
        return self._by_ticket(map(Stored._make, rows), 1)

    @staticmethod
    def _columns(names):
        return SQL(", ").join(SQL.identifier(name) for name in names)

    @staticmethod
    def _by_ticket(rows, position):
        result = {}
        for row in rows:
            result.setdefault(row[position], []).append(row)
        return result

    def fold(self, log, now):
        """Fold the whole log of a ticket under the rules that apply to it.

        :param log: `TicketLog` with a row that says when it was reported
        :param now: naive UTC datetime up to which time passes
        :rtype: TicketFold
        """
        resolve = self._resolve_function(log)
        fold = TicketFold(resolve)
        fold.replay(steps_of(log.rows, LAYOUT), now)
        return fold

    def _resolve_function(self, log):
        resolver = self.resolver
        legs = self._kept_legs(log)
        if self.forced:
            return resolver.for_company(log.company_id, kept_legs=legs)
        if log.agreement_reason == "import":
            # Chosen when the ticket was imported, whatever parties and dates say.
            if log.agreement_id not in self._imported:
                agreement = self.agreements.browse(log.agreement_id)
                self._imported[log.agreement_id] = agreement._clock_resolver(agreement)
            return self._imported[log.agreement_id].for_company(log.company_id)
        saved_at = False if log.is_history else log.saved_at
        return resolver.for_company(log.company_id, self._kept(log), saved_at, legs)

    def _kept(self, log):
        """The ticket's agreement if its own days do not say so.

        :return: an id or None; see `keeps`
        """
        if not log.agreement_id:
            return None
        life = self._life(log.agreement_id)
        if keeps(life, log.reported, log.saved_at, self.agreements._local_date):
            return log.agreement_id
        return None

    def _kept_legs(self, log):
        """Ids of agreements that were given to a leg that had begun before them."""
        return {
            clock.agreement_id
            for clock in log.stored
            if clock.kind != SLA
            and (activated_at := self._life(clock.agreement_id).activated_at)
            and clock.started_at < activated_at
        }

    def _life(self, agreement_id):
        life = self._lives.get(agreement_id)
        if life is None:
            agreement = self.agreements.browse(agreement_id)
            life = self._lives[agreement_id] = AgreementLife.of(agreement)
        return life


class AgreementLife(NamedTuple):
    """The days of an agreement, as far as it matters who keeps it."""

    tz: str
    date_start: Any
    superseded_on: Any
    activated_at: Any

    @classmethod
    def of(cls, agreement):
        return cls(
            agreement.tz,
            agreement.date_start,
            agreement.superseded_on,
            agreement.activated_at,
        )


def keeps(life, reported, saved_at, local_date):
    """Whether a ticket has its agreement although the agreement's days do not say so.

    It was given to the ticket after it was reported, or another took over from an
    earlier day on.

    :param life: `AgreementLife`
    :param reported: when the log says that the ticket was reported first
    :param saved_at: when it was created
    :param local_date: function of a moment and a zone name to the date there
    """
    reported_on = local_date(reported, life.tz)
    return bool(
        reported_on < life.date_start
        or (life.superseded_on and reported_on >= life.superseded_on)
        or (life.activated_at and saved_at < life.activated_at)
    )
