# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from ..tools.catalogue import OFFERED


class ItsmService(models.Model):
    """Who may use a service (CAT-08).

    A service without customers is for everybody. An offering is for those who may use
    it and everything that it is part of: restricting a service restricts its offerings.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    def _itsm_entitled(self, partner):
        """Those of these services that are offered to somebody.

        Called on the model: all services of the catalogue that are. So whoever passes
        on what a form sent checks that there is a service at all.

        :param partner: ``res.partner`` who asks, possibly none: then only what is for
            everybody
        :return: services in the environment of the caller, who may have no right to
            read them: use ``sudo()`` with that as the reason
        :rtype: itsm.service
        """
        domain = self._itsm_entitled_domain(partner)
        if self:
            domain &= Domain("id", "in", self.ids)
        # sudo: what somebody is offered does not depend on who may read the catalogue
        return self.browse(self.sudo().search(domain).ids)

    def _itsm_entitled_domain(self, partner):
        """The services that are offered to somebody, of the allowed companies.

        For searches in sudo: it names customers, which not everybody may read.

        :param partner: ``res.partner``, possibly none
        :rtype: Domain
        """
        # sudo: see above
        services = self.env["itsm.service"].sudo().with_context(active_test=False)
        company = Domain("company_id", "in", self.env.companies.ids)
        # sudo: what he is entitled to, whoever asks
        if partner.sudo().company_id:
            # sudo: as above
            company &= Domain("company_id", "=", partner.sudo().company_id.id)
        offered = Domain("state", "in", OFFERED) & Domain("active", "=", True)
        closed = ~offered | (
            ~self._itsm_open_to_all_domain() & ~self._itsm_named_domain(partner)
        )
        # What is part of something that is closed to somebody is closed to him, too.
        closed_ids = services.search(company & closed).ids
        return company & offered & ~Domain("id", "child_of", closed_ids)

    def _itsm_open_to_all_domain(self):
        """The services that name nobody in particular; a hook for other addons.

        :rtype: Domain
        """
        return Domain("partner_ids", "=", False)

    def _itsm_named_domain(self, partner):
        """The services that name somebody or a company of his; a hook for other addons.

        :param partner: ``res.partner``, possibly none
        :rtype: Domain
        """
        if not partner:
            return Domain.FALSE
        return Domain("partner_ids", "parent_of", partner.ids)
