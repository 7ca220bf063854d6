# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The slices of an import of ticket history: reading, planning, writing.

*Reading* turns the rows of the file into events and keeps them; *tickets* takes the
events ticket by ticket, plans and folds them, and writes them if it is no preview. What
must be known at the end is counted in the bookmark of the run, so that every slice can
begin in a new process.
"""

import time
from itertools import islice

from odoo import fields
from odoo.tools import SQL

from . import history_plan
from .bulk import insert_rows
from .history_planner import Planner
from .history_reader import RowReader

#: Rows that are read at once.
ROWS = 5000
#: Tickets that are planned and written at once: bounds the memory.
TICKETS = 100
#: Seconds after which a slice ends; what it has begun is finished first.
SECONDS = 2
#: How many different names nobody knows are counted.
NAMES = 1000
PREVIEW_ROWS = 20
STAGED = ("import_id", "row", "number", "time", "content")


class Worker:
    """Works one slice of an import.

    :param record: the `itsm.history.import`
    :param run: its `itsm.run`, which code may write
    """

    def __init__(self, record, run):
        self.record = record
        self.env = record.env
        self.run = run
        self.position = dict(run.position)
        self.stats = self.position.setdefault("stats", {})
        self.findings = history_plan.Findings()
        self.end = time.monotonic() + SECONDS

    @property
    def has_time(self):
        return time.monotonic() < self.end

    def work(self):
        """One slice; returns ``(done, finished)`` as `_run_slice`."""
        if self.position["phase"] == "rows":
            done, finished = self._read_rows(), False
        else:
            done, finished = self._work_tickets()
        if finished:
            self._finish()
        self._keep_findings()
        self.run.position = self.position
        return done, finished

    def count(self, name, number=1, of=None):
        """Add to a figure of the whole import."""
        figures = self.stats if of is None else self.stats.setdefault(of, {})
        figures[name] = figures.get(name, 0) + number

    def _keep_findings(self):
        for line in self.findings.lines:
            self.count(line["level"], of="levels")
        self.record._log(self.findings, self.stats["reading"])

    # === Reading ===

    def _read_rows(self):
        record, position = self.record, self.position
        header, rows = record._open_rows(skip=position["row"])
        positions = record._check_columns(header)
        done = 0
        while done == 0 or self.has_time:
            part = list(islice(rows, ROWS))
            done += len(part)
            if part:
                self._read_part(header, positions, part)
            if len(part) < ROWS:
                self._end_reading()
                break
        position["row"] += done
        return done

    def _read_part(self, header, positions, part):
        reader = RowReader(
            self.record, header, positions, part, self.findings, self.position["order"]
        )
        values = []
        preview = self.position["row"] == 0 and not self.stats.get("read")
        samples = {}
        for number, cells in part:
            found = reader.read_rows(number, cells)
            if preview and len(samples) < PREVIEW_ROWS:
                samples[number] = cells, found[:1]
            for row in found:
                values.append(
                    (self.record.id, row.row, row.number, row.time, row.as_json())
                )
        # sudo: nobody may write what was read
        insert_rows(self.env["itsm.history.import.row"].sudo(), STAGED, values)
        if preview:
            self.record._keep_preview(samples, self.findings)
        self.count("read", len(part))
        self.count("staged", len(values))
        self.count("paused", reader.paused)
        for meaning, names in reader.unknown_values.items():
            known = self.stats.setdefault("unknown", {}).setdefault(meaning, {})
            for name, count in names.items():
                if name in known or len(known) < NAMES:
                    known[name] = known.get(name, 0) + count

    def _end_reading(self):
        """Number the tickets, say what nobody knew, and go on with the tickets."""
        record = self.record
        rows = self.env["itsm.history.import.row"]
        rows.flush_model()
        # The database has no statistics yet of rows that came a moment ago, or says
        # that there are none if it cleaned up meanwhile, and would compare each with
        # each, for hours.
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(rows._table)))
        self.env.execute_query(
            SQL(
                """
                UPDATE itsm_history_import_row r SET ticket = t.position
                  FROM (SELECT id, dense_rank() OVER (ORDER BY first) AS position
                          FROM (SELECT id, min(row) OVER (PARTITION BY number) AS first
                                  FROM itsm_history_import_row
                                 WHERE import_id = %(import)s) f) t
                 WHERE r.id = t.id
             RETURNING r.id
                """,
                **{"import": record.id},
            )
        )
        rows.invalidate_model(flush=False)
        [(last, tickets)] = self.env.execute_query(
            SQL(
                "SELECT max(time), max(ticket) FROM itsm_history_import_row "
                "WHERE import_id = %s",
                record.id,
            )
        )
        record.write({"last_event_at": last or False, "ticket_count": tickets or 0})
        RowReader.tell_unknown_names(
            record, self.stats.get("unknown", {}), self.findings, NAMES
        )
        if self.stats.get("paused"):
            self.findings.add(
                "info",
                self.env._(
                    "Paused minutes of %(count)s tickets: the list does not say when "
                    "they were. Each is laid directly before the solution, in minutes "
                    "on the wall clock; working time that it covers does not count.",
                    count=self.stats["paused"],
                ),
            )
        self._keep_findings()
        self.findings = history_plan.Findings()
        self.stats["reading"] = False
        self.stats.pop("unknown", None)
        self.position.update(phase="tickets", ticket=0)
        self.run.total = self.stats.get("read", 0) + self.stats.get("staged", 0)

    # === Tickets ===

    def _work_tickets(self):
        """Plan some tickets; write them unless it is a preview."""
        write = self.position["mode"] == "import"
        planner = Planner(self.record, self.findings)
        links = self.env["itsm.history.import.ticket"]
        done = 0
        while done == 0 or self.has_time:
            rows = self._next_rows()
            if not rows:
                return done, True
            plans = planner.make(rows)
            self._count_plans(planner, plans)
            todo = [plan for plan in plans if plan.action in ("created", "extended")]
            if write and todo:
                links._store_plans(self.record, todo)
                self.count("stored", len(todo))
            done += len(plans) if write else sum(len(plan.every) for plan in plans)
            if write:
                self.record.done = self.stats.get("stored", 0)
            if self.position["ticket"] >= self.record.ticket_count:
                return done, True
        return done, False

    def _next_rows(self):
        """Events of the next tickets as `FileRow`s, in the order of the file."""
        start = self.position["ticket"]
        rows = (
            self.env["itsm.history.import.row"]
            .sudo()  # sudo: nobody may read them by hand
            .search_fetch(
                [
                    ("import_id", "=", self.record.id),
                    ("ticket", ">", start),
                    ("ticket", "<=", start + TICKETS),
                ],
                ["row", "number", "time", "content"],
                order="ticket, row, id",
            )
        )
        self.position["ticket"] = start + TICKETS
        return [
            history_plan.FileRow.from_json(row.row, row.number, row.time, row.content)
            for row in rows
        ]

    def _count_plans(self, planner, plans):
        for plan in plans:
            self.count(plan.action)
            if plan.action == "skip":
                continue
            clocks = planner.clocks_of(plan)
            if not clocks:
                reason = plan.fold.reason if plan.fold else plan.ticket.agreement_reason
                self.count(reason or "", of="reasons")
            for clock in clocks:
                if clock.phase == "stopped" and clock.metric in (
                    "response",
                    "resolution",
                ):
                    verdict = "missed" if clock.breached_at else "met"
                    self.count(f"{clock.metric}_{verdict}", of="verdicts")
        for name, count in planner.take_compared().items():
            self.count(name, count, of="compared")

    def _finish(self):
        """Say what only the whole file can say, and store the figures."""
        record, stats = self.record, self.stats
        Planner(record, self.findings).tell_compared(stats.get("compared", {}))
        reasons = stats.get("reasons", {})
        labels = dict(
            self.env["helpdesk.ticket"]
            ._fields["agreement_reason"]
            ._description_selection(self.env)
        )
        for reason, count in reasons.items():
            self.findings.add(
                "warning",
                self.env._(
                    "%(count)s tickets: %(reason)s",
                    count=count,
                    reason=labels.get(reason, ""),
                ),
            )
        levels = {}
        for line in self.findings.lines:
            levels[line["level"]] = levels.get(line["level"], 0) + 1
        for level, count in stats.get("levels", {}).items():
            levels[level] = levels.get(level, 0) + count
        vals = {
            "created_count": stats.get("created", 0),
            "extended_count": stats.get("extended", 0),
            "unchanged_count": stats.get("unchanged", 0),
            "skip_count": stats.get("skip", 0),
            "no_clock_count": sum(reasons.values()),
            "error_count": levels.get("error", 0),
            "warning_count": levels.get("warning", 0),
            "difference_count": levels.get("difference", 0),
        }
        for metric in ("response", "resolution"):
            for verdict in ("met", "missed"):
                name = f"{metric}_{verdict}"
                vals[name] = stats.get("verdicts", {}).get(name, 0)
        if self.position["mode"] == "import":
            vals["imported_at"] = fields.Datetime.now()
            vals["total"] = stats.get("created", 0) + stats.get("extended", 0)
        record.write(vals)
