# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Other hours: the chains that run in them are checked again."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        self.env["itsm.agreement"]._chain_mark_calendars(attendances.calendar_id)
        return attendances

    def write(self, vals):
        before = self.calendar_id
        result = super().write(vals)
        self.env["itsm.agreement"]._chain_mark_calendars(before | self.calendar_id)
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        self.env["itsm.agreement"]._chain_mark_calendars(calendars)
        return result
