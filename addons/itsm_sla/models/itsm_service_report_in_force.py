# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ItsmServiceReport(models.Model):
    """A report is about days on which its agreement was in force (REP-02).

    A period in which no version was in force is refused; one that lies partly inside is
    cut to the days in force, and the report says so.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    in_force_note = fields.Text(
        string="Days in Force",
        compute="_compute_in_force_note",
        help="Why the report is not about all days of its period.",
    )

    # === Days ===

    def _in_force_between(self):
        """First and last day on which a version of the agreement was in force.

        The last is `datetime.date.max` while it goes on.

        :return: None if it was never in force
        :rtype: tuple[datetime.date, datetime.date] | None
        """
        self.ensure_one()
        versions = self._agreements().filtered(lambda a: a.state != "draft")
        if not versions:
            return None
        return (
            min(version.date_start for version in versions),
            max(version._last_day() or date.max for version in versions),
        )

    def _days(self):
        """The days of the period on which the agreement was in force.

        All of them where the report is about no agreement, or corrects one that was
        published about a time before it.

        :return: first and last day
        :rtype: tuple[datetime.date, datetime.date]
        """
        self.ensure_one()
        period = self._period()
        if not self.agreement_id:
            return period.start, period.end
        between = self._once_for_all_languages("in_force", self._in_force_between)
        return self._cut_days(period.start, period.end, between)

    @api.model
    def _cut_days(self, first, last, between):
        """Those of the days that lie in *between*; all of them if none does."""
        if not between or between[0] > last or between[1] < first:
            return first, last
        return max(first, between[0]), min(last, between[1])

    # === What people are told ===

    @api.depends("agreement_id", "period_start", "period_end")
    @api.depends_context("lang")
    def _compute_in_force_note(self):
        for report in self:
            known = report.agreement_id and report.period_start and report.period_end
            report.in_force_note = "\n".join(known and report._in_force_notes() or [])

    def _in_force_notes(self):
        """What the report says of its days.

        :return: sentences; empty when the agreement was in force all the time
        :rtype: list[str]
        """
        self.ensure_one()
        period = self._period()
        first, last = self._days()
        notes = []
        if first > period.start:
            notes.append(
                self.env._(
                    "Only the days from %(day)s on: the agreement was not in force "
                    "before.",
                    day=first.isoformat(),
                )
            )
        if last < period.end:
            notes.append(
                self.env._(
                    "Only the days until %(day)s: then the agreement ended.",
                    day=last.isoformat(),
                )
            )
        return notes

    # === Constraints ===

    @api.constrains("period_start", "definition_id")
    def _check_in_force(self):
        """Refuse a period in which no version of the agreement was in force.

        :raise ValidationError: saying since when, or until when, it was
        """
        for report in self:
            if not report.agreement_id or report.previous_id:
                continue
            words = {
                # sudo: the name of the agreement of a readable report
                "agreement": report.agreement_id.sudo().display_name,
                "period": report.period_label,
            }
            between = report._in_force_between()
            if not between:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s was never in force: there is nothing to report. "
                        "Activate it first.",
                        **words,
                    )
                )
            first, last = between
            if first > report.period_end:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s was not in force in %(period)s: it has been "
                        "since %(day)s. Choose a later period.",
                        **words,
                        day=format_date(self.env, first),
                    )
                )
            if last < report.period_start:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s was not in force in %(period)s any more: it "
                        "ended on %(day)s. Choose an earlier period.",
                        **words,
                        day=format_date(self.env, last),
                    )
                )
