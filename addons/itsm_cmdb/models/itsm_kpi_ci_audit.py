# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import Facts

from .itsm_ci_audit import AUDITED, DIFFERENT

#: States of an audit whose counting is over.
COUNTED = ("differences", "correction", "check", "closed")


class ItsmKpi(models.Model):
    """K56 and K59: what audits found, by the day on which it was counted.

    A comparison with a baseline compares the CMDB with itself and counts in neither.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("ci_variance", self.env._("Configuration items: differences in audits")),
            ("ci_passed", self.env._("Configuration items: passed in audits")),
        ]

    def _kpi_measure_ci_variance(self, spans):
        """K56: of the configuration items audited, those with a difference."""
        hit = Domain("result", "in", DIFFERENT)
        return self._kpi_share(spans, self._kpi_audited(hit))

    def _kpi_measure_ci_passed(self, spans):
        """K59: of the configuration items audited, those as expected."""
        return self._kpi_share(spans, self._kpi_audited(Domain("result", "=", "ok")))

    @api.model
    def _kpi_audited(self, hit):
        counted = (
            Domain("result", "in", AUDITED)
            & Domain("audit_id.state", "in", COUNTED)
            & Domain("audit_id.kind", "!=", "baseline")
        )
        return Facts("itsm.ci.audit.line", counted, at="counted_at", hit=hit)
