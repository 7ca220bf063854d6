# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The shape of a database: its schema, and what its addons configured, as plain rows.

    python tests/database_shape.py DATABASE    # prints JSON

Records are named by their external identifiers, so that two databases compare.
"""

import json
import sys

# One row (key, value) for each thing; ``xid`` gives a record its external identifier.
XID = """
WITH xid AS (
    SELECT model, res_id, min(module || '.' || name) AS name
      FROM ir_model_data GROUP BY model, res_id
)
"""
GROUPS = """(
    SELECT string_agg(xid.name, ', ' ORDER BY xid.name)
      FROM {table} AS rel
      JOIN xid ON xid.model = 'res.groups' AND xid.res_id = rel.{group}
     WHERE rel.{column} = {of}
)"""


def _one(model, column):
    return f"(SELECT name FROM xid WHERE model = '{model}' AND res_id = {column})"


def _groups(table, column, of, group="group_id"):
    return GROUPS.format(table=table, column=column, of=of, group=group)


SCHEMA = {
    "column": """
        SELECT cls.relname || '.' || att.attname,
               format_type(att.atttypid, att.atttypmod),
               CASE WHEN att.attnotnull THEN 'not null' ELSE 'may be null' END,
               COALESCE('default ' || pg_get_expr(def.adbin, def.adrelid), '')
          FROM pg_attribute att
          JOIN pg_class cls ON cls.oid = att.attrelid
          LEFT JOIN pg_attrdef def
            ON def.adrelid = att.attrelid AND def.adnum = att.attnum
         WHERE cls.relnamespace = current_schema()::regnamespace
           AND cls.relkind IN ('r', 'p', 'v', 'm')
           AND att.attnum > 0 AND NOT att.attisdropped
    """,
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0
    """,
    "index": """
        SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    """,
    "SQL view": """
        SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()
    """,
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
          FROM pg_trigger WHERE NOT tgisinternal
    """,
}
CONFIGURATION = {
    "module": "SELECT name, state FROM ir_module_module WHERE state <> 'uninstalled'",
    "field": """
        SELECT model || '.' || name, ttype, relation, relation_field, relation_table,
               on_delete, required, store, index, translate, company_dependent
          FROM ir_model_fields
    """,
    "selection value": """
        SELECT field.model || '.' || field.name || '=' || selection.value,
               selection.name->>'en_US'
          FROM ir_model_fields_selection selection
          JOIN ir_model_fields field ON field.id = selection.field_id
    """,
    "group": XID
    + f"""
        SELECT xid.name, rec.name->>'en_US',
               {_one("res.groups.privilege", "rec.privilege_id")},
               {_groups("res_groups_implied_rel", "gid", "rec.id", "hid")}
          FROM res_groups rec
          JOIN xid ON xid.model = 'res.groups' AND xid.res_id = rec.id
    """,
    "access right": XID
    + f"""
        SELECT xid.name, mod.model, {_one("res.groups", "rec.group_id")},
               rec.active, perm_read, perm_write, perm_create, perm_unlink
          FROM ir_model_access rec JOIN ir_model mod ON mod.id = rec.model_id
          JOIN xid ON xid.model = 'ir.model.access' AND xid.res_id = rec.id
    """,
    "record rule": XID
    + f"""
        SELECT xid.name, mod.model, rec.domain_force, rec.active,
               perm_read, perm_write, perm_create, perm_unlink,
               {_groups("rule_group_rel", "rule_group_id", "rec.id")}
          FROM ir_rule rec JOIN ir_model mod ON mod.id = rec.model_id
          JOIN xid ON xid.model = 'ir.rule' AND xid.res_id = rec.id
    """,
    "scheduled action": XID
    + """
        SELECT xid.name, rec.active, rec.interval_number, rec.interval_type,
               act.state, act.code
          FROM ir_cron rec JOIN ir_act_server act ON act.id = rec.ir_actions_server_id
          JOIN xid ON xid.model = 'ir.cron' AND xid.res_id = rec.id
    """,
    "menu": XID
    + f"""
        SELECT xid.name, rec.name->>'en_US', rec.active, rec.sequence,
               {_one("ir.ui.menu", "rec.parent_id")},
               (SELECT name FROM xid WHERE xid.model || ',' || res_id = rec.action),
               {_groups("ir_ui_menu_group_rel", "menu_id", "rec.id", "gid")}
          FROM ir_ui_menu rec
          JOIN xid ON xid.model = 'ir.ui.menu' AND xid.res_id = rec.id
    """,
    "view": XID
    + f"""
        SELECT xid.name, rec.model, rec.type, rec.mode, rec.priority, rec.active,
               {_one("ir.ui.view", "rec.inherit_id")},
               -- actions and views are named by the numbers of the database
               regexp_replace(rec.arch_db->>'en_US',
                              '(name|view_id)="[0-9]+"', '\\1="#"', 'g')
          FROM ir_ui_view rec
          JOIN xid ON xid.model = 'ir.ui.view' AND xid.res_id = rec.id
         WHERE rec.key IS NULL OR rec.type = 'qweb'
    """,
    "window action": XID
    + """
        SELECT xid.name, rec.name->>'en_US', res_model, view_mode, domain, context,
               target, binding_type
          FROM ir_act_window rec
          JOIN xid ON xid.model = 'ir.actions.act_window' AND xid.res_id = rec.id
    """,
    "server action": XID
    + """
        SELECT xid.name, rec.name->>'en_US', mod.model, rec.state, code
          FROM ir_act_server rec JOIN ir_model mod ON mod.id = rec.model_id
          JOIN xid ON xid.model = 'ir.actions.server' AND xid.res_id = rec.id
    """,
}
# Without the identifiers of selection values and parents of models that are gone: Odoo
# forgets those when it uninstalls. Without those of fields that the addon ``rating``
# adds to every thread: the model's addon's if rating was there first, else rating's.
RECORDS = {
    "record": """
        SELECT module || '.' || name, model FROM ir_model_data
         WHERE NOT (
                   model = 'ir.model.inherit'
                   AND res_id NOT IN (SELECT id FROM ir_model_inherit)
               )
           AND NOT (
                   model = 'ir.model.fields.selection'
                   AND res_id NOT IN (SELECT id FROM ir_model_fields_selection)
               )
           AND NOT (model = 'ir.model.fields' AND name LIKE 'field\_%\_\_rating\_ids')
    """,
}


def shape(cursor, sections):
    """``{section: {key: [value, ...]}}`` as the cursor's transaction sees it."""
    result = {}
    for section, query in sections.items():
        cursor.execute(query)
        result[section] = {
            row[0]: [None if part is None else str(part) for part in row[1:]]
            for row in cursor.fetchall()
        }
    return result


def short(value):
    text = ", ".join(part for part in value if part is not None)
    text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:200]}…"


def differences(wanted, found, wanted_name, found_name, extra=True):
    """One readable line for each thing that is not the same; ``extra``: also what only
    ``found`` has."""
    lines = []
    for section in wanted:
        left, right = wanted[section], found[section]
        for key in sorted(left.keys() | right.keys()):
            if key not in right:
                lines.append(f"{section} {key}: missing in {found_name}")
            elif key not in left:
                if extra:
                    lines.append(
                        f"{section} {key}: only in {found_name} ({short(right[key])})"
                    )
            elif left[key] != right[key]:
                pairs = zip(left[key], right[key], strict=True)
                apart = [(a, b) for a, b in pairs if a != b]
                lines.append(
                    f"{section} {key}: {short([str(a) for a, _b in apart])} "
                    f"in {wanted_name}, {short([str(b) for _a, b in apart])} "
                    f"in {found_name}"
                )
    return lines


if __name__ == "__main__":
    import psycopg2

    with psycopg2.connect(dbname=sys.argv[1]) as connection:
        print(
            json.dumps(
                shape(connection.cursor(), {**SCHEMA, **CONFIGURATION, **RECORDS})
            )
        )
