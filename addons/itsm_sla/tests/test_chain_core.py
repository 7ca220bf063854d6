# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.timeline import NoWorkingTime, Timeline, TimelineSpec

from ..tools.chain import Leg, Term, walk, worst_start
from ..tools.clock import DayTarget

PARIS, SHANGHAI, NEW_YORK = "Europe/Paris", "Asia/Shanghai", "America/New_York"
OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
ALWAYS = ((0, 24 * 60),)
HOUR = 3600
FAR = datetime(2028, 1, 1)
EPOCH = datetime(2026, 1, 1)


def timeline(hours=OFFICE, tz=PARIS, days=range(5), **kw):
    attendances = tuple((day, None, *pair) for day in days for pair in hours)
    return Timeline(TimelineSpec(tz, attendances, **kw))


def utc(wall, tz=PARIS):
    local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(tz))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def leg(hours, promise, begins=EPOCH, ends=FAR, source=None):
    return Leg([Term(begins, ends, hours, promise, source)])


class Minutes:
    """The oracle's own arithmetic: a list of all working minutes, walked by index.

    It shares nothing with the engine but the zone database.
    """

    def __init__(self, hours, tz, days, first, last, holidays=()):
        self.tz = ZoneInfo(tz)
        self.first = first
        self.minutes = []
        self.clock = []  # of each working minute: local date, minute of the day
        self.days = {}
        self.index = {}
        hour = timedelta(hours=1)
        closed = {no for a, b in holidays for no in range(self._no(a), self._no(b))}
        # No zone changes its clocks within an hour of UTC that is full there.
        for step in range((last - first) // hour):
            local = self._local(step * 60)
            if local.weekday() not in days:
                continue
            base = local.hour * 60 + local.minute
            for m in range(60):
                no = step * 60 + m
                if no not in closed and any(
                    start <= base + m < stop for start, stop in hours
                ):
                    self.minutes.append(no)
                    self.clock.append((local.date(), base + m))
        k = 0
        for no in range(self._no(last)):
            while k < len(self.minutes) and self.minutes[k] < no:
                k += 1
            self.index[no] = k

    def _no(self, moment):
        return int((moment - self.first).total_seconds()) // 60

    def _local(self, no):
        moment = self.first + timedelta(minutes=no)
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.tz)

    def works(self, second):
        k = self.index[second // 60]
        return k < len(self.minutes) and self.minutes[k] == second // 60

    def end(self, second, promise):
        """The second at which a promise made at ``second`` ends."""
        k = self.index[second // 60]
        used = second % 60 if self.works(second) else 0
        if isinstance(promise, DayTarget):
            # Up to hh:mm of the n-th other date with working minutes.
            day = self.clock[k][0]
            if (day, promise) not in self.days:
                j, left, date_ = k, promise.days, day
                while left >= 0:
                    if self.clock[j][0] != date_:
                        date_, left = self.clock[j][0], left - 1
                    elif not left and self.clock[j][1] >= promise.minute:
                        break
                    else:
                        j += 1
                self.days[day, promise] = self.minutes[j - 1] * 60 + 60
            return self.days[day, promise]
        place = k * 60 + used + promise
        return self.minutes[(place - 1) // 60] * 60 + (place - 1) % 60 + 1


class World:
    """Random hours and promises, for the core and for the oracle alike."""

    def __init__(self, seed, begins, first, last):
        self.seed = seed
        self.begins, self.first, self.last = begins, first, last
        self.known = []

    def hours(self):
        """A timeline, and the oracle's minutes."""
        seed = self.seed
        if self.known and seed.random() < 0.3:
            return seed.choice(self.known)
        hours = seed.choice(
            [OFFICE, ((480, 990),), ((0, 6 * 60), (22 * 60, 24 * 60)), ALWAYS]
        )
        tz = seed.choice([PARIS, SHANGHAI, NEW_YORK])
        days = seed.choice([range(5), range(7), (1, 3, 5)])
        start = self.begins + timedelta(hours=seed.randrange(-20, 100))
        holidays = ((start, start + timedelta(hours=seed.choice([3, 24, 60]))),)
        if seed.random() < 0.5:
            holidays = ()
        self.known.append(
            (
                timeline(hours, tz, days, leaves=holidays),
                Minutes(hours, tz, days, self.first, self.last, holidays),
            )
        )
        return self.known[-1]

    def promise(self):
        """Seconds, or the n-th working day."""
        seed = self.seed
        if seed.random() < 0.25:
            return DayTarget(seed.randrange(1, 4), seed.randrange(10, 20) * 60)
        return seed.choice([1, 15, 60, 240, 241, 480, 600, 1440]) * 60

    def link(self, start, stop, parts):
        """A leg of some terms, and the same as plain rows for the oracle."""
        cuts = sorted(
            min(stop, start + timedelta(minutes=self.seed.randrange(60 * 24 * 4)))
            for _n in range(parts - 1)
        )
        same = self.hours()
        is_same = self.seed.random() < 0.5
        rows = [
            (a, b, *(same if is_same else self.hours()), self.promise())
            for a, b in pairwise([start, *cuts, stop])
        ]
        terms = [Term(a, b, mine, promise) for a, b, mine, _o, promise in rows]
        # A cut beyond the end leaves a term behind it that begins after it ends.
        return Leg(terms), [(a, b, oracle, p) for a, b, _m, oracle, p in rows]

    def second(self, moment):
        return int((moment - self.first).total_seconds())

    def applies(self, plain, at):
        for a, b, minutes, promise in plain:
            if self.second(a) <= at < self.second(b):
                return minutes, promise
        return None

    def end(self, links, second):
        for plain in links:
            now = self.applies(plain, second)
            if now is None:
                return None
            second = now[0].end(second, now[1])
        return second


@tagged("post_install", "-at_install")
class TestChainCore(BaseCase):
    """Design 3: the worst start of the summed legs, without a database."""

    def test_fits_by_four_hours(self):
        """Design 3: UC office hours 4 h under SLA 24×7 72 h fits, worst case 68 h.

        By hand: reported on Friday as the supplier closes at 18:00, he begins on
        Monday at 09:00; three hours to lunch, one after it: 14:00, 6 + 48 + 14 = 68 h.
        """
        always = timeline(ALWAYS, SHANGHAI, range(7))
        sla = leg(
            always,
            72 * HOUR,
            utc("2026-03-02 00:00", SHANGHAI),
            utc("2027-03-02 00:00", SHANGHAI),
        )
        uc = [leg(timeline(tz=SHANGHAI), 4 * HOUR)]
        worst = worst_start(sla, uc)
        self.assertEqual(worst.needed_seconds, 68 * HOUR)
        self.assertEqual(worst.promised_seconds, 72 * HOUR)
        self.assertEqual(worst.gap_seconds, -4 * HOUR)
        friday = utc("2026-03-06 18:00", SHANGHAI)
        self.assertEqual(uc[0].end(friday), utc("2026-03-09 14:00", SHANGHAI))
        # a second less than the worst case does not suffice
        tight = leg(always, 68 * HOUR - 1, *(sla.terms[0].begins, sla.terms[0].ends))
        self.assertEqual(worst_start(tight, uc).gap_seconds, 1)

    def test_office_without_lunch(self):
        """Design 3: with 09–17 the same 68 h: Friday 17:00 to Monday 13:00."""
        always = timeline(ALWAYS, SHANGHAI, range(7))
        sla = leg(
            always,
            72 * HOUR,
            utc("2026-03-02 00:00", SHANGHAI),
            utc("2027-03-02 00:00", SHANGHAI),
        )
        uc = leg(timeline(((9 * 60, 17 * 60),), SHANGHAI), 4 * HOUR)
        self.assertEqual(worst_start(sla, [uc]).needed_seconds, 68 * HOUR)

    def test_sum_of_two(self):
        """Design 3: OLA 4 h + OLA 6 h under SLA 8 h does not fit, same hours.

        By hand: Monday 09:00, promised 18:00; 10 working hours end on Tuesday 11:00.
        """
        office = timeline(tz=SHANGHAI)
        begins, ends = (
            utc("2026-03-02 00:00", SHANGHAI),
            utc("2027-03-02 00:00", SHANGHAI),
        )
        sla = leg(office, 8 * HOUR, begins, ends)
        legs = [leg(office, 4 * HOUR), leg(office, 6 * HOUR)]
        worst = worst_start(sla, legs)
        self.assertGreater(worst.gap_seconds, 0)
        monday = utc("2026-03-02 09:00", SHANGHAI)
        self.assertEqual(sla.end(monday), utc("2026-03-02 18:00", SHANGHAI))
        steps = [(a, b) for _term, a, b in walk(legs, monday)]
        self.assertEqual(
            steps,
            [
                (monday, utc("2026-03-02 14:00", SHANGHAI)),
                (utc("2026-03-02 14:00", SHANGHAI), utc("2026-03-03 11:00", SHANGHAI)),
            ],
        )
        # After Thursday 16:00 two hours more no longer fit before the weekend: promised
        # on Friday at 16:01, needed on Monday at 09:01, 65 h later.
        self.assertEqual(worst.start, utc("2026-03-05 16:01", SHANGHAI))
        self.assertEqual(worst.promised, utc("2026-03-06 16:01", SHANGHAI))
        self.assertEqual(worst.gap_seconds, 65 * HOUR)
        # each alone fits, and 4 h + 4 h fit exactly
        self.assertLess(worst_start(sla, legs[:1]).gap_seconds, 0)
        exact = [legs[0], leg(office, 4 * HOUR)]
        self.assertEqual(worst_start(sla, exact).gap_seconds, 0)

    def test_just_after_closing_time(self):
        """Design 3: what still fits on Friday ends after the weekend a second later."""
        always = timeline(ALWAYS, days=range(7))
        uc = timeline(((9 * 60, 17 * 60),))
        begins = utc("2026-03-06 12:00")
        sla = leg(always, 4 * HOUR, begins, utc("2026-03-06 13:30"))
        self.assertEqual(leg(uc, 4 * HOUR).end(utc("2026-03-06 13:00")).hour, 16)
        worst = worst_start(sla, [leg(uc, 4 * HOUR)])
        # Friday 13:01 to Monday 09:01, both in UTC+1
        self.assertEqual(worst.start, utc("2026-03-06 13:01"))
        self.assertEqual(worst.needed_seconds, 68 * HOUR)

    def test_summer_time(self):
        """Design 1, 3: UC office hours 4 h, reported as it closes on Friday: 68 h on
        the wall, one less over the weekend in which summer time begins in Paris
        (29 March 2026), one more over that in which it ends (25 October)."""
        always = timeline(ALWAYS, days=range(7))
        uc = [leg(timeline(), 4 * HOUR)]
        for monday, hours in (
            ("2026-03-16", 68),
            ("2026-03-23", 67),
            ("2026-10-19", 69),
        ):
            begins = utc(f"{monday} 00:00")
            sla = leg(always, 72 * HOUR, begins, begins + timedelta(days=6))
            with self.subTest(monday=monday):
                worst = worst_start(sla, uc)
                self.assertEqual(worst.needed_seconds, hours * HOUR)

    def test_no_promise_at_times(self):
        """Design 3: starts at which a leg promises nothing are left to another gap."""
        office = timeline()
        sla = leg(office, 8 * HOUR, utc("2026-03-02 00:00"), utc("2026-03-14 00:00"))
        late = leg(office, HOUR, begins=utc("2026-03-09 00:00"))
        self.assertEqual(worst_start(sla, [late]).start, utc("2026-03-09 09:00"))
        never = leg(office, HOUR, begins=utc("2027-03-09 00:00"))
        self.assertIsNone(worst_start(sla, [never]))
        self.assertIsNone(worst_start(Leg([]), [late]))
        self.assertEqual(walk([never], utc("2026-03-02 09:00")), [])

    def test_other_rules_for_a_week(self):
        """SLM-26, design 3: a temporary level of a leg counts on its days only."""
        office = timeline()
        sla = leg(office, 8 * HOUR, utc("2026-03-02 00:00"), utc("2026-04-01 00:00"))
        week = utc("2026-03-16 00:00"), utc("2026-03-21 00:00")
        terms = [
            Term(EPOCH, week[0], office, 4 * HOUR, "before"),
            Term(*week, office, 9 * HOUR, "level"),
            Term(week[1], FAR, office, 4 * HOUR, "after"),
        ]
        worst = worst_start(sla, [Leg(terms)])
        # Thursday of that week after 17:00: promised on Friday after 17:00, an hour
        # more ends on Monday after 09:00
        self.assertEqual(worst.start, utc("2026-03-19 17:01"))
        self.assertEqual(worst.gap_seconds, 64 * HOUR)
        self.assertEqual(walk([Leg(terms)], worst.start)[0][0].source, "level")

    def test_no_working_time(self):
        """CAL-07: a leg whose hours end for ten years is said so."""
        leaves = ((datetime(2026, 3, 10), datetime(2040, 1, 1)),)
        sla = leg(timeline(), HOUR, utc("2026-03-02 00:00"), utc("2026-04-01 00:00"))
        with self.assertRaises(NoWorkingTime):
            worst_start(sla, [leg(timeline(leaves=leaves), HOUR)])

    def test_oracle(self):
        """Design 3: equals a walk over every minute, and the second after each.

        Random hours, zones, holidays, targets in minutes and by working day, terms
        that follow each other; around the days on which Paris and New York change
        their clocks. The oracle has arithmetic of its own (`Minutes`).
        """
        seed = random.Random(20260302)
        for case in range(20):
            with self.subTest(case=case):
                self._compare(seed)

    def _compare(self, seed):
        begins = datetime(2026, 3, seed.choice([2, 5, 24, 27]), seed.randrange(24))
        ends = begins + timedelta(days=seed.choice([1, 2, 4]))
        first, last = begins - timedelta(days=1), begins + timedelta(days=45)
        world = World(seed, begins, first, last)
        sla, plain_sla = world.link(begins, ends, seed.choice([1, 1, 2]))
        links = [
            world.link(first, last - timedelta(days=12), seed.choice([1, 1, 1, 2, 3]))
            for _n in range(seed.choice([1, 2, 3]))
        ]
        found = None
        for minute in range(world.second(begins) // 60, world.second(ends) // 60):
            for offset in (0, 1, 59):
                start = minute * 60 + offset
                promised = world.applies(plain_sla, start)
                if not promised or not promised[0].works(start):
                    continue
                end = world.end([plain for _leg, plain in links], start)
                if end is not None:
                    gap = end - promised[0].end(start, promised[1])
                    found = gap if found is None else max(found, gap)
        legs = [link for link, _plain in links]
        worst = worst_start(sla, legs)
        self.assertEqual(worst and worst.gap_seconds, found)
        if worst:
            self.assertEqual(walk(legs, worst.start)[-1][2], worst.needed)
            self.assertEqual(sla.end(worst.start), worst.promised)

    def test_day_target_of_the_customer(self):
        """SLM-22: a promise by working day stands still during the day: its last
        second is the worst."""
        office = timeline()
        sla = leg(
            office,
            DayTarget(1, 12 * 60),
            utc("2026-03-02 00:00"),
            utc("2026-03-03 00:00"),
        )
        worst = worst_start(sla, [leg(office, 8 * HOUR)])
        # Monday 17:59:59: promised Tuesday 12:00, needed Tuesday 17:59:59
        self.assertEqual(worst.start, utc("2026-03-02 17:59:59"))
        self.assertEqual(worst.gap_seconds, 6 * HOUR - 1)
        self.assertEqual(worst.promised.date(), date(2026, 3, 3))
