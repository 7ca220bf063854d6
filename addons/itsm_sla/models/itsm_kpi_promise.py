# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_kpi_measure import VALID
from odoo.addons.itsm_base.tools.kpi import Facts, Figure, share

#: Clocks of customers that say something: not exempt, not cancelled.
PROMISED = (
    Domain("kind", "=", "sla")
    & Domain("exempt", "!=", True)
    & Domain("phase", "!=", "cancelled")
)


class ItsmKpi(models.Model):
    """K01 to K03 and K10: promises to customers as a whole.

    Exempt tickets, cancelled tickets and duplicates are left out. A ticket belongs to
    the period in which it was solved, a target to the one in which its clock stopped.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("sla_achieved", self.env._("Tickets: all promises kept")),
            ("targets_met", self.env._("Promises to customers: kept")),
            ("threatened", self.env._("Tickets: promises kept, but only just")),
            ("threatened_share", self.env._("Tickets: share of those only just kept")),
            ("workload", self.env._("Agreements: tickets of the agreed limit")),
        ]

    def _kpi_measure_sla_achieved(self, spans):
        """K01: of the tickets under SLAs solved in the period, those that missed
        nothing."""
        return self._kpi_share(spans, self._kpi_promised_tickets(self._kpi_kept()))

    def _kpi_measure_targets_met(self, spans):
        """K02: of all targets measured in the period, those that were met; clocks of
        every kind, months of availability and of shares of tickets."""
        counted = Domain("kind", "=", "sla")
        tickets = VALID & self._kpi_ticket_domain()
        counted &= Domain("ticket_id", "=", False) | Domain("ticket_id", "any", tickets)
        facts = Facts("itsm.target.result", counted, at="measured_at")
        # Added up, as asking the view again for the hits costs far more.
        sums = self._kpi_count(spans, facts._replace(amount="met"))
        facts = facts._replace(hit=Domain("is_met", "=", True))
        return {
            span: share(int(met), measured, facts)
            for span, measured, _hits, met in sums
        }

    def _kpi_measure_threatened(self, spans):
        """K03: tickets solved in the period that missed nothing, but of which a clock
        passed the level of risk."""
        facts = self._kpi_promised_tickets(None)
        counted = facts.counted & self._kpi_kept() & self._kpi_threatened()
        return self._kpi_number(spans, facts._replace(counted=counted))

    def _kpi_measure_threatened_share(self, spans):
        """K03: the same, of the tickets under SLAs solved in the period."""
        hit = self._kpi_kept() & self._kpi_threatened()
        return self._kpi_share(spans, self._kpi_promised_tickets(hit))

    def _kpi_measure_workload(self, spans):
        """K10: tickets of the months of the period, of the limits agreed for them."""
        load, limit = (
            Facts(
                "itsm.workload",
                Domain("kind", "=", "sla"),
                at="month",
                amount=name,
                days=True,
            )
            for name in ("actual", "limit")
        )
        limits = {
            span: amount for span, _c, _h, amount in self._kpi_count(spans, limit)
        }
        return {
            span: Figure(
                amount,
                limits[span],
                100 * amount / limits[span] if limits[span] else None,
                load,
            )
            for span, _counted, _hits, amount in self._kpi_count(spans, load)
        }

    # === Facts ===

    def _kpi_promised_tickets(self, hit):
        """Tickets solved in the period to which a promise was measured."""
        measured = PROMISED & Domain("phase", "=", "stopped")
        counted = VALID & Domain("clock_ids", "any", measured)
        counted &= self._kpi_ticket_domain()
        return Facts("helpdesk.ticket", counted, at="resolved_at", hit=hit)

    @api.model
    def _kpi_kept(self):
        missed = PROMISED & Domain("breached_at", "!=", False)
        return Domain("clock_ids", "not any", missed)

    @api.model
    def _kpi_threatened(self):
        """Tickets of which a clock stopped beyond the agreement's level of risk."""
        # the domain below reads columns by name
        self.env["itsm.clock"].flush_model(["used_seconds", "target_seconds"])
        self.env["itsm.agreement"].flush_model(["at_risk_percent"])

        def passed(model, alias, query):
            return SQL(
                """%s::bigint * 100 >= %s::bigint * (
                       SELECT agreement.at_risk_percent FROM itsm_agreement agreement
                        WHERE agreement.id = %s)""",
                SQL.identifier(alias, "used_seconds"),
                SQL.identifier(alias, "target_seconds"),
                SQL.identifier(alias, "agreement_id"),
            )

        measured = PROMISED & Domain("phase", "=", "stopped")
        return Domain("clock_ids", "any", measured & Domain.custom(to_sql=passed))
