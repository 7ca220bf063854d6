# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What two people do at once happens one after the other."""

from odoo.tools import SQL


def one_after_the_other(records):
    """Make transactions that call this for the same records wait for each other.

    A lock alone is not enough: who gets it second goes on with what he read before.
    Here he fails with a serialization error, upon which Odoo repeats the whole request
    with what is true then. Nothing is changed.

    :param records: stored records, in sudo where the user may not write them
    """
    if records.ids:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET id = id WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(sorted(records.ids)),
            )
        )
