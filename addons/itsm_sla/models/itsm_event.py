# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import format_datetime


class ItsmEvent(models.Model):
    """Events during a planned interruption that was agreed make no incident."""

    _inherit = "itsm.event"

    @api.model
    def _planned_interruption(self, company, service, time):
        path = (service.parent_path or "").split("/") if service else []
        named = {int(part) for part in path if part}
        for start, stop, services in self.env["itsm.interruption"]._index(company.id):
            if start <= time < stop and (not services or services & named):
                return self.env._(
                    "Planned interruption until %(time)s UTC",
                    time=format_datetime(self.env, stop, tz="UTC"),
                )
        return super()._planned_interruption(company, service, time)
