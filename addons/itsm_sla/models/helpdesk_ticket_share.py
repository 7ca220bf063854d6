# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicket(models.Model):
    """For which shares of an agreement a ticket counts (SLM-60)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    share_verdict_ids = fields.One2many(
        comodel_name="itsm.share.verdict",
        inverse_name="ticket_id",
        string="Share Targets",
        readonly=True,
        copy=False,
        groups="itsm_base.itsm_group_agent",
    )
