# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmService(models.Model):
    _inherit = "itsm.service"

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ticket.event", "service_id"),
            ("itsm.agreement", "service_ids"),
        ]
