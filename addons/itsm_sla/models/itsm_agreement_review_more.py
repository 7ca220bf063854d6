# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import formatLang

from .itsm_agreement_printed import MONEY_GROUPS


class ItsmAgreementReview(models.Model):
    """What else is read for a review: figures of other addons, and what it costs."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement.review"

    cost_text = fields.Char(
        string="Cost",
        compute="_compute_cost_text",
        groups=",".join(MONEY_GROUPS),
        help="The amount of the version in force at the end of the period.",
    )

    def _more_rows(self):
        """Sentences about further figures that were kept; addons add theirs.

        :rtype: list[str]
        """
        self.ensure_one()
        return []

    # === Cost (SLM-45) ===

    @api.depends("agreement_id", "date_to")
    @api.depends_context("lang")
    def _compute_cost_text(self):
        for review in self:
            review.cost_text = review._cost_sentence()

    def _cost_sentence(self):
        """What a year of the agreement costs, as agreed.

        Read when it is shown, and kept in no figure: who may not see money reads the
        figures as well.

        :rtype: str
        """
        self.ensure_one()
        agreement = self.sudo().agreement_id  # sudo: callers see money
        versions = agreement._versions().filtered(
            lambda version: (
                version.state != "draft"
                and version.date_start
                and (not self.date_to or version.date_start <= self.date_to)
            )
        )
        latest = versions.sorted(lambda v: (v.date_start, v.version, v.id))[-1:]
        if not latest.amount:
            return ""
        return self.env._(
            "%(amount)s a year, as agreed in version %(version)s",
            amount=formatLang(self.env, latest.amount, currency_obj=latest.currency_id),
            version=latest.version,
        )

    def _cost_rows(self):
        """The sentence about cost, on paper, for those who may see money.

        :rtype: list[str]
        """
        if not any(self.env.user.has_group(group) for group in MONEY_GROUPS):
            return []
        sentence = self._cost_sentence()
        return [sentence] if sentence else []
