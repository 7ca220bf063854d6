# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import cut

from ..tools.trend_chart import trend_chart

#: How many services a report names; the others are one row.
SERVICES = 10
#: The figures of one period of the trend.
TREND_FIGURES = (
    "reported",
    "incident",
    "request",
    "solved",
    "open",
    "met",
    "missed",
)


class ItsmServiceReport(models.Model):
    """Sections about work: workload, changes, trends."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    # === Workload ===

    def _section_workload(self, first, last):
        """What came in, was solved and stays, by kind, priority, channel, service and
        month, beside the agreed limits (REP-04, REP-22, REP-27, REP-32)."""
        own = len(self._trend_periods()) - 1
        [span] = self._counted_spans()[-1:]
        counts = self._ticket_counts()
        reported = {
            key[1:]: number
            for key, number in counts["reported"].items()
            if key[0] == own
        }
        labels = self._ticket_labels()
        base = self._tickets_domain()
        came_in = [*base, *span.domain("reported_at")]
        cancelled = sum(
            number for key, number in counts["cancelled"].items() if key[0] == own
        )
        section = {
            "reported": self._figure(sum(reported.values()), came_in),
            "solved": self._figure(
                sum(n for key, n in counts["solved"].items() if key[0] == own),
                [*base, *self._solved_domain(span)],
            ),
            "open": self._figure(
                counts["open"][own], [*base, *self._open_domain(span)]
            ),
            "cancelled": self._figure(
                cancelled,
                [
                    *self._tickets_domain(valid=False),
                    ["stage_id.itsm_state", "=", "cancelled"],
                    *span.domain("reported_at"),
                ],
            ),
            "matrix": [],
            "kinds": list(labels["kind"].values()),
            "channels": self._by_record(reported, 3, "channel_id", came_in),
            "services": self._by_record(
                reported, 4, "service_id", came_in, limit=SERVICES
            ),
            "months": self._by_month(reported),
        }
        for priority, label in labels["priority"].items():
            cells = [
                self._figure(
                    sum(
                        number
                        for key, number in reported.items()
                        if key[1:3] == (kind, priority)
                    ),
                    [
                        *came_in,
                        ["itsm_kind", "=", kind],
                        ["priority", "=", priority],
                    ],
                )
                for kind in labels["kind"]
            ]
            total = sum(
                number for key, number in reported.items() if key[2] == priority
            )
            section["matrix"].append(
                {
                    "priority": label,
                    "cells": cells,
                    "total": self._figure(
                        total, [*came_in, ["priority", "=", priority]]
                    ),
                }
            )
        limits = self._agreements()._workload_section_data(first, last)
        section["limits"] = limits
        section["over"] = sum(row["status"] == "over" for row in limits["rows"])
        return section

    def _solved_domain(self, span):
        """Tickets that were solved in the span, as plain data."""
        return [
            ["reported_at", "<", fields.Datetime.to_string(span.stops)],
            *span.domain("resolved_at"),
        ]

    def _open_domain(self, span):
        """Tickets that were not solved at the end of the span, as plain data."""
        stops = fields.Datetime.to_string(span.stops)
        return [
            ["reported_at", "<", stops],
            *["|", ["resolved_at", "=", False], ["resolved_at", ">=", stops]],
        ]

    def _by_record(self, reported, position, field, came_in, limit=None):
        """Rows of what came in by a many2one of the ticket, the most first.

        :param dict reported: by month, kind, priority, channel, service
        :param int position: of the field in these keys
        :param str field: its name
        :param list came_in: domain of what came in
        :param int limit: so many are named, the rest is one row
        """
        counted = Counter()
        for key, number in reported.items():
            counted[key[position]] += number
        model = self.env["helpdesk.ticket"]._fields[field].comodel_name
        records = self._by_id(model, counted)
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0] or 0))
        named, others = ranked[:limit], ranked[limit:] if limit else []
        rows = [
            {
                "name": records[record].display_name or self.env._("Not said"),
                "number": self._figure(
                    number, [*came_in, [field, "=", record or False]]
                ),
            }
            for record, number in named
        ]
        if others:
            # "not in" keeps what is empty; where that is named itself it is left out
            domain = [*came_in, [field, "not in", [key for key, _n in named if key]]]
            if not all(key for key, _n in named):
                domain.append([field, "!=", False])
            rows.append(
                {
                    "name": self.env._("Others (%(number)s)", number=len(others)),
                    "number": self._figure(sum(n for _key, n in others), domain),
                }
            )
        return rows

    def _by_month(self, reported):
        """Rows of what came in by month, for periods of several months."""
        if self._period().kind == "month":
            return []
        labels = self._ticket_labels()
        base = self._tickets_domain()
        rows = []
        for position, month in enumerate(self._months()):
            span = self._span(month.start, month.end)
            came_in = [*base, *span.domain("reported_at")]
            rows.append(
                {
                    "month": month.label,
                    "cells": [
                        self._figure(
                            sum(
                                number
                                for key, number in reported.items()
                                if key[:2] == (position, kind)
                            ),
                            [*came_in, ["itsm_kind", "=", kind]],
                        )
                        for kind in labels["kind"]
                    ],
                }
            )
        return rows

    # === Changes ===

    def _section_changes(self, first, last):
        """What changed for the customer, and what is planned next (REP-04, REP-09).

        Agreed interruptions, new versions of the agreement, temporary levels.
        """
        agreements = self._agreements()
        begins, stops = self._span(first, last)
        coming = self._period().next().bounds_utc(self._zone())[1]
        found = self._agreed_interruptions(begins, coming)
        rows = self._interruption_rows
        versions = agreements.filtered(
            lambda agreement: first <= agreement.date_start <= last
        )
        levels = agreements.level_ids.filtered(
            lambda level: level.date_from <= last and level.date_to >= first
        )
        return {
            "interruptions": rows(found.filtered(lambda r: r.date_start < stops)),
            "coming": rows(found.filtered(lambda r: r.date_start >= stops)),
            "versions": [
                {
                    "name": version.display_name,
                    "day": version.date_start.isoformat(),
                }
                for version in versions.sorted("date_start")
            ],
            "levels": [
                {
                    "name": level.name,
                    "from": level.date_from.isoformat(),
                    "to": level.date_to.isoformat(),
                }
                for level in levels.sorted("date_from")
            ],
        }

    def _agreed_interruptions(self, begins, stops):
        """Agreed interruptions of services of the report in a time, naive UTC.

        :rtype: itsm.interruption
        """
        agreements = self._agreements()
        services = agreements.service_ids
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "=", "agreed")
        domain &= Domain("date_start", "<", stops) & Domain("date_stop", ">", begins)
        if services and all(agreement.service_ids for agreement in agreements):
            domain &= (
                Domain("service_ids", "=", False)
                | Domain("service_ids", "child_of", services.ids)
                | Domain("service_ids", "parent_of", services.ids)
            )
        # sudo: as in _agreements
        interruptions = self.env["itsm.interruption"].sudo()
        return interruptions.with_context(active_test=False).search(
            domain, order="date_start, id"
        )

    def _interruption_rows(self, interruptions):
        """Interruptions as plain rows, in the zone of the report."""
        return [
            {
                "name": interruption.name,
                "services": ", ".join(interruption.service_ids.mapped("display_name"))
                or self.env._("All services"),
                "start": self._wall_text(interruption.date_start),
                "stop": self._wall_text(interruption.date_stop),
            }
            for interruption in interruptions
        ]

    def _wall_text(self, moment):
        """A moment on the wall clock of the report, or a dash."""
        if not moment:
            return "–"
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=self._zone()), moment
        )
        return moment.strftime("%Y-%m-%d %H:%M")

    # === Trends ===

    def _section_trends(self, first, last):
        """The figures of the last six periods (REP-07).

        Of earlier periods whose report was published, what was published stands.
        """
        rows = []
        for row in self._once_for_all_languages("trend", self._trend_rows):
            decided = row["met"] + row["missed"]
            worst = row["availability"]
            rows.append(
                {
                    **row,
                    "figures": self._trend_figures(row),
                    "compliance": self._share_text(row["met"], decided),
                    "available": worst and f"{worst} %" or self.env._("no data"),
                }
            )
        return {"rows": rows}

    def _trend_rows(self):
        """Numbers of the periods of the trend, the earliest first; plain data.

        :rtype: list[dict]
        """
        counts, verdicts = self._ticket_counts(), self._verdicts()
        periods, before = self._trend_periods(), self._counted_before()
        lowest = self._lowest_availability(periods)
        published = self._published_rows(periods[:-1])
        rows = []
        for index, period in enumerate(periods):
            of_period = [cell for key, cell in verdicts.items() if key[0] == index]
            row = {
                "period": period.label,
                "open": counts["open"][index] if index >= before else 0,
                "met": sum(cell["met"] for cell in of_period),
                "missed": sum(cell["missed"] for cell in of_period),
                "availability": lowest.get(index, ""),
                "published": "",
            }
            for kind in ("incident", "request"):
                row[kind] = sum(
                    number
                    for key, number in counts["reported"].items()
                    if (key[0], key[2]) == (index, kind) and index >= before
                )
            row["reported"] = sum(
                number
                for key, number in counts["reported"].items()
                if key[0] == index >= before
            )
            row["solved"] = sum(
                number
                for key, number in counts["solved"].items()
                if key[0] == index >= before
            )
            rows.append(published.get(period.start, row))
        return rows

    def _published_rows(self, periods):
        """What was published about earlier periods, by their first day."""
        reports = self.sudo().search(  # sudo: what was published stands
            [
                ("definition_id", "=", self.definition_id.id),
                ("period_start", "in", [period.start for period in periods]),
                ("published_at", "!=", False),
            ],
            order="period_start, revision",
        )
        return {
            report.period_start: {
                **report.content["own"],
                "published": report.name,
            }
            for report in reports
            if report.content and report.content.get("own") and not report.is_altered
        }

    def _lowest_availability(self, periods):
        """The lowest availability of a month and service in each period, in per cent.

        :return: dict of index → text cut off after three digits
        """
        rows = self.env["itsm.availability"].sudo()  # sudo: as in _agreements
        found = rows.search_fetch(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("is_latest", "=", True),
                ("status", "!=", "no_data"),
                ("month", ">=", periods[0].start),
                ("month", "<=", periods[-1].end),
            ],
            ["month", "percent"],
        )
        lowest = {}
        for row in found:
            for index, period in enumerate(periods):
                if period.contains(row.month):
                    lowest[index] = min(row.percent, lowest.get(index, row.percent))
        return {index: str(cut(value, 3)) for index, value in lowest.items()}

    def _trend_figures(self, row):
        """The figures of one period with the tickets behind them."""
        labels = [period.label for period in self._trend_periods()]
        index = labels.index(row["period"])
        if index < self._counted_before():
            # before the agreement: nothing was counted, so nothing stands behind it
            return {name: self._figure(row[name]) for name in TREND_FIGURES}
        span = self._counted_spans()[index]
        base = self._tickets_domain()
        came_in = [*base, *span.domain("reported_at")]
        domains = {
            "reported": came_in,
            "incident": [*came_in, ["itsm_kind", "=", "incident"]],
            "request": [*came_in, ["itsm_kind", "=", "request"]],
            "solved": [*base, *self._solved_domain(span)],
            "open": [*base, *self._open_domain(span)],
            "met": self._kept_tickets_domain(span),
            "missed": self._missed_tickets_domain(span),
        }
        return {
            name: self._figure(row[name], domain) for name, domain in domains.items()
        }

    def _trend_chart(self, section):
        """The chart of the trend as inline SVG, for print and screen.

        :param dict section: what `_section_trends` gave
        :rtype: markupsafe.Markup
        """
        return trend_chart(
            [
                (
                    row["period"],
                    row["reported"],
                    row["solved"],
                    100 * row["met"] / (row["met"] + row["missed"])
                    if row["met"] + row["missed"]
                    else None,
                )
                for row in section["rows"]
            ],
            reported=self.env._("Reported"),
            solved=self.env._("Solved"),
            share=self.env._("In time (%)"),
        )
