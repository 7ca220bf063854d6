# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import format_date, format_datetime, formatLang

from ..tools.approval import is_approval_model


class ItsmApprovalPage(http.Controller):
    """The page behind the link of the mail, also for the phone.

    Looking at it decides nothing: mail scanners and previews open links. It asks for a
    login, and tells whoever may not see the record no more than that.
    """

    @http.route(
        "/itsm/approval/<int:review_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def approval(self, review_id, **_kwargs):
        """Show what is to be decided.

        :param int review_id: id of a ``tier.review``
        """
        return self._page(review_id)

    @http.route(
        "/itsm/approval/<int:review_id>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def approval_decide(self, review_id, decision=None, comment=None, **_kwargs):
        """Decide, and show the result.

        :param int review_id: id of a ``tier.review``
        :param str decision: yes, no or abstain
        :param str comment: kept with the decision
        """
        review = self._review(review_id)
        if not review:
            return self._page(review_id)
        try:
            with request.env.cr.savepoint():
                review._approval_decide(decision, comment, "page")
        except (AccessError, UserError) as error:
            return self._page(review_id, error=str(error), comment=comment)
        return request.redirect(f"/itsm/approval/{review_id}", code=303)

    def _review(self, review_id):
        """The step, if its record can be read by the user; else nothing.

        In all companies of the user: the link does not know which one he works in.

        :rtype: tier.review
        """
        nothing = request.env["tier.review"]
        company_ids = request.env.user._get_company_ids()
        nothing = nothing.with_context(allowed_company_ids=company_ids)
        # sudo: whether there is such a step; its record is checked as the user
        review_sudo = nothing.sudo().browse(review_id).exists()
        if not is_approval_model(request.env, review_sudo.model):
            return nothing
        record = nothing.env[review_sudo.model].browse(review_sudo.res_id).exists()
        readable = record and record.has_access("read")
        # sudo: a customer may read what is his own; deciding is another matter
        if readable and not record.sudo()._approval_admits(request.env.user):
            return nothing
        return nothing.browse(review_id) if readable else nothing

    def _page(self, review_id, error=None, comment=None):
        review = self._review(review_id)
        if not review:
            response = self._render("itsm_base.approval_page_none", {})
            response.status_code = 404
            return response
        review_sudo = review.sudo()  # steps of a record that the user may read
        user = request.env.user
        record = review.env[review_sudo.model].browse(review_sudo.res_id)
        person, reason = review._approval_standing(user)[review_id]
        decisions = record.sudo().decision_ids  # of a record that the user may read
        values = {
            "review": review_sudo,
            "record": record,
            "summary": self._summary(record),
            "page": record._approval_page_html(),
            "person": person,
            "stands_in": person and person != user,
            "reason": reason and review._approval_reason(reason),
            "own": review_sudo.decision_ids.filtered(lambda d: d.user_id == user),
            "decisions": decisions.sorted(lambda d: (d.time, d.id)),
            "error": error,
            "comment": comment or "",
        }
        return self._render("itsm_base.approval_page", values)

    def _render(self, template, values):
        response = request.render(template, values)
        # No other site lays the page under its own buttons.
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    def _summary(self, record):
        """Fields that say what is decided, as texts in the language of the user.

        :rtype: list[tuple[str, str]]
        """
        lines = []
        for name in record._approval_summary_fields():
            field = record._fields[name]
            if not record._has_field_access(field, "read"):
                continue
            text = self._text(record, field)
            if text:
                lines.append((field._description_string(request.env), text))
        return lines

    def _text(self, record, field):
        env, value = request.env, record[field.name]
        if field.type == "boolean":
            return env._("Yes") if value else env._("No")
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return formatLang(env, value, currency_obj=currency)
        if field.type == "integer":
            return formatLang(env, value, digits=0)
        if field.type == "float":
            digits = field.get_digits(env)
            if digits:
                return formatLang(env, value, digits=digits[1])
            # all that counts: 0.004 is not 0.00
            fraction = f"{value:.6f}".rstrip("0").split(".")[1]
            return formatLang(env, value, digits=max(2, len(fraction)))
        if not value:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(env)).get(value, value)
        if field.type == "date":
            return format_date(env, value)
        if field.type == "datetime":
            return format_datetime(env, value)
        if field.type == "many2one":
            # sudo: Odoo shows the name of what a readable record points to
            return value.sudo().display_name
        if field.relational:
            return ", ".join(value._filtered_access("read").mapped("display_name"))
        return value
