# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class TierValidationException(models.Model):
    """Fields that may be written although a record waits for a decision.

    Not for records of ours: what was approved is what everybody read. Which of their
    fields stay open is said by their model (``_approval_unlocked_fields``).
    """

    _inherit = "tier.validation.exception"

    @api.model
    def _get_tier_validation_model_names(self):
        ours = set(self.env["tier.definition"]._itsm_approval_models())
        return [
            name
            for name in super()._get_tier_validation_model_names()
            if name not in ours
        ]
