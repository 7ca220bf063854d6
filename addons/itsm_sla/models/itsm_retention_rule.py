# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.models.itsm_retention_rule_kinds import Kind


class ItsmRetentionRule(models.Model):
    _inherit = "itsm.retention.rule"

    @api.model
    def _kinds(self):
        return super()._kinds() | {
            "replay": Kind(
                self.env._("Replays that were never applied"),
                "itsm.replay",
                ("delete",),
            )
        }

    def _retention_replay(self, before):
        """Differences that nobody applied: no evidence, but names of tickets."""
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("draft", "computed"))
            & Domain("write_date", "<", before)
        )
