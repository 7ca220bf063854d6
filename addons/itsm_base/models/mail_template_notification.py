# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailTemplate(models.Model):
    """How companies notify is kept in memory with its templates."""

    _inherit = "mail.template"

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
