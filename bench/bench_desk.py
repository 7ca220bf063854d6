# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The desk at 100,000 tickets: wall screen, first pages, first row in the browser.

    python bench/bench_desk.py [DATABASE [TICKETS]]

Tickets over the last three months with two clocks each, made by SQL; one in twenty is
open, by ten teams. Measured with the rights of an agent:

1. the figures of the wall screen: server time and queries;
2. the first page of list and kanban, of what is open and of all: server time and
   queries, with 80 and with 10 rows;
3. similar tickets for a subject, if the addon offers them: 95th percentile of 200;
4. the first row of the list in a headless browser: from the click on the menu to the
   row on the screen, seven times.
"""

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from common import ADDONS, configure, ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000
LOGIN = "bench-agent"
TEAMS = 10
WORDS = ("mail", "printer", "network", "account", "screen", "disk", "phone", "login")
LIST_FIELDS = (
    *("number", "name", "partner_id", "user_id", "stage_id", "priority", "service_id"),
    *("itsm_kind", "clock_summary", "create_date", "category_id"),
)


def environment(database, login=None):
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    env = api.Environment(Registry(database).cursor(), SUPERUSER_ID, {})
    if login:
        user = env["res.users"].search([("login", "=", login)])
        env = env(user=user.id, su=False)
    return env


def prepare(env):
    """Teams, an agent, tickets and clocks, once for each database."""
    from odoo.fields import Command

    users = env["res.users"].with_context(no_reset_password=True)
    agent = users.search([("login", "=", LOGIN)])
    if agent:
        return
    agent = users.create(
        {
            "name": "Bench agent",
            "login": LOGIN,
            "password": LOGIN,
            "group_ids": [Command.link(env.ref("itsm_base.itsm_group_agent").id)],
        }
    )
    teams = env["helpdesk.ticket.team"].create(
        [
            {"name": f"Bench team {i}", "user_ids": [Command.link(agent.id)]}
            for i in range(TEAMS)
        ]
    )
    agreement = env["itsm.agreement"].create(
        {
            "name": "Desk bench",
            "tz": "Europe/Paris",
            "calendar_id": env.company.resource_calendar_id.id,
            "date_start": "2020-01-01",
        }
    )
    env.flush_all()
    values = {
        "company": env.company.id,
        "done": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id,
        "open": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress").id,
        "code": env.ref("itsm_base.itsm_closing_code_solved").id,
        "teams": teams.ids,
        "agent": agent.id,
        "partner": env.company.partner_id.id,
        "words": list(WORDS),
        "agreement": agreement.id,
        "tickets": TICKETS,
    }
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, partner_id,
             itsm_kind, priority, active, sequence, reported_at, first_response_at,
             resolved_at, closed_date, support_line, closing_code_id, reopened_count,
             agreement_reason, user_id, create_date, write_date, create_uid, write_uid)
        SELECT 'D' || i,
               initcap((%(words)s)[1 + i %% 8]) || ' of room ' || i || ' fails',
               'd', %(company)s,
               CASE WHEN i %% 20 = 0 THEN %(open)s ELSE %(done)s END,
               (%(teams)s)[1 + (i / 20) %% 10], %(partner)s,
               CASE WHEN i %% 4 = 0 THEN 'request' ELSE 'incident' END,
               ((i / 20) %% 4)::text, true, 10, t.at,
               t.at + (i %% 90) * interval '1 minute',
               CASE WHEN i %% 20 > 0 THEN t.at + (i %% 900) * interval '1 minute' END,
               CASE WHEN i %% 20 > 0 THEN t.at + (i %% 990) * interval '1 minute' END,
               (1 + i %% 3)::text, CASE WHEN i %% 20 > 0 THEN %(code)s END,
               i %% 20 / 19, 'default',
               CASE WHEN i %% 60 > 0 THEN %(agent)s END, t.at, t.at, 1, 1
          FROM generate_series(1, %(tickets)s) i,
               LATERAL (SELECT date_trunc('second', now() at time zone 'utc')
                               - i * interval '3 months' / %(tickets)s AS at) t
        """,
        values,
    )
    env.cr.execute(
        """
        INSERT INTO itsm_clock
            (ticket_id, company_id, kind, metric, cycle, agreement_id, phase,
             calendar_id, tz, target_seconds, used_seconds, started_at,
             running_since, deadline, at_risk_at, stopped_at, breached_at,
             overrun_seconds, create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.company_id, 'sla', m.metric, 1, a.id,
               CASE WHEN s.at IS NULL THEN 'running' ELSE 'stopped' END,
               a.calendar_id, a.tz, 360000, 1800 + t.id %% 3600, t.reported_at,
               CASE WHEN s.at IS NULL THEN t.reported_at END,
               CASE WHEN s.at IS NULL
                    THEN t.reported_at + (t.id %% 60) * interval '1 day' END,
               CASE WHEN s.at IS NULL
                    THEN t.reported_at + (t.id %% 60) * interval '18 hours' END,
               s.at,
               CASE WHEN t.id %% 7 = 0 AND s.at IS NOT NULL
                    THEN t.reported_at + interval '1 hour' END,
               0, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t, itsm_agreement a,
               (VALUES ('response'), ('resolution')) m(metric),
               LATERAL (SELECT CASE m.metric WHEN 'response' THEN t.first_response_at
                                    ELSE t.resolved_at END AS at) s
         WHERE t.number LIKE 'D%%' AND a.id = %(agreement)s
        """,
        values,
    )
    env.cr.execute("ANALYZE helpdesk_ticket; ANALYZE itsm_clock")
    env.cr.commit()


