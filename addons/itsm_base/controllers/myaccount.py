# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class ItsmCustomerPortal(CustomerPortalHelpdesk):
    def _ticket_get_searchbar_sortings(self):
        """Newest: what was reported last, as the list shows it.

        Tickets from before the installation may lack that time and come after.
        """
        sortings = super()._ticket_get_searchbar_sortings()
        sortings["date"]["order"] = "reported_at desc nulls last, create_date desc"
        return sortings

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Offer the buttons that close a ticket only to those who may use them."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        user = request.env.user
        if user._is_public() or not ticket._itsm_portal_can_close(user):
            values["closed_stages"] = values["closed_stages"].browse()
        return values
