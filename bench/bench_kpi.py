# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The KPIs of a month over 100,000 tickets, and a list of 100,000 KPI values.

    python bench/bench_kpi.py [DATABASE [TICKETS]]

Tickets with milestones, two clocks and six log rows each, made by SQL, spread over the
last three months. Measured are all shipped KPIs that are computed:

1. one month, nothing computed before, so that each value is created;
2. the same month again;
3. three months at once;
4. the first page of a list of 100,000 values, and how many queries it takes.
"""

import sys
import time

from common import configure, ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000
VALUES = 100_000
COLUMNS = ("value_text", "status", "trend", "period_label", "note", "can_drill")


def environment(database):
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    cr = Registry(database).cursor()
    env = api.Environment(cr, SUPERUSER_ID, {})
    return env(user=env.ref("base.user_admin").id, su=False)


def prepare(env):
    """Tickets, clocks, log and old values, once for each database."""
    tickets = env["helpdesk.ticket"].with_context(active_test=False)
    if tickets.search_count([("name", "=like", "KPI bench %")], limit=1):
        return
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    stage_open = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    code = env.ref("itsm_base.itsm_closing_code_solved")
    team = env["helpdesk.ticket.team"].create({"name": "KPI bench"})
    agreement = env["itsm.agreement"].create(
        {
            "name": "KPI bench",
            "tz": "Europe/Paris",
            "calendar_id": env.company.resource_calendar_id.id,
            "date_start": "2020-01-01",
        }
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, itsm_kind,
             priority, active, sequence, reported_at, first_response_at, resolved_at,
             support_line, closing_code_id, reopened_count, agreement_reason, user_id,
             create_date, write_date, create_uid, write_uid)
        SELECT 'K' || i, 'KPI bench ' || i, 'd', %(company)s,
               CASE WHEN i %% 10 = 0 THEN %(stage_open)s ELSE %(stage)s END, %(team)s,
               CASE WHEN i %% 4 = 0 THEN 'request' ELSE 'incident' END,
               (i %% 4)::text, true, 10, t.at,
               t.at + (i %% 90) * interval '1 minute',
               CASE WHEN i %% 10 > 0 THEN t.at + (i %% 900) * interval '1 minute' END,
               (1 + i %% 3)::text, %(code)s, i %% 20 / 19, 'default', 2, t.at, t.at,
               1, 1
          FROM generate_series(1, %(tickets)s) i,
               LATERAL (SELECT date_trunc('second', now() at time zone 'utc')
                               - i * interval '3 months' / %(tickets)s AS at) t
        """,
        {
            "company": env.company.id,
            "stage": stage.id,
            "stage_open": stage_open.id,
            "team": team.id,
            "code": code.id,
            "tickets": TICKETS,
        },
    )
    env.cr.execute(
        """
        INSERT INTO itsm_ticket_event
            (ticket_id, time, sequence, step, what, state, team_id, itsm_kind, priority,
             source, user_id, create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.reported_at + e.after, 0, e.step, e.what, e.state,
               CASE WHEN e.what IN ('reported', 'team') THEN t.team_id END,
               CASE WHEN e.what = 'reported' THEN t.itsm_kind END,
               CASE WHEN e.what = 'reported' THEN t.priority END,
               'user', 2, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t,
               (VALUES (interval '0', 1, 'reported', 'new'),
                       (interval '5 minutes', 2, 'assignee', NULL),
                       (interval '9 minutes', 3, 'state', 'open'),
                       (interval '50 minutes', 4, 'state', 'paused'),
                       (interval '140 minutes', 5, 'state', 'open'),
                       (interval '200 minutes', 6, 'team', NULL)
               ) e(after, step, what, state)
         WHERE t.name LIKE 'KPI bench %%'
         ORDER BY t.id, e.step
        """
    )
    env.cr.execute(
        """
        INSERT INTO itsm_clock
            (ticket_id, company_id, kind, metric, cycle, agreement_id, phase,
             target_seconds, used_seconds, started_at, stopped_at, breached_at,
             overrun_seconds, create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.company_id, 'sla', m.metric, 1, %s,
               CASE WHEN s.at IS NULL THEN 'running' ELSE 'stopped' END,
               3600, 1800 + t.id %% 3600, t.reported_at, s.at,
               CASE WHEN t.id %% 7 = 0 THEN t.reported_at + interval '1 hour' END,
               0, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t, (VALUES ('response'), ('resolution')) m(metric),
               LATERAL (SELECT CASE m.metric WHEN 'response' THEN t.first_response_at
                                    ELSE t.resolved_at END AS at) s
         WHERE t.name LIKE 'KPI bench %%'
        """,
        [agreement.id],
    )
    old_values(env)
    for table in (
        "helpdesk_ticket",
        "itsm_ticket_event",
        "itsm_clock",
        "itsm_kpi_value",
    ):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()


