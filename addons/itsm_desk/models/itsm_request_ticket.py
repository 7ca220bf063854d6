# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools.catalogue import OFFERED


class ItsmRequest(models.Model):
    """The request and its ticket."""

    _inherit = "itsm.request"

    def _make_ticket(self):
        """Make the tickets of requests that have none; ``self`` in sudo."""
        for request in self.filtered(lambda r: not r.ticket_id):
            ticket = self.env["helpdesk.ticket"].sudo()  # sudo: as for the request
            ticket = ticket.with_company(request.company_id).create(
                request._ticket_vals()
            )
            ticket.message_subscribe(partner_ids=request.partner_id.ids)
            request._store({"ticket_id": ticket.id})

    def _ticket_vals(self):
        """Values of the ticket of a request."""
        self.ensure_one()
        service = self._common_service()
        # Who asks for himself does so in the portal; else the desk knows.
        channel = self.env["helpdesk.ticket.channel"]
        if self.env.user.partner_id == self.partner_id:
            channel = self.env.ref(
                "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
            )
        texts = [line._decision_text(False) for line in self.line_ids]
        if self.reason:
            texts.append(self.reason)
        return {
            "name": self.subject,
            "description": plaintext2html("\n".join(texts)),
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.name,
            "partner_email": self.partner_id.email,
            "company_id": self.company_id.id,
            "itsm_kind": "request",
            "service_id": service.id,
            "impact": self.impact,
            "urgency": self.urgency,
            "channel_id": channel.id if channel else False,
            "user_id": False,
            **self._ticket_team_vals(service),
        }

    def _common_service(self):
        """What all lines ask for or are part of; empty if there is no such service.

        :rtype: itsm.service
        """
        service = self.line_ids.service_id
        while len(service) > 1:
            above = service.mapped("parent_id")
            service = above if all(s.parent_id for s in service) else above.browse()
        return service.filtered(lambda s: s.state in OFFERED)

    def _ticket_team_vals(self, service):
        """The team of the ticket: the first line of the service, or of what it is part
        of; without one what the desk has set up for new tickets."""
        team = service._itsm_first_team()
        return {"team_id": team.id} if team else {}

    def _follow_ticket(self, ticket, what):
        """Go where the ticket went; ``self`` in sudo.

        :param str what: closed, reopened or cancelled
        """
        for request in self:
            if what == "closed" and request.state == "delivered":
                values = {"state": "closed", "finished_at": fields.Datetime.now()}
                if ticket.confirmation in ("requester", "desk"):
                    values["confirmed_at"] = ticket.confirmed_at
                    values["confirmed_partner_id"] = ticket.confirmed_partner_id.id
                request._store(values)
            elif what == "reopened":
                request._redo(ticket.reopen_reason)
            elif what == "cancelled" and not ticket._itsm_followed_by_request():
                if request.state == "delivered":
                    request._store(
                        {"state": "closed", "finished_at": fields.Datetime.now()}
                    )
                elif request._unfinished():
                    request._cancel(self.env._("The ticket was cancelled."))
