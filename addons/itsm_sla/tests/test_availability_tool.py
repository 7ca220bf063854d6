# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.period import Period
from odoo.addons.itsm_base.tools.timeline import Timeline, TimelineSpec

from ..tools.availability import (
    AT_RISK,
    MET,
    MISSED,
    NO_DATA,
    NO_TARGET,
    Availability,
    allowance,
    judge,
    measure,
)

HOUR = 3600
AROUND_THE_CLOCK = tuple((day, None, 0, 1440) for day in range(7))
MINUTE = timedelta(minutes=1)
LATER = datetime(2030, 1, 1)


def minutes_of(work, maintenance, outages, now, begins, stops):
    """The same found by looking at every minute: agreed, measured, planned, down,
    failures; all but the last in minutes. All times lie on full minutes."""
    agreed = measured = planned = down = failures = 0
    hit = was_out = False
    # from before the span: a failure that began there is one
    first = min([begins, *(start for start, _stop in outages)])
    moment = first
    while moment < stops:
        out = moment < now and any(
            start <= moment and (stop is None or moment < stop)
            for start, stop in outages
        )
        if out and not was_out:
            hit = False
        if moment >= begins and work(moment):
            if any(start <= moment < stop for start, stop in maintenance):
                planned += 1
            else:
                agreed += 1
                measured += moment < now
                if out:
                    down += 1
                    failures += not hit
                    hit = True
        was_out = out
        moment += MINUTE
    return agreed, measured, planned, down, failures


