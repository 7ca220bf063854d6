# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class CalendarAttendee(models.Model):
    """Who takes part names the event."""

    _name = "calendar.attendee"
    _inherit = ["itsm.restricted.reference.mixin", "calendar.attendee"]

    @api.model
    def _itsm_shut_out_references(self):
        return Domain("event_id", "in", self._itsm_shut_out_ids("calendar.event"))
