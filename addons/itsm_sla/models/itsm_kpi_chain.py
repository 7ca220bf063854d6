# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import Facts


class ItsmKpi(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("agreement_supported", self.env._("SLAs: supported by OLAs and UCs")),
        ]

    def _kpi_measure_agreement_supported(self, spans):
        """K05: of the SLAs in force at the end of the period, those whose path is
        declared, was checked and has no gap, as of now; a waived gap is one."""
        today = fields.Date.context_today(self)
        counted = Domain("kind", "=", "sla") & Domain("state", "!=", "draft")
        counted &= Domain("is_template", "=", False)
        counted &= Domain("activated_at", "!=", False)
        counted &= Domain("date_start", "<=", today)
        counted &= Domain("superseded_on", "=", False) | Domain(
            "superseded_on", ">", today
        )
        hit = Domain("chain_state", "in", ["aligned"])
        return self._kpi_share(
            spans,
            Facts(
                "itsm.agreement",
                counted,
                at="activated_at",
                until=("terminated_at",),
                hit=hit,
            ),
        )
