# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.itsm_base.controllers.main import ItsmTicketController


class ItsmComplaintController(ItsmTicketController):
    """Complaints by customers: a restricted ticket of their own (BRM-29)."""

    @http.route(
        "/my/complaint", type="http", auth="user", methods=["GET"], website=True
    )
    def portal_complaint(self, **_kw):
        """Show the empty form."""
        return self._complaint_page({})

    @http.route(
        "/my/complaint/send",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def portal_complaint_send(self, **post):
        """Take a complaint; what was typed is shown again if something is wrong.

        :param post: ``subject``, ``description``, ``type``, ``about``, ``ticket``, and
            files as ``attachment``
        """
        values = {
            name: post.get(name) if isinstance(post.get(name), str) else ""
            for name in ("subject", "description", "type", "about", "ticket")
        }
        files = request.httprequest.files.getlist("attachment")
        error = self._itsm_attachment_error(files)
        if error:
            return self._complaint_page(values, error)
        # sudo: customers create no tickets themselves; the values are chosen there
        tickets = request.env["helpdesk.ticket"].sudo()
        try:
            with request.env.cr.savepoint():
                ticket = tickets._itsm_complain(request.env.user.partner_id, values)
        except UserError as raised:
            return self._complaint_page(values, str(raised))
        # sudo: the files of his complaint
        request.env["ir.attachment"].sudo().create(
            [
                {
                    "name": file.filename,
                    "datas": base64.b64encode(file.read()),
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
                for file in files
                if file.filename
            ]
        )
        return request.redirect(f"/my/ticket/{ticket.id}", code=303)

    def _complaint_page(self, values, error=None):
        # sudo: the types of the company's form
        types = request.env["itsm.complaint.type"].sudo().search([])
        return request.render(
            "itsm_desk.portal_complaint",
            {
                "types": types,
                "values": values,
                "error": error,
                "page_name": "complaint",
            },
        )
