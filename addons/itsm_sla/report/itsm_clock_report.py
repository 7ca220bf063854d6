# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..models.itsm_agreement_target import METRICS
from ..models.itsm_clock import STATUSES


class ItsmClockReport(models.Model):
    """Clocks with the facts of their tickets, for pivot and graph.

    A view of the database: nothing is stored twice, and whether a clock is late is
    read against the present moment.
    """

    _name = "itsm.clock.report"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Service Level Analysis"
    _auto = False
    _order = "reported_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    agreement_id = fields.Many2one(comodel_name="itsm.agreement", readonly=True)
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")], readonly=True
    )
    metric = fields.Selection(selection=METRICS, readonly=True)
    status = fields.Selection(selection=STATUSES, readonly=True)
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(readonly=True)
    leg_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", string="Team of the Leg", readonly=True
    )
    leg_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Supplier of the Leg", readonly=True
    )
    leg_name = fields.Char(string="Leg", readonly=True, help="The team or supplier.")
    service_id = fields.Many2one(comodel_name="itsm.service", readonly=True)
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Assigned to",
        readonly=True,
        # figures about a named person are for his lead
        groups="itsm_base.itsm_group_lead",
    )
    is_history = fields.Boolean(string="Imported History", readonly=True)
    reported_at = fields.Datetime(string="Reported", readonly=True)
    stopped_at = fields.Datetime(readonly=True)
    deadline = fields.Datetime(readonly=True)
    target_hours = fields.Float(aggregator="avg", readonly=True)
    used_hours = fields.Float(
        string="Working Hours Used", aggregator="avg", readonly=True
    )
    overrun_hours = fields.Float(aggregator="avg", readonly=True)
    met = fields.Integer(
        string="# Met", readonly=True, help="Stopped in time; sum of clocks."
    )
    missed = fields.Integer(string="# Missed", readonly=True)
    handed_over = fields.Integer(
        string="# Handed Over",
        readonly=True,
        help="Legs passed on in time: neither met nor missed.",
    )
    exempt = fields.Integer(
        string="# Exempt",
        readonly=True,
        help="Clocks of exempt tickets: neither met nor missed, whatever they say.",
    )
    changed_late = fields.Boolean(
        readonly=True,
        help="The ticket was cancelled, exempted or changed after a breach or in the "
        "last fifth of a target.",
    )
    decided = fields.Integer(
        string="# Decided", readonly=True, help="Met and missed: the denominator."
    )
    compliance = fields.Float(
        string="Compliance (%)",
        aggregator="avg",
        readonly=True,
        help="Met of met and missed. Clocks that run, wait or were cancelled are not "
        "in the denominator.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT c.id, c.ticket_id, c.company_id, c.agreement_id, c.kind, c.metric,
                   c.leg_team_id, c.leg_partner_id, c.is_history, c.stopped_at,
                   COALESCE(team.name ->> %(lang)s, team.name ->> 'en_US',
                            supplier.name) AS leg_name,
                   c.deadline,
                   CASE
                       WHEN c.exempt THEN 'exempt'
                       WHEN c.phase IN ('cancelled', 'handed_over') THEN c.phase
                       WHEN c.phase = 'stopped' AND c.breached_at IS NULL THEN 'met'
                       WHEN c.phase = 'stopped' THEN 'missed'
                       WHEN c.breached_at IS NOT NULL THEN 'breached'
                       WHEN c.phase = 'paused' THEN 'paused'
                       WHEN c.deadline < %(now)s THEN 'breached'
                       WHEN c.at_risk_at <= %(now)s THEN 'at_risk'
                       ELSE 'running'
                   END AS status,
                   t.itsm_kind, t.priority, t.service_id, t.commercial_partner_id,
                   t.team_id, t.user_id, t.reported_at,
                   c.target_seconds / 3600.0 AS target_hours,
                   CASE WHEN c.phase IN ('stopped', 'handed_over')
                        THEN c.used_seconds / 3600.0 END AS used_hours,
                   CASE WHEN c.phase = 'stopped' AND c.breached_at IS NOT NULL
                             AND c.exempt IS NOT TRUE
                        THEN c.overrun_seconds / 3600.0 END AS overrun_hours,
                   (c.phase = 'stopped' AND c.breached_at IS NULL
                    AND c.exempt IS NOT TRUE)::int AS met,
                   (c.phase = 'stopped' AND c.breached_at IS NOT NULL
                    AND c.exempt IS NOT TRUE)::int AS missed,
                   (c.phase = 'stopped' AND c.exempt IS NOT TRUE)::int AS decided,
                   (c.phase = 'handed_over' AND c.exempt IS NOT TRUE)::int
                       AS handed_over,
                   (c.exempt IS TRUE)::int AS exempt,
                   COALESCE(t.late_change_count, 0) > 0 AS changed_late,
                   CASE WHEN c.phase = 'stopped' AND c.exempt IS NOT TRUE THEN
                        CASE WHEN c.breached_at IS NULL THEN 100.0 ELSE 0.0 END
                   END AS compliance
              FROM itsm_clock c
              JOIN helpdesk_ticket t ON t.id = c.ticket_id
              LEFT JOIN helpdesk_ticket_team team ON team.id = c.leg_team_id
              LEFT JOIN res_partner supplier ON supplier.id = c.leg_partner_id
            """,
            now=fields.Datetime.now(),
            lang=self.env.lang or "en_US",
        )

    # What must be flushed before the query runs.
    _depends = {
        "itsm.clock": [
            "ticket_id",
            "company_id",
            "agreement_id",
            "kind",
            "leg_team_id",
            "leg_partner_id",
            "metric",
            "phase",
            "breached_at",
            "deadline",
            "at_risk_at",
            "stopped_at",
            "target_seconds",
            "used_seconds",
            "overrun_seconds",
            "is_history",
            "exempt",
        ],
        "helpdesk.ticket.team": ["name"],
        "res.partner": ["name"],
        "helpdesk.ticket": [
            "itsm_kind",
            "priority",
            "service_id",
            "commercial_partner_id",
            "team_id",
            "user_id",
            "reported_at",
            "late_change_count",
        ],
    }
