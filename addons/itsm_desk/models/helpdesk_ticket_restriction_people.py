# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Nobody is told of a restricted ticket who may not read it (SEC-05)."""

    _inherit = "helpdesk.ticket"

    def _itsm_reading_partners(self, partners):
        """Which of *partners* may be told of each ticket.

        Of those with a user, who may read it; of those without, the requester. Queries
        for each user, whatever the number of tickets.

        :param partners: ``res.partner``
        :return: dict of ticket id to a set of partner ids
        """
        # sudo: who may read does not depend on who causes the message
        tickets = self.sudo()
        found = {ticket.id: set(ticket.partner_id.ids) for ticket in tickets}
        # sudo: as above
        users = self.env["itsm.notification.event"]._users(set(partners.sudo()))
        for partner, user in users.items():
            if not user.active:
                continue
            mine = tickets.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            for ticket in mine._filtered_access("read"):
                found[ticket.id].add(partner.id)
        return found

    def _itsm_notification_recipients(self, role):
        found = super()._itsm_notification_recipients(role)
        if role == "handlers":
            found = {ticket.id: ticket._itsm_handlers() for ticket in self}
        # sudo: whoever causes it
        restricted = self.sudo().filtered("restriction")
        if restricted and found:
            nobody = self.env["res.partner"]
            partners = nobody.union(*(p for p in found.values() if p))
            reading = restricted._itsm_reading_partners(partners)
            for ticket in restricted:
                told = found.get(ticket.id)
                if told:
                    found[ticket.id] = told.filtered(
                        lambda p, allowed=reading[ticket.id]: p.id in allowed
                    )
        return found

    def _itsm_handlers(self):
        """The people of the group that handles such tickets in the company."""
        self.ensure_one()
        if not self.restriction:
            return self.env["res.partner"]
        group = self.env["itsm.ticket.restriction"]._handling_group(self.restriction)
        # sudo: who handles it does not depend on who records it
        users = self.env["res.users"].sudo()
        company = self.company_id or self.env.company
        return users.search(
            Domain("all_group_ids", "in", group.ids)
            & Domain("share", "=", False)
            & Domain("company_ids", "in", company.ids)
            & Domain("id", "!=", self.env.ref("base.user_root").id)
        ).partner_id

    def _itsm_after_restricted(self):
        """What holds from the first moment for tickets that are restricted now.

        In sudo. Followers, activities and unread messages of people who may not read
        it go; links that were sent before open it no more; the group is told.
        """
        self.env["itsm.ticket.restriction"]._note(self, "set")
        self.env.flush_all()
        # sudo: asked again by each of these
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
            )
        )
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search(  # sudo: as above
                Domain("mail_message_id.model", "=", self._name)
                & Domain("mail_message_id.res_id", "in", self.ids)
            )
        )
        partners = (
            self.message_partner_ids
            | activities.user_id.partner_id
            | notifications.res_partner_id
        )
        reading = self._itsm_reading_partners(partners)
        for ticket in self:
            allowed = reading[ticket.id]
            ticket.message_unsubscribe(
                [p.id for p in ticket.message_partner_ids if p.id not in allowed]
            )
        activities.filtered(
            lambda a: a.user_id and a.user_id.partner_id.id not in reading[a.res_id]
        ).unlink()
        notifications.filtered(
            lambda n: n.res_partner_id.id not in reading[n.mail_message_id.res_id]
        ).unlink()
        files = self.attachment_ids | self.message_ids.attachment_ids
        requests = self.itsm_request_ids
        files |= requests.message_ids.attachment_ids
        for records in (files, self, requests):
            records.filtered("access_token").access_token = False
        self._itsm_leave_events()
        self.env["itsm.notification.event"]._notify("ticket_restricted", self)

    def _itsm_leave_events(self):
        """Take people who may not read the tickets out of their calendar events.

        In silence: the calendar would tell them of the event again. In sudo.
        """
        # sudo: the system cleans up, whoever restricts
        events = self.env["calendar.event"].sudo().with_context(active_test=False)
        events = events.search(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        )
        reading = self._itsm_reading_partners(events.partner_ids)
        for event in events.with_context(
            no_mail_to_attendees=True, dont_notify=True, mail_notrack=True
        ):
            others = event.partner_ids.filtered(
                lambda p, allowed=reading[event.res_id]: p.id not in allowed
            )
            if others:
                event.partner_ids -= others
