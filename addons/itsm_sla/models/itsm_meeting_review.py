# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmMeeting(models.Model):
    """Meetings that review an agreement."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.meeting"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._agreement_reviews()._follow_meeting()
        return result

    def _agreement_reviews(self):
        """The reviews that these meetings are held for, in sudo."""
        # sudo: a meeting is moved by its organizer, whatever he may do to reviews
        reviews = self.env["itsm.agreement.review"].sudo()
        return reviews.with_context(active_test=False).search(
            [("meeting_id", "in", self.ids)]
        )

    def _itsm_agenda_lines(self):
        review = self._agreement_reviews()
        if not review:
            return super()._itsm_agenda_lines()
        # With customers at the table: what was agreed, and this agreement alone.
        lines = self._agenda_of_actions(others=False)
        return lines + review[:1].with_env(self.env)._agenda_lines()

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.agreement.review", "meeting_id"),
        ]
