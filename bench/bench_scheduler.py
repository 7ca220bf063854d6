# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The scheduler over 1,000,000 open clocks.

    python bench/bench_scheduler.py [DATABASE]

1. none due: the query that each minute's run makes;
2. 10,000 due, each with an activity for another user: clocks per second, the mails of
   the batch left out (they are queued, not sent);
3. 2,000 due while 10 users save the same tickets: every clock handled once, no save
   lost.
"""

import random
import sys
import threading
import time
from unittest.mock import patch

from common import configure, ensure_database, report, spread, timed

CLOCKS = 1_000_000
DUE = 10_000
SAVERS = 10


def prepare(env):
    """500,000 tickets with two clocks each, made by SQL; 20 teams with leaders."""
    env.cr.execute("SELECT count(*) FROM itsm_clock WHERE agreement_id IS NOT NULL")
    if env.cr.fetchone()[0] >= CLOCKS:
        return
    template = env.ref("itsm_sla.itsm_agreement_template_default")
    action = template.action_new_from_template()
    agreement = env["itsm.agreement"].browse(action["res_id"])
    agreement.calendar_id = env.ref("itsm_sla.resource_calendar_24x7")
    agreement.action_activate()
    leaders = env["res.users"].create(
        [
            {
                "name": f"Leader {i}",
                "login": f"bench_leader_{i}",
                "email": f"leader{i}@example.com",
                "group_ids": [(4, env.ref("itsm_base.itsm_group_lead").id)],
            }
            for i in range(20)
        ]
    )
    teams = env["helpdesk.ticket.team"].create(
        [
            {"name": f"Scheduler {i}", "user_id": leader.id}
            for i, leader in enumerate(leaders)
        ]
    )
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, itsm_kind,
             priority, active, sequence, reported_at, agreement_id, agreement_reason,
             create_date, write_date, create_uid, write_uid)
        SELECT 'S' || i, 'Scheduler ' || i, 'd', %s, %s,
               (%s::int[])[1 + i %% 20], 'incident', '1', true, 10,
               date_trunc('second', now() at time zone 'utc'), %s, 'default',
               now(), now(), 1, 1
          FROM generate_series(1, %s) i
        """,
        [env.company.id, stage.id, teams.ids, agreement.id, CLOCKS // 2],
    )
    env.cr.execute(
        """
        INSERT INTO itsm_clock
            (ticket_id, company_id, kind, metric, cycle, agreement_id, calendar_id, tz,
             phase, target_seconds, used_seconds, started_at, running_since, deadline,
             at_risk_at, next_event_at, segments, applications)
        SELECT t.id, t.company_id, 'sla', m.metric, 0, t.agreement_id, %s, 'UTC',
               'running', 86400, 0, t.reported_at, t.reported_at,
               t.reported_at + interval '24 hours', t.reported_at + interval '18 hours',
               t.reported_at + interval '18 hours',
               '[]', '[]'
          FROM helpdesk_ticket t, (VALUES ('response'), ('resolution')) m(metric)
         WHERE t.name LIKE 'Scheduler %%'
        """,
        [agreement.calendar_id.id],
    )
    env.cr.commit()
    env.cr.execute("ANALYZE itsm_clock")
    env.cr.execute("ANALYZE helpdesk_ticket")
    env.cr.commit()


def make_due(env, number):
    """Let ``number`` clocks of different tickets be past their deadline."""
    env.cr.execute(
        """
        UPDATE itsm_clock
           SET running_since = date_trunc('second', now() at time zone 'utc')
                               - interval '25 hours',
               started_at = date_trunc('second', now() at time zone 'utc')
                            - interval '25 hours',
               deadline = date_trunc('second', now() at time zone 'utc')
                          - interval '1 hour',
               at_risk_at = date_trunc('second', now() at time zone 'utc')
                            - interval '7 hours',
               next_event_at = date_trunc('second', now() at time zone 'utc')
                               - interval '7 hours'
         WHERE id IN (SELECT id FROM itsm_clock
                       WHERE fired IS NULL AND metric = 'resolution'
                         AND next_event_at > now() LIMIT %s)
     RETURNING id, ticket_id
        """,
        [number],
    )
    rows = env.cr.fetchall()
    env.cr.commit()
    env.invalidate_all()
    return rows


