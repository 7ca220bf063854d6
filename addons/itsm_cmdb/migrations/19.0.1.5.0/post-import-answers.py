# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """What was decided before an import is done; errors come first in old logs, too."""
    cr.execute(
        """UPDATE itsm_ci_import_line line SET is_worked = true
             FROM itsm_ci_import i
            WHERE i.id = line.import_id AND i.state IN ('partial', 'done')
              AND line.kind = 'ask' AND line.decision IS NOT NULL"""
    )
    cr.execute(
        """UPDATE itsm_ci_import_line
              SET rank = CASE kind WHEN 'error' THEN 1 WHEN 'ask' THEN 2
                         WHEN 'relation' THEN 3 WHEN 'claimed' THEN 5 ELSE 9 END
            WHERE rank IS NULL"""
    )
