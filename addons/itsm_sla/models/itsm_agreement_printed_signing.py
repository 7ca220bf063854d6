# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    """What is put to signature says something under every heading (SLM-05, SLM-13)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _check_signable(self):
        result = super()._check_signable()
        drafts = self.filtered(lambda agreement: agreement.state == "draft")
        missing = {
            agreement: labels
            for agreement in drafts
            if (labels := agreement._paper_missing())
        }
        if missing:
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_headings",
                self.union(*missing),
                {
                    agreement.id: agreement._paper_missing_message(labels)
                    for agreement, labels in missing.items()
                },
            )
        return result
