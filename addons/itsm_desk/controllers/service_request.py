# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
import uuid
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.itsm_base.controllers.main import MAX_ATTACHMENTS
from odoo.addons.itsm_base.models.itsm_priority_rule import URGENCIES
from odoo.addons.itsm_base.tools import guard
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.itsm_request import ASKED, OVER
from .catalogue import ItsmCatalogue

#: Names of the inputs of questions begin with it.
PREFIX = "q_"
#: Names of the marks of lines begin with it.
RATE = "rate_"
#: So many requests of the same item are named at most.
MOST_ASKED = 5
#: The most characters of a text about the whole request.
LONGEST = 10000
#: The largest attached file in bytes.
LARGEST = 10 * 1024 * 1024


class ItsmRequestPortal(ItsmCatalogue):
    """Service requests in the portal: ask, follow, confirm, take back (REQ-02, REQ-06).

    Requests are made and moved in sudo, value by value, after it was checked who asks:
    users of the portal may write nothing by themselves.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_request_count" in counters:
            requests = request.env["itsm.request"]
            values["itsm_request_count"] = (
                requests.search_count(requests._portal_domain())
                if requests.has_access("read")
                else 0
            )
        return values

    # === The form ===

    @http.route(
        "/my/services/<int:service_id>/request",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        csrf=True,
    )
    def request_service(self, service_id, **post):
        """The form of an item, and what was filled in.

        Whoever is not offered the item gets the same answer as for one that does not
        exist. A service with offerings is no item: one of them is asked for.

        :param int service_id: id of an ``itsm.service``
        """
        service = self._entitled_service(service_id)
        if self._entitled_offerings(service):
            return request.redirect(f"/my/services/{service.id}", code=303)
        if request.httprequest.method == "GET":
            return self._form(service)
        return self._take_form(service, post)

    @http.route(
        "/my/requests/other",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        csrf=True,
    )
    def request_other(self, **post):
        """The form for something that the catalogue does not offer (CAT-06)."""
        if request.httprequest.method == "GET":
            return self._form(None)
        return self._take_form(None, post)

    def _form(self, service, post=None, errors=None, status=200):
        """Show the form, with what was typed.

        :param service: ``itsm.service`` in sudo; None: not in the catalogue
        :param dict errors: messages by name of the input; "" for the whole
        """
        questions = service.question_ids if service else []
        codes = {question.code for question in questions}
        response = request.render(
            "itsm_desk.portal_request_form",
            {
                "service": service,
                "questions": questions,
                # The form was opened before the questions changed.
                "stray": [
                    text
                    for name, text in (errors or {}).items()
                    if name.startswith(PREFIX) and name[len(PREFIX) :] not in codes
                ],
                "prefix": PREFIX,
                "post": post or {},
                "form_key": self._form_key(post) or uuid.uuid4().hex,
                "errors": errors or {},
                "urgencies": request.env["itsm.request"]
                ._fields["urgency"]
                ._description_selection(request.env),
                "asked": self._asked_already(service),
                "page_name": "itsm_request_new",
            },
        )
        response.status_code = status
        return response

    def _asked_already(self, service):
        """The user's own requests of the item that go on: he need not ask twice.

        :param service: see `_form`
        :rtype: itsm.request
        """
        requests = request.env["itsm.request"]
        if not service:
            return requests
        return requests.search(
            [
                ("partner_id", "=", request.env.user.partner_id.id),
                ("state", "not in", ("draft", *OVER)),
                ("line_ids.service_id", "=", service.id),
            ],
            limit=MOST_ASKED,
        )

    def _take_form(self, service, post):
        """Make and submit the request, or show what is wrong.

        A form that is sent twice, by a double click or the back button, is one request.
        """
        key = self._form_key(post)
        made = self._sent_already(key)
        if made:
            return request.redirect(f"/my/requests/{made.id}?sent=1", code=303)
        vals, errors = self._request_vals(service, post)
        files = []
        try:
            files = self._read_files()
        except UserError as error:
            errors["attachments"] = str(error)
        if errors:
            return self._form(service, post, errors, status=422)
        try:
            with request.env.cr.savepoint():
                # sudo: made field by field above, for the user himself
                made = request.env["itsm.request"].sudo().create(vals)
                guard.with_token(made).form_key = key
                made._submit()
                if files:
                    made.ticket_id.message_post(
                        body=request.env._("Files of the request."),
                        author_id=request.env.user.partner_id.id,
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                        attachments=files,
                    )
        except UserError as error:
            return self._form(service, post, {"": str(error)}, status=422)
        except UniqueViolation as error:
            if error.diag.constraint_name != "itsm_request_form_key_uniq":
                raise
            # its twin was a moment faster; this transaction does not see it yet
            return request.redirect("/my/requests", code=303)
        return request.redirect(f"/my/requests/{made.id}?sent=1", code=303)

    def _form_key(self, post):
        """The key with which the form was shown; False: none that we make."""
        key = self._text(post or {}, "form_key")
        return bool(re.fullmatch(r"[0-9a-f]{32}", key)) and key

    def _sent_already(self, key):
        """The user's request that was made from the same form, if there is one."""
        requests = request.env["itsm.request"]
        if not key:
            return requests
        return requests.search(
            [
                ("partner_id", "=", request.env.user.partner_id.id),
                ("form_key", "=", key),
            ]
        )

    def _request_vals(self, service, post):
        """Values of the request, and what is wrong with the form.

        :return: ``(vals, errors by name of the input)``
        """
        partner, errors = request.env.user.partner_id, {}
        line = {}
        if service:
            answers = {
                name[len(PREFIX) :]: value
                for name, value in post.items()
                if name.startswith(PREFIX)
            }
            clean, wrong = service._itsm_check_answers(answers)
            errors.update({PREFIX + code: text for code, text in wrong.items()})
            line["service_id"] = service.id
            line["answer_ids"] = [
                Command.create(self._answer_vals(values)) for values in clean
            ]
        else:
            line.update(kind="project", wish=self._text(post, "wish"))
            if not line["wish"]:
                errors["wish"] = request.env._("Say what you want; it is needed.")
        reason = self._text(post, "reason")
        if service and not service.question_ids and not reason:
            # Nobody could tell from an empty form what is wanted.
            errors["reason"] = request.env._("Say what you need; it is needed.")
        quantity = self._text(post, "quantity") or "1"
        if quantity.isdecimal() and 0 < int(quantity[:9]) <= 100000:
            line["quantity"] = int(quantity)
        else:
            errors["quantity"] = request.env._("Enter a whole number of 1 or more.")
        urgency = self._text(post, "urgency") or "3"
        if urgency not in dict(URGENCIES):
            errors["urgency"] = request.env._("Choose one of the list.")
        wanted = self._text(post, "wanted_date")
        if wanted:
            try:
                wanted = date.fromisoformat(wanted)
            except ValueError:
                errors["wanted_date"] = request.env._(
                    "Enter a date, for example 2026-03-31."
                )
        company = service.company_id if service else self._company()
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "reason": reason,
            "urgency": urgency,
            "wanted_date": wanted or False,
            "line_ids": [Command.create(line)],
        }, errors

    def _answer_vals(self, values):
        """Values of an answer from what `_itsm_check_answers` found."""
        return {
            "question_id": values["question_id"],
            "is_given": True,
            **{
                name: value
                for name, value in values.items()
                if name.startswith("value_")
            },
        }

    def _company(self):
        """The company that is asked for what is not in the catalogue."""
        user = request.env.user
        # sudo: the company that serves a contact may be closed to him
        return user.partner_id.sudo().company_id or user.company_id

    def _text(self, post, name):
        """A text of a form; a file that was sent instead is none.

        Characters that the database cannot keep are left out.
        """
        value = post.get(name)
        if not isinstance(value, str):
            return ""
        return value.replace("\0", "").strip()[:LONGEST]

    def _read_files(self):
        """The attached files.

        :return: list of ``(name, content)``
        :raise UserError: too many or too large
        """
        uploads = [
            file
            for file in request.httprequest.files.getlist("attachments")
            if file.filename
        ]
        if len(uploads) > MAX_ATTACHMENTS:
            raise UserError(
                request.env._(
                    "At most %(limit)s files. Choose the most important ones.",
                    limit=MAX_ATTACHMENTS,
                )
            )
        files = [(file.filename, file.read(LARGEST + 1)) for file in uploads]
        for name, content in files:
            if len(content) > LARGEST:
                raise UserError(
                    request.env._(
                        "%(name)s is larger than %(size)s MB. Attach a smaller file.",
                        name=name,
                        size=LARGEST // 1024 // 1024,
                    )
                )
        return files

    # === My requests ===

    @http.route(
        ["/my/requests", "/my/requests/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_requests(self, page=1, **_kwargs):
        """The user's requests, and those of the departments that he decides about."""
        requests = request.env["itsm.request"]
        domain = requests._portal_domain()
        pager = portal_pager(
            url="/my/requests",
            total=requests.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = requests.search(
            domain, limit=self._items_per_page, offset=pager["offset"]
        )
        return request.render(
            "itsm_desk.portal_my_requests",
            {
                **self._prepare_portal_layout_values(),
                "requests": found,
                "pager": pager,
                "page_name": "itsm_requests",
                "default_url": "/my/requests",
            },
        )

    @http.route(
        "/my/requests/<int:request_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_request(self, request_id, sent=None, refused=None, **_kwargs):
        """One request: its lines, how far it is, and what the user can do."""
        return self._page(
            self._request(request_id), sent=bool(sent), refused=bool(refused)
        )

    def _request(self, request_id):
        """The request that the user may read; else 404."""
        try:
            self._document_check_access("itsm.request", request_id)
        except (AccessError, MissingError):
            raise request.not_found() from None
        return request.env["itsm.request"].browse(request_id)

    def _page(self, found, sent=False, refused=False, error=None, status=200):
        user = request.env.user
        # sudo: names of steps only; approvals are closed to users of the portal
        reviews = found.sudo().review_ids
        standing = reviews.sudo(False)._approval_standing(user)
        to_decide = reviews.filtered(lambda review: standing[review.id][0])[:1]
        is_mine = found.sudo().partner_id == user.partner_id  # sudo: a comparison
        ticket = found.sudo().ticket_id.sudo(False)
        response = request.render(
            "itsm_desk.portal_request",
            {
                "doc": found,
                "steps": reviews.sorted(lambda review: (review.sequence, review.id)),
                "department": found.sudo().department_id,  # sudo: its name
                "to_decide": to_decide,
                "can_confirm": is_mine and found.state == "delivered",
                "can_withdraw": is_mine and found.state in (*ASKED, "approved"),
                # not “ticket”: helpdesk_mgmt would show its own way to it
                "conversation": ticket
                if ticket and ticket.has_access("read")
                else False,
                "is_mine": is_mine,
                "to_rate": found.line_ids._can_rate() if is_mine else [],
                "marks": found.line_ids._fields["satisfaction"]._description_selection(
                    request.env
                ),
                "rate": RATE,
                "sent": sent,
                "refused": refused and is_mine and ticket._itsm_is_refused(),
                "error": error,
                "page_name": "itsm_request",
            },
        )
        response.status_code = status
        return response
