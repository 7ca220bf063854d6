# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Impact over Debian's package graph, beside the bare reachability query.

    python bench/bench_impact.py [DATABASE]

The packages that `apt-cache dumpavail` knows are configuration items, their
dependencies relations; alternatives (a | b) that both exist are redundancies, of which
one is enough. Without apt it says so and stops. The database is kept: a second run
measures at once.

The bare query is one recursive statement that finds what is reached and nothing else:
no depth, no path, no redundancy, no dates, no states. They take turns; the best of five
rounds counts. Ratio: ours / bare.
"""

import re
import shutil
import subprocess
import sys
import time

from common import configure, ensure_database, report

DATABASE = sys.argv[1] if len(sys.argv) > 1 else "bench_impact"
ROUNDS = 5
BATCH = 2000
#: Packages on which few, some thousand and most others depend.
ROOTS = ("libavcodec59", "python3-minimal", "libc6")


def packages():
    """``{name: (version, [[alternative, …], …])}`` of what apt knows."""
    text = subprocess.run(
        ["apt-cache", "dumpavail"], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.M))
        if "Package" not in fields or fields["Package"] in found:
            continue
        wants = [fields[k] for k in ("Depends", "Pre-Depends") if k in fields]
        groups = [
            [re.split(r"[ :(]", one.strip(), maxsplit=1)[0] for one in g.split("|")]
            for want in wants
            for g in want.split(",")
        ]
        found[fields["Package"]] = fields["Version"], groups
    return found


def fill(env):
    """Write the graph through the ORM; say how long it took."""
    graph = packages()
    ci_class = env["itsm.ci.class"].create({"name": "Package", "code": "package"})
    depends = env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
    quiet = {"tracking_disable": True}
    items = env["itsm.ci"].with_context(**quiet)
    names = sorted(graph)
    ids = {}
    start = time.perf_counter()
    for first in range(0, len(names), BATCH):
        part = names[first : first + BATCH]
        made = items.create(
            [
                {"name": name, "class_id": ci_class.id, "version": graph[name][0]}
                for name in part
            ]
        )
        ids.update(zip(part, made.ids, strict=True))
        env.cr.commit()
        env.invalidate_all()
    seconds = {"CIs": len(ids), "CIs, s": time.perf_counter() - start}
    rows, groups = [], []
    for name in names:
        single = set()
        wanted = []
        for alternatives in graph[name][1]:
            known = {ids[a] for a in alternatives if a in ids and a != name}
            if len(known) == 1:
                single |= known
            elif known:
                wanted.append(known)
        rows += [(ids[name], target, None) for target in sorted(single)]
        taken = set(single)
        for known in wanted:
            if known & taken:
                continue
            taken |= known
            groups.append((ids[name], sorted(known)))
    start = time.perf_counter()
    redundancies = env["itsm.ci.redundancy"].create(
        [{"name": "Alternatives", "ci_id": item} for item, _known in groups]
    )
    for redundancy, (item, known) in zip(redundancies, groups, strict=True):
        rows += [(item, target, redundancy.id) for target in known]
    relations = env["itsm.ci.relation"]
    for first in range(0, len(rows), BATCH):
        relations.create(
            [
                {
                    "type_id": depends.id,
                    "source_id": source,
                    "target_id": target,
                    "redundancy_id": group,
                }
                for source, target, group in rows[first : first + BATCH]
            ]
        )
        env.cr.commit()
        env.invalidate_all()
    seconds["relations"] = len(rows)
    seconds["redundancies"] = len(groups)
    seconds["relations, s"] = time.perf_counter() - start
    return seconds


BARE = """
    WITH RECURSIVE reached(id) AS (
        SELECT %s UNION
        SELECT r.source_id FROM reached JOIN itsm_ci_relation r
            ON r.target_id = reached.id
         WHERE r.type_id = %s
    ) SELECT count(*) FROM reached"""


def measure(env):
    """The impact of each root and the bare query, in turns."""
    items = env["itsm.ci"]
    depends = env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
    env.cr.execute("ANALYZE itsm_ci, itsm_ci_relation, itsm_ci_redundancy")
    result = {}
    for name in ROOTS:
        root = items.search([("name", "=", name), ("class_id.code", "=", "package")])
        if not root:
            continue
        ours, bare = [], []
        for _round in range(ROUNDS):
            start = time.perf_counter()
            env.cr.execute(BARE, [root.id, depends.id])
            reachable = env.cr.fetchone()[0] - 1
            bare.append(time.perf_counter() - start)
            queries = env.cr.sql_log_count
            start = time.perf_counter()
            impact = root._impact()
            ours.append(time.perf_counter() - start)
            queries = env.cr.sql_log_count - queries
        result[name] = (
            f"{len(impact.reached)} affected (reachable {reachable}), "
            f"{max(impact.depth.values())} levels, {queries} queries: "
            f"{min(ours) * 1000:.0f} ms, bare {min(bare) * 1000:.0f} ms, "
            f"ratio {min(ours) / min(bare):.2f}"
        )
    return result


def main():
    if not shutil.which("apt-cache"):
        print("not measured: apt-cache is not on this machine")
        return
    configure()
    ensure_database(DATABASE, "itsm_cmdb")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(DATABASE).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        result = {}
        if not env["itsm.ci.class"].search_count([("code", "=", "package")]):
            result.update(fill(env))
        user = env.ref("base.user_admin")
        result.update(measure(env(user=user)))
        report(result)


if __name__ == "__main__":
    main()
