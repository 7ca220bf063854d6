# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountAssetProfile(models.Model):
    """Which fixed assets are configuration items as well (CFG-46)."""

    _inherit = "account.asset.profile"

    itsm_is_ci = fields.Boolean(
        string="IT Assets",
        help="Each asset is one or several configuration items: one without any is a "
        "difference between accounting and CMDB.",
    )
