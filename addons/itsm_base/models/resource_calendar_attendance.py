# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().create(vals_list)

    def write(self, vals):
        calendars = self.env["resource.calendar"]
        with calendars._itsm_timelines_changing():
            result = super().write(vals)
        calendars._itsm_check_moved(self, vals)
        return result

    def unlink(self):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().unlink()
