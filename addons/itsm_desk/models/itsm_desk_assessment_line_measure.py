# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut

#: Figures: written by code only.
FIGURES = frozenset({"part", "whole", "hours", "bands", "measured_at"})


class ItsmDeskAssessmentLine(models.Model):
    """The figure behind a mark, kept as it was measured (SLM-77)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.desk.assessment.line"

    measure = fields.Selection(related="criterion_id.measure")
    part = fields.Float(readonly=True, copy=False, digits=False, aggregator=None)
    whole = fields.Float(readonly=True, copy=False, digits=False, aggregator=None)
    hours = fields.Float(readonly=True, copy=False, digits=False, aggregator=None)
    bands = fields.Json(readonly=True, copy=False)
    measured_at = fields.Datetime(string="Measured", readonly=True, copy=False)
    figure_text = fields.Char(string="Figure", compute="_compute_texts")
    bands_text = fields.Char(string="Bounds", compute="_compute_texts")

    @api.depends("part", "whole", "hours", "bands", "measured_at", "criterion_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            measured = line.measure and line.measured_at
            line.figure_text = line._figure_words() if measured else ""
            line.bands_text = (
                line.criterion_id._bands_text(line.measure, line.bands)
                if measured
                else ""
            )

    def _figure_words(self):
        """What was measured, in words of the reader; cut off, never rounded up."""
        self.ensure_one()
        if not self.whole:
            return self.env._("no data")
        if self.measure == "failures":
            words = self.env._(
                "Failures: %(failures)s, months of services: %(months)s",
                failures=int(self.part),
                months=int(self.whole),
            )
            if not self.part:
                return words
            between = self.env._(
                "%(hours)s h between failures", hours=cut(self.hours / self.part, 1)
            )
            return f"{words}, {between}"
        if self.measure == "satisfaction":
            return self.env._(
                "%(mean)s of 5 (ratings: %(number)s)",
                mean=cut(self.part / self.whole, 2),
                number=int(self.whole),
            )
        share = f"{cut(100 * self.part / self.whole, 3)} %"
        if self.measure == "availability":
            return share
        return self.env._(
            "%(share)s (%(met)s of %(measured)s)",
            share=share,
            met=int(self.part),
            measured=int(self.whole),
        )

    def _lacks_mark(self):
        """What nothing was measured of has no mark and is left out."""
        return super()._lacks_mark() and not (self.measure and self.measured_at)

    def _keep_figure(self, part, whole, hours):
        """Keep a figure and the mark that follows from it; without data none.

        :param part: what was kept, in time, available, or how often it failed
        :param whole: of so much; 0: nothing was measured
        :param float hours: hours available
        """
        self.ensure_one()
        criterion = self.criterion_id
        bands = criterion._bands()
        figure = whole and Fraction(part) / Fraction(whole)
        if self.measure not in ("failures", "satisfaction"):
            figure *= 100
        guard.with_token(self).write(
            {
                "part": part,
                "whole": whole,
                "hours": hours,
                "bands": bands,
                "measured_at": fields.Datetime.now(),
                "score": whole
                and criterion._mark_of(self.measure, bands, figure)
                or False,
            }
        )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line, vals in zip(lines, vals_list, strict=True):
            # what a default of the context gave counts as typed, too
            typed = FIGURES & vals.keys() or line.measured_at
            if typed or (line.measure and line.score):
                line._check_by_code()
        return lines

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.measure:
                vals.pop("score", None)
        return vals_list

    def write(self, vals):
        names = vals.keys()
        if (
            FIGURES & names
            or ("score" in names and any(line.measure for line in self))
            or ("criterion_id" in names and any(line.measured_at for line in self))
        ):
            self.check_access("write")
            self._check_by_code()
        return super().write(vals)

    def _check_by_code(self):
        """Figures, and marks that follow from them, are not typed.

        :raise AccessError: they were
        """
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "This mark follows from its figure. Press “Measure” instead of "
                    "entering it."
                )
            )
