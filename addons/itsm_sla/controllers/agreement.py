# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import binascii

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from . import named

#: The most characters of a name.
LONGEST_NAME = 200
#: The most characters of the reason of a refusal.
LONGEST_REASON = 10000
#: In the session: when papers were read, by their ids.
READ = "itsm_agreement_read"
#: The largest drawn signature in bytes.
LARGEST = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"


class ItsmAgreementPortal(CustomerPortal):
    """Agreements in the portal: read, download, sign (SLM-68).

    Users of the portal have no right on agreements. Named signers see what was put to
    signature, found in sudo after it was checked who asks; whoever may not gets the
    same answer as for an agreement that does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_agreement_count" in counters:
            values["itsm_agreement_count"] = named.count("itsm.agreement")
        return values

    def _portal_agreement(self, agreement_id):
        """The agreement, in sudo.

        :raise NotFound: there is none for the user
        """
        agreement = named.find("itsm.agreement", agreement_id)
        if not agreement:
            raise request.not_found()
        return agreement

    @http.route(
        ["/my/agreements", "/my/agreements/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_agreements(self, page=1, **_kwargs):
        """The agreements that the user may read and sign."""
        found, pager = named.page_of(
            "itsm.agreement", "/my/agreements", page, self._items_per_page
        )
        return request.render(
            "itsm_sla.portal_agreements",
            {
                **self._prepare_portal_layout_values(),
                "agreements": found,
                "pager": pager,
                "page_name": "itsm_agreements",
                "default_url": "/my/agreements",
            },
        )

    @http.route(
        "/my/agreements/<int:agreement_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_agreement(self, agreement_id, **_kwargs):
        """One agreement: its paper, who signed, and the form to sign."""
        return self._render_agreement(self._portal_agreement(agreement_id))

    def _render_agreement(self, agreement, post=None, error=None):
        paper = agreement._portal_paper()
        return request.render(
            "itsm_sla.portal_agreement",
            {
                **self._prepare_portal_layout_values(),
                "agreement": agreement,
                "paper": paper,
                "can_sign": agreement._portal_can_sign(),
                "read_at": self._read_at(paper),
                "refusal": agreement._party_refusal(),
                "post": post or {},
                "error": error,
                "page_name": "itsm_agreement",
            },
        )

    def _read_at(self, paper):
        """When the user ticked that he has read a paper; None: he has not.

        :rtype: datetime.datetime | None
        """
        moment = request.session.get(READ, {}).get(str(paper.id))
        return fields.Datetime.to_datetime(moment) if moment else None

    def _shown_paper(self, agreement, sha256):
        """The paper with this checksum, as the user was shown it; or none."""
        return agreement.paper_ids.filtered(lambda paper: paper.sha256 == sha256)[:1]

    @http.route(
        "/my/agreements/<int:agreement_id>/read",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def my_agreement_read(self, agreement_id, sha256=None, has_read=None, **_kwargs):
        """The user says that he has read the file; before, nothing can be signed."""
        agreement = self._portal_agreement(agreement_id)
        paper = self._shown_paper(agreement, sha256)
        if not has_read or not paper or paper != agreement._portal_paper():
            return self._render_agreement(
                agreement,
                error=request.env._("Read the agreement and tick that you have."),
            )
        request.session[READ] = {
            **request.session.get(READ, {}),
            str(paper.id): fields.Datetime.to_string(fields.Datetime.now()),
        }
        return request.redirect(f"/my/agreements/{agreement.id}#itsm_sign", code=303)

    @http.route(
        "/my/agreements/<int:agreement_id>/refuse",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        csrf=True,
    )
    def my_agreement_refuse(self, agreement_id, **post):
        """Refuse to sign, with a reason; who answers for the agreement is told."""
        agreement = self._portal_agreement(agreement_id)
        if not agreement._portal_can_sign():
            raise request.not_found()
        reason = (post.get("reason") or "").replace("\0", "").strip()
        if len(reason) > LONGEST_REASON:
            reason = ""
        paper = self._shown_paper(agreement, post.get("sha256"))
        try:
            with request.env.cr.savepoint():
                agreement._refuse_portal(paper, reason)
        except UserError as error:
            return self._render_agreement(agreement, post, str(error))
        return request.redirect(f"/my/agreements/{agreement.id}", code=303)

    @http.route(
        "/my/agreements/<int:agreement_id>/paper",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_agreement_paper(self, agreement_id, **_kwargs):
        """The file that is or was signed."""
        paper = self._portal_agreement(agreement_id)._portal_paper()
        if not paper:
            raise request.not_found()
        return self._send_paper(paper)

    @http.route(
        "/my/agreements/<int:agreement_id>/sign",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def my_agreement_sign(self, agreement_id, name=None, signature=None):
        """Sign; called by the form of the portal.

        :param str name: the signer's name
        :param str signature: the drawing, PNG in base64
        :return: ``error``, or where to go on
        """
        env = request.env
        agreement = named.find("itsm.agreement", agreement_id)
        if not agreement:
            return {"error": env._("There is no such agreement.")}
        if not agreement._portal_can_sign():
            return {"error": env._("There is nothing to sign here now.")}
        name = name.replace("\0", "").strip() if isinstance(name, str) else ""
        if not name or len(name) > LONGEST_NAME:
            return {"error": env._("Enter your name.")}
        if not self._is_drawing(signature):
            return {"error": env._("Draw your signature.")}
        sha256 = request.httprequest.args.get("sha256")
        paper = self._shown_paper(agreement, sha256)
        read_at = self._read_at(paper)
        if not read_at:
            return {"error": env._("Read the agreement and tick that you have.")}
        try:
            with env.cr.savepoint():
                agreement._sign_portal(paper, name, signature, read_at=read_at)
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": f"/my/agreements/{agreement.id}?signed=1",
        }

    def _is_drawing(self, signature):
        """Whether a text is a picture as the form of the portal makes it."""
        if not isinstance(signature, str) or not 0 < len(signature) <= LARGEST:
            return False
        try:
            return base64.b64decode(signature, validate=True).startswith(PNG)
        except (binascii.Error, ValueError):
            return False

    # === For people of the company ===

    @http.route(
        "/itsm/agreement/paper/<int:paper_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def agreement_paper(self, paper_id, **_kwargs):
        """The file of a paper, for who may read its agreement."""
        paper = request.env["itsm.agreement.paper"].browse(paper_id).exists()
        if not paper or not paper.has_access("read"):
            raise request.not_found()
        return self._send_paper(paper.sudo())  # sudo: read was checked

    def _send_paper(self, paper):
        file = paper.attachment_id
        return request.make_response(
            paper._file(),
            headers=[
                ("Content-Type", file.mimetype or "application/octet-stream"),
                (
                    "Content-Disposition",
                    content_disposition(file.name, disposition_type="inline"),
                ),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )
