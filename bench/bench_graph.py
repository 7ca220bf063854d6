# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The impact graph: layout and payload on the server, movement in a browser.

    python bench/bench_graph.py [DATABASE] [--nodes N] [--url URL] [--picture FILE]

The database needs ``itsm_cmdb``; the connection is taken from the usual PG… variables
or the configuration file in ODOO_RC. A landscape of N configuration items in eight
levels is made: four fifths have one cause in the level before, the others two. The
server's part happens in a transaction that is rolled back.

With ``--url`` of an Odoo that serves the database (login and password: admin) the
landscape is kept for the time of the measurement, drawn in a headless Chromium, and
moved for five seconds by pointer events, one for each frame that the browser asks for
(requestAnimationFrame). Frames are counted by the browser's callbacks in that time,
and the longest gap between two is told. Needs ``websocket-client``. The last line is
JSON.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile
import time
import urllib.request

from common import configure, ensure_database, report, spread, timed

ROUNDS = 5
SECONDS = 5
LEVELS = 8

#: Drags the picture by one step for each frame, and counts the frames.
DRAG = """
new Promise((done) => {
    const canvas = document.querySelector(".o_itsm_ci_graph_canvas");
    const box = canvas.getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const send = (type, dx, dy, target) =>
        target.dispatchEvent(new PointerEvent(type, {
            bubbles: true, button: 0, clientX: x + dx, clientY: y + dy,
        }));
    send("pointerdown", 0, 0, canvas);
    const times = [];
    const step = (now) => {
        times.push(now);
        const spent = now - times[0];
        if (spent >= %(milliseconds)s) {
            send("pointerup", 0, 0, window);
            const gaps = times.slice(1).map((time, i) => time - times[i]);
            done({
                frames: gaps.length / (spent / 1000),
                worst: Math.max(...gaps),
            });
            return;
        }
        send("pointermove", 300 * Math.sin(spent / 400), 200 * Math.cos(spent / 500),
             window);
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", nargs="?", default="itsm_bench_graph")
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--url", help="of an Odoo that serves the database")
    parser.add_argument("--picture", help="where to keep a picture of the screen")
    return parser.parse_args()


def make_landscape(env, count):
    """Configuration items in levels; the first is the cause of all."""
    rng = random.Random(2026)
    codes = ("server", "virtual_machine", "hypervisor", "application", "database")
    classes = env["itsm.ci.class"].search([("code", "in", codes)])
    classes = classes.filtered(lambda ci_class: not ci_class.is_abstract)
    items = env["itsm.ci"].with_context(tracking_disable=True)
    items = items.create(
        [
            {
                "name": f"bench-{number:04d}.example.com",
                "class_id": classes[rng.randrange(len(classes))].id,
                "state": "use",
            }
            for number in range(count)
        ]
    )
    kind = env["itsm.ci.relation.type"].search([("code", "=", "depends_on")])
    levels = [[0]]
    rest = list(range(1, count))
    for level in range(1, LEVELS):
        size = len(rest) if level == LEVELS - 1 else min(len(rest), 4**level)
        size = min(size, max(1, count // 5)) if level < LEVELS - 1 else size
        levels.append(rest[:size])
        rest = rest[size:]
    vals_list = []
    for before, level in zip(levels, levels[1:], strict=False):
        for number in level:
            causes = rng.sample(
                before, min(len(before), 1 if rng.random() < 0.8 else 2)
            )
            vals_list += [
                {
                    "type_id": kind.id,
                    "source_id": items[number].id,
                    "target_id": items[cause].id,
                }
                for cause in causes
            ]
    env["itsm.ci.relation"].create(vals_list)
    env.flush_all()
    return items, len(vals_list)


def measure_server(env, items, relations):
    """Seconds of the whole answer, of the layout in it, and its size."""
    from odoo.addons.itsm_cmdb.tools import graph_layout

    root = items[0]
    spent = []
    lay_out = graph_layout.lay_out

    def watched(*args):
        start = time.perf_counter()
        result = lay_out(*args)
        spent.append(time.perf_counter() - start)
        return result

    options = {"group": 0}
    graph_layout.lay_out = watched
    rounds, searches = [], []
    for _round in range(ROUNDS):
        env.invalidate_all()
        searches.append(timed(root._impact, "down"))
        rounds.append(timed(root.read_graph, options))
    graph_layout.lay_out = lay_out
    before = env.cr.sql_log_count
    graph = root.read_graph(options)
    queries = env.cr.sql_log_count - before
    grouped = root.read_graph({})
    drawing = timed(root.print_graph, options, "svg")
    return {
        "nodes": len(graph["nodes"]),
        "relations": relations,
        "lines": len(graph["edges"]),
        "impact_ms": [round(1000 * value) for value in spread(searches)],
        "graph_ms": [round(1000 * value) for value in spread(rounds)],
        "layout_ms": [round(1000 * value) for value in spread(spent)],
        "queries": queries,
        "payload_kb": round(len(json.dumps(graph)) / 1024),
        "size": graph["size"],
        "nodes_grouped": len(grouped["nodes"]),
        "svg_export_ms": round(1000 * drawing),
    }


class Browser:
    """A headless Chromium, spoken to through its debugging port."""

    def __init__(self, width=1600, height=900):
        import websocket

        folder = tempfile.mkdtemp(prefix="bench-graph-")
        self.process = subprocess.Popen(
            [
                *("chromium", "--headless=new", "--no-sandbox", "--disable-gpu"),
                *("--remote-debugging-port=0", "--remote-allow-origins=*"),
                *(f"--user-data-dir={folder}", f"--window-size={width},{height}"),
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = os.path.join(folder, "DevToolsActivePort")
        for _try in range(200):
            if os.path.exists(port_file) and os.path.getsize(port_file):
                break
            time.sleep(0.1)
        with open(port_file) as file:
            port = int(file.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            page = next(p for p in json.load(answer) if p["type"] == "page")
        self.socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=120
        )
        self.number = 0
        self.command("Page.enable")

    def command(self, method, **params):
        self.number += 1
        self.socket.send(
            json.dumps({"id": self.number, "method": method, "params": params})
        )
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                return message.get("result", {})

    def run(self, script):
        answer = self.command(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        return answer.get("result", {}).get("value")

    def wait(self, script, seconds=90):
        end = time.time() + seconds
        while time.time() < end:
            if self.run(script):
                return
            time.sleep(0.1)
        raise TimeoutError(script)

    def go(self, url):
        self.command("Page.navigate", url=url)
        time.sleep(0.5)

    def close(self):
        self.command("Browser.close")
        self.process.wait(10)


def measure_browser(url, item_id, picture):
    """Frames per second while the picture moves, at several scales."""
    browser = Browser()
    try:
        browser.go(f"{url}/web/login")
        browser.wait("!!document.querySelector('input[name=password]')")
        browser.run(
            "document.querySelector('input[name=login]').value = 'admin';"
            "document.querySelector('input[name=password]').value = 'admin';"
            "document.querySelector('form.oe_login_form').submit()"
        )
        browser.wait("!!document.querySelector('.o_web_client .o_main_navbar')")
        browser.go(f"{url}/odoo/itsm-impact-graph?ci_ids={item_id}&group=0")
        browser.wait("document.querySelectorAll('.o_itsm_ci_graph_node').length > 2")
        time.sleep(3)
        result = {
            "drawn": browser.run(
                "document.querySelectorAll('.o_itsm_ci_graph_node').length"
            )
        }
        drag = DRAG % {"milliseconds": SECONDS * 1000}
        for name, steps in (("all", 0), ("half", 6), ("full", 5)):
            for _step in range(steps):
                browser.run("document.querySelector('button[name=larger]').click()")
            time.sleep(1)
            scale = browser.run(
                "document.querySelector('.o_itsm_ci_graph_plane > g')"
                ".transform.baseVal.consolidate().matrix.a"
            )
            moved = browser.run(drag)
            result[f"frames_{name}"] = round(moved["frames"], 1)
            result[f"worst_gap_ms_{name}"] = round(moved["worst"])
            result[f"scale_{name}"] = round(scale, 2)
        if picture:
            import base64

            browser.run("document.querySelector('button[name=fit]').click()")
            time.sleep(1)
            shot = browser.command("Page.captureScreenshot", format="png")
            with open(picture, "wb") as file:
                file.write(base64.b64decode(shot["data"]))
        return result
    finally:
        browser.close()


def main():
    arguments = parse_arguments()
    ensure_database(arguments.database, "itsm_cmdb")
    configure()
    import odoo
    from odoo.modules.registry import Registry

    registry = Registry(arguments.database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        items, relations = make_landscape(env, arguments.nodes)
        result = measure_server(env, items, relations)
        if arguments.url:
            cr.commit()
            ids = items.ids
            try:
                result.update(measure_browser(arguments.url, ids[0], arguments.picture))
            finally:
                items = env["itsm.ci"].browse(ids)
                (items.relation_source_ids | items.relation_target_ids).unlink()
                cr.execute("DELETE FROM itsm_ci_history WHERE ci_id = ANY(%s)", [ids])
                cr.execute("DELETE FROM itsm_ci WHERE id = ANY(%s)", [ids])
                cr.commit()
        cr.rollback()
    report(result)


if __name__ == "__main__":
    main()
