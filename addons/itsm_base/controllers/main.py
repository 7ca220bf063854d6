# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.portal.controllers.portal import CustomerPortal

MAX_ATTACHMENTS = 10


class ItsmTicketController(HelpdeskTicketController):
    @http.route(methods=["POST"], csrf=True)
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        """Close a ticket from the portal.

        helpdesk_mgmt lets any logged-in user close any ticket by a link. Here only the
        customer of the ticket (or who may write it) does, by POST, and only into a
        stage that is meant for it and belongs to the team of the ticket. Whoever may
        not gets the same answer as for a ticket that does not exist.

        :param str ticket_id: id of the ticket
        :param str stage_id: id of the stage
        """
        try:
            ticket_id, stage_id = int(ticket_id), int(stage_id)
            CustomerPortal._document_check_access(
                CustomerPortal(), "helpdesk.ticket", ticket_id
            )
        except (TypeError, ValueError, AccessError, MissingError):
            raise request.not_found() from None
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        if not ticket._itsm_portal_can_close(request.env.user):
            raise request.not_found()
        ticket_sudo = ticket.sudo()  # customers may not write tickets; checked above
        stages = ticket_sudo.team_id.with_company(
            ticket_sudo.company_id
        )._get_applicable_stages()
        stage = stages.filtered(lambda stage: stage.id == stage_id)
        if not (stage.closed and stage.close_from_portal):
            raise request.not_found()
        if not ticket_sudo.closed and ticket.has_access("write"):
            # Who works on tickets is asked what he is asked everywhere else.
            ticket.write({"stage_id": stage.id})
        elif not ticket_sudo.closed:
            ticket_sudo._itsm_portal_close(stage, request.env.user)
        return request.redirect(f"/my/ticket/{ticket_id}")

    @http.route(methods=["POST"], csrf=True)
    def submit_ticket(self, **kw):
        """Create a ticket from the portal form; refuse too many files.

        helpdesk_mgmt takes any number. The size of a request is bounded by Odoo itself
        (``web.max_file_upload_size``).
        """
        error = self._itsm_attachment_error(
            request.httprequest.files.getlist("attachment")
        )
        if error:
            values = self._get_create_new_ticket_values(**kw)
            # what was typed is shown again
            values.update(itsm_error=error, itsm_values=kw)
            return request.render("helpdesk_mgmt.portal_create_ticket", values)
        return super().submit_ticket(**kw)

    def _itsm_attachment_error(self, files):
        """Return a message if *files* are too many, else False."""
        files = [file for file in files if file.filename]
        if len(files) > MAX_ATTACHMENTS:
            return request.env._(
                "Attachments: %(count)s files are too many, %(limit)s are allowed. "
                "Choose the most important ones; you can add others to the ticket "
                "later.",
                count=len(files),
                limit=MAX_ATTACHMENTS,
            )
        return False
