# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be measured.

A measure is a method ``_kpi_measure_<key>(self, spans)`` of ``itsm.kpi`` and a line in
``_selection_measure``. ``self`` is one KPI in sudo; the method returns a dict with one
`Figure` for each `Span`, whatever their number with one query. The `Facts` in it say
what was counted; drill-down finds the records by the same facts.

Which tickets count, for all measures here: cancelled tickets and duplicates do not.
Archived ones do: archiving makes no figure better. Imported history does only if the
KPI says so. Restricted tickets count; who may not see them does not find them in the
drill-down. Exempt tickets are exempt from service levels: they count here, and not in
the measures of clocks.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.kpi import Facts, mean, number, share

INCIDENT = Domain("itsm_kind", "=", "incident")
REQUEST = Domain("itsm_kind", "=", "request")
VALID = Domain("duplicate_id", "=", False) & Domain(
    "stage_id.itsm_state", "!=", "cancelled"
)
#: Closing codes that say that the matter is not solved.
UNSOLVED = ("not_solved", "cancelled")
#: What a complete ticket has; see `_kpi_complete_fields`.
COMPLETE_FIELDS = (
    "partner_id",
    "service_id",
    "impact",
    "urgency",
    "user_id",
    "closing_code_id",
)


class ItsmKpi(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("first_line", self.env._("Incidents: solved by the 1st line")),
            ("solved", self.env._("Incidents: successfully solved")),
            ("reopened", self.env._("Incidents: reopened before they were solved")),
            ("backlog", self.env._("Incidents: open at the end of the period")),
            ("answered_within", self.env._("Requests: answered within the limit")),
            ("complete", self.env._("Tickets: completely filled in")),
            ("duty_on_time", self.env._("Duties: done in time")),
            ("finding", self.env._("Findings: rules that were broken")),
        ]

    # === Measures ===

    def _kpi_measure_first_line(self, spans):
        """K43: of the incidents solved in the period, those of the 1st line."""
        return self._kpi_share(
            spans,
            self._kpi_tickets(
                INCIDENT, Domain("support_line", "=", "1") & self._kpi_solved()
            ),
        )

    def _kpi_measure_solved(self, spans):
        """K44: of the incidents solved or closed in the period, those whose closing
        code says that they are solved; without a code they do not count as solved."""
        hit = Domain("closing_code_id.kind", "in", ("solved", "workaround"))
        return self._kpi_share(spans, self._kpi_tickets(INCIDENT, hit))

    def _kpi_measure_reopened(self, spans):
        """K45: of the incidents solved in the period, those that had been reopened."""
        hit = Domain("reopened_count", ">", 0)
        return self._kpi_share(spans, self._kpi_tickets(INCIDENT, hit))

    def _kpi_measure_backlog(self, spans):
        """K46: incidents open at the end of the period, for longer than the limit.

        What was open then counts, although it was cancelled later; duplicates do not.
        """
        counted = INCIDENT & Domain("duplicate_id", "=", False)
        # Cancelled before there was a time to read it from.
        counted &= ~(
            Domain("stage_id.itsm_state", "=", "cancelled")
            & Domain("closed_date", "=", False)
        )
        return self._kpi_number(
            spans,
            Facts(
                "helpdesk.ticket",
                counted & self._kpi_ticket_domain(),
                at="reported_at",
                until=("resolved_at", "closed_date"),
                age=timedelta(hours=self.limit_hours),
            ),
        )

    def _kpi_measure_answered_within(self, spans):
        """K49: of the requests reported in the period, those answered within the limit.

        By a public reply, or by their solution. Hours on the wall. Those that are
        neither answered nor late yet do not count yet.
        """
        return self._kpi_share(
            spans,
            self._kpi_tickets_within(REQUEST, ("first_response_at", "resolved_at")),
        )

    def _kpi_measure_complete(self, spans):
        """K75: of the tickets solved in the period, those with all fields that matter
        filled in."""
        hit = Domain.AND(
            Domain(name, "!=", False) for name in self._kpi_complete_fields()
        )
        kinds = INCIDENT | REQUEST
        return self._kpi_share(spans, self._kpi_tickets(kinds, hit))

    def _kpi_complete_fields(self):
        """The fields that a complete ticket has filled in (K75)."""
        return COMPLETE_FIELDS

    def _kpi_measure_duty_on_time(self, spans):
        """Of the duties due in the period, those done in time; waived ones are left
        out, those that are neither done nor due do not count yet."""
        counted = Domain("state", "=", "done") | (
            Domain("state", "=", "open") & Domain("due_at", "<=", fields.Datetime.now())
        )

        def in_time(model, alias, query):
            done = model._field_to_sql(alias, "done_at", query)
            return SQL("%s < %s", done, model._field_to_sql(alias, "due_at", query))

        hit = Domain("state", "=", "done") & Domain.custom(to_sql=in_time)
        return self._kpi_share(
            spans, Facts("itsm.duty", counted, at="due_at", hit=hit, closing=True)
        )

    def _kpi_measure_finding(self, spans):
        """Rules that were broken in the period, whatever became of it."""
        return self._kpi_number(
            spans, Facts("itsm.enforcement.finding", Domain.TRUE, at="time")
        )

    # === Facts about tickets ===

    def _kpi_ticket_domain(self):
        """What the KPI says about tickets: history, and the filter of who wrote it.

        :rtype: Domain
        """
        domain = Domain.TRUE
        if not self.with_history:
            domain &= Domain("is_history", "=", False)
        if self.ticket_filter:
            author = self.filter_user_id
            # What a definition asks for is read with the rights of who wrote it.
            tickets = self.env["helpdesk.ticket"].with_user(author)
            query = tickets.with_context(
                active_test=False, allowed_company_ids=author.company_ids.ids
            )._search(self._ticket_filter())
            domain &= Domain("id", "in", query)
        return domain

    def _kpi_tickets(self, kinds, hit):
        """Tickets solved in the period, and which of them are the numerator."""
        counted = kinds & VALID & self._kpi_ticket_domain()
        return Facts("helpdesk.ticket", counted, at="resolved_at", hit=hit)

    def _kpi_tickets_within(self, kinds, milestones):
        """Tickets reported in the period, and which reached a milestone in time.

        :param tuple milestones: datetime fields; the earliest counts
        """
        limit = timedelta(hours=self.limit_hours)
        late = Domain("reported_at", "<", fields.Datetime.now() - limit)
        reached = Domain.OR(Domain(name, "!=", False) for name in milestones)
        counted = kinds & VALID & (reached | late) & self._kpi_ticket_domain()
        return Facts(
            "helpdesk.ticket",
            counted,
            at="reported_at",
            hit=self._kpi_in_time(milestones, limit),
        )

    @api.model
    def _kpi_in_time(self, milestones, limit):
        """Tickets whose earliest milestone lies within *limit* of the report."""

        def to_sql(model, alias, query):
            columns = [
                model._field_to_sql(alias, name, query)
                for name in ("reported_at", *milestones)
            ]
            return SQL(
                "LEAST(%s) <= %s + %s", SQL(", ").join(columns[1:]), columns[0], limit
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _kpi_solved(self):
        """Not closed as unsolved; a ticket without a closing code is solved."""
        return Domain("closing_code_id", "=", False) | Domain(
            "closing_code_id.kind", "not in", UNSOLVED
        )

    # === Counting ===

    def _kpi_share(self, spans, facts):
        """A `Figure` for each span: the share of hits in what is counted."""
        return {
            span: share(hits, counted, facts)
            for span, counted, hits, _amount in self._kpi_count(spans, facts)
        }

    def _kpi_mean(self, spans, facts, scale=1):
        """A `Figure` for each span: the mean amount, in units of *scale*."""
        return {
            span: mean(amount, counted, scale, facts)
            for span, counted, _hits, amount in self._kpi_count(spans, facts)
        }

    def _kpi_number(self, spans, facts):
        """A `Figure` for each span: how many."""
        return {
            span: number(counted, facts)
            for span, counted, _hits, _amount in self._kpi_count(spans, facts)
        }

    @api.model
    def _kpi_count(self, spans, facts):
        """Count facts for all spans with one query.

        :return: list of ``(span, counted, hits, sum of amounts)``
        """
        rows = self.env.execute_query(
            SQL(
                """%s
                SELECT span.number, COUNT(*), COUNT(*) FILTER (WHERE fact.hit),
                       COALESCE(SUM(fact.amount), 0)
                  FROM span JOIN fact ON %s
                 GROUP BY span.number""",
                self._kpi_with(spans, facts),
                self._kpi_belongs(facts),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        return [
            (span, *found.get(index, (0, 0, 0))) for index, span in enumerate(spans)
        ]

    @api.model
    def _kpi_record_ids(self, facts, span, part, limit):
        """Ids of the records of one span: those counted, or those that are hits.

        :param str part: numerator or denominator
        """
        hits = part == "numerator" and facts.hit is not None
        rows = self.env.execute_query(
            SQL(
                """%s SELECT fact.id FROM span JOIN fact ON %s %s
                    ORDER BY fact.id LIMIT %s""",
                self._kpi_with([span], facts),
                self._kpi_belongs(facts),
                SQL("AND fact.hit") if hits else SQL(),
                limit,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _kpi_with(self, spans, facts):
        """The clause that names the spans and the facts about them."""
        values = [
            SQL(
                "(%s, %s, %s::timestamp, %s::timestamp, %s::timestamp, %s::date,"
                " %s::date)",
                index,
                span.company_id,
                span.begins,
                span.stops,
                span.moment,
                span.start,
                span.end,
            )
            for index, span in enumerate(spans)
        ]
        return SQL(
            """WITH span (number, company_id, begins, stops, moment, first, last)
                         AS (VALUES %s),
                    fact (id, company_id, at, until, hit, amount) AS (%s)""",
            SQL(", ").join(values),
            self._kpi_fact_query(spans, facts),
        )

    @api.model
    def _kpi_fact_query(self, spans, facts):
        """The records that may belong to a span, and what is needed of them."""
        model = self.env[facts.model].with_context(active_test=False)
        company = f"{facts.ticket}.company_id" if facts.ticket else "company_id"
        companies = list({span.company_id for span in spans})
        upper, lower = ("end", "start") if facts.days else ("stops", "begins")
        bounds = Domain(facts.at, "<=", max(getattr(span, upper) for span in spans))
        if not facts.until:
            earliest = min(getattr(span, lower) for span in spans)
            bounds &= Domain(facts.at, ">=", earliest)
        counted = facts.counted & bounds & Domain(company, "in", companies)
        query = model._search(counted)
        alias = query.table

        def column(name):
            return model._field_to_sql(alias, name, query)

        company_sql = SQL.identifier(alias, "company_id")
        if facts.ticket:
            ticket = query.left_join(
                alias, facts.ticket, "helpdesk_ticket", "id", facts.ticket
            )
            company_sql = SQL.identifier(ticket, "company_id")
        until = SQL("NULL::timestamp")
        if facts.until:
            until = SQL("LEAST(%s)", SQL(", ").join(map(column, facts.until)))
        hit = SQL("TRUE")
        if facts.hit is not None:
            # Of what is counted anyway: the hit alone is asked for again.
            hits = model._search(facts.hit & bounds)
            hit = SQL("%s IN %s", SQL.identifier(alias, "id"), hits.subselect())
        return query.select(
            SQL.identifier(alias, "id"),
            company_sql,
            column(facts.at),
            until,
            hit,
            column(facts.amount) if facts.amount else SQL("NULL::numeric"),
        )

    @api.model
    def _kpi_belongs(self, facts):
        """When a fact belongs to a span: it happened in it, or stood at its end."""
        if facts.days:
            return SQL(
                "fact.company_id = span.company_id "
                "AND fact.at BETWEEN span.first AND span.last"
            )
        if facts.closing:
            return SQL(
                "fact.company_id = span.company_id AND fact.at > span.begins "
                "AND fact.at <= span.stops"
            )
        if not facts.until:
            return SQL(
                "fact.company_id = span.company_id AND fact.at >= span.begins "
                "AND fact.at < span.stops"
            )
        return SQL(
            "fact.company_id = span.company_id AND fact.at < span.moment - %s "
            "AND (fact.until IS NULL OR fact.until >= span.moment)",
            facts.age,
        )
