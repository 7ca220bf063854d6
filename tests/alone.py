# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Each addon alone on a helpdesk that lives: installed, used, uninstalled, again.

    python tests/alone.py PLAIN_DATABASE WORK_DATABASE [ADDON ...]

PLAIN_DATABASE is made with helpdesk_mgmt and a few tickets. For each addon a copy of it
gets what the addon depends on, then the addon; tickets are worked on; the addon is
uninstalled and everything must be as before it: schema, rights, views, and every row
that was there. Then it is installed again, all of ours is uninstalled, and everything
must be as it was with helpdesk_mgmt alone. ``./dev test --alone`` runs it.
"""

import ast
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import database_shape
import psycopg2

ROOT = pathlib.Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
#: Rows that Odoo itself makes, moves or drops when any addon comes or goes.
NOT_COMPARED = {
    "bus_bus",
    "ir_asset",
    "ir_attachment",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_module_module",
    "ir_module_module_dependency",
    "ir_module_module_exclusion",
    "ir_profile",
    "orm_signaling_assets",
    "orm_signaling_default",
    "orm_signaling_groups",
    "orm_signaling_registry",
    "orm_signaling_routing.assets",
    "orm_signaling_stable",
    "orm_signaling_templates",
}
#: What stays, and why: ``{beginning of the line: reason}``.
KEPT = {
    "record itsm_base.helpdesk_ticket_stage_resolved: only": "tickets stand in it",
    "index helpdesk_ticket__duplicate_id_index: only": "of a column of helpdesk_mgmt; "
    "Odoo never drops an index that no field asks for any more",
    "index helpdesk_ticket__partner_id_index: only": "the same",
}
#: Columns that say when something was touched last.
TOUCHED = ("write_date", "write_uid", "lastcall", "nextcall", "failure_count")

PLAIN = """
env = env(context={"mail_create_nolog": False})
teams = env["helpdesk.ticket.team"].create([{"name": "Desk"}, {"name": "Field"}])
partners = env["res.partner"].create(
    [{"name": f"Customer {i}", "email": f"c{i}@example.com"} for i in range(3)]
)
stages = env["helpdesk.ticket.stage"].search([])
tickets = env["helpdesk.ticket"].create([
    {
        "name": f"Ticket {i}",
        "description": "<p>It does not start.</p>",
        "partner_id": partners[i % 3].id,
        "team_id": teams[i % 2].id,
        "priority": str(i % 4),
    }
    for i in range(12)
])
env.flush_all()
for i, ticket in enumerate(tickets):
    ticket.stage_id = stages[i % len(stages)]
    ticket.user_id = env.user if i % 2 else False
    ticket.message_post(body="We look at it.", subtype_xmlid="mail.mt_comment")
users = env["res.users"].with_context(no_reset_password=True)
for level in ("user_own", "user", "manager"):
    users.create({
        "name": level,
        "login": f"plain_{level}",
        "group_ids": [(4, env.ref(f"helpdesk_mgmt.group_helpdesk_{level}").id)],
    })
env.cr.commit()
"""
USE = """
env = env(context={"mail_create_nolog": False})
if "itsm.agreement" in env and not env["itsm.agreement"].search_count(
    [("state", "=", "active")]
):
    template = env.ref("itsm_sla.itsm_agreement_template_default")
    action = template.action_new_from_template()
    agreement = env["itsm.agreement"].browse(action["res_id"])
    agreement.calendar_id = env["resource.calendar"].search([], limit=1)
    agreement.action_activate()
stages = env["helpdesk.ticket.stage"].with_context(active_test=False).search([])
team = env["helpdesk.ticket.team"].search([], limit=1)
for i in range(6):
    ticket = env["helpdesk.ticket"].create(
        {"name": f"Used {i}", "description": "d", "team_id": team.id}
    )
    env.flush_all()
    if "impact" in ticket._fields:
        ticket.write({"impact": "1", "urgency": "2"})
    if "itsm_state" in stages._fields:
        reason = env["itsm.pause.reason"].search([], limit=1)
        for state in ("open", "paused", "open", "resolved", "closed")[: i + 1]:
            stage = stages.filtered(lambda s: s.itsm_state == state)[:1]
            values = {"stage_id": stage.id}
            if state == "paused":
                values["pause_reason_id"] = reason.id
            ticket.write(values)
            env.flush_all()
    ticket.message_post(body="Done.", subtype_xmlid="mail.mt_comment")
if "itsm.clock" in env:
    assert env["itsm.clock"].search_count([]) >= 6, "no clocks"
env.cr.commit()
"""
UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", {name!r})])
module.button_immediate_uninstall()
env.cr.commit()
"""


def connect(database):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    return connection


def run(database, *arguments, script=None):
    """One Odoo process; what it logs as an error ends this program."""
    command = [sys.executable, "-m", "odoo", *arguments]
    command += ["-d", database, "--no-http", "--log-level=warn"]
    env = dict(os.environ, ODOO_ADDONS_PATH=str(ADDONS))
    done = subprocess.run(
        command, input=script, capture_output=True, text=True, env=env
    )
    said = done.stdout + done.stderr
    # What an uninstallation cannot delete, since a ticket holds it, Odoo tries one by
    # one, and each try is logged as an error.
    errors = [
        line
        for line in said.splitlines()
        if any(mark in line for mark in (" ERROR ", " CRITICAL ", "Traceback (most"))
        and "odoo.sql_db: bad query: b'DELETE FROM" not in line
    ]
    if done.returncode or errors:
        print(said[-6000:])
        raise SystemExit(f"failed: odoo {' '.join(arguments)}")


