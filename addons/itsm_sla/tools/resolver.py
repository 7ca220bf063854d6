# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which rules apply to a ticket, read once for a whole batch."""

from odoo import fields

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from .clock import OLA, SLA, UC, Rules
from .matching import match

KINDS = (SLA, OLA, UC)


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
        self._rules = {}  # by agreement, zone and service
        self._plain = {}  # by agreement
        self._indexes = {}
        self._without_hours = set()  # ids of `Rules` under which no clock can start
        self._chains = {}
        self._interruptions = {}  # by company, and by company and service

    def _index(self, company_id, kind=SLA):
        key = (company_id, kind)
        if key not in self._indexes:
            self._indexes[key] = self.env["itsm.agreement"]._in_force_index(*key)
        return self._indexes[key]

    def prefetch(self, tickets):
        """Read the ancestors of a batch's customers and services level by level."""
        for records in (tickets.partner_id, tickets.service_id):
            level = self.env[records._name].browse(records.ids)
            seen = level
            while level:
                level.fetch(["parent_id"])
                level = level.parent_id - seen
                seen |= level

    def for_company(self, company_id, kept=None, saved_at=None, kept_legs=()):
        """What `TicketFold` asks, for tickets of one company.

        :param kept: id of an agreement that the ticket has, whenever it was reported
        :param saved_at: when the ticket was created; an agreement activated later
            leaves it alone. None for imported history.
        """
        return CompanyResolver(self, company_id, kept, saved_at, kept_legs)

    def resolve(self, company_id, facts, kept=None, saved_at=None):
        """:return: ``(Rules or None, reason)``."""
        if self.forced and self.forced.kind == SLA:
            return self._startable(company_id, self.forced.id, self.reason, facts)
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
        return self._startable(company_id, found.id, reason, facts)

    def resolve_leg(self, company_id, kind, facts, moment, kept_legs=()):
        """Rules of the team or supplier that holds the ticket from ``moment`` on.

        :param kind: ``ola`` or ``uc``
        :param kept_legs: ids of agreements that hold for a leg begun before them
        :return: `Rules`, or None when nothing is agreed with that party
        """
        forced = self.forced if self.forced and self.forced.kind == kind else None
        candidates, _plain = self._index(company_id, kind)
        if not candidates and not forced:
            return None
        if kind == OLA:
            parties = self._chain("helpdesk.ticket.team", facts.team_id)
        else:
            parties = self._chain("res.partner", facts.supplier_id)
        if forced and (forced.team_id.id or forced.supplier_id.id) in parties:
            return self._startable(company_id, forced.id, "", facts)[0]
        for party_id in parties:
            own = [c for c in candidates if c.party_id == party_id]
            found, _reason = match(
                own,
                self._chain("res.partner", facts.partner_id),
                self._chain("itsm.service", facts.service_id),
                lambda tz: self.env["itsm.agreement"]._local_date(moment, tz),
                moment,
                kept=next((c.id for c in own if c.id in kept_legs), None),
                saved_at=moment,
            )
            if found:
                return self._startable(company_id, found.id, "", facts)[0]
        return None

    def _startable(self, company_id, agreement_id, reason, facts):
        values = self._values(company_id, agreement_id)
        zone = None
        if values["tz_of"] == "requester" and facts.partner_id:
            # sudo (environment): the zone decides, whoever saves the ticket
            zone = self.env["res.partner"].browse(facts.partner_id).tz
        rules = self.rules(company_id, agreement_id, zone, facts.service_id)
        if id(rules) in self._without_hours:
            return None, "no_calendar"
        return rules, reason

    def rules(self, company_id, agreement_id, tz=None, service_id=None):
        """`Rules` of an agreement, for clocks that exist already.

        :param tz: zone in which the clock reads the calendar; None: the agreement's
        :param service_id: service of the ticket, whose interruptions may not count
        """
        values = self._values(company_id, agreement_id)
        tz = tz or values["tz"]
        if not values["exclude_interruptions"]:
            service_id = None
        key = (agreement_id, tz, service_id)
        if key not in self._rules:
            self._rules[key] = self._with_timeline(
                company_id, {**values, "tz": tz, "service_id": service_id}
            )
        return self._rules[key]

    def interruptions(self, company_id, service_id):
        """When a service is interrupted as agreed: sorted tuple of ``(from, to)``."""
        if company_id not in self._interruptions:
            model = self.env["itsm.interruption"]
            self._interruptions[company_id] = model._index(company_id)
        agreed = self._interruptions[company_id]
        if not agreed:
            return ()
        key = (company_id, service_id)
        if key not in self._interruptions:
            services = self._chain("itsm.service", service_id)
            self._interruptions[key] = tuple(
                sorted(
                    {
                        (start, stop)
                        for start, stop, of_services in agreed
                        if not of_services or not of_services.isdisjoint(services)
                    }
                )
            )
        return self._interruptions[key]

    def _values(self, company_id, agreement_id):
        """What an agreement says, as plain data; drafts are folded on purpose."""
        if agreement_id not in self._plain:
            for kind in KINDS:
                _candidates, plain = self._index(company_id, kind)
                if agreement_id in plain:
                    self._plain[agreement_id] = plain[agreement_id]
                    break
            else:
                agreement = self.env["itsm.agreement"].browse(agreement_id)
                self._plain[agreement_id] = agreement._prepare_rules()
        return self._plain[agreement_id]

    def _with_timeline(self, company_id, values):
        calendar = self.env["resource.calendar"].browse(values["calendar_id"])
        company = self.env["res.company"].browse(company_id)
        timeline = NoHours()
        values = dict(values)
        del values["tz_of"]
        if values.pop("exclude_interruptions"):
            values["interruptions"] = self.interruptions(
                company_id, values["service_id"]
            )
        has_hours = True
        try:
            if calendar:
                timeline = calendar._itsm_timeline(
                    tz=values["tz"],
                    company=company,
                    interruptions=values.get("interruptions", ()),
                )
            timeline.add(fields.Datetime.now(), 1)
        except NoWorkingTime:
            # A calendar may have lost its hours: no ticket may fail for that.
            has_hours = False
        rules = Rules(timeline=timeline, **values)
        if not has_hours:
            self._without_hours.add(id(rules))
        return rules

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


class CompanyResolver:
    """The resolver as `TicketFold` asks it: called for the SLA, `leg` for the rest."""

    __slots__ = ("_company_id", "_kept", "_kept_legs", "_resolver", "_saved_at")

    def __init__(self, resolver, company_id, kept, saved_at, kept_legs):
        self._resolver = resolver
        self._company_id = company_id
        self._kept = kept
        self._saved_at = saved_at
        self._kept_legs = kept_legs

    def __call__(self, facts):
        return self._resolver.resolve(
            self._company_id, facts, self._kept, self._saved_at
        )

    def leg(self, kind, facts, moment):
        """`Rules` of the leg of ``kind`` that begins or goes on at ``moment``."""
        return self._resolver.resolve_leg(
            self._company_id, kind, facts, moment, self._kept_legs
        )
