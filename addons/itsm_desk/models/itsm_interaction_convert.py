# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html

from odoo.addons.itsm_base.tools import guard


class ItsmInteraction(models.Model):
    """What becomes of an interaction: ticket, answer, or more on a ticket (INC-01)."""

    _inherit = "itsm.interaction"

    # === Buttons ===

    def action_incident(self):
        """Make an incident of the interaction and open it."""
        return self._open_ticket(self._itsm_convert("incident"))

    def action_request(self):
        """Make a service request of the interaction and open it."""
        return self._open_ticket(self._itsm_convert("request"))

    def action_join(self):
        """Add what was said to the open ticket that was chosen, and open that.

        :raise UserError: no ticket was chosen
        """
        self.ensure_one()
        return self._open_ticket(self._itsm_join(self.join_ticket_id))

    def action_answered(self):
        """The caller has got his answer: no ticket is needed.

        :raise UserError: an interaction is decided already, or nothing says what the
            answer was
        """
        self._check_new()
        for interaction in self:
            if not (interaction.answer or "").strip():
                raise UserError(
                    self.env._("Answer Given: enter what you told the caller.")
                )
        self._itsm_end("answered", is_first=False)

    def action_close(self):
        """Close interactions that need neither ticket nor answer, such as wrong calls.

        :raise UserError: an interaction is decided already
        """
        self._check_new()
        self.check_access("write")
        guard.with_token(self).write(
            {"state": "closed", "ended_at": fields.Datetime.now()}
        )

    def action_ticket(self):
        """Open the ticket that the interaction became."""
        self.ensure_one()
        return self._open_ticket(self.ticket_id)

    def action_new(self):
        """Open the form for the next call."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_interaction_action_new"
        )

    def _open_ticket(self, ticket):
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }

    # === Deciding ===

    def _itsm_convert(self, kind):
        """Make a ticket of the interaction; the person affected is its contact.

        The agent takes it as its owner, in his own team of the first line.

        :param str kind: incident or request
        :return: the new ``helpdesk.ticket``
        :raise UserError: it is decided already, or has no subject
        """
        self.ensure_one()
        self._check_new()
        if not (self.subject or "").strip():
            raise UserError(
                self.env._("Subject: enter in a few words what it is about.")
            )
        ticket = self.env["helpdesk.ticket"].create([self._ticket_vals(kind)])
        self._itsm_end("converted", ticket, is_first=True)
        return ticket

    def _ticket_vals(self, kind):
        self.ensure_one()
        affected = self.affected_partner_id or self.partner_id
        user = self.env.user
        vals = {
            "name": self.subject.strip(),
            "description": plaintext2html(self.note or self.subject),
            "itsm_kind": kind,
            "company_id": self.company_id.id,
            "partner_id": affected.id,
            "partner_name": affected.name or self.caller_name or False,
            "partner_email": affected.email
            or email_normalize(self.caller_email or "")
            or False,
            "caller_id": self.partner_id.id if self.partner_id != affected else False,
            "channel_id": self.channel_id.id,
            "nature_id": self.nature_id.id,
            "service_id": self.service_id.id,
            "category_id": self.category_id.id,
            "reported_at": self.time,
            "support_line": "1",
            "owner_id": user.id,
        }
        teams = user.helpdesk_team_ids.filtered(
            lambda team: (
                team.company_id in (self.company_id, team.company_id.browse())
                and team.support_line in ("1", False)
            )
        )
        if teams:
            team = teams.sorted(lambda team: (not team.support_line, team.sequence))[0]
            vals.update(team_id=team.id, user_id=user.id)
        return vals

    def _itsm_join(self, ticket):
        """Add what was said to a ticket of the caller, in his name.

        Nobody answers the requester by it, also if the caller is a colleague with a
        login: it is posted as what runs by itself.

        :param ticket: ``helpdesk.ticket``
        :return: the ticket
        :raise UserError: it is decided already, or *ticket* is not an open one of his
        """
        self.ensure_one()
        self._check_new()
        if not ticket or ticket not in self.open_ticket_ids:
            raise UserError(
                self.env._(
                    "About an Open Ticket: choose one of the open tickets of the "
                    "caller."
                )
            )
        text = "\n".join(part for part in (self.subject, self.note) if part)
        if not text.strip():
            raise UserError(
                self.env._("What Was Said: enter what the caller told you.")
            )
        ticket.with_context(itsm_automatic=guard.AUTOMATIC)._itsm_add_contact(
            {"text": text}, self.partner_id or self.affected_partner_id
        )
        self._itsm_end("converted", ticket, is_first=False)
        return ticket

    def _itsm_end(self, state, ticket=None, is_first=False):
        """Note what became of the interactions, and log the contacts (INC-01).

        :param str state: converted or answered
        :param ticket: ``helpdesk.ticket``, if there is one
        :param bool is_first: the ticket was made of it
        """
        self.check_access("write")
        now = fields.Datetime.now()
        guard.with_token(self).write(
            {
                "state": state,
                "ended_at": now,
                "ticket_id": ticket.id if ticket else False,
            }
        )
        # sudo: a row of the system about what was just decided
        contacts = guard.with_token(self.env["itsm.contact"].sudo())
        contacts.create(
            [
                {
                    "company_id": interaction.company_id.id,
                    "interaction_id": interaction.id,
                    "ticket_id": ticket.id if ticket else False,
                    "channel_id": interaction.channel_id.id,
                    "channel_code": interaction.channel_id.itsm_code or "other",
                    "partner_id": interaction.partner_id.id,
                    "user_id": self.env.uid,
                    "time": interaction.time,
                    "is_first": is_first,
                }
                for interaction in self
            ]
        )
