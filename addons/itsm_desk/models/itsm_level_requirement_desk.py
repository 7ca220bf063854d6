# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ItsmLevelRequirement(models.Model):
    """How satisfied the customer is, while a requirement is analysed (SLM-31)."""

    _inherit = "itsm.level.requirement"

    def action_view_satisfaction(self):
        """Open the tickets about the services that the customer has rated."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        domain = self._present_domain() & Domain("rating_last_value", ">", 0)
        return action | {
            "domain": list(domain),
            "context": {"group_by": ["rating_last_value"]},
        }
