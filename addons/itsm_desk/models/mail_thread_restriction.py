# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .itsm_restricted_reference_mixin import NESTED, TICKET, WAYS


class MailThread(models.AbstractModel):
    """Messages about a restricted ticket, or what belongs to it, reach readers only."""

    _inherit = "mail.thread"

    def _itsm_restricted_ticket(self):
        """The restricted ticket that this record is about, in sudo; or none.

        :rtype: helpdesk.ticket
        """
        # sudo: what restricts a ticket does not depend on who writes about it
        record = self.sudo().with_context(active_test=False)[:1]
        if record._name in NESTED:
            if record.res_model in (TICKET, *WAYS):
                record = record.env[record.res_model].browse(record.res_id).exists()
            elif record._name == "calendar.event":
                record = record.itsm_meeting_ids
        tickets = record.env[TICKET]
        if record._name == TICKET:
            tickets = record
        elif record._name in WAYS:
            tickets = record.mapped(WAYS[record._name])
        return tickets.filtered("restriction")[:1]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        ticket = recipients and self._itsm_restricted_ticket()
        if not ticket:
            return recipients
        partners = self.env["res.partner"].browse(
            recipient["id"] for recipient in recipients if recipient["id"]
        )
        reading = ticket._itsm_reading_partners(partners)[ticket.id]
        # Somebody without a login whom a reader names in his message is told: an
        # expert of another firm. Followers are not.
        if "partner_ids" in (msg_vals or {}):
            named = set(msg_vals["partner_ids"] or ())
        else:
            # sudo: whoever causes the message
            named = set(message.sudo().partner_ids.ids)
        return [
            recipient
            for recipient in recipients
            if recipient["id"] in reading
            or (not recipient["uid"] and recipient["id"] in named)
        ]
