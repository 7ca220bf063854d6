# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCiAssetLink(models.TransientModel):
    """Names the configuration items that accounting keeps as one asset (CFG-46).

    By what stands on the thing or on its papers, so that accounting needs no right to
    the CMDB.
    """

    _name = "itsm.ci.asset.link"
    _description = "Configuration Items of a Fixed Asset"

    asset_id = fields.Many2one(
        comodel_name="account.asset", required=True, readonly=True, ondelete="cascade"
    )
    codes = fields.Text(
        string="Configuration Items",
        help="Number, serial number or asset tag of each, one a line. What stands here "
        "when you save is the asset; a line that is taken out is linked no more.",
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Add",
        domain="[('service_id', '=', False)]",
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="Choose one to add its number.",
    )

    @api.onchange("ci_id")
    def _onchange_ci_id(self):
        if self.ci_id:
            self.codes = "\n".join(filter(None, (self.codes, self.ci_id.number)))
            self.ci_id = False

    def action_link(self):
        """Let the asset be exactly the configuration items that are named.

        :raise AccessError: the user may not write fixed assets
        :raise UserError: a line names none, or several, or one of another asset
        """
        self.ensure_one()
        lines = (line.strip() for line in (self.codes or "").splitlines())
        self.asset_id._itsm_name_cis(list(dict.fromkeys(filter(None, lines))))
        return {"type": "ir.actions.act_window_close"}
