# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_state import GONE


class ItsmAssetDifference(models.Model):
    """Differences between fixed assets and CMDB (CFG-46)."""

    _inherit = "itsm.asset.difference"

    kind = fields.Selection(
        selection_add=[
            ("asset_without_ci", "Fixed asset, no configuration item"),
            ("asset_removed", "Fixed asset removed, not here"),
            ("asset_left", "Gone here, fixed asset not removed"),
        ],
        ondelete={
            "asset_without_ci": "cascade",
            "asset_removed": "cascade",
            "asset_left": "cascade",
        },
    )

    @api.model
    def _finders(self):
        return {
            **super()._finders(),
            "asset_without_ci": SQL(
                """
                SELECT asset.id::text, asset.company_id, NULL, 'account.asset',
                       asset.id, asset.name, asset.code
                  FROM account_asset asset
                  JOIN account_asset_profile profile ON profile.id = asset.profile_id
             LEFT JOIN itsm_ci ci ON ci.asset_id = asset.id
                 WHERE profile.itsm_is_ci AND asset.active
                   AND asset.state IN ('open', 'close') AND ci.id IS NULL
                """
            ),
            "asset_removed": SQL(
                """
                SELECT ci.id || '-' || asset.id, ci.company_id, ci.id,
                       'account.asset', asset.id, ci.name, asset.name
                  FROM itsm_ci ci
                  JOIN account_asset asset ON asset.id = ci.asset_id
                 WHERE asset.state = 'removed' AND ci.state NOT IN %s
                """,
                GONE,
            ),
            # an asset may be several items: as long as one is there, it is there
            "asset_left": SQL(
                """
                SELECT asset.id::text, asset.company_id, MIN(ci.id),
                       'account.asset', asset.id, MIN(ci.name), asset.name
                  FROM itsm_ci ci
                  JOIN account_asset asset ON asset.id = ci.asset_id
                 WHERE asset.active AND asset.state IN ('open', 'close')
              GROUP BY asset.id
                HAVING bool_and(ci.state = 'cancelled')
                """
            ),
        }
