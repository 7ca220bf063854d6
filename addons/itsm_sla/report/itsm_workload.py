# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import Period


class ItsmWorkload(models.Model):
    """Workload limits of agreements against what came in, month by month (SLM-05).

    A view of the database: tickets are counted when they are asked for, all limits and
    months with one query. A ticket belongs to the month in which it was reported (under
    an SLA) or first came to the team or supplier (OLA, UC), in the zone of the version
    that was in force on that day, under whichever version it is by now. A month is
    counted once for an agreement, over all of its versions, against the limits of the
    version that was in force last in it. Cancelled tickets, duplicates and imported
    history do not count.
    """

    _name = "itsm.workload"
    _description = "Workload of a Month"
    _auto = False
    _order = "month desc, agreement_id, limit_id"
    _rec_name = "limit_id"
    _depends = {
        "itsm.agreement.workload": [
            "agreement_id",
            "measure",
            "itsm_kind",
            "priority",
            "limit",
        ],
        "itsm.agreement": [
            "company_id",
            "date_start",
            "is_template",
            "kind",
            "partner_id",
            "previous_id",
            "state",
            "superseded_on",
            "supplier_id",
            "team_id",
            "terminated_on",
            "tz",
        ],
        "helpdesk.ticket": [
            "agreement_id",
            "duplicate_id",
            "is_history",
            "itsm_kind",
            "priority",
            "reported_at",
            "stage_id",
        ],
        "helpdesk.ticket.stage": ["itsm_state"],
        "itsm.clock": ["agreement_id", "kind", "started_at", "ticket_id"],
    }

    limit_id = fields.Many2one(
        comodel_name="itsm.agreement.workload", string="Limit Of", readonly=True
    )
    agreement_id = fields.Many2one(comodel_name="itsm.agreement", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")], readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    month = fields.Date(readonly=True, help="Its first day.")
    month_label = fields.Char(string="Period", compute="_compute_month_label")
    limit = fields.Integer(readonly=True, aggregator="avg")
    actual = fields.Integer(string="Tickets", readonly=True)
    percent = fields.Float(
        string="Used (%)", readonly=True, aggregator="avg", help="Of the limit."
    )
    status = fields.Selection(
        selection=[("within", "Within the limit"), ("over", "Over the limit")],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH RECURSIVE %(counted)s,
            total AS (
                SELECT l.id AS limit_id, counted.month, COUNT(*) AS actual
                  FROM itsm_agreement_workload l
                  JOIN version own ON own.id = l.agreement_id
                  JOIN counted ON counted.root = own.root
                   AND (l.itsm_kind IS NULL OR l.itsm_kind = counted.itsm_kind)
                   AND (l.priority IS NULL OR l.priority = counted.priority)
                 GROUP BY l.id, counted.month)
            SELECT l.id * 10000 + (EXTRACT(YEAR FROM m.month)::int - 1990) * 12
                       + EXTRACT(MONTH FROM m.month)::int AS id,
                   l.id AS limit_id, a.id AS agreement_id, a.company_id, a.kind,
                   a.partner_id, m.month::date AS month, l."limit",
                   COALESCE(total.actual, 0) AS actual,
                   COALESCE(total.actual, 0) * 100.0 / l."limit" AS percent,
                   CASE WHEN COALESCE(total.actual, 0) > l."limit"
                        THEN 'over' ELSE 'within' END AS status
              FROM itsm_agreement_workload l
              JOIN itsm_agreement a ON a.id = l.agreement_id
             CROSS JOIN LATERAL generate_series(
                       date_trunc('month', a.date_start),
                       LEAST(%(now)s::timestamp AT TIME ZONE 'UTC'
                                 AT TIME ZONE a.tz, a.terminated_on,
                             a.superseded_on - 1),
                       interval '1 month') AS m (month)
              LEFT JOIN total
                ON total.limit_id = l.id AND total.month = m.month::date
             WHERE l.measure = 'ticket' AND a.state != 'draft'
               AND a.is_template IS NOT TRUE
               AND NOT EXISTS (
                   SELECT 1
                     FROM version own
                     JOIN version later ON later.root = own.root
                    WHERE own.id = a.id
                      AND (later.first, later.id) > (own.first, own.id)
                      AND later.first <= later.last
                      AND date_trunc('month', later.first) <= m.month
                      AND later.first <= (%(now)s::timestamp AT TIME ZONE 'UTC'
                                              AT TIME ZONE later.tz)::date
                      AND later.last >= m.month)""",
            counted=self._counted_sql(),
            now=fields.Datetime.now(),
        )

    @api.model
    def _counted_sql(self):
        """Common table expressions; the last, ``counted``, has a row for each ticket.

        Its columns: ``root`` (the first version of the agreement), ``id`` and
        ``itsm_kind``, ``priority`` of the ticket, ``month``. Where no version was in
        force, the zone is that of the ticket's own.
        """
        return SQL(
            """family AS (
                SELECT id, id AS root FROM itsm_agreement WHERE previous_id IS NULL
                UNION ALL
                SELECT a.id, family.root
                  FROM itsm_agreement a JOIN family ON family.id = a.previous_id),
            version AS (
                SELECT a.id, family.root, a.tz, a.team_id, a.supplier_id,
                       a.date_start AS first,
                       COALESCE(LEAST(a.terminated_on, a.superseded_on - 1),
                                'infinity') AS last
                  FROM itsm_agreement a
                  JOIN family ON family.id = a.id
                 WHERE a.state != 'draft'
                   AND family.root IN (
                           SELECT limited.root
                             FROM itsm_agreement_workload l
                             JOIN family limited ON limited.id = l.agreement_id)),
            arrived AS (
                SELECT t.agreement_id, t.id,
                       COALESCE(t.reported_at, t.create_date) AS moment
                  FROM helpdesk_ticket t
                 WHERE t.agreement_id IN (SELECT id FROM version)
                UNION ALL
                SELECT (ARRAY_AGG(v.id ORDER BY c.started_at, c.id))[1], c.ticket_id,
                       MIN(c.started_at)
                  FROM itsm_clock c
                  JOIN version v ON v.id = c.agreement_id
                 WHERE c.kind IN ('ola', 'uc')
                 GROUP BY v.root, v.team_id, v.supplier_id, c.ticket_id),
            local AS (
                SELECT arrived.*, v.root, v.first, v.last, v.tz,
                       (arrived.moment AT TIME ZONE 'UTC' AT TIME ZONE v.tz)::date
                           AS day
                  FROM arrived
                  JOIN version v ON v.id = arrived.agreement_id),
            counted AS (
                SELECT local.root, t.id, t.itsm_kind, t.priority,
                       date_trunc('month', COALESCE(other.day, local.day))::date
                           AS month
                  FROM local
                  JOIN helpdesk_ticket t ON t.id = local.id
                  JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                  LEFT JOIN LATERAL (
                       SELECT moved.day
                         FROM version v
                        CROSS JOIN LATERAL (
                              SELECT (local.moment AT TIME ZONE 'UTC'
                                      AT TIME ZONE v.tz)::date AS day) AS moved
                        WHERE local.day NOT BETWEEN local.first AND local.last
                          AND v.root = local.root
                          AND moved.day BETWEEN v.first AND v.last
                        ORDER BY v.id DESC
                        LIMIT 1) AS other ON TRUE
                 WHERE t.duplicate_id IS NULL AND t.is_history IS NOT TRUE
                   AND s.itsm_state IS DISTINCT FROM 'cancelled')"""
        )

    @api.depends("month")
    def _compute_month_label(self):
        for load in self:
            load.month_label = load.month and Period.of("month", load.month).label

    def action_view_tickets(self):
        """Open the tickets that were counted and that the user may see, those of all
        versions."""
        self.ensure_one()
        line = self.limit_id
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE %s
                   SELECT id FROM counted
                    WHERE root = (SELECT root FROM version WHERE id = %s)
                      AND month = %s""",
                self._counted_sql(),
                self.agreement_id.id,
                self.month,
            )
        )
        counted = Domain("id", "in", [row[0] for row in rows])
        for name in ("itsm_kind", "priority"):
            if line[name]:
                counted &= Domain(name, "=", line[name])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        return action | {
            "name": self.env._(
                "%(limit)s, %(month)s",
                limit=line.display_name,
                month=self.month_label,
            ),
            "domain": list(counted),
            "context": {"active_test": False, "create": False},
        }
