# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import html2plaintext, plaintext2html

from .mail_thread_gateway import AUTOMATIC_KEY, AUTOMATIC_MAIL

#: Characters of a mail that become the description; the rest stays in a file.
LONGEST_BODY = 200_000
#: Merged tickets point at each other at most so many times.
MERGES = 20


class AnsweredTicket(int):
    """Id of the ticket that a mail answers too late: no client can send an object."""


class HelpdeskTicket(models.Model):
    """What a mail makes of a ticket, and what an answer does (DSK-01, INC-22)."""

    # helpdesk_mgmt names no field of the sender, without which Odoo counts no loop
    _primary_email = "partner_email"
    _inherit = "helpdesk.ticket"

    to_classify = fields.Boolean(
        copy=False,
        index="btree_not_null",
        help="Came by mail without a service that fits: somebody has to say what it is "
        "about. Meanwhile the default agreement applies.",
    )

    # === New mail ===

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = dict(custom_values or {})
        partner = self.env["res.partner"].browse(
            values.get("partner_id") or msg_dict.get("author_id") or ()
        )
        # Only the gateway says so: its title and more are taken over.
        previous = self.browse()
        if isinstance(values.get("previous_ticket_id"), AnsweredTicket):
            # sudo: the gateway decides for every ticket
            previous = self.sudo().browse(int(values.pop("previous_ticket_id")))
        if previous:
            values = self._itsm_follow_up_by_mail(previous, msg_dict, values)
        else:
            team = self.env["helpdesk.ticket.team"].browse(values.get("team_id") or ())
            for name, value in team._mail_defaults(partner).items():
                if value and not values.get(name):
                    values[name] = value
        if not values.get("service_id"):
            values["to_classify"] = True
        ticket = super().message_new(self._itsm_bounded(msg_dict), values)
        if previous:
            previous._itsm_note_link(
                ticket.sudo(),  # sudo: the gateway made it
                self.env._("Follows ticket %(ticket)s."),
                self.env._("Followed by ticket %(ticket)s."),
            )
        return ticket

    @api.model
    def _itsm_follow_up_by_mail(self, previous, msg_dict, values):
        """Values of a new ticket for an answer that came too late (INC-33)."""
        title = previous.number if previous.restriction else previous.name
        sender = {
            "name": msg_dict.get("subject") or title,
            "description": msg_dict.get("body") or title,
            "partner_email": msg_dict.get("from"),
        }
        if msg_dict.get("author_id"):
            author = self.env["res.partner"].browse(msg_dict["author_id"])
            # sudo: the gateway writes down who has answered
            sender.update(partner_id=author.id, partner_name=author.sudo().name)
        return previous._itsm_linked_vals("previous_ticket_id", {**sender, **values})

    @api.model
    def _itsm_bounded(self, msg_dict):
        """A mail of which the description stays readable: what is longer is a file."""
        body = msg_dict.get("body") or ""
        if len(body) <= LONGEST_BODY:
            return msg_dict
        text = html2plaintext(body)[: LONGEST_BODY // 4]
        note = self.env._("… the whole mail is in the attached file mail.html.")
        attachments = [*(msg_dict.get("attachments") or [])]
        attachments.append(("mail.html", body, {}))
        short = plaintext2html(f"{text}\n\n{note}")
        # in place: the gateway posts the same mail as the first message
        msg_dict.update(body=short, attachments=attachments)
        return msg_dict

    # === Answers ===

    @api.model
    def _itsm_route(self, route):
        """Where an answer goes: a merged ticket's to the one it was merged into, an
        answer to a ticket closed too long ago to a new one linked to it (INC-33).

        :param tuple route: model, thread id, values, user id, alias
        :return: the route to take
        """
        model, thread_id, values, user_id, alias = route
        # sudo: the gateway decides for every ticket
        ticket = self.sudo().browse(thread_id or ()).exists()
        for _merge in range(MERGES):
            if not ticket.duplicate_id:
                break
            ticket = ticket.duplicate_id
        if not ticket:
            return route
        over = ticket._itsm_effective_state() in ticket.stage_id._itsm_closed_states()
        # What was imported is not reopened, and nobody is told of answers in it.
        if over and (ticket.is_history or not ticket._itsm_may_reopen()):
            answered = AnsweredTicket(ticket.id)
            linked = {**(values or {}), "previous_ticket_id": answered}
            return model, False, linked, user_id, alias
        return model, ticket.id, values, user_id, alias

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self._itsm_ends_pause(message):
            # sudo: who answers his own ticket may not write it
            self.sudo()._itsm_move("open")
        return message

    def _itsm_is_customer_word(self, message):
        """Whether somebody on the customer's side wrote a message, and no machine.

        Only tickets that wait or are over are looked at.

        :rtype: bool
        """
        return self.env.context.get(
            AUTOMATIC_KEY
        ) is not AUTOMATIC_MAIL and self._itsm_is_customer_reply(message)

    def _itsm_ends_pause(self, message):
        """Whether a message is the word for which the ticket was paused.

        An answer is never refused: a team without a stage for work goes on waiting.

        :rtype: bool
        """
        ticket = self.sudo()  # sudo: whoever answers may not read all of this
        return bool(
            self._itsm_is_customer_word(message)
            and ticket._itsm_effective_state() == "paused"
            and ticket.pause_reason_id.reply_ends
            and not ticket.is_history
            and ticket._itsm_find_stages("open")[ticket.id]
        )

    # === Classifying ===

    def write(self, vals):
        if vals.get("service_id") and "to_classify" not in vals:
            vals = {**vals, "to_classify": False}
        return super().write(vals)
