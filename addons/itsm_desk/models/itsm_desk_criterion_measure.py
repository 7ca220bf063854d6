# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.itsm_base.tools.kpi import plain

MEASURES = [
    ("response", "Response: targets met (%)"),
    ("resolution", "Resolution: targets met (%)"),
    ("availability", "Availability (%)"),
    ("failures", "Stability: failures in a month"),
    ("satisfaction", "Satisfaction: mean rating (1 to 5)"),
]
#: Of these less is better.
LESS = frozenset({"failures"})
#: Marks that have a bound, the best first; below all of them it is a 1.
MARKS = ("5", "4", "3", "2")


class ItsmDeskCriterion(models.Model):
    """Criteria of agreements are marked by what was measured (SLM-51, SLM-77)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.desk.criterion"

    subject = fields.Selection(
        selection=[("desk", "The desk"), ("agreement", "Agreements")],
        string="Assesses",
        required=True,
        default="desk",
    )
    measure = fields.Selection(
        selection=MEASURES,
        string="Measured by",
        help="The mark follows from the figure and the bounds. Empty: people give it.",
    )
    band_5 = fields.Float(
        string="5 from",
        digits=False,
        aggregator=None,
        help="Reached exactly counts. For failures: up to so many.",
    )
    band_4 = fields.Float(string="4 from", digits=False, aggregator=None)
    band_3 = fields.Float(string="3 from", digits=False, aggregator=None)
    band_2 = fields.Float(string="2 from", digits=False, aggregator=None)

    @api.constrains("subject", "measure")
    def _check_measure(self):
        for criterion in self:
            if criterion.measure and criterion.subject != "agreement":
                raise ValidationError(
                    self.env._(
                        "%(criterion)s: only criteria of agreements are measured.",
                        criterion=criterion.name,
                    )
                )

    @api.constrains("measure", "band_5", "band_4", "band_3", "band_2")
    def _check_bands(self):
        """A better mark asks for more, or, of failures, for fewer."""
        for criterion in self.filtered("measure"):
            bands = criterion._bands()
            if criterion.measure in LESS:
                bands = [-bound for bound in bands]
            if bands != sorted(set(bands), reverse=True):
                raise ValidationError(
                    self.env._(
                        "%(criterion)s: the bounds of the marks contradict each other. "
                        "A better mark asks for a better figure.",
                        criterion=criterion.name,
                    )
                )

    def _bands(self):
        """The bounds of the marks 5, 4, 3 and 2.

        :rtype: list[float]
        """
        self.ensure_one()
        return [self[f"band_{mark}"] for mark in MARKS]

    @api.model
    def _mark_of(self, measure, bands, figure):
        """The mark of a figure, compared unrounded.

        :param str measure: what was measured
        :param list bands: bounds of the marks, the best first
        :param Fraction figure: what was measured
        :rtype: str
        """
        for mark, bound in zip(MARKS, bands, strict=True):
            bound = Fraction(repr(bound))
            if figure <= bound if measure in LESS else figure >= bound:
                return mark
        return "1"

    @api.model
    def _bands_text(self, measure, bands):
        """The bounds as they are read: “5 ≥ 98 · 4 ≥ 95”.

        :rtype: str
        """
        sign = "≤" if measure in LESS else "≥"
        pairs = zip(MARKS, bands, strict=True)
        return " · ".join(f"{mark} {sign} {plain(bound)}" for mark, bound in pairs)
