# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmServiceReport(models.Model):
    """The section of plans: what is going to happen, and when (REP-09)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def _section_plan(self, first, last):
        """Agreed interruptions, other targets for a time, reviews, ends of terms and
        improvement plans of the period, day by day.

        :rtype: dict
        """
        begins, stops = self._span(first, last)
        interruptions = self._agreed_interruptions(begins, stops)
        days = [
            *self._planned_levels(first, last),
            *self._planned_terms(first, last),
            *self._planned_reviews(first, last),
            *self._planned_improvements(first, last),
        ]
        return {
            "as_of": self._wall_text(fields.Datetime.now()),
            "interruptions": self._interruption_rows(interruptions),
            "days": sorted(days, key=lambda row: (row["day"], row["what"])),
        }

    def _planned_row(self, day, what, name, until=None):
        return {
            "day": day.isoformat(),
            "until": until.isoformat() if until else "",
            "what": what,
            "name": name or "",
        }

    def _planned_levels(self, first, last):
        """Temporary levels that hold on days of the period."""
        return [
            self._planned_row(
                max(level.date_from, first),
                self.env._("Other targets"),
                level.name,
                min(level.date_to, last),
            )
            for level in self._agreements().level_ids
            if level.date_from <= last and level.date_to >= first
        ]

    def _planned_terms(self, first, last):
        """First and last days of versions in force, and days of notice."""
        words = {
            "date_start": self.env._("Comes into force"),
            "date_end": self.env._("Ends as agreed"),
            "notice_date": self.env._("Last day to give notice"),
        }
        return [
            self._planned_row(agreement[name], what, agreement.display_name)
            for agreement in self._agreements()
            if agreement.state == "active"
            for name, what in words.items()
            if agreement[name] and first <= agreement[name] <= last
        ]

    def _planned_reviews(self, first, last):
        """Reviews of the agreements that are planned and not held."""
        reviews = self.env["itsm.agreement.review"].sudo()  # sudo: as in _agreements
        found = reviews.search(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("state", "in", ("planned", "scheduled")),
                ("planned_on", ">=", first),
                ("planned_on", "<=", last),
            ],
            order="planned_on, id",
        )
        return [
            self._planned_row(
                review.planned_on,
                self.env._("Review"),
                review.agreement_id.display_name,
            )
            for review in found
        ]

    def _planned_improvements(self, first, last):
        """Running improvement plans that are due in the period."""
        plans = self.env["itsm.improvement.plan"].sudo()  # sudo: as in _agreements
        found = plans.search(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("state", "=", "running"),
                ("date_due", ">=", first),
                ("date_due", "<=", last),
            ],
            order="date_due, id",
        )
        return [
            self._planned_row(
                plan.date_due, self.env._("Improvement plan due"), plan.display_name
            )
            for plan in found
        ]
