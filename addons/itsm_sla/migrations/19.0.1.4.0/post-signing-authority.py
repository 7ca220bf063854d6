# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Who entered an authority has granted it.

    It counts for himself only once somebody else has confirmed it; signatures that were
    given by it stay.
    """
    cr.execute(
        """UPDATE itsm_signing_authority
              SET granted_by_id = create_uid, granted_at = create_date
            WHERE granted_by_id IS NULL"""
    )
    # who changed his own last may have given himself more
    cr.execute(
        """UPDATE itsm_signing_authority
              SET granted_by_id = write_uid, granted_at = write_date
            WHERE write_uid = user_id AND granted_by_id != write_uid
              AND confirmed_by_id IS NULL"""
    )
    # who named himself to a role signs by it once somebody else has named him
    cr.execute(
        """UPDATE itsm_role_holder
              SET named_by_id = create_uid
            WHERE named_by_id IS NULL AND create_uid = user_id"""
    )
