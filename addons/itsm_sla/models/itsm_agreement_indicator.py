# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools.kpi import plain

COMPARATORS = [("min", "At least"), ("max", "At most")]


class ItsmAgreementIndicator(models.Model):
    """A figure by which both sides see whether the service succeeds (SLM-14, SLM-15).

    Indicators of the service level tell how the service is delivered, indicators of the
    business what the customer gains by it.
    """

    _name = "itsm.agreement.indicator"
    _description = "Indicator of an Agreement"
    _inherit = ["itsm.agreement.part.mixin"]
    _part_field = "indicator_ids"
    _order = "agreement_id, kind desc, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[("service", "Service level"), ("business", "Business")],
        required=True,
        default="service",
    )
    name = fields.Char(string="Indicator", required=True, translate=True)
    definition = fields.Text(
        translate=True, help="How it is measured, from which records, by whom."
    )
    comparator = fields.Selection(selection=COMPARATORS, required=True, default="min")
    value = fields.Float(
        string="Target Value", required=True, digits=False, aggregator=None
    )
    unit = fields.Char(translate=True, help="For example: %, hours, complaints.")

    def _is_success(self, measured):
        """Whether a measured value is a success, compared unrounded (SLM-15).

        :param float measured: in the unit of the indicator; None: nothing measured
        :return: None where nothing was measured
        :rtype: bool | None
        """
        self.ensure_one()
        if measured is None:
            return None
        if self.comparator == "min":
            return measured >= self.value
        return measured <= self.value

    def _target_text(self):
        """The target in words, for example “At least 95 %”."""
        self.ensure_one()
        selection = self._fields["comparator"]._description_selection(self.env)
        label = dict(selection)[self.comparator]
        return " ".join(filter(None, [label, plain(self.value), self.unit]))

    @api.depends("name", "comparator", "value", "unit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for indicator in self:
            indicator.display_name = (
                f"{indicator.name or ''}: {indicator._target_text()}"
                if indicator.comparator
                else indicator.name
            )
