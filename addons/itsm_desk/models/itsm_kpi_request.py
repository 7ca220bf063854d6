# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.models.itsm_kpi_measure import REQUEST, VALID
from odoo.addons.itsm_base.tools.kpi import Facts
from odoo.addons.rating.models.rating_data import RATING_HAPPY_VALUE


class ItsmKpi(models.Model):
    """Measures of service requests (REQ-13).

    Cost of a request is for finance only, and a figure is for everybody: it is in the
    analysis of requests, where who may not see prices does not find it.
    """

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            (
                "request_line_in_time",
                self.env._("Requests: delivered by the promised day"),
            ),
            (
                "request_backlog",
                self.env._("Requests: open at the end of the period"),
            ),
            ("request_content", self.env._("Requests: content requesters")),
        ]

    def _kpi_measure_request_line_in_time(self, spans):
        """K68.1: of the lines with a promised day delivered in the period, those
        delivered by then."""
        counted = Domain("state", "=", "delivered") & Domain(
            "promised_date", "!=", False
        )
        hit = Domain("is_late", "=", False)
        return self._kpi_share(
            spans, Facts("itsm.request.line", counted, at="delivered_at", hit=hit)
        )

    def _kpi_measure_request_backlog(self, spans):
        """K68.2: requests open at the end of the period."""
        return self._kpi_number(
            spans,
            Facts(
                "itsm.request",
                Domain("state", "!=", "draft"),
                at="submitted_at",
                until=("delivered_at", "finished_at"),
            ),
        )

    def _kpi_measure_request_content(self, spans):
        """K68.3: of the tickets of requests closed in the period whose requester
        answered the survey, those with the happy face."""
        counted = (
            REQUEST
            & VALID
            & Domain("rating_last_value", ">", 0)
            & self._kpi_ticket_domain()
        )
        hit = Domain("rating_last_value", ">=", RATING_HAPPY_VALUE)
        return self._kpi_share(
            spans, Facts("helpdesk.ticket", counted, at="closed_date", hit=hit)
        )
