# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from ..tools.whatif import smallest_target
from .whatif_common import NOW, WhatifCommon

LOUD = ("mail.message", "mail.mail", "mail.activity", "mail.notification")


@tagged("post_install", "-at_install")
class TestWhatif(WhatifCommon):
    """Issue 6, design 4: proposed targets over past tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (60, 240), "3": (15, 120)})

    def _clock_figures(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM itsm_clock ORDER BY id")
        return self.env.cr.fetchall()

    # === What it says ===

    def test_figures(self):
        """Issue 6: predicted beside recorded, who is late and by how much."""
        tickets = self._five()
        before = self._clock_figures()
        loud = {name: self.env[name].search_count([]) for name in LOUD}
        draft = self._draft_agreement({"2": (60, 120)})
        scenario = self._ask(draft)
        self.assertEqual(scenario.state, "computed")
        self.assertEqual(self._clock_figures(), before)
        self.assertEqual({n: self.env[n].search_count([]) for n in LOUD}, loud)
        lines = [self._lines(scenario, t, "resolution") for t in tickets]
        self.assertEqual(
            [line.status for line in lines],
            ["met", "met", "missed", "missed", "missed"],
        )
        self.assertEqual([line.late_hours for line in lines], [0, 0, 1, 2, 5])
        self.assertEqual(
            [line.recorded_status for line in lines], ["met"] * 4 + ["missed"]
        )
        self.assertEqual(
            [line.effect for line in lines],
            [False, False, "newly_late", "newly_late", False],
        )
        # Stored as numbers: an average counts the missed ones.
        self.assertEqual(
            self.env["itsm.whatif.line"]._read_group(
                [("whatif_id", "=", scenario.id), ("metric", "=", "resolution")],
                [],
                ["compliance:avg", "recorded_compliance:avg"],
            ),
            [(40.0, 80.0)],
        )
        # Without a reply the solution is the response: one of five within the hour.
        month = scenario.month_ids.filtered(lambda m: m.metric == "response")
        self.assertEqual((month.met, month.decided), (1, 5))
        self.assertEqual(
            (month.compliance, month.recorded_compliance), ("20.00 %",) * 2
        )
        self.assertEqual(scenario.predicted, "30.00 %")
        self.assertEqual(scenario.recorded, "50.00 %")
        self.assertEqual(scenario.late_count, 4)
        self.assertEqual(scenario.newly_late_count, 2)
        self.assertEqual(scenario.in_time_count, 0)
        self.assertIn("30.00 % predicted, 50.00 % recorded", scenario.summary)

    def test_wish(self):
        """Issue 6: the smallest target for a wished percentage, by sorted used times.

        On the second used up at noon: solved at 12:00 sharp 180 minutes are enough.
        Solved in the break at 12:30 they are not, although no more time was used: the
        deadline was noon.
        """
        self._five()
        for wish, minutes, share in (
            (20, 60, "20.00 %"),
            (20.01, 120, "40.00 %"),
            (60, 180, "60.00 %"),
            (80, 240, "80.00 %"),
            (81, 420, "100.00 %"),
            (100, 420, "100.00 %"),
        ):
            scenario = self._ask(self.agreement, wish_percent=wish)
            answer = self._answer(scenario, "incident", "2", "resolution")
            self.assertEqual(
                (answer.minutes, answer.minutes_compliance), (minutes, share)
            )
            self.assertEqual(answer.is_reached, wish <= 80)
            self.assertEqual(answer.target, "4 h")
        self._solved("2026-03-24 09:00", "2026-03-24 12:30")
        scenario = self._ask(self.agreement, wish_percent=50)
        answer = self._answer(scenario, "incident", "2", "resolution")
        self.assertEqual(answer.minutes, 180)  # three of six
        scenario = self._ask(self.agreement, wish_percent=51)
        answer = self._answer(scenario, "incident", "2", "resolution")
        self.assertEqual(answer.minutes, 181)

    def test_nothing_counted(self):
        """Without a verdict there is no smallest target, and no percentage of it."""
        self._report("2026-03-24 09:00")  # still open
        scenario = self._ask(self.agreement, wish_percent=90)
        self.assertTrue(scenario.answer_ids)
        self.assertFalse(scenario.answer_ids.filtered("minutes"))
        self.assertEqual(set(scenario.answer_ids.mapped("minutes_compliance")), {False})

    def test_smallest_target_function(self):
        """Issue 6: brute force over every minute says the same, late ones included."""
        always = {1: 3, 30: 5, 31: 1, 600: 2, None: 1}
        late_only = {20: 2, 31: 4, 700: 1, None: 1}
        for wish in range(100, 10001, 300):
            expected = None
            for minutes in range(1, 800):
                met = sum(n for m, n in always.items() if m and m <= minutes)
                late = sum(n for m, n in late_only.items() if not m or m > minutes)
                if met * 10000 >= (sum(always.values()) + late) * wish:
                    expected = minutes
                    break
            self.assertEqual(smallest_target(always, late_only, wish)[0], expected)
        self.assertEqual(smallest_target({}, {}, 9500), (None, 0, 0))
        self.assertEqual(smallest_target({525601: 1}, {}, 100)[0], None)

    def test_update_not_owed(self):
        """SLM: an update that was not due when the ticket was solved has no verdict.

        With a shorter target it would have been late: the smallest target knows that.
        """
        draft = self._draft_agreement({"2": (60, 240)})
        draft.write(
            {
                "target_ids": [
                    Command.create(
                        {
                            "itsm_kind": "incident",
                            "priority": "2",
                            "metric": "update",
                            "minutes": 120,
                        }
                    )
                ]
            }
        )
        ticket = self._report("2026-03-23 09:00")
        self._reply("2026-03-23 09:30", ticket)
        self._move("2026-03-23 11:00", ticket, "resolved")  # 90 min after the reply
        scenario = self._ask(draft, wish_percent=100)
        lines = self._lines(scenario, ticket, "update").sorted("cycle")
        self.assertEqual(lines.mapped("status"), ["met", "cancelled"])
        answer = self._answer(scenario, "incident", "2", "update")
        self.assertEqual((answer.met, answer.decided, answer.minutes), (1, 1, 90))
        scenario = self._ask(draft, targets=[("incident", "2", "update", 89)])
        answer = self._answer(scenario, "incident", "2", "update")
        self.assertEqual((answer.met, answer.decided), (1, 2))

    def test_team_legs(self):
        """Design 4: an OLA counts what the team held, and what it handed over."""
        ola = self._draft_agreement({"2": (0, 120)}, kind="ola", team_id=self.team.id)
        solved = self._report("2026-03-23 09:00", team_id=self.team.id)
        self._move("2026-03-23 10:00", solved, "resolved")
        passed = self._report("2026-03-23 09:00", team_id=self.team.id)
        self._write("2026-03-23 10:30", passed, team_id=self.team_2.id)
        self._move("2026-03-23 17:00", passed, "resolved")
        other = self._report("2026-03-23 09:00", team_id=self.team_2.id)
        self._move("2026-03-23 10:00", other, "resolved")
        scenario = self._ask(ola, wish_percent=100)
        self.assertEqual(scenario.line_ids.ticket_id, solved | passed)
        self.assertEqual(self._lines(scenario, passed).status, "handed_over")
        answer = self._answer(scenario, "incident", "2", "resolution")
        # Handed over after 90 minutes: late with fewer.
        self.assertEqual((answer.met, answer.decided, answer.minutes), (1, 1, 90))
        scenario = self._ask(ola, targets=[("incident", "2", "resolution", 89)])
        self.assertEqual(self._lines(scenario, passed).status, "missed")

    def test_recorded_legs_of_others(self):
        """Design 4: what other teams were recorded with does not count for an OLA."""
        minutes = {"2": (0, 120)}
        self._create_agreement(minutes, kind="ola", team_id=self.team.id)
        self._create_agreement(minutes, kind="ola", team_id=self.team_2.id)
        passed = self._report("2026-03-23 09:00", team_id=self.team.id)
        self._write("2026-03-23 10:30", passed, team_id=self.team_2.id)
        self._move("2026-03-23 17:00", passed, "resolved")
        recorded = passed.clock_ids.filtered(lambda c: c.metric == "resolution")
        self.assertEqual(recorded.leg_team_id, self.team | self.team_2)
        ola = self._draft_agreement(minutes, kind="ola", team_id=self.team.id)
        scenario = self._ask(ola)
        lines = self._lines(scenario, passed)
        self.assertEqual(lines.leg_team_id, self.team)
        self.assertEqual(lines.mapped("recorded_status"), ["handed_over"])
        self.assertEqual(scenario.recorded, "no data")

    def test_which_tickets(self):
        """Issue 6: by customer, service, kind, origin and filter; exempt ones never."""
        mine = self._solved("2026-03-23 09:00", "2026-03-23 10:00")
        theirs = self._solved(
            "2026-03-23 09:00", "2026-03-23 10:00", partner_id=self.requester_2.id
        )
        request = self._solved(
            "2026-03-23 09:00", "2026-03-23 10:00", itsm_kind="request"
        )
        served = self._solved(
            "2026-03-23 09:00", "2026-03-23 10:00", service_id=self.offering.id
        )
        exempt = self._solved("2026-03-23 09:00", "2026-03-23 10:00")
        guard.with_token(exempt).write({"clock_exempt": True})
        everything = mine | theirs | request | served
        for vals, expected in (
            ({}, everything),
            ({"partner_ids": self.customer_2.ids}, theirs),
            ({"itsm_kind": "request"}, request),
            ({"service_ids": self.service.ids}, served),
            ({"origin": "own"}, everything),
            ({"ticket_domain": f"[('id', '=', {mine.id})]"}, mine),
        ):
            scenario = self._ask(self.agreement, **vals)
            self.assertEqual(scenario.line_ids.ticket_id, expected, vals)
        imported = self._scenario(self.agreement, origin="imported")
        with self.assertRaisesRegex(UserError, "no ticket was reported"):
            self._work_out(imported)
        # The agreement's own parties are proposed.
        self.agreement.action_terminate()
        draft = self._draft_agreement(
            partner_id=self.customer.id, service_ids=self.service.ids
        )
        with self.at(NOW), Form(self.env["itsm.whatif"]) as form:
            form.name = "Asked on the form"
            form.agreement_id = draft
        scenario = form.save()
        self.assertEqual(scenario.partner_ids, self.customer)
        self.assertEqual(scenario.service_ids, self.service)
        self.assertEqual(str(scenario.date_from), "2025-04-01")
        self.assertEqual(str(scenario.date_to), "2026-03-31")

    def test_imported_history(self):
        """Issue 6: imported tickets are predicted as own ones."""
        ticket = self._history_ticket(
            priority="2", reported_at=self.utc("2026-03-23 09:00")
        )
        self.env["itsm.ticket.event"]._append(
            [
                {
                    "ticket_id": ticket.id,
                    "time": self.utc("2026-03-23 09:00"),
                    "what": "reported",
                    "state": "new",
                    "priority": "2",
                    "itsm_kind": "incident",
                    "source": "import",
                },
                {
                    "ticket_id": ticket.id,
                    "time": self.utc("2026-03-23 15:00"),
                    "what": "resolved",
                    "state": "resolved",
                    "source": "import",
                },
            ]
        )
        scenario = self._ask(
            self.agreement,
            origin="imported",
            ticket_domain=f"[('id', '=', {ticket.id})]",
        )
        line = self._lines(scenario, ticket, "resolution")
        self.assertEqual((line.status, line.late_hours), ("missed", 1.0))
        self.assertFalse(line.recorded_status)
        self.assertEqual(scenario.recorded, "no data")

    def test_on_the_agreement(self):
        """Issue 6: who signs sees the scenarios and what the latest one says."""
        self._five()
        draft = self._draft_agreement()
        self.assertFalse(draft.whatif_id)
        self.assertEqual(draft.action_whatif()["views"], [(False, "form")])
        scenario = self._ask(draft)
        draft.invalidate_recordset()
        self.assertEqual((draft.whatif_count, draft.whatif_id), (1, scenario))
        self.assertEqual(draft.whatif_summary, scenario.summary)
        action = draft.action_whatif()
        self.assertEqual(action["domain"], [("agreement_id", "=", draft.id)])
        self.assertFalse(scenario.is_stale)
        draft.target_ids[0].minutes += 1
        scenario.invalidate_recordset(["is_stale"])
        self.assertTrue(scenario.is_stale)

    # === Bad input ===

    def test_bad_input(self):
        """Issue 6: a template, an empty or unfinished period, no target, no tickets."""
        template = self._draft_agreement(is_template=True)
        with self.assertRaisesRegex(ValidationError, "template"):
            self._scenario(template)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._scenario(self.agreement, date_from="2026-04-01").flush_recordset()
        for minutes in (0, -5, 525601):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._scenario(
                    self.agreement, targets=[("incident", "2", "resolution", minutes)]
                ).flush_recordset()
        for wish in (0, 100.5):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._scenario(self.agreement, wish_percent=wish).flush_recordset()
        self._five()
        for vals, message in (
            ({"date_to": "2026-04-15"}, "not over yet"),
            ({"date_from": "2020-01-01", "date_to": "2020-01-31"}, "no ticket was"),
        ):
            scenario = self._scenario(self.agreement, **vals)
            with self.assertRaisesRegex(UserError, message):
                self._work_out(scenario)
            self.assertEqual(scenario.state, "draft")
            self.assertFalse(scenario.run_id)
        empty = self._draft_agreement({}, target_ids=[], calendar_id=False)
        with self.assertRaisesRegex(ValidationError, "Service Hours(.|\n)*Targets"):
            self._work_out(self._scenario(empty))
        for domain in ("[('nothing', '=', 1)]", "[(", "__import__('os')"):
            with self.assertRaisesRegex(ValidationError, "Filter"):
                self._scenario(self.agreement, ticket_domain=domain)
        ola = self._draft_agreement({"2": (0, 60)}, kind="ola", team_id=self.team.id)
        with self.assertRaisesRegex(ValidationError, "is no SLA"):
            self._scenario(ola, targets=[("incident", "2", "update", 60)])

    def test_hours_without_working_time(self):
        """Issue 6, CAL-07: hours on which nothing can run are refused by name."""
        self._five()
        nothing = self._create_calendar("Nobody works", self.zone, hours=())
        scenario = self._scenario(self.agreement, candidate_calendar_ids=nothing.ids)
        with self.assertRaisesRegex(ValidationError, "Nobody works"):
            self._work_out(scenario)
