# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Importing a ticket history of 100,000 rows, as the scheduled action does it.

    python bench/bench_import.py [DATABASE] [ROWS] [csv|xlsx]

The file is made up: five events for each ticket (reported, in progress, waiting for the
user, in progress, resolved), all measured by one agreement. Preview and import are
runs worked off in slices that are committed, in this process, without a web server;
then the file is previewed and imported a second time, which changes nothing, and the
first import is undone. The memory is the largest of the whole process; what it was
before the file came is printed beside it.
"""

import base64
import csv
import io
import random
import resource
import sys
import time
from datetime import datetime, timedelta

from common import configure, ensure_database, report

EVENTS = (
    ("New", 0),
    ("In Progress", 20),
    ("Awaiting User Info", 60),
    ("In Progress", 150),
    ("Resolved", 240),
)
HEADER = (
    *("number", "opened_at", "updated_at", "state", "priority", "type"),
    *("assignment_group", "assigned_to", "caller", "short_description"),
)


def rows(count, prefix):
    """Rows of the file, ticket by ticket mixed as a log is."""
    source = random.Random(42)
    start = datetime(2025, 1, 6, 9)
    tickets = max(1, count // len(EVENTS))
    made = []
    for number in range(tickets):
        opened = start + timedelta(minutes=source.randrange(300 * 1440))
        stretch = source.uniform(0.5, 3)
        for state, minutes in EVENTS:
            moment = opened + timedelta(minutes=round(minutes * stretch) + 1)
            made.append(
                (
                    moment,
                    f"{prefix}{number:06}",
                    opened,
                    state,
                    source.choice(
                        ("1 - Critical", "2 - High", "3 - Medium", "4 - Low")
                    ),
                    number,
                )
            )
    made.sort(key=lambda row: row[0])
    for moment, ticket, opened, state, priority, number in made[:count]:
        yield (
            *(ticket, opened, moment, state, priority, "Incident"),
            *(f"Group {number % 40}", f"Person {number % 300}"),
            *(f"Caller {number % 5000}", f"Something does not work, case {number}"),
        )


def make_file(count, form, prefix):
    if form == "xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Tickets")
        sheet.append(HEADER)
        for row in rows(count, prefix):
            sheet.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for row in rows(count, prefix):
        writer.writerow(str(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def peak():
    """Largest memory of this process so far, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def work_off(env, run):
    """Work on one run as the scheduled action does; the longest slice in seconds."""
    longest = slices = 0
    while run.state in ("waiting", "running", "undoing"):
        began = time.perf_counter()
        env["itsm.run"]._take()._work_slice()
        env.cr.commit()
        longest = max(longest, time.perf_counter() - began)
        slices += 1
    if run.state not in ("done", "undone"):
        raise SystemExit(run.line_ids.mapped("message"))
    return longest, slices


def measure(result, name, env, history, action, count):
    began, cpu = time.perf_counter(), time.process_time()
    getattr(history, action)()
    env.cr.commit()
    request = time.perf_counter() - began
    longest, slices = work_off(env, history.run_id)
    seconds = time.perf_counter() - began
    result[f"{name}_seconds"] = round(seconds, 1)
    # Of this process alone: what the database took is in the seconds above.
    result[f"{name}_cpu_seconds"] = round(time.process_time() - cpu, 1)
    result[f"{name}_rows_per_second"] = round(count / seconds)
    result[f"{name}_request_seconds"] = round(request, 2)
    result[f"{name}_slices"] = slices
    result[f"{name}_longest_slice_seconds"] = round(longest, 2)


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_import"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    form = sys.argv[3] if len(sys.argv) > 3 else "csv"
    ensure_database(database, "itsm_sla")
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env = env(user=env.ref("base.user_admin"))
        if env["itsm.run"]._active_count():
            raise SystemExit("the database has runs of its own: choose another")
        template = env.ref("itsm_sla.itsm_agreement_template_default")
        agreement = env["itsm.agreement"].browse(
            template.action_new_from_template()["res_id"]
        )
        agreement.calendar_id = env["resource.calendar"].search([], limit=1)
        prefix = f"B{int(time.time())}-"
        data = make_file(count, form, prefix)
        result = {"rows": count, "form": form, "file_mib": round(len(data) / 2**20, 1)}
        result["peak_mib_before"] = peak()

        def new():
            return env["itsm.history.import"].create(
                {
                    "file": base64.b64encode(data),
                    "filename": f"bench.{form}",
                    "tz": "UTC",
                    "agreement_id": agreement.id,
                }
            )

        history = new()
        cr.commit()
        measure(result, "preview", env, history, "action_preview", count)
        measure(result, "import", env, history, "action_import", count)
        result["peak_mib"] = peak()
        result["tickets"] = history.imported_count
        again = new()
        measure(result, "second_preview", env, again, "action_preview", count)
        measure(result, "second_import", env, again, "action_import", count)
        result["second_unchanged_tickets"] = again.unchanged_count
        measure(result, "undo", env, history, "action_undo", count)
        result["left_after_undo"] = history.imported_count
        result["peak_mib_all"] = peak()
    report(result)


if __name__ == "__main__":
    main()
