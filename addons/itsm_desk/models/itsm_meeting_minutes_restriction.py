# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmMeetingMinutes(models.Model):
    """The minutes of the review of a major incident."""

    _name = "itsm.meeting.minutes"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.meeting.minutes"]

    @api.model
    def _itsm_shut_out_references(self):
        return Domain("meeting_id", "in", self._itsm_shut_out_ids("itsm.meeting"))
