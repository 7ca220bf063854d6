# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmPauseReason(models.Model):
    _inherit = "itsm.pause.reason"

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ticket.event", "pause_reason_id"),
            ("itsm.agreement", "pause_reason_ids"),
        ]
