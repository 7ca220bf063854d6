# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmRequest(models.Model):
    """Who decides about a request, who sees prices, who is told, and the form (D22)."""

    _inherit = "itsm.request"

    # === What is said to the approvals ===

    def _approval_is_locked(self):
        # Also without any step: what was asked for stays as it was asked for.
        return super()._approval_is_locked() or self.sudo().state != "draft"  # likewise

    def _approval_locked_message(self):
        if self.approval_state == "none":
            return self.env._(
                "%(name)s was submitted, so its content stays as it is. Cancel it and "
                "make a copy to ask for something else.",
                name=self.display_name,
            )
        return super()._approval_locked_message()

    def _requesting_users(self):
        """The users of the requester and who entered the request: they never decide."""
        request = self.sudo()  # sudo: who it is no secret to the system
        return request.partner_id.user_ids | request.create_uid

    def _requester_env(self):
        """The environment in the language of the requester, for what he reads."""
        self.ensure_one()
        # sudo: his language is no secret of a text for him
        lang = self.sudo().partner_id.lang
        return self.with_context(lang=lang).env if lang else self.env

    def _approval_requesters(self, review):
        return super()._approval_requesters(review) | self._requesting_users()

    def _approval_admits(self, user):
        # The customer's own managers approve in the portal.
        return super()._approval_admits(user) or user in self.department_approver_ids

    def _approval_summary_fields(self):
        return [
            "partner_id",
            "department_id",
            "decision_summary",
            "reason",
            "wanted_date",
            "company_id",
        ]

    def _approval_url(self):
        if self.env.user.share:
            return self.access_url
        return super()._approval_url()

    def _shows_prices(self):
        """Whether the user may see prices: finance, and who decides or has decided."""
        self.ensure_one()
        user = self.env.user
        if user.has_group("itsm_base.itsm_group_finance"):
            return True
        # sudo: whether he is asked, or was; approvals are closed to the portal
        request = self.sudo()
        if user in request.decision_ids.user_id:
            return True
        standing = request.review_ids.sudo(False)._approval_standing(user)
        return any(person for person, _reason in standing.values())

    # === Printed (D22) ===

    def _itsm_form_data(self):
        return super()._itsm_form_data() | {
            "title": self.display_name,
            "code": "D22",
            "version": self.name or "",
            "effective_date": self.approved_at
            and self._itsm_form_date(self.approved_at),
            "is_draft": self.state == "draft",
        }

    def _itsm_form_prepared(self):
        # sudo: who asked for it is printed for every reader
        request = self.sudo()
        return request.partner_id, request.submitted_at

    # === Who is told ===

    def _itsm_notification_recipients(self, role):
        found = super()._itsm_notification_recipients(role)
        for request in self:
            partners = request._partners_of(role)
            if partners:
                found[request.id] = found.get(request.id, partners) | partners
        return found

    def _partners_of(self, role):
        """The people who are in a role on this request: ``res.partner``."""
        self.ensure_one()
        if role == "requester":
            return self.partner_id
        if role == "owner":
            return self.line_ids.service_id.owner_id.partner_id
        return self.ticket_id._itsm_partners_of(role) if self.ticket_id else None

    # === Finding ===

    @api.model
    def _portal_domain(self):
        """What is the user's own business: all that a customer sees, and for people of
        the organisation what they would see without their work.

        :rtype: Domain
        """
        if self.env.user.share:
            return Domain.TRUE
        return self.env.user._itsm_own_requests_domain()
