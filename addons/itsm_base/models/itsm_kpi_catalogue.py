# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from ..tools.kpi import Facts

#: What an entry in the catalogue says itself or takes over from its service.
INHERITED = ("audience", "delivery_method", "calendar_id")


class ItsmKpi(models.Model):
    """Key figures of the service catalogue (CAT-18)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("service_offered", self.env._("Services: offered")),
            ("service_approved", self.env._("Services: offered with approval")),
            ("service_complete", self.env._("Services: complete in the catalogue")),
            ("service_published", self.env._("Services: versions published")),
        ]

    def _kpi_measure_service_offered(self, spans):
        """Services and offerings on offer at the end of the period."""
        return self._kpi_number(spans, self._kpi_services())

    def _kpi_measure_service_approved(self, spans):
        """Of the services on offer at the end of the period, those whose version was
        approved by the catalogue committee, as of now."""
        hit = Domain("version_id.state", "=", "published")
        return self._kpi_share(spans, self._kpi_services(hit))

    def _kpi_measure_service_complete(self, spans):
        """Of the services on offer at the end of the period, those whose entry is
        complete, as of now; an offering takes over what its service says."""
        hit = Domain("summary", "!=", False)
        for name in INHERITED:
            hit &= Domain(name, "!=", False) | Domain(f"parent_id.{name}", "!=", False)
        return self._kpi_share(spans, self._kpi_services(hit))

    def _kpi_measure_service_published(self, spans):
        """Versions published in the period; the share of those with approval."""
        return self._kpi_share(
            spans,
            Facts(
                "itsm.service.version",
                Domain("published_at", "!=", False),
                at="published_at",
                hit=Domain("state", "=", "published"),
            ),
        )

    def _kpi_services(self, hit=None):
        """What is on offer at the end of the period."""
        counted = Domain("offered_at", "!=", False)
        return Facts(
            "itsm.service", counted, at="offered_at", until=("retired_at",), hit=hit
        )
