# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_cmdb.models.itsm_ci_state import GONE


class ItsmAssetDifference(models.Model):
    """Differences between equipment and CMDB (CFG-40, CFG-45)."""

    _inherit = "itsm.asset.difference"

    kind = fields.Selection(
        selection_add=[
            ("equipment_without_ci", "Equipment, no configuration item"),
            ("equipment_serial", "Serial numbers of equipment differ"),
            ("equipment_scrapped", "Equipment scrapped, not here"),
            ("equipment_left", "Gone here, equipment not scrapped"),
        ],
        ondelete={
            "equipment_without_ci": "cascade",
            "equipment_serial": "cascade",
            "equipment_scrapped": "cascade",
            "equipment_left": "cascade",
        },
    )

    @api.model
    def _finders(self):
        select = """
            SELECT ci.id || '-' || equipment.id, ci.company_id, ci.id,
                   'maintenance.equipment', equipment.id, ci.name, %s
              FROM itsm_ci ci
              JOIN maintenance_equipment equipment ON equipment.itsm_ci_id = ci.id
        """
        pair = SQL(
            select, SQL("COALESCE(equipment.serial_no, equipment.name->>'en_US')")
        )
        serials = SQL(select, self._sql_serials("ci.serial", "equipment.serial_no"))
        return {
            **super()._finders(),
            "equipment_without_ci": SQL(
                """
                SELECT id::text, company_id, NULL, 'maintenance.equipment', id,
                       name->>'en_US', serial_no
                  FROM maintenance_equipment
                 WHERE active AND scrap_date IS NULL AND itsm_ci_id IS NULL
                   AND COALESCE(serial_no, '') <> ''
                """
            ),
            "equipment_serial": SQL(
                """
                %s WHERE equipment.active AND ci.state NOT IN %s
                     AND COALESCE(ci.serial, '') <> COALESCE(equipment.serial_no, '')
                """,
                serials,
                GONE,
            ),
            "equipment_scrapped": SQL(
                "%s WHERE ci.state NOT IN %s AND equipment.scrap_date IS NOT NULL",
                pair,
                GONE,
            ),
            "equipment_left": SQL(
                """
                %s WHERE equipment.active AND ci.state = 'cancelled'
                     AND equipment.scrap_date IS NULL
                """,
                pair,
            ),
        }
