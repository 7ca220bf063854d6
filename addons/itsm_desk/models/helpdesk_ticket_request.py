# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .helpdesk_ticket_lifecycle import AT_WORK

#: In the context of what a request does to its ticket; no client can send an object.
FOLLOWING = object()
FOLLOWING_KEY = "itsm_request_following"


class HelpdeskTicket(models.Model):
    """The ticket of a service request: its conversation and its clocks (REQ-06).

    It waits while an approval is open, is resolved by the delivery, and takes the
    request with it when it is closed, reopened or cancelled.
    """

    _inherit = "helpdesk.ticket"

    itsm_request_ids = fields.One2many(
        comodel_name="itsm.request", inverse_name="ticket_id", string="Requests"
    )
    itsm_request_count = fields.Integer(
        string="Request Count", compute="_compute_itsm_request_count", exportable=False
    )

    @api.depends("itsm_request_ids")
    def _compute_itsm_request_count(self):
        for ticket in self:
            ticket.itsm_request_count = len(ticket.itsm_request_ids)

    def action_open_service_request(self):
        """Open the request of the ticket."""
        self.ensure_one()
        return self.itsm_request_ids[:1]._open_form()

    def action_make_service_request(self):
        """Begin the application of a ticket that asks for something (INC-16).

        :return: an action that opens the draft, or the request that is there already
        :raise AccessError: the user may not make requests or write the ticket
        :raise UserError: the ticket is no request, over, or names no requester
        """
        self.ensure_one()
        self.check_access("write")
        request = self.itsm_request_ids[:1]
        if request:
            return request._open_form()
        if self.itsm_kind != "request" or self._itsm_effective_state() not in AT_WORK:
            raise UserError(
                self.env._(
                    "Only a ticket that is a service request and is worked on gets an "
                    "application. Change its kind or reopen it first."
                )
            )
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(address)s is no contact yet: choose or create the contact on "
                    "the ticket first.",
                    address=self.partner_email,
                )
                if self.partner_email
                else self.env._("Say first who the requester is.")
            )
        service = self.service_id
        request = self.env["itsm.request"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "urgency": self.urgency or "3",
                "impact": self.impact or "4",
                "reason": html2plaintext(self.description or ""),
                "line_ids": [
                    fields.Command.create(
                        {
                            "service_id": service.id,
                            "answer_ids": [
                                fields.Command.create({"question_id": question.id})
                                for question in service.question_ids
                            ],
                        }
                    )
                ]
                if service
                else [],
            }
        )
        request._store({"ticket_id": self.id})
        return request._open_form()

    # === What the request does to its ticket ===

    def _itsm_following(self):
        """These tickets, moved by their request."""
        # sudo: who decides or delivers need not be allowed to write the ticket
        return self.sudo().with_context(**{FOLLOWING_KEY: FOLLOWING})

    def _itsm_wait_for_approval(self):
        """Pause tickets at work: an approval is open."""
        reason = self.env.ref("itsm_desk.itsm_pause_reason_approval", False)
        tickets = self.filtered(lambda t: t._itsm_effective_state() in ("new", "open"))
        if reason and tickets:
            tickets._itsm_following()._itsm_move(
                "paused", {"pause_reason_id": reason.id}
            )

    def _itsm_go_on_after_approval(self):
        """Tickets that waited for the approval are worked on."""
        reason = self.env.ref("itsm_desk.itsm_pause_reason_approval", False)
        tickets = self.filtered(
            lambda t: (
                t._itsm_effective_state() == "new"
                or (
                    t._itsm_effective_state() == "paused"
                    and t.pause_reason_id == reason
                )
            )
        )
        if tickets:
            tickets._itsm_following()._itsm_move("open", {"pause_reason_id": False})

    def _itsm_resolve_with_request(self, solution):
        """Resolve the ticket of a delivered request.

        :param str solution: HTML, for the requester
        """
        code = self.env["itsm.closing.code"].search([("kind", "=", "solved")], limit=1)
        tickets = self.filtered(lambda t: t._itsm_effective_state() in AT_WORK)
        for ticket in tickets:
            vals = {"solution": solution}
            if not ticket.closing_code_id and code:
                vals["closing_code_id"] = code.id
            ticket._itsm_following()._itsm_resolve(vals)

    def _itsm_end_with_request(self, body, partner=None):
        """Cancel the tickets of requests that are rejected or cancelled.

        :param str body: HTML, written into the conversation
        :param partner: ``res.partner`` of the requester if he said so himself
        """
        tickets = self.filtered(lambda t: t._itsm_effective_state() in AT_WORK)
        if not tickets:
            return
        # sudo: who decides need not be allowed to write the ticket
        for ticket in tickets.sudo():
            ticket.message_post(
                body=body,
                message_type="comment" if partner else "notification",
                author_id=(partner or self.env.user.partner_id).id,
                subtype_xmlid="mail.mt_comment",
            )
        tickets._itsm_following()._itsm_move("cancelled")

    # === What happens to the request with its ticket ===

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        for ticket, what, _vals in changes:
            if what in ("closed", "reopened", "cancelled"):
                # sudo: the request follows its ticket, whoever moves it
                ticket_sudo = ticket.sudo()
                ticket_sudo.itsm_request_ids._follow_ticket(ticket_sudo, what)
        return result

    def _itsm_followed_by_request(self):
        """Whether the request itself moves this ticket at this moment."""
        return self.env.context.get(FOLLOWING_KEY) is FOLLOWING
