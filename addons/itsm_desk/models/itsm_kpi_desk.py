# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_kpi_measure import VALID
from odoo.addons.itsm_base.tools.kpi import Facts

#: What answers a contact; the earlier one counts.
ANSWERS = ("first_response_at", "resolved_at")


class ItsmKpi(models.Model):
    """Measures of the desk's own norms (DSK-11)."""

    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("channel_norm", self.env._("Tickets: answered within the channel's norm")),
        ]

    def _kpi_measure_channel_norm(self, spans):
        """Of the tickets reported in the period on channels with a norm, those answered
        or solved by then. What is neither answered nor late does not count yet."""
        counted = self._kpi_norm_counted() & self._kpi_ticket_domain()
        return self._kpi_share(
            spans,
            Facts(
                "helpdesk.ticket", counted, at="reported_at", hit=self._kpi_norm_met()
            ),
        )

    @api.model
    def _kpi_norm_counted(self):
        """Tickets about which the norm of their channel has a verdict."""
        answered = Domain.OR(Domain(name, "!=", False) for name in ANSWERS)
        late = Domain("norm_due_at", "<", fields.Datetime.now())
        return VALID & Domain("norm_due_at", "!=", False) & (answered | late)

    @api.model
    def _kpi_norm_met(self):
        """Of those, the ones that were answered in time."""

        def to_sql(model, alias, query):
            columns = [
                model._field_to_sql(alias, name, query)
                for name in (*ANSWERS, "norm_due_at")
            ]
            return SQL("LEAST(%s) <= %s", SQL(", ").join(columns[:-1]), columns[-1])

        return Domain.custom(to_sql=to_sql)
