# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

from .res_users_sight import EXTERNAL_GROUP


class ResUsers(models.Model):
    """Which requests a user sees: domains for the record rules."""

    _inherit = "res.users"

    itsm_led_department_ids = fields.Many2many(
        comodel_name="itsm.department",
        string="Departments Decided About",
        compute="_compute_itsm_led_department_ids",
        export_string_translation=False,
        help="Used by the record rules of service requests.",
    )

    def _compute_itsm_led_department_ids(self):
        departments = self.env["itsm.department"]
        for user in self:
            user.itsm_led_department_ids = departments._led_by(user)

    def _itsm_own_requests_domain(self, prefix=""):
        """The requests of this user, those of the departments that he decides about
        and, if he is marked for it, those of his organisation.

        :param str prefix: way to the request, with a point at its end
        :rtype: Domain
        """
        self.ensure_one()
        partner = self.partner_id
        others = Domain(
            f"{prefix}department_id", "in", self.itsm_led_department_ids.ids
        )
        if self.share and partner.itsm_sees_company_tickets:
            others |= Domain(
                f"{prefix}partner_id",
                "child_of",
                partner.commercial_partner_id.ids,
            )
        sent = Domain(f"{prefix}state", "!=", "draft")
        return Domain(f"{prefix}partner_id", "=", partner.id) | (sent & others)

    def _itsm_staff_requests_domain(self, prefix=""):
        """The same for people of the organisation, and what they were asked to decide.

        :param str prefix: see `_itsm_own_requests_domain`
        :rtype: Domain
        """
        asked = Domain(f"{prefix}review_ids.reviewer_ids", "in", self.ids)
        return self._itsm_own_requests_domain(prefix) | asked

    def _itsm_external_requests_domain(self, prefix=""):
        """What external engineers see: requests whose ticket they see, and those that
        they have a task of. For everybody else no narrowing.

        :param str prefix: see `_itsm_own_requests_domain`
        :rtype: Domain
        """
        self.ensure_one()
        if not self.has_group(EXTERNAL_GROUP):
            return Domain.TRUE
        firm_id = self.partner_id.commercial_partner_id.id
        people = Domain("partner_id.commercial_partner_id", "=", firm_id)
        return (
            Domain(f"{prefix}partner_id", "=", self.partner_id.id)
            | Domain(f"{prefix}ticket_id", "any", self._itsm_sight_domain())
            | Domain(f"{prefix}line_ids.task_ids.user_id", "any", people)
        )

    def _itsm_external_tasks_domain(self):
        """Tasks that external engineers see: those of people of their firm.

        :rtype: Domain
        """
        self.ensure_one()
        if not self.has_group(EXTERNAL_GROUP):
            return Domain.TRUE
        firm_id = self.partner_id.commercial_partner_id.id
        return Domain("user_id.partner_id.commercial_partner_id", "=", firm_id)
