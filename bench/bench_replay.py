# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A replay of 100,000 open tickets, six log rows and two clocks each.

    python bench/bench_replay.py [DATABASE [TICKETS]]

1. nothing was edited: what reading, folding and comparing costs;
2. a changed agreement: every clock differs, 200,000 lines of differences are written;
3. the table applied: every clock, every ticket, what held before kept;
4. an edited calendar: a holiday of today and one of next week.

Every run is worked by the scheduled action, slice by slice, with its commits. The
memory is the peak of the process that measures; another one makes the data.
"""

import resource
import subprocess
import sys
import time

from common import configure, ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000
FOR_PREPARATION = "--prepare"


def environment(database):
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    cr = Registry(database).cursor()
    env = api.Environment(cr, SUPERUSER_ID, {})
    return env(user=env.ref("base.user_admin").id, su=False)


def first_agreement(env):
    """An agreement in force for everybody, one pair of targets for all priorities."""
    calendar = env["resource.calendar"].create(
        {"name": "Bench office", "tz": "Europe/Paris"}
    )
    targets = [
        {"itsm_kind": kind, "priority": priority, "metric": metric, "minutes": minutes}
        for kind in ("incident", "request")
        for priority in "0123"
        for metric, minutes in (("response", 12000), ("resolution", 18000))
    ]
    agreement = env["itsm.agreement"].create(
        {
            "name": "Replay bench",
            "tz": "Europe/Paris",
            "calendar_id": calendar.id,
            "date_start": "2020-01-01",
            "pause_reason_ids": [
                (6, 0, env.ref("itsm_base.itsm_pause_reason_requester").ids)
            ],
            "target_ids": [(0, 0, values) for values in targets],
        }
    )
    agreement.action_activate()
    return agreement


def next_version(env):
    """A new version whose targets are an hour longer, in force from tomorrow on."""
    agreement = env["itsm.agreement"].search(
        [("name", "=", "Replay bench"), ("state", "=", "active")],
        order="version desc",
        limit=1,
    )
    new = env["itsm.agreement"].browse(agreement.action_new_version()["res_id"])
    for target in new.target_ids:
        target.minutes += 60
    new.action_activate()
    return new


def prepare(env):
    """Tickets and their logs by SQL; their clocks by a first replay."""
    if env["itsm.agreement"].search_count([("name", "=", "Replay bench")]):
        return
    agreement = first_agreement(env)
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    waiting = env["helpdesk.ticket.stage"].search(
        [("itsm_state", "=", "paused")], limit=1
    )
    reason = env.ref("itsm_base.itsm_pause_reason_requester")
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    partners = env["res.partner"].create(
        [{"name": f"Bench customer {i}"} for i in range(500)]
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, itsm_kind,
             priority, active, sequence, reported_at, agreement_reason, partner_id,
             user_id, create_date, write_date, create_uid, write_uid)
        SELECT 'R' || i, 'Replay ' || i, 'd', %s, %s, %s, 'incident',
               (i %% 4)::text, true, 10, t.at, 'no_agreement',
               (%s::int[])[1 + i %% 500], 2, t.at + interval '1 second', t.at, 1, 1
          FROM generate_series(1, %s) i,
               LATERAL (SELECT date_trunc('second', now() at time zone 'utc')
                               - i * interval '17 seconds' AS at) t
        """,
        [env.company.id, stage.id, team.id, partners.ids, TICKETS],
    )
    # reported, assigned, taken up, paused, resumed, sent to the same team again
    env.cr.execute(
        """
        INSERT INTO itsm_ticket_event
            (ticket_id, time, sequence, step, what, stage_id, state, pause_reason_id,
             team_id, assignee_id, priority, partner_id, itsm_kind, source, user_id,
             create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.reported_at + e.after, 0, e.step, e.what,
               CASE WHEN e.state = 'paused' THEN %(waiting)s
                    WHEN e.state IS NOT NULL THEN %(stage)s END,
               e.state, CASE WHEN e.state = 'paused' THEN %(reason)s END,
               CASE WHEN e.what IN ('reported', 'team') THEN t.team_id END,
               CASE WHEN e.what = 'assignee' THEN 2 END,
               CASE WHEN e.what = 'reported' THEN t.priority END,
               CASE WHEN e.what = 'reported' THEN t.partner_id END,
               CASE WHEN e.what = 'reported' THEN t.itsm_kind END,
               'user', 2, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t,
               (VALUES (interval '0', 1, 'reported', 'new'),
                       (interval '5 minutes', 2, 'assignee', NULL),
                       (interval '9 minutes', 3, 'state', 'open'),
                       (interval '50 minutes', 4, 'state', 'paused'),
                       (interval '140 minutes', 5, 'state', 'open'),
                       (interval '200 minutes', 6, 'team', NULL)
               ) e(after, step, what, state)
         WHERE t.name LIKE 'Replay %%'
         ORDER BY t.id, e.step
        """,
        {"waiting": waiting.id, "stage": stage.id, "reason": reason.id},
    )
    env.cr.commit()
    for table in ("helpdesk_ticket", "itsm_ticket_event"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    replay = env["itsm.replay"].create(
        {
            "name": "Clocks",
            "edited": "tickets",
            "under_agreement_id": agreement.id,
            "reason": "Bench",
        }
    )
    replay.action_compute()
    work(env, replay)
    replay.action_apply()
    work(env, replay)
    env.cr.execute("ANALYZE itsm_clock")
    env.cr.commit()


def work(env, replay):
    """Seconds that the scheduled action takes for the replay's run: all, and ours.

    The second figure is the processor time of this process, without PostgreSQL: what
    else runs on the machine does not change it.
    """
    env.cr.commit()
    started, own = time.perf_counter(), time.process_time()
    replay.env["itsm.run"]._cron_run()
    seconds = time.perf_counter() - started, time.process_time() - own
    env.invalidate_all()
    if replay.run_id.state != "done":
        raise SystemExit(replay.run_id.line_ids.mapped("message"))
    return seconds


def peak():
    """The most memory that this process has held, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_replay"
    if FOR_PREPARATION in sys.argv:
        prepare(environment(database))
        return
    ensure_database(database, "itsm_sla")
    subprocess.run(
        [sys.executable, __file__, database, str(TICKETS), FOR_PREPARATION],
        check=True,
    )
    env = environment(database)
    replays = env["itsm.replay"]
    result = {
        "tickets": env["helpdesk.ticket"].search_count([("name", "like", "Replay %")]),
        "events": env["itsm.ticket.event"].search_count([]),
        "clocks": env["itsm.clock"].search_count([]),
        "memory_before_mib": peak(),
    }

    def note(label, seconds, own):
        result[f"{label}_seconds"] = round(seconds, 1)
        result[f"{label}_seconds_python"] = round(own, 1)

    def measure(label, **vals):
        replay = replays.create({"name": label, **vals})
        replay.action_compute()
        note(label, *work(env, replay))
        result[f"{label}_differences"] = replay.line_count
        result[f"{label}_memory_mib"] = peak()
        return replay

    measure("unchanged")
    agreement = next_version(env)
    replay = measure(
        "agreement",
        edited="tickets",
        under_agreement_id=agreement.id,
        reason="Bench",
    )
    replay.action_apply()
    note("apply", *work(env, replay))
    result["apply_skipped"] = replay.skipped_count
    result["apply_memory_mib"] = peak()
    leaves = env["resource.calendar.leaves"].create(
        [
            {
                "name": "Bench holiday",
                "calendar_id": agreement.calendar_id.id,
                "date_from": time.strftime(
                    "%Y-%m-%d 00:00:00", time.gmtime(time.time() + days * 86400)
                ),
                "date_to": time.strftime(
                    "%Y-%m-%d 23:59:59", time.gmtime(time.time() + days * 86400)
                ),
            }
            for days in range(3, 9)
        ]
    )
    replay = measure("calendar", calendar_ids=[(6, 0, agreement.calendar_id.ids)])
    leaves.unlink()
    env.cr.commit()
    report(result)
    env.cr.close()


if __name__ == "__main__":
    main()
