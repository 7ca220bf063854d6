# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Inserting and updating many rows of a plain model at once.

Creating a ticket makes an event and two clocks; through ``create()`` these cost more
than the ticket itself. These models have no computed stored fields, no tracking and
no rules of their own to obey: they are written by code only.
"""

import json

from odoo.tools import SQL

BATCH = 1000


def _converter(fields):
    """A function that turns a row into values as the database takes them."""
    jsons = [index for index, field in enumerate(fields) if field.type == "json"]
    nulls = [
        index
        for index, field in enumerate(fields)
        if field.type not in ("boolean", "integer", "json")
    ]

    def convert(row):
        row = list(row)
        for index in jsons:
            value = row[index]
            row[index] = None if value is None else json.dumps(value)
        for index in nulls:
            row[index] = row[index] or None
        return row

    return convert


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
    convert = _converter(fields)
    log = (env.uid, env.uid, env.cr.now(), env.cr.now())
    columns = SQL(", ").join(
        SQL.identifier(name)
        for name in (*names, "create_uid", "write_uid", "create_date", "write_date")
    )
    ids = []
    for position in range(0, len(rows), BATCH):
        values = [(*convert(row), *log) for row in rows[position : position + BATCH]]
        ids += env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                columns,
                SQL(", ").join(values),
            )
        )
    return model.browse(row[0] for row in ids)


def update_rows(model, names, rows):
    """Update many rows by one statement per `BATCH`; the cache is invalidated.

    :param model: an empty recordset whose environment may write
    :param names: names of stored fields
    :param rows: list of tuples: the id, then values as for `insert_rows`
    """
    env = model.env
    model.flush_model(names)
    fields = [model._fields[name] for name in names]
    convert = _converter(fields)
    assignments = [
        SQL("%s = v.%s::%s", column, column, SQL(field.column_type[1]))
        for field, column in ((field, SQL.identifier(field.name)) for field in fields)
    ]
    assignments += [
        SQL("write_uid = %s", env.uid),
        SQL("write_date = %s", env.cr.now()),
    ]
    for position in range(0, len(rows), BATCH):
        values = [
            (record_id, *convert(row))
            for record_id, *row in rows[position : position + BATCH]
        ]
        env.execute_query(
            SQL(
                "UPDATE %s AS t SET %s FROM (VALUES %s) AS v(id, %s) "
                "WHERE t.id = v.id RETURNING t.id",
                SQL.identifier(model._table),
                SQL(", ").join(assignments),
                SQL(", ").join(values),
                SQL(", ").join(SQL.identifier(name) for name in names),
            )
        )
    model.invalidate_model(names, flush=False)
