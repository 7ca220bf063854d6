# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmKpi(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("service_covered", self.env._("Services: covered by an agreement")),
        ]

    def _kpi_measure_service_covered(self, spans):
        """K04: of the services on offer at the end of the period, those for which an
        SLA is in force, as of now: one for everybody, or one that names the service."""
        services = self.env["itsm.service"].search(
            [("company_id", "in", list({span.company_id for span in spans}))]
        )
        covered = set(services._itsm_agreements())
        named = self.env["itsm.agreement"].search(
            [
                ("kind", "=", "sla"),
                ("state", "=", "active"),
                ("is_template", "=", False),
                ("service_ids", "in", services.ids),
            ]
        )
        hit = Domain("id", "in", list(covered)) | Domain(
            "id", "child_of", named.service_ids.ids
        )
        return self._kpi_share(spans, self._kpi_services(hit))
