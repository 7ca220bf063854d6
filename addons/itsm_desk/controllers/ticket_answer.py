# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

#: The longest text that a requester writes in one of the forms, in characters.
LONGEST = 10000


class ItsmTicketAnswer(CustomerPortalHelpdesk):
    """The requester's word on a solution: in the portal, or by the link of the mail.

    Looking at a page answers nothing: mail scanners and previews open links. Whoever
    may not answer gets what he would get for a ticket that does not exist.
    """

    # === In the portal ===

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Show the solution, and the forms to those who may use them."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        mine = ticket._itsm_is_requester(request.env.user)
        values["itsm_answer"] = mine and self._answer_values(
            ticket, f"/my/ticket/{ticket.id}/answer"
        )
        # sudo: its state, of a ticket that was found to be for the visitor
        if ticket.sudo().itsm_state == "resolved":
            # Confirming or refusing ends the waiting; another button for that would
            # skip the question whether it is solved.
            values["closed_stages"] = values["closed_stages"].browse()
        error = request.session.pop("itsm_answer_error", None)
        if error and error[0] == ticket.id:
            values["itsm_answer_error"] = error[1]
        values["itsm_refused"] = (
            request.session.pop("itsm_answer_refused", None) == ticket.id
        )
        return values

    @http.route(
        "/my/ticket/<int:ticket_id>/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def portal_ticket_answer(self, ticket_id, **post):
        """Confirm, refuse, rate, or ask for something else, as the requester.

        :param int ticket_id: id of a ``helpdesk.ticket``
        :param post: ``answer`` confirm, refuse, rate or follow_up; ``rate``,
            ``feedback``, ``reason``
        """
        user = request.env.user
        try:
            self._document_check_access("helpdesk.ticket", ticket_id)
        except (AccessError, MissingError):
            raise request.not_found() from None
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        if not ticket._itsm_is_requester(user):
            raise request.not_found()
        ticket_sudo = ticket.sudo()  # sudo: he may not write; he was just checked
        target, error = self._answer(ticket_sudo, user.partner_id, post)
        if error:
            request.session["itsm_answer_error"] = [ticket_id, error]
        elif post.get("answer") == "refuse":
            request.session["itsm_answer_refused"] = ticket_id
        shown = target.id if target else ticket_id
        return request.redirect(f"/my/ticket/{shown}", code=303)

    # === By the link of the mail ===

    @http.route(
        "/itsm/solved/<int:ticket_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def solved(self, ticket_id, token, **_kwargs):
        """Show the solution and the forms.

        :param int ticket_id: id of a ``helpdesk.ticket``
        :param str token: signature of the present solution
        """
        ticket = self._signed_ticket(ticket_id, token)
        return self._solved_page(ticket, token)

    @http.route(
        "/itsm/solved/<int:ticket_id>/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def solved_answer(self, ticket_id, token, **post):
        """Confirm, refuse or rate without a login; the signature says who it is.

        :param int ticket_id: id of a ``helpdesk.ticket``
        :param str token: signature of the present solution
        :param post: as in the portal
        """
        # A second click on the refusal is an answer to a solution that has failed.
        again = post.get("answer") == "refuse"
        ticket = self._signed_ticket(ticket_id, token, again)
        if post.get("answer") == "follow_up":
            raise request.not_found()  # a new ticket is reported in the portal
        _target, error = self._answer(ticket, ticket.partner_id, post)
        if error:
            return self._solved_page(ticket, token, error=error)
        return self._solved_page(ticket, token, done=post.get("answer"))

    def _signed_ticket(self, ticket_id, token, again=False):
        """The ticket of a link, in sudo; else 404.

        Somebody who is logged in as somebody else does not answer for the requester.

        :param bool again: the link of a solution that was just refused is good, too
        """
        # sudo: the signature is the right to see this ticket's solution
        ticket = request.env["helpdesk.ticket"].sudo().browse(ticket_id).exists()
        user = request.env.user
        if (
            not ticket
            or not (
                ticket._itsm_check_answer_token(token)
                or (again and ticket._itsm_check_refused_token(token))
            )
            or not (user._is_public() or ticket._itsm_is_requester(user))
        ):
            raise request.not_found()
        return ticket.with_context(lang=ticket.partner_id.lang or request.env.lang)

    def _solved_page(self, ticket, token, error=None, done=None):
        return request.render(
            "itsm_desk.solved_page",
            {
                "ticket": ticket,
                "itsm_answer": self._answer_values(
                    ticket, f"/itsm/solved/{ticket.id}/{token}"
                ),
                "itsm_answer_error": error,
                "done": done,
                "page_name": "solved",
            },
        )

    # === Both ===

    def _answer_values(self, ticket, url):
        """What the forms need; False if there is nothing to answer.

        :param ticket: ``helpdesk.ticket`` of which the visitor is the requester
        """
        # sudo: he may see the solution of his ticket once it is resolved
        ticket_sudo = ticket.sudo()
        state = ticket_sudo._itsm_effective_state()
        if state not in ("resolved", "closed"):
            return False
        rating = ticket_sudo.rating_ids.filtered(
            lambda r: r.consumed and r.partner_id == ticket_sudo.partner_id
        )[:1]
        return {
            "url": url,
            "state": state,
            "solution": ticket_sudo.has_solution and ticket_sudo.solution,
            "can_refuse": ticket_sudo._itsm_may_reopen(),
            "can_rate": state == "closed" and not rating,
            "can_follow_up": url.startswith("/my/") and state == "closed",
            "rating": rating,
            "closes_on": state == "resolved"
            and ticket_sudo.auto_close_at
            and ticket_sudo._itsm_auto_close_day(),
        }

    def _answer(self, ticket, partner, post):
        """Do what the requester says, in one piece.

        :param ticket: ``helpdesk.ticket`` in sudo
        :param partner: ``res.partner`` who speaks
        :return: ``(new ticket or None, message of what was wrong or None)``
        """
        answer = post.get("answer")
        reason = (post.get("reason") or "").strip()[:LONGEST]
        feedback = (post.get("feedback") or "").strip()[:LONGEST]
        rate = post.get("rate") or ""
        target = None
        try:
            with request.env.cr.savepoint():
                if answer == "confirm":
                    ticket._itsm_confirm("requester", partner)
                elif answer == "refuse":
                    ticket._itsm_refuse(reason, partner)
                elif answer == "follow_up":
                    target = self._follow_up(ticket, partner, reason)
                elif answer != "rate":
                    raise UserError(request.env._("Choose one of the answers."))
                if answer in ("confirm", "rate") and (rate or answer == "rate"):
                    if not rate.isdecimal() or len(rate) > 1:
                        rate = "0"
                    self._rate(ticket, int(rate), feedback, partner)
        except (AccessError, UserError) as error:
            return None, str(error)
        return target, None

    def _rate(self, ticket, rate, feedback, partner):
        if ticket._itsm_effective_state() != "closed":
            raise UserError(request.env._("Confirm the solution first."))
        ticket._itsm_rate(rate, feedback, partner)

    def _follow_up(self, ticket, partner, reason):
        """A new ticket of the requester, linked to his closed one."""
        if ticket._itsm_effective_state() != "closed":
            raise UserError(
                request.env._("The ticket is still open: write in its conversation.")
            )
        if not reason:
            raise UserError(request.env._("Say what you want; one line is enough."))
        channel = request.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", False)
        follow_up = ticket._itsm_follow_up(
            {
                "description": plaintext2html(reason),
                "partner_id": partner.id,
                "channel_id": channel.id if channel else False,
            }
        )
        follow_up.message_subscribe(partner_ids=partner.ids)
        return follow_up
