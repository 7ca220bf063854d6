# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # No default: at installation an existing company keeps the rights that its
    # customers have; companies made later, and fresh databases, start strict.
    itsm_portal_own_tickets = fields.Boolean(
        string="Customers See Their Own Tickets Only",
        help="In the portal a customer sees the tickets in which he is the contact or "
        "which he follows. Those of his whole organisation are for contacts marked "
        "“Sees Tickets of the Organisation”. Off: everybody of an organisation sees "
        "all its tickets, as before the service desk was installed.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [{"itsm_portal_own_tickets": True, **vals} for vals in vals_list]
        )

    @api.model
    def _itsm_portal_start_strict(self):
        """At installation: companies without tickets have no habits to keep."""
        # sudo: runs at installation; of every company, archived tickets too
        # pylint: disable-next=no-search-all
        companies = self.sudo().with_context(active_test=False).search([])
        tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as above
        used = tickets.with_context(active_test=False)._read_group(
            [("company_id", "!=", False)], ["company_id"]
        )
        kept = self.browse(company.id for [company] in used)
        (companies - kept).itsm_portal_own_tickets = True
