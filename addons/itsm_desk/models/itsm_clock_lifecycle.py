# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmClock(models.Model):
    """Names the corrections of this addon in the “why” of a clock."""

    _inherit = "itsm.clock"

    def _why_label(self, why):
        if why == "pause_corrected":
            return self.env._("A wrong pause was corrected")
        return super()._why_label(why)
