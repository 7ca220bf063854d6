# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The agreements at stake in a ticket (CFG-25)."""

    _inherit = "helpdesk.ticket"

    agreements_at_stake_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="Agreements at Stake",
        compute="_compute_agreements_at_stake_ids",
        compute_sudo=False,
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="In force today, of the affected services and customers that somebody "
        "confirmed.",
    )

    @api.depends("impacted_service_ids", "impacted_partner_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_agreements_at_stake_ids(self):
        agreements = self.env["itsm.agreement"]
        today = fields.Date.context_today(self)
        for ticket in self:
            services = ticket.impacted_service_ids
            owners = ticket.impacted_partner_ids - services.partner_ids
            found = agreements._at_stake(services, owners, today)
            ticket.agreements_at_stake_ids = agreements.union(*found)
