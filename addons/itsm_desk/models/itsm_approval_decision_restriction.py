# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmApprovalDecision(models.Model):
    """Decisions about a ticket, and their comments."""

    _name = "itsm.approval.decision"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.approval.decision"]

    def _itsm_reference_fields(self):
        return "model", "res_id"
