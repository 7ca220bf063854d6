# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

SIDES = [("provider", "Providing side"), ("receiver", "Receiving side")]


class ItsmAgreementContact(models.Model):
    """Who is spoken to about an agreement, on either side (SLM-05, contacts).

    People change while an agreement lasts: the lines may be changed at any time. The
    paper of an agreement in force keeps those that it was agreed with.
    """

    _name = "itsm.agreement.contact"
    _description = "Contact of an Agreement"
    _order = "agreement_id, side desc, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    side = fields.Selection(selection=SIDES, required=True, default="provider")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Person", ondelete="restrict"
    )
    name = fields.Char(
        compute="_compute_from_partner",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    function = fields.Char(
        translate=True, help="For example: service desk, escalation, complaints."
    )
    phone = fields.Char(
        compute="_compute_from_partner", store=True, readonly=False, precompute=True
    )
    email = fields.Char(
        compute="_compute_from_partner", store=True, readonly=False, precompute=True
    )
    reachable = fields.Char(
        translate=True, help="When, for example: around the clock, in service hours."
    )

    @api.depends("partner_id")
    def _compute_from_partner(self):
        for contact in self:
            partner = contact.partner_id
            for name in ("name", "phone", "email"):
                contact[name] = partner[name] or contact[name]
