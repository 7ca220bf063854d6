# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreementLevel(models.Model):
    """A temporary level concerns the chains of which its agreement is a link."""

    _inherit = "itsm.agreement.level"

    def write(self, vals):
        before = self.agreement_id
        result = super().write(vals)
        (before | self.agreement_id)._chain_mark_stale()
        return result

    def unlink(self):
        agreements = self.agreement_id
        result = super().unlink()
        agreements._chain_mark_stale()
        return result
