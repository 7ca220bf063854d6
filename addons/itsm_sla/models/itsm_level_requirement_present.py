# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ItsmLevelRequirement(models.Model):
    """How it is today, in figures, while a requirement is analysed (SLM-31)."""

    _inherit = "itsm.level.requirement"

    def action_view_performance(self):
        """Open how promises to the customer about the services were kept."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_report_action"
        )
        return action | {"domain": list(self._present_domain())}

    def action_view_present_agreements(self):
        """Open the agreements in force with the customer, or about the services."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_action"
        )
        domain = Domain("kind", "=", "sla") & Domain("state", "=", "active")
        customer = self.partner_id.commercial_partner_id
        if customer:
            domain &= Domain("partner_id", "=", False) | Domain(
                "partner_id", "child_of", customer.ids
            )
        if self.service_ids:
            domain &= Domain("service_ids", "=", False) | Domain(
                "service_ids", "parent_of", self.service_ids.ids
            )
        return action | {"domain": list(domain), "context": {}}

    def _present_domain(self):
        """The domain of what has ``commercial_partner_id`` and ``service_id``.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        customer = self.partner_id.commercial_partner_id
        if customer:
            domain &= Domain("commercial_partner_id", "=", customer.id)
        if self.service_ids:
            domain &= Domain("service_id", "child_of", self.service_ids.ids)
        return domain
