# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import Facts, Figure, mean, share

HOUR = 3600


class ItsmKpi(models.Model):
    """K12 to K16: from the months of availability under agreements with customers.

    A service that several agreements promise is counted once, in the month under which
    it was down longest: the figures are those of services, not of contracts.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("availability", self.env._("Services: availability")),
            ("service_mttr", self.env._("Services: mean time to repair (MTTR)")),
            ("service_mtbf", self.env._("Services: mean time between failures (MTBF)")),
            (
                "service_mtbsi",
                self.env._("Services: mean time between service incidents (MTBSI)"),
            ),
            ("service_down", self.env._("Services: hours of unplanned outages")),
        ]

    def _kpi_measure_availability(self, spans):
        """K12: agreed time without unplanned outages, of the agreed time, × 100."""
        measured = self._kpi_availability_sums(spans, "measured_seconds")
        down = self._kpi_availability_sums(spans, "down_seconds")
        facts = self._kpi_availability("measured_seconds")
        return {
            span: share(measured[span] - down[span], measured[span], facts)
            for span in spans
        }

    def _kpi_measure_service_mttr(self, spans):
        """K13: hours down for each failure."""
        return self._kpi_per_failure(spans, {"down_seconds": 1})

    def _kpi_measure_service_mtbf(self, spans):
        """K14: available agreed hours for each failure."""
        return self._kpi_per_failure(spans, {"measured_seconds": 1, "down_seconds": -1})

    def _kpi_measure_service_mtbsi(self, spans):
        """K15: agreed hours for each failure, K13 + K14."""
        return self._kpi_per_failure(spans, {"measured_seconds": 1})

    def _kpi_measure_service_down(self, spans):
        """K16: hours of unplanned outages within the agreed time."""
        down = self._kpi_availability_sums(spans, "down_seconds")
        facts = self._kpi_availability("down_seconds", Domain("down_seconds", ">", 0))
        return {
            span: Figure(down[span] / HOUR, None, down[span] / HOUR, facts)
            for span in spans
        }

    def _kpi_per_failure(self, spans, parts):
        """Hours for each failure; without any there is no data.

        :param dict parts: sign of each field that is added up
        """
        failures = self._kpi_availability_sums(spans, "failure_count")
        sums = {name: self._kpi_availability_sums(spans, name) for name in parts}
        facts = self._kpi_availability("down_seconds", Domain("failure_count", ">", 0))
        return {
            span: mean(
                sum(sign * sums[name][span] for name, sign in parts.items()),
                failures[span],
                HOUR,
                facts,
            )
            for span in spans
        }

    def _kpi_availability_sums(self, spans, name):
        """The sum of a field over the months that count: one query.

        :rtype: dict[Span, int]
        """
        # the domain below reads columns by name
        self.env["itsm.availability"].flush_model()
        facts = self._kpi_availability(name)
        return {
            span: int(amount)
            for span, _counted, _hits, amount in self._kpi_count(spans, facts)
        }

    @api.model
    def _kpi_availability(self, amount, hit=None):
        """The months that count, each service once."""

        def longest_down(model, alias, query):
            return SQL(
                """NOT EXISTS (
                    SELECT FROM itsm_availability other
                     WHERE other.company_id = %(company)s
                       AND other.service_id = %(service)s
                       AND other.month = %(month)s
                       AND other.is_latest AND other.kind = 'sla'
                       AND (other.down_seconds, other.measured_seconds, -other.id)
                           > (%(down)s, %(measured)s, -%(id)s))""",
                company=SQL.identifier(alias, "company_id"),
                service=SQL.identifier(alias, "service_id"),
                month=SQL.identifier(alias, "month"),
                down=SQL.identifier(alias, "down_seconds"),
                measured=SQL.identifier(alias, "measured_seconds"),
                id=SQL.identifier(alias, "id"),
            )

        counted = (
            Domain("kind", "=", "sla")
            & Domain("is_latest", "=", True)
            & Domain.custom(to_sql=longest_down)
        )
        return Facts(
            "itsm.availability", counted, at="counted_at", hit=hit, amount=amount
        )
