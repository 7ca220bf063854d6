# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from bisect import bisect_left
from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from ..tools.availability import measure, subtract, union


class Outage(NamedTuple):
    """A confirmed outage as plain values.

    :param tuple path: ids of its service and of what that is part of
    :param partners: for each customer it names, ids of him and of what he belongs to
    :param bool agreed: planned, without an interruption in the calendar
    """

    id: int
    start: datetime
    stop: datetime | None
    path: tuple
    partners: tuple
    effect: str
    agreed: bool
    leg: tuple


class Untargeted(NamedTuple):
    """A service of an agreement that promises no availability of it.

    Its attributes are those of ``itsm.agreement.availability`` that `Outages` reads.
    """

    agreement_id: object
    service_id: object
    counts_degraded: bool = True
    counts_offerings: bool = True


class Outages:
    """Confirmed outages and agreed interruptions of some companies and a time.

    Built with constant queries; then it answers for any number of targets.
    """

    def __init__(self, env, company_ids, begins, stops):
        self.env = env
        self._by_service, self._by_ancestor = {}, {}
        self._holidays, self._cuts = {}, {}
        self._own = None
        self._company_ids = company_ids
        for outage in self._fetch(begins, stops):
            self._by_service.setdefault(outage.path[-1], []).append(outage)
            for service_id in outage.path:
                self._by_ancestor.setdefault(service_id, []).append(outage)
        for company_id in company_ids:
            self._holidays[company_id] = [
                interruption
                for interruption in env["itsm.interruption"]._index(company_id)
                if interruption[0] < stops and interruption[1] > begins
            ]

    def _fetch(self, begins, stops):
        # sudo: availability does not depend on who may see an outage
        outages = self.env["itsm.outage"].sudo().with_context(active_test=False)
        found = outages.search_fetch(
            [
                ("state", "=", "confirmed"),
                ("company_id", "in", self._company_ids),
                ("date_start", "<", stops),
                "|",
                ("date_stop", "=", False),
                ("date_stop", ">", begins),
            ],
            [
                "service_id",
                "partner_ids",
                "date_start",
                "date_stop",
                "effect",
                "planned",
                "interruption_id",
                "leg",
                "leg_team_id",
                "leg_partner_id",
            ],
            order="date_start, id",
        )
        self._parents = self._read_parents(found.partner_ids | found.leg_partner_id)
        for outage in found:
            path = outage.service_id.parent_path
            yield Outage(
                outage.id,
                outage.date_start,
                outage.date_stop or None,
                tuple(int(part) for part in path.split("/")[:-1]),
                tuple(
                    self._chain(partner_id) for partner_id in outage.partner_ids._ids
                ),
                outage.effect,
                outage.planned and not outage.interruption_id,
                (
                    outage.leg,
                    outage.leg_team_id.id,
                    self._chain(outage.leg_partner_id.id),
                ),
            )

    @staticmethod
    def _read_parents(partners):
        """Whom contacts belong to: dict of id to id, a query for each level."""
        parents = {}
        while partners:
            parents |= {partner.id: partner.parent_id.id for partner in partners}
            above = {parent_id for parent_id in parents.values() if parent_id}
            partners = partners.browse(above - parents.keys())
        return parents

    def _chain(self, partner_id):
        """The partner and all that he belongs to."""
        chain = set()
        while partner_id and partner_id not in chain:
            chain.add(partner_id)
            partner_id = self._parents.get(partner_id)
        return frozenset(chain)

    # === What concerns a service without a target ===

    def of_agreement(self, agreement, begins, stops):
        """Unplanned outages in a time that concern an agreement and no target of it.

        Degraded service counts, too; planned outages only where they overrun what was
        agreed.

        :param agreement: ``itsm.agreement`` in sudo
        :return: ids, in order of time
        :rtype: list[int]
        """
        lines = agreement.availability_ids
        services = agreement.service_ids
        found = {}
        candidates = {
            outage.id: outage
            for outages in self._by_service.values()
            for outage in outages
        }
        if not services:
            services = services.browse({o.path[-1] for o in candidates.values()})
        for service in services:
            pieces = self.of_target(Untargeted(agreement, service))[1]
            for start, stop, outage_id in pieces:
                if start < stops and (stop is None or stop > begins):
                    found[outage_id] = min(start, found.get(outage_id, start))
        targeted = [
            tuple(int(part) for part in line.service_id.parent_path.split("/")[:-1])
            for line in lines
        ]
        offerings = [line.counts_offerings for line in lines]
        return [
            outage_id
            for outage_id, _start in sorted(found.items(), key=lambda item: item[::-1])
            if not any(
                candidates[outage_id].path[-1] in path
                or (with_offerings and path[-1] in candidates[outage_id].path)
                for path, with_offerings in zip(targeted, offerings, strict=True)
            )
        ]

    # === What concerns a target ===

    def of_target(self, line):
        """Maintenance and outages that concern an availability target.

        An outage counts for all that is part of what was out; that of an offering
        counts for the service if the target says so. Maintenance of the service or of
        what it is part of is taken from its agreed time; that of an offering only
        keeps the offering's own outage from counting.

        :param line: ``itsm.agreement.availability`` in sudo
        :return: ``(maintenance, outages)``: list of ``(start, stop)``, and list of
            ``(start, stop, id)`` in order of time
        """
        agreement = line.agreement_id
        excluded = agreement.exclude_interruptions
        company_id = agreement.company_id.id
        path = tuple(int(part) for part in line.service_id.parent_path.split("/")[:-1])
        own = [
            outage
            for service_id in path[:-1] + (() if line.counts_offerings else path[-1:])
            for outage in self._by_service.get(service_id, ())
        ]
        if line.counts_offerings:
            own += self._by_ancestor.get(path[-1], ())
        maintenance = list(self._interrupted(company_id, path)) if excluded else []
        outages = []
        above = set(path)
        for outage in own:
            if not self._counts(outage, line):
                continue
            pieces = subtract(
                [(outage.start, outage.stop or datetime.max)],
                self._of_own_agreements(outage, line),
            )
            if excluded and outage.agreed:
                if outage.path[-1] in above:
                    maintenance += pieces
                continue
            if excluded and outage.path[-1] not in above:
                pieces = subtract(pieces, self._interrupted(company_id, outage.path))
            outages += [
                (start, None if stop == datetime.max else stop, outage.id)
                for start, stop in pieces
            ]
        outages.sort(key=lambda piece: piece[0])
        return maintenance, outages

    def _interrupted(self, company_id, path):
        """Union of the agreed interruptions of a service."""
        key = company_id, path
        if key not in self._cuts:
            self._cuts[key] = union(
                (start, stop)
                for start, stop, services in self._holidays[company_id]
                if not services or not services.isdisjoint(path)
            )
        return self._cuts[key]

    def _counts(self, outage, line):
        """Whether an outage of the service concerns the agreement of a target."""
        if outage.effect == "degraded" and not line.counts_degraded:
            return False
        agreement = line.agreement_id
        leg, team_id, chain = outage.leg
        if agreement.kind == "ola":
            return leg == "team" and team_id == agreement.team_id.id
        if agreement.kind == "uc":
            return leg == "supplier" and agreement.supplier_id.id in chain
        if not outage.partners or not agreement.partner_id:
            return True
        return any(agreement.partner_id.id in chain for chain in outage.partners)

    def _of_own_agreements(self, outage, line):
        """When the agreement for everybody has nothing to do with an outage.

        That is while each customer whom the outage names had an agreement of his own
        in force about the service.

        :return: sorted and disjoint list of ``(start, stop)``
        """
        agreement = line.agreement_id
        if agreement.kind != "sla" or agreement.partner_id or not outage.partners:
            return []
        own = self._own_customers(agreement.company_id.id, line.service_id)
        shared = None
        for chain in outage.partners:
            covered = union(span for id_ in chain for span in own.get(id_, ()))
            if shared is not None:
                # what both have: what is left after taking away what is left
                covered = subtract(covered, subtract(covered, shared))
            shared = covered
        return shared

    def _own_customers(self, company_id, service):
        """When customers had an agreement of their own about a service in force.

        :return: dict of id of the customer to ``(start, stop)`` of each agreement
        """
        if self._own is None:
            # sudo: as in _fetch
            agreements = self.env["itsm.agreement"].sudo()
            found = agreements.with_context(active_test=False).search_fetch(
                [
                    ("company_id", "in", self._company_ids),
                    ("kind", "=", "sla"),
                    ("state", "!=", "draft"),
                    ("partner_id", "!=", False),
                ],
                [
                    "company_id",
                    "partner_id",
                    "service_ids",
                    "tz",
                    "date_start",
                    "superseded_on",
                    "terminated_at",
                ],
            )
            self._own = [
                (
                    a.company_id.id,
                    a.partner_id.id,
                    frozenset(a.service_ids._ids),
                    a._in_force_between(),
                )
                for a in found
            ]
        path = {int(part) for part in service.parent_path.split("/")[:-1]}
        spans = {}
        for own_company_id, partner_id, services, span in self._own:
            if own_company_id == company_id and (
                not services or not services.isdisjoint(path)
            ):
                spans.setdefault(partner_id, []).append(span)
        return spans


