# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Who entered an interruption or a planned outage has asked for it.

    What is agreed or confirmed stays so: who agreed to it then was not asked.
    """
    cr.execute(
        """UPDATE itsm_interruption
              SET requested_by_id = create_uid
            WHERE requested_by_id IS NULL"""
    )
    cr.execute(
        """UPDATE itsm_outage
              SET planned_by_id = create_uid
            WHERE planned AND planned_by_id IS NULL"""
    )
