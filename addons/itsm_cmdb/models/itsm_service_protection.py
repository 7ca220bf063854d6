# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .itsm_ci_protection import HELP, LEVELS


class ItsmService(models.Model):
    """The protection level of a service; its configuration item follows it."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    protection_level = fields.Selection(
        selection=LEVELS, index="btree_not_null", tracking=True, help=HELP
    )

    def write(self, vals):
        result = super().write(vals)
        self._follow_in_items({"protection_level"} & vals.keys())
        return result

    def _configuration_item_values(self):
        return {
            **super()._configuration_item_values(),
            "protection_level": self.protection_level,
        }
