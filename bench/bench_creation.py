# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Creating 1,000 tickets in one call, side by side.

    python bench/bench_creation.py [PREFIX]

Three databases, each with 10,000 tickets in it: ``helpdesk_mgmt`` alone, with
``helpdesk_mgmt_sla`` (one SLA for the team, the least it can do), and with these addons
(response and resolution clocks by an agreement). They take turns in one process; each
round is rolled back. Ratios are of the medians.
"""

import sys

from common import configure, ensure_database, report, spread, timed

ROUNDS = 7
TICKETS = 1000
STOCK = 10_000


def values(env, number, **extra):
    team = env["helpdesk.ticket.team"].search([("name", "=", "Bench")], limit=1)
    return [
        {"name": f"Bench {i}", "description": "d", "team_id": team.id, **extra}
        for i in range(number)
    ]


def prepare(env, side):
    """10,000 tickets and the agreement or SLA, committed once."""
    tickets = env["helpdesk.ticket"]
    if tickets.search_count([("name", "like", "Bench %")]) >= STOCK:
        return
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    if side == "helpdesk_mgmt_sla":
        calendar = env["resource.calendar"].search([], limit=1)
        team.write({"use_sla": True, "resource_calendar_id": calendar.id})
        done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        env["helpdesk.sla"].create(
            {
                "name": "Resolution 8 h",
                "team_ids": [(6, 0, team.ids)],
                "stage_id": done.id,
                "hours": 8,
            }
        )
    elif side == "itsm":
        template = env.ref("itsm_sla.itsm_agreement_template_default")
        action = template.action_new_from_template()
        agreement = env["itsm.agreement"].browse(action["res_id"])
        agreement.calendar_id = env["resource.calendar"].search([], limit=1)
        agreement.action_activate()
    quiet = tickets.with_context(tracking_disable=True)
    for _batch in range(STOCK // 1000):
        quiet.create(values(env, 1000))
        env.flush_all()
        env.invalidate_all()
    env.cr.commit()


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_creation"
    sides = {
        "helpdesk_mgmt": f"{prefix}_helpdesk",
        "helpdesk_mgmt_sla": f"{prefix}_helpdesk_sla",
        "itsm": prefix,
    }
    modules = {"itsm": "itsm_sla"}
    for side, database in sides.items():
        ensure_database(database, modules.get(side, side))
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    envs = {}
    for side, database in sides.items():
        cursor = Registry(database).cursor()
        envs[side] = api.Environment(cursor, SUPERUSER_ID, {})
        prepare(envs[side], side)
    result = {}
    for label, context in (
        ("default", {}),
        ("tracking_disable", {"tracking_disable": True}),
    ):
        seconds = {side: [] for side in sides}
        queries = {}
        for turn in range(ROUNDS + 1):
            for side, env in envs.items():
                vals_list = values(env, TICKETS)
                before = env.cr.sql_log_count

                def create(env=env, vals_list=vals_list, context=context):
                    env["helpdesk.ticket"].with_context(**context).create(vals_list)
                    env.flush_all()

                spent = timed(create)
                if turn:  # the first round warms caches
                    seconds[side].append(spent)
                queries[side] = env.cr.sql_log_count - before
                env.cr.rollback()
                env.invalidate_all()
        medians = {side: spread(values)[1] for side, values in seconds.items()}
        for side in sides:
            low, median, high = spread(seconds[side])
            result[f"{label}_{side}_ms_per_ticket"] = (
                f"{median:.2f} ({low:.2f} to {high:.2f})"
            )
            result[f"{label}_{side}_queries_per_ticket"] = queries[side] / TICKETS
        for other in ("helpdesk_mgmt", "helpdesk_mgmt_sla"):
            result[f"{label}_ratio_to_{other}"] = round(
                medians["itsm"] / medians[other], 2
            )
        # per-round ratios say more on a noisy machine
        pairs = [
            ours / theirs
            for ours, theirs in zip(
                seconds["itsm"], seconds["helpdesk_mgmt"], strict=True
            )
        ]
        result[f"{label}_ratio_by_round"] = [round(pair, 2) for pair in pairs]
    report(result)


if __name__ == "__main__":
    main()
