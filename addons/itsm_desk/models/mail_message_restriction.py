# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailMessage(models.Model):
    """Odoo lets people read what they once wrote or were notified of; not here."""

    _name = "mail.message"
    _inherit = ["itsm.restricted.reference.mixin", "mail.message"]

    def _itsm_reference_fields(self):
        return "model", "res_id"
