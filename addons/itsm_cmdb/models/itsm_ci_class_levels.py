# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError

#: Where the number of levels is kept, and what it is until somebody says otherwise.
LEVELS_PARAMETER = "itsm_cmdb.class_levels"
LEVELS = 6


class ItsmCiClass(models.Model):
    """How deep the tree of classes may be (CFG-13)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    @api.model
    def _most_levels(self):
        """How many levels the tree may have.

        :rtype: int
        """
        # sudo: a setting for everybody
        value = self.env["ir.config_parameter"].sudo().get_param(LEVELS_PARAMETER)
        return int(value) if value and value.isdigit() else LEVELS

    @api.model
    def _deepest_level(self):
        """How many levels the tree has; archived classes count.

        :rtype: int
        """
        classes = self.with_context(active_test=False).search_fetch([], ["parent_path"])
        return max((len(ci_class._path()) for ci_class in classes), default=0)

    @api.constrains("parent_id")
    def _check_levels(self):
        """Refuse a tree that is deeper than the settings say (CFG-13).

        :raise ValidationError: naming the class that would lie too deep
        """
        most = self._most_levels()
        below = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        for ci_class in below:
            if len(ci_class._path()) > most:
                raise ValidationError(
                    self.env._(
                        "%(name)s would be at level %(level)s; the tree of classes has "
                        "at most %(most)s. Choose a class further up, or have the "
                        "number of levels changed in the settings.",
                        name=ci_class.name,
                        level=len(ci_class._path()),
                        most=most,
                    )
                )
