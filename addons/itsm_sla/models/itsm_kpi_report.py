# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import Facts


class ItsmKpi(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("report_on_time", self.env._("Service reports: published in time")),
        ]

    def _kpi_measure_report_on_time(self, spans):
        """K11: of the service reports due in the period, those published in time.

        A report is due by the duty that its definition makes, and publishing it does
        the duty. Waived ones are left out; what is neither published nor past due does
        not count yet.
        """
        definitions = self.env["itsm.report.definition"].with_context(active_test=False)
        found = definitions.search_fetch([], ["duty_definition_id"])
        rules = found.duty_definition_id
        past_due = Domain("due_at", "<=", fields.Datetime.now())
        counted = Domain("definition_id", "in", rules.ids) & (
            Domain("state", "=", "done") | (Domain("state", "=", "open") & past_due)
        )

        def in_time(model, alias, query):
            done = model._field_to_sql(alias, "done_at", query)
            return SQL("%s < %s", done, model._field_to_sql(alias, "due_at", query))

        hit = Domain("state", "=", "done") & Domain.custom(to_sql=in_time)
        return self._kpi_share(
            spans, Facts("itsm.duty", counted, at="due_at", hit=hit, closing=True)
        )
