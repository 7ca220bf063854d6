# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Duties: making 10,000 of them, and reading lists, boards and figures of them.

    python bench/bench_duties.py [database]

40 definitions with 250 weeks each are caught up with in one transaction, as after a
stop of five years. Then the list is read as the web client reads it, for 80 and for
1,000 rows: the number of queries must not grow. Everything is taken back at the end.
"""

import contextlib
import sys
from datetime import date, timedelta

from common import configure, ensure_database, report, timed

DATABASE = sys.argv[1] if len(sys.argv) > 1 else "bench_duties"
DEFINITIONS = 40
WEEKS = 250

SPEC = {
    "display_name": {},
    "definition_id": {"fields": {"display_name": {}}},
    "subject_name": {},
    "period_label": {},
    "process_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "role_id": {"fields": {"display_name": {}}},
    "due_date": {},
    "done_at": {},
    "status": {},
    "activity_ids": {},
}


def prepare(env):
    """Definitions that are 250 weeks behind, with a role that somebody holds."""
    env["itsm.duty.definition"].search([]).active = False
    user = env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench_duties",
            "group_ids": [(4, env.ref("itsm_base.itsm_group_lead").id)],
        }
    )
    role = env["itsm.role"].create(
        {"name": "Bench", "code": "bench", "holder_ids": [(0, 0, {"user_id": user.id})]}
    )
    today = date.today()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    env["itsm.duty.definition"].create(
        [
            {
                "name": f"Bench {number}",
                "period": "week",
                "role_id": role.id,
                "scope_ids": [
                    (0, 0, {"company_id": env.company.id, "date_from": first})
                ],
            }
            for number in range(DEFINITIONS)
        ]
    )
    return user


def counted(env, function):
    """Seconds and queries of one call, with empty caches."""
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    seconds = timed(function)
    env.flush_all()
    return seconds, env.cr.sql_log_count - before


def measure(env):
    """All figures of one run."""
    user = prepare(env)
    scopes = env["itsm.duty.scope"]._of_active()
    result = {}
    seconds, queries = counted(env, lambda: scopes._generate(None))
    made = env["itsm.duty"].search([])
    result["duties made"] = len(made)
    result["made in s"] = round(seconds, 2)
    result["duties per s"] = round(len(made) / seconds)
    result["queries of making"] = queries
    seconds, queries = counted(env, lambda: scopes._generate(None))
    result["daily action, nothing to do, ms"] = round(seconds * 1000, 1)
    result["daily action, nothing to do, queries"] = queries
    # done in time, late, overdue: thirds
    third = len(made) // 3
    made[:third]._done(made[0].due_at - timedelta(days=1))
    made[third : 2 * third]._done(made[-1].due_at + timedelta(days=1))
    duties = env["itsm.duty"].with_user(user)
    duties.web_search_read([], SPEC, limit=80)  # rights are read once and kept
    for rows in (80, 1000):
        seconds, queries = counted(
            env,
            lambda rows=rows: duties.web_search_read([], SPEC, limit=rows),
        )
        result[f"list of {rows}, ms"] = round(seconds * 1000, 1)
        result[f"list of {rows}, queries"] = queries
    for name, domain in (
        ("overdue", [("status", "=", "overdue")]),
        ("mine or of my roles", [("is_mine", "=", True), ("state", "=", "open")]),
    ):
        seconds, queries = counted(
            env,
            lambda domain=domain: duties.web_search_read(domain, SPEC, limit=80),
        )
        result[f"filter “{name}”, ms"] = round(seconds * 1000, 1)
        result[f"filter “{name}”, queries"] = queries
    figures = env["itsm.duty.report"].with_user(user)
    seconds, queries = counted(
        env,
        lambda: figures._read_group(
            [], ["definition_id", "due_date:month"], ["due:sum", "on_time_rate:avg"]
        ),
    )
    result["on-time rate by definition and month, ms"] = round(seconds * 1000, 1)
    env.company.itsm_duty_holiday_shift = False
    seconds, queries = counted(env, lambda: env["itsm.duty"]._recompute_due([]))
    result["open duties checked against the settings, ms"] = round(seconds * 1000, 1)
    result["open duties checked, queries"] = queries
    return result


def main():
    """Measure in one transaction and take it back."""
    configure()
    ensure_database(DATABASE, "itsm_base")
    from odoo import api
    from odoo.orm.registry import Registry

    with contextlib.closing(Registry(DATABASE).cursor()) as cr:
        result = measure(api.Environment(cr, 1, {}))
        cr.rollback()
    report(result)
    # The ORM reads a thousand rows at a time.
    if result["list of 80, queries"] != result["list of 1000, queries"]:
        sys.exit("The queries of the list grow with its rows.")


if __name__ == "__main__":
    main()
