# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.period import Period

#: The most records that a drill-down names one by one.
DRILL_LIMIT = 20000


class ItsmKpiValue(models.Model):
    """From the figure to its records."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi.value"

    def action_drill_numerator(self):
        """Open the records of the numerator that the user may see."""
        return self._action_drill("numerator")

    def action_drill_denominator(self):
        """Open the records that were counted and that the user may see."""
        return self._action_drill("denominator")

    def _action_drill(self, part):
        """The action that shows the records behind a figure.

        A figure that is not frozen is read again, so that it is that of its records.

        :param str part: numerator or denominator
        :raise UserError: the figure has no records
        """
        self.ensure_one()
        self.check_access("read")
        if not self.frozen and self.can_drill:
            day = self.period_start
            self.kpi_id._compute_values(day, day, self.company_id)
        records, is_cut = self._drill(part)
        name = self.env._(
            "%(kpi)s, %(period)s", kpi=self.kpi_id.name, period=self.period_label
        )
        if is_cut:
            name = self.env._(
                "%(name)s (the first %(count)s)", name=name, count=DRILL_LIMIT
            )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            "context": {"active_test": False, "create": False},
            "help": self.env._(
                "<p>None of the records behind this figure is one that you may see, or "
                "the records changed since it was frozen.</p>"
            ),
        }

    def _drill(self, part):
        """The records behind the figure that the user may see.

        What the measure counts now; of a frozen value the records may have changed
        since.

        :param str part: numerator or denominator
        :return: the records, and whether there are more
        :raise UserError: the figure has no records
        """
        self.ensure_one()
        if not self.can_drill:
            raise UserError(
                self.env._("This figure was entered by hand: no records belong to it.")
            )
        kpi = self.kpi_id.sudo()  # sudo: ids only; the reader's rights decide
        period = Period.of(kpi.period, self.period_start)
        now = self.computed_at or fields.Datetime.now()
        # sudo: the zone of a company is no secret
        span = kpi._kpi_span(self.company_id.sudo(), period, now)
        facts = getattr(kpi._kpi_figures([span]).get(span), "facts", None)
        if not facts:
            raise UserError(self._not_measured_message())
        ids = kpi._kpi_record_ids(facts, span, part, DRILL_LIMIT + 1)
        records = self.env[facts.model].browse(ids[:DRILL_LIMIT])
        return records._filtered_access("read"), len(ids) > DRILL_LIMIT