class ItsmAvailability(models.Model):
    """Reading what availability is worked out from, set by set."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.availability"

    @api.model
    def _outages(self, company_ids, begins, stops):
        """Confirmed outages of some companies and a time; constant queries.

        :param list company_ids: ids
        :param datetime begins: naive UTC
        :param datetime stops: naive UTC
        :rtype: Outages
        """
        return Outages(self.env, company_ids, begins, stops)

    @api.model
    def _measure(self, jobs, now):
        """Measure all jobs; constant queries, but for one timeline of each calendar.

        :param list jobs: `Job`
        :param datetime now: naive UTC
        :return: list of ``(Availability, ids of the outages that count)``
        """
        if not jobs:
            return []
        companies = list({job.agreement.company_id.id for job in jobs})
        outages = self._outages(
            companies,
            min(job.begins for job in jobs),
            max(job.stops for job in jobs),
        )
        by_line, hours, result = {}, {}, []
        for job in jobs:
            line = job.line
            if line not in by_line:
                by_line[line] = outages.of_target(line)
            maintenance, found = by_line[line]
            work = self._hours(job, hours)
            # In order of their start: what begins later than the month is left out.
            later = bisect_left(found, job.stops, key=lambda piece: piece[0])
            inside = [
                piece
                for piece in found[:later]
                if piece[1] is None or piece[1] > job.begins
            ]
            figures = measure(
                work,
                [
                    (start, stop)
                    for start, stop in maintenance
                    if start < job.stops and stop > job.begins
                ],
                [piece[:2] for piece in inside],
                now,
            )
            ids = sorted({inside[number][2] for number in figures.hits})
            result.append((figures, ids))
        return result

    @api.model
    def _hours(self, job, known):
        """The agreed hours of a job; a calendar without any gives none.

        Nor does a month in which the agreement is not in force any more.

        :param dict known: what was read already, by calendar and time
        """
        if job.stops <= job.begins:
            return []
        agreement = job.agreement
        calendar, company = agreement.calendar_id, agreement.company_id
        key = (calendar.id, agreement.tz, company.id, job.begins, job.stops)
        if key not in known:
            try:
                timeline = calendar._itsm_timeline(agreement.tz, company)
                known[key] = timeline.intervals(job.begins, job.stops)
            except NoWorkingTime:
                known[key] = []
        return known[key]

    def _link_outages(self, outage_ids):
        """Say which outages are behind rows: two queries for those that changed.

        :param dict outage_ids: ids of outages by id of the row
        """
        field = self._fields["outage_ids"]
        # sudo: evidence names all of them; who reads finds those he may see
        rows = self.sudo().with_context(active_test=False)
        changed = {
            row.id: outage_ids[row.id]
            for row in rows
            if sorted(row.outage_ids._ids) != sorted(outage_ids[row.id])
        }
        if not changed:
            return
        table, row_column, outage_column = (
            SQL.identifier(name)
            for name in (field.relation, field.column1, field.column2)
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE %s = ANY(%s)", table, row_column, list(changed))
        )
        pairs = [(row_id, id_) for row_id, ids in changed.items() for id_ in ids]
        if pairs:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %s (%s, %s)
                       SELECT * FROM unnest(%s::integer[], %s::integer[])""",
                    table,
                    row_column,
                    outage_column,
                    [row_id for row_id, _id in pairs],
                    [id_ for _row_id, id_ in pairs],
                )
            )
        self.browse(changed).invalidate_recordset(["outage_ids"])
