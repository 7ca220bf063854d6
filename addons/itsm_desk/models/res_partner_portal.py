# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    itsm_sees_company_tickets = fields.Boolean(
        string="Sees Tickets of the Organisation",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="In the portal this person sees all tickets of his organisation that are "
        "not restricted, and not only his own.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("itsm_sees_company_tickets") for vals in vals_list):
            self.env.registry.clear_cache()  # as in write
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "itsm_sees_company_tickets" in vals:
            # The mark is part of a record rule, which is kept.
            self.env.registry.clear_cache()
        return result
