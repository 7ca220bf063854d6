# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiClass(models.Model):
    """What the things of a class are, with what the classes above say (CFG-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    is_place = fields.Boolean(
        string="Class of Locations",
        compute="_compute_is_place",
        search="_search_is_place",
        compute_sudo=True,
        recursive=True,
        help="It says so itself, or a class above it does.",
    )
    is_capacity_planned = fields.Boolean(
        string="Class with Planned Capacity",
        compute="_compute_is_capacity_planned",
        search="_search_is_capacity_planned",
        compute_sudo=True,
        recursive=True,
        help="It says so itself, or a class above it does.",
    )

    # === Computes ===

    @api.depends("is_location", "parent_id.is_place")
    def _compute_is_place(self):
        for ci_class in self:
            ci_class.is_place = ci_class.is_location or ci_class.parent_id.is_place

    @api.depends("has_capacity", "parent_id.is_capacity_planned")
    def _compute_is_capacity_planned(self):
        for ci_class in self:
            ci_class.is_capacity_planned = (
                ci_class.has_capacity or ci_class.parent_id.is_capacity_planned
            )

    def _search_is_place(self, operator, value):
        return self._search_said("is_location", operator)

    def _search_is_capacity_planned(self, operator, value):
        return self._search_said("has_capacity", operator)

    @api.model
    def _search_said(self, field_name, operator):
        if operator != "in":
            return NotImplemented
        return self._said_domain(field_name)

    # === Rules ===

    @api.constrains("is_location", "parent_id")
    def _check_is_location(self):
        """Others stay in places, whoever says that they are some.

        :raise ValidationError: something stands in an item of a class that is none now
        """
        # sudo: configuration items of all companies count
        classes = self.sudo().with_context(active_test=False)
        below = classes.search([("id", "child_of", self.ids)])
        others = below.filtered(lambda ci_class: not ci_class.is_place)
        items = classes.env["itsm.ci"]
        inside = others and items.search(
            [("location_id.class_id", "in", others.ids)], limit=1
        )
        if inside:
            raise ValidationError(
                self.env._(
                    "%(inside)s stands in %(name)s, which is of the class %(ci_class)s"
                    ": that stays a class of locations. Move what stands there first.",
                    inside=inside.name,
                    name=inside.location_id.name,
                    ci_class=inside.location_id.class_id.name,
                )
            )
