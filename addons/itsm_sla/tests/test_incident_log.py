# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""565 real incidents against a second opinion that is written here.

The oracle reads the file itself and counts working minutes one by one on the clock on
the wall. It shares no code with the import, the fold or the timeline.
"""

import base64
import csv
import os
from bisect import bisect_left
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest import skipUnless
from zoneinfo import ZoneInfo

from odoo.fields import Command
from odoo.tests import tagged

from ..tools.fold import TicketFold
from .common import SlaCommon

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("ITSM_SHARED_DATA") or ROOT.parent / "shared" / "data")
LOG = SHARED / "incident_log" / "events.csv"

LONDON = ZoneInfo("Europe/London")
BASE = datetime(2016, 2, 29)
MINUTE = timedelta(minutes=1)
MINUTES_COVERED = 400 * 24 * 60
#: Minutes by the file's priority: response, resolution.
TARGETS = {
    "1 - Critical": (30, 480),
    "2 - High": (120, 480),
    "3 - Moderate": (120, 1440),
    "4 - Low": (240, 1440),
}
PRIORITIES = {"1 - Critical": "3", "2 - High": "2", "3 - Moderate": "1", "4 - Low": "0"}
OVER = ("Resolved", "Closed")


class WallClock:
    """Working minutes since `BASE`, counted one by one in London."""

    def __init__(self, works):
        self.used = [0]
        for index in range(MINUTES_COVERED):
            moment = (BASE + index * MINUTE).replace(tzinfo=timezone.utc)
            self.used.append(self.used[-1] + works(moment.astimezone(LONDON)))

    @staticmethod
    def index(moment):
        return int((moment - BASE) / MINUTE)

    def between(self, start, stop):
        return self.used[self.index(stop)] - self.used[self.index(start)]

    def due(self, start, minutes):
        """The first moment at which so many minutes are used up.

        With none left: when the next working minute begins.
        """
        first = self.index(start)
        if minutes:
            return BASE + bisect_left(self.used, self.used[first] + minutes) * MINUTE
        return BASE + (bisect_left(self.used, self.used[first] + 1) - 1) * MINUTE


class Judge:
    """One clock of one incident, judged from the rows of the file."""

    def __init__(self, wall, pausing, metric, opened, priority):
        self.wall, self.pausing, self.metric = wall, pausing, metric
        self.opened = self.since = opened
        self.priority = priority
        self.state = "New"
        self.used = 0
        self.breached = self.stopped = None

    @property
    def target(self):
        return TARGETS[self.priority][self.metric == "resolution"]

    def waits(self):
        return self.state in self.pausing

    def due(self):
        left = self.target - self.used
        return self.wall.due(self.since, left) if left >= 0 else self.since

    def pass_time(self, now):
        if self.stopped is None and not self.waits() and self.breached is None:
            due = self.due()
            if now > due:
                self.breached = due

    def halt(self, now):
        if not self.waits():
            self.used += self.wall.between(self.since, now)

    def row(self, now, state, priority):
        if self.stopped and (state in OVER or self.metric == "response"):
            self.state = state
            return
        self.pass_time(now)
        if self.stopped:
            self.stopped, self.since, self.state = None, now, state
            self.retarget(now, priority)
            return
        self.retarget(now, priority)
        answered = self.metric == "response" and state == "Active"
        if answered or state in OVER:
            self.halt(now)
            self.stopped = now
        elif self.waits() != (state in self.pausing):
            self.halt(now)
            self.since = now
        self.state = state

    def retarget(self, now, priority):
        if priority == self.priority:
            return
        self.priority = priority
        if self.waits():
            late = self.used > self.target
        else:
            spent = self.used + self.wall.between(self.since, now)
            late = spent > self.target or now > self.due()
        if late and self.breached is None:
            self.breached = now

    @property
    def overrun(self):
        return max(0, self.used - self.target) if self.breached else 0


def read_incidents():
    """Rows by incident: number to ``(opened, rows)``, dirty rows left out, in order."""
    with LOG.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def moment(text):
        local = datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=LONDON)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    incidents = {}
    dirty = 0
    by_number = {}
    for row in rows:
        by_number.setdefault(row["number"], []).append(row)
    for number, own in by_number.items():
        kept = []
        for row in own:
            opened = moment(row["opened_at"])
            time = moment(row["sys_updated_at"])
            if time < opened:
                dirty += 1
                continue
            resolved = row["resolved_at"]
            kept.append(
                (
                    time,
                    int(row["sys_mod_count"]),
                    row["incident_state"],
                    row["priority"],
                    None if resolved == "?" else moment(resolved),
                )
            )
        incidents[number] = opened, sorted(kept, key=lambda row: row[:2])
    return incidents, len(rows), dirty


@tagged("post_install", "-at_install")
@skipUnless(LOG.exists(), f"The shared incident log is not here: {LOG}")
class TestIncidentLog(SlaCommon):
    """Section 3 of the stand-up issue: bring your own history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.incidents, cls.row_count, cls.dirty = read_incidents()
        cls.office = cls._create_calendar("Office London", "Europe/London", [(8, 18)])
        reasons = cls.env["itsm.pause.reason"].search([("company_id", "=", False)])
        cls.reasons = {reason.code: reason for reason in reasons}

    def _agreement(self, calendar, codes):
        return self.env["itsm.agreement"].create(
            {
                "name": "As the log was kept",
                "company_id": self.company.id,
                "tz": "Europe/London",
                "calendar_id": calendar.id,
                "date_start": "2016-01-01",
                "pause_reason_ids": [
                    Command.set([self.reasons[code].id for code in codes])
                ],
                "target_ids": [
                    Command.create(
                        {
                            "itsm_kind": "incident",
                            "priority": PRIORITIES[text],
                            "metric": metric,
                            "minutes": minutes,
                        }
                    )
                    for text, pair in TARGETS.items()
                    for metric, minutes in zip(
                        ("response", "resolution"), pair, strict=True
                    )
                ],
            }
        )

    def _run_import(self, agreement):
        history = (
            self.env["itsm.history.import"]
            .with_user(self.sla_manager)
            .create(
                {
                    "file": base64.b64encode(LOG.read_bytes()),
                    "filename": LOG.name,
                    "tz": "Europe/London",
                    "agreement_id": agreement.id,
                }
            )
        )
        history.action_preview()
        history.sudo().run_id._work_inline()
        history.action_import()
        history.sudo().run_id._work_inline()
        self.env.flush_all()
        self.env.invalidate_all()
        return history.with_env(self.env)

    def _judge(self, wall, pausing):
        result = {}
        for number, (opened, rows) in self.incidents.items():
            for metric in ("response", "resolution"):
                judge = Judge(wall, pausing, metric, opened, rows[0][3])
                for time, _order, state, priority, _resolved in rows:
                    judge.row(time, state, priority)
                result[number, metric] = judge
        return result

    def _compare(self, history, judges):
        clocks = self.env["itsm.clock"].search(
            [("ticket_id", "in", history.link_ids.ticket_id.ids)]
        )
        self.assertEqual(len(clocks), 2 * 565)
        wrong = []
        for clock in clocks:
            judge = judges.pop((clock.ticket_id.number, clock.metric))
            expected = {
                "phase": "stopped",
                "started_at": judge.opened,
                "stopped_at": judge.stopped,
                "breached_at": judge.breached or False,
                "target_seconds": judge.target * 60,
                "used_seconds": judge.used * 60,
                "overrun_seconds": judge.overrun * 60,
                "status": "missed" if judge.breached else "met",
                "is_history": True,
                "next_event_at": False,
            }
            actual = {name: clock[name] for name in expected}
            if actual != expected:
                wrong.append((clock.display_name, actual, expected))
        self.assertEqual(wrong, [])
        self.assertFalse(judges)
        return clocks

    def _counts(self, history):
        return {
            name: history[name]
            for name in (
                "response_met",
                "response_missed",
                "resolution_met",
                "resolution_missed",
            )
        }

    def _judged_counts(self, judges):
        counts = {}
        for (_number, metric), judge in judges.items():
            verdict = "missed" if judge.breached else "met"
            counts[f"{metric}_{verdict}"] = counts.get(f"{metric}_{verdict}", 0) + 1
        return counts

    def test_around_the_clock(self):
        """SLM-35, SLM-37, CAL-08: every clock of the log under 24×7, from one import.

        The log that was stored gives the same clocks as the rows that were planned.
        """
        wall = WallClock(lambda local: 1)
        judges = self._judge(wall, {"Awaiting User Info", "Awaiting Evidence"})
        counts = self._judged_counts(judges)
        history = self._run_import(self._agreement(self.calendar_24x7, ["USER"]))
        clocks = self._compare(history, judges)
        self.assertEqual(self._counts(history), counts)
        self.assertEqual(history.row_count, self.row_count)
        self.assertEqual(history.error_count, self.dirty)
        self.assertEqual(history.created_count, 565)
        self._check_refold(history, clocks)

    def test_office_hours(self):
        """SLM-35, CAL-07: the same under Monday to Friday 8 to 18, across 27 March."""
        wall = WallClock(lambda local: local.weekday() < 5 and 8 <= local.hour < 18)
        pausing = {"Awaiting User Info", "Awaiting Evidence", "Awaiting Vendor"}
        judges = self._judge(wall, pausing)
        counts = self._judged_counts(judges)
        history = self._run_import(self._agreement(self.office, ["USER", "SUPP"]))
        self._compare(history, judges)
        self.assertEqual(self._counts(history), counts)

    def _check_refold(self, history, clocks):
        resolver = self.env["itsm.agreement"]._clock_resolver(history.agreement_id)
        stored = {(c.ticket_id, c.metric): c for c in clocks}
        for ticket in history.link_ids.ticket_id:
            fold = TicketFold(resolver.for_company(self.company.id))
            for time, content in ticket.event_ids._as_steps():
                fold.apply_step(time, content)
            for clock in fold.clocks:
                record = stored[ticket, clock.metric]
                self.assertEqual(
                    (clock.used, clock.breached_at or False, clock.stopped_at),
                    (record.used_seconds, record.breached_at, record.stopped_at),
                    record.display_name,
                )

    def test_differences_twice_undo(self):
        """Section 3: resolved_at is only compared; twice changes nothing; undo."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        models = ("helpdesk.ticket", "itsm.ticket.event", "itsm.clock")
        before = {m: self.env[m].search([]).ids for m in models}
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        number = sequence.number_next_actual
        agreement = self._agreement(self.office, ["USER"])
        history = self._run_import(agreement)
        differ = {
            number
            for number, (_opened, rows) in self.incidents.items()
            if rows[-1][4]
            and rows[-1][4] != next(row[0] for row in rows if row[2] == "Resolved")
        }
        self.assertEqual(len(differ), 16)
        resolved = history.line_ids.filtered(
            lambda line: line.level == "difference" and "Resolved at" in line.reason
        )
        self.assertEqual(len(resolved), 16)
        self.assertEqual(set(resolved.mapped("number")), differ)
        again = self._run_import(agreement)
        self.assertEqual(again.unchanged_count, 565)
        self.assertEqual(again.created_count + again.extended_count, 0)
        self.assertFalse(again.link_ids)
        self.assertEqual(self._counts(again), self._counts(history))
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, number)
        history.with_user(self.sla_manager).action_undo()
        history.run_id._work_inline()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(history.state, "undone")
        self.assertEqual({m: self.env[m].search([]).ids for m in models}, before)
        self.assertFalse(tickets.search([("number", "in", list(self.incidents))]))