def measured(env, function, times=7):
    """Milliseconds (median) and queries of a call with empty caches of records."""
    function()
    spent, queries = [], 0
    for _i in range(times):
        env.invalidate_all()
        before, began = env.cr.sql_log_count, time.perf_counter()
        function()
        spent.append(1000 * (time.perf_counter() - began))
        queries = env.cr.sql_log_count - before
    return round(statistics.median(spent), 1), queries


def server(env, result):
    """Wall screen, list, kanban and hints, without the browser."""
    wall = env["itsm.wall"]
    result["wall_ms"], result["wall_queries"] = measured(env, wall.read_figures)
    team = env["helpdesk.ticket.team"].search([], limit=1)
    result["wall_of_a_team_ms"], _queries = measured(
        env, lambda: wall.read_figures({"team_ids": team.ids})
    )
    tickets = env["helpdesk.ticket"]
    spec = {
        name: {"fields": {"display_name": {}}}
        if tickets._fields[name].type == "many2one"
        else {}
        for name in LIST_FIELDS
    }
    open_domain = [("closed", "=", False)]
    for label, domain in (("open", open_domain), ("all", [])):
        for limit in (80, 10):
            key = f"list_{label}_{limit}"
            result[f"{key}_ms"], result[f"{key}_queries"] = measured(
                env,
                lambda domain=domain, limit=limit: tickets.web_search_read(
                    domain, spec, limit=limit, count_limit=10001
                ),
            )
    for limit in (40, 10):
        key = f"kanban_{limit}"
        result[f"{key}_ms"], result[f"{key}_queries"] = measured(
            env,
            lambda limit=limit: tickets.web_read_group(
                open_domain,
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=spec,
                unfold_read_default_limit=limit,
            ),
        )
    if hasattr(tickets, "_itsm_similar"):
        hints(env, result)


def hints(env, result):
    """Similar tickets while somebody types: 200 subjects."""
    tickets = env["helpdesk.ticket"]
    service = env["itsm.service"]
    spent = []
    for i in range(220):
        text = f"{WORDS[i % 8]} in room {i * 37 % TICKETS} fails"
        began = time.perf_counter()
        tickets._itsm_similar(text, service, 5)
        spent.append(1000 * (time.perf_counter() - began))
    spent = sorted(spent[20:])
    result["hint_p50_ms"] = round(spent[100], 1)
    result["hint_p95_ms"] = round(spent[190], 1)


# === The browser ===


