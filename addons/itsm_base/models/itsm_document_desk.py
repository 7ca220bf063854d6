# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter, defaultdict

from odoo import models
from odoo.fields import Domain

from ..tools.period import Period

#: How many services are named; the others are one line.
_SERVICES = 10
#: Columns of the tables of volumes, in their order.
FIGURES = ("before", "reported", "solved", "cancelled", "after")


class ItsmDocument(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    def _content_desk_summary(self):
        """Volumes and KPIs of the service desk in a period (D45).

        Cut in the zone of the company. A ticket is reported when the user told (its
        creation if nobody said when), ends when it is resolved or else closed, and is
        cancelled or solved by what its stage means today; so *backlog before +
        reported - solved - cancelled = backlog after*, for every row.

        :return: ``volumes``, ``priorities``, ``services`` (rows with ``name`` and the
            figures), ``states`` (of the tickets that were reported in the period),
            ``kpis``
        :rtype: dict
        """
        self.ensure_one()
        period = self._period() or Period.of("month", self._today())
        counts = self._desk_counts(period)
        fields_of = self.env["helpdesk.ticket"]._fields
        kinds = dict(fields_of["itsm_kind"]._description_selection(self.env))
        priorities = dict(fields_of["priority"]._description_selection(self.env))
        return {
            "volumes": self._desk_rows(
                counts,
                lambda key: key[0],
                [*kinds.items(), (False, self.env._("Without a kind"))],
            ),
            "priorities": self._desk_rows(
                counts,
                lambda key: key[1],
                sorted(priorities.items(), reverse=True),
                is_totalled=False,
            ),
            "services": self._desk_services(counts),
            "states": self._desk_states(period),
            "kpis": self._desk_kpis(period),
        }

    # === Volumes ===

    def _desk_domains(self, period):
        """Which tickets make each figure.

        :rtype: dict[str, Domain]
        """
        start, stop = period.bounds_utc(self._zone())

        def between(name, begin, end):
            return Domain(name, ">=", begin) & Domain(name, "<", end)

        def reported(operator, time):
            return Domain("reported_at", operator, time) | Domain(
                "reported_at", "=", False
            ) & Domain("create_date", operator, time)

        def open_at(time):
            undated = Domain("resolved_at", "=", False) & Domain(
                "closed_date", "=", False
            )
            later = Domain("resolved_at", ">=", time) | Domain(
                "resolved_at", "=", False
            ) & Domain("closed_date", ">=", time)
            return later | undated & Domain("closed", "=", False)

        ended = between("resolved_at", start, stop) | Domain(
            "resolved_at", "=", False
        ) & between("closed_date", start, stop)
        cancelled = Domain("stage_id.itsm_state", "=", "cancelled") | Domain(
            "duplicate_id", "!=", False
        )
        company = Domain("company_id", "=", self.company_id.id)
        return {
            "before": company & reported("<", start) & open_at(start),
            "reported": company & reported(">=", start) & reported("<", stop),
            "solved": company & ended & ~cancelled,
            "cancelled": company & ended & cancelled,
            "after": company & reported("<", stop) & open_at(stop),
        }

    def _desk_counts(self, period):
        """The figures by kind, priority and service: five queries.

        :return: counters by figure; keys are ``(kind, priority, service id)``
        :rtype: dict[str, Counter]
        """
        tickets = self.env["helpdesk.ticket"]
        return {
            figure: Counter(
                {
                    (kind, priority, service.id): count
                    for kind, priority, service, count in tickets._read_group(
                        domain, ["itsm_kind", "priority", "service_id"], ["__count"]
                    )
                }
            )
            for figure, domain in self._desk_domains(period).items()
        }

    def _desk_rows(self, counts, key_of, names, is_totalled=True):
        """Rows of a table of volumes, without those that are empty.

        :param dict counts: see `_desk_counts`
        :param key_of: which part of a key a row is about
        :param list names: keys and names of the rows
        :rtype: list[dict]
        """
        sums = defaultdict(Counter)
        for figure, counter in counts.items():
            for key, count in counter.items():
                sums[key_of(key)][figure] += count
                sums[None][figure] += count
        rows = [
            {"name": name} | {figure: sums[key][figure] for figure in FIGURES}
            for key, name in names
            if any(sums[key].values())
        ]
        if is_totalled:
            total = {figure: sums[None][figure] for figure in FIGURES}
            rows.append({"name": self.env._("Total"), "is_total": True} | total)
        return rows

    def _desk_services(self, counts):
        """The services with most tickets reported, the others in one line."""
        weights = Counter()
        for figure in FIGURES:
            for (_kind, _priority, service_id), count in counts[figure].items():
                weights[service_id] += count if figure == "reported" else 0
        named = [
            service_id
            for service_id, _count in sorted(
                weights.items(), key=lambda item: (-item[1], item[0] or 0)
            )
            if service_id
        ][:_SERVICES]
        services = self.env["itsm.service"].browse(named)
        names = [(service.id, service.display_name) for service in services]
        names += [
            ("others", self.env._("Other services")),
            (False, self.env._("Without a service")),
        ]
        known = {*named, False}
        return self._desk_rows(
            counts, lambda key: key[2] if key[2] in known else "others", names
        )

    def _desk_states(self, period):
        """What became of the tickets that were reported in the period, as of now."""
        selection = self.env["helpdesk.ticket.stage"]._fields["itsm_state"]
        labels = dict(selection._description_selection(self.env))
        counts = Counter()
        for stage, count in self.env["helpdesk.ticket"]._read_group(
            self._desk_domains(period)["reported"], ["stage_id"], ["__count"]
        ):
            # sudo: what a stage means does not depend on who may read it
            counts[stage.sudo().itsm_state] += count
        return [
            {"name": label, "count": counts[state]} for state, label in labels.items()
        ]

    # === KPIs ===

    def _desk_kpis(self, period):
        """The figures of KPIs that are about a part of the period."""
        values = self.env["itsm.kpi.value"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_latest", "=", True),
                ("period_start", ">=", period.start),
                ("period_end", "<=", period.end),
                ("kpi_id.period", "=", period.kind),
                # more people read the document than may see figures of one person
                ("kpi_id.person_id", "=", False),
            ]
        )
        labels = dict(values._fields["status"]._description_selection(self.env))
        return [
            {
                "code": value.kpi_id.code,
                "name": value.kpi_id.name,
                "value": value.value_text,
                "target": value.kpi_id.target_text or "",
                "previous": value.previous_text or "",
                "status": value.status,
                "label": labels.get(value.status, ""),
                "is_preliminary": not value.frozen,
            }
            for value in values.sorted(
                lambda value: (value.kpi_id.sequence, value.kpi_id.code)
            )
        ]
