# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from . import named

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ItsmServiceReportPortal(CustomerPortal):
    """Service reports in the portal: one's own, published ones (REP-14).

    Users of the portal have no right on reports and their definitions. What they may
    see is found in sudo by a domain that names them; everything else gets the answer of
    a report that does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_service_report_count" in counters:
            values["itsm_service_report_count"] = named.count("itsm.service.report")
        return values

    def _portal_service_report(self, report_id):
        """The report, in sudo.

        :raise NotFound: there is none for the user
        """
        report = named.find("itsm.service.report", report_id)
        if not report:
            raise request.not_found()
        return report

    @http.route(
        ["/my/service-reports", "/my/service-reports/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_service_reports(self, page=1, **_kwargs):
        """The published reports for the user, and what he was promised."""
        reports, pager = named.page_of(
            "itsm.service.report", "/my/service-reports", page, self._items_per_page
        )
        return request.render(
            "itsm_sla.portal_service_reports",
            {
                **self._prepare_portal_layout_values(),
                "reports": reports,
                "definitions": self._portal_definitions(),
                "pager": pager,
                "page_name": "itsm_service_reports",
                "default_url": "/my/service-reports",
            },
        )

    def _portal_definitions(self, *terms):
        """What the user is promised, in sudo."""
        # sudo: the domain names those who may
        rows = request.env["itsm.report.definition"].sudo()
        reports = request.env["itsm.service.report"]
        domain = reports._portal_definition_domain(request.env.user)
        return rows.search([*terms, *domain])

    @http.route(
        "/my/service-reports/<int:report_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_service_report(self, report_id, **_kwargs):
        """One report: its figures as they were published."""
        return self._render_report(self._portal_service_report(report_id))

    def _render_report(self, report, error=None):
        figures = None
        try:
            figures = report._portal_html()
        except UserError as problem:
            error = str(problem)
        return request.render(
            "itsm_sla.portal_service_report",
            {
                **self._prepare_portal_layout_values(),
                "report": report,
                "figures": figures,
                "error": error,
                "page_name": "itsm_service_report",
            },
        )

    @http.route(
        "/my/service-reports/<int:report_id>/<any(pdf,xlsx):kind>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_service_report_file(self, report_id, kind, **_kwargs):
        """The report as a file, in the language of the reader."""
        report = self._portal_service_report(report_id)
        lang = request.env.lang
        try:
            name, content = (
                report._pdf(lang) if kind == "pdf" else report._workbook(lang)
            )
        except UserError as error:
            return self._render_report(report, str(error))
        mimetype = "application/pdf" if kind == "pdf" else XLSX
        return self._send_report(name, content, mimetype)

    @http.route(
        "/my/service-reports/definition/<int:definition_id>/accept",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def my_service_report_accept(self, definition_id, terms=None, **_kwargs):
        """Accept content and period of a report (REP-01), as they were shown."""
        row = self._portal_definitions(("id", "=", definition_id))
        if not row:
            raise request.not_found()
        # What was changed since the page was shown is shown again, not accepted.
        if row.needs_acceptance and terms == row._terms_digest():
            row.with_user(request.env.user)._accept(
                request.env.user.partner_id, "portal"
            )
        return request.redirect("/my/service-reports")

    # === For people of the company ===

    @http.route(
        "/itsm/service-report/<int:report_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def service_report_workbook(self, report_id, **_kwargs):
        """The report as a workbook, for who may read it, with what he may see."""
        report = request.env["itsm.service.report"].browse(report_id).exists()
        if not report or not report.has_access("read"):
            raise request.not_found()
        try:
            name, content = report._workbook(request.env.lang)
        except (AccessError, MissingError, UserError):
            raise request.not_found() from None
        return self._send_report(name, content, XLSX)

    def _send_report(self, name, content, mimetype):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("Content-Length", str(len(content))),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )
