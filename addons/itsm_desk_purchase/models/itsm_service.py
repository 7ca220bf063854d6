# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmService(models.Model):
    """What is bought to deliver an item (REQ-03)."""

    _inherit = "itsm.service"

    product_id = fields.Many2one(
        comodel_name="product.product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('purchase_ok', '=', True)]",
        help="What is ordered if it has to be bought.",
    )
    buy_on_approval = fields.Boolean(
        help="A draft order is made as soon as a request is approved. Otherwise the "
        "desk decides for each request whether to buy or to take one from stock.",
    )
