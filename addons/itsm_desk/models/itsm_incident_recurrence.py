# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class ItsmIncidentRecurrence(models.Model):
    """Which incidents come back: to find problems before users do (INC-49).

    One row for company, service, category, nature and month of the report. Cancelled
    tickets, duplicates and restricted tickets are left out; imported history counts,
    since it is the past that is looked at.
    """

    _name = "itsm.incident.recurrence"
    _description = "Recurring Incidents"
    _auto = False
    _order = "month desc, incident_count desc, id"
    _rec_name = "service_id"
    _depends = {
        "helpdesk.ticket": [
            "company_id",
            "service_id",
            "category_id",
            "nature_id",
            "reported_at",
            "reopened_count",
            "resolved_at",
            "stage_id",
            "duplicate_id",
            "itsm_kind",
            "restriction",
            "major_incident_id",
        ],
        "helpdesk.ticket.stage": ["itsm_state"],
        "itsm.major.incident": ["state"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    service_id = fields.Many2one("itsm.service", readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", readonly=True)
    nature_id = fields.Many2one("itsm.ticket.nature", readonly=True)
    month = fields.Date(string="Month of the Report", readonly=True)
    incident_count = fields.Integer(string="Incidents", readonly=True)
    reopened_count = fields.Integer(string="Times Reopened", readonly=True)
    major_count = fields.Integer(string="In Major Incidents", readonly=True)
    open_count = fields.Integer(string="Not Solved", readonly=True)
    hours = fields.Float(
        string="Hours to Solution",
        readonly=True,
        help="Sum over solved incidents, on the wall.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(ticket.id) AS id,
                   ticket.company_id,
                   ticket.service_id,
                   ticket.category_id,
                   ticket.nature_id,
                   date_trunc('month', ticket.reported_at)::date AS month,
                   COUNT(*) AS incident_count,
                   SUM(COALESCE(ticket.reopened_count, 0)) AS reopened_count,
                   COUNT(major.id) AS major_count,
                   COUNT(*) FILTER (WHERE ticket.resolved_at IS NULL) AS open_count,
                   COALESCE(SUM(EXTRACT(
                       EPOCH FROM ticket.resolved_at - ticket.reported_at
                   )) / 3600, 0)::float AS hours
              FROM helpdesk_ticket ticket
              LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
              LEFT JOIN itsm_major_incident major
                ON major.id = ticket.major_incident_id AND major.state != 'refused'
                   AND major.state != 'proposed'
             WHERE ticket.itsm_kind = 'incident'
               AND ticket.reported_at IS NOT NULL
               AND ticket.duplicate_id IS NULL
               AND COALESCE(stage.itsm_state, '') != 'cancelled'
               AND COALESCE(ticket.restriction, '') = ''
             GROUP BY ticket.company_id, ticket.service_id, ticket.category_id,
                      ticket.nature_id, date_trunc('month', ticket.reported_at)
            """
        )

    def action_view_tickets(self):
        """Open the incidents of a row that the user may read."""
        self.ensure_one()
        following = fields.Date.add(self.month, months=1)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        return action | {
            "domain": [
                ("itsm_kind", "=", "incident"),
                ("company_id", "=", self.company_id.id),
                ("service_id", "=", self.service_id.id),
                ("category_id", "=", self.category_id.id),
                ("nature_id", "=", self.nature_id.id),
                ("reported_at", ">=", self.month),
                ("reported_at", "<", following),
            ],
            "context": {"active_test": False},
        }