def save_tickets(registry, ticket_ids, stop, saved, failed):
    """One user who saves tickets until told to stop, with Odoo's own retries."""
    from odoo import SUPERUSER_ID, api
    from odoo.service.model import retrying

    rng = random.Random()
    while not stop.is_set():
        ticket_id = rng.choice(ticket_ids)
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

            def save(env=env, ticket_id=ticket_id):
                ticket = env["helpdesk.ticket"].browse(ticket_id)
                ticket.priority = "2" if ticket.priority == "1" else "1"
                env.flush_all()

            try:
                retrying(save, env)
                saved.append(ticket_id)
            except Exception as error:
                failed.append(repr(error))
        time.sleep(0.05)


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_scheduler"
    ensure_database(database, "itsm_sla")
    configure()
    from odoo import SUPERUSER_ID, api, fields
    from odoo.modules.registry import Registry

    registry = Registry(database)
    cr = registry.cursor()
    env = api.Environment(cr, SUPERUSER_ID, {})
    prepare(env)
    clock = env["itsm.clock"]
    clock._cron_clocks()  # what an earlier run may have left
    result = {"clocks": clock.search_count([])}

    # 1. none due
    now = fields.Datetime.now()
    clock._due_ids(now, 200)
    before = cr.sql_log_count
    times = [timed(clock._due_ids, now, 200) * 1000 for _turn in range(50)]
    result["none_due_queries"] = (cr.sql_log_count - before) / 50
    result["none_due_ms"] = round(spread(times)[1], 3)

    # 2. due, alone
    rows = make_due(env, DUE)
    seconds = timed(clock._cron_clocks)
    result["due"] = len(rows)
    result["due_per_second"] = round(len(rows) / seconds)
    env.invalidate_all()
    handled = clock.search_count(
        [("id", "in", [row[0] for row in rows]), ("breached_at", "!=", False)]
    )
    result["due_handled"] = handled
    result["due_activities"] = env["mail.activity"].search_count(
        [
            ("res_model", "=", "helpdesk.ticket"),
            ("res_id", "in", [row[1] for row in rows]),
        ]
    )

    # the same without building the mails of the batches
    rows = make_due(env, DUE)
    with patch.object(type(env["itsm.clock.alert"]), "_send_mails", lambda *_: None):
        seconds = timed(clock._cron_clocks)
    result["due_per_second_mails_not_counted"] = round(len(rows) / seconds)

    # 3. beside users who save the same tickets
    rows = make_due(env, 2000)
    stop, saved, failed = threading.Event(), [], []
    ticket_ids = [row[1] for row in rows]
    savers = [
        threading.Thread(
            target=save_tickets, args=(registry, ticket_ids, stop, saved, failed)
        )
        for _number in range(SAVERS)
    ]
    for saver in savers:
        saver.start()
    runs = 0
    started = time.perf_counter()
    while time.perf_counter() - started < 120:
        clock._cron_clocks()
        cr.commit()
        runs += 1
        left = clock._due_ids(fields.Datetime.now(), 1)
        if not left and time.perf_counter() - started > 10:
            break
        time.sleep(0.2)
    stop.set()
    for saver in savers:
        saver.join()
    cr.commit()
    clock._cron_clocks()
    env.invalidate_all()
    ids = [row[0] for row in rows]
    alerts = env["itsm.clock.alert"]._read_group(
        [("clock_id", "in", ids), ("level", "=", "breached")],
        ["clock_id"],
        ["__count"],
    )
    result["beside_saves"] = len(saved)
    result["beside_saves_failed"] = len(failed)
    result["beside_runs"] = runs
    result["beside_clocks"] = len(ids)
    result["beside_alerted_once"] = sum(count == 1 for _clock, count in alerts)
    result["beside_alerted_twice"] = sum(count > 1 for _clock, count in alerts)
    if failed:
        print("first failed save:", failed[0])
    report(result)
    cr.close()


if __name__ == "__main__":
    main()