def old_values(env):
    """A hundred daily KPIs with a thousand frozen values each."""
    kpis = env["itsm.kpi"].create(
        [
            {
                "code": f"BENCH{index}",
                "name": f"Bench {index}",
                "formula": "Entered",
                "period": "day",
                "active": False,
            }
            for index in range(100)
        ]
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO itsm_kpi_value
            (kpi_id, company_id, period_start, period_end, numerator, denominator,
             value, no_data, status, direction, manual, note, revision, is_latest,
             frozen, create_uid, write_uid, create_date, write_date)
        SELECT kpi, %s, day, day, i %% 100, 100, i %% 100, false, 'no_target', 'up',
               true, 'Bench', 1, true, true, 1, 1, now(), now()
          FROM unnest(%s) kpi, generate_series(1, %s) i,
               LATERAL (SELECT DATE '2020-01-01' + i AS day) d
        """,
        [env.company.id, kpis.ids, VALUES // len(kpis)],
    )


def main():
    from datetime import date, timedelta

    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_kpi"
    ensure_database(database, "itsm_sla")
    env = environment(database)
    prepare(env)
    kpis = env["itsm.kpi"].search([("source", "=", "computed")])
    # What is frozen is not computed again.
    kpis.freeze_days = 400
    last = date.today().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    env.cr.execute("DELETE FROM itsm_kpi_value WHERE period_start >= '2026-01-01'")
    env.invalidate_all()
    result = {
        "tickets": env["helpdesk.ticket"].search_count(
            [("name", "=like", "KPI bench %")]
        ),
        "kpis": len(kpis),
    }

    def measure(label, start, stop):
        queries, began = env.cr.sql_log_count, time.perf_counter()
        kpis._compute_values(start, stop, env.company)
        env.flush_all()
        result[f"{label}_seconds"] = round(time.perf_counter() - began, 2)
        result[f"{label}_queries"] = env.cr.sql_log_count - queries

    measure("month", first, last)
    measure("month_again", first, last)
    measure("three_months", (first - timedelta(days=40)).replace(day=1), last)
    values = env["itsm.kpi.value"].search([("kpi_id", "in", kpis.ids)])
    result["counted_in_month"] = int(
        sum(
            values.filtered(lambda value: value.period_start == first).mapped(
                "denominator"
            )
        )
    )
    list_of_values(env, result)
    report(result)
    env.cr.rollback()
    env.cr.close()


def list_of_values(env, result):
    """The first page and a page of ten rows, of all values there are."""
    values = env["itsm.kpi.value"]
    result["values"] = values.search_count([])
    spec = {name: {} for name in COLUMNS} | {"kpi_id": {"fields": {"display_name": {}}}}
    for limit in (80, 10, 80):
        env.invalidate_all()
        queries, began = env.cr.sql_log_count, time.perf_counter()
        values.web_search_read([("is_latest", "=", True)], spec, limit=limit)
        result[f"list_{limit}_seconds"] = round(time.perf_counter() - began, 3)
        result[f"list_{limit}_queries"] = env.cr.sql_log_count - queries


if __name__ == "__main__":
    main()
