# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import Facts


class ItsmKpi(models.Model):
    """Measures about breaches (K07).

    Breaches of promises to customers, without those of exempt tickets and those that
    were withdrawn. Who is responsible counts once it is explained, as in service
    reports; what is only proposed is part of what K07.3 shows as not explained.
    """

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("breach_by_team", self.env._("Breaches: a team was responsible")),
            ("breach_by_supplier", self.env._("Breaches: a supplier was responsible")),
            ("breach_explained", self.env._("Breaches: explained")),
            ("breach_warned", self.env._("Breaches: customer warned beforehand")),
        ]

    def _kpi_breaches(self):
        return (
            Domain("active", "=", True)
            & Domain("exempt", "=", False)
            & Domain("ticket_id", "any", self._kpi_ticket_domain())
        )

    def _kpi_breach_number(self, spans, responsible):
        counted = self._kpi_breaches() & Domain("responsible", "=", responsible)
        # A proposal is nobody's word: reports show it as not explained.
        counted &= Domain("cause_id", "!=", False)
        facts = Facts("itsm.breach", counted, at="breached_at")
        return self._kpi_number(spans, facts)

    def _kpi_measure_breach_by_team(self, spans):
        """K07: promises missed in the period for which a team is responsible, as it
        was explained."""
        return self._kpi_breach_number(spans, "team")

    def _kpi_measure_breach_by_supplier(self, spans):
        """K07: promises missed in the period for which a supplier is responsible, as
        it was explained."""
        return self._kpi_breach_number(spans, "supplier")

    def _kpi_measure_breach_explained(self, spans):
        """SLM-38: of the promises missed in the period whose cause is asked for, those
        with one recorded."""
        counted = self._kpi_breaches() & Domain("is_asked", "=", True)
        hit = Domain("state", "=", "explained")
        return self._kpi_share(
            spans, Facts("itsm.breach", counted, at="breached_at", hit=hit)
        )

    def _kpi_measure_breach_warned(self, spans):
        """SLM-36: of the promises missed in the period, those of which the customer
        had been warned."""
        hit = Domain("warned_beforehand", "=", True)
        return self._kpi_share(
            spans, Facts("itsm.breach", self._kpi_breaches(), at="breached_at", hit=hit)
        )
