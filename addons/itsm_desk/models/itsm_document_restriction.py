# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmDocument(models.Model):
    """A printed form of a ticket is the ticket."""

    _name = "itsm.document"
    _inherit = ["itsm.restricted.reference.mixin", "itsm.document"]
