# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Which agreement applies to a ticket: pure matching, no ORM."""

from dataclasses import dataclass
from datetime import date, datetime

#: Why an agreement applies, most specific first.
RANKS = ("customer_service", "customer", "service", "default")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agreement as far as matching needs it; dates are local, inclusive."""

    id: int
    partner_id: int | None
    service_ids: frozenset
    date_start: date
    last_day: date | None  # terminated on, or the day before a successor's first
    tz: str
    activated_at: datetime | None
    ended_at: datetime | None = None  # terminated, naive UTC
    party_id: int | None = None  # OLA: the team; UC: the supplier


def match(
    candidates, partners, services, local_date, moment=None, kept=None, saved_at=None
):
    """Find the best agreement of those in force.

    Best match (design: customer and service, customer, service, default), then the
    nearest ancestor service, then the nearest ancestor contact, then the latest start.

    :param candidates: iterable of `Candidate` of one company and kind
    :param partners: ids of the customer and its parents, nearest first
    :param services: ids of the service and its ancestors, nearest first
    :param local_date: function of a zone name to the date of the ticket there
    :param moment: when the ticket was reported, naive UTC
    :param saved_at: when the ticket was created, naive UTC; an agreement activated
        later leaves it alone
    :param kept: id of the agreement that the ticket has: it got it when it was
        activated, and was reported before its first day; or has it since it was
        reported, and another took over from an earlier day on
    :return: ``(candidate, reason)``: reason is one of `RANKS`, or with no candidate
        ``not_started``, ``ended`` or ``no_agreement``
    """
    best = None
    missed = None
    for candidate in candidates:
        if candidate.partner_id:
            if candidate.partner_id not in partners:
                continue
            partner_distance = partners.index(candidate.partner_id)
        else:
            partner_distance = 0
        if candidate.service_ids:
            distances = [
                position
                for position, service in enumerate(services)
                if service in candidate.service_ids
            ]
            if not distances:
                continue
            service_distance = distances[0]
        else:
            service_distance = 0
        rank = 2 * (not candidate.partner_id) + (not candidate.service_ids)
        key = (
            rank,
            service_distance,
            partner_distance,
            -candidate.date_start.toordinal(),
            -candidate.id,
        )
        day = local_date(candidate.tz)
        began = day >= candidate.date_start and not (
            saved_at and candidate.activated_at and saved_at < candidate.activated_at
        )
        if not began and candidate.id != kept:
            missed = min(filter(None, (missed, (key, "not_started"))))
        elif (
            candidate.last_day and day > candidate.last_day and candidate.id != kept
        ) or (candidate.ended_at and moment and moment >= candidate.ended_at):
            missed = min(filter(None, (missed, (key, "ended"))))
        elif best is None or key < best[0]:
            best = (key, candidate, RANKS[rank])
    if best:
        return best[1], best[2]
    return None, missed[1] if missed else "no_agreement"