@tagged("post_install", "-at_install")
class TestAvailabilityTool(BaseCase):
    """Availability as arithmetic on intervals (AVC-05, AVC-07, AVC-08)."""

    def _month(self, day, tz="UTC", attendances=AROUND_THE_CLOCK):
        timeline = Timeline(TimelineSpec(tz=tz, attendances=attendances))
        begins, stops = Period.of("month", day).bounds_utc(tz)
        return timeline.intervals(begins, stops), begins, stops

    def test_acceptance(self):
        """AVC-07: 720 h with 43.2 min down are 99.900 %, and met; a second more is
        not."""
        work, begins, _stops = self._month(date(2026, 4, 1))
        start = begins + timedelta(hours=7)
        stop = start + timedelta(minutes=43, seconds=12)
        found = measure(work, [], [(start, stop)], LATER)
        self.assertEqual(found.agreed, 720 * HOUR)
        self.assertEqual(found.percent, 99.9)
        self.assertEqual(judge(found, 99.9), MET)
        worse = measure(work, [], [(start, stop + timedelta(seconds=1))], LATER)
        self.assertEqual(judge(worse, 99.9), MISSED)

    def test_overlap(self):
        """AVC-05: outages that overlap or touch count once, and are one failure."""
        work, begins, _stops = self._month(date(2026, 4, 1))
        hours = [(1, 3), (2, 4), (4, 5), (10, 11)]
        outages = [
            (begins + timedelta(hours=start), begins + timedelta(hours=stop))
            for start, stop in hours
        ]
        found = measure(work, [], outages, LATER)
        self.assertEqual((found.down, found.failures), (5 * HOUR, 2))
        self.assertEqual(found.hits, (0, 1, 2, 3))

    def test_mean_times(self):
        """AVC-08: MTTR + MTBF = MTBSI; without a failure there are none."""
        work, begins, _stops = self._month(date(2026, 4, 1))
        outages = [
            (begins + timedelta(hours=start), begins + timedelta(hours=start + length))
            for start, length in ((10, 1), (100, 2), (300, 3))
        ]
        found = measure(work, [], outages, LATER)
        self.assertEqual(found.mttr, 2 * HOUR)  # 6 h / 3
        self.assertEqual(found.mtbf, 238 * HOUR)  # (720 - 6) / 3
        self.assertEqual(found.mtbsi, 240 * HOUR)  # 720 / 3
        none = measure(work, [], [], LATER)
        self.assertEqual((none.mttr, none.mtbf, none.mtbsi), (None, None, None))

    def test_midnight_of_the_month(self):
        """AVC-05: an outage over the turn of the month counts in each with its part."""
        outage = (datetime(2026, 4, 30, 22, 30), datetime(2026, 5, 1, 1, 0))
        april, _begins, _stops = self._month(date(2026, 4, 1))
        may, _begins, _stops = self._month(date(2026, 5, 1))
        found = measure(april, [], [outage], LATER)
        self.assertEqual((found.down, found.failures), (90 * 60, 1))
        found = measure(may, [], [outage], LATER)
        self.assertEqual((found.down, found.failures), (HOUR, 1))
        # in New York April ends at 04:00 UTC: all of it is April
        april, _begins, _stops = self._month(date(2026, 4, 1), "America/New_York")
        self.assertEqual(measure(april, [], [outage], LATER).down, 150 * 60)

    def test_summer_time(self):
        """AVC-07: months in which the clocks change are an hour shorter or longer; an
        outage over the change has the hours that passed."""
        for tz, day, hours, start, stop in (
            # Berlin 2026-03-29: 02:00 is 03:00; outage 01:30 to 03:30 local, one hour
            ("Europe/Berlin", date(2026, 3, 1), 743, (29, 0, 30), (29, 1, 30)),
            # Berlin 2026-10-25: outage 01:30 summer time to 03:30 winter time: 3 h
            ("Europe/Berlin", date(2026, 10, 1), 745, (24, 23, 30), (25, 2, 30)),
            # New York 2026-03-08, outage 01:30 to 03:30 local
            ("America/New_York", date(2026, 3, 1), 743, (8, 6, 30), (8, 7, 30)),
            # New York 2026-11-01, outage 00:30 to 02:30 local: 3 h
            ("America/New_York", date(2026, 11, 1), 721, (1, 4, 30), (1, 7, 30)),
        ):
            with self.subTest(tz=tz, day=day):
                work, _begins, _stops = self._month(day, tz)
                outage = tuple(
                    datetime(2026, day.month, *moment) for moment in (start, stop)
                )
                found = measure(work, [], [outage], LATER)
                self.assertEqual(found.agreed, hours * HOUR)
                self.assertEqual(found.down, (outage[1] - outage[0]).seconds)

    def test_closed_night(self):
        """AVC-07: a closed night is no down time, and one failure stays one; an outage
        in the night only is none."""
        hours = tuple((day, None, 8 * 60, 18 * 60) for day in range(5))
        work, _begins, _stops = self._month(date(2026, 4, 1), "UTC", hours)
        # Tuesday 16:00 to Wednesday 10:00
        outages = [(datetime(2026, 4, 14, 16), datetime(2026, 4, 15, 10))]
        found = measure(work, [], outages, LATER)
        self.assertEqual((found.down, found.failures), (4 * HOUR, 1))
        self.assertEqual(found.agreed, 22 * 10 * HOUR)  # 22 working days
        outages = [(datetime(2026, 4, 14, 18), datetime(2026, 4, 15, 8))]
        found = measure(work, [], outages, LATER)
        self.assertEqual((found.down, found.failures, found.hits), (0, 0, ()))

    def test_maintenance(self):
        """CAL-07, AVC-07: agreed maintenance is neither agreed nor down time."""
        work, _begins, _stops = self._month(date(2026, 4, 1))
        night = (datetime(2026, 4, 11, 22), datetime(2026, 4, 12, 4))
        outage = (datetime(2026, 4, 12, 3), datetime(2026, 4, 12, 5))
        found = measure(work, [night], [outage], LATER)
        self.assertEqual(found.agreed, 714 * HOUR)
        self.assertEqual(found.planned, 6 * HOUR)
        self.assertEqual(found.down, HOUR)

    def test_open_outage(self):
        """AVC-06: an outage without an end is down up to now, and no longer; what lies
        after the month is not of it."""
        work, _begins, _stops = self._month(date(2026, 4, 1))
        start = datetime(2026, 4, 10, 12)
        found = measure(work, [], [(start, None)], datetime(2026, 4, 10, 15))
        self.assertEqual(found.down, 3 * HOUR)
        self.assertEqual(found.measured, (9 * 24 + 15) * HOUR)
        found = measure(work, [], [(start, None)], LATER)
        self.assertEqual(found.down, (20 * 24 + 12) * HOUR)
        self.assertEqual(found.hits, (0,))

    def test_judge(self):
        """AVC-14: within the month the whole allowance counts; afterwards nothing is
        at risk any more."""

        def found(agreed, measured, down):
            return Availability(agreed, measured, 0, down, 1)

        month = 720 * HOUR
        for down, expected in (
            (0, MET),
            (1944, MET),  # exactly a quarter of 2592 s is left
            (1945, AT_RISK),
            (2592, AT_RISK),  # nothing is left, but it is kept
            (2593, MISSED),
        ):
            with self.subTest(down=down):
                running = found(month, 100 * HOUR, down)
                self.assertEqual(judge(running, 99.9, 25.0), expected)
                over = found(month, month, down)
                self.assertEqual(
                    judge(over, 99.9, 25.0), MISSED if expected == MISSED else MET
                )
        self.assertEqual(judge(found(0, 0, 0), 99.9), NO_DATA)
        self.assertEqual(judge(found(month, month, 9), None), NO_TARGET)
        self.assertEqual(judge(found(month, HOUR, 0), 100.0, 25.0), MET)
        self.assertEqual(judge(found(month, HOUR, 1), 100.0, 25.0), MISSED)
        self.assertEqual(allowance(month, 99.95), 1296)

    def test_minute_by_minute(self):
        """AVC-05, AVC-07: random months, windows, maintenance and outages against a
        look at every minute on the wall."""
        rng = random.Random(20260401)
        edges = (0, 4, 6, 8, 9, 12, 13, 17, 18, 20, 22, 24)
        for round_no in range(24):
            tz = rng.choice(
                ["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai"]
            )
            day = date(2026, rng.choice([3, 4, 10, 11]), 1)
            attendances = []
            for weekday in range(7):
                if rng.random() < 0.8:
                    low, high = sorted(rng.sample(edges, 2))
                    attendances.append((weekday, None, low * 60, high * 60))
            attendances = tuple(attendances) or AROUND_THE_CLOCK
            work, begins, stops = self._month(day, tz, attendances)
            zone = ZoneInfo(tz)

            def at_work(moment, zone=zone, attendances=attendances):
                local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
                minute = local.hour * 60 + local.minute
                return any(
                    weekday == local.weekday() and low <= minute < high
                    for weekday, _week, low, high in attendances
                )

            def some(count, longest, begins=begins):
                result = []
                for _number in range(rng.randint(0, count)):
                    start = begins + MINUTE * rng.randint(-1500, 32 * 1440)
                    result.append((start, start + MINUTE * rng.randint(1, longest)))
                return result

            maintenance = some(4, 900)
            outages = some(12, 2500)
            if rng.random() < 0.4:
                outages.append((begins + MINUTE * rng.randint(0, 30000), None))
            now = rng.choice([LATER, begins + MINUTE * rng.randint(1000, 40000), stops])
            with self.subTest(round=round_no, tz=tz, day=day):
                found = measure(work, maintenance, outages, now)
                expected = minutes_of(at_work, maintenance, outages, now, begins, stops)
                self.assertEqual(
                    (
                        found.agreed / 60,
                        found.measured / 60,
                        found.planned / 60,
                        found.down / 60,
                        found.failures,
                    ),
                    expected,
                )
