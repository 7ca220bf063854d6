# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import Facts


class ItsmKpi(models.Model):
    """The measure of unauthorised changes of configuration items (K58)."""

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            (
                "ci_unauthorised",
                self.env._("Configuration items: unauthorised changes"),
            ),
        ]

    def _kpi_measure_ci_unauthorised(self, spans):
        """K58: changes without authorisation in the period, one for each field,
        attribute, relation or file; accepted afterwards they still count."""
        facts = Facts("itsm.ci.unauthorised", Domain.TRUE, at="time")
        return self._kpi_number(spans, facts)
