# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmService(models.Model):
    _inherit = "itsm.service"

    def _chain_covers(self, service):
        """Whether *service* is one of these, or part of one; none: never."""
        path = service.parent_path or ""
        return bool(service) and any(path.startswith(s.parent_path) for s in self)
