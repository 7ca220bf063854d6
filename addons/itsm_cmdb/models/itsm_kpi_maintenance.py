# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import Facts


class ItsmKpi(models.Model):
    """Key figures of maintenance and spare parts (K70, K71, MNT-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("maintenance_done", self.env._("Maintenance: orders done as planned")),
            ("maintenance_defects", self.env._("Maintenance: defects found")),
            (
                "maintenance_accuracy",
                self.env._("Maintenance: reports accepted at once"),
            ),
            ("spare_usable", self.env._("Spare parts: usable when checked")),
        ]

    def _kpi_measure_maintenance_done(self, spans):
        """K70: of the work orders planned for the period, those finished by the end of
        their day and reported. Cancelled before that day are left out, those neither
        done nor due yet do not count yet."""

        def in_time(model, alias, query):
            done = model._field_to_sql(alias, "done_end", query)
            return SQL("%s <= %s", done, model._field_to_sql(alias, "due_at", query))

        def cancelled_late(model, alias, query):
            ended = model._field_to_sql(alias, "cancelled_at", query)
            return SQL("%s > %s", ended, model._field_to_sql(alias, "due_at", query))

        reported = Domain("state", "in", ("reported", "closed"))
        due = Domain("due_at", "<=", fields.Datetime.now())
        counted = (
            reported
            | (Domain("state", "in", ("planned", "progress")) & due)
            | (Domain("state", "=", "cancelled") & Domain.custom(to_sql=cancelled_late))
        )
        return self._kpi_share(
            spans,
            Facts(
                "itsm.ci.maintenance.order",
                counted,
                at="due_at",
                hit=reported & Domain.custom(to_sql=in_time),
                closing=True,
            ),
        )

    def _kpi_measure_maintenance_defects(self, spans):
        """Points that were not OK in the orders reported in the period."""
        return self._kpi_number(
            spans,
            Facts(
                "itsm.ci.maintenance.result",
                Domain("outcome", "=", "nok")
                & Domain("order_id.state", "in", ("reported", "closed")),
                at="reported_at",
            ),
        )

    def _kpi_measure_maintenance_accuracy(self, spans):
        """Of the reports reviewed in the period, those never sent back."""
        return self._kpi_share(
            spans,
            Facts(
                "itsm.ci.maintenance.order",
                Domain("state", "=", "closed"),
                at="reviewed_at",
                hit=Domain("returned_count", "=", 0),
            ),
        )

    def _kpi_measure_spare_usable(self, spans):
        """K71: of the checks of spare parts in the period, those that found a usable
        one."""
        return self._kpi_share(
            spans,
            Facts(
                "itsm.ci.spare.check",
                Domain.TRUE,
                at="checked_on",
                hit=Domain("is_usable", "=", True),
                days=True,
            ),
        )
