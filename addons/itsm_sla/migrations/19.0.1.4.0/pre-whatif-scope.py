# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools.sql import table_exists


def migrate(cr, version):
    """Scenarios made before took the tickets of customers and services."""
    if table_exists(cr, "itsm_whatif"):
        cr.execute("ALTER TABLE itsm_whatif ADD COLUMN IF NOT EXISTS scope varchar")
        cr.execute("UPDATE itsm_whatif SET scope = 'choice' WHERE scope IS NULL")
