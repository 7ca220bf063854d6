# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Monitoring events over HTTP, as one worker takes them.

    python bench/bench_events.py [DATABASE]

A server of its own on 127.0.0.1 and one client that waits for each answer, so that one
event or batch is worked on at a time, as by one worker. Each call comes with an API key
through the JSON-2 API; incidents are measured by an agreement with response and
resolution clocks. Aim: at least 50 events a second. The CPU of the server is measured
too: on a busy machine it says more than the wall clock.

- new: every event is a new key, and makes a ticket;
- repeated: 100 keys that are open, reported again and again;
- mixed: of 20 events one is new, one recovers, 18 are repeated.

Each with 1 and with 100 events in a call.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta

import psutil
from common import ADDONS, configure, ensure_database, report

PORT = 18_069
EVENTS = 1000


def prepare(name):
    """The agreement, the rule and the source; its key, made anew for each run."""
    from odoo import api
    from odoo.modules.registry import Registry

    with Registry(name).cursor() as cr:
        env = api.Environment(cr, 1, {})
        if not env["itsm.agreement"].search([("state", "=", "active")], limit=1):
            template = env.ref("itsm_sla.itsm_agreement_template_default")
            action = template.action_new_from_template()
            agreement = env["itsm.agreement"].browse(action["res_id"])
            agreement.calendar_id = env["resource.calendar"].search([], limit=1)
            agreement.action_activate()
        env.company.itsm_event_flood = 0
        rule = env.ref("itsm_base.itsm_event_rule_default")
        rule.write({"min_severity": "1", "recovery": "resolve"})
        users = env["res.users"].with_context(no_reset_password=True)
        source = users.search([("login", "=", "bench-source")])
        if not source:
            groups = env.ref("base.group_portal") | env.ref(
                "itsm_base.itsm_group_event_source"
            )
            source = users.create(
                {
                    "name": "Bench",
                    "login": "bench-source",
                    "group_ids": [(6, 0, groups.ids)],
                }
            )
        keys = env["res.users.apikeys"].with_user(source).sudo()
        return keys._generate(None, "bench", datetime.now() + timedelta(days=1))


def start(name):
    """A server for this database, once it answers."""
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo", f"--addons-path={ADDONS}", "-d", name),
            *("--http-interface=127.0.0.1", f"--http-port={PORT}"),
            *("--max-cron-threads=0", "--workers=0", "--log-level=warn"),
        ]
    )
    for _try in range(120):
        time.sleep(0.5)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            connection.request("GET", "/web/health")
            connection.getresponse().read()
            return server, connection
        except OSError:
            continue
    server.terminate()
    raise SystemExit("the server does not answer")


class Client:
    def __init__(self, server, connection, key, name):
        self.process = psutil.Process(server.pid)
        self.connection = connection
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": name,
        }

    def send(self, events):
        """Statuses of one call."""
        body = json.dumps({"events": events})
        path = "/json/2/itsm.event/ingest"
        self.connection.request("POST", path, body, self.headers)
        answer = self.connection.getresponse()
        data = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {data}")
        return [result["status"] for result in data]

    def run(self, events, size):
        """Events per second, what each cost the server, and how they ended."""
        counts = {}
        cpu = self.cpu()
        begin = time.perf_counter()
        for position in range(0, len(events), size):
            for status in self.send(events[position : position + size]):
                counts[status] = counts.get(status, 0) + 1
        seconds = time.perf_counter() - begin
        ended = ", ".join(f"{count} {status}" for status, count in counts.items())
        cost = (self.cpu() - cpu) / len(events) * 1000
        return f"{len(events) / seconds:.0f}/s, {cost:.1f} ms of CPU each ({ended})"

    def cpu(self):
        """Seconds of CPU that the server has used; PostgreSQL's are not in it."""
        times = self.process.cpu_times()
        return times.user + times.system


def event(key, severity="major"):
    return {
        "source": "bench",
        "key": key,
        "severity": severity,
        "summary": f"{key} does not answer",
        "message": "Timeout after 30 s\n" * 5,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_events"
    configure()
    ensure_database(name, "itsm_sla")
    key = prepare(name)
    server, connection = start(name)
    try:
        client = Client(server, connection, key, name)
        run = f"{os.getpid()}-{int(time.time())}"
        known = [f"{run}/known/{number}" for number in range(100)]
        client.run([event(key) for key in known], 100)  # caches, and what is open
        result = {}
        for size in 1, 100:
            new = [event(f"{run}/{size}/{number}") for number in range(EVENTS)]
            again = [event(known[number % 100]) for number in range(EVENTS)]
            mixed = list(again)
            for number in range(EVENTS // 20):
                fresh = f"{run}/{size}/mixed/{number}"
                mixed[20 * number] = event(fresh)
                mixed[20 * number + 19] = event(fresh, "ok")
            for what, events in (("new", new), ("repeated", again), ("mixed", mixed)):
                result[f"{what}, {size} in a call"] = client.run(events, size)
        report(result)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
