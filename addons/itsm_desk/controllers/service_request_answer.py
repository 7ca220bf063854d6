# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .service_request import RATE, ItsmRequestPortal


class ItsmRequestAnswerPortal(ItsmRequestPortal):
    """What the requester says about his request in the portal (REQ-06, REQ-13)."""

    @http.route(
        "/my/requests/<int:request_id>/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def my_request_answer(self, request_id, answer=None, reason=None, **_kwargs):
        """Confirm, refuse or take back; only the requester himself does.

        :param str answer: confirm, refuse or withdraw
        :param str reason: why it is refused or taken back
        """
        found = self._request(request_id)
        user = request.env.user
        partner = user.partner_id
        reason = self._text({"reason": reason}, "reason")
        try:
            with request.env.cr.savepoint():
                found._check_requester(user)
                found_sudo = found.sudo()  # sudo: he is the requester, see above
                if answer == "confirm":
                    found_sudo._check_delivered()
                    found_sudo.ticket_id._itsm_confirm("requester", partner)
                elif answer == "refuse":
                    found_sudo.ticket_id._itsm_refuse(reason, partner)
                elif answer == "withdraw":
                    found_sudo._withdraw(reason, partner)
                else:
                    raise UserError(request.env._("Choose one of the answers."))
        except AccessError:
            raise request.not_found() from None
        except UserError as error:
            return self._page(found, error=str(error), status=422)
        done = "?refused=1" if answer == "refuse" else ""
        return request.redirect(f"/my/requests/{request_id}{done}", code=303)

    @http.route(
        "/my/requests/<int:request_id>/rate",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def my_request_rate(self, request_id, **post):
        """Say how satisfied the requester is with each item (REQ-13).

        :param int request_id: id of an ``itsm.request``
        """
        found = self._request(request_id)
        marks = {
            int(name[len(RATE) :]): self._text(post, name)
            for name in post
            if name.startswith(RATE) and name[len(RATE) :].isdecimal()
        }
        try:
            found._check_requester(request.env.user)
            # sudo: he is the requester, see above
            found.sudo().line_ids._rate(marks)
        except AccessError:
            raise request.not_found() from None
        except UserError as error:
            return self._page(found, error=str(error), status=422)
        return request.redirect(f"/my/requests/{request_id}", code=303)
