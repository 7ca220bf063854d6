# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .itsm_ci_source import MANAGER


class ResUsers(models.Model):
    """Who manages configuration, and where people work."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env["itsm.ci.maintenance.plan"]._people_changed(self)
        return result

    @api.model
    def _itsm_ci_managers(self, companies=None):
        """Active configuration managers of any of these companies.

        :param companies: ``res.company``; None: wherever they work
        :rtype: res.users, in sudo
        """
        works = Domain.TRUE
        if companies is not None:
            works = Domain("company_ids", "in", companies.ids)
        # sudo: who has which role counts, whoever may see users
        return self.sudo().search(
            Domain("all_group_ids", "in", self.env.ref(MANAGER).ids)
            & works
            & Domain("share", "=", False)
            & Domain("id", "!=", self.env.ref("base.user_root").id)
        )

    @api.model
    def _itsm_ci_managers_of(self, records):
        """Configuration managers of each record's company; of none: all of them.

        :param records: with ``company_id``
        :return: ``{id of the record: res.partner}``
        """
        managers = self._itsm_ci_managers()
        return {
            record.id: managers.filtered(
                lambda user, company=record.company_id: (
                    not company or company in user.company_ids
                )
            ).partner_id
            for record in records
        }

    def _itsm_check_works_in(self, company):
        """Refuse people who do not work in the company.

        :param company: ``res.company``
        :raise ValidationError: naming the first
        """
        # sudo: where people work, whoever may see it
        for user in self.sudo():
            if company not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s: choose somebody who "
                        "does.",
                        user=user.name,
                        company=company.sudo().name,  # sudo: as above
                    )
                )
