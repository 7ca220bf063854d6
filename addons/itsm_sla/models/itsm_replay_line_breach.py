# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.itsm_base.tools import guard


class ItsmReplayLine(models.Model):
    """A replay that is taken back takes its breaches with it."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.replay.line"

    def _restore(self, now):
        result = super()._restore(now)
        # Clocks were restored past `_store`, which breaches follow.
        breaches = self.env["itsm.breach"]
        corrected = breaches.with_context(itsm_clock_source=guard.CORRECTION)
        corrected._follow(clock_ids=self.clock_id.ids)
        return result
