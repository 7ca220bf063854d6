# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import plain


class ItsmServiceReport(models.Model):
    """Shares of tickets in time, in the section about targets (SLM-60)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def _section_targets(self, first, last):
        """With the shares that are promised, month by month."""
        section = super()._section_targets(first, last)
        section["shares"] = self._share_rows()
        section["shares_missed"] = sum(
            row["is_met"] is False for row in section["shares"]
        )
        return section

    def _share_rows(self):
        """The months of each share target that was measured, or is promised now.

        :rtype: list[dict]
        """
        counts = self._once_for_all_languages("shares", self._count_shares)
        # sudo: as in _agreements
        lines = self.env["itsm.agreement.share"].sudo()
        lines = lines.browse(share_id for share_id, _index in counts)
        if self.agreement_id:
            lines |= self._latest_version().share_ids
        several = len(lines.agreement_id) > 1
        rows = []
        for line in lines.sorted(lambda line: (line.agreement_id.id, line.sequence)):
            label = line._label()
            if several:
                label = f"{line.agreement_id.display_name}: {label}"
            for index, month in enumerate(self._months()):
                met, counted = counts.get((line.id, index), (0, 0))
                span = self._span(month.start, month.end)
                verdicts = [["share_id", "=", line.id], *span.domain("at")]
                figures = {
                    name: self._figure(
                        number,
                        [
                            [
                                "share_verdict_ids",
                                "any",
                                [*verdicts, ["is_met", "=", name == "met"]],
                            ]
                        ],
                    )
                    for name, number in (("met", met), ("late", counted - met))
                }
                rows.append(
                    {
                        "name": label,
                        "month": month.label,
                        "target": f"{plain(line.percent)} %",
                        "counted": counted,
                        **figures,
                        "share": self._share_text(met, counted),
                        "is_met": line._is_kept(met, counted),
                    }
                )
        return rows

    def _count_shares(self):
        """Tickets in time and counted in the months of the report.

        :return: dict of ``(share target id, index of the month)`` → ``(in time,
            counted)``
        """
        # sudo: as in _agreements
        lines = self.env["itsm.agreement.share"].sudo()
        lines = lines.search([("agreement_id", "in", self._agreements().ids)])
        if not lines:
            return {}
        # what the statement reads by name
        self.env["itsm.share.verdict"].sudo()._flush_sources()  # sudo: as above
        months = self._months()
        span = self._span(months[0].start, months[-1].end)
        bounds = [self._span(month.start, month.end).begins for month in months]
        rows = self.env.execute_query(
            SQL(
                """SELECT v.share_id,
                          width_bucket(v.at, %(bounds)s::timestamp[]) - 1,
                          COUNT(*) FILTER (WHERE v.is_met), COUNT(*)
                     FROM (%(verdicts)s) v
                    WHERE v.share_id IN %(lines)s
                      AND v.at >= %(begins)s AND v.at < %(stops)s
                    GROUP BY 1, 2""",
                verdicts=lines._verdicts_sql(*span),
                lines=tuple(lines.ids),
                bounds=bounds,
                begins=span.begins,
                stops=span.stops,
            )
        )
        return {(line, index): (met, counted) for line, index, met, counted in rows}

    def _abnormal_reasons(self, sections):
        reasons = super()._abnormal_reasons(sections)
        missed = sections.get("targets", {}).get("shares_missed")
        if missed:
            reasons.append(
                self.env._(
                    "Fewer tickets were in time than was agreed (%(number)s times).",
                    number=missed,
                )
            )
        return reasons
