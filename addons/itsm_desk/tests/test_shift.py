# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from psycopg2.errors import ExclusionViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestShift(OrganisationCommon):
    """One person, one place; planned by leads."""

    def test_no_overlap(self):
        """DSK-08: nobody has two shifts at once, in any team; neighbours touch."""
        self._shift(self.agent_2, "2026-03-23 08:00", "2026-03-23 16:00")
        self._shift(self.agent_2, "2026-03-23 16:00", "2026-03-23 18:00")
        self._shift(self.agent, "2026-03-23 08:00", "2026-03-23 16:00")
        with self.assertRaisesRegex(ValidationError, "another shift"):
            self._shift(
                self.agent_2,
                "2026-03-23 15:59",
                "2026-03-23 17:00",
                team=self.team_2,
                kind="on_call",
            )

    def test_no_overlap_in_one_batch(self):
        """DSK-08: two of one save overlap as well; nothing of it is saved."""
        vals = {
            "team_id": self.team.id,
            "user_id": self.agent.id,
            "start": self.utc("2026-03-23 08:00"),
            "end": self.utc("2026-03-23 16:00"),
        }
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.shifts.create([vals, dict(vals)])
        self.assertFalse(self.shifts.search([("user_id", "=", self.agent.id)]))

    @mute_logger("odoo.sql_db")
    def test_no_overlap_in_the_database(self):
        """DSK-08: the database refuses it too, whoever writes at the same moment."""
        shift = self._shift(self.agent, "2026-03-23 08:00", "2026-03-23 16:00")
        self.env.flush_all()
        with self.assertRaises(ExclusionViolation), self.env.cr.savepoint():
            self.env.cr.execute("SET CONSTRAINTS itsm_shift_no_overlap IMMEDIATE")
            self.env.cr.execute(
                """INSERT INTO itsm_shift (user_id, team_id, start, "end", kind)
                   SELECT user_id, team_id, start, "end", kind
                     FROM itsm_shift WHERE id = %s""",
                [shift.id],
            )

    def test_bad_input(self):
        """DSK-08: end before begin, a month long, not a member: told what to do."""
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            with self.env.cr.savepoint():
                self._shift(self.agent, "2026-03-23 16:00", "2026-03-23 08:00")
        with self.assertRaisesRegex(ValidationError, "longer than 14 days"):
            self._shift(self.agent, "2026-03-01 08:00", "2026-03-31 08:00")
        with self.assertRaisesRegex(ValidationError, "not a member"):
            self._shift(self.manager, "2026-03-23 08:00", "2026-03-23 16:00")

    def test_batch_is_checked_with_constant_queries(self):
        """DSK-08, Speed: 200 shifts cost as many queries as 20 to check."""

        def queries(month, days):
            vals = [
                {
                    "team_id": self.team.id,
                    "user_id": user.id,
                    "start": f"2026-{month:02}-{day:02} 07:00:00",
                    "end": f"2026-{month:02}-{day:02} 15:00:00",
                }
                for day in range(1, days + 1)
                for user in (self.agent, self.agent_2, self.lead)
            ]
            self.env.flush_all()
            count = self.env.cr.sql_log_count
            self.shifts.create(vals)
            self.env.flush_all()
            return self.env.cr.sql_log_count - count

        queries(1, 3)
        few = queries(2, 7)
        self.assertEqual(queries(3, 28), few)

    def test_rights(self):
        """DSK-06, DSK-08: leads plan; agents read; others do neither."""
        shift = self._shift(self.agent, "2026-03-23 08:00", "2026-03-23 16:00")
        mine = shift.with_user(self.lead)
        mine.note = "Planned by the lead"
        self.assertEqual(shift.with_user(self.agent).note, "Planned by the lead")
        for user in (self.agent, self.helpdesk_user):
            with self.assertRaises(AccessError):
                shift.with_user(user).note = "Mine"
        for user in (self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                shift.with_user(user).read(["note"])
        _company, other_lead = self._other_company()
        self.assertFalse(self.shifts.with_user(other_lead).search([]) & shift)
        with self.assertRaises(AccessError):
            shift.with_user(other_lead).write({"note": "Foreign"})

    def test_skills_are_given_by_leads(self):
        """INC-15: nobody gives himself a skill."""
        with self.assertRaises(AccessError):
            self.agent.with_user(self.agent).itsm_skill_ids = self.skill
        with self.assertRaises(AccessError):
            self.skill.with_user(self.agent).user_ids = self.agent
        self.skill.with_user(self.lead).user_ids = self.agent
        self.assertEqual(self.agent.itsm_skill_ids, self.skill)


@tagged("post_install", "-at_install")
class TestCoverage(OrganisationCommon):
    """Eight hours a day, and where somebody is missing."""

    def _coverage(self, first, last):
        return self.team._itsm_coverage(
            date.fromisoformat(first), date.fromisoformat(last)
        )

    def _gaps(self, row):
        return [(self._wall(a), self._wall(b)) for a, b in row["gaps"]]

    def test_gaps(self):
        """DSK-04: Monday 09-12 and 13-18 is open; 08-12 and 13-15 covered: 15-18 is a
        gap. Covered from 08 to 18 by two people: 10 h, no gap."""
        self._shift(self.agent, "2026-03-23 08:00", "2026-03-23 12:00")
        self._shift(self.agent_2, "2026-03-23 13:00", "2026-03-23 15:00")
        self._shift(self.agent, "2026-03-24 08:00", "2026-03-24 14:00")
        self._shift(self.agent_2, "2026-03-24 12:00", "2026-03-24 18:00")
        monday, tuesday, wednesday = self._coverage("2026-03-23", "2026-03-25")
        self.assertEqual(self._gaps(monday), [("03-23 15:00", "03-23 18:00")])
        self.assertEqual((monday["open"], monday["desk"]), (8 * 3600, 6 * 3600))
        self.assertTrue(monday["is_short"])
        self.assertEqual((tuesday["desk"], tuesday["gaps"]), (10 * 3600, []))
        self.assertFalse(tuesday["is_short"])
        self.assertEqual(len(wednesday["gaps"]), 2, "morning and afternoon")

    def test_hours_of_the_company(self):
        """DSK-04: a calendar of 6 hours that is covered is still short of 8."""
        self.team.itsm_calendar_id = self._create_calendar(
            "Short", self.zone, hours=((9, 15),)
        )
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 15:00")
        (monday,) = self._coverage("2026-03-23", "2026-03-23")
        self.assertEqual((monday["gaps"], monday["is_short"]), ([], True))
        self.company.itsm_desk_hours = 6
        (monday,) = self._coverage("2026-03-23", "2026-03-23")
        self.assertFalse(monday["is_short"])

    def test_days_off_and_on_call(self):
        """DSK-04: weekends and holidays are not short; on-call duty is shown apart."""
        self._holiday("2026-03-23 00:00", "2026-03-23 23:59")
        self._shift(self.agent, "2026-03-20 18:00", "2026-03-23 08:00", kind="on_call")
        rows = self._coverage("2026-03-21", "2026-03-23")
        self.assertEqual([row["is_short"] for row in rows], [False] * 3)
        self.assertEqual([row["open"] for row in rows], [0] * 3)
        self.assertEqual([row["on_call"] // 3600 for row in rows], [24, 24, 8])

    def test_leave_covers_nothing(self):
        """DSK-04: somebody who has leave by now leaves a gap, and his shift says so."""
        shift = self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 18:00")
        self._leave(self.agent, "2026-03-23 13:00", "2026-03-23 23:00")
        (monday,) = self._coverage("2026-03-23", "2026-03-23")
        self.assertEqual(self._gaps(monday), [("03-23 13:00", "03-23 18:00")])
        self.assertTrue(shift.is_away)

    def test_days_of_clock_changes(self):
        """DSK-04: on 2026-03-29 the local day has 23 hours."""
        self._shift(self.agent, "2026-03-29 00:00", "2026-03-30 00:00", kind="on_call")
        (sunday,) = self._coverage("2026-03-29", "2026-03-29")
        self.assertEqual(sunday["on_call"], 23 * 3600)

    def test_wizard(self):
        """DSK-04: a lead sees the gaps; agents have no such screen; bad days."""
        self._shift(self.agent, "2026-03-23 09:00", "2026-03-23 12:00")
        wizards = self.env["itsm.shift.coverage"].with_user(self.lead)
        wizard = wizards.create(
            {
                "team_id": self.team.id,
                "date_from": "2026-03-23",
                "date_to": "2026-03-24",
            }
        )
        wizard.action_check()
        self.assertEqual(wizard.short_count, 2)
        self.assertEqual(wizard.line_ids[0].desk_hours, 3)
        self.assertRegex(wizard.line_ids[0].gaps, r"^1:00\sPM–6:00\sPM$")
        wizard.date_to = "2026-03-22"
        with self.assertRaisesRegex(UserError, "not before"):
            wizard.action_check()
        wizard.date_to = "2028-03-22"
        with self.assertRaisesRegex(UserError, "at most 366"):
            wizard.action_check()
        with self.assertRaises(AccessError):
            wizards.with_user(self.agent).create({"team_id": self.team.id})


@tagged("post_install", "-at_install")
class TestPlan(OrganisationCommon):
    """The wizard that makes a roster."""

    def _plan(self, first, last, **vals):
        wizard = (
            self.env["itsm.shift.plan"]
            .with_user(self.lead)
            .create(
                {"team_id": self.team.id, "date_from": first, "date_to": last, **vals}
            )
        )
        action = wizard.action_plan()
        coverage = self.env[action["res_model"]].browse(action["res_id"])
        return coverage, self.shifts.search([("team_id", "=", self.team.id)])

    def test_week(self):
        """DSK-08: working days of the team only; each of three in turn; end of day."""
        early = self._template("Early", (8, 16))
        late = self._template("Late", (12, 20))
        self._holiday("2026-03-25 00:00", "2026-03-25 23:59")
        coverage, shifts = self._plan("2026-03-23", "2026-03-29")
        self.assertEqual(coverage.message, "8 shifts planned.")
        self.assertEqual(
            shifts.filtered(lambda s: s.template_id == early).mapped(
                lambda s: self._wall(s.start)
            ),
            ["03-23 08:00", "03-24 08:00", "03-26 08:00", "03-27 08:00"],
        )
        self.assertEqual(len(shifts.filtered(lambda s: s.template_id == late)), 4)
        hours = {
            user: sum(shifts.filtered(lambda s, u=user: s.user_id == u).mapped("hours"))
            for user in self.team.user_ids
        }
        self.assertEqual(sorted(hours.values()), [16, 24, 24])
        self.assertEqual(coverage.short_count, 0, "08 to 20 covers 09 to 18")
        self.assertEqual(len(coverage.line_ids), 7)

    def test_twice_adds_nothing(self):
        """DSK-08: what is planned stays; a second run fills what is missing only."""
        self._template("Early", (8, 16))
        _coverage, shifts = self._plan("2026-03-23", "2026-03-27")
        self.assertEqual(len(shifts), 5)
        before = shifts.mapped("user_id.id")
        coverage, again = self._plan("2026-03-23", "2026-03-27")
        self.assertEqual(coverage.message, "0 shifts planned.")
        self.assertEqual(again.mapped("user_id.id"), before)
        again[2].unlink()
        coverage, again = self._plan("2026-03-23", "2026-03-27")
        self.assertEqual(coverage.message, "1 shifts planned.")

    def test_people_who_cannot(self):
        """DSK-08: leave and shifts in another team are respected; a lack is told."""
        self.team.user_ids = self.agent | self.agent_2
        self._template("Early", (8, 16), people=2)
        self._leave(self.agent, "2026-03-24 00:00", "2026-03-24 23:59")
        self._shift(
            self.agent_2, "2026-03-25 10:00", "2026-03-25 11:00", team=self.team_2
        )
        coverage, shifts = self._plan("2026-03-23", "2026-03-25")
        self.assertEqual(
            [(self._wall(s.start), s.user_id) for s in shifts.sorted("id")],
            [
                ("03-23 08:00", self.agent),
                ("03-23 08:00", self.agent_2),
                ("03-24 08:00", self.agent_2),
                ("03-25 08:00", self.agent),
            ],
        )
        self.assertEqual(
            coverage.message.splitlines()[1:],
            [
                "2026-03-24, Early: 1 missing. Nobody else is free.",
                "2026-03-25, Early: 1 missing. Nobody else is free.",
            ],
        )

    def test_on_call_of_a_week(self):
        """DSK-04, DSK-08: nights of a week by one person, over the clock change."""
        self._template(
            "Night",
            (18, 8),
            kind="on_call",
            days="week",
            saturday=True,
            sunday=True,
            rotation="week",
        )
        _coverage, shifts = self._plan("2026-03-23", "2026-04-05")
        self.assertEqual(len(shifts), 14)
        weeks = [set(shifts[:7].user_id.ids), set(shifts[7:].user_id.ids)]
        self.assertEqual([len(week) for week in weeks], [1, 1])
        self.assertNotEqual(*weeks)
        saturday = shifts[5]
        self.assertEqual(self._wall(saturday.end), "03-29 08:00")
        self.assertEqual(saturday.hours, 13, "an hour is missing that night")

    def test_make_up_saturday(self):
        """DSK-08: an extra working day of the calendar is planned, too."""
        self.env["itsm.working.day"].create(
            {
                "name": "Make-up",
                "date": "2026-03-28",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "pattern": "0",
            }
        )
        self._template("Early", (8, 16))
        _coverage, shifts = self._plan("2026-03-28", "2026-03-29")
        self.assertEqual(shifts.mapped(lambda s: self._wall(s.start)), ["03-28 08:00"])

    def test_bad_input(self):
        """DSK-08: no kinds of shifts, no days, agents: told what to do."""
        with self.assertRaisesRegex(UserError, "no kinds of shifts"):
            self._plan("2026-03-23", "2026-03-27")
        with self.assertRaisesRegex(ValidationError, "no day of the week"):
            self._template(
                "Never",
                (8, 16),
                days="week",
                monday=False,
                tuesday=False,
                wednesday=False,
                thursday=False,
                friday=False,
            )
        with self.assertRaises(AccessError):
            self.env["itsm.shift.plan"].with_user(self.agent).create(
                {"team_id": self.team.id}
            )
