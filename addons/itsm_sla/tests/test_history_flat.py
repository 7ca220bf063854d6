# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import HistoryCommon

EXAMPLES = Path(__file__).parents[1] / "static" / "example"
HEADER = "number,opened,responded,resolved,closed,paused minutes,priority,assigned_to\n"


@tagged("post_install", "-at_install")
class TestHistoryFlat(HistoryCommon):
    """Issue 3: lists with one row for each ticket.

    Office hours 09-12 and 13-18 in Paris; priority High: response 1 h, resolution 4 h.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._draft_agreement()

    def _list(self, *rows, **vals):
        text = HEADER + "".join(f"{row}\n" for row in rows)
        vals.setdefault("agreement_id", self.agreement.id)
        return self._import(text, **vals)

    def _verdict(self, number, metric):
        clock = self._clocks(self._ticket(number), metric)
        return clock.status, clock.used_seconds

    def test_verdicts(self):
        """Issue 3: met and missed, by hand."""
        history = self._list(
            # response 30 min of 1 h; solution 09:00-12:00 = 3 h of 4 h
            "F-1,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 12:00,,,High,",
            # response 90 min; 10:00-12:00 and 13:00-16:00 = 5 h
            "F-2,2026-03-02 10:00,2026-03-02 11:30,2026-03-02 16:00,,,High,",
            # the same with 90 min of pause before 16:00: 5 h - 1.5 h = 3.5 h
            "F-3,2026-03-02 10:00,2026-03-02 10:30,2026-03-02 16:00,,90,High,",
            # 120 min before 13:30 begin 11:30; 30 min of work in them (11:30-12:00)
            # and 13:00-13:30: 09:00-11:30 = 2.5 h
            "F-4,2026-03-02 09:00,2026-03-02 09:10,2026-03-02 13:30,,120,High,",
            # exactly 4 h: 09:00-12:00 and 13:00-14:00: in time
            "F-5,2026-03-02 09:00,2026-03-02 10:00,2026-03-02 14:00,,,High,",
            # no response: the solution answers, after 2 h: missed
            "F-6,2026-03-02 09:00,,2026-03-02 11:00,,,High,",
        )
        self.assertEqual((history.ticket_count, history.error_count), (6, 0))
        hour = 3600
        for number, response, resolution in (
            ("F-1", ("met", hour // 2), ("met", 3 * hour)),
            ("F-2", ("missed", hour * 3 // 2), ("missed", 5 * hour)),
            ("F-3", ("met", hour // 2), ("met", hour * 7 // 2)),
            ("F-4", ("met", 600), ("met", hour * 5 // 2)),
            ("F-5", ("met", hour), ("met", 4 * hour)),
            ("F-6", ("missed", 2 * hour), ("met", 2 * hour)),
        ):
            with self.subTest(number=number):
                self.assertEqual(self._verdict(number, "response"), response)
                self.assertEqual(self._verdict(number, "resolution"), resolution)
        self.assertEqual((history.response_met, history.response_missed), (4, 2))
        self.assertEqual((history.resolution_met, history.resolution_missed), (5, 1))

    def test_log(self):
        """Issue 3: the log says what the list said, and what it did not."""
        history = self._list(
            "F-1,2026-03-02 10:00,2026-03-02 10:30,2026-03-02 16:00,"
            f"2026-03-04 09:00,90,High,{self.agent.login}"
        )
        ticket = self._ticket("F-1")
        events = self._log(ticket)
        self.assertEqual(
            [(event.what, event.time) for event in events],
            [
                ("reported", self.utc("2026-03-02 10:00")),
                ("assignee", self.utc("2026-03-02 10:30")),
                ("state", self.utc("2026-03-02 10:30")),
                ("reply", self.utc("2026-03-02 10:30")),
                ("state", self.utc("2026-03-02 14:30")),
                ("resolved", self.utc("2026-03-02 16:00")),
                ("closed", self.utc("2026-03-04 09:00")),
            ],
        )
        self.assertEqual(set(events.mapped("source")), {"import"})
        paused = events.filtered("pause_reason_id")
        self.assertEqual(paused.pause_reason_id, self.pause_reason)
        self.assertIn("90 minutes", paused.note)
        self.assertIn("does not say when", paused.note)
        self.assertIn(
            "Paused minutes of 1 tickets", str(self._reasons(history, "info"))
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "is_history": True,
                    "itsm_state": "closed",
                    "user_id": self.agent.id,
                    "first_response_at": self.utc("2026-03-02 10:30"),
                    "first_assigned_at": self.utc("2026-03-02 10:30"),
                    "resolved_at": self.utc("2026-03-02 16:00"),
                    "closed_date": self.utc("2026-03-04 09:00"),
                }
            ],
        )

    def test_pause_that_does_not_fit(self):
        """Issue 3: a pause longer than the work begins with the response."""
        history = self._list(
            "F-1,2026-03-02 09:00,2026-03-02 10:00,2026-03-02 11:00,,600,High,",
            "F-2,2026-03-02 09:00,2026-03-02 10:00,,,60,High,",
        )
        # From the response on it is paused: 1 h until then.
        self.assertEqual(self._verdict("F-1", "resolution"), ("met", 3600))
        found = self._reasons(history, "warning")
        self.assertEqual([line[:2] for line in found], [(2, "F-1"), (3, "F-2")])
        self.assertIn("not resolved", found[1][2])
        self.assertEqual(self._ticket("F-2").itsm_state, "open")

    def test_other_reason(self):
        """Issue 3: a pause for a reason that the agreement does not name counts."""
        other = self.env.ref("itsm_base.itsm_pause_reason_other")
        self.assertNotIn(other, self.agreement.pause_reason_ids)
        self._list(
            "F-1,2026-03-02 10:00,2026-03-02 10:30,2026-03-02 16:00,,90,High,",
            pause_reason_id=other.id,
        )
        self.assertEqual(self._verdict("F-1", "resolution"), ("missed", 5 * 3600))

    def test_bad_rows(self):
        """Section 5: what contradicts itself is rejected by row, with the column."""
        history = self._list(
            "F-1,2026-03-02 09:00,2026-03-02 08:00,2026-03-02 11:00,,,High,",
            "F-2,2026-03-02 09:00,2026-03-02 12:00,2026-03-02 11:00,,,High,",
            "F-3,2026-03-02 09:00,,2026-03-02 11:00,2026-03-02 10:00,,High,",
            "F-4,2026-03-02 09:00,,2026-03-02 11:00,,lots,High,",
            "F-5,2026-03-02 09:00,,2026-03-02 11:00,,-5,High,",
            "F-6,,,2026-03-02 11:00,,,High,",
            "F-7,2026-03-02 09:00,,2031-03-02 11:00,,,High,",
            "F-8,2026-03-02 09:00,,2026-03-02 11:00,,,High,",
        )
        self.assertEqual((history.error_count, history.created_count), (7, 1))
        reasons = [line[2] for line in self._reasons(history, "error")]
        for reason, words in zip(
            reasons,
            (
                "responded is earlier than opened",
                "resolved is earlier than responded",
                "closed is earlier than resolved",
                "not a number of minutes",
                "not a number of minutes",
                "opened is empty",
                "resolved lies in the future",
            ),
            strict=True,
        ):
            self.assertIn(words, reason)

    def test_cancelled(self):
        """Issue 3: a cancelled ticket of a list has no verdict."""
        text = (
            "number,opened,responded,resolved,state,priority\n"
            "F-1,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 16:30,Cancelled,High\n"
            "F-2,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 12:00,Closed,High\n"
        )
        history = self._import(text, agreement_id=self.agreement.id)
        self.assertEqual(self._clocks(self._ticket("F-1")).status, "cancelled")
        self.assertEqual((history.resolution_met, history.resolution_missed), (1, 0))

    def test_layout(self):
        """Issue 3: the layout is guessed, can be chosen, and says what it needs."""
        events = "number,opened_at,updated_at,state,resolved_at\nT-1,x,x,New,x\n"
        flat = "number,opened_at,resolved_at,state\nT-1,x,x,New\n"
        for text, layout, expected in (
            (events, "auto", False),
            (flat, "auto", True),
            (events, "flat", True),
            (flat, "events", False),
        ):
            history = self._new(text, layout=layout)
            history.action_read()
            self.assertEqual(history._is_flat(), expected)
        with self.assertRaisesRegex(UserError, "“Event time”"):
            self._preview(flat, layout="events")
        with self.assertRaisesRegex(UserError, "“Resolved at"):
            self._preview("number,opened,responded\nT-1,x,x\n")

    def test_longer(self):
        """Section 3: a later list closes what was open, and adds nothing twice."""
        first = "F-1,2026-03-02 09:00,2026-03-02 09:30,,,,High,"
        self._list(first, "F-2,2026-03-02 09:00,2026-03-02 09:30,,,,High,")
        later = self._list(
            "F-1,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 12:00,,,High,",
            "F-2,2026-03-02 09:00,2026-03-02 09:30,,,,High,",
        )
        self.assertEqual((later.extended_count, later.unchanged_count), (1, 1))
        self.assertEqual(self._verdict("F-1", "resolution"), ("met", 3 * 3600))
        later.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self._ticket("F-1").itsm_state, "open")

    def test_examples(self):
        """Manners: each example imports without a word, and twice changes nothing.

        The second ticket: 3 March 13:20-18:00, 4 to 9 March, 10 March 09:00-10:15;
        the 60 minutes before 10:15 begin at 09:15: one hour of work less.
        """
        for name in ("list_en.csv", "list_zh.csv", "list_en.xlsx", "list_zh.xlsx"):
            with self.subTest(name=name):
                data = (EXAMPLES / f"ticket_{name}").read_bytes()
                history = self._import(data, agreement_id=self.agreement.id)
                self.assertEqual(history.created_count, 3)
                for level in ("error", "warning", "skip", "difference"):
                    self.assertFalse(self._reasons(history, level))
                tickets = history.link_ids.ticket_id.sorted("number")
                self.assertEqual(
                    tickets.mapped("itsm_kind"), ["incident", "request", "incident"]
                )
                self.assertEqual(
                    tickets.mapped("itsm_state"), ["closed", "closed", "open"]
                )
                # Wed 4 to Mon 9 March: four days of 8 h; 4:40 before, 15 min after.
                used = self._clocks(tickets[1]).used_seconds
                self.assertEqual(used, (4 * 480 + 280 + 15) * 60)
                again = self._import(data, agreement_id=self.agreement.id)
                self.assertEqual((again.unchanged_count, again.created_count), (3, 0))
                history.action_undo()
