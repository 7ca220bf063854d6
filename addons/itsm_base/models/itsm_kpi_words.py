# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.kpi import cut, plain


class ItsmKpi(models.Model):
    """Figures in words."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    target_text = fields.Char(compute="_compute_target_text", string="Target in Words")

    @api.depends("has_target", "target", "unit", "direction")
    @api.depends_context("lang")
    def _compute_target_text(self):
        for kpi in self:
            sign = {"up": "≥", "down": "≤"}.get(kpi.direction)
            kpi.target_text = False
            if kpi.has_target and sign:
                kpi.target_text = f"{sign} {kpi._plain_text(kpi.target)}"

    def _unit_text(self, figure):
        """*figure* with its unit, as a reader of the present language writes it."""
        self.ensure_one()
        if self.unit == "percent":
            return f"{figure} %"
        if self.unit in ("minutes", "hours", "days"):
            labels = dict(self._fields["unit"]._description_selection(self.env))
            return f"{figure} {labels[self.unit].lower()}"
        return figure

    def _plain_text(self, value):
        """A target or a limit: with all its decimals and its unit."""
        self.ensure_one()
        # sudo: how numbers are written is no secret
        lang = self.env["res.lang"].sudo()._lang_get(self.env.lang or "en_US")
        return self._unit_text(plain(value).replace(".", lang.decimal_point))

    def _figure_text(self, value, direction=None):
        """*value* as it is shown: cut off, with its unit; None: no data.

        :param str direction: which side is the better one, default as it is defined now
        """
        self.ensure_one()
        if value is None:
            return self.env._("No data")
        # sudo: how numbers are written is no secret
        lang = self.env["res.lang"].sudo()._lang_get(self.env.lang or "en_US")
        figure = cut(value, self.digits, direction or self.direction)
        return self._unit_text(lang.format(f"%.{self.digits}f", figure, grouping=True))
