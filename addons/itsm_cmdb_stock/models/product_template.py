# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """A product whose serial numbers become configuration items (CFG-41)."""

    _inherit = "product.template"

    itsm_ci_class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('is_abstract', '=', False), ('is_place', '=', False)]",
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="Each serial number that is received becomes a configuration item of this "
        "class. Empty: none does.",
    )
    itsm_warranty_months = fields.Integer(
        string="Warranty (Months)",
        help="Months from the receipt for which the supplier gives a warranty.",
    )

    _itsm_warranty_range = models.Constraint(
        "CHECK(COALESCE(itsm_warranty_months, 0) BETWEEN 0 AND 600)",
        "Warranty: enter 0 to 600 months.",
    )

    @api.constrains("itsm_ci_class_id", "tracking")
    def _check_itsm_ci_class(self):
        # sudo: a rule of the product, whoever changes it
        for product in self.sudo():
            if product.itsm_ci_class_id and product.tracking != "serial":
                raise ValidationError(
                    self.env._(
                        "%(product)s: only unique serial numbers become configuration "
                        "items. Track it by unique serial number, or take away the CI "
                        "class.",
                        product=product.name,
                    )
                )
