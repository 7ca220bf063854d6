# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.timeline import (
    NoWorkingTime,
    Timeline,
    TimelineSpec,
    full_minute,
)

from .timeline_oracle import Oracle, utc, week

OFFICE = week((9, 12), (13, 18))
ALWAYS = week((0, 24), days=range(7))
HOUR = 3600
SECOND = timedelta(seconds=1)

# Windows of three weeks around a change of the clocks, both ways, in two zones, and
# two zones without one (India is half an hour off).
WINDOWS = (
    ("Europe/Madrid", datetime(2026, 3, 16)),  # 29 March, one hour less
    ("Europe/Madrid", datetime(2026, 10, 12)),  # 25 October, one hour more
    ("America/New_York", datetime(2026, 2, 23)),  # 8 March
    ("America/New_York", datetime(2026, 10, 19)),  # 1 November
    ("Asia/Shanghai", datetime(2026, 9, 14)),
    ("Asia/Kolkata", datetime(2026, 1, 5)),
)
WINDOW_DAYS = 21

# Quarters of an hour of a day, but none in the hours that clocks skip or repeat.
edges = st.integers(0, 96).filter(lambda quarter: not 4 <= quarter < 12)


@st.composite
def hours(draw):
    start, end = sorted(draw(st.lists(edges, min_size=2, max_size=2, unique=True)))
    return start * 15, end * 15


@st.composite
def specs(draw):
    """A spec, and the first instant of its window."""
    zone, low = draw(st.sampled_from(WINDOWS))
    two_weeks = draw(st.booleans())
    attendances = draw(
        st.lists(
            st.tuples(
                st.integers(0, 6),
                st.sampled_from((0, 1)) if two_weeks else st.none(),
                hours(),
            ),
            min_size=1,
            max_size=12,
        )
    )
    leaves = draw(
        st.lists(
            st.tuples(st.integers(0, WINDOW_DAYS * 96), st.integers(1, 300)),
            max_size=3,
        )
    )
    extra = draw(
        st.lists(
            st.tuples(st.integers(1, WINDOW_DAYS - 2), hours()),
            max_size=3,
        )
    )
    spec = TimelineSpec(
        tz=zone,
        attendances=tuple((day, kind, a, b) for day, kind, (a, b) in attendances),
        leaves=tuple(
            (
                low + timedelta(minutes=15 * start),
                low + timedelta(minutes=15 * (start + length)),
            )
            for start, length in leaves
        ),
        extra_days=tuple(
            (low.date() + timedelta(days=day), None, start, end)
            for day, (start, end) in extra
        ),
    )
    return spec, low


