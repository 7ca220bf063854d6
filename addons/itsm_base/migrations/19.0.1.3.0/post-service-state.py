# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Since when services are on offer: as far as it is known, for the key figures."""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE itsm_service
           SET offered_at = create_date,
               retired_at = CASE WHEN state = 'retired' THEN write_date END
         WHERE state IN ('live', 'retired') AND offered_at IS NULL
        """
    )
