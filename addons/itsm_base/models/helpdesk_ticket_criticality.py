# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class HelpdeskTicket(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    @api.onchange("service_id", "itsm_kind")
    def _onchange_service_criticality(self):
        """Propose the impact of a new incident: how critical its service is (CAT-09).

        Whatever somebody or the address has entered before stays.
        """
        if self._origin or self.impact or self.itsm_kind != "incident":
            return
        # sudo: whoever may enter a ticket need not be able to read the catalogue
        service_sudo = self.service_id.sudo()
        if service_sudo:
            # both are levels from 1, the highest, to 4
            self.impact = service_sudo.criticality
