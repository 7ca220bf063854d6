# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A scheduler in a process of its own, for test_scheduler_processes.py.

    python scheduler_process.py prepare TICKETS      twice as many with a missed target
    python scheduler_process.py work [--hang-at N]   one run of the scheduled action

With --hang-at the N-th batch stops after everything was written and before it is
committed, prints "hanging" and waits to be killed. Options of Odoo follow after "--".
"""

import argparse
import contextlib
import sys
import time
from datetime import timedelta
from unittest.mock import patch

BATCH = 40


def prepare(env, number):
    """Tickets under an agreement of one hour around the clock, reported before that.

    Two lots of them; the clocks of the second are put off.
    """
    from odoo import fields
    from odoo.fields import Command

    env.cr.execute("UPDATE itsm_agreement SET state = 'draft'")
    env.cr.execute("UPDATE itsm_clock SET next_event_at = NULL")
    env.invalidate_all()
    rules = env["itsm.escalation.rule"]
    rules.search([]).active = False
    shipped = rules.browse(
        env.ref(f"itsm_sla.itsm_escalation_rule_{name}").id
        for name in ("at_risk", "breached")
    )
    shipped.write({"active": True, "since": False})
    rules.create(
        {"name": "Raise", "moment": "breach", "raise_line": True, "since": False}
    )
    leader = env["res.users"].create(
        {"name": "Leader", "login": "process-leader", "email": "leader@example.com"}
    )
    team = env["helpdesk.ticket.team"].create({"name": "Team", "user_id": leader.id})
    now = fields.Datetime.now()
    agreement = env["itsm.agreement"].create(
        {
            "name": "One hour",
            "tz": "UTC",
            "calendar_id": env.ref("itsm_sla.resource_calendar_24x7").id,
            "date_start": fields.Date.to_string(now - timedelta(days=3)),
            "target_ids": [
                Command.create(
                    {
                        "itsm_kind": "incident",
                        "priority": "2",
                        "metric": "resolution",
                        "minutes": 60,
                    }
                )
            ],
        }
    )
    agreement.action_activate()
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "name": name,
                "description": "Process",
                "team_id": team.id,
                "priority": "2",
                "support_line": "1",
                "reported_at": now - timedelta(hours=2),
            }
            for name in ("Lot A", "Lot B")
            for _index in range(number)
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE itsm_clock SET next_event_at = '2999-01-01' WHERE ticket_id = ANY(%s)",
        [tickets[number:].ids],
    )


def work(env, hang_at):
    """One run of the scheduled action in batches of 40."""
    from odoo.addons.itsm_sla.models import itsm_clock_scheduler as scheduler

    act_on = scheduler.ItsmClock._act_on
    batches = []

    def spy(clocks, ids, now):
        done = act_on(clocks, ids, now)
        batches.append(len(done))
        if len(batches) == hang_at:
            clocks.env.flush_all()
            print("hanging", flush=True)
            time.sleep(600)
        return done

    with (
        patch.object(scheduler, "BATCH", BATCH),
        patch.object(scheduler.ItsmClock, "_act_on", spy),
    ):
        print("ready", flush=True)
        sys.stdin.readline()
        env.cr.rollback()
        env["itsm.clock"]._cron_clocks()
    print(sum(batches), flush=True)


def main():
    own, odoo_options = sys.argv[1:], []
    if "--" in own:
        place = own.index("--")
        own, odoo_options = own[:place], own[place + 1 :]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["prepare", "work"])
    parser.add_argument("number", nargs="?", type=int, default=0)
    parser.add_argument("--hang-at", type=int)
    arguments = parser.parse_args(own)

    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config([*odoo_options, "--log-level=critical"], setup_logging=False)
    (database,) = config["db_name"]
    with contextlib.closing(Registry(database).cursor()) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if arguments.what == "prepare":
            prepare(env, arguments.number)
        else:
            work(env, arguments.hang_at)
        cr.commit()


if __name__ == "__main__":
    main()
