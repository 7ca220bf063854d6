# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Inserting many rows of a plain model at once.

Creating a ticket makes an event and two clocks; through ``create()`` these cost more
than the ticket itself. These models have no computed stored fields, no tracking and
no rules of their own to obey: they are written by code only.
"""

import json

from odoo.tools import SQL

BATCH = 1000


def insert_rows(model, names, rows):
    """Insert rows and return their records.

    :param model: an empty recordset whose environment may write
    :param names: names of stored fields
    :param rows: list of tuples of values in the order of ``names``: ids for many2ones,
        naive UTC datetimes, lists and dicts for Json; False and None are NULL except
        for booleans
    """
    env = model.env
    fields = [model._fields[name] for name in names]
    jsons = [index for index, field in enumerate(fields) if field.type == "json"]
    nulls = [
        index
        for index, field in enumerate(fields)
        if field.type not in ("boolean", "integer", "json")
    ]
    log = (env.uid, env.uid, env.cr.now(), env.cr.now())
    columns = SQL(", ").join(
        SQL.identifier(name)
        for name in (*names, "create_uid", "write_uid", "create_date", "write_date")
    )
    ids = []
    for position in range(0, len(rows), BATCH):
        values = []
        for row in rows[position : position + BATCH]:
            row = list(row)
            for index in jsons:
                value = row[index]
                row[index] = None if value is None else json.dumps(value)
            for index in nulls:
                row[index] = row[index] or None
            values.append((*row, *log))
        ids += env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                columns,
                SQL(", ").join(values),
            )
        )
    return model.browse(row[0] for row in ids)
