# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ItsmMeeting(models.Model):
    """The review of a major incident says what its parent ticket was about."""

    _name = "itsm.meeting"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.meeting"]

    itsm_major_ids = fields.One2many(
        comodel_name="itsm.major.incident",
        inverse_name="meeting_id",
        string="Major Incidents Reviewed",
        context={"active_test": False},
        readonly=True,
        export_string_translation=False,
    )

    @api.model
    def _itsm_shut_out_references(self):
        return Domain("id", "in", self._itsm_shut_out_ids(self._name))
