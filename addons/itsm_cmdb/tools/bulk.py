# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Many rows by one statement."""

import json

from odoo.tools import SQL


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
