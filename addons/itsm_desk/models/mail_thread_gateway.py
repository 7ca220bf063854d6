# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from xmlrpc.client import Binary

from odoo import api, models

from ..tools.automatic_mail import is_automatic, is_automatic_answer
from ..tools.mail_charset import widened

_logger = logging.getLogger(__name__)

#: In the context of mail that no person wrote; no client can send an object.
AUTOMATIC_MAIL = object()
AUTOMATIC_KEY = "itsm_automatic_mail"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        if isinstance(message, Binary):  # as the script of the mail server sends it
            message = bytes(message.data)
        elif isinstance(message, str):
            message = message.encode()
        return super().message_process(
            model,
            widened(message),
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        model = "helpdesk.ticket"
        if any(route[0] == model for route in routes or ()):
            tickets = self.env[model]
            routes = [
                tickets._itsm_route(route) if route[0] == model else route
                for route in routes
            ]
            if is_automatic_answer(message):
                kept = [route for route in routes if route[0] != model or route[1]]
                if len(kept) < len(routes):
                    _logger.info(
                        "Mail %s of %s answers automatically and makes no ticket",
                        message_dict.get("message_id"),
                        message_dict.get("email_from"),
                    )
                routes = kept
            if is_automatic(message):
                self = self.with_context(**{AUTOMATIC_KEY: AUTOMATIC_MAIL})
        return super()._message_route_process(message, message_dict, routes)
