# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: States in which an answer of the customer asks for somebody to look again.
ASLEEP = ("paused", "resolved", "closed")


class HelpdeskTicket(models.Model):
    """Who is told of what happens to a ticket."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "itsm.notification.mixin"]

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        # sudo: a user may create a ticket that he may not see afterwards; what was
        # imported with its past is told to nobody, and that needs no writing down
        assigned = self.sudo().filtered(lambda t: t.user_id and not t.is_history)
        if assigned:
            self.env["itsm.notification.event"]._notify("ticket_assigned", assigned)
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        ids_by_code = {}
        for ticket, what, vals in changes:
            if what == "assignee" and vals["assignee_id"]:
                ids_by_code.setdefault("ticket_assigned", []).append(ticket.id)
            elif what == "reopened":
                ids_by_code.setdefault("ticket_reopened", []).append(ticket.id)
        for code, ids in ids_by_code.items():
            self.env["itsm.notification.event"]._notify(code, self.browse(ids))
        return result

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self._itsm_is_customer_reply(message):
            self.env["itsm.notification.event"]._notify("ticket_customer_reply", self)
        return message

    def _itsm_is_customer_reply(self, message):
        """Tell whether *message* is the requester's word on a ticket that sleeps."""
        # sudo: the poster need not be allowed to read authors and subtypes
        message_sudo, ticket_sudo = message.sudo(), self.sudo()
        author = message_sudo.author_id
        return bool(
            message_sudo.message_type in ("comment", "email")
            and not message_sudo.is_internal
            and not message_sudo.subtype_id.internal
            and author
            and (author == ticket_sudo.partner_id or author.partner_share)
            and ticket_sudo._itsm_effective_state() in ASLEEP
        )

    def _itsm_notification_recipients(self, role):
        if role == "manager":
            return self._itsm_service_managers()
        found = super()._itsm_notification_recipients(role)
        for ticket in self:
            partners = ticket._itsm_partners_of(role)
            if partners:
                found[ticket.id] = found.get(ticket.id, partners) | partners
        return found

    def _itsm_partners_of(self, role):
        """The people who are in *role* on this ticket: ``res.partner``."""
        self.ensure_one()
        if role == "owner":
            return self.service_id.owner_id.partner_id
        if role == "assignee":
            return self.user_id.partner_id
        if role == "team_leader":
            return self.team_id.user_id.partner_id
        if role == "team":
            return self.team_id.user_ids.partner_id
        if role == "requester":
            return self.partner_id
        if role == "participants":
            return self.message_partner_ids - self.partner_id
        return self.env["res.partner"]
