# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailActivity(models.Model):
    """Odoo shows everybody what is assigned to him; not of tickets closed to him."""

    _name = "mail.activity"
    _inherit = ["itsm.restricted.reference.mixin", "mail.activity"]
