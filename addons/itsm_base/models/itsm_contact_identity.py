# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmContactIdentity(models.Model):
    """How another system calls a person, for example his WeCom or OA account."""

    _name = "itsm.contact.identity"
    _description = "Account in Another System"
    _order = "partner_id, channel_id, id"
    _rec_name = "external_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
    )
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('itsm_code', '!=', False)]",
    )
    external_id = fields.Char(string="Account", required=True)
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index="btree_not_null"
    )

    _account_uniq = models.Constraint(
        "UNIQUE(channel_id, external_id)",
        "This account belongs to somebody already. Remove it there first.",
    )
