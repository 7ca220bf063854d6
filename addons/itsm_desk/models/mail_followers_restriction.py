# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailFollowers(models.Model):
    """Odoo shows every employee who follows what."""

    _name = "mail.followers"
    _inherit = ["itsm.restricted.reference.mixin", "mail.followers"]
