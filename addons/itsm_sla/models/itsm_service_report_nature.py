# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError


class ItsmServiceReport(models.Model):
    """Warnings and plans: about a period that is not over (REP-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def _nature(self):
        self.ensure_one()
        # sudo: of the row that a readable report was made of
        return self.definition_id.sudo().nature

    @api.constrains("period_start", "definition_id")
    def _check_period_over(self):
        """After the fact: a period that is over. Warning: the one that lasts. Plan: the
        one that lasts or the next. Read in the zone of the agreement."""
        reactive = self.filtered(lambda report: report._nature() == "reactive")
        result = super(ItsmServiceReport, reactive)._check_period_over()
        for report in self - reactive:
            today, period = report._today(), report._period()
            if period.end < today:
                raise ValidationError(
                    self.env._(
                        "%(period)s is over: what is over is reported after the fact, "
                        "by a report of that nature.",
                        period=report.period_label,
                    )
                )
            plan = report._nature() == "schedule"
            present = period.of(period.kind, today)
            if period != present and not (plan and period == present.next()):
                raise ValidationError(
                    self.env._(
                        "%(period)s has not begun: a warning is about the present "
                        "period, a plan about the present or the next one.",
                        period=report.period_label,
                    )
                )
        return result

    def _report_sections(self):
        return self._of_nature(super()._report_sections())

    def _of_nature(self, codes):
        """Those of the nature of the report, and those of every nature.

        :param list codes: of sections
        :rtype: list[str]
        """
        # sudo: names of sections are no secret
        sections = self.env["itsm.report.section"].sudo()
        sections = sections.search_fetch([], ["code", "nature"])
        wanted = (False, self._nature())
        own = {section.code for section in sections if section.nature in wanted}
        return [code for code in codes if code in own]
