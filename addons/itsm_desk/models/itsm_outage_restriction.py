# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmOutage(models.Model):
    """Outages of restricted incidents are not named to others (SEC-05).

    Who may read them is said by a record rule; they count all the same.
    """

    _inherit = "itsm.outage"

    @api.model
    def _reportable_domain(self):
        restricted = Domain("restriction", "!=", False)
        return super()._reportable_domain() & Domain("ticket_id", "not any", restricted)
