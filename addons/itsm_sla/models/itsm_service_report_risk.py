# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import cut, plain

from .itsm_service_report_facts import Span
from .itsm_service_report_section import LISTED

#: What can be said of a promise that is not fulfilled yet, the worst first.
STANDS = ("late", "at_risk", "due")


class ItsmServiceReport(models.Model):
    """Sections of warnings: what is at risk, and where the period leads (REP-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    # === At risk ===

    def _section_risks(self, first, last):
        """Promises that are open now: late, at risk, due before the period ends; months
        of availability whose allowance runs out."""
        labels = self._ticket_labels()
        domains = self._risk_domains()
        counts = {
            name: self._once_for_all_languages(
                f"risk_{name}", lambda domain=domain: self._count_clocks(domain)
            )
            for name, domain in domains.items()
        }
        rows = [
            {
                "name": label,
                **{
                    name: self._figure(
                        counts[name].get(metric, 0),
                        self._clock_tickets([*domain, ["metric", "=", metric]]),
                    )
                    for name, domain in domains.items()
                },
            }
            for metric, label in labels["metric"].items()
            if any(metric in counted for counted in counts.values())
        ]
        total = {
            name: self._figure(sum(counts[name].values()), self._clock_tickets(domain))
            for name, domain in domains.items()
        }
        listed = self._risk_list()
        return {
            "as_of": self._wall_text(fields.Datetime.now()),
            "rows": rows,
            "total": total,
            "list": listed,
            "unlisted": sum(sum(counts[name].values()) for name in STANDS)
            - len(listed),
            "availability": self._risk_availability(),
        }

    def _risk_domains(self):
        """Open clocks by how they stand now, as plain data; ``open``: all of them.

        :rtype: dict
        """
        now = fields.Datetime.to_string(fields.Datetime.now())
        stops = fields.Datetime.to_string(self._counted_spans()[-1].stops)
        base = [*self._clocks_domain(), ["exempt", "=", False]]
        waiting = [*base, ["phase", "in", ["running", "paused"]]]
        running = [*base, ["phase", "=", "running"], ["breached_at", "=", False]]
        in_time = [*running, ["deadline", ">=", now]]
        return {
            "open": waiting,
            "late": [
                *waiting,
                "|",
                ["breached_at", "!=", False],
                *["&", ["phase", "=", "running"], ["deadline", "<", now]],
            ],
            "at_risk": [*in_time, ["at_risk_at", "<=", now]],
            "due": [
                *in_time,
                *["|", ["at_risk_at", "=", False], ["at_risk_at", ">", now]],
                ["deadline", "<", stops],
            ],
        }

    def _clock_tickets(self, domain):
        return [["clock_ids", "any", domain]]

    def _count_clocks(self, domain):
        """Clocks of a domain by metric.

        :rtype: dict
        """
        clocks = self.env["itsm.clock"].sudo()  # sudo: as in _agreements
        return dict(clocks._read_group(domain, ["metric"], ["__count"]))

    def _risk_list(self):
        """Open promises that are late or will be due in the period, the earliest first;
        without a word of the ticket but its number."""
        domains = self._risk_domains()
        clocks = self.env["itsm.clock"].sudo()  # sudo: as in _agreements
        tickets = clocks.env["helpdesk.ticket"].with_context(active_test=False)
        nameable = Domain("ticket_id", "any", tickets._reportable_domain())
        found = self._once_for_all_languages(
            "risk_list",
            lambda: [
                (
                    name,
                    clocks.search(Domain(domains[name]) & nameable, limit=LISTED).ids,
                )
                for name in STANDS
            ],
        )
        labels = self._ticket_labels()
        words = {
            "late": self.env._("Late"),
            "at_risk": self.env._("At risk"),
            "due": self.env._("Due in the period"),
        }
        rows = []
        for name, ids in found:
            for clock in clocks.browse(ids):
                ticket = clock.ticket_id
                rows.append(
                    {
                        "ticket": ticket.number,
                        "service": ticket.service_id.display_name or "–",
                        "metric": labels["metric"].get(clock.metric, ""),
                        "priority": labels["priority"].get(ticket.priority, ""),
                        "deadline": self._wall_text(
                            clock.deadline or clock.breached_at
                        ),
                        "stands": words[name],
                        "is_late": name == "late",
                    }
                )
        return rows[:LISTED]

    def _risk_availability(self):
        """The present month of services whose allowance runs out, or has run out."""
        rows = self.env["itsm.availability"].sudo()  # sudo: as in _agreements
        found = rows.search(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("is_latest", "=", True),
                ("status", "in", ("at_risk", "missed")),
                ("month", "=", self._today().replace(day=1)),
            ],
            order="service_id, id",
        )
        return [
            {
                "service": row.service_id.display_name,
                "target": f"{plain(row.target)} %",
                "available": row.percent_text,
                "left": str(cut(max(row.remaining_minutes, 0), 1)),
                "outages": self._figure(
                    len(row.outage_ids),
                    [["id", "in", row.outage_ids.ids]],
                    model="itsm.outage",
                ),
                "missed": row.status == "missed",
            }
            for row in found
        ]

    # === Forecast ===

    def _section_forecast(self, first, last):
        """What the period will bring if it goes on like this, beside the five periods
        before and the agreed limits; how the promised shares stand."""
        counts = self._ticket_counts()
        spans = self._counted_spans()
        own, begun = len(spans) - 1, self._counted_before()
        by_index = [0] * len(spans)
        for key, number in counts["reported"].items():
            if key[0] >= begun:
                by_index[key[0]] += number
        now = fields.Datetime.now()
        base = self._tickets_domain()
        periods = self._trend_periods()
        limits = self._forecast_limits(now)
        return {
            "as_of": self._wall_text(now),
            "passed": f"{cut(100 * float(self._passed(spans[own], now)), 0)} %",
            "so_far": self._figure(
                by_index[own], [*base, *spans[own].domain("reported_at")]
            ),
            "expected": self._extrapolated(by_index[own], spans[own], now),
            "mean": (
                str(cut(sum(by_index[begun:own]) / (own - begun), 1))
                if own > begun
                else "–"
            ),
            "before": [
                {
                    "period": period.label,
                    "number": self._figure(
                        number, [*base, *span.domain("reported_at")]
                    ),
                }
                for period, number, span in zip(
                    periods[begun:own], by_index[begun:own], spans[begun:], strict=False
                )
            ],
            "limits": limits,
            "shares": [
                row for row in self._share_rows() if row["month"] == self._month().label
            ],
        }

    def _month(self):
        """The present month.

        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        return self._period().of("month", self._today())

    def _passed(self, span, now):
        """Which part of a span is over.

        :rtype: Fraction
        """
        whole = int((span.stops - span.begins).total_seconds())
        over = int((now - span.begins).total_seconds())
        return Fraction(max(over, 0), whole)

    def _extrapolated(self, number, span, now):
        """A number at the end of a span if it goes on like this, rounded up.

        :return: text; a dash on the first day, from which nothing follows
        :rtype: str
        """
        if (now - span.begins).days < 1:
            return "–"
        expected = Fraction(number) / self._passed(span, now)
        return str(-(-expected.numerator // expected.denominator))

    def _forecast_limits(self, now):
        """The agreed limits of the present month, and where it leads.

        :rtype: list[dict]
        """
        month = self._month()
        span = Span(*month.bounds_utc(self._zone()))
        loads = self.env["itsm.workload"].sudo()  # sudo: as in _agreements
        found = loads.search(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("month", "=", month.start),
            ],
            order="agreement_id, limit_id, id",
        )
        rows = []
        for load in found:
            expected = self._extrapolated(load.actual, span, now)
            over = load.actual > load.limit
            rows.append(
                {
                    "name": load.limit_id._label(),
                    "limit": load.limit,
                    "actual": load.actual,
                    "expected": expected,
                    "over": over or (expected.isdigit() and int(expected) > load.limit),
                }
            )
        return rows
