# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiLicenceReservation(models.Model):
    """Licences that are promised to somebody and not installed yet (CFG-43)."""

    _name = "itsm.ci.licence.reservation"
    _description = "Reservation of Licences"
    _order = "date_end, id"
    _check_company_auto = True

    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Licence",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="ci_id.company_id", store=True, precompute=True, index=True
    )
    quantity = fields.Integer(required=True, default=1)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="For",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    reason = fields.Char(required=True, help="What they are kept for.")
    date_end = fields.Date(
        string="Until",
        help="Last day on which they are kept. Empty: until it is ended.",
    )
    active = fields.Boolean(default=True)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "Reserve at least one licence."
    )

    @api.depends("ci_id", "quantity")
    def _compute_display_name(self):
        for reservation in self:
            reservation.display_name = (
                f"{reservation.quantity} × {reservation.ci_id.name or ''}"
            )

    @api.constrains("ci_id")
    def _check_ci_id(self):
        top = self.env["itsm.ci"]._licence_class()
        for reservation in self:
            if not top or not reservation.ci_id.class_id._is_kind_of(top):
                raise ValidationError(
                    self.env._(
                        "%(item)s is no licence: choose one of the class of licences.",
                        item=reservation.ci_id.display_name,
                    )
                )
