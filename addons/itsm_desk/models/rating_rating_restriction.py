# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class RatingRating(models.Model):
    """Odoo shows every employee all ratings, with the name of what was rated."""

    _name = "rating.rating"
    _inherit = ["itsm.restricted.reference.mixin", "rating.rating"]