class Browser:
    """A headless Chromium, spoken to by its debugging protocol."""

    def __init__(self, base, session_id):
        import websocket

        self.base = base
        self.folder = tempfile.mkdtemp(prefix="bench-desk-")
        program = next(
            filter(
                None,
                map(shutil.which, ("google-chrome", "chromium", "chromium-browser")),
            ),
            None,
        )
        if not program:
            raise RuntimeError("no Chromium: apt-get install chromium")
        port = free_port()
        self.process = subprocess.Popen(
            [
                *(program, "--headless", "--no-sandbox", "--disable-gpu"),
                *("--no-first-run", "--disable-background-networking"),
                *("--disable-component-update", "--disable-sync"),
                *(f"--remote-debugging-port={port}", "--remote-allow-origins=*"),
                *(f"--user-data-dir={self.folder}", "--window-size=1400,900"),
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pages = json.loads(patient(f"http://127.0.0.1:{port}/json"))
        page = next(page for page in pages if page["type"] == "page")
        self.socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=120
        )
        self.number = 0
        self.call("Page.enable")
        self.call(
            "Network.setCookie", name="session_id", value=session_id, url=self.base
        )

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                return answer.get("result", {})

    def evaluate(self, expression):
        result = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def wait(self, expression, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(RuntimeError):
                if self.evaluate(expression):
                    return
            time.sleep(0.2)
        raise RuntimeError(f"waited in vain for {expression}")

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def patient(url, seconds=90):
    """The answer of a server that is just starting."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


#: From the choice of the action to the first row on the screen: two frames later what
#: was put into the page has been painted.
FIRST_ROW = """
(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const seen = () => document.querySelector(".o_list_view .o_data_row .o_data_cell");
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const away = "itsm_desk.itsm_ticket_bulk_action";
    await action.doAction(away, { clearBreadcrumbs: true });
    while (seen()) { await frame(); }
    const began = performance.now();
    action.doAction("itsm_base.helpdesk_ticket_action_all", {
        clearBreadcrumbs: true, viewType: "list",
    });
    while (!seen()) { await frame(); }
    await frame();
    return performance.now() - began;
})()
"""


def browser(database, result):
    """The first row of the list, and the wall screen, with a server of their own."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo", f"--addons-path={ADDONS}"),
            *("-d", database, f"--http-port={port}", "--http-interface=127.0.0.1"),
            *("--max-cron-threads=0", "--log-level=error", "--no-database-list"),
        ],
    )
    chromium = None
    try:
        patient(f"{base}/web/login")
        chromium = Browser(base, signed_in(base, database))
        chromium.call("Page.navigate", url=f"{base}/odoo/itsm-tickets?debug=1")
        chromium.wait("!!document.querySelector('.o_list_view, .o_kanban_view')")
        spent = [chromium.evaluate(FIRST_ROW) for _i in range(8)][1:]
        result["first_row_ms"] = round(statistics.median(spent))
        result["first_row_worst_ms"] = round(max(spent))
        began = time.perf_counter()
        chromium.call("Page.navigate", url=f"{base}/odoo/itsm-tickets")
        chromium.wait("!!document.querySelector('.o_list_view .o_data_row')")
        result["whole_page_ms"] = round(1000 * (time.perf_counter() - began))
    finally:
        if chromium:
            chromium.close()
        process.terminate()
        process.wait()


def signed_in(base, database):
    """The session of the agent."""
    body = {
        "jsonrpc": "2.0",
        "params": {"db": database, "login": LOGIN, "password": LOGIN},
    }
    request = urllib.request.Request(
        f"{base}/web/session/authenticate",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        for header in answer.headers.get_all("Set-Cookie"):
            name, _is, rest = header.partition("=")
            if name == "session_id":
                return rest.partition(";")[0]
    raise RuntimeError("not signed in")


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_desk"
    ensure_database(database, "itsm_desk")
    env = environment(database)
    prepare(env)
    count = env["helpdesk.ticket"].search_count([])
    env.cr.close()
    result = {"tickets": count, "cores": os.cpu_count()}
    env = environment(database, LOGIN)
    server(env, result)
    env.cr.rollback()
    env.cr.close()
    browser(database, result)
    report(result)


if __name__ == "__main__":
    main()