instants = st.integers(0, WINDOW_DAYS * 86400 - 1)
slow = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestTimelineProperties(BaseCase):
    """Any calendar, any instant: compared with the quarter-by-quarter oracle."""

    @slow
    @given(specs(), st.lists(instants, min_size=2, max_size=8))
    def test_elapsed_is_what_the_clock_on_the_wall_says(self, given_spec, seconds):
        """Design 1, CAL-07: elapsed, across changes of the clocks and two weeks."""
        spec, low = given_spec
        oracle = Oracle(spec, low, low + timedelta(days=WINDOW_DAYS))
        timeline = Timeline(spec)
        moments = sorted(low + timedelta(seconds=second) for second in seconds)
        for start, stop in pairwise(moments):
            self.assertEqual(timeline.elapsed(start, stop), oracle.elapsed(start, stop))
        self.assertEqual(
            timeline.elapsed(moments[0], moments[-1]),
            sum(timeline.elapsed(start, stop) for start, stop in pairwise(moments)),
        )

    @slow
    @given(specs(), instants, st.integers(1, 60 * HOUR))
    def test_add_is_what_the_clock_on_the_wall_says(self, given_spec, second, amount):
        """Design 1, CAL-07: add, across changes of the clocks and two weeks."""
        spec, low = given_spec
        oracle = Oracle(spec, low, low + timedelta(days=WINDOW_DAYS))
        start = low + timedelta(seconds=second)
        expected = oracle.add(start, amount)
        assume(expected)
        self.assertEqual(Timeline(spec).add(start, amount), expected)

    @slow
    @given(specs(), instants, st.integers(1, 3000 * HOUR))
    def test_add_is_the_earliest_inverse_of_elapsed(self, given_spec, second, amount):
        """Design 1: earliest u with elapsed(start, u) = s, far beyond the window."""
        spec, low = given_spec
        timeline = Timeline(spec)
        start = low + timedelta(seconds=second)
        due = timeline.add(start, amount)
        self.assertEqual(timeline.elapsed(start, due), amount)
        self.assertEqual(timeline.elapsed(start, due - SECOND), amount - 1)

    @slow
    @given(specs(), instants)
    def test_add_nothing_finds_running_time(self, given_spec, second):
        """Design 1: add(t, 0) is the first instant >= t at which working time runs."""
        spec, low = given_spec
        timeline = Timeline(spec)
        start = low + timedelta(seconds=second)
        first = timeline.add(start, 0)
        self.assertGreaterEqual(first, start)
        self.assertEqual(timeline.elapsed(start, first), 0)
        self.assertEqual(timeline.elapsed(first, first + SECOND), 1)

    @slow
    @given(specs(), instants, instants, st.lists(st.integers(-4000, 4000), max_size=4))
    def test_horizon_does_not_matter(self, given_spec, one, other, visited):
        """Design 1: what was asked before changes no answer; intervals add up."""
        spec, low = given_spec
        start = low + timedelta(seconds=min(one, other))
        stop = low + timedelta(seconds=max(one, other))
        fresh, grown = Timeline(spec), Timeline(spec)
        for day in visited:
            grown.add(low + timedelta(days=day), 1)
        total = fresh.elapsed(start, stop)
        self.assertEqual(grown.elapsed(start, stop), total)
        self.assertEqual(grown.add(start, 1), fresh.add(start, 1))
        intervals = grown.intervals(start, stop)
        self.assertEqual(intervals, fresh.intervals(start, stop))
        self.assertEqual(
            sum((b - a for a, b in intervals), timedelta()), total * SECOND
        )
        for (_start, end), (begin, _end) in pairwise(intervals):
            self.assertLess(end, begin, "neighbours are joined")


