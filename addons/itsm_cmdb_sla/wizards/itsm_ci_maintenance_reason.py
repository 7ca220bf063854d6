# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiMaintenanceReason(models.TransientModel):
    """Asks why work is begun whose interruption of services is not agreed (MNT-05)."""

    _inherit = "itsm.ci.maintenance.reason"

    act = fields.Selection(
        selection_add=[("start", "Begin without agreement")],
        ondelete={"start": "cascade"},
    )

    def _act(self, reason):
        if self.act == "start":
            self.order_ids._start_all_the_same(reason)
            return
        super()._act(reason)
