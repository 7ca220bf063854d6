# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class CalendarEvent(models.Model):
    """Odoo shows every employee what stands in the calendars of the others.

    Also the meeting in which a major incident is reviewed.
    """

    _name = "calendar.event"
    _inherit = ["itsm.restricted.reference.mixin", "calendar.event"]

    @api.model
    def _itsm_shut_out_references(self):
        return Domain("id", "in", self._itsm_shut_out_ids(self._name))
