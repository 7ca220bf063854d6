# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from . import named

#: So many suggestions of one person may wait for an answer.
MOST_WAITING = 50
URL = "/my/service-suggestions"


class ItsmSuggestionPortal(CustomerPortal):
    """Suggestions in the portal: one's own, and new ones (SLM-32).

    What somebody reads, he reads with his own rights. Suggestions are made in sudo,
    value by value: users of the portal may write nothing.
    """

    def _suggestion_domain(self):
        return [("partner_id", "=", request.env.user.partner_id.id)]

    @http.route(
        [URL, f"{URL}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_suggestions(self, page=1, **_kwargs):
        """What the user has suggested, and what became of it."""
        suggestions, pager = named.search_page(
            request.env["itsm.service.suggestion"],
            self._suggestion_domain(),
            *(URL, page, self._items_per_page),
        )
        return request.render(
            "itsm_sla.portal_suggestions",
            {
                **self._prepare_portal_layout_values(),
                "suggestions": suggestions,
                "pager": pager,
                "page_name": "itsm_suggestions",
                "default_url": URL,
            },
        )

    @http.route(
        f"{URL}/<int:suggestion_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_suggestion(self, suggestion_id, **_kwargs):
        """One suggestion of the user with its answer."""
        suggestion = request.env["itsm.service.suggestion"].search(
            [*self._suggestion_domain(), ("id", "=", suggestion_id)]
        )
        if not suggestion:
            raise request.not_found()
        return request.render(
            "itsm_sla.portal_suggestion",
            {
                **self._prepare_portal_layout_values(),
                "suggestion": suggestion,
                "page_name": "itsm_suggestion",
            },
        )

    @http.route(
        f"{URL}/new",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        csrf=True,
    )
    def my_suggestion_new(self, **post):
        """The form, and what was filled in."""
        if request.httprequest.method == "GET":
            return self._render_suggestion_form({})
        try:
            suggestion = self._make_suggestion(post)
        except UserError as error:
            return self._render_suggestion_form(post, str(error))
        return request.redirect(f"{URL}/{suggestion.id}", code=303)

    def _suggestion_services(self):
        """The services that the user is offered, in sudo, to choose one."""
        services = request.env["itsm.service"]
        # sudo: he is offered them
        return services._itsm_entitled(request.env.user.partner_id).sudo()

    def _make_suggestion(self, post):
        """Make a suggestion of what was filled in.

        :raise UserError: naming what is missing or too long
        """
        env = request.env
        # sudo: users of the portal have no right to make one; value by value
        suggestions = env["itsm.service.suggestion"].sudo()
        suggestions = suggestions.with_context(mail_create_nosubscribe=True)
        waiting = [*self._suggestion_domain(), ("state", "=", "new")]
        if suggestions.search_count(waiting) >= MOST_WAITING:
            raise UserError(
                env._(
                    "%(count)s of your suggestions wait for an answer. Please wait "
                    "for some of them first.",
                    count=MOST_WAITING,
                )
            )
        vals = {
            name: (post.get(name) or "").replace("\0", "").strip()
            for name in ("name", "description")
        }
        if not all(vals.values()):
            raise UserError(env._("Enter a subject and what is wished, in words."))
        kind = post.get("kind")
        kinds = dict(suggestions._fields["kind"].selection)
        number = post.get("service_id") or ""
        chosen = int(number) if number.isascii() and number.isdigit() else 0
        services = self._suggestion_services()
        with env.cr.savepoint():
            return suggestions.create(
                {
                    **vals,
                    "kind": kind if kind in kinds else "improvement",
                    "partner_id": env.user.partner_id.id,
                    "company_id": env.company.id,
                    "service_id": chosen if chosen in services.ids else False,
                }
            )

    def _render_suggestion_form(self, post, error=None):
        return request.render(
            "itsm_sla.portal_suggestion_form",
            {
                **self._prepare_portal_layout_values(),
                "services": self._suggestion_services(),
                "kinds": request.env["itsm.service.suggestion"]
                ._fields["kind"]
                ._description_selection(request.env),
                "post": post,
                "error": error,
                "page_name": "itsm_suggestion_new",
            },
        )
