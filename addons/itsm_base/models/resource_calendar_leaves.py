# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from contextlib import nullcontext

from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        general = any(not vals.get("resource_id") for vals in vals_list)
        with self._itsm_timelines_changing(general):
            return super().create(vals_list)

    def write(self, vals):
        general = self._itsm_general() or not vals.get("resource_id", True)
        with self._itsm_timelines_changing(general):
            result = super().write(vals)
        self.env["resource.calendar"]._itsm_check_moved(self, vals)
        return result

    def unlink(self):
        with self._itsm_timelines_changing(self._itsm_general()):
            return super().unlink()

    def _itsm_general(self):
        """Whether some of these leaves are for everybody."""
        leaves = self.sudo()  # only looks whether the resource is empty
        return any(not leave.resource_id for leave in leaves)

    @api.model
    def _itsm_timelines_changing(self, general):
        # The time off of one person is not part of any timeline. Clearing the caches
        # of all workers at each request for a day off would be felt.
        if not general:
            return nullcontext()
        return self.env["resource.calendar"]._itsm_timelines_changing()
