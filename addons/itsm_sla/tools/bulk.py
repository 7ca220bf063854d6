# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Inserting and updating many rows of a plain model at once.

Creating a ticket makes an event and two clocks; through ``create()`` these cost more
than the ticket itself. These models have no computed stored fields, no tracking and
no rules of their own to obey: they are written by code only.
"""

import json
from io import StringIO

from odoo.tools import SQL

BATCH = 1000
#: What means something else in the text format of COPY; the backslash first.
COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def _converter(fields):
    """A function that turns a row into values as the database takes them."""
    jsons = [index for index, field in enumerate(fields) if field.type == "json"]
    # Zero is a number: it is not nothing.
    floats = [index for index, field in enumerate(fields) if field.type == "float"]
    nulls = [
        index
        for index, field in enumerate(fields)
        if field.type not in ("boolean", "integer", "float", "json")
    ]

    def convert(row):
        row = list(row)
        for index in jsons:
            value = row[index]
            row[index] = None if value is None else json.dumps(value)
        for index in floats:
            row[index] = None if row[index] is False else row[index]
        for index in nulls:
            row[index] = row[index] or None
        return row

    return convert


def insert_rows(model, names, rows):
    """Insert rows and return their records.

    :param model: an empty recordset whose environment may write
    :param names: names of stored fields
    :param rows: list of tuples of values in the order of ``names``: ids for many2ones,
        naive UTC datetimes, lists and dicts for Json; False and None are NULL
        except for booleans
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


def copy_rows(model, names, rows):
    """Insert very many rows of numbers, dates and keys of selections by COPY.

    As `insert_rows`, without making a literal of each value; ids are not returned.

    :param model: an empty recordset whose environment may write
    :param names: names of stored fields, none of them Json
    :param rows: list of tuples of values in the order of ``names``; None is NULL
    """
    env = model.env
    log = "\t".join(map(_copied, (env.uid, env.uid, env.cr.now(), env.cr.now())))
    text = "".join("\t".join(map(_copied, row)) + f"\t{log}\n" for row in rows)
    columns = (*names, "create_uid", "write_uid", "create_date", "write_date")
    query = SQL(
        "COPY %s (%s) FROM STDIN",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, columns)),
    )
    env.cr.copy_expert(query.code, StringIO(text))


def _copied(value):
    """A value as the text format of COPY has it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        for character, escaped in COPY_ESCAPES:
            value = value.replace(character, escaped)
        return value
    return str(value)


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
