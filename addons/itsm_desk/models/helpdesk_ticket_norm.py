# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime


class HelpdeskTicket(models.Model):
    """Until when a ticket is to be answered, by its channel's norm (DSK-11)."""

    _inherit = "helpdesk.ticket"

    norm_due_at = fields.Datetime(
        string="Answer by (norm)",
        compute="_compute_norm_due_at",
        store=True,
        index="btree_not_null",
        help="By the norm of the channel, whatever was agreed with the customer.",
    )

    def _auto_init(self):
        # Tickets that exist already are not judged by a norm that came later, and
        # their table is not rewritten.
        if not column_exists(self.env.cr, "helpdesk_ticket", "norm_due_at"):
            create_column(self.env.cr, "helpdesk_ticket", "norm_due_at", "timestamp")
        return super()._auto_init()

    # Not on the norm itself: a new one holds for tickets that come from then on.
    @api.depends("channel_id", "reported_at", "company_id")
    def _compute_norm_due_at(self):
        timelines = {}
        for ticket in self:
            # sudo: what the norm of a channel is does not depend on who reports
            minutes = ticket.channel_id.sudo().response_minutes
            if not minutes or ticket.is_history or not ticket.company_id:
                ticket.norm_due_at = False
                continue
            company = ticket.company_id
            if company not in timelines:
                timelines[company] = self._norm_timeline(company)
            start = (
                ticket.reported_at or ticket.create_date or fields.Datetime.now()
            ).replace(microsecond=0)
            ticket.norm_due_at = self._norm_add(timelines[company], start, minutes)

    @api.model
    def _norm_timeline(self, company):
        """The working time of a company; None if it has no usable calendar."""
        # sudo: working time does not depend on who reports
        calendar = company.sudo().resource_calendar_id
        try:
            return calendar and calendar._itsm_timeline(company=company)
        except (NoWorkingTime, ValidationError):
            return None

    @api.model
    def _norm_add(self, timeline, start, minutes):
        try:
            return timeline.add(start, minutes * 60) if timeline else False
        except NoWorkingTime:
            return False
