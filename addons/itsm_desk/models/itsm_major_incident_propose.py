# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Datetime, Domain
from odoo.tools.misc import format_datetime

from odoo.addons.itsm_base.tools import guard

from .helpdesk_ticket_lifecycle import AT_WORK
from .itsm_major_incident import OPEN


class TicketFact(NamedTuple):
    """What the criteria look at: plain values, 0 or False where there is nothing."""

    ticket_id: int
    company_id: int
    service_id: int
    category_id: int
    nature_id: int
    priority: str
    criticality: str | bool
    reported: datetime


class ItsmMajorIncident(models.Model):
    """How tickets become a proposal: by criteria, or by a person (INC-39)."""

    _inherit = "itsm.major.incident"

    # === Proposed by criteria ===

    @api.model
    def _propose_by_criteria(self, tickets):
        """Propose what meets the criteria of the companies of *tickets*.

        Constant queries for a batch: none if no criterion can match, else one for open
        major incidents and one for similar tickets, and those of what is proposed.

        A ticket that is like those of an open proposal is added to it; one that is
        like those of a declared major incident is left to people, who may join it.
        Tickets of refused proposals never count again.

        :param tickets: ``helpdesk.ticket`` in sudo: open incidents that belong to none
        :return: the proposed major incidents, in sudo
        """
        hits = self._criteria_hits(tickets)
        majors = guard.with_token(self.sudo())  # sudo: proposed by the system
        if not hits:
            return majors.browse()
        companies = [company_id for company_id, _criterion in hits]
        known = [
            (major.company_id.id, major.service_id.id, major.category_id.id, major)
            for major in majors.search(
                [("company_id", "in", companies), ("state", "in", OPEN)], order="id"
            )
        ]
        added, groups = defaultdict(set), []
        for (company_id, criterion), facts in hits.items():
            for key, own in self._by_key(criterion, facts).items():
                major = self._alike(known, company_id, key)
                if major is None:
                    groups.append((company_id, criterion, key, own))
                elif major.state == "proposed":
                    added[major].update(fact.ticket_id for fact in own)
        similar = self._similar_facts(groups)
        vals_list, ids_list = [], []
        taken = set().union(*added.values())
        for company_id, criterion, key, own in groups:
            ids = {fact.ticket_id for fact in own} - taken
            if criterion.threshold > 1:
                ids = self._dense(criterion, key, ids, similar[company_id]) - taken
            if len(ids) < criterion.threshold:
                continue
            taken |= ids
            just_proposed = self._alike(known, company_id, key)
            if just_proposed is not None:
                just_proposed |= ids
                continue
            vals = self._prepare_proposal(criterion, key, tickets.browse(sorted(ids)))
            vals_list.append(vals)
            ids_list.append(ids)
            known.append((company_id, *key, ids))
        for major, ids in added.items():
            guard.with_token(tickets.browse(ids)).write({"major_incident_id": major.id})
        created = majors.create(vals_list)
        if created:
            created.criterion_id._note_proposal(Datetime.now())
        for major, ids in zip(created, ids_list, strict=True):
            guard.with_token(tickets.browse(ids)).write({"major_incident_id": major.id})
        created._tell_proposed()
        return created

    @api.model
    def _criteria_hits(self, tickets):
        """Which tickets meet which criteria but for the number, in their order.

        :return: dict of ``(company id, Criterion)`` to list of `TicketFact`
        """
        criteria_of = self.env["itsm.major.criterion"]._criteria_of
        hits = defaultdict(list)
        watched = tickets.filtered(lambda ticket: criteria_of(ticket.company_id.id))
        for fact in self._facts_of(watched):
            for criterion in criteria_of(fact.company_id):
                if criterion.matches(fact):
                    hits[fact.company_id, criterion].append(fact)
        order = {
            (company_id, criterion): index
            for company_id in {company_id for company_id, _criterion in hits}
            for index, criterion in enumerate(criteria_of(company_id))
        }
        return {pair: hits[pair] for pair in sorted(hits, key=order.get)}

    @api.model
    def _facts_of(self, tickets):
        """Plain values of *tickets* (in sudo)."""
        return [
            TicketFact(
                ticket.id,
                ticket.company_id.id,
                ticket.service_id.id or 0,
                ticket.category_id.id or 0,
                ticket.nature_id.id or 0,
                ticket.priority or "0",
                ticket.service_id.criticality,
                ticket._itsm_reported_time(),
            )
            for ticket in tickets
        ]

    @api.model
    def _by_key(self, criterion, facts):
        """Facts by what makes them similar; those that have no key each alone."""
        groups = defaultdict(list)
        for fact in facts:
            groups[criterion.key(fact) or (0, -fact.ticket_id)].append(fact)
        return groups

    @api.model
    def _alike(self, known, company_id, key):
        """The open major incident that *key* belongs to, or None."""
        service_id, category_id = key
        for company, service, category, major in known:
            if (
                company == company_id
                and (not service_id or service == service_id)
                and (not category_id or category == category_id)
            ):
                return major
        return None

    @api.model
    def _similar_facts(self, groups):
        """Incidents that may count together with *groups*: one query.

        :return: dict of company id to list of `TicketFact`
        """
        found = defaultdict(list)
        domains = []
        for company_id, criterion, key, own in groups:
            if criterion.threshold == 1:
                continue
            service_id, category_id = key
            domain = Domain("company_id", "=", company_id)
            domain &= Domain(
                "reported_at", ">=", min(f.reported for f in own) - criterion.window
            )
            domain &= Domain(
                "reported_at", "<=", max(f.reported for f in own) + criterion.window
            )
            if service_id:
                domain &= Domain("service_id", "=", service_id)
            if category_id:
                domain &= Domain("category_id", "=", category_id)
            domains.append(domain)
        if domains:
            tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as those of the batch
            domain = Domain.OR(domains) & self._countable_domain()
            for fact in self._facts_of(tickets.search(domain, order="id")):
                found[fact.company_id].append(fact)
        return found

    @api.model
    def _countable_domain(self):
        """Incidents that count for criteria: of nothing else, and known to all."""
        return (
            Domain("itsm_kind", "=", "incident")
            & Domain("is_history", "in", (False, None))
            & Domain("duplicate_id", "=", False)
            & Domain("parent_id", "=", False)
            & Domain("major_incident_id", "=", False)
            & Domain("stage_id.itsm_state", "!=", "cancelled")
            & self.env["helpdesk.ticket"]._itsm_open_domain()
        )

    @api.model
    def _dense(self, criterion, key, ids, facts):
        """Tickets of a span of the criterion's length with enough of them.

        :param set ids: tickets of which the span must hold one
        :param list facts: see `_similar_facts`
        :return: ids of tickets of all such spans
        :rtype: set[int]
        """
        row = sorted(
            (
                fact
                for fact in facts
                if criterion.matches(fact) and criterion.key(fact) == key
            ),
            key=lambda fact: (fact.reported, fact.ticket_id),
        )
        dense, end = set(), 0
        for start, first in enumerate(row):
            end = max(end, start)
            while (
                end < len(row)
                and row[end].reported - first.reported <= criterion.window
            ):
                end += 1
            span = {fact.ticket_id for fact in row[start:end]}
            if len(span) >= criterion.threshold and span & ids:
                dense |= span
        return dense

    # === Making proposals ===

    @api.model
    def _prepare_proposal(self, criterion, key, tickets):
        """Values of a proposal by a criterion.

        :param Criterion criterion: what found it
        :param tickets: ``helpdesk.ticket`` in sudo, not empty
        """
        company = tickets.company_id
        # sudo: a user may save a ticket without reading the configuration
        record = self.env["itsm.major.criterion"].sudo().browse(criterion.criterion_id)
        service_id, category_id = key
        vals = self._prepare_major(tickets, self._reason_of(record, tickets))
        return vals | {
            "criterion_id": record.id,
            "service_id": service_id or vals["service_id"],
            "category_id": max(category_id, 0),
            "update_minutes": record.update_minutes
            or company.itsm_major_update_minutes,
        }

    @api.model
    def _prepare_major(self, tickets, reason):
        """Values of a proposal from *tickets* of one company, in sudo."""
        company = tickets.company_id
        row = tickets.sorted(lambda ticket: (ticket._itsm_reported_time(), ticket.id))
        at_work = row.filtered(lambda ticket: ticket._itsm_effective_state() in AT_WORK)
        head = (at_work or row)[0]
        role = self.env["itsm.role"].sudo()  # sudo: who is asked is no secret
        role = role.search([("code", "in", self._role_codes())], limit=1)
        return {
            "name": head.name,
            "company_id": company.id,
            "ticket_id": head.id,
            "service_id": head.service_id.id,
            "reason": reason,
            "proposed_at": Datetime.now(),
            "manager_id": role and role._holders(company)[:1].id,
            "update_minutes": company.itsm_major_update_minutes,
        }

    @api.model
    def _reason_of(self, criterion, tickets):
        """Why a criterion proposes *tickets*, in the language of the company."""
        company = tickets.company_id
        env = self.with_context(lang=company.partner_id.lang).env
        times = sorted(ticket._itsm_reported_time() for ticket in tickets)
        tz = company.resource_calendar_id.tz or "UTC"
        return env._(
            "%(criterion)s: %(count)s incidents, reported between %(first)s and "
            "%(last)s (%(zone)s).",
            criterion=criterion.with_env(env(su=True)).name,
            count=len(tickets),
            first=format_datetime(env, times[0], tz=tz),
            last=format_datetime(env, times[-1], tz=tz),
            zone=tz,
        )

    @api.model
    def _propose(self, tickets, reason):
        """Propose *tickets* as one major incident, in the name of the user.

        :param tickets: ``helpdesk.ticket`` of one company that the user may write
        :param str reason: why; people read it before they declare
        :return: ``itsm.major.incident``
        :raise UserError: a ticket cannot belong to one
        """
        tickets.check_access("write")
        self._check_joinable(tickets)
        tickets_sudo = tickets.sudo()  # sudo: the proposal is written by the system
        vals = self._prepare_major(tickets_sudo, reason)
        majors = guard.with_token(self.sudo())  # sudo: as above
        major = majors.create({**vals, "proposed_by_id": self.env.uid})
        guard.with_token(tickets_sudo).write({"major_incident_id": major.id})
        major._tell_proposed()
        return major.with_env(self.env)

    def _tell_proposed(self):
        """Tell the incident managers of proposals, and log what they rest on."""
        if self:
            self._message_log_batch({major.id: major.reason for major in self})
            self.env["itsm.notification.event"]._notify("major_proposed", self)
