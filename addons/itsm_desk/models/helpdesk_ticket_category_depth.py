# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError


class HelpdeskTicketCategory(models.Model):
    """Categories in a tree of few levels (INC-06)."""

    _inherit = "helpdesk.ticket.category"

    @api.constrains("parent_id", "company_id")
    def _check_itsm_depth(self):
        # Moving a branch moves what hangs on it: the deepest of it decides.
        tops = self.filtered("parent_path")
        if not tops:
            return
        # sudo: the level counts, whoever may see the categories on the way
        below = tops.sudo().with_context(active_test=False)
        below = below.search([("id", "child_of", tops.ids)])
        for category in below:
            company = category.company_id or self.env.company
            limit = company.sudo().itsm_category_depth  # sudo: only the number
            level = category.parent_path.count("/")
            if limit and level > limit:
                raise ValidationError(
                    self.env._(
                        "Category %(category)s is on level %(level)s; categories have "
                        "at most %(limit)s levels. Choose a higher Parent Category, or "
                        "ask a manager to allow more levels in the settings.",
                        category=category.complete_name,
                        level=level,
                        limit=limit,
                    )
                )
