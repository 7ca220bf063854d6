# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools.kpi import plain


class ItsmAgreement(models.Model):
    """Shares of tickets that an agreement promises (SLM-60)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    share_ids = fields.One2many(
        comodel_name="itsm.agreement.share",
        inverse_name="agreement_id",
        string="Share Targets",
        copy=True,
    )

    @api.constrains("kind")
    def _check_share_kind(self):
        self.share_ids._check_kind()

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {"share_ids"}

    # === Paper (D02) ===

    def _paper_target(self):
        section = super()._paper_target()
        # Papers without shares go on saying what they said.
        if self.share_ids:
            section["tables"].append(self._paper_share_table())
            section["notes"].append(
                self.env._(
                    "Shares are counted month by month, in hours on the wall from the "
                    "report on, day and night. A ticket counts in the month in which "
                    "it was done in time, or in which its hours had run out."
                )
            )
        return section

    def _paper_share_table(self):
        """One row for each share that is promised.

        :rtype: dict
        """
        head = [self.env._("Tickets"), self.env._("At least, per month")]
        rows = [[line._label(), f"{plain(line.percent)} %"] for line in self.share_ids]
        return {
            "title": self.env._("Share of tickets in time"),
            "head": head,
            "rows": rows,
        }
