# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmContact(models.Model):
    """Somebody got in touch: when, by which channel, and the ticket it became (INC-01).

    Written by ``helpdesk.ticket.itsm_log_contact``.
    """

    _name = "itsm.contact"
    _inherit = "itsm.evidence.mixin"
    _description = "Contact with the Service Desk"
    _order = "time desc, id desc"
    _rec_name = "ticket_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    channel_code = fields.Char(required=True, readonly=True)
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reference = fields.Char(
        readonly=True,
        help="Of the message in the system it came from; sent again it changes "
        "nothing.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Logged By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    time = fields.Datetime(required=True, readonly=True)
    is_first = fields.Boolean(
        string="Made the Ticket",
        readonly=True,
        help="Otherwise it was added to a ticket that was there.",
    )

    _reference_uniq = models.UniqueIndex(
        "(company_id, channel_code, reference) WHERE reference IS NOT NULL",
        "This contact was logged already.",
    )
