# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ItsmDocument(models.Model):
    """Reports that are made as documents, and the control matrix of reports."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    def _issue(self):
        result = super()._issue()
        self._close_report_duties()
        return result

    def _close_report_duties(self):
        """An issued document closes the duty of the row that asked for it.

        One about an agreement that of its own row; one that was made by hand for a
        customer that of the only row about an agreement with him: two agreements with
        one customer each owe their own.
        """
        self.ensure_one()
        if not self.period_start:
            return
        # sudo: rows of the matrix, whoever issues the document
        rows = self.env["itsm.report.definition"].sudo()
        rows = rows.search(
            [
                ("document_kind_id", "=", self.kind_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        for row in rows:
            period = row._period_of(self.period_start)
            same = (period.start, period.end) == (self.period_start, self.period_end)
            if not same:
                continue
            own = row._report_domain()[1] & Domain("id", "=", self.id)
            # sudo: whether it is the row's document does not depend on who issues it
            if self.sudo().search_count(own):
                row.with_env(self.env)._close_duties(self.period_start, self)

    def _content_report_matrix(self):
        """The control matrix of reports (REP-10): a row for each report.

        :return: ``groups`` with ``name`` (the family) and ``rows`` with ``name``,
            ``agreement``, ``author``, ``reviewer``, ``approver``, ``audience``,
            ``period``, ``due``, ``delivery``, ``accepted`` and ``on_time``
        :rtype: dict
        """
        self.ensure_one()
        rows = self.env["itsm.report.definition"].search(
            [("company_id", "=", self.company_id.id)]
        )
        labels = dict(rows._fields["family"]._description_selection(self.env))
        groups = rows.grouped("family")
        return {
            "groups": [
                {
                    "name": label,
                    "rows": [row._as_matrix_row() for row in groups[family]],
                }
                for family, label in labels.items()
                if family in groups
            ]
        }
