# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "itsm.working.time.mixin"]

    def _itsm_calendars(self):
        if self.resource_id:
            return self.env["resource.calendar"]  # no clock waits for one person
        return super()._itsm_calendars()
