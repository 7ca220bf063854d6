# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmExportLog(models.Model):
    _inherit = "itsm.export.log"

    @api.model
    def _personal_models(self):
        return super()._personal_models() | {
            "itsm.clock",
            "itsm.clock.alert",
            "itsm.clock.report",
            "itsm.ticket.event",
        }
