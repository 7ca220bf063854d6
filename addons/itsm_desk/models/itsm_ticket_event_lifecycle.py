# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import format_datetime


class ItsmTicketEvent(models.Model):
    """A row of the log is chosen by its time and what it says."""

    _inherit = "itsm.ticket.event"

    @api.depends("time", "value")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for event in self:
            time = format_datetime(self.env, event.time, dt_format="short")
            event.display_name = f"{time}: {event.value}"
