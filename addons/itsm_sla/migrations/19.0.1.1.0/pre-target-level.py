# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """A target is one of the agreement or of a temporary level: another unique key."""
    cr.execute(
        "ALTER TABLE itsm_agreement_target "
        "DROP CONSTRAINT IF EXISTS itsm_agreement_target_cell_uniq"
    )
