# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_retention_rule_kinds import Kind


class ItsmRetentionRule(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.retention.rule"

    @api.model
    def _kinds(self):
        return super()._kinds() | {
            "whatif": Kind(
                self.env._("What-if scenarios that nobody decided by"),
                "itsm.whatif",
                ("delete",),
            )
        }

    def _retention_whatif(self, before):
        """Scenarios that were not known when their agreement was put in force."""
        known = SQL(
            """(SELECT scenario.id
                  FROM itsm_whatif scenario
                  JOIN itsm_agreement agreement ON agreement.id = scenario.agreement_id
                 WHERE scenario.state = 'computed'
                   AND scenario.moment <= agreement.activated_at)"""
        )
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("draft", "computed"))
            & Domain("write_date", "<", before)
            & Domain("id", "not in", known)
        )