@tagged("post_install", "-at_install")
class TestTimelineVectors(BaseCase):
    """Cases whose answers were worked out by hand."""

    def office(self, **kwargs):
        return Timeline(TimelineSpec("UTC", OFFICE, **kwargs))

    def test_half_open(self):
        """Design 1: [start, stop), to the second."""
        timeline = self.office()
        monday = datetime(2026, 3, 2)
        nine = monday.replace(hour=9)
        self.assertEqual(timeline.elapsed(nine, nine), 0)
        self.assertEqual(timeline.elapsed(nine - SECOND, nine), 0)
        self.assertEqual(timeline.elapsed(nine, nine + SECOND), 1)
        noon = monday.replace(hour=12)
        self.assertEqual(timeline.elapsed(noon - SECOND, noon + SECOND), 1)
        self.assertEqual(
            timeline.elapsed(monday, monday + timedelta(days=7)), 40 * HOUR
        )

    def test_exact_fit_ends_at_closing_time(self):
        """Design 1: an exact fit ends at closing time, nothing runs from opening."""
        timeline = self.office()
        friday = datetime(2026, 3, 6, 9)
        self.assertEqual(timeline.add(friday, 8 * HOUR), datetime(2026, 3, 6, 18))
        self.assertEqual(timeline.add(friday, 3 * HOUR), datetime(2026, 3, 6, 12))
        # one second more is on Monday
        self.assertEqual(
            timeline.add(friday, 8 * HOUR + 1), datetime(2026, 3, 9, 9, 0, 1)
        )
        # nothing more: closing time is not working time any more
        self.assertEqual(
            timeline.add(datetime(2026, 3, 6, 18), 0), datetime(2026, 3, 9, 9)
        )
        self.assertEqual(
            timeline.add(datetime(2026, 3, 6, 10), 0), datetime(2026, 3, 6, 10)
        )

    def test_pause_and_lunch(self):
        """Design 1 and 2: 4 h from Monday 10:00, paused 11:00 to 14:00: 17:00."""
        timeline = self.office()
        used = timeline.elapsed(datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 11))
        self.assertEqual(used, HOUR)
        self.assertEqual(
            timeline.add(datetime(2026, 3, 2, 14), 4 * HOUR - used),
            datetime(2026, 3, 2, 17),
        )

    def test_fourth_working_day(self):
        """Design 2: n-th working day by hh:mm: N = 37 h, after the pause Mon 11:00."""
        timeline = self.office()
        monday = datetime(2026, 3, 2, 10)
        total = timeline.elapsed(monday, datetime(2026, 3, 6, 16))
        self.assertEqual(total, 37 * HOUR)
        used = timeline.elapsed(monday, datetime(2026, 3, 3, 10))
        self.assertEqual(
            timeline.add(datetime(2026, 3, 3, 15), total - used),
            datetime(2026, 3, 9, 11),
        )

    def test_refused(self):
        """Design 1: what raises."""
        timeline = self.office()
        monday = datetime(2026, 3, 2, 10)
        with self.assertRaises(ValueError):
            timeline.elapsed(monday, monday - SECOND)
        with self.assertRaises(ValueError):
            timeline.intervals(monday, monday - SECOND)
        with self.assertRaises(ValueError):
            timeline.add(monday, -1)
        with self.assertRaises(TypeError):
            timeline.add(monday, 1.5)
        with self.assertRaises(OverflowError):
            timeline.elapsed(datetime(1899, 12, 31), monday)
        with self.assertRaises(OverflowError):
            timeline.elapsed(monday, datetime(3000, 1, 1))
        with self.assertRaises(OverflowError):
            timeline.add(datetime(2999, 12, 1), 1000 * HOUR)

    def test_fractions_are_cut(self):
        """Design 1: whole seconds."""
        timeline = self.office()
        start = datetime(2026, 3, 2, 10, 0, 0, 900000)
        self.assertEqual(timeline.elapsed(start, datetime(2026, 3, 2, 10, 0, 1, 1)), 1)
        self.assertEqual(timeline.add(start, 60), datetime(2026, 3, 2, 10, 1))

    def test_around_the_clock(self):
        """CAL-08: weekends, nights and changes of the clocks count; one interval."""
        for zone in ("UTC", "Europe/Madrid", "Asia/Shanghai", "America/Havana"):
            timeline = Timeline(TimelineSpec(zone, ALWAYS))
            start, stop = datetime(2026, 1, 1), datetime(2027, 1, 1)
            self.assertEqual(timeline.elapsed(start, stop), 365 * 24 * HOUR)
            self.assertEqual(timeline.intervals(start, stop), [(start, stop)])
            self.assertEqual(timeline.add(start, 86400 * 400), start + timedelta(400))

    def test_night_shift_and_clocks(self):
        """Design 1: 22–24 and 0–6: an hour less in March, one more in October."""
        spec = TimelineSpec("Europe/Madrid", week((0, 6), (22, 24), days=range(7)))
        timeline = Timeline(spec)

        def night(year, month, day):
            evening = utc("Europe/Madrid", year, month, day, 20)
            return timeline.elapsed(evening, evening + timedelta(hours=14))

        self.assertEqual(night(2026, 3, 27), 8 * HOUR)
        self.assertEqual(night(2026, 3, 28), 7 * HOUR)
        self.assertEqual(night(2026, 10, 24), 9 * HOUR)
        # one interval across midnight
        start = utc("Europe/Madrid", 2026, 3, 27, 20)
        self.assertEqual(
            timeline.intervals(start, start + timedelta(hours=12)),
            [
                (
                    utc("Europe/Madrid", 2026, 3, 27, 22),
                    utc("Europe/Madrid", 2026, 3, 28, 6),
                )
            ],
        )

    def test_times_that_exist_twice_or_not(self):
        """Design 1: as ``localize(is_dst=False)``: standard time in both cases."""
        timeline = Timeline(
            TimelineSpec("Europe/Madrid", week((2.5, 5), days=[6]))  # Sundays
        )
        # 25 October: 02:30 comes twice, at 00:30 and at 01:30 UTC; the second counts
        self.assertEqual(
            timeline.intervals(datetime(2026, 10, 25), datetime(2026, 10, 26)),
            [(datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 4))],
        )
        # 29 March: there is no 02:30; in standard time it is 01:30 UTC = 03:30
        self.assertEqual(
            timeline.intervals(datetime(2026, 3, 29), datetime(2026, 3, 30)),
            [(datetime(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 3))],
        )

    def test_date_that_does_not_exist(self):
        """Design 1: Samoa had no 30 December 2011; nothing is counted twice."""
        timeline = Timeline(TimelineSpec("Pacific/Apia", ALWAYS))
        start, stop = datetime(2011, 12, 20), datetime(2012, 1, 10)
        self.assertEqual(timeline.elapsed(start, stop), 21 * 86400)
        self.assertEqual(len(timeline.intervals(start, stop)), 1)

    def test_two_weeks(self):
        """Design 1: weeks alternate, also over the new year (53 weeks in 2026)."""
        timeline = Timeline(
            TimelineSpec(
                "UTC",
                week((8, 12), days=[0], week_type=0)
                + week((8, 16), days=[0], week_type=1),
            )
        )
        mondays = [datetime(2026, 12, 14) + timedelta(weeks=n) for n in range(5)]
        found = [
            timeline.elapsed(monday, monday + timedelta(days=7)) // HOUR
            for monday in mondays
        ]
        self.assertIn(found, ([4, 8, 4, 8, 4], [8, 4, 8, 4, 8]))

    def test_end_at_59_seconds(self):
        """Design 1, the one wanted difference: hh:mm:59 ends at the full minute."""
        self.assertEqual(
            full_minute(datetime(2026, 3, 3, 23, 59, 59)), datetime(2026, 3, 4)
        )
        self.assertEqual(
            full_minute(datetime(2026, 3, 3, 23, 59, 59, 999999)), datetime(2026, 3, 4)
        )
        self.assertEqual(
            full_minute(datetime(2026, 3, 3, 23, 59, 58)),
            datetime(2026, 3, 3, 23, 59, 58),
        )
        spec = TimelineSpec(
            "UTC",
            ALWAYS,
            leaves=(
                (datetime(2026, 3, 3), datetime(2026, 3, 3, 23, 59, 59)),
                (datetime(2026, 3, 4), datetime(2026, 3, 4, 23, 59, 59, 999999)),
            ),
        )
        timeline = Timeline(spec)
        self.assertEqual(
            timeline.elapsed(datetime(2026, 3, 3), datetime(2026, 3, 5)), 0
        )
        self.assertEqual(
            timeline.add(datetime(2026, 3, 3, 23, 59, 59), 0), datetime(2026, 3, 5)
        )

    def test_overlapping_hours_count_once(self):
        """Design 1: overlapping attendances and leaves are merged."""
        spec = TimelineSpec(
            "UTC",
            week((9, 13), (12, 18), (18, 19), days=[0]),
            leaves=(
                (datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 12)),
                (datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 14)),
            ),
        )
        timeline = Timeline(spec)
        self.assertEqual(
            timeline.intervals(datetime(2026, 3, 2), datetime(2026, 3, 3)),
            [
                (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10)),
                (datetime(2026, 3, 2, 14), datetime(2026, 3, 2, 19)),
            ],
        )

    def test_extra_day_wins_over_leave(self):
        """Design 1: a make-up Saturday works although the holidays cover it."""
        timeline = self.office(
            # Thursday to Sunday off
            leaves=((datetime(2026, 3, 5), datetime(2026, 3, 8, 23, 59, 59)),),
            # Saturday like a Monday; Sunday 10 to 12
            extra_days=(
                (date(2026, 3, 7), 0, 0, 0),
                (date(2026, 3, 8), None, 600, 720),
            ),
        )
        self.assertEqual(
            timeline.intervals(datetime(2026, 3, 5), datetime(2026, 3, 9)),
            [
                (datetime(2026, 3, 7, 9), datetime(2026, 3, 7, 12)),
                (datetime(2026, 3, 7, 13), datetime(2026, 3, 7, 18)),
                (datetime(2026, 3, 8, 10), datetime(2026, 3, 8, 12)),
            ],
        )

    def test_extra_hours_add_to_a_usual_day(self):
        """Design 1: extra hours on a working day are added, overlaps count once."""
        timeline = self.office(extra_days=((date(2026, 3, 2), None, 17 * 60, 20 * 60),))
        self.assertEqual(
            timeline.elapsed(datetime(2026, 3, 2), datetime(2026, 3, 3)), 10 * HOUR
        )

    def test_no_working_time(self):
        """Design 1: without working time in ten years it is an error, not a hang."""
        with self.assertRaises(NoWorkingTime):
            Timeline(TimelineSpec("UTC"))
        with self.assertRaises(NoWorkingTime):
            Timeline(TimelineSpec("UTC", week((9, 9))))
        timeline = Timeline(
            TimelineSpec("UTC", extra_days=((date(2026, 3, 2), None, 540, 1080),))
        )
        self.assertEqual(
            timeline.add(datetime(2026, 1, 1), 9 * HOUR), datetime(2026, 3, 2, 18)
        )
        with self.assertRaises(NoWorkingTime):
            timeline.add(datetime(2026, 1, 1), 9 * HOUR + 1)
        with self.assertRaises(NoWorkingTime):
            timeline.add(datetime(2026, 3, 2, 18), 0)

    def test_ten_years_do_not_depend_on_the_horizon(self):
        """Design 1: the error is the same after somebody asked beyond the gap."""
        timeline = self.office(leaves=((datetime(2026, 1, 1), datetime(2037, 1, 1)),))
        start = datetime(2025, 12, 31, 17)
        for _again in range(2):
            self.assertEqual(timeline.add(start, HOUR), datetime(2025, 12, 31, 18))
            with self.assertRaises(NoWorkingTime):
                timeline.add(start, HOUR + 1)
            with self.assertRaises(NoWorkingTime):
                timeline.add(datetime(2026, 1, 5), 0)
            self.assertEqual(
                timeline.elapsed(datetime(2026, 1, 1), datetime(2037, 1, 1, 10)),
                HOUR,
            )

    def test_long_way(self):
        """Design 1: beyond the 3.8 years at which plan_hours gives up."""
        # 2,000 hours are exactly 50 weeks of 40 hours
        start = datetime(2026, 3, 2, 9)
        self.assertEqual(
            self.office().add(start, 20 * 2000 * HOUR),
            start + timedelta(weeks=1000) - timedelta(days=2, hours=15),
        )

    def test_joints(self):
        """Design 1: nothing is lost or counted twice where the horizon grew."""
        for zone in ("America/New_York", "Pacific/Auckland", "Pacific/Apia", "UTC"):
            for hours in (week((14, 22), days=range(7)), ALWAYS):
                spec = TimelineSpec(
                    zone,
                    hours,
                    leaves=((datetime(2010, 1, 1), datetime(2012, 6, 1, 7)),),
                    extra_days=((date(2012, 1, 1), None, 0, 1440),),
                )
                start, stop = datetime(2003, 1, 1), datetime(2021, 1, 1)
                whole, grown = Timeline(spec), Timeline(spec)
                for year in (2011, 2010, 2012, 2009, 2014, 2006, 2017, 2003, 2020):
                    grown.elapsed(datetime(year, 5, 5), datetime(year, 5, 6))
                self.assertEqual(
                    grown.intervals(start, stop), whole.intervals(start, stop)
                )
                self.assertEqual(grown.elapsed(start, stop), whole.elapsed(start, stop))

    def test_shared_by_threads(self):
        """Design 1: growing in several threads at once gives the same answers."""
        timeline = self.office()
        barrier = Barrier(8)
        failures = []

        def ask(number):
            barrier.wait()
            for step in range(40):
                weeks = (number * 7 + step * (1 if number % 2 else -1)) * 13
                monday = datetime(2026, 3, 2) + timedelta(weeks=weeks)
                if timeline.elapsed(monday, monday + timedelta(weeks=1)) != 40 * HOUR:
                    failures.append(monday)
                if timeline.add(monday, 40 * HOUR) != monday + timedelta(4, 18 * HOUR):
                    failures.append(monday)

        threads = [Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertFalse(failures)
