# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From agreements to `chain`: which legs stand behind which promise, and what lacks."""

from datetime import date, timedelta

from odoo import fields

from odoo.addons.itsm_base.tools.period import midnight_utc
from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from .chain import Leg, Term, walk, worst_and_first

FAR = date(2900, 1, 1)
#: What legs promise; the next update and the emergency response are the SLA's alone.
COMPARED = ("response", "resolution")


class ChainCheck:
    """One check of many SLAs: reads everything once, and computes like cases once.

    :param slas: ``itsm.agreement`` of kind SLA, in sudo
    :param datetime now: naive UTC
    """

    def __init__(self, slas, now):
        self.now = now
        self.env = slas.env
        self._worst = {}
        self._legs = {}
        self._held = {}
        self._lineage = {}
        self._timelines = {}
        #: SLAs of which something was compared with what stands behind them.
        self.compared = slas.browse()
        supports = slas.support_ids
        versions = self._read_lineage(supports.supporting_id)
        # In one go, before single records are read.
        everything = slas | versions
        everything.target_ids.mapped("minutes")
        everything.level_ids.target_ids.mapped("minutes")
        (everything.service_ids | supports.service_ids).mapped("parent_path")
        everything.calendar_id.mapped("tz")
        self._cells = {agreement: self._promises(agreement) for agreement in everything}

    def _read_lineage(self, agreements):
        """Fill in the versions of each supporting agreement, by first day."""
        model = agreements.with_context(active_test=False)
        everything = agreements
        new = agreements
        while new:
            new = (new.previous_id | model.search([("previous_id", "in", new.ids)])) - (
                everything
            )
            everything |= new
        after = {}
        for agreement in everything:
            after.setdefault(agreement.previous_id, []).append(agreement)
        for agreement in agreements:
            root = agreement
            while root.previous_id:
                root = root.previous_id
            found, todo = [], [root]
            while todo:
                version = todo.pop()
                found.append(version)
                todo += after.get(version, [])
            in_force = [a for a in found if a.state != "draft" and a.date_start]
            # Before it is in force, the draft shows what it would do.
            if not in_force and agreement.date_start:
                in_force = [agreement]
            self._lineage[agreement] = sorted(
                in_force, key=lambda a: (a.date_start, a.version)
            )
        return everything

    # === What is asked ===

    def gaps(self, sla):
        """The gaps of one SLA.

        :return: list of values of `itsm.agreement.gap`; None: it is not to be checked
        """
        days = sla._chain_days(self.now)
        if sla.is_template or not sla.support_ids or days is None:
            return None
        found = []
        covered = sla.support_ids.supporting_id
        found += [
            {"what": "validity", "supporting_id": other.id, "uncovered_from": day}
            for other in covered
            if (day := self._uncovered(other, *days))
        ]
        begins = max(self.now, midnight_utc(sla.tz, days[0]))
        ends = midnight_utc(sla.tz, days[1] + timedelta(days=1))
        for service, services, path in self._paths(sla):
            found += self._not_covered(service, services, path, begins, ends)
            cells = sorted(
                cell
                for base, levels in (self._cells[sla],)
                for cell in {*base, *(c for _l, own in levels for c in own)}
                if cell[0] in COMPARED
            )
            if cells and self._timeline(sla) is not None:
                self.compared |= sla
            for cell in cells:
                found += self._cell(sla, service, services, path, cell, begins, ends)
        if found:
            self.compared |= sla
        unique = {}
        for vals in found:
            key = self.env["itsm.agreement.gap"]._key_of(vals)
            unique.setdefault(key, dict(vals, agreement_id=sla.id))
        return list(unique.values())

    # === Path ===

    def _paths(self, sla):
        """Services with a path of their own, and all others together.

        :return: list of ``(service or none, services meant, supports)``
        """
        supports = sla.support_ids.sorted(lambda s: (s.sequence, s.id))
        named = supports.service_ids
        own = sla.service_ids
        general = supports._for_service(named.browse())
        candidates = own | named.filtered(lambda s: not own or own._chain_covers(s))
        paths, others = [], own.browse()
        for service in candidates:
            path = supports._for_service(service)
            if path == general and path:
                others |= service
            else:
                paths.append((service, service, path))
        if not own or others:
            paths.append((own.browse(), others & own, general))
        return paths

    def _not_covered(self, service, services, path, begins, ends):
        """Supporting agreements that do not cover the service."""
        for other in path.supporting_id:
            for version in self._holding(other, begins, ends):
                scope = version.service_ids
                if not scope:
                    continue
                for one in services or [service]:
                    if not scope._chain_covers(one):
                        yield {
                            "what": "service",
                            "service_id": one.id,
                            "supporting_id": other.id,
                        }

    def _cell(self, sla, service, services, path, cell, begins, ends):
        """The gaps of one promise: a metric of a ticket kind and priority."""
        metric, kind, priority = cell
        about = {
            "service_id": service.id,
            "itsm_kind": kind,
            "priority": priority,
            "metric": metric,
        }
        links = path._applies(kind, priority)
        if not links:
            return [
                dict(about, what="agreement", service_id=one.id)
                for one in services or [service]
            ]
        found = []
        legs = []
        others = []
        for n, link in enumerate(links):
            other = link.supporting_id
            holding = self._holding(other, begins, ends)
            leg = self._leg(other, cell, begins)
            lacks = any(cell not in self._cells[v][0] for v in holding)
            # The first leg answers the customer; later ones may.
            if lacks and (metric == "resolution" or n == 0):
                found.append(dict(about, what="target", supporting_id=other.id))
            if any(self._timeline(version) is None for version in holding):
                found.append({"what": "hours", "supporting_id": other.id})
            elif leg.terms:
                legs.append(leg)
                others.append(other)
        if metric == "resolution" and len(legs) < len(links):
            return found  # without one of the legs there is no sum
        if sla.pause_with_supplier:
            # Its clocks stand still while the supplier works: that leg takes none of
            # what is promised.
            own = [other.kind != "uc" for other in others]
            legs = [leg for leg, counts in zip(legs, own, strict=True) if counts]
            others = [other for other in others if other.kind != "uc"]
        promise = Leg(self._terms_of(sla, cell, begins, ends) or ())
        groups = [legs] if metric == "resolution" else [[leg] for leg in legs]
        for group in groups:
            if not group:
                continue
            try:
                worst, first = self._worst_and_first(promise, group)
            except NoWorkingTime:
                ids = {other.id for other in others}
                found += [{"what": "hours", "supporting_id": i} for i in sorted(ids)]
                break
            if worst and worst.gap_seconds > 0:
                vals = self._prepare(worst, first, group)
                found.append(dict(about, what="time", **vals))
        return found

    def _prepare(self, worst, first, legs):
        steps = walk(legs, worst.start)
        slowest = max(steps, key=lambda step: step[2] - step[1])[0].source
        return {
            "first_start": first.start,
            "first_promised_seconds": first.promised_seconds,
            "first_needed_seconds": first.needed_seconds,
            "worst_start": worst.start,
            "promised_seconds": worst.promised_seconds,
            "needed_seconds": worst.needed_seconds,
            "gap_seconds": worst.gap_seconds,
            "supporting_id": slowest[0],
            "target_id": slowest[1],
            "legs": [
                {
                    "agreement_id": term.source[0],
                    "begins": fields.Datetime.to_string(begins),
                    "ends": fields.Datetime.to_string(ends),
                }
                for term, begins, ends in walk(legs, first.start)
            ],
        }

    def _worst_and_first(self, promise, legs):
        key = promise.key, tuple(leg.key for leg in legs)
        if key not in self._worst:
            self._worst[key] = worst_and_first(promise, legs)
        return self._worst[key]

    # === Terms ===

    def _promises(self, agreement):
        """What it promises: ``({cell: (promise, target)}, [(level, the same)])``."""

        def own(targets):
            return {
                (t.metric, t.itsm_kind, t.priority): (t._promise(), t.id)
                for t in targets
            }

        return own(agreement.target_ids), [
            (level, own(level.target_ids))
            for level in agreement.level_ids.sorted("date_from")
        ]

    def _span(self, version, begins):
        """When a version holds from ``begins`` on: ``(start, stop)``, maybe empty."""
        last = version.terminated_on or None
        if version.superseded_on:
            day = version.superseded_on - timedelta(days=1)
            last = min(last, day) if last else day
        stop = midnight_utc(version.tz, last + timedelta(days=1) if last else FAR)
        return max(begins, midnight_utc(version.tz, version.date_start)), stop

    def _holding(self, other, begins, ends):
        """The versions of a supporting agreement that hold in ``[begins, ends)``."""
        key = other, begins, ends
        if key not in self._held:
            self._held[key] = [
                version
                for version in self._lineage[other]
                for start, stop in (self._span(version, begins),)
                if start < min(stop, ends)
            ]
        return self._held[key]

    def _leg(self, other, cell, begins):
        """All versions of a supporting agreement that have hours as a leg."""
        key = other, cell, begins
        if key not in self._legs:
            terms = []
            for version in self._lineage[other]:
                start, stop = self._span(version, begins)
                if start < stop:
                    terms += self._terms_of(version, cell, start, stop) or ()
            self._legs[key] = Leg(terms)
        return self._legs[key]

    def _terms_of(self, agreement, cell, begins, ends):
        """What an agreement promises within ``[begins, ends)``; None: no hours."""
        timeline = self._timeline(agreement)
        if timeline is None:
            return None
        base, levels = self._cells[agreement]
        terms = []
        for level, own in levels:
            if cell not in own:
                continue
            start = max(begins, midnight_utc(agreement.tz, level.date_from))
            stop = midnight_utc(agreement.tz, level.date_to + timedelta(days=1))
            stop = min(stop, ends)
            if start < stop:
                if cell in base:
                    terms.append((begins, start, *base[cell]))
                terms.append((start, stop, *own[cell]))
                begins = stop
        if cell in base:
            terms.append((begins, ends, *base[cell]))
        return [
            Term(start, stop, timeline, promise, (agreement.id, target))
            for start, stop, promise, target in terms
            if start < stop
        ]

    def _timeline(self, agreement):
        key = agreement.calendar_id, agreement.tz, agreement.company_id
        if key not in self._timelines:
            timeline = None
            if agreement.calendar_id:
                try:
                    timeline = agreement.calendar_id._itsm_timeline(
                        tz=agreement.tz, company=agreement.company_id
                    )
                    timeline.add(self.now, 1)
                except NoWorkingTime:
                    timeline = None
            self._timelines[key] = timeline
        return self._timelines[key]

    # === Validity ===

    def _uncovered(self, other, first, last):
        """The first day from ``first`` to ``last`` without the agreement, or None."""
        day = first
        for version in self._lineage[other]:
            if version.state == "draft" or version.date_start > day:
                continue
            until = version._chain_covered_to()
            if until is None:
                return None
            if until >= day:
                day = until + timedelta(days=1)
        return day if day <= last else None
