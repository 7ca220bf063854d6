# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """How a company keeps its tickets."""

    _inherit = "res.company"

    itsm_category_depth = fields.Integer(
        string="Levels of Categories",
        default=3,
        help="Categories of tickets have at most so many levels. 0: as many as you "
        "like. Categories that are deeper already stay.",
    )

    _itsm_category_depth = models.Constraint(
        "CHECK(COALESCE(itsm_category_depth, 0) >= 0)",
        "Levels of categories cannot be negative. Enter 0 or more.",
    )
