# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError


class ItsmMajorIncident(models.Model):
    """Who may lead a major incident, who is told of it, who must not see it."""

    _inherit = "itsm.major.incident"

    # === Restricted tickets ===

    def _is_restricted(self):
        """Whether the parent ticket is for few people only, and so this is."""
        self.ensure_one()
        # sudo: the ticket decides, whoever may read it
        return self.ticket_id.sudo()._itsm_is_restricted()

    def _action_restricted(self):
        restricted = self.filtered(lambda major: major._is_restricted())
        return super()._action_restricted() | restricted

    # === Who may ===

    @api.model
    def _role_codes(self):
        """Codes of the roles whose holders declare and lead major incidents."""
        return ("incident_manager",)

    def _filter_manageable(self):
        """Those that the user may declare, refuse, lead and close (INC-42, table 3).

        Holders of the role in the company, managers of IT services, and who was made
        the manager of the incident.
        """
        user = self.env.user
        if self.env.su or user.has_group("itsm_base.itsm_group_manager"):
            return self
        companies = self._companies_managed_by(user)
        return self.filtered(
            lambda major: major.company_id.id in companies or major.manager_id == user
        )

    @api.model
    def _companies_managed_by(self, user):
        """Ids of companies in which *user* holds the role of the incident manager."""
        holders = self.env["itsm.role.holder"].sudo()  # sudo: the same for all users
        found = holders.search_fetch(
            [("user_id", "=", user.id), ("role_id.code", "in", self._role_codes())],
            ["company_id"],
        )
        return set(found.company_id.ids)

    def _check_can_manage(self):
        """Refuse what only the incident manager does.

        :raise AccessError: naming the record and who may
        """
        refused = self - self._filter_manageable()
        if refused:
            raise AccessError(
                self.env._(
                    "%(major)s: only a holder of the role Incident Manager or a "
                    "manager of IT services does this. Ask one of them.",
                    major=refused[0].display_name,
                )
            )

    # === Notifications ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {major.id: major.manager_id.partner_id for major in self}
        if role == "manager":
            return self._vacant()._itsm_service_managers()
        return super()._itsm_notification_recipients(role)

    def _vacant(self):
        """Those of companies where nobody holds the role of the incident manager."""
        roles = self.env["itsm.role"].search([("code", "in", self._role_codes())])
        held = {company for _role, company in roles._holders_by_role(self.company_id)}
        return self.filtered(lambda major: major.company_id.id not in held)
