# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The work that went into a ticket (INC-50)."""

    _inherit = "helpdesk.ticket"

    work_log_ids = fields.One2many(
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own,itsm_desk.itsm_group_supervisor",
        comodel_name="itsm.work.log",
        inverse_name="ticket_id",
    )
    work_minutes = fields.Integer(
        string="Work (Minutes)",
        compute="_compute_work_minutes",
        compute_sudo=True,  # the sum of all, also of rows that are not shown
        help="Minutes that everybody has logged on the ticket.",
    )

    @api.depends("work_log_ids.minutes")
    def _compute_work_minutes(self):
        minutes = dict(
            self.env["itsm.work.log"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["minutes:sum"]
            )
        )
        for ticket in self:
            ticket.work_minutes = minutes.get(ticket._origin, 0)
