# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..models.itsm_duty import STATUSES


class ItsmDutyReport(models.Model):
    """Duties as figures: what was due, what was done in time (CAL-11).

    A view of the database: nothing is stored twice, and whether a duty is overdue is
    read against the present moment. Archived duties count. The rate of a group is the
    average of 100 and 0 over what was due; a group in which nothing was due has none.
    """

    _name = "itsm.duty.report"
    _description = "Duties in Time"
    _auto = False
    _order = "due_date desc, id desc"
    _rec_name = "definition_id"
    _depends = {
        "itsm.duty": [
            "definition_id",
            "company_id",
            "process_id",
            "role_id",
            "user_id",
            "period",
            "period_start",
            "due_date",
            "due_at",
            "done_at",
            "state",
        ]
    }

    definition_id = fields.Many2one(
        comodel_name="itsm.duty.definition", string="Duty", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    process_id = fields.Many2one(comodel_name="itsm.process", readonly=True)
    role_id = fields.Many2one(comodel_name="itsm.role", readonly=True)
    user_id = fields.Many2one(
        # Figures about a named person are for him and his lead: the record rules.
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
    )
    period = fields.Selection(
        selection=lambda self: (
            self.env["itsm.duty"]._fields["period"]._description_selection(self.env)
        ),
        readonly=True,
    )
    period_start = fields.Date(string="Period from", readonly=True)
    due_date = fields.Date(string="Due", readonly=True)
    done_at = fields.Datetime(string="Done on", readonly=True)
    status = fields.Selection(selection=STATUSES, readonly=True)
    due = fields.Integer(
        string="# Due",
        readonly=True,
        help="Done, or past their due day: the denominator. Waived ones are not.",
    )
    in_time = fields.Integer(string="# In Time", readonly=True)
    late = fields.Integer(
        string="# Late", readonly=True, help="Done late, or overdue and still open."
    )
    waived = fields.Integer(string="# Waived", readonly=True)
    on_time_rate = fields.Float(
        string="On Time (%)",
        aggregator="avg",
        readonly=True,
        help="Done in time of all that was due. Empty where nothing was due.",
    )

    @property
    def _table_query(self):
        status = self.env["itsm.duty"]._status_sql("itsm_duty")
        return SQL(
            """
            SELECT d.*,
                   (d.status IN ('done', 'late', 'overdue'))::int AS due,
                   (d.status = 'done')::int AS in_time,
                   (d.status IN ('late', 'overdue'))::int AS late,
                   (d.status = 'waived')::int AS waived,
                   CASE WHEN d.status = 'done' THEN 100.0
                        WHEN d.status IN ('late', 'overdue') THEN 0.0
                   END AS on_time_rate
              FROM (SELECT id, definition_id, company_id, process_id, role_id, user_id,
                           period, period_start, due_date, done_at,
                           %s AS status
                      FROM itsm_duty) d
            """,
            status,
        )
