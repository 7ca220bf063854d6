# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ItsmCi(models.Model):
    """What refers to a configuration item must still fit once it has changed."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def write(self, vals):
        result = super().write(vals)
        # sudo: what the user does not see must fit as well
        if "class_id" in vals:
            self.sudo()._relations_of()._check_classes()
            self._check_is_location()
        if "company_id" in vals:
            self.sudo()._relations_of()._check_companies()
            self.sudo()._contents()._check_company(["location_id"])
        if {"class_id", "company_id"} & vals.keys():
            # nobody moves it to where he does not work, or to a class he may not write
            self.check_access("write")
        return result

    def _relations_of(self):
        """Relations of which one of these is an end."""
        return self.env["itsm.ci.relation"].search(
            Domain("source_id", "in", self.ids) | Domain("target_id", "in", self.ids)
        )

    def _contents(self):
        """What stands in one of these."""
        items = self.with_context(active_test=False)
        return items.search([("location_id", "in", self.ids)])

    def _check_is_location(self):
        others = self.filtered(lambda item: not item.class_id.is_place)
        # sudo: what the user does not see stands there too
        inside = others.sudo()._contents()[:1]
        if inside:
            raise ValidationError(
                self.env._(
                    "%(inside)s stands in %(name)s: it stays a site, room or rack. "
                    "Move what stands there first.",
                    inside=inside.name,
                    name=inside.location_id.name,
                )
            )
