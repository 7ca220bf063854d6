# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which service reports a user sees, for record rules."""

    _inherit = "res.users"

    def _itsm_report_part_domain(self, what):
        """Reports in which this user takes a step.

        :param str what: ``author``, ``reviewer`` or ``approver``
        :rtype: Domain
        """
        self.ensure_one()
        roles = self.env["itsm.role"]._role_ids_of(self)
        person = f"definition_id.{what}_id"
        domain = Domain(person, "=", self.id)
        for company_id, role_ids in roles.items():
            domain |= (
                Domain(person, "=", False)
                & Domain("company_id", "=", company_id)
                & Domain(f"definition_id.{what}_role_id", "in", role_ids)
            )
        return domain

    def _itsm_report_author_domain(self):
        """Service reports that this user writes.

        :rtype: Domain
        """
        return self._itsm_report_part_domain("author")

    def _itsm_report_domain(self):
        """Service reports that this user reads: published ones, those in which he
        takes a step, and abnormal ones if he represents the management.

        :rtype: Domain
        """
        domain = Domain("state", "in", ("published", "archived"))
        for what in ("author", "reviewer", "approver"):
            domain |= self._itsm_report_part_domain(what)
        role = self.env.ref(
            "itsm_base.itsm_role_management_representative", raise_if_not_found=False
        )
        companies = [
            company_id
            for company_id, role_ids in self.env["itsm.role"]._role_ids_of(self).items()
            if role and role.id in role_ids
        ]
        return domain | (
            Domain("is_abnormal", "=", True) & Domain("company_id", "in", companies)
        )
