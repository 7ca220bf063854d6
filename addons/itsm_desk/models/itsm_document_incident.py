# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_document_desk import FIGURES
from odoo.addons.itsm_base.models.itsm_kpi_measure import INCIDENT
from odoo.addons.itsm_base.tools.period import Period

from .itsm_major_incident import DECLARED

#: How often the same must have happened to be named, and how many are named.
RECURS = 2
NAMED = 15
#: How many days before the period recurrence looks back.
LOOK_BACK = 90


class ItsmDocument(models.Model):
    """The incident report of a period (D20; INC-48, INC-49, INC-51)."""

    _inherit = "itsm.document"

    @api.model
    def _report_sources(self):
        return super()._report_sources() | {"incident_report"}

    def _content_incident_report(self):
        """Incidents of a period: volumes, time to restore, recurrence, major ones.

        Volumes as in the work summary of the desk (`_content_desk_summary`), incidents
        only; restricted tickets are left out, since agents read the report. The mean
        time to solution counts hours on the wall from the report to the solution of
        those that were solved in the period.

        :return: ``volumes``, ``priorities``, ``natures``, ``sources``, ``lines`` (rows
            with ``name``, the figures, ``mean``), ``recurring``, ``majors``, ``kpis``
        :rtype: dict
        """
        self.ensure_one()
        period = self._period() or Period.of("month", self._today())
        domains = {
            figure: domain & INCIDENT & self._incident_domain()
            for figure, domain in self._desk_domains(period).items()
        }
        counts, seconds = self._incident_counts(domains)
        tickets = self.env["helpdesk.ticket"]
        selection = {
            name: dict(tickets._fields[name]._description_selection(self.env))
            for name in ("priority", "support_line")
        }
        natures = self._incident_names(counts, 0, "itsm.ticket.nature")
        channels = self._incident_names(counts, 1, "helpdesk.ticket.channel")
        priorities = sorted(selection["priority"].items(), reverse=True)
        lines = [*selection["support_line"].items(), (False, self.env._("Without"))]
        return {
            "volumes": self._incident_rows(counts, seconds, None, []),
            "natures": self._incident_rows(counts, seconds, 0, natures),
            "sources": self._incident_rows(counts, seconds, 1, channels),
            "priorities": self._incident_rows(counts, seconds, 2, priorities),
            "lines": self._incident_rows(counts, seconds, 3, lines),
            "recurring": self._incident_recurring(domains["reported"], period),
            "majors": self._incident_majors(period),
            "kpis": self._incident_kpis(period),
        }

    @api.model
    def _incident_domain(self):
        """Tickets that may be counted in what every agent reads."""
        return self.env["helpdesk.ticket"]._itsm_open_domain()

    # === Volumes and times ===

    def _incident_counts(self, domains):
        """The figures by nature, source, priority and line: one query for each.

        :return: counters by figure, keys ``(nature, channel, priority, line)``; and
            seconds from report to solution of what was solved, by the same key
        """
        tickets = self.env["helpdesk.ticket"]
        names = ["nature_id", "channel_id", "priority", "support_line"]
        counts, seconds = {}, Counter()
        for figure, domain in domains.items():
            query = tickets._search(domain)
            columns = [
                tickets._field_to_sql(query.table, name, query) for name in names
            ]
            end, reported, created = (
                tickets._field_to_sql(query.table, name, query)
                for name in ("resolved_at", "reported_at", "create_date")
            )
            closed = tickets._field_to_sql(query.table, "closed_date", query)
            query.groupby = SQL(", ").join(columns)
            rows = self.env.execute_query(
                query.select(
                    *columns,
                    SQL("COUNT(*)"),
                    SQL(
                        "SUM(EXTRACT(EPOCH FROM COALESCE(%s, %s) - COALESCE(%s, %s)))",
                        end,
                        closed,
                        reported,
                        created,
                    ),
                )
            )
            counts[figure] = Counter()
            for nature, channel, priority, line, count, lasted in rows:
                key = (nature or False, channel or False, priority, line or False)
                counts[figure][key] += count
                if figure == "solved":
                    seconds[key] += float(lasted or 0)
        return counts, seconds

    def _incident_names(self, counts, part, model_name):
        """Keys and names of the rows of a table, those without one last."""
        ids = {key[part] for counter in counts.values() for key in counter} - {False}
        # sudo: names of configuration, also of another company's
        records = self.env[model_name].sudo().with_context(active_test=False)
        records = records.search([("id", "in", list(ids))])
        names = [(record.id, record.display_name) for record in records]
        return [*names, (False, self.env._("Without"))]

    def _incident_rows(self, counts, seconds, part, names):
        """Rows of a table of volumes with the mean time to solution.

        :param int part: which part of a key a row is about; None: all in one row
        """
        if part is None:
            names = [(None, self.env._("Incidents"))]
        sums, lasted = defaultdict(Counter), Counter()
        for figure, counter in counts.items():
            for key, count in counter.items():
                sums[key[part] if part is not None else None][figure] += count
        for key, value in seconds.items():
            lasted[key[part] if part is not None else None] += value
        return [
            {
                "name": name,
                "mean": self._incident_mean(lasted[key], sums[key]["solved"]),
            }
            | {figure: sums[key][figure] for figure in FIGURES}
            for key, name in names
            if any(sums[key].values())
        ]

    @api.model
    def _incident_mean(self, seconds, count):
        """Mean hours with one decimal, cut off to the worse side; empty: no data."""
        if not count:
            return ""
        tenths = -int(-seconds // (count * 360))
        return f"{tenths // 10}.{tenths % 10}"

    # === Recurrence (INC-49) ===

    def _incident_recurring(self, reported, period):
        """What came back: service and category with several incidents.

        :param Domain reported: incidents reported in the period
        :return: rows ``service``, ``category``, ``count``, ``before`` (in the 90 days
            before), ``reopened``; the most frequent first
        :rtype: list[dict]
        """
        tickets = self.env["helpdesk.ticket"]
        groups = tickets._read_group(
            reported
            & (Domain("service_id", "!=", False) | Domain("category_id", "!=", False)),
            ["service_id", "category_id"],
            ["__count", "reopened_count:sum"],
            having=[("__count", ">=", RECURS)],
        )
        start, _stop = period.bounds_utc(self._zone())
        earlier = {
            (service.id, category.id): count
            for service, category, count in tickets._read_group(
                INCIDENT
                & self._incident_domain()
                & Domain("company_id", "=", self.company_id.id)
                & Domain("reported_at", ">=", start - timedelta(days=LOOK_BACK))
                & Domain("reported_at", "<", start)
                & Domain("service_id", "in", [False, *{g[0].id for g in groups}]),
                ["service_id", "category_id"],
                ["__count"],
            )
        }
        rows = [
            {
                # sudo: names of the catalogue for every reader
                "service": service.sudo().display_name or "",
                "category": category.sudo().display_name or "",  # sudo: as above
                "count": count,
                "before": earlier.get((service.id, category.id), 0),
                "reopened": reopened or 0,
            }
            for service, category, count, reopened in groups
        ]
        rows.sort(key=lambda row: (-row["count"], -row["before"], row["service"]))
        return rows[:NAMED]

    # === Major incidents and KPIs ===

    def _incident_majors(self, period):
        """Major incidents that were declared in the period (INC-43)."""
        start, stop = period.bounds_utc(self._zone())
        majors = self.env["itsm.major.incident"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", DECLARED),
                ("declared_at", ">=", start),
                ("declared_at", "<", stop),
                ("ticket_id", "any", self._incident_domain()),
            ],
            order="declared_at, id",
        )
        labels = dict(majors._fields["state"]._description_selection(self.env))
        return [
            {
                "name": major.display_name,
                # sudo: names for every reader of the report
                "service": major.service_id.sudo().display_name or "",
                "declared": str(major.declared_at),
                "hours": self._incident_mean(
                    (
                        major.restored_at
                        # sudo: when it was reported, as above
                        - major.ticket_id.sudo()._itsm_reported_time()
                    ).total_seconds(),
                    1,
                )
                if major.restored_at
                else "",
                "tickets": major.ticket_count,
                "cause": major.cause or "",
                "state": labels[major.state],
            }
            for major in majors
        ]

    def _incident_kpis(self, period):
        """KPIs of incident management with a figure of the period (INC-51)."""
        codes = set(
            self.env["itsm.kpi"].search([("process_code", "=", "INC")]).mapped("code")
        )
        return [row for row in self._desk_kpis(period) if row["code"] in codes]
