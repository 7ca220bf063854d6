# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MailNotification(models.Model):
    """Odoo shows every employee who was notified of which message, by its name."""

    _name = "mail.notification"
    _inherit = ["itsm.restricted.reference.mixin", "mail.notification"]

    @api.model
    def _itsm_shut_out_references(self):
        self.env["mail.message"].flush_model(["model", "res_id"])
        found = SQL(
            """(
                SELECT message.id
                  FROM mail_message message
                  JOIN (%s) pair
                    ON pair.model = message.model AND pair.id = message.res_id
            )""",
            self._itsm_shut_out_pairs(),
        )
        return Domain("mail_message_id", "in", found)
