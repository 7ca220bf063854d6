# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class HelpdeskTicket(models.Model):
    """Actions follow from tickets, for example after a major incident."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "itsm.action.mixin"]
