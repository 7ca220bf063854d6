# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import binascii
from urllib.parse import quote

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

#: The most characters of a name.
LONGEST_NAME = 200
#: The most characters of what is not right.
LONGEST_REASON = 10000
#: The largest drawn signature, in characters of base64.
LARGEST = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


class ItsmAssetPortal(CustomerPortal):
    """My assets: what somebody has in his hands, and the sheets he signs (CFG-38).

    Nobody of the portal has a right on configuration items or sheets. They are found in
    sudo by a domain that names who asks; what a page shows of a configuration item is a
    fixed list of plain values. Whoever may not see one gets the answer of one that does
    not exist.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_asset_count" in counters:
            items, domain = self._assets()
            # who has nothing yet finds his first sheet there
            values["itsm_asset_count"] = (
                items.search_count(domain) + self._count_to_sign()
            )
        if "itsm_asset_sheet_count" in counters:
            values["itsm_asset_sheet_count"] = self._count_to_sign()
        return values

    def _count_to_sign(self):
        sheets, domain = self._sheets()
        return sheets.search_count(domain & Domain("state", "=", "waiting"))

    def _assets(self):
        # sudo: the domain names what he may see
        items = request.env["itsm.ci"].sudo()
        return items, items._portal_domain(request.env.user)

    def _sheets(self):
        # sudo: the domain names those who may
        sheets = request.env["itsm.ci.handover"].sudo()
        return sheets, sheets._portal_domain(request.env.user)

    def _sheet(self, sheet_id):
        """The sheet, in sudo; empty if there is none for the user."""
        sheets, domain = self._sheets()
        return sheets.search(domain & Domain("id", "=", sheet_id))

    @http.route(
        ["/my/assets", "/my/assets/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_assets(self, page=1, **_kwargs):
        """What the user has in his hands, what his organisation has, his sheets."""
        user = request.env.user
        # sudo: the domains name what he may see
        items = request.env["itsm.ci"].sudo()
        own = items.search(items._portal_own(user), order="name, id")
        others = items._portal_organisation(user)
        pager = portal_pager(
            url="/my/assets",
            total=items.search_count(others),
            page=page,
            step=self._items_per_page,
        )
        shown = items.search(
            others,
            order="name, id",
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        sheets, domain = self._sheets()
        return request.render(
            "itsm_cmdb.portal_assets",
            {
                **self._prepare_portal_layout_values(),
                "own": own._portal_rows(),
                "others": shown._portal_rows(),
                "sheets": sheets.search(domain, limit=self._items_per_page),
                "pager": pager,
                "page_name": "itsm_assets",
                "default_url": "/my/assets",
            },
        )

    @http.route(
        "/my/assets/sheet/<int:sheet_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_asset_sheet(self, sheet_id, **_kwargs):
        """One sheet: what changes hands, and the form to sign."""
        sheet = self._sheet(sheet_id)
        if not sheet:
            raise request.not_found()
        return self._render_sheet(sheet)

    def _render_sheet(self, sheet, post=None, error=None):
        return request.render(
            "itsm_cmdb.portal_asset_sheet",
            {
                **self._prepare_portal_layout_values(),
                "sheet": sheet,
                "content_hash": sheet._content_hash(),
                "post": post or {},
                "error": error,
                "page_name": "itsm_asset_sheet",
            },
        )

    @http.route(
        "/my/assets/sheet/<int:sheet_id>/refuse",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def my_asset_sheet_refuse(self, sheet_id, **post):
        """Say what is not right; who hands over is told, and mends the sheet."""
        sheet = self._sheet(sheet_id)
        if not sheet:
            raise request.not_found()
        reason = (post.get("reason") or "").replace("\0", "").strip()
        if len(reason) > LONGEST_REASON:
            error = request.env._("That is too long: say it in fewer words.")
            return self._render_sheet(sheet, post, error)
        try:
            with request.env.cr.savepoint():
                sheet._refuse_portal(reason)
        except UserError as error:
            return self._render_sheet(sheet, post, str(error))
        return request.redirect("/my/assets?refused=1", code=303)

    @http.route(
        "/my/assets/sheet/<int:sheet_id>/pdf",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_asset_sheet_pdf(self, sheet_id, **_kwargs):
        """The sheet that the user has signed, as it is printed."""
        sheet = self._sheet(sheet_id)
        if not sheet.signed_at:
            raise request.not_found()
        # sudo: whose sheet it is was checked
        printer = request.env["ir.actions.report"].sudo()
        report = printer.env.ref("itsm_cmdb.itsm_ci_handover_report")
        try:
            content = printer._itsm_form_pdf(report, sheet)
        except UserError as error:
            return self._render_sheet(sheet, error=str(error))
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{sheet.number}.pdf")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )

    @http.route(
        "/my/assets/sheet/<int:sheet_id>/sign",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def my_asset_sheet_sign(self, sheet_id, name=None, signature=None):
        """Sign; called by the form of the portal.

        :param str name: the signer's name
        :param str signature: the drawing, PNG in base64
        :return: ``error``, or where to go on
        """
        env = request.env
        sheet = self._sheet(sheet_id)
        if not sheet:
            return {"error": env._("There is no such sheet.")}
        name = name.replace("\0", "").strip() if isinstance(name, str) else ""
        if not name or len(name) > LONGEST_NAME:
            return {"error": env._("Enter your name.")}
        if not self._is_drawn(signature):
            return {"error": env._("Draw your signature.")}
        if request.httprequest.args.get("shown") != sheet._content_hash():
            return {
                "error": env._(
                    "The sheet was changed meanwhile. Load the page again and read it."
                )
            }
        try:
            with env.cr.savepoint():
                sheet._sign_portal(name, signature)
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": f"/my/assets/sheet/{sheet.id}?signed=1",
        }

    def _is_drawn(self, signature):
        """Whether a text is a picture as the form of the portal makes it."""
        if not isinstance(signature, str) or not 0 < len(signature) <= LARGEST:
            return False
        try:
            return base64.b64decode(signature, validate=True).startswith(PNG)
        except (binascii.Error, ValueError):
            return False

    # === What the code of a label opens ===

    @http.route("/itsm/ci/<path:number>", type="http", auth="user", methods=["GET"])
    def asset_by_number(self, number, **_kwargs):
        """Open a configuration item by the number that its label says (CFG-38).

        Who may read it gets its form, who has it in his hands his list of assets;
        anybody else the same answer as for a number that does not exist.
        """
        env = request.env
        items = env["itsm.ci"]
        if items.has_access("read"):
            archived = items.with_context(
                active_test=False, allowed_company_ids=env.user._get_company_ids()
            )
            item = archived.search([("number", "=", number)], limit=1)
            if item:
                return request.redirect(f"/odoo/itsm-cis/{item.id}", code=303)
        found, domain = self._assets()
        if found.search_count(domain & Domain("number", "=", number), limit=1):
            return request.redirect(f"/my/assets#{quote(number, safe='')}", code=303)
        raise request.not_found()
