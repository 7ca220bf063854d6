# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCi(models.Model):
    """The fixed asset of a configuration item and what it is worth (CFG-46)."""

    _inherit = "itsm.ci"

    asset_id = fields.Many2one(
        comodel_name="account.asset",
        string="Fixed Asset",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="account.group_account_invoice,account.group_account_user",
        help="Under which accounting keeps it. One asset may be several configuration "
        "items.",
    )
    asset_currency_id = fields.Many2one(
        related="asset_id.currency_id",
        string="Currency of the Fixed Asset",
        groups="itsm_base.itsm_group_finance",
    )
    asset_residual = fields.Monetary(
        related="asset_id.value_residual",
        string="Residual Value of the Fixed Asset",
        currency_field="asset_currency_id",
        groups="itsm_base.itsm_group_finance",
        help="Of the whole asset, which may be several configuration items.",
    )

    @api.constrains("asset_id", "company_id")
    def _check_asset_company(self):
        for item in self.sudo():  # sudo: companies are compared, seen or not
            company = item.asset_id.company_id
            if item.asset_id and item.company_id not in (company, company.browse()):
                raise ValidationError(
                    self.env._(
                        "%(item)s and the fixed asset %(asset)s belong to different "
                        "companies.",
                        item=item.name,
                        asset=item.asset_id.name,
                    )
                )