def install(database, *names):
    run(
        database,
        *("-i", ",".join(names), "--stop-after-init", "--max-cron-threads=0"),
    )
    expect(database, names, "installed")


def uninstall(database, name):
    run(database, "shell", script=UNINSTALL.format(name=name))
    expect(database, [name], "uninstalled")


def expect(database, names, wanted):
    """The addons are in this state, or this program ends."""
    connection = connect(database)
    cursor = connection.cursor()
    cursor.execute(
        "SELECT name FROM ir_module_module WHERE name = ANY(%s) AND state = %s",
        [list(names), wanted],
    )
    there = {row[0] for row in cursor.fetchall()}
    connection.close()
    if set(names) - there:
        raise SystemExit(f"{', '.join(sorted(set(names) - there))}: not {wanted}")


def create(database, template="template0"):
    connection = connect("postgres")
    cursor = connection.cursor()
    cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')
    cursor.execute(
        f'CREATE DATABASE "{database}" ENCODING \'UTF8\' TEMPLATE "{template}"'
    )
    connection.close()


def drop(database):
    connection = connect("postgres")
    connection.cursor().execute(f'DROP DATABASE IF EXISTS "{database}"')
    connection.close()


def rows(cursor):
    """``{table: {key: row}}`` of everything that is there."""
    cursor.execute(
        """SELECT relname FROM pg_class WHERE relkind = 'r'
              AND relnamespace = current_schema()::regnamespace"""
    )
    result = {}
    for table in sorted(row[0] for row in cursor.fetchall()):
        if table in NOT_COMPARED:
            continue
        cursor.execute(
            f"""SELECT COALESCE(to_jsonb(t)->>'id', t::text), to_jsonb(t)
                  FROM "{table}" t"""
        )
        result[table] = {
            key: {name: value for name, value in row.items() if name not in TOUCHED}
            for key, row in cursor.fetchall()
        }
    return result


def state(database):
    connection = connect(database)
    cursor = connection.cursor()
    sections = {**database_shape.SCHEMA, **database_shape.CONFIGURATION}
    sections.update(database_shape.RECORDS)
    found = database_shape.shape(cursor, sections), rows(cursor)
    connection.close()
    return found


def compare(before, after):
    """What is not as before: shape both ways, rows that were there."""
    lines = database_shape.differences(
        before[0], after[0], "before", "the database after uninstallation"
    )
    for table, wanted in before[1].items():
        found = after[1].get(table, {})
        gone = sorted(wanted.keys() - found.keys())
        if gone:
            lines.append(f"table {table}: {len(gone)} rows are gone, {gone[:5]}")
        changed = [key for key in wanted if key in found and wanted[key] != found[key]]
        for key in changed[:5]:
            old, new = wanted[key], found[key]
            apart = {
                name: (old.get(name), new.get(name))
                for name in old.keys() | new.keys()
                if old.get(name) != new.get(name)
            }
            lines.append(f"table {table}, row {key}: before and after {apart}")
        if len(changed) > 5:
            lines.append(f"table {table}: {len(changed) - 5} more rows changed")
    return [line for line in lines if not line.startswith(tuple(KEPT))]


def manifests():
    return {
        path.parent.name: ast.literal_eval(path.read_text("utf-8"))
        for path in sorted(ADDONS.glob("*/__manifest__.py"))
    }


def ours_below(name, known):
    """The addons of ours that ``name`` depends on, directly or not."""
    found = set()
    for below in known[name]["depends"]:
        if below in known:
            found |= {below} | ours_below(below, known)
    return found


def roots(names, known):
    """Of these addons those that need none of the others."""
    return [name for name in names if not ours_below(name, known) & set(names)]


def alone(plain, work, name, known):
    began = time.monotonic()
    create(work, plain)
    below = sorted(ours_below(name, known))
    first = state(work)
    if below:
        install(work, *below)
    before = state(work)
    install(work, name)
    run(work, "shell", script=USE)
    uninstall(work, name)
    lines = compare(before, state(work))
    install(work, name)
    run(work, "shell", script=USE)
    for root in roots([*below, name], known):
        uninstall(work, root)
    lines += [f"after all of ours: {line}" for line in compare(first, state(work))]
    said = "well" if not lines else f"{len(lines)} differences"
    with_ = f" with {', '.join(below)}" if below else ""
    print(f"{name}{with_}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    print("".join(f"  {line}\n" for line in lines[:60]), end="", flush=True)
    return not lines


def main():
    plain, work, *names = sys.argv[1:]
    known = manifests()
    for name in names:
        if name not in known:
            raise SystemExit(f"{name}: there is no such addon in {ADDONS}")
    os.chdir(tempfile.gettempdir())
    if not os.environ.get("ALONE_PREPARED"):
        create(plain)
        outside = sorted(
            {below for facts in known.values() for below in facts["depends"]}
            - known.keys()
        )
        print(f"making a plain database with {', '.join(outside)}", flush=True)
        install(plain, *outside)
        run(plain, "shell", script=PLAIN)
    well = True
    try:
        for name in names or known:
            well = alone(plain, work, name, known) and well
    finally:
        drop(work)
        if not os.environ.get("ALONE_KEEP"):
            drop(plain)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
