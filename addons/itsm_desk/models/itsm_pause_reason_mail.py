# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmPauseReason(models.Model):
    _inherit = "itsm.pause.reason"

    reply_ends = fields.Boolean(
        string="An Answer Ends It",
        compute="_compute_reply_ends",
        store=True,
        readonly=False,
        help="An answer of the requester, by mail or in the portal, puts the ticket "
        "back to work. Automatic answers do not.",
    )

    @api.depends("waits_for")
    def _compute_reply_ends(self):
        for reason in self:
            reason.reply_ends = reason.waits_for == "requester"
