# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A what-if scenario over 100,000 past tickets beside a replay of the same tickets.

    python bench/bench_whatif.py [DATABASE [TICKETS]]

Each ticket has nine log rows (a pause, a reply, solved, closed) and two clocks, of a
year that is over.

1. replay: what reading, folding and comparing the tickets costs;
2. whatif: the same tickets under targets of 40 hours: a line of each clock, the
   figures by month and the smallest targets;
3. hours: the same, with a second calendar to compare.

Every run is worked by the scheduled action, slice by slice, with its commits. The ratio
is that of the processor time of this process, which what else runs on the machine does
not change. The memory is the peak of the process that measures; another one makes the
data.
"""

import subprocess
import sys

from bench_replay import FOR_PREPARATION, environment, first_agreement, peak, work
from common import ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000
NAME = "What-if bench"


def prepare(env):
    """Closed tickets and their logs by SQL; their clocks by a replay."""
    if env["itsm.agreement"].search_count([("name", "=", NAME)]):
        return
    agreement = first_agreement(env)
    agreement.name = NAME
    stages = env["helpdesk.ticket.stage"].search([("company_id", "in", (False, 1))])
    stage_of = {stage.itsm_state: stage.id for stage in stages}
    reason = env.ref("itsm_base.itsm_pause_reason_requester")
    team = env["helpdesk.ticket.team"].create({"name": "What-if bench"})
    partners = env["res.partner"].create(
        [{"name": f"What-if customer {i}"} for i in range(500)]
    )
    env.flush_all()
    # Spread over a year that ended yesterday; solved after 3 hours to 20 days.
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, itsm_kind,
             priority, active, sequence, reported_at, agreement_reason, partner_id,
             user_id, create_date, write_date, create_uid, write_uid)
        SELECT 'W' || i, 'Whatif ' || i, 'd', %s, %s, %s, 'incident',
               (i %% 4)::text, true, 10, t.at, 'no_agreement',
               (%s::int[])[1 + i %% 500], 2, t.at + interval '1 second', t.at, 1, 1
          FROM generate_series(1, %s) i,
               LATERAL (SELECT date_trunc('day', now() at time zone 'utc')
                               - interval '25 days'
                               - i * (interval '330 days' / %s) AS raw) r,
               LATERAL (SELECT date_trunc('second', r.raw) AS at) t
        """,
        [
            *(env.company.id, stage_of["closed"], team.id),
            *(partners.ids, TICKETS, TICKETS),
        ],
    )
    env.cr.execute(
        """
        INSERT INTO itsm_ticket_event
            (ticket_id, time, sequence, step, what, stage_id, state, pause_reason_id,
             team_id, assignee_id, priority, partner_id, itsm_kind, source,
             user_id, create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.reported_at + e.after + e.share * l.length, 0, e.step, e.what,
               CASE e.state WHEN 'paused' THEN %(paused)s WHEN 'resolved' THEN
                    %(resolved)s WHEN 'closed' THEN %(closed)s ELSE %(open)s END,
               e.state, CASE WHEN e.state = 'paused' THEN %(reason)s END,
               CASE WHEN e.what IN ('reported', 'team') THEN t.team_id END,
               CASE WHEN e.what = 'assignee' THEN 2 END,
               CASE WHEN e.what = 'reported' THEN t.priority END,
               CASE WHEN e.what = 'reported' THEN t.partner_id END,
               CASE WHEN e.what = 'reported' THEN t.itsm_kind END,
               'user', 2, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t,
               LATERAL (SELECT interval '3 hours'
                               + (t.id %% 477) * interval '1 hour' AS length) l,
               (VALUES (interval '0', 0, 1, 'reported', 'new'),
                       (interval '5 minutes', 0, 2, 'assignee', NULL),
                       (interval '9 minutes', 0, 3, 'state', 'open'),
                       (interval '0', 0.2, 4, 'reply', NULL),
                       (interval '0', 0.3, 5, 'state', 'paused'),
                       (interval '0', 0.5, 6, 'state', 'open'),
                       (interval '0', 0.6, 7, 'team', NULL),
                       (interval '0', 1, 8, 'resolved', 'resolved'),
                       (interval '1 hour', 1, 9, 'closed', 'closed')
               ) e(after, share, step, what, state)
         WHERE t.name LIKE 'Whatif %%'
         ORDER BY t.id, e.step
        """,
        {
            "reason": reason.id,
            **{k: stage_of.get(k) for k in ("paused", "resolved", "closed", "open")},
        },
    )
    env.cr.commit()
    for table in ("helpdesk_ticket", "itsm_ticket_event"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    replay = env["itsm.replay"].create(
        {
            "name": "Clocks",
            "edited": "tickets",
            "ticket_domain": "[('name', '=like', 'Whatif %')]",
            "under_agreement_id": agreement.id,
            "scope": "closed",
            "reason": "Bench",
        }
    )
    replay.action_compute()
    work(env, replay)
    replay.action_apply()
    work(env, replay)
    env.cr.execute("ANALYZE itsm_clock")
    env.cr.commit()


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_whatif"
    if FOR_PREPARATION in sys.argv:
        prepare(environment(database))
        return
    ensure_database(database, "itsm_sla")
    subprocess.run(
        [sys.executable, __file__, database, str(TICKETS), FOR_PREPARATION],
        check=True,
    )
    env = environment(database)
    agreement = env["itsm.agreement"].search([("name", "=", NAME)], limit=1)
    result = {
        "tickets": env["helpdesk.ticket"].search_count([("name", "like", "Whatif %")]),
        "clocks": env["itsm.clock"].search_count([("agreement_id", "=", agreement.id)]),
        "memory_before_mib": peak(),
    }

    def measure(label, job):
        job.action_compute()
        seconds, own = work(env, job)
        result[f"{label}_seconds"] = round(seconds, 1)
        result[f"{label}_seconds_python"] = round(own, 1)
        result[f"{label}_memory_mib"] = peak()
        return own

    domain = "[('name', '=like', 'Whatif %')]"
    replay = measure(
        "replay",
        env["itsm.replay"].create(
            {
                "name": "Side by side",
                "edited": "tickets",
                "ticket_domain": domain,
                "scope": "closed",
                "reason": "Bench",
            }
        ),
    )
    vals = {
        "name": "Bench",
        "agreement_id": agreement.id,
        "ticket_domain": domain,
        "date_from": "2000-01-01",
        "target_ids": [
            (
                *(0, 0),
                {
                    "itsm_kind": "incident",
                    "priority": priority,
                    "metric": "resolution",
                    "minutes": 2400,
                },
            )
            for priority in "0123"
        ],
    }
    scenario = env["itsm.whatif"].create(vals)
    result["ratio"] = round(measure("whatif", scenario) / replay, 2)
    result["whatif_lines"] = env["itsm.whatif.line"].search_count(
        [("whatif_id", "=", scenario.id)]
    )
    round_the_clock = env.ref("itsm_sla.resource_calendar_24x7")
    scenario = env["itsm.whatif"].create(
        {**vals, "candidate_calendar_ids": [(6, 0, round_the_clock.ids)]}
    )
    measure("hours", scenario)
    report(result)
    env.cr.close()


if __name__ == "__main__":
    main()
