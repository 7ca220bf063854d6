# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .duty_common import LOGGER, DutyCommon


@tagged("post_install", "-at_install")
class TestDutyMake(DutyCommon):
    """Design 7: duties are made once for each period."""

    # === What is made ===

    @freeze_time("2026-04-01 01:00:00")
    def test_facts(self):
        """CAL-10: owner, due day, state, period; an activity and no mail.

        April in Shanghai begins on 31 March at 16:00 UTC; 10 April 2026 is a Friday.
        """
        mails = self.env["mail.mail"].search_count([])
        definition = self._definition(
            "2026-04-01",
            name="Monthly report",
            evidence_required=True,
            checklist="<ul><li>Counted</li></ul>",
        )
        self.assertEqual(self._generate(), 1)
        duty = self._made(definition)
        self.assertRecordValues(
            duty,
            [
                {
                    "company_id": self.company.id,
                    "role_id": self.role.id,
                    "user_id": self.agent.id,  # the first holder
                    "period": "month",
                    "period_start": date(2026, 3, 1),
                    "period_end": date(2026, 3, 31),
                    "work_start": date(2026, 4, 1),
                    "due_date": date(2026, 4, 10),
                    "due_at": datetime(2026, 4, 10, 16),
                    "state": "open",
                    "status": "open",
                    "display_name": "Monthly report – 2026-03",
                    "evidence_required": True,
                    "done_at": False,
                }
            ],
        )
        self.assertIn("Counted", duty.checklist)
        self.assertRecordValues(
            duty.activity_ids,
            [
                {
                    "user_id": self.agent.id,
                    "date_deadline": date(2026, 4, 10),
                    "summary": "Monthly report – 2026-03",
                    "automated": True,
                }
            ],
        )
        self._flush_tracking()
        self.assertFalse(duty.message_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_begins_with_local_midnight(self):
        """CAL-10: made when the period begins where the company is."""
        definition = self._definition("2026-04-01")
        with freeze_time("2026-03-31 15:59:59"):
            self.assertEqual(self._generate(), 0)
        with freeze_time("2026-03-31 16:00:00"):
            self.assertEqual(self._generate(), 1)
            self.assertEqual(self._generate(), 0)
        self.assertEqual(len(self._made(definition)), 1)

    def test_nothing_in_the_past(self):
        """Manners, history is silent: what is switched on begins with a new period."""
        with freeze_time("2026-03-10 01:00:00"):
            definition = self._definition("2026-03-10", active=False)
        with freeze_time("2026-11-21 01:00:00"):
            definition.action_unarchive()
            self.assertEqual(definition.scope_ids.date_from, date(2026, 11, 21))
            self.assertEqual(self._generate(), 0)
        with freeze_time("2026-12-01 01:00:00"):
            self.assertEqual(self._generate(), 1)
        self.assertEqual(self._due(definition), [("2026-11", "2026-12-10")])

    def test_switched_off_for_a_while(self):
        """Manners: what was switched off meanwhile is not asked for afterwards."""
        definition = self._definition("2026-01-01")
        with freeze_time("2026-02-01 01:00:00"):
            self._generate()
            definition.action_archive()
        with freeze_time("2026-06-15 01:00:00"):
            self.assertEqual(self._generate(), 0)
            definition.action_unarchive()
            self.assertEqual(self._generate(), 0)
        with freeze_time("2026-07-01 01:00:00"):
            self._generate()
        self.assertEqual(
            [label for label, _due in self._due(definition)],
            ["2025-12", "2026-01", "2026-06"],
        )

    def test_shipped(self):
        """Manners: shipped definitions are switched off and hold nowhere."""
        # The demo company has switched on two others.
        for name in (
            "kpi_review",
            "action_review",
            "catalogue_review",
            "process_review",
        ):
            definition = self.env.ref(f"itsm_base.itsm_duty_definition_{name}")
            self.assertFalse(definition.active)
            self.assertFalse(definition.scope_ids)
            self.assertFalse(self._made(definition))
        definition.action_unarchive()
        self.assertEqual(definition.scope_ids.company_id, self.env.companies)

    def test_catch_up(self):
        """CAL-10: after a stop of any length, in slices, without mails."""
        definition = self._definition("2024-01-01", period="week")
        mails = self.env["mail.mail"].search_count([])
        with freeze_time("2026-01-01 01:00:00"):
            # 1 January 2024 is a Monday: 105 Mondays up to 29 December 2025
            self.assertEqual(self._generate(limit=40), 105)
            self.assertEqual(self._generate(limit=40), 0)
        self.assertEqual(len(self._made(definition)), 105)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(len(self._made(definition).activity_ids), 105)

    def test_cron(self):
        """CAL-10: the scheduled action makes them and ends."""
        definition = self._definition("2026-01-01")
        cron = self.env.ref("itsm_base.ir_cron_itsm_duty")
        self.env.flush_all()
        with freeze_time("2026-03-05 01:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(
            self._due(definition),
            [
                ("2025-12", "2026-01-12"),  # 10 January 2026 is a Saturday
                ("2026-01", "2026-02-10"),
                ("2026-02", "2026-03-10"),
            ],
        )

    def test_unique(self):
        """CAL-10: the database refuses a second duty of the same period."""
        definition = self._definition("2026-03-01")
        with freeze_time("2026-03-05 01:00:00"):
            self._generate()
        row = self._made(definition)
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                SQL(
                    """INSERT INTO itsm_duty (definition_id, company_id, period,
                              period_start, period_end, work_start, due_date, due_at,
                              state)
                       SELECT definition_id, company_id, period, period_start,
                              period_end, work_start, due_date, due_at, state
                         FROM itsm_duty WHERE id = %s""",
                    row.id,
                )
            )

    def test_earlier_first_day(self):
        """CAL-10: an earlier first day adds what was before it, nothing twice."""
        definition = self._definition("2026-03-01")
        with freeze_time("2026-04-05 01:00:00"):
            self.assertEqual(self._generate(), 2)
            definition.scope_ids.date_from = date(2026, 2, 1)
            self.assertEqual(self._generate(), 1)
            self.assertEqual(self._generate(), 0)
        self.assertEqual(
            [label for label, _due in self._due(definition)],
            ["2026-01", "2026-02", "2026-03"],
        )

    # === Settings ===

    def _due_of(self, work_day, **vals):
        """Due day of the only duty of a definition that begins on a day."""
        definition = self._definition(work_day, **vals)
        with freeze_time(f"{work_day} 04:00:00"):
            self._generate()
        (pair,) = self._due(definition)
        definition.active = False
        return pair

    def test_company_rules(self):
        """CAL-01 to CAL-04: by the 10th, 10th, 15th and 20th of January.

        2 April, 1 July and 1 January 2027 were no weekends; days are those of the
        requirement lines where these fall on a working day.
        """
        for work_day, period, expected in (
            ("2026-03-01", "month", ("2026-02", "2026-03-10")),
            ("2026-04-01", "quarter", ("2026 Q1", "2026-04-10")),
            ("2026-07-01", "half", ("2026 H1", "2026-07-15")),
            ("2026-01-01", "year", ("2025", "2026-01-20")),
            ("2026-04-06", "week", ("2026-W15", "2026-04-10")),
            ("2026-04-06", "day", ("2026-04-06", "2026-04-06")),
        ):
            with self.subTest(period=period):
                self.assertEqual(self._due_of(work_day, period=period), expected)

    def test_settings(self):
        """CAL-06, A1: each setting of the company, and its default."""
        company = self.company
        defaults = company.default_get(
            [name for name in company._fields if name.startswith("itsm_duty_")]
        )
        self.assertEqual(
            defaults,
            {
                "itsm_duty_month_day": 10,
                "itsm_duty_quarter_day": 10,
                "itsm_duty_half_day": 15,
                "itsm_duty_year_day": 20,
                "itsm_duty_quarter_months": "first",
                "itsm_duty_concerns": "previous",
                "itsm_duty_day_included": True,
                "itsm_duty_holiday_shift": True,
            },
        )
        # 10 May 2026 is a Sunday, 8 May a Friday
        for vals, expected in (
            ({}, ("2026-04", "2026-05-11")),
            ({"itsm_duty_month_day": 8}, ("2026-04", "2026-05-08")),
            ({"itsm_duty_concerns": "current"}, ("2026-05", "2026-05-11")),
            ({"itsm_duty_holiday_shift": False}, ("2026-04", "2026-05-10")),
            # before the 9th: by the 8th
            (
                {"itsm_duty_month_day": 9, "itsm_duty_day_included": False},
                ("2026-04", "2026-05-08"),
            ),
            ({"itsm_duty_month_day": 31}, ("2026-04", "2026-06-01")),
        ):
            with self.subTest(vals=vals), self.cr.savepoint() as savepoint:
                company.write(vals)
                self.assertEqual(self._due_of("2026-05-01"), expected)
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_settings_check(self):
        """CAL-06, bad input: days lie between 1 and 31."""
        for value in (0, 32):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.company.itsm_duty_half_day = value
                self.env.flush_all()
        other = self._company("Other", "UTC")
        with self.assertRaises(ValidationError):
            self.company.itsm_duty_calendar_id = other.itsm_duty_calendar_id

    def test_every_month_of_the_quarter(self):
        """A1: quarterly duties in every month; a change does not make any twice."""
        definition = self._definition("2026-01-01", period="quarter")
        with freeze_time("2026-02-15 04:00:00"):
            self._generate()
            self.company.itsm_duty_quarter_months = "every"
            self.company.itsm_duty_quarter_day = 11
        with freeze_time("2026-06-01 04:00:00"):
            self._generate()
            self.company.itsm_duty_quarter_months = "first"
        with freeze_time("2026-10-01 04:00:00"):
            self._generate()
        self.assertEqual(
            [
                (duty.period_label, duty.due_date.isoformat())
                for duty in self._made(definition).sorted("work_start")
            ],
            [
                ("2025 Q4", "2026-01-12"),  # 11 January 2026 is a Sunday
                ("2026-03", "2026-04-13"),  # a Saturday
                ("2026-04", "2026-05-11"),
                ("2026-05", "2026-06-11"),
                ("2026 Q2", "2026-07-13"),  # a Saturday
                ("2026 Q3", "2026-10-12"),  # a Sunday
            ],
        )

    def test_own_rules(self):
        """A17: a duty may have a due day of its own."""
        for vals, expected in (
            ({"due_rule": "day", "due_day": 5}, ("2026 Q1", "2026-04-06")),
            (
                {"due_rule": "day", "due_day": 5, "due_month": 2},
                ("2026 Q1", "2026-05-05"),
            ),
            (
                {"due_rule": "working_days", "due_working_days": 3},
                ("2026 Q1", "2026-04-03"),
            ),
            ({"concerns": "current"}, ("2026 Q2", "2026-04-10")),
        ):
            with self.subTest(vals=vals):
                self.assertEqual(
                    self._due_of("2026-04-01", period="quarter", **vals), expected
                )
        for vals in ({"due_day": 0}, {"due_day": 32}, {"due_month": 0}):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._definition("2026-01-01", due_rule="day", **vals)
        with self.assertRaises(ValidationError):
            self._definition("2026-01-01", period="week", due_rule="day", due_day=8)

    def test_every_day(self):
        """CAL-05: nothing is asked of days on which nobody works."""
        self._holiday("2026-04-07", "2026-04-07")
        definition = self._definition("2026-04-02", period="day")
        with freeze_time("2026-04-09 04:00:00"):
            self._generate()
        self.assertEqual(
            [label for label, _due in self._due(definition)],
            ["2026-04-02", "2026-04-03", "2026-04-06", "2026-04-08", "2026-04-09"],
        )

    def test_setting_changes_open_duties_only(self):
        """CAL-06: open duties follow, with a note; done and waived ones stay."""
        definition = self._definition("2026-03-01")
        with freeze_time("2026-05-05 04:00:00"):
            self._generate()
        done, waived, still = self._made(definition)
        done.action_done()
        waived.action_waive("Not this time")
        self._flush_tracking()
        notes = still.message_ids
        self.company.itsm_duty_month_day = 20
        self._flush_tracking()
        self.assertEqual(
            (done | waived | still).mapped("due_date"),
            [date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 20)],
        )
        self.assertEqual(still.due_at, datetime(2026, 5, 20, 16))
        self.assertEqual(still.activity_ids.date_deadline, date(2026, 5, 20))
        note = still.message_ids - notes
        self.assertEqual(len(note), 1)
        self.assertIn("05/11/2026", note.body)  # 10 May is a Sunday
        self.assertIn("05/20/2026", note.body)
        # the same again changes nothing and says nothing
        self.company.itsm_duty_month_day = 20
        self.assertEqual(len(still.message_ids - notes), 1)

    def test_settings_page(self):
        """CAL-06: the settings page of the company; open duties follow it."""
        definition = self._definition("2026-05-01")
        with freeze_time("2026-05-05 04:00:00"):
            self._generate()
        self.env["res.config.settings"].create({"itsm_duty_month_day": 20})
        self.assertEqual(self.company.itsm_duty_month_day, 20)
        self.assertEqual(self._made(definition).due_date, date(2026, 5, 20))

    def test_no_company(self):
        """Bad input: a definition that holds nowhere says so, with the remedy."""
        definition = self._definition("2026-05-01")
        self.assertFalse(definition.problem)
        definition.scope_ids.unlink()
        self.assertIn("companies", definition.problem)

    def test_holiday_entered_later(self):
        """CAL-05: a holiday entered meanwhile moves open duties with the next run."""
        definition = self._definition("2026-05-01")
        with freeze_time("2026-05-05 04:00:00"):
            self._generate()
            duty = self._made(definition)
            self.assertEqual(duty.due_date, date(2026, 5, 11))
            self._holiday("2026-05-11", "2026-05-12")
            self.assertEqual(self.duties._recompute_due([]), duty)
        self.assertEqual(duty.due_date, date(2026, 5, 13))

    def test_definition_changes_open_duties(self):
        """CAL-06, A17: a new due rule of the definition holds for its open duties."""
        definition = self._definition("2026-05-01")
        with freeze_time("2026-05-05 04:00:00"):
            self._generate()
        definition.write({"due_rule": "day", "due_day": 21})
        self.assertEqual(self._made(definition).due_date, date(2026, 5, 21))

    # === Companies and zones ===

    def test_two_companies(self):
        """CAL-06: each company has its own holidays, zone and days.

        In Madrid clocks go forward on 29 March 2026: 31 March ends at 22:00 UTC there,
        31 January at 23:00.
        """
        madrid = self._company("Madrid", "Europe/Madrid")
        madrid.itsm_duty_month_day = 31
        self._holiday("2026-02-10", "2026-02-10")
        definition = self._definition("2026-01-01", self.company | madrid)
        with freeze_time("2026-03-01 12:00:00"):
            self.assertEqual(self._generate(), 6)
        here, there = (
            [
                (duty.due_date.isoformat(), duty.due_at.isoformat())
                for duty in self._made(definition).filtered(
                    lambda duty, company=company: duty.company_id == company
                )
            ]
            for company in (self.company, madrid)
        )
        self.assertEqual(
            here,
            [
                ("2026-01-12", "2026-01-12T16:00:00"),
                ("2026-02-11", "2026-02-11T16:00:00"),
                ("2026-03-10", "2026-03-10T16:00:00"),
            ],
        )
        self.assertEqual(
            there,
            [
                ("2026-02-02", "2026-02-02T23:00:00"),  # 31 January is a Saturday
                ("2026-03-02", "2026-03-02T23:00:00"),  # 28 February is a Saturday
                ("2026-03-31", "2026-03-31T22:00:00"),
            ],
        )
        # the second company's role has no holder
        self.assertFalse(
            self._made(definition).filtered(lambda d: d.company_id == madrid).user_id
        )

    def test_leap_year(self):
        """CAL-01: 29 February is a Thursday in 2024."""
        self.company.itsm_duty_month_day = 30
        self.assertEqual(self._due_of("2024-02-01"), ("2024-01", "2024-02-29"))

    def test_without_calendar(self):
        """Issue 4, bad input: a duty without a calendar; others are made, none lost."""
        bare = self._company("Bare", "UTC")
        definition = self._definition("2026-01-01", self.company | bare)
        bare.write({"itsm_duty_calendar_id": False, "resource_calendar_id": False})
        with freeze_time("2026-02-15 04:00:00"):
            self.assertEqual(self._generate(), 2)
            self.assertEqual(self._made(definition).company_id, self.company)
            self.assertIn("Bare", definition.problem)
            self.assertIn("Holidays of", definition.problem)
            action = definition.action_generate()
            self.assertEqual(action["params"]["type"], "warning")
            self.assertIn("Bare", action["params"]["message"])
            bare.itsm_duty_calendar_id = self._office("UTC", bare)
            self.assertFalse(definition.problem)
            self.assertEqual(self._generate(), 2)
        self.assertEqual(len(self._made(definition)), 4)

    def test_calendar_without_hours(self):
        """Issue 4, bad input: hours that say nothing are told with the remedy."""
        empty = self.env["resource.calendar"].create(
            {
                "name": "Empty",
                "company_id": self.company.id,
                "attendance_ids": [Command.clear()],
            }
        )
        definition = self._definition("2026-01-01")
        with freeze_time("2026-02-15 04:00:00"):
            self._generate()
            duties = self._made(definition)
            before = duties.mapped("due_date")
            self.company.itsm_duty_calendar_id = empty
            self.assertIn("Empty", definition.problem)
            # what exists keeps its day
            self.assertEqual(duties.mapped("due_date"), before)
        with freeze_time("2026-03-15 04:00:00"):
            self.assertEqual(self._generate(), 0)

    def test_one_that_fails(self):
        """Design 7: a hook that fails does not stop the others."""
        good = self._definition("2026-01-01")
        bad = self._definition("2026-01-01", subject_model="itsm.service")

        def fail(*_args):
            raise ValueError("no")

        with (
            freeze_time("2026-02-15 04:00:00"),
            patch.object(type(bad), "_duty_subjects", fail),
            mute_logger(LOGGER),
        ):
            scopes = (good | bad).scope_ids.sudo()
            count, remaining, problems = scopes._generate(100)
        self.assertEqual((count, remaining), (2, False))
        self.assertEqual(list(problems), bad.scope_ids.ids)
        with freeze_time("2026-02-15 04:00:00"):
            self._generate()
        self.assertFalse(bad.scope_ids.generated_to is False)

    # === Who ===

    def test_responsible(self):
        """CAL-10: the person, the role's first active holder, or nobody."""
        by_role = self._definition("2026-01-01")
        by_person = self._definition(
            "2026-01-01", responsible="user", user_id=self.lead.id, role_id=False
        )
        vacant = self._definition(
            "2026-01-01",
            role_id=self.env["itsm.role"].create({"name": "V", "code": "v"}).id,
        )
        with freeze_time("2026-01-15 04:00:00"):
            self._generate()
            self.agent.active = False
        with freeze_time("2026-02-15 04:00:00"):
            self._generate()
        self.assertEqual(
            [duty.user_id for duty in self._made(by_role)], [self.agent, self.agent_2]
        )
        self.assertEqual(self._made(by_person).user_id, self.lead)
        made = self._made(by_role) | self._made(by_person) | self._made(vacant)
        unassigned = made.filtered_domain([("user_id", "=", False)])
        self.assertEqual(unassigned, self._made(vacant))
        self.assertFalse(unassigned.activity_ids)

    def test_nobody_named(self):
        """Bad input: a definition that names nobody."""
        for vals in (
            {"role_id": False},
            {"responsible": "user"},
            {"responsible": "subject"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._definition("2026-01-01", **vals)

    def test_one_for_each(self):
        """CAL-10: one duty for each process that was there, for its owner."""
        processes = self.env["itsm.process"]
        processes.search([]).active = False
        old, new = processes.create(
            [
                {"code": "T1", "name": "First", "owner_id": self.lead.id},
                {"code": "T2", "name": "Second"},
            ]
        )
        self.env.flush_all()
        for process, moment in ((old, "2025-06-01"), (new, "2026-06-01")):
            self.cr.execute(
                SQL(
                    "UPDATE itsm_process SET create_date = %s WHERE id = %s",
                    moment,
                    process.id,
                )
            )
        self.env.invalidate_all()
        definition = self._definition(
            "2026-01-01",
            period="year",
            subject_model="itsm.process",
            responsible="subject",
        )
        with freeze_time("2027-02-15 04:00:00"):
            self.assertEqual(self._generate(), 3)
        made = self._made(definition)
        self.assertEqual(made.mapped("period_label"), ["2025", "2026", "2026"])
        self.assertEqual(
            {(duty.period_label, duty.process_id, duty.user_id) for duty in made},
            {
                ("2025", old, self.lead),
                ("2026", old, self.lead),
                ("2026", new, self.agent),  # no owner: the role's holder
            },
        )
        self.assertEqual(made[0].subject_name, old.display_name)
        self.assertEqual(made[0].action_open_subject()["res_id"], old.id)

    def test_subject_in_the_language_of_the_company(self):
        """CAL-10: the scheduled action has no language; the company has one."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        processes = self.env["itsm.process"]
        processes.search([]).active = False
        process = processes.create({"code": "T1", "name": "First"})
        process.with_context(lang="zh_CN").name = "第一"
        self.env.flush_all()
        self.cr.execute(
            SQL(
                "UPDATE itsm_process SET create_date = '2025-06-01' WHERE id = %s",
                process.id,
            )
        )
        self.env.invalidate_all()
        definition = self._definition(
            "2026-01-01", period="year", subject_model="itsm.process"
        )
        scopes = self.env["itsm.duty.scope"].with_context(lang=None)
        with freeze_time("2026-01-15 04:00:00"):
            scopes._of_active()._generate(None)
        self.assertIn("第一", self._made(definition).subject_name)

    def test_process_by_code(self):
        """MS-03: duties of another company belong to its process with that code."""
        madrid = self._company("Madrid", "Europe/Madrid")
        mine, theirs = self.env["itsm.process"].create(
            [
                {"code": "T9", "name": "Mine", "company_id": self.company.id},
                {"code": "T9", "name": "Theirs", "company_id": madrid.id},
            ]
        )
        definition = self._definition(
            "2026-01-01", self.company | madrid, process_id=mine.id
        )
        with freeze_time("2026-01-15 04:00:00"):
            self._generate()
        self.assertEqual(
            {duty.company_id: duty.process_id for duty in self._made(definition)},
            {self.company: mine, madrid: theirs},
        )

    # === Batch ===

    def test_queries(self):
        """design.md Speed: queries do not grow with the number of duties."""

        def queries(number):
            with self.cr.savepoint() as savepoint:
                self._definition("2000-01-01", period="month")
                self.env.flush_all()
                self.env.invalidate_all()
                scopes = self.env["itsm.duty.scope"]._of_active()
                before = self.cr.sql_log_count
                with freeze_time("2020-01-15 04:00:00"):
                    self.assertEqual(scopes._generate(number)[0], number)
                self.env.flush_all()
                result = self.cr.sql_log_count - before
                savepoint.rollback()
            self.env.invalidate_all()
            return result

        queries(10)  # caches of the registry
        # rows are inserted a hundred at a time
        self.assertEqual(queries(10), queries(90))

    def test_queries_many_definitions(self):
        """design.md Speed: neither do they with the number of definitions."""

        def queries(number):
            with self.cr.savepoint() as savepoint:
                for _index in range(number):
                    self._definition("2020-01-01")
                self.env.flush_all()
                self.env.invalidate_all()
                scopes = self.env["itsm.duty.scope"]._of_active()
                before = self.cr.sql_log_count
                with freeze_time("2020-01-15 04:00:00"):
                    self.assertEqual(scopes._generate(None)[0], number)
                self.env.flush_all()
                result = self.cr.sql_log_count - before
                savepoint.rollback()
            self.env.invalidate_all()
            return result

        queries(5)
        self.assertEqual(queries(5), queries(40))

    def test_recompute_queries(self):
        """design.md Speed: following the settings costs the same for many duties."""

        def queries(number):
            with self.cr.savepoint() as savepoint:
                self._definition("2000-01-01", period="quarter")
                with freeze_time("2020-01-15 04:00:00"):
                    self.env["itsm.duty.scope"]._of_active()._generate(number)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.duties._recompute_due([])
                self.env.flush_all()
                result = self.cr.sql_log_count - before
                savepoint.rollback()
            self.env.invalidate_all()
            return result

        queries(10)
        self.assertEqual(queries(10), queries(60))
