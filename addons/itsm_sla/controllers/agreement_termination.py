# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import mute_logger

from .agreement import ItsmAgreementPortal

#: The most characters of a reason.
LONGEST = 10000


class ItsmAgreementTerminationPortal(ItsmAgreementPortal):
    """A named signer asks for the end of a signed agreement in the portal (SLM-27)."""

    @http.route(
        "/my/agreements/<int:agreement_id>/terminate",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        csrf=True,
    )
    def my_agreement_terminate(self, agreement_id, **post):
        """The form to ask for the end, and what was filled in.

        Whoever may not ask gets the same answer as for an agreement that does not
        exist.
        """
        agreement = self._portal_agreement(agreement_id)
        if not agreement._portal_can_ask_end():
            raise request.not_found()
        if request.httprequest.method == "GET":
            return self._render_termination(agreement, {})
        try:
            # asked for twice: the first one stands
            with contextlib.suppress(UniqueViolation):
                self._ask_termination(agreement, post)
        except UserError as error:
            return self._render_termination(agreement, post, str(error))
        return request.redirect(f"/my/agreements/{agreement.id}", code=303)

    def _ask_termination(self, agreement, post):
        """Make the request.

        :raise UserError: naming what is missing or wrong
        """
        env = request.env
        reason = (post.get("reason") or "").replace("\0", "").strip()
        if not reason or len(reason) > LONGEST:
            raise UserError(
                env._(
                    "Reason: enter why, in %(longest)s characters at most.",
                    longest=LONGEST,
                )
            )
        try:
            last_day = date.fromisoformat(post.get("last_day") or "")
        except ValueError:
            raise UserError(env._("Last day: enter a day.")) from None
        # sudo: users of the portal have no right to make one; he was checked above
        terminations = env["itsm.agreement.termination"].sudo()
        terminations = terminations.with_context(mail_create_nosubscribe=True)
        with env.cr.savepoint(), mute_logger("odoo.sql_db"):
            terminations.create(
                {
                    "agreement_id": agreement.id,
                    "side": "other",
                    "partner_id": env.user.partner_id.id,
                    "reason": reason,
                    "last_day": last_day,
                }
            )

    def _render_termination(self, agreement, post, error=None):
        return request.render(
            "itsm_sla.portal_agreement_termination",
            {
                **self._prepare_portal_layout_values(),
                "agreement": agreement,
                "post": post,
                "error": error,
                "page_name": "itsm_agreement",
            },
        )
