# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The same 10,000 tickets under ``helpdesk_mgmt_sla`` and under these addons.

    python bench/bench_comparison.py [PREFIX]

Two databases, made anew for each run from empty ones. Each side measures response and
resolution: two SLAs for the team there (stages *In Progress* and *Done*), an agreement
with both targets here. They take turns in one process:

- 10,000 tickets are created, 1,000 in a call, and committed;
- 200 of them go New, In Progress, Awaiting, In Progress, Done one by one;
- 1,000 of them go the same way in one ``write`` each;
- the list is read, 80 rows, as its view asks for it, and the late ones are counted;
- the report of each is grouped by month, team and state, as its pivot does.

The user is the administrator with all rights, not the superuser. The closing mail of
helpdesk_mgmt's stage Done is switched off on both sides. Ratio: ours / theirs.
"""

import sys

from common import configure, ensure_database, report, spread, timed

TICKETS = 10_000
BATCH = 1000
ONE_BY_ONE = 200
READS = 30
SIDES = {"helpdesk_mgmt_sla": "helpdesk_mgmt_sla", "itsm": "itsm_sla"}
STAGES = ("in_progress", "awaiting", "in_progress", "done")
#: Columns of helpdesk_mgmt's list, and what each side shows of its clocks.
COLUMNS = ("number", "name", "partner_id", "team_id", "stage_id", "user_id", "priority")
SLA_COLUMNS = {
    "helpdesk_mgmt_sla": {
        "sla_deadline": {},
        "sla_expired": {},
        "ticket_sla_ids": {
            "fields": {"name": {}, "state": {}, "deadline": {}, "color": {}}
        },
    },
    "itsm": {"clock_deadline": {}, "clock_status": {}, "clock_summary": {}},
}
LATE = {
    "helpdesk_mgmt_sla": [("sla_expired", "=", True)],
    "itsm": [("clock_status", "=", "breached")],
}
#: Model, domain, groups and aggregates of the pivot by month, team and state.
REPORT = {
    "helpdesk_mgmt_sla": (
        "helpdesk.sla.report",
        [],
        ["date:month", "team_id", "state"],
        ["__count"],
    ),
    "itsm": (
        "itsm.clock.report",
        [("kind", "=", "sla")],
        ["reported_at:month", "team_id", "status"],
        ["__count"],
    ),
}


def copy_database(source, target):
    """A fresh ``target`` from the empty ``source``."""
    import psycopg2

    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f'DROP DATABASE IF EXISTS "{target}"')
    cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    connection.close()


def prepare(env, side):
    """The team, 100 customers and the agreement or the SLAs; committed."""
    calendar = env["resource.calendar"].search([], limit=1)
    done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    done.mail_template_id = False
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    env["res.partner"].create([{"name": f"Bench {i}"} for i in range(100)])
    if side == "helpdesk_mgmt_sla":
        team.write({"use_sla": True, "resource_calendar_id": calendar.id})
        first = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        awaiting = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        env["helpdesk.sla"].create(
            [
                {
                    "name": name,
                    "team_ids": [(6, 0, team.ids)],
                    "stage_id": stage.id,
                    "hours": hours,
                    "ignore_stage_ids": [(6, 0, awaiting.ids)],
                }
                for name, stage, hours in (("Response", first, 1), ("Done", done, 8))
            ]
        )
    else:
        template = env.ref("itsm_sla.itsm_agreement_template_default")
        action = template.action_new_from_template()
        agreement = env["itsm.agreement"].browse(action["res_id"])
        agreement.calendar_id = calendar
        agreement.action_activate()
    env.cr.commit()


def values(env, number):
    team = env["helpdesk.ticket.team"].search([("name", "=", "Bench")], limit=1)
    partners = env["res.partner"].search([("name", "like", "Bench %")]).ids
    return [
        {
            "name": f"Bench {i}",
            "description": "d",
            "team_id": team.id,
            "partner_id": partners[i % len(partners)],
        }
        for i in range(number)
    ]


class Figures:
    """Seconds and queries of each operation and side."""

    def __init__(self):
        self.seconds = {}
        self.queries = {}

    def take(self, name, side, env, function, per):
        """Run one operation as a request of its own would: with an empty cache."""
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count

        def work():
            function()
            env.flush_all()

        spent = timed(work)
        self.seconds.setdefault(name, {}).setdefault(side, []).append(spent / per)
        count = (env.cr.sql_log_count - before) / per
        self.queries.setdefault(name, {}).setdefault(side, []).append(count)

    def result(self):
        result = {}
        for name, by_side in self.seconds.items():
            for side, seconds in by_side.items():
                low, median, high = (1000 * figure for figure in spread(seconds))
                result[f"{name}_{side}_ms"] = f"{median:.2f} ({low:.2f} to {high:.2f})"
                queries = spread(self.queries[name][side])[1]
                result[f"{name}_{side}_queries"] = round(queries, 2)
            ours, theirs = (
                spread(by_side[side])[1] for side in ("itsm", "helpdesk_mgmt_sla")
            )
            result[f"{name}_ratio"] = round(ours / theirs, 2)
        return result


def change_stage(env, side, tickets, name):
    """What a user writes when he drags the ticket to another column."""
    stage = env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
    vals = {"stage_id": stage.id}
    if side == "itsm" and name == "awaiting":
        vals["pause_reason_id"] = env["itsm.pause.reason"].search([], limit=1).id
    tickets.write(vals)


def measure(envs):
    figures = Figures()
    for _batch in range(TICKETS // BATCH):
        for side, env in envs.items():
            vals_list = values(env, BATCH)
            figures.take(
                "create",
                side,
                env,
                lambda env=env, vals=vals_list: env["helpdesk.ticket"].create(vals),
                BATCH,
            )
            env.cr.commit()
    tickets = {}
    for side, env in envs.items():
        env.cr.execute("ANALYZE")
        env.cr.commit()
        found = env["helpdesk.ticket"].search([("name", "like", "Bench %")], order="id")
        tickets[side] = found.ids
    for position in range(ONE_BY_ONE):
        for name in STAGES:
            for side, env in envs.items():
                ticket = env["helpdesk.ticket"].browse(tickets[side][position])
                figures.take(
                    "stage_one_by_one",
                    side,
                    env,
                    lambda e=env, s=side, t=ticket, n=name: change_stage(e, s, t, n),
                    1,
                )
                env.cr.commit()
    for number in range(1, 4):
        first = number * BATCH
        for name in STAGES:
            for side, env in envs.items():
                batch = env["helpdesk.ticket"].browse(
                    tickets[side][first : first + BATCH]
                )
                figures.take(
                    "stage_in_batch",
                    side,
                    env,
                    lambda e=env, s=side, t=batch, n=name: change_stage(e, s, t, n),
                    BATCH,
                )
                env.cr.commit()
    plain = {name: {} for name in COLUMNS}
    for _read in range(READS):
        for side, env in envs.items():
            model = env["helpdesk.ticket"]
            full = {**plain, **SLA_COLUMNS[side]}
            for name, columns in (("list_plain", plain), ("list_clocks", full)):
                figures.take(
                    name,
                    side,
                    env,
                    lambda m=model, c=columns: m.web_search_read([], c, limit=80),
                    1,
                )
            figures.take(
                "count_late",
                side,
                env,
                lambda m=model, d=LATE[side]: m.search_count(d),
                1,
            )
            figures.take(
                "report",
                side,
                env,
                lambda e=env, r=REPORT[side]: e[r[0]]._read_group(*r[1:]),
                1,
            )
    return figures.result()


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_comparison"
    databases = {}
    for side, modules in SIDES.items():
        empty = f"{prefix}_{side}_empty"
        ensure_database(empty, modules)
        databases[side] = f"{prefix}_{side}"
        copy_database(empty, databases[side])
    configure()
    from odoo import api
    from odoo.modules.registry import Registry

    envs = {}
    for side, database in databases.items():
        cursor = Registry(database).cursor()
        env = api.Environment(cursor, api.SUPERUSER_ID, {})
        prepare(env, side)
        admin = env.ref("base.user_admin")
        envs[side] = env(user=admin.id)
    result = measure(envs)
    for env in envs.values():
        env.cr.close()
    report(result)


if __name__ == "__main__":
    main()
