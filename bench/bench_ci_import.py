# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Importing Debian's packages with reconciliation, beside Odoo's `load()`.

    python bench/bench_ci_import.py [DATABASE] [PACKAGES]

The packages that `apt-cache dumpavail` knows are the rows (name, version, section as
model, maintainer's system as host), their dependencies a column of relations. In one
run: the import as the scheduled action does it (slices that are committed), the same
file again, and again with every tenth version changed; then `load()` of the same
columns for a part of the rows, and of relations by name. Without apt it says so and
stops. The rows are deleted by SQL at the start, so that a second run begins alike.
"""

import base64
import csv
import io
import resource
import shutil
import sys
import time

from bench_impact import packages
from common import configure, ensure_database, report

DATABASE = sys.argv[1] if len(sys.argv) > 1 else "bench_ci_import"
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
#: Rows that `load()` gets: it is slow.
LOADED, LOADED_RELATIONS = 2000, 300


def rows(changed=False):
    """``[(name, version, depends)]`` of so many packages."""
    graph = packages()
    names = sorted(graph)[:COUNT]
    known = set(names)
    for number, name in enumerate(names):
        version, groups = graph[name]
        needs = dict.fromkeys(
            group[0] for group in groups if group[0] in known and group[0] != name
        )
        if changed and number % 10 == 0:
            version += "+new"
        yield name, version, ",".join(needs)


def file_of(table):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["Package", "Version", "Depends"])
    writer.writerows(table)
    return base64.b64encode(stream.getvalue().encode())


def clear(env):
    """Take away what an earlier run of this made."""
    for statement in (
        "DELETE FROM itsm_ci_import_line_candidate_rel",
        "DELETE FROM itsm_ci_import_line",
        "DELETE FROM itsm_ci_source_link",
        "DELETE FROM itsm_ci_history",
        "DELETE FROM itsm_ci_relation",
        "DELETE FROM itsm_ci WHERE service_id IS NULL",
    ):
        env.cr.execute(statement)
    env.cr.commit()
    env.invalidate_all()


def prepare(env):
    """A class and a source for packages."""
    ci_class = env["itsm.ci.class"].search([("code", "=", "package")])
    ci_class = ci_class or ci_class.create({"name": "Package", "code": "package"})
    source = env["itsm.ci.source"].search([("code", "=", "apt")])
    source = source or source.create(
        {
            "name": "Debian",
            "code": "apt",
            "class_id": ci_class.id,
            "key_column": "Package",
            "field_ids": [
                (0, 0, {"column": "Package", "target": "name"}),
                (0, 0, {"column": "Version", "target": "version"}),
            ],
            "relation_ids": [
                (
                    0,
                    0,
                    {
                        "column": "Depends",
                        "type_id": env.ref(
                            "itsm_cmdb.itsm_ci_relation_type_depends_on"
                        ).id,
                    },
                )
            ],
        }
    )
    if not source.key_ids:
        env["itsm.ci.source.key"].create(
            {
                "source_id": source.id,
                "field_ids": source.field_ids[:1].ids,
                "same_class": True,
            }
        )
    env.cr.commit()
    return source


def work(env, record, phases):
    """Work a run off as the scheduled action does, timing items and relations."""
    run = record.run_id.sudo()
    while run.state in ("waiting", "running"):
        phase = (run.position or {}).get("phase", "items")
        start, cpu = time.perf_counter(), time.process_time()
        env["itsm.run"]._take()._work_slice()
        env.cr.commit()
        env.invalidate_all()
        phases[phase] = phases.get(phase, 0) + time.perf_counter() - start
        phases[f"{phase}, CPU"] = (
            phases.get(f"{phase}, CPU", 0) + time.process_time() - cpu
        )
    if run.state != "done":
        raise SystemExit(f"{run.name}: {run.state}: {run.line_ids.mapped('message')}")


def imported(env, source, data, label, result, count):
    record = env["itsm.ci.import"].create({"source_id": source.id, "file": data})
    for name, start in (
        ("dry run", record.action_check),
        ("import", record.action_import),
    ):
        begin = time.perf_counter()
        start()
        env.cr.commit()
        phases = {"scan": time.perf_counter() - begin}
        work(env, record, phases)
        record.invalidate_recordset()
        done = record.related_count or count
        result[f"{label}, {name}"] = (
            f"new {record.new_count}, changed {record.changed_count}, unchanged "
            f"{record.unchanged_count}, errors {record.error_count}: scan "
            f"{phases['scan']:.2f} s, items {phases['items']:.2f} s "
            f"({count / phases['items']:.0f} a second, "
            f"{phases['items, CPU']:.2f} s of Python), relations "
            f"{record.related_count} new in {phases.get('relations', 0):.2f} s"
            + (
                f" ({done / phases['relations']:.0f} a second)"
                if record.related_count and name == "import"
                else ""
            )
        )
    result[f"{label}, memory, MiB"] = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    )


def loaded(env, source, result):
    """`load()` of the same columns, and of relations by name."""
    items = env["itsm.ci"].with_context(tracking_disable=True)
    table = list(rows())
    names = [row[0] for row in table[:LOADED]]
    data = [[f"load {n}", source.class_id.name, v] for n, v, _d in table[:LOADED]]
    start = time.perf_counter()
    answer = items.load(["name", "class_id", "version"], data)
    env.cr.commit()
    seconds = time.perf_counter() - start
    result["load(), CIs"] = (
        f"{len(answer['ids'] or ())} in {seconds:.2f} s "
        f"({len(names) / seconds:.0f} a second)"
    )
    kind = env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on").name
    pairs = [
        [kind, f"load {names[i]}", f"load {names[-1 - i]}"]
        for i in range(LOADED_RELATIONS)
    ]
    env.invalidate_all()
    start = time.perf_counter()
    answer = env["itsm.ci.relation"].load(["type_id", "source_id", "target_id"], pairs)
    env.cr.commit()
    seconds = time.perf_counter() - start
    result["load(), relations by name"] = (
        f"{len(answer['ids'] or ())} in {seconds:.2f} s "
        f"({len(pairs) / seconds:.0f} a second)"
    )


def main():
    if not shutil.which("apt-cache"):
        print("not measured: apt-cache is not on this machine")
        return
    configure()
    ensure_database(DATABASE, "itsm_cmdb")
    from odoo import api
    from odoo.modules.registry import Registry

    with Registry(DATABASE).cursor() as cr:
        env = api.Environment(cr, 1, {})
        clear(env)
        env = env(user=env.ref("base.user_admin"))
        source = prepare(env)
        table = list(rows())
        count = len(table)
        result = {"rows": count}
        result["memory before, MiB"] = (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        )
        imported(env, source, file_of(table), "first", result, count)
        imported(env, source, file_of(table), "second", result, count)
        imported(env, source, file_of(rows(True)), "changed", result, count)
        loaded(env, source, result)
        report(result)


if __name__ == "__main__":
    main()
