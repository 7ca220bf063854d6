# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_kpi_measure import INCIDENT, REQUEST, VALID
from odoo.addons.itsm_base.tools.kpi import Facts

CRITICAL = Domain("priority", "=", "3")
#: Tickets that have an event log; those older than the installation may have none.
LOGGED = Domain("agreement_reason", "!=", False)
#: States of a ticket that somebody has taken up.
TAKEN_UP = ("open", "paused", "resolved", "closed")


class ItsmKpi(models.Model):
    """Measures that need clocks or the event log.

    Clocks: those of customers; clocks of exempt tickets and cancelled clocks are left
    out, as they are in “Service Level Compliance”. What was met or missed before a
    ticket was cancelled or marked as a duplicate stays.
    """

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("response_in_time", self.env._("Incidents: response target met")),
            ("resolution_in_time", self.env._("Incidents: resolution target met")),
            ("mean_response", self.env._("Incidents: mean working time to response")),
            ("mean_resolution", self.env._("Incidents: mean working time to solution")),
            ("misassigned", self.env._("Incidents: wrongly assigned or categorised")),
            (
                "emergency_within",
                self.env._("Critical incidents: emergency started within the limit"),
            ),
            ("request_in_time", self.env._("Requests: resolution target met")),
            ("processed_within", self.env._("Requests: taken up within the limit")),
            ("dispatch", self.env._("Tickets: dispatched to the right team")),
        ]

    # === Clocks ===

    def _kpi_measure_response_in_time(self, spans):
        """K40: response clocks of incidents reported in the period that are decided.

        A late one is decided although nobody has answered yet: leaving it unanswered
        does not improve the figure.
        """
        late = Domain("breached_at", "!=", False) | (
            Domain("phase", "=", "running")
            & Domain("deadline", "<", fields.Datetime.now())
        )
        counted = self._kpi_clocks(INCIDENT, "response")
        counted &= Domain("phase", "!=", "cancelled")
        counted &= Domain("phase", "=", "stopped") | late
        return self._kpi_share(spans, self._kpi_verdicts(counted, at="started_at"))

    def _kpi_measure_resolution_in_time(self, spans):
        """K41: resolution clocks of incidents that stopped in the period."""
        return self._kpi_share(spans, self._kpi_stopped(INCIDENT, "resolution"))

    def _kpi_measure_request_in_time(self, spans):
        """K68: resolution clocks of requests that stopped in the period."""
        return self._kpi_share(spans, self._kpi_stopped(REQUEST, "resolution"))

    def _kpi_measure_mean_response(self, spans):
        """K42: working minutes used by response clocks that stopped in the period."""
        facts = self._kpi_stopped(INCIDENT, "response")
        return self._kpi_mean(
            spans, facts._replace(hit=None, amount="used_seconds"), scale=60
        )

    def _kpi_measure_mean_resolution(self, spans):
        """K42: working hours used by resolution clocks that stopped in the period."""
        facts = self._kpi_stopped(INCIDENT, "resolution")
        return self._kpi_mean(
            spans, facts._replace(hit=None, amount="used_seconds"), scale=3600
        )

    def _kpi_clocks(self, kinds, metric):
        """Clocks of customers for tickets of these kinds, without exempt tickets."""
        return (
            Domain("kind", "=", "sla")
            & Domain("metric", "=", metric)
            & Domain("exempt", "!=", True)
            & Domain("ticket_id", "any", kinds & self._kpi_ticket_domain())
        )

    def _kpi_stopped(self, kinds, metric):
        """Clocks that stopped in the period; hits are those in time."""
        counted = self._kpi_clocks(kinds, metric) & Domain("phase", "=", "stopped")
        return self._kpi_verdicts(counted, at="stopped_at")

    @api.model
    def _kpi_verdicts(self, counted, at):
        hit = Domain("phase", "=", "stopped") & Domain("breached_at", "=", False)
        return Facts("itsm.clock", counted, at=at, hit=hit)

    # === Milestones ===

    def _kpi_measure_emergency_within(self, spans):
        """K51: of the critical incidents reported in the period with the promise of an
        emergency response, those in which it started within the limit; a solution is
        one."""
        promised = Domain("clock_ids", "any", Domain("metric", "=", "emergency"))
        facts = self._kpi_tickets_within(
            INCIDENT & CRITICAL & promised, ("emergency_started_at", "resolved_at")
        )
        return self._kpi_share(spans, facts)

    # === Event log ===

    def _kpi_measure_processed_within(self, spans):
        """K50: of the requests reported in the period, those taken up within the limit.

        Taken up: the ticket left the state New. Those that are neither taken up nor
        late yet do not count yet.
        """
        limit = timedelta(hours=self.limit_hours)
        late = Domain("reported_at", "<", fields.Datetime.now() - limit)
        taken_up = Domain("event_ids", "any", Domain("state", "in", TAKEN_UP))
        # late first: it is cheap, and true for whatever is not of today
        counted = REQUEST & VALID & LOGGED & (late | taken_up)
        counted &= self._kpi_ticket_domain()

        def in_time(model, alias, query):
            return SQL(
                """EXISTS (SELECT FROM itsm_ticket_event event
                            WHERE event.ticket_id = %s
                              AND event.state IN %s
                              AND event.time <= %s + %s)""",
                SQL.identifier(alias, "id"),
                TAKEN_UP,
                model._field_to_sql(alias, "reported_at", query),
                limit,
            )

        hit = Domain.custom(to_sql=in_time)
        return self._kpi_share(
            spans, Facts("helpdesk.ticket", counted, at="reported_at", hit=hit)
        )

    def _kpi_category_facts(self):
        """The logged facts that say what a ticket is about (K48).

        Addons that log another one add it here. A change from a first value to another
        is a correction of the category; to give the first value is none.

        :return: dict of ``what`` of the event → column of the event that holds it
        """
        return {"service": "service_id"}

    def _kpi_measure_misassigned(self, spans):
        """K48: of the incidents reported in the period, those that changed the team
        more than once, or kind or category (`_kpi_category_facts`) after these had been
        given."""
        counted = INCIDENT & VALID & self._kpi_ticket_domain()
        counted &= LOGGED
        categories = self._kpi_category_facts()
        begins = min(span.begins for span in spans)

        def changed(model, alias, query):
            recategorised = [
                self._kpi_recategorised(what, column)
                for what, column in categories.items()
            ]
            return SQL(
                """%(ticket)s IN (
                    WITH event AS (
                        SELECT ticket_id, what FROM itsm_ticket_event
                         WHERE what IN %(facts)s
                           AND time >= %(begins)s)
                    SELECT ticket_id FROM event WHERE what = 'kind'
                    UNION ALL
                    SELECT ticket_id FROM event WHERE what = 'team'
                     GROUP BY ticket_id HAVING COUNT(*) > 1
                    %(recategorised)s)""",
                ticket=SQL.identifier(alias, "id"),
                facts=("kind", "team", *categories),
                # Nothing of a ticket is logged before it was reported.
                begins=begins,
                recategorised=SQL(" ").join(recategorised),
            )

        hit = Domain.custom(to_sql=changed)
        return self._kpi_share(
            spans, Facts("helpdesk.ticket", counted, at="reported_at", hit=hit)
        )

    @api.model
    def _kpi_recategorised(self, what, column):
        """Tickets among the rows of ``event`` whose fact had another value before."""
        return SQL(
            """UNION ALL
               SELECT ticket_id
                 FROM (SELECT ticket_id, what,
                              LAG(%(column)s) OVER (
                                  PARTITION BY ticket_id
                                  ORDER BY time, sequence, id) AS before
                         FROM itsm_ticket_event
                        WHERE what IN ('reported', %(what)s)
                          AND ticket_id IN (SELECT ticket_id FROM event
                                             WHERE what = %(what)s)) fact
                WHERE what = %(what)s AND before IS NOT NULL""",
            what=what,
            column=SQL.identifier(column),
        )

    def _kpi_measure_dispatch(self, spans):
        """K73: of the dispatches to another team in the period, those that did not come
        back to the team that sent them.

        Coming back is the verdict about a dispatch and no dispatch itself; nor is
        taking the team away.
        """
        steps = Domain("what", "=", "team") & Domain("team_id", "!=", False)
        tickets = VALID & self._kpi_ticket_domain()

        def sent(model, alias, query):
            return SQL(
                "%s IS DISTINCT FROM %s",
                SQL.identifier(alias, "team_id"),
                self._kpi_team_of_step(alias, back=2),
            )

        def kept(model, alias, query):
            return SQL(
                "(%s = %s) IS NOT TRUE",
                self._kpi_team_of_step(alias, back=1),
                self._kpi_team_of_step(alias),
            )

        return self._kpi_share(
            spans,
            Facts(
                "itsm.ticket.event",
                steps
                & Domain("ticket_id", "any", tickets)
                & Domain.custom(to_sql=sent),
                at="time",
                hit=steps & Domain.custom(to_sql=kept),
                ticket="ticket_id",
            ),
        )

    @api.model
    def _kpi_team_of_step(self, alias, back=0):
        """The team that the ticket of an event had at another step of its way.

        :param int back: so many steps before the event; 0: the step after it
        """
        order = SQL("step.time, COALESCE(step.sequence, 0), step.id")
        if back:
            order = SQL("step.time DESC, COALESCE(step.sequence, 0) DESC, step.id DESC")
        # By the index of the ticket: a ticket has few rows, a log has many.
        return SQL(
            """(SELECT step.team_id
                  FROM itsm_ticket_event step
                 WHERE step.ticket_id = %(ticket)s
                   AND step.what IN ('reported', 'team')
                   AND (step.time, COALESCE(step.sequence, 0), step.id) %(side)s
                       (%(time)s, COALESCE(%(sequence)s, 0), %(id)s)
                 ORDER BY %(order)s
                 LIMIT 1 OFFSET %(skipped)s)""",
            ticket=SQL.identifier(alias, "ticket_id"),
            time=SQL.identifier(alias, "time"),
            sequence=SQL.identifier(alias, "sequence"),
            id=SQL.identifier(alias, "id"),
            side=SQL("<") if back else SQL(">"),
            order=order,
            skipped=max(back - 1, 0),
        )
