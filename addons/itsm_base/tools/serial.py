# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One transaction after the other.

A lock alone is not enough: a transaction sees the database as it was when it began.
Whoever gets the lock after another one has committed would not see what that one wrote.
Records that are written as well make the database refuse the second transaction, which
Odoo then runs again, now with everything before its eyes.
"""

from odoo.tools import SQL


def one_after_other(records):
    """Let no two transactions do at once what depends on these records.

    :param records: records in sudo, kept until the end of the transaction
    :raise odoo.exceptions.LockError: another transaction holds one of them now
    :raise psycopg2.errors.SerializationFailure: another transaction held one of them
        since this one began; Odoo tries again
    """
    if not records:
        return
    records.lock_for_update(allow_referencing=True)
    # Nothing is changed; the row is a new one all the same.
    records.env.cr.execute(
        SQL(
            "UPDATE %s SET write_date = write_date WHERE id IN %s",
            SQL.identifier(records._table),
            tuple(records.ids),
        )
    )
