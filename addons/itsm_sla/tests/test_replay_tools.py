# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.itsm_base.tools.timeline import Timeline, TimelineSpec

from ..tools.clock import Facts, Rules
from ..tools.fold import TicketFold
from ..tools.log_rebuild import Gone, Trace, past_of
from ..tools.replay import (
    FIRST_VALUE,
    Stored,
    differences,
    digest,
    folded_values,
    log_layout,
    steps_of,
)

T0 = datetime(2026, 3, 23, 9)
COLUMNS = {"state": "state", "pause_reason_id": "pause_reason_id", "team_id": "team_id"}
LAYOUT = log_layout(
    COLUMNS,
    {
        "reported": ("state", "pause_reason_id", "team_id"),
        "state": ("state", "pause_reason_id"),
        "resolved": ("state", "pause_reason_id"),
        "team": ("team_id",),
        "corrected": (),
    },
)


def at(hours):
    return T0 + timedelta(hours=hours)


def row(hours, step, what, state=None, reason=None, team=None, reported=None):
    return (1, at(hours), 0, step, what, reported, state, reason, team)


@tagged("post_install", "-at_install")
class TestReplayTools(BaseCase):
    """Design 2: reading logs and comparing clocks, without a database."""

    # === Reading ===

    def test_rows_of_a_save_are_one_step(self):
        """SLM-36: rows of one step are one change; order is that of the rows."""
        rows = [
            row(0, 1, "reported", "new", None, 7),
            row(1, 2, "team", team=8),
            row(1, 3, "state", "paused", 4),
            row(1, 2, "state", "open"),
        ]
        self.assertEqual(
            steps_of(rows, LAYOUT),
            [
                (
                    at(0),
                    [
                        (
                            "reported",
                            {"state": "new", "pause_reason_id": None, "team_id": 7},
                        )
                    ],
                ),
                (
                    at(1),
                    [
                        ("team", {"team_id": 8}),
                        ("state", {"state": "open", "pause_reason_id": None}),
                    ],
                ),
                (at(1), [("state", {"state": "paused", "pause_reason_id": 4})]),
            ],
        )

    def test_corrected_report(self):
        """SLM-37: only the report moves; what was done at its time stays there."""
        rows = [
            row(2, 1, "reported", "resolved"),
            row(3, 2, "corrected", reported=at(1)),
            row(4, 3, "corrected", reported=at(0)),
        ]
        steps = steps_of(rows, LAYOUT)
        self.assertEqual([time for time, _rows in steps], [at(0), at(2), at(3), at(4)])
        self.assertEqual(steps[0][1][0][1]["state"], "new")
        self.assertEqual(steps[1][1][0][0], "resolved")

    # === Comparing ===

    def _rules(self, leaves=()):
        always = tuple((day, None, 0, 1440) for day in range(7))
        return Rules(
            agreement_id=5,
            version=1,
            calendar_id=6,
            tz="UTC",
            timeline=Timeline(TimelineSpec("UTC", always, leaves)),
            targets={("resolution", "incident", "2"): 4 * 3600},
        )

    def _clocks(self, rules, *steps, now):
        class Resolve:
            def __call__(self, facts):
                return rules, "default"

            def leg(self, *args):
                return None

        fold = TicketFold(Resolve(), Facts())
        reported = {"state": "new", "kind": "incident", "priority": "2"}
        fold.replay([(T0, [("reported", reported)]), *steps], now)
        return fold.clocks

    def _stored(self, clock):
        head = {"id": 1, "ticket_id": 2, "cycle": clock.cycle, "kind": clock.kind}
        head.update(metric=clock.metric, leg_team_id=None, leg_partner_id=None)
        names = Stored._fields[:FIRST_VALUE]
        return Stored(*(head[name] for name in names), *folded_values(clock))

    def test_equal_but_for_time(self):
        """Design 2: that time passes is no difference, seen by the scheduler or not."""
        rules = self._rules()
        stored = [self._stored(clock) for clock in self._clocks(rules, now=at(1))]
        self.assertFalse(stored[0].breached_at)
        self.assertFalse(differences(self._clocks(rules, now=at(9)), stored, at(9)))

    def test_effects(self):
        """Vector 8: late, no longer late, earlier, later; new and withdrawn."""
        plain, holiday = self._rules(), self._rules(((at(1), at(3)),))
        for before, after, now, effect in (
            (plain, holiday, 2, "later"),
            (holiday, plain, 2, "earlier"),
            (plain, holiday, 5, "no_longer_late"),
            (holiday, plain, 5, "newly_late"),
        ):
            with self.subTest(effect=effect):
                stored = [self._stored(c) for c in self._clocks(before, now=at(now))]
                (found,) = differences(
                    self._clocks(after, now=at(now)), stored, at(now)
                )
                self.assertEqual(found.change, "changed")
                self.assertEqual(found.effect(at(now)), effect)
        (new,) = differences(self._clocks(plain, now=at(1)), [], at(1))
        self.assertEqual((new.change, new.clock_id), ("new", None))
        stored = [self._stored(c) for c in self._clocks(plain, now=at(1))]
        (gone,) = differences([], stored, at(1))
        self.assertEqual((gone.change, gone.clock_id), ("withdrawn", 1))

    def test_verdicts(self):
        """Design 2: met and missed differ only when they are asked for."""
        solved = (at(5), [("resolved", {"state": "resolved"})])
        plain, holiday = self._rules(), self._rules(((at(1), at(3)),))
        stored = [self._stored(c) for c in self._clocks(plain, solved, now=at(6))]
        clocks = self._clocks(holiday, solved, now=at(6))
        self.assertFalse(differences(clocks, stored, at(6)))
        (found,) = differences(clocks, stored, at(6), verdicts=True)
        self.assertEqual(found.effect(at(6)), "no_longer_late")
        self.assertEqual((found.before.overrun, found.after.overrun), (3600, 0))

    def test_digest(self):
        """Bad input: what was worked out with is recognised, in any process."""
        self.assertEqual(digest([self._rules()]), digest([self._rules()]))
        other = self._rules(((at(1), at(3)),))
        self.assertNotEqual(digest([self._rules()]), digest([other]))
        self.assertEqual(
            digest({"a": frozenset((1, 2))}), digest({"a": frozenset((2, 1))})
        )

    # === The past from traces ===

    def test_past(self):
        """Design 2: read backwards; what has no trace was so always."""
        traces = [
            Trace(at(1), 11, 3, {"stage": (1, 2), "user": (False, 9)}),
            Trace(at(2), 12, 4, {"stage": (2, 3)}),
        ]
        past = past_of({"stage": 3, "user": 9, "team": 5}, traces, T0, at(9))
        self.assertEqual(past.first, {"stage": 1, "user": False, "team": 5})
        self.assertEqual(
            past.moves,
            [(at(1), 11, 3, {"stage": 2, "user": 9}), (at(2), 12, 4, {"stage": 3})],
        )
        self.assertFalse(past.doubts)

    def test_doubts(self):
        """Design 2: what does not fit is said, and never made up."""
        traces = [
            Trace(at(1), 11, 3, {"stage": (1, Gone("Old"))}),
            Trace(at(2), 12, 3, {"stage": (4, 5)}),
        ]
        past = past_of(
            {"stage": 6, "user": 9}, traces, T0, at(9), {"stage": at(3), "user": at(4)}
        )
        self.assertEqual(past.first, {"stage": 1, "user": None})
        self.assertEqual(past.moves[-2:], [
            (at(3), 0, None, {"stage": 6}),
            (at(4), 0, None, {"user": 9}),
        ])  # fmt: skip
        self.assertEqual(
            [(doubt.what, doubt.name) for doubt in past.doubts],
            [("gap", "stage"), ("before", "user"), ("gone", "stage")],
        )
        past = past_of({"stage": 6}, traces[:1], T0, at(9))
        self.assertEqual(past.moves[-1], (at(9), 0, None, {"stage": 6}))
        self.assertIn("now", [doubt.what for doubt in past.doubts])
