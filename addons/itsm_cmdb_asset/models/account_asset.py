# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountAsset(models.Model):
    """The configuration items that accounting keeps as one asset (CFG-46)."""

    _inherit = "account.asset"

    itsm_ci_ids = fields.One2many(
        comodel_name="itsm.ci",
        inverse_name="asset_id",
        string="Configuration Items",
        readonly=True,
        groups="itsm_cmdb.itsm_group_ci_reader",
    )

    def action_view_itsm_cis(self):
        """Open the configuration items of the asset; their own rights hold."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        return {**action, "domain": [("asset_id", "=", self.id)], "context": {}}
