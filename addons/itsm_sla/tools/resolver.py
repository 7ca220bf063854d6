# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which rules apply to a ticket, read once for a whole batch."""

from odoo import fields

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from .fold import Rules
from .matching import match


class NoHours:
    """The timeline of a calendar that has lost its hours: no time counts any more."""

    def elapsed(self, start, stop):
        return 0

    def add(self, start, seconds):
        raise NoWorkingTime("The calendar has no hours.")

    def intervals(self, start, stop):
        return []


class AgreementResolver:
    """Answers which rules apply to a ticket's facts; remembers within one batch."""

    def __init__(self, env, forced=None, reason="import"):
        # sudo: calendars, customers and agreements are read for every ticket alike
        self.env = env(su=True)
        self.forced = forced
        self.reason = reason
        self._rules = {}
        self._indexes = {}
        self._without_hours = set()  # ids of agreements under which no clock can start
        self._chains = {}

    def _index(self, company_id):
        if company_id not in self._indexes:
            self._indexes[company_id] = self.env["itsm.agreement"]._in_force_index(
                company_id, "sla"
            )
        return self._indexes[company_id]

    def prefetch(self, tickets):
        """Read the ancestors of a batch's customers and services level by level."""
        for records in (tickets.partner_id, tickets.service_id):
            level = self.env[records._name].browse(records.ids)
            seen = level
            while level:
                level.fetch(["parent_id"])
                level = level.parent_id - seen
                seen |= level

    def for_company(self, company_id, kept=None, saved_at=None):
        """The function that `TicketFold` asks, for tickets of one company.

        :param kept: id of an agreement that the ticket has, whenever it was reported
        :param saved_at: when the ticket was created; an agreement activated later
            leaves it alone. None for imported history.
        """
        return lambda facts: self.resolve(company_id, facts, kept, saved_at)

    def resolve(self, company_id, facts, kept=None, saved_at=None):
        """:return: ``(Rules or None, reason)``."""
        if self.forced:
            return self._startable(company_id, self.forced.id, self.reason)
        candidates, _plain = self._index(company_id)
        if not candidates:
            return None, "no_agreement"
        moment = facts.reported_at
        found, reason = match(
            candidates,
            self._chain("res.partner", facts.partner_id),
            self._chain("itsm.service", facts.service_id),
            lambda tz: self.env["itsm.agreement"]._local_date(moment, tz),
            moment,
            kept,
            saved_at,
        )
        if not found:
            return None, reason
        return self._startable(company_id, found.id, reason)

    def _startable(self, company_id, agreement_id, reason):
        rules = self.rules(company_id, agreement_id)
        if agreement_id in self._without_hours:
            return None, "no_calendar"
        return rules, reason

    def rules(self, company_id, agreement_id):
        """`Rules` of an agreement, for clocks that exist already."""
        if agreement_id not in self._rules:
            _candidates, plain = self._index(company_id)
            values = plain.get(agreement_id)
            if values is None:  # a draft, folded on purpose
                agreement = self.env["itsm.agreement"].browse(agreement_id)
                values = agreement._prepare_rules()
            self._rules[agreement_id] = self._with_timeline(company_id, values)
        return self._rules[agreement_id]

    def _with_timeline(self, company_id, values):
        calendar = self.env["resource.calendar"].browse(values["calendar_id"])
        company = self.env["res.company"].browse(company_id)
        timeline = NoHours()
        try:
            if calendar:
                timeline = calendar._itsm_timeline(tz=values["tz"], company=company)
            timeline.add(fields.Datetime.now(), 1)
        except NoWorkingTime:
            # A calendar may have lost its hours: no ticket may fail for that.
            self._without_hours.add(values["agreement_id"])
        return Rules(timeline=timeline, **values)

    def _chain(self, model, record_id):
        """Ids of a record and its ancestors, nearest first."""
        if not record_id:
            return ()
        key = (model, record_id)
        if key not in self._chains:
            ids = []
            record = self.env[model].browse(record_id)
            while record and record.id not in ids:
                ids.append(record.id)
                record = record.parent_id
            self._chains[key] = tuple(ids)
        return self._chains[key]
