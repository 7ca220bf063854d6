# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.itsm_base.tools.kpi import cut


class ItsmAgreementReview(models.Model):
    """How requesters rated the service, and what it was marked with (SLM-44, -77)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement.review"

    def _review_figures(self):
        figures = super()._review_figures()
        review = self.sudo()  # sudo: figures are the same for both sides
        versions = review.agreement_id._versions()
        total, number = review.env["rating.rating"]._itsm_of_agreements(
            versions, review.date_from, review.date_to
        )
        sheets = review.env["itsm.desk.assessment"].search(
            [
                ("agreement_id", "in", versions.ids),
                ("state", "=", "done"),
                ("period_start", ">=", review.date_from),
                ("period_end", "<=", review.date_to),
            ],
            order="period_start, id",
        )
        return figures | {
            "satisfaction": {"sum": total, "number": number},
            "assessments": [
                {
                    "from": sheet.period_start.isoformat(),
                    "to": sheet.period_end.isoformat(),
                    "result": str(cut(sheet.result, 1)),
                }
                for sheet in sheets
            ],
        }

    def _more_rows(self):
        figures = self.figures or {}
        rows = super()._more_rows()
        rated = figures.get("satisfaction") or {}
        if rated.get("number"):
            rows.append(
                self.env._(
                    "Satisfaction of requesters: %(mean)s of 5 (ratings: %(number)s)",
                    mean=cut(rated["sum"] / rated["number"], 2),
                    number=rated["number"],
                )
            )
        elif "satisfaction" in figures:
            rows.append(self.env._("Satisfaction of requesters: nobody rated a ticket"))
        rows += [
            self.env._(
                "Assessment sheet %(first)s – %(last)s: %(result)s %%",
                first=sheet["from"],
                last=sheet["to"],
                result=sheet["result"],
            )
            for sheet in figures.get("assessments", [])
        ]
        return rows
