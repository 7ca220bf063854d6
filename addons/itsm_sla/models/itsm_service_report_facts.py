# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import spans

#: How many periods a trend shows, the one of the report included (REP-07).
TREND = 6
#: In the context while a report is worked out: counted once for all its languages. A
#: plain object of code, which no remote call can send.
CACHE = "itsm_report_cache"


class Span(NamedTuple):
    """A time in which something is counted, half-open, naive UTC."""

    begins: object
    stops: object

    def domain(self, name):
        """Records whose moment lies in it, as plain data that can be kept.

        :param str name: datetime field
        :rtype: list
        """
        to_string = fields.Datetime.to_string
        return [
            [name, ">=", to_string(self.begins)],
            [name, "<", to_string(self.stops)],
        ]


def _bounds(windows):
    """The bounds of spans that follow each other: one more than there are spans.

    What lies in a gap before a span belongs to the one before.
    """
    return [*(span.begins for span in windows), windows[-1].stops]


class FactsCache(dict):
    """What was counted already; code only, see `CACHE`."""


class ItsmServiceReport(models.Model):
    """What a report counts, with a constant number of statements.

    A promise counts in the period in which its verdict fell: kept when its clock
    stopped in time, missed when it became late, whether or not the ticket is solved.
    Cancelled clocks have no verdict, unless the end of the agreement cancelled what was
    late. Clocks of exempt tickets are counted apart, imported history not at all.
    Tickets: cancelled ones, duplicates and history do not count; archived and
    restricted ones do.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    # === Spans ===

    def _span(self, first, last):
        """From the first day to the last, in the zone of the report.

        Of these, those on which the agreement was in force.
        """
        period = self._period()
        days = self._days()
        if days[0] <= last and first <= days[1]:
            first, last = max(first, days[0]), min(last, days[1])
        zone = self._zone()
        begins = period.bounds_utc(zone)[0]
        if first != period.start:
            begins = period.of("day", first).bounds_utc(zone)[0]
        return Span(begins, period.of("day", last).bounds_utc(zone)[1])

    def _trend_periods(self):
        """The periods of a trend, the report's own the last."""
        own = self._period()
        return [own.shift(step) for step in range(1 - TREND, 1)]

    def _counted_spans(self):
        """The periods of the trend, each as far as the agreement was in force."""
        own, zone = self._period(), self._zone()
        between = self.agreement_id and self._once_for_all_languages(
            "in_force", self._in_force_between
        )
        found = []
        for period in self._trend_periods():
            begins, stops = period.bounds_utc(zone)
            first, last = self._cut_days(period.start, period.end, between)
            if first > period.start:
                begins = own.of("day", first).bounds_utc(zone)[0]
            if last < period.end:
                stops = own.of("day", last).bounds_utc(zone)[1]
            found.append(Span(begins, stops))
        return found

    def _counted_before(self):
        """How many of the earlier periods of the trend lie before the agreement was in
        force: nothing of them is its own."""
        between = self.agreement_id and self._once_for_all_languages(
            "in_force", self._in_force_between
        )
        if not between:
            return 0
        return sum(period.end < between[0] for period in self._trend_periods()[:-1])

    def _once_for_all_languages(self, name, count):
        """What *count* returns, asked once for each working out of the report."""
        cache = self.env.context.get(CACHE)
        if not isinstance(cache, FactsCache):
            return count()
        key = (name, self.id)
        if key not in cache:
            cache[key] = count()
        return cache[key]

    # === Which records ===

    def _clock_kind(self):
        """Of which kind of agreement the clocks are (``sla``, ``ola``, ``uc``)."""
        return self.sudo().agreement_id.kind or "sla"  # sudo: as in _agreements

    def _clocks_domain(self):
        """Clocks that the report is about, as plain data."""
        domain = [["kind", "=", self._clock_kind()], ["is_history", "=", False]]
        if self.agreement_id:
            return [["agreement_id", "in", self._agreements().ids], *domain]
        return [["company_id", "=", self.company_id.id], *domain]

    def _tickets_domain(self, valid=True):
        """Tickets that the report is about, as plain data.

        :param bool valid: without the cancelled ones
        """
        domain = [["duplicate_id", "=", False], ["is_history", "=", False]]
        if valid:
            domain.append(["stage_id.itsm_state", "!=", "cancelled"])
        if not self.agreement_id:
            return [["company_id", "=", self.company_id.id], *domain]
        versions = self._agreements().ids
        if self._clock_kind() == "sla":
            return [["agreement_id", "in", versions], *domain]
        return [["clock_ids", "any", self._clocks_domain()], *domain]

    def _breaches_domain(self, span):
        """Missed promises of the span that count, as plain data."""
        domain = [
            ["active", "=", True],
            ["exempt", "=", False],
            ["is_history", "=", False],
            *span.domain("breached_at"),
        ]
        if self.agreement_id:
            return [["agreement_id", "in", self._agreements().ids], *domain]
        return [["company_id", "=", self.company_id.id], *domain]

    def _kept_tickets_domain(self, span, *terms):
        """Tickets with promises that were kept in the span, as plain data.

        :param list terms: further terms on the clocks
        """
        clocks = [
            *self._clocks_domain(),
            ["exempt", "=", False],
            ["phase", "=", "stopped"],
            ["breached_at", "=", False],
            *span.domain("stopped_at"),
            *terms,
        ]
        return [["clock_ids", "any", clocks]]

    def _missed_tickets_domain(self, span, *terms):
        """Tickets with promises that were missed in the span, as plain data."""
        clocks = [
            *self._clocks_domain(),
            ["exempt", "=", False],
            "|",
            *["&", *span.domain("breached_at")],
            *["&", "&", "&", ["breached_at", "=", False], ["phase", "=", "running"]],
            *span.domain("deadline"),
            *terms,
        ]
        ended = [*self._breaches_domain(span), ["clock_id.phase", "=", "cancelled"]]
        ended += [[f"clock_id.{name}", op, value] for name, op, value in terms]
        return [
            "|",
            ["clock_ids", "any", [*clocks, ["phase", "!=", "cancelled"]]],
            ["breach_ids", "any", ended],
        ]

    def _exempt_tickets_domain(self, span, *terms):
        """Tickets with promises that would have been decided in the span."""
        at = [*["&", *span.domain("breached_at")], "&", ["breached_at", "=", False]]
        at += ["|", *["&", ["phase", "=", "running"], "&", *span.domain("deadline")]]
        at += ["&", ["phase", "=", "stopped"], "&", *span.domain("stopped_at")]
        clocks = [*self._clocks_domain(), ["exempt", "=", True], *terms, "|", *at]
        late = [["active", "=", True], ["clock_id", "any", clocks]]
        return [
            "|",
            ["clock_ids", "any", [["phase", "!=", "cancelled"], *clocks]],
            ["breach_ids", "any", [["clock_id.phase", "=", "cancelled"], *late]],
        ]

    # === Promises ===

    def _verdict_rows(self, windows):
        """The verdicts of spans, one row for each clock; a statement for a FROM.

        Columns: ``idx`` (from 0 on; others are outside the spans), ``clock_id``,
        ``ticket_id``, ``metric``, ``exempt``, ``late`` and ``at``,
        ``overrun_seconds``, ``breach_id``.

        :param list windows: spans that follow each other without gap
        """
        clocks = self.env["itsm.clock"].sudo()  # sudo: as in _agreements
        clocks.flush_model()
        self.env["itsm.breach"].flush_model(["active", "clock_id"])
        bounds = _bounds(windows)
        return SQL(
            """SELECT width_bucket(v.at, %(bounds)s::timestamp[]) - 1 AS idx, v.*
                 FROM (SELECT c.id AS clock_id, c.ticket_id, c.metric,
                              c.exempt IS TRUE AS exempt, c.overrun_seconds,
                              b.id AS breach_id,
                              (c.breached_at IS NOT NULL OR c.phase = 'running')
                                  AS late,
                              CASE WHEN c.breached_at IS NOT NULL THEN c.breached_at
                                   WHEN c.phase = 'running' THEN c.deadline
                                   ELSE c.stopped_at END AS at
                         FROM (%(scope)s) c
                         LEFT JOIN itsm_breach b ON b.clock_id = c.id AND b.active
                        WHERE (c.phase != 'cancelled' OR b.id IS NOT NULL)
                          AND (c.breached_at IS NOT NULL OR c.phase = 'stopped'
                               OR (c.phase = 'running'
                                   AND c.deadline < %(now)s))
                          -- Of plain columns, so that the planner knows how many.
                          AND (c.stopped_at >= %(begins)s::timestamp
                               OR c.breached_at >= %(begins)s::timestamp
                               OR c.phase = 'running')) v""",
            now=fields.Datetime.now(),
            scope=clocks._search(Domain(self._clocks_domain())).select(
                *(
                    SQL.identifier(clocks._table, name)
                    for name in (
                        *("id", "ticket_id", "metric", "exempt", "overrun_seconds"),
                        *("phase", "breached_at", "stopped_at", "deadline"),
                    )
                )
            ),
            bounds=bounds,
            begins=bounds[0],
        )

    def _count_verdicts(self):
        """Verdicts of the trend's periods, by what was promised.

        :return: dict of ``(index, metric, kind, priority)`` → Counter of ``met``,
            ``missed``, ``exempt``
        """
        self.env["helpdesk.ticket"].flush_model(["itsm_kind", "priority"])
        found, before = {}, self._counted_before()
        for (
            index,
            metric,
            kind,
            priority,
            exempt,
            late,
            number,
        ) in self.env.execute_query(
            SQL(
                """SELECT v.idx, v.metric, t.itsm_kind, t.priority, v.exempt,
                              v.late, COUNT(*)
                         FROM (%s) v
                         JOIN helpdesk_ticket t ON t.id = v.ticket_id
                        GROUP BY 1, 2, 3, 4, 5, 6""",
                self._verdict_rows(self._counted_spans()),
            )
        ):
            if not before <= index < TREND:
                continue
            cell = found.setdefault((index, metric, kind, priority), Counter())
            what = "exempt" if exempt else "missed" if late else "met"
            cell[what] += number
        return found

    def _verdicts(self):
        return self._once_for_all_languages("verdicts", self._count_verdicts)

    # === Tickets ===

    def _count_tickets(self):
        """What came in, was solved and stayed open, in the periods of the trend.

        :return: dict of ``reported`` and ``cancelled``: ``(index, month, kind,
            priority, channel id, service id)`` → number, months of the report's period
            from 0 on; ``solved``: ``(index, kind)`` → number; ``open``: index →
            number at the end of the period
        """
        tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as in _agreements
        tickets = tickets.with_context(active_test=False)
        tickets.flush_model()
        query = tickets._search(Domain(self._tickets_domain(valid=False)))
        columns = ("reported_at", "resolved_at", "itsm_kind", "priority", "stage_id")
        columns += ("channel_id", "service_id")
        values = {
            "bounds": (bounds := _bounds(self._counted_spans())),
            "begins": bounds[0],
            "stops": bounds[-1],
            "months": [month.bounds_utc(self._zone())[0] for month in self._months()],
            "tickets": query.select(
                *(SQL.identifier(tickets._table, name) for name in columns)
            ),
        }
        counted = {"reported": Counter(), "cancelled": Counter()}
        for *key, is_cancelled, number in self.env.execute_query(
            SQL(
                """SELECT width_bucket(t.reported_at, %(bounds)s::timestamp[]) - 1,
                          width_bucket(t.reported_at, %(months)s::timestamp[]) - 1,
                          t.itsm_kind, t.priority, t.channel_id, t.service_id,
                          s.itsm_state IS NOT DISTINCT FROM 'cancelled', COUNT(*)
                     FROM (%(tickets)s) t
                     JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                    WHERE t.reported_at >= %(begins)s::timestamp
                      AND t.reported_at < %(stops)s::timestamp
                    GROUP BY 1, 2, 3, 4, 5, 6, 7""",
                **values,
            )
        ):
            counted["cancelled" if is_cancelled else "reported"][tuple(key)] = number
        counted["solved"] = Counter()
        counted["open"] = Counter()
        for came, solved, kind, number in self.env.execute_query(
            SQL(
                """SELECT width_bucket(t.reported_at, %(bounds)s::timestamp[]) - 1,
                          width_bucket(t.resolved_at, %(bounds)s::timestamp[]) - 1,
                          t.itsm_kind, COUNT(*)
                     FROM (%(tickets)s) t
                     JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                    WHERE t.reported_at < %(stops)s::timestamp
                      AND (t.resolved_at IS NULL
                           OR t.resolved_at >= %(begins)s::timestamp)
                      AND s.itsm_state IS DISTINCT FROM 'cancelled'
                    GROUP BY 1, 2, 3""",
                **values,
            )
        ):
            for index in range(TREND):
                if came > index:
                    continue
                if solved == index:
                    counted["solved"][index, kind] += number
                elif solved is None or solved > index:
                    counted["open"][index] += number
        return counted

    def _months(self):
        """The months of the report's period in which the agreement was in force.

        :rtype: list[Period]
        """
        return spans("month", *self._days())

    def _ticket_counts(self):
        return self._once_for_all_languages("tickets", self._count_tickets)

    # === Late ===

    def _count_breaches(self):
        """Missed promises of the period by cause and by who is responsible.

        :return: dict of ``(cause id, responsible, team id, supplier id, warned)`` →
            number; a cause of None: not explained
        """
        own = self._counted_spans()[-1:]
        rows = self.env.execute_query(
            SQL(
                """SELECT b.cause_id, b.responsible, b.responsible_team_id,
                          b.responsible_partner_id, b.warned_beforehand IS TRUE,
                          COUNT(*)
                     FROM (%s) v
                     LEFT JOIN itsm_breach b ON b.id = v.breach_id
                    WHERE v.idx = 0 AND v.late AND NOT v.exempt
                    GROUP BY 1, 2, 3, 4, 5""",
                self._verdict_rows(own),
            )
        )
        return {tuple(key): number for *key, number in rows}

    def _late_rows(self, limit):
        """The missed promises of the period that overran most, those that a report may
        name.

        :rtype: list[dict]
        """
        tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as in _agreements
        tickets = tickets.with_context(active_test=False)
        nameable = tickets._search(tickets._reportable_domain()).subselect()
        own = self._counted_spans()[-1:]
        return self.env.execute_query_dict(
            SQL(
                """SELECT v.metric, v.at, v.overrun_seconds, v.breach_id, t.number,
                          t.priority, t.itsm_kind, t.service_id
                     FROM (%s) v
                     JOIN helpdesk_ticket t ON t.id = v.ticket_id
                    WHERE v.idx = 0 AND v.late AND NOT v.exempt AND t.id IN %s
                    ORDER BY COALESCE(v.overrun_seconds, 0) DESC, v.at, v.clock_id
                    LIMIT %s""",
                self._verdict_rows(own),
                nameable,
                limit,
            )
        )
