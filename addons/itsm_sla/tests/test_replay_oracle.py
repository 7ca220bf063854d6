# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from .common import MINUTES
from .oracle import Agreement, OracleTicket, WallCalendar
from .replay_common import ReplayCommon

WEEK = dict.fromkeys(range(5), [("09:00", "12:00"), ("13:00", "18:00")])
STATES = ("open", "open", "paused", "paused", "resolved", "closed", "cancelled", "new")
NOW = "2026-03-30 15:00"


@tagged("post_install", "-at_install")
class TestReplayOracle(ReplayCommon):
    """Vectors 8 and 17: a replay says what counting every minute by hand says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.agreement = cls._create_agreement()
        rng = random.Random(20260326)
        tickets = cls.env["helpdesk.ticket"]
        for _group in range(20):
            time = cls.utc("2026-03-23 00:00") + timedelta(minutes=rng.randint(0, 4300))
            with freeze_time(time):
                group = tickets.create(
                    [
                        cls._ticket_vals(
                            priority=rng.choice("0123"),
                            itsm_kind=rng.choice(("incident", "request")),
                        )
                        for _ticket in range(10)
                    ]
                )
            tickets |= group
            for _round in range(3):
                time += timedelta(minutes=rng.randint(1, 900))
                cls._move_some(rng, time, group)
        cls.tickets = tickets

    @classmethod
    def _move_some(cls, rng, time, group):
        """Part of a group goes elsewhere, part gets another priority or an answer."""
        with freeze_time(time):
            for state in rng.sample(STATES, 3):
                some = group.filtered(lambda _ticket: rng.random() < 0.25)
                vals = {"stage_id": cls.stages[state].id}
                if state == "paused":
                    reasons = (cls.pause_reason, cls.reason_supplier)
                    vals["pause_reason_id"] = rng.choice(reasons).id
                some.write(vals)
            some = group.filtered(lambda _ticket: rng.random() < 0.15)
            some.write({"priority": rng.choice("0123")})
            for ticket in group.filtered(lambda _ticket: rng.random() < 0.1):
                ticket.with_user(cls.agent).message_post(
                    body="We are on it.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            cls.env.flush_all()

    def _oracle(self, ticket, now, holidays):
        """Every figure of the ticket's clocks, counted minute by minute."""
        targets = {
            (metric, kind, priority): minutes
            for kind in ("incident", "request")
            for priority, pair in MINUTES.items()
            for metric, minutes in zip(("response", "resolution"), pair, strict=True)
        }
        calendar = WallCalendar(self.zone, WEEK, holidays)
        agreement = Agreement(
            self.agreement.id, calendar, targets, frozenset(self.pause_reason.ids)
        )
        oracle = OracleTicket(lambda _facts: agreement)
        for time, rows in ticket.event_ids._as_steps():
            oracle.step(time, rows)
        return oracle.show(now)

    def _shown(self, ticket, now):
        """The stored clocks in the oracle's form."""
        resolver = self.env["itsm.agreement"]._clock_resolver()
        clocks = ticket.clock_ids.sorted(lambda clock: (clock.metric, clock.cycle))
        return [
            {
                "metric": clock.metric,
                "cycle": clock.cycle,
                "agreement": clock.agreement_id.id,
                "phase": clock.phase,
                "target": clock.target_seconds,
                "used": clock._as_fold(
                    resolver.rules(self.company.id, clock.agreement_id.id, clock.tz)
                ).used_at(now),
                "deadline": clock.deadline or None,
                "breached_at": clock.breached_at or None,
                "stopped_at": clock.stopped_at or None,
                "overrun": clock.overrun_seconds,
            }
            for clock in clocks
        ]

    def test_like_the_oracle_and_the_slow_way(self):
        """Vectors 8, 17: 200 random tickets, two holidays entered late."""
        self._run_scheduler("2026-03-30 14:00")
        holidays = [date(2026, 3, 25), date(2026, 3, 27)]
        for day in holidays:
            self._holiday("2026-03-30 14:30", str(day))
        now = self.utc(NOW)
        choice = {
            "edited": "tickets",
            "ticket_domain": f"[('id', 'in', {self.tickets.ids})]",
        }
        expected = {t: self._oracle(t, now, holidays) for t in self.tickets}
        was_open = self.tickets.clock_ids.filtered(
            lambda clock: clock.phase in ("running", "paused")
        )
        finished = self.tickets.clock_ids - was_open
        self.assertGreater(len(was_open), 100)
        self.assertGreater(len(finished), 100)
        before = self._figures(finished)
        # open tickets: what runs, and nothing else
        replay = self._replay(NOW, reason="Holidays", **choice)
        self.assertGreater(replay.changed_count, 50)
        self.assertGreater(replay.in_time_count, 2)
        self._apply(NOW, replay)
        self.assertFalse(replay.skipped_count)
        compared = 0
        for ticket in self.tickets:
            for shown, right in zip(
                self._shown(ticket, now), expected[ticket], strict=True
            ):
                if right["phase"] in ("running", "paused"):
                    self.assertEqual(shown, right, ticket.number)
                    compared += 1
        self.assertEqual(compared, len(was_open))
        self.assertEqual(self._figures(finished), before)
        # with verdicts: everything
        replay = self._replay(
            NOW, self.manager, scope="closed", reason="Holidays", **choice
        )
        self.assertGreater(replay.changed_count, 10)
        self._apply(NOW, replay, self.manager)
        for ticket in self.tickets:
            self.assertEqual(self._shown(ticket, now), expected[ticket], ticket.number)
        # and the correction of single tickets finds nothing to add
        clocks = self.tickets.clock_ids
        figures = self._figures(clocks)
        with self.at(NOW):
            self.tickets._clock_refold("reported")
            self.env.flush_all()
        after = self._figures(clocks)
        for row in (*figures.values(), *after.values()):
            del row["applications"]
            row["segments"] = row["segments"] or []
        self.assertEqual(after, figures)
