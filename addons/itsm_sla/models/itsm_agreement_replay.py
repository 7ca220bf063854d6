# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    _inherit = "itsm.agreement"

    def action_replay(self):
        """Open a replay of the open tickets under these agreements."""
        return self.env["itsm.replay"]._action_new(
            edited="agreement", agreement_ids=self.ids
        )
