# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from .itsm_ci_class_levels import LEVELS, LEVELS_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_ci_class_levels = fields.Integer(
        string="Levels of CI Classes",
        config_parameter=LEVELS_PARAMETER,
        default=LEVELS,
        help="So deep the tree of CI classes may be: a class at the top is the first "
        "level.",
    )

    def set_values(self):
        """Keep the settings.

        :raise UserError: the tree of classes is deeper already (CFG-13)
        """
        classes = self.env["itsm.ci.class"]
        wanted = self.itsm_ci_class_levels
        if wanted != classes._most_levels():
            deepest = max(classes._deepest_level(), 1)
            if wanted < deepest:
                raise UserError(
                    self.env._(
                        "The tree of CI classes has %(levels)s levels already. Move "
                        "classes up first, or enter at least %(levels)s.",
                        levels=deepest,
                    )
                )
        return super().set_values()
