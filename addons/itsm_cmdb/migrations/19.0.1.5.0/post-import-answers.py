# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """What was decided before an import is done: it is not offered once more."""
    cr.execute(
        """UPDATE itsm_ci_import_line line SET is_worked = true
             FROM itsm_ci_import i
            WHERE i.id = line.import_id AND i.state IN ('partial', 'done')
              AND line.kind = 'ask' AND line.decision IS NOT NULL"""
    )
