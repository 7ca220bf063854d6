# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # before Odoo deletes the mails that were sent
        # sudo: the log is written by the system only
        logs = self.env["itsm.notification.log"].sudo()
        logs = logs.search([("mail_id", "in", self.ids)])
        if logs:
            failure = failure_type and (failure_reason or failure_type)
            logs._mail_ended(str(failure or ""))
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
