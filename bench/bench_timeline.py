# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Speed of the working-time engine, beside ``resource.calendar.plan_hours``.

    python bench/bench_timeline.py [DATABASE] [--addons-path PATH] [--operations N]

The database needs ``itsm_base``; the connection is taken from the usual PG… variables
or the configuration file in ODOO_RC. Everything happens in one transaction that is
rolled back. Both sides get the same calendar (40 hours a week, 12 holidays a year) and
naive UTC datetimes, in turns, and their answers are compared. A plain bisection over
the same intervals, without any of the rules, runs beside them as the measure of what
Python can do on this machine at this moment. The best of five rounds counts, because
whatever else runs on the machine only makes a round slower. The last line is JSON.
"""

import argparse
import json
import os
import platform
import random
import sys
import time
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from common import ensure_database

ROUNDS = 5
LEAVE_DOMAIN = [("time_type", "=", "leave")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", nargs="?", default="itsm_bench_timeline")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--addons-path", default=os.path.join(here, "addons"))
    parser.add_argument("--operations", type=int, default=200_000)
    parser.add_argument("--plan-hours", type=int, default=500)
    return parser.parse_args()


def make_calendar(env):
    hours = [
        (
            0,
            0,
            {"name": f"{day} {a}", "dayofweek": str(day), "hour_from": a, "hour_to": b},
        )
        for day in range(5)
        for a, b in ((8, 12), (13, 17))
    ]
    calendar = env["resource.calendar"].create(
        {"name": "Bench", "tz": "Europe/Madrid", "attendance_ids": [(5, 0, 0), *hours]}
    )
    env["resource.calendar.leaves"].create(
        [
            {
                "name": f"Holiday {year}-{month}",
                "calendar_id": calendar.id,
                # A whole day as a full minute: both sides mean the same by it.
                "date_from": datetime(year, month, 7) - timedelta(hours=2),
                "date_to": datetime(year, month, 7) + timedelta(hours=22),
            }
            for year in range(2024, 2030)
            for month in range(1, 13)
        ]
    )
    env.flush_all()
    return calendar


class PlainBisection:
    """The obvious way to write it, for one year of intervals."""

    epoch = datetime(1970, 1, 1)

    def __init__(self, intervals):
        self.starts, self.ends, self.sums = [], [], [0]
        for start, end in intervals:
            self.starts.append((start - self.epoch).total_seconds())
            self.ends.append((end - self.epoch).total_seconds())
            self.sums.append(self.sums[-1] + self.ends[-1] - self.starts[-1])

    def position(self, moment):
        seconds = (moment - self.epoch).total_seconds()
        i = bisect_right(self.starts, seconds)
        if not i:
            return 0
        return self.sums[i - 1] + min(seconds, self.ends[i - 1]) - self.starts[i - 1]

    def elapsed(self, start, stop):
        return self.position(stop) - self.position(start)

    def add(self, start, seconds):
        target = self.position(start) + seconds
        i = bisect_left(self.sums, target) - 1
        return self.epoch + timedelta(seconds=self.starts[i] + target - self.sums[i])


def rate(function, cases):
    """Calls per second of wall clock."""
    start = time.perf_counter()
    for case in cases:
        function(*case)
    return len(cases) / (time.perf_counter() - start)


def mixed_rate(timeline, cases):
    elapsed, add = timeline.elapsed, timeline.add
    start = time.perf_counter()
    for begin, end, seconds in cases:
        elapsed(begin, end)
        add(begin, seconds)
    return 2 * len(cases) / (time.perf_counter() - start)


def measure(env, arguments):
    calendar = make_calendar(env)
    rng = random.Random(2026)
    starts = [
        datetime(2026, 1, 1) + timedelta(seconds=rng.randrange(365 * 86400))
        for _number in range(arguments.operations // 2)
    ]
    cases = [
        (
            start,
            start + timedelta(seconds=rng.randrange(30 * 86400)),
            rng.randrange(1, 40 * 3600),
        )
        for start in starts
    ]
    planned = starts[: arguments.plan_hours]

    begin = time.perf_counter()
    timeline = calendar._itsm_timeline()
    timeline.elapsed(datetime(2026, 1, 1), datetime(2027, 1, 1))
    build_ms = (time.perf_counter() - begin) * 1000

    def plan(start):
        return calendar.plan_hours(
            8, start, compute_leaves=True, domain=list(LEAVE_DOMAIN)
        )

    def add(start):
        return timeline.add(start, 8 * 3600)

    wrong = [
        start
        for start in planned
        if abs(plan(start) - add(start)) > timedelta(0, 0, 10)
    ]
    if wrong:
        sys.exit(f"Different answers, for example for {wrong[0]}")

    plain = PlainBisection(
        timeline.intervals(datetime(2025, 1, 1), datetime(2028, 1, 1))
    )
    for start, end, seconds in cases[:1000]:
        if plain.elapsed(start, end) != timeline.elapsed(start, end) or plain.add(
            start, seconds
        ) != timeline.add(start, seconds):
            sys.exit(f"Different answers, for example for {start}")

    rounds = {
        "plain_bisection_mixed": [],
        "elapsed": [],
        "add": [],
        "mixed": [],
        "add_8h": [],
        "plan_hours_8": [],
    }
    rounds["timeline_lookup"] = []
    for _round in range(ROUNDS):
        rounds["plan_hours_8"].append(rate(plan, [(start,) for start in planned]))
        rounds["add_8h"].append(
            rate(timeline.add, [(start, 8 * 3600) for start in starts])
        )
        rounds["elapsed"].append(rate(timeline.elapsed, [case[:2] for case in cases]))
        rounds["add"].append(rate(timeline.add, [(case[0], case[2]) for case in cases]))
        rounds["mixed"].append(mixed_rate(timeline, cases))
        rounds["plain_bisection_mixed"].append(mixed_rate(plain, cases))
        rounds["timeline_lookup"].append(rate(calendar._itsm_timeline, [()] * 20_000))
    result = {name: round(max(values)) for name, values in rounds.items()}
    result["ratio_to_plan_hours_8"] = round(result["add_8h"] / result["plan_hours_8"])
    result["ratio_to_plain_bisection"] = round(
        result["mixed"] / result["plain_bisection_mixed"], 2
    )
    result["load_average"] = os.getloadavg()[0]
    result["build_three_years_ms"] = round(build_ms, 1)
    result["python"] = platform.python_version()
    return result


def main():
    arguments = parse_arguments()
    ensure_database(arguments.database, "itsm_base")
    import odoo  # the command line is read before Odoo reads the configuration
    from odoo.modules.registry import Registry

    odoo.tools.config.parse_config(
        [
            "--addons-path",
            arguments.addons_path,
            "--database",
            arguments.database,
            "--max-cron-threads",
            "0",
            "--log-level",
            "error",
        ]
    )
    registry = Registry(arguments.database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        result = measure(env, arguments)
        cr.rollback()
    print(f"{'operation':<24}{'per second (best of ' + str(ROUNDS) + ')':>32}")
    for name in (
        "elapsed",
        "add",
        "mixed",
        "plain_bisection_mixed",
        "timeline_lookup",
        "add_8h",
        "plan_hours_8",
    ):
        print(f"{name:<24}{result[name]:>32,}")
    print(f"add(8 h) is {result['ratio_to_plan_hours_8']:,} times plan_hours(8)")
    print(f"first question (read and build): {result['build_three_years_ms']} ms")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
