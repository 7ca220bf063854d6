# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Many rows by one statement, and what the database must know of them."""

import json

from odoo.tools import SQL

#: From which share of its rows a table that has grown is analysed.
SHARE = 0.1


def insert(model, rows):
    """Write new rows of a model by one statement, whatever their number.

    For evidence that code alone writes: nothing computed or tracked, no rule is asked.

    :param model: an empty recordset of the model
    :param list rows: dicts of column and plain value, all with the same columns
    :return: how many
    :rtype: int
    """
    if not rows:
        return 0
    names = list(rows[0])
    columns = [
        SQL("%s %s", SQL.identifier(name), SQL(model._fields[name].column_type[1]))
        for name in names
    ]
    given = SQL(", ").join(SQL.identifier(name) for name in names)
    model.env.cr.execute(
        SQL(
            """INSERT INTO %(table)s
                      (%(given)s, create_uid, write_uid, create_date, write_date)
               SELECT %(given)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                 FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (%(columns)s)""",
            table=SQL.identifier(model._table),
            given=given,
            uid=model.env.uid,
            now=model.env.cr.now(),
            rows=json.dumps(rows),
            columns=SQL(", ").join(columns),
        )
    )
    model.invalidate_model()
    return len(rows)


def analyse(model, added):
    """Let PostgreSQL look at a table that grows fast.

    It plans by what it knew of the table before, until autovacuum comes by: in the
    middle of a large import that costs many times what this does.

    :param model: its table
    :param int added: about how many rows came since the last call
    """
    if not added:
        return
    cr = model.env.cr
    known = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"
    cr.execute(SQL(known, model._table))
    if added > SHARE * cr.fetchone()[0]:
        # others who analyse or change the table are not waited for
        cr.execute(SQL("ANALYZE (SKIP_LOCKED) %s", SQL.identifier(model._table)))
