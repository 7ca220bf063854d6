# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .common_maintenance import MaintenanceCommon


@tagged("post_install", "-at_install")
class TestMaintenancePlan(MaintenanceCommon):
    """Plans make work orders (MNT-01 to MNT-03, MNT-06)."""

    def test_order_of_a_month(self):
        """MNT-01: planned for the 10th, made ten days ahead, at 20:00 in Paris, for all
        that is in use of the class and those below it."""
        self._ci("gone", state="dismantled")
        self._ci("other", ci_class=self.class_other, state="use")
        plan = self._plan()
        self.assertEqual(plan.next_on, date(2026, 2, 28))
        order = self._make(plan)
        self.assertEqual(len(order), 1)
        self.assertEqual(order.ci_ids, self.server_1 | self.server_2)
        self.assertEqual(order.planned_start, datetime(2026, 3, 10, 19))
        self.assertEqual(order.planned_end, datetime(2026, 3, 10, 23))
        self.assertEqual(order.due_at, datetime(2026, 3, 10, 23))
        self.assertEqual(order.period_start, date(2026, 3, 1))
        self.assertEqual((order.state, order.user_id), ("planned", self.engineer))
        self.assertEqual(order.activity_ids.user_id, self.engineer)
        self.assertTrue(order.number)
        self.assertEqual(plan.next_on, date(2026, 3, 31))

    def test_once(self):
        """A period has one order, however often it is asked for; a stop is made up."""
        plan = self._plan()
        first = self._make(plan)
        self.assertFalse(self._make(plan))
        plan.made_to = False
        self.assertFalse(self._make(plan))
        self.assertEqual(plan.order_ids, first)
        later = self._make(plan, "2026-06-02 08:00")
        self.assertEqual(
            later.mapped("period_start"),
            [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)],
        )
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            guard.with_token(later[0]).copy({"period_start": "2026-04-01"})

    def test_holiday(self):
        """10 May 2026 is a Sunday: on Monday, or on the Sunday where that is meant."""
        plan = self._plan()
        order = self._make(plan, "2026-05-02 08:00")[-1]
        self.assertEqual(order.planned_start, datetime(2026, 5, 11, 18))
        plan = self._plan(working_days_only=False)
        order = self._make(plan, "2026-05-02 08:00")[-1]
        self.assertEqual(order.planned_start, datetime(2026, 5, 10, 18))

    def test_rules_of_days(self):
        """Every other week on Wednesday; the 3rd working day; every day but weekends;
        the 31st of February."""
        plan = self._plan(period="week", every=2, due_day=3, lead_days=0)
        days = self._make(plan, "2026-04-02 08:00").mapped("planned_start")
        # weeks that begin on 2, 16 and 30 March
        self.assertEqual([day.date().day for day in days], [4, 18, 1])
        plan = self._plan(due_rule="working_days", due_working_days=3)
        order = self._make(plan)
        self.assertEqual(order.planned_start.date(), date(2026, 3, 4))
        plan = self._plan(period="day", due_day=1, lead_days=0)
        days = self._make(plan, "2026-03-09 23:30").mapped("planned_start")
        self.assertEqual([d.date().day for d in days], [2, 3, 4, 5, 6, 9, 10])
        plan = self._plan(due_day=31, date_from="2027-02-01", lead_days=0)
        [order] = self._make(plan, "2027-02-28 23:30")
        # the 28th is a Sunday
        self.assertEqual(order.planned_start.date(), date(2027, 3, 1))

    def test_two_zones(self):
        """The same plan in Shanghai: at 20:00 there, its day ends there."""
        company = self.env["res.company"].create({"name": "Shanghai"})
        calendar = self._calendar()
        calendar.write({"tz": "Asia/Shanghai", "company_id": company.id})
        company.resource_calendar_id = calendar
        item = self._ci("far", company_id=company.id, state="use")
        plan = self._plan(**self._people(company))
        order = self._make(plan)
        self.assertEqual(order.ci_ids, item)
        self.assertEqual(order.planned_start, datetime(2026, 3, 10, 12))
        self.assertEqual(order.due_at, datetime(2026, 3, 10, 16))

    def test_nothing_before_it_runs(self):
        """A plan that is switched on makes nothing for the past; stopped, nothing."""
        plan = self._plan(run=False, date_from="2025-01-01")
        self.assertFalse(plan.next_on)
        with freeze_time("2026-03-05 08:00"):
            plan.action_run()
        self.assertEqual(plan.date_from, date(2026, 3, 5))
        self.assertFalse(self._make(plan, "2026-03-05 09:00"))
        order = self._make(plan, "2026-04-05 09:00")
        self.assertEqual(order.period_start, date(2026, 4, 1))
        plan.action_stop()
        self.assertFalse(plan.next_on)

    def test_what_it_is_about(self):
        """MNT-01, MNT-03: chosen ones, a place, a customer; nothing found makes no
        order and says so; a plan about nothing is an order without items."""
        room = self._ci("room", ci_class=self.class_place, state="use")
        rack = self._ci(
            "rack", ci_class=self.class_place, state="use", location_id=room.id
        )
        self.server_1.location_id = rack
        self.server_2.partner_id = self.requester
        plan = self._plan(location_id=room.id)
        self.assertEqual(self._make(plan).ci_ids, self.server_1)
        plan = self._plan(kind="visit", partner_id=self.customer.id, run=False)
        with freeze_time("2026-03-01 12:00"):
            plan.action_run()
        order = self._make(plan)
        self.assertEqual(order.ci_ids, self.server_2)
        self.assertEqual(order.partner_id, self.customer)
        plan = self._plan(class_id=False, ci_ids=[Command.set(room.ids)])
        self.assertEqual(self._make(plan).ci_ids, room)
        plan = self._plan(class_id=self.class_other.id)
        self.assertFalse(self._make(plan))
        self.assertIn("2026-03", plan.message_ids[0].body)
        plan = self._plan(class_id=False)
        order = self._make(plan)
        self.assertFalse(order.ci_ids)
        order.with_user(self.engineer).action_start()
        self.assertEqual(len(order.result_ids), 2)

    def test_visit_needs_customer(self):
        """MNT-03: a plan of visits runs with a customer only."""
        plan = self._plan(kind="visit", run=False)
        with self.assertRaises(ValidationError):
            plan.action_run()

    def test_bad_input(self):
        """Limits the wrong way round, no check list, days that no week has."""
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self._plan(
                    checks=[
                        {
                            "name": "x",
                            "kind": "number",
                            "has_minimum": True,
                            "minimum": 5,
                            "has_maximum": True,
                            "maximum": 1,
                        }
                    ]
                )
        with self.assertRaises(ValidationError):
            self._plan(period="week", due_day=8, run=False)
        plan = self._plan(run=False)
        plan.check_ids.unlink()
        with self.assertRaises(UserError):
            plan.action_run()
        with self.assertRaises(ValidationError):
            self._plan(company_id=False, team_id=False, run=False)

    def test_runs_with_people(self):
        """MNT-01: nothing runs that nobody does or reviews, by the button or by RPC; a
        team without an engineer is enough."""
        plan = self._plan(run=False, team_id=False, user_id=False, reviewer_id=False)
        plan = plan.with_user(self.ci_manager)
        with self.assertRaisesRegex(ValidationError, "engineer.*reviewer"):
            plan.action_run()
        plan.invalidate_recordset()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            plan.write({"state": "running", "user_id": self.engineer.id})
        plan.reviewer_id = self.reviewer
        with self.assertRaisesRegex(ValidationError, "team or engineer"):
            plan.action_run()
        plan.invalidate_recordset()
        plan.team_id = self.team
        plan.action_run()
        self.assertEqual(plan.state, "running")

    def test_people_stay(self):
        """MNT-01: of what runs nobody takes out the last who does or reviews the work;
        another may take his place, or the plan is stopped; a batch is refused whole."""
        plan = self._plan().with_user(self.ci_manager)
        other = self._plan(user_id=False)
        plan.user_id = False  # the team does it
        both = (plan | other).with_user(self.ci_manager)
        for people in (plan, both):
            with (
                self.assertRaisesRegex(UserError, "for nobody.*team or engineer"),
                self.cr.savepoint(),
            ):
                people.team_id = False
            with (
                self.assertRaisesRegex(UserError, "for nobody.*reviewer"),
                self.cr.savepoint(),
            ):
                people.write({"team_id": self.team.id, "reviewer_id": False})
        self.env.invalidate_all()
        self.assertEqual(both.mapped("team_id"), self.team)
        plan.write({"team_id": False, "user_id": self.engineer_2.id})
        plan.reviewer_id = self.engineer
        self.assertEqual(len(self._make(plan)), 1)
        plan.write({"state": "draft", "user_id": False})
        plan.reviewer_id = False
        with self.assertRaises(ValidationError):
            plan.action_run()

    def test_people_never_there(self):
        """MNT-01: a plan that ran before people were asked for is mended step by
        step."""
        plan = self._plan(run=False, team_id=False, user_id=False, reviewer_id=False)
        self.env.cr.execute(
            "UPDATE itsm_ci_maintenance_plan SET state = 'running' WHERE id = %s",
            [plan.id],
        )
        self.env.invalidate_all()
        plan.reviewer_id = self.reviewer
        plan.name = "Renamed"
        plan.team_id = self.team
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.reviewer_id = False

    def test_templates(self):
        """MNT-06: templates of all kinds are shipped and make nothing; a plan is made
        from one, with its check list."""
        templates = self.env["itsm.ci.maintenance.plan"].search(
            [("is_template", "=", True)]
        )
        codes = set(templates.class_id.mapped("code"))
        for code in (
            "network_device",
            "server",
            "storage",
            "hypervisor",
            "application",
            "facility",
            "library",
        ):
            self.assertIn(code, codes)
        self.assertTrue(all(template.check_ids for template in templates))
        self.assertEqual(set(templates.mapped("state")), {"draft"})
        template = self.env.ref("itsm_cmdb.itsm_ci_maintenance_plan_server")
        with self.assertRaises(UserError):
            template.action_run()
        action = template.with_user(self.ci_manager).action_use_template()
        plan = template.browse(action["res_id"])
        self.assertEqual(plan.company_id, self.company)
        self.assertFalse(plan.is_template)
        self.assertEqual(plan.name, f"{template.name} (copy)")
        self.assertEqual(
            plan.check_ids.mapped("name"), template.check_ids.mapped("name")
        )

    def test_patrol(self):
        """MNT-04: the duty of patrols is shipped, switched off."""
        patrol = self.env.ref("itsm_cmdb.itsm_duty_definition_patrol")
        self.assertFalse(patrol.active)
        self.assertEqual(patrol.period, "day")

    def test_queries(self):
        """An order and its check list cost the same for 2 and for 1,000 items."""
        few = self._queries(2)
        many = self._queries(1000)
        self.assertLessEqual(many[0], few[0] + 2)
        self.assertLessEqual(many[1], few[1] + 2)

    def _queries(self, count):
        ci_class = self.env["itsm.ci.class"].create(
            {"name": f"T {count}", "code": f"t_many_{count}"}
        )
        self.env["itsm.ci"].create(
            [self._ci_vals(f"i{i}", ci_class, state="use") for i in range(count)]
        )
        plan = self._plan(class_id=ci_class.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        order = self._make(plan)
        self.env.flush_all()
        made = self.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        order.action_start()
        self.env.flush_all()
        started = self.cr.sql_log_count - before
        self.assertEqual(len(order.result_ids), 2 * count)
        return made, started

    def test_cron(self):
        """The scheduled action makes what is due, whatever is wrong with others."""
        plan = self._plan()
        other = self._plan(working_days_only=True)
        company = self.env["res.company"].create({"name": "No hours"})
        company.resource_calendar_id = False
        bad = self._plan(**self._people(company))
        with freeze_time(self.NOW), self.enter_registry_test_mode():
            self.env.ref(
                "itsm_cmdb.ir_cron_itsm_ci_maintenance"
            ).method_direct_trigger()
        self.assertEqual(len(plan.order_ids), 1)
        self.assertEqual(len(other.order_ids), 1)
        self.assertFalse(bad.order_ids)

    def _cron(self, now):
        with (
            freeze_time(now),
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.itsm_cmdb.models.itsm_ci_maintenance_make"),
        ):
            self.env.ref(
                "itsm_cmdb.ir_cron_itsm_ci_maintenance"
            ).method_direct_trigger()

    def test_cron_tells(self):
        """MNT-01: an engineer who works elsewhere stops the plan; who scheduled it, or
        else the managers of the company, are told once, until orders are made again."""
        _company_2, other = self._company_2()
        plans = plan, mine = self._plan(), self._plan(run=False)
        with freeze_time("2026-03-01 12:00"):
            mine.with_user(self.ci_manager).action_run()
        manager_2 = self._create_user(
            "ci-manager-three", "itsm_cmdb.itsm_group_ci_manager"
        )
        self.engineer.write(
            {
                "company_id": other.company_id.id,
                "company_ids": [Command.set(other.company_id.ids)],
            }
        )
        for day in ("2026-03-02 08:00", "2026-03-03 08:00"):
            self._cron(day)
            for record in plans:
                self.assertFalse(record.order_ids)
                self.assertIn(self.engineer.name, record.problem)
            told = plan.activity_ids.mapped("user_id")
            self.assertLessEqual(self.ci_manager | manager_2, told)
            self.assertNotIn(other, told)
            self.assertEqual(len(plan.activity_ids), len(told))
            self.assertEqual(mine.activity_ids.user_id, self.ci_manager)
            self.assertEqual(len(mine.activity_ids), 1)
            self.assertIn(self.engineer.name, mine.activity_ids.note)
        mine.action_stop()
        self.assertFalse(mine.problem)
        plan.user_id = self.engineer_2
        self._cron("2026-03-04 08:00")
        self.assertEqual(len(plan.order_ids), 1)
        for record in plans:
            self.assertFalse(record.problem)
            self.assertFalse(record.activity_ids)
        with self.assertRaises(UserError):
            plan.with_user(self.ci_manager).problem = "None"

    def test_scheduled_by(self):
        """Who last scheduled a plan is kept by code, and by nobody else."""
        plan = self._plan()
        self.assertFalse(plan.scheduled_by_id)
        mine = plan.with_user(self.ci_manager)
        mine.name = "Renamed"
        self.assertFalse(plan.scheduled_by_id)
        mine.hour_start = 21
        self.assertEqual(plan.scheduled_by_id, self.ci_manager)
        with self.assertRaises(UserError):
            mine.scheduled_by_id = self.engineer
        self.assertFalse(mine.copy({"name": "Other"}).scheduled_by_id - self.ci_manager)

    def test_silent(self):
        """History is silent: no activity for what is loaded."""
        order = guard.silence(self.env["itsm.ci.maintenance.order"]).create(
            {
                "name": "Long ago",
                "planned_start": "2020-01-01 10:00",
                "planned_end": "2020-01-01 12:00",
                "user_id": self.engineer.id,
            }
        )
        self.assertFalse(order.activity_ids)

    def test_access(self):
        """Readers see plans and change none; other companies' are hidden; templates
        belong to who works in all companies."""
        plan = self._plan()
        reader = plan.with_user(self.ci_reader)
        self.assertTrue(reader.name)
        with self.assertRaises(AccessError):
            reader.name = "Mine"
        company, manager = self._company_2()
        foreign = self._plan(**self._people(company))
        found = self.env["itsm.ci.maintenance.plan"].with_user(manager).search([])
        self.assertIn(foreign, found)
        self.assertNotIn(plan, found)
        template = self.env.ref("itsm_cmdb.itsm_ci_maintenance_plan_server")
        with self.assertRaises(AccessError):
            template.with_user(manager).name = "Mine"
        with self.assertRaises(AccessError):
            plan.with_user(self.portal_user).read(["name"])

    def test_kept(self):
        """A plan with orders is archived, not deleted."""
        plan = self._plan()
        self._make(plan)
        with self.assertRaises(UserError):
            plan.unlink()

    def test_year(self):
        """D43: the plan of a year, by plan and month; done, late and foreseen."""
        plan = self._plan(user_id=self.engineer.id)
        order = self._make(plan)
        guard.with_token(order).state = "closed"
        with freeze_time("2026-03-12 08:00"):
            year = self.env["itsm.ci.maintenance.year"].create(
                {"year": 2026, "plan_ids": [Command.set(plan.ids)]}
            )
            [row] = year._rows()
            html = self.env["ir.actions.report"]._render_qweb_html(
                "itsm_cmdb.report_itsm_ci_maintenance_year", year.ids
            )[0]
        months = row["months"]
        self.assertEqual(months[:2], [[], []])
        self.assertEqual(months[2], [(10, "✓")])
        # 10 May and 10 October 2026 are no working days
        self.assertEqual(months[3], [(10, "")])
        self.assertEqual(months[4], [(11, "")])
        self.assertEqual(months[9], [(12, "")])
        self.assertIn("Check of the servers", html.decode())


@tagged("post_install", "-at_install")
class TestMaintenanceOrder(MaintenanceCommon):
    """Work orders are done, reported and reviewed (MNT-02, MNT-07, MNT-08)."""

    def test_check_list(self):
        """MNT-02: one line for each point and item; the limits judge numbers, both
        included; what is changed in the plan later changes nothing."""
        plan = self._plan()
        order = self._begun(plan)
        self.assertEqual(order.state, "progress")
        self.assertEqual(len(order.result_ids), 4)
        self.assertEqual(order.open_count, 4)
        number = order.result_ids.filtered(lambda r: r.kind == "number")[0]
        for value, outcome in (
            ("30", "ok"),
            ("30.01", "nok"),
            ("29,5", "ok"),
            ("-3", "ok"),
        ):
            number.value = value
            self.assertEqual(number.outcome, outcome, value)
        for value in ("warm", "nan"):
            with self.assertRaises(ValidationError):
                number.value = value
        number.invalidate_recordset()
        number.value = "40"
        with self.assertRaises(ValidationError):
            number.outcome = "ok"
        plan.check_ids[1].write({"maximum": 50, "name": "Heat"})
        self.assertEqual((number.name, number.maximum), ("Temperature", 30))

    def test_rest_ok(self):
        """MNT-02: all the rest is OK, in the user's name; what was answered, and what
        is measured, stays. Not after the report, and not by others."""
        order = self._begun()
        checks = order.result_ids.filtered(lambda r: r.kind == "check")
        checks[0].write({"outcome": "nok", "note": "Red lamp."})
        with self.assertRaises(AccessError):
            order.with_user(self.ci_reader).action_rest_ok()
        order.action_rest_ok()
        self.assertEqual(checks.mapped("outcome"), ["nok", "ok"])
        self.assertEqual(checks[1].write_uid, self.engineer)
        self.assertFalse(any((order.result_ids - checks).mapped("outcome")))
        message = order.message_ids[0]
        self.assertIn("1 points", message.body)
        self.assertEqual(message.author_id, self.engineer.partner_id)
        count = len(order.message_ids)
        order.action_rest_ok()
        self.assertEqual(len(order.message_ids), count)
        self._answer(order)
        order.action_report()
        with self.assertRaises(UserError):
            order.action_rest_ok()

    def test_report(self):
        """A report is complete: answers, notes on defects, a conclusion."""
        order = self._begun()
        with freeze_time("2026-03-10 22:00"):
            with self.assertRaisesRegex(UserError, "4 points"):
                order.action_report()
            self._answer(order)
            order.conclusion = "  "
            with self.assertRaisesRegex(UserError, "conclusion"):
                order.action_report()
            order.conclusion = "All well."
            order.result_ids[0].outcome = "nok"
            with self.assertRaisesRegex(UserError, "note"):
                order.action_report()
            order.result_ids[0].note = "Red lamp."
            order.action_report()
        self.assertEqual(order.state, "reported")
        self.assertEqual(order.reported_by_id, self.engineer)
        self.assertEqual(order.done_end, datetime(2026, 3, 10, 22))
        self.assertEqual(order.activity_ids.user_id, self.reviewer)
        with self.assertRaises(UserError):
            order.result_ids[0].outcome = "ok"
        with self.assertRaises(UserError):
            order.conclusion = "Rewritten."
        # not past the record either, as a photo would be
        self.assertFalse(order.result_ids[0].has_access("write"))
        ticket = order.result_ids[0].action_make_incident()["res_id"]
        self.assertEqual(order.result_ids[0].ticket_id.id, ticket)

    def _reported(self):
        order = self._begun()
        with freeze_time("2026-03-10 22:00"):
            self._answer(order)
            order.action_report()
        return order

    def test_review(self):
        """MNT-07: not by who reported; sent back with a reason; then accepted."""
        order = self._reported()
        with self.assertRaises(AccessError):
            order.action_review()
        other = order.with_user(self.reviewer)
        wizard = self.env["itsm.ci.maintenance.reason"].with_user(self.reviewer)
        action = other.action_send_back()
        wizard = wizard.with_context(**action["context"]).create({"reason": "No."})
        wizard.action_confirm()
        self.assertEqual((order.state, order.returned_count), ("progress", 1))
        self.assertIn("No.", order.message_ids[0].body)
        self.assertEqual(order.activity_ids.user_id, self.engineer)
        order.action_report()
        other.action_review()
        self.assertEqual(order.state, "closed")
        self.assertEqual(order.reviewed_by_id, self.reviewer)
        self.assertFalse(order.activity_ids)
        with self.assertRaises(UserError):
            other.action_review()

    def test_not_by_writing(self):
        """MNT-07: no write, copy, default or import says that it was reviewed."""
        order = self._reported()
        for user in (self.engineer, self.ci_manager):
            for vals in (
                {"state": "closed"},
                {"reviewed_by_id": self.reviewer.id},
                {"reported_by_id": self.reviewer.id},
                {"returned_count": 0},
                {"due_at": "2030-01-01"},
                {"number": "MO-1"},
            ):
                with self.assertRaises(UserError):
                    order.with_user(user).write(vals)
        orders = self.env["itsm.ci.maintenance.order"].with_user(self.ci_manager)
        vals = {
            "name": "x",
            "planned_start": "2026-03-10 10:00",
            "planned_end": "2026-03-10 12:00",
        }
        with self.assertRaises(UserError):
            orders.create({**vals, "state": "closed"})
        made = orders.with_context(default_state="closed").create(vals)
        self.assertEqual(made.state, "planned")
        with self.assertRaises(UserError):
            self.env["itsm.ci.maintenance.result"].sudo().create(
                {"order_id": made.id, "name": "x", "kind": "check"}
            )
        result = order.result_ids[0].with_user(self.ci_manager)
        for vals in ({"maximum": 99}, {"ticket_id": False}, {"ci_id": False}):
            with self.assertRaises(UserError):
                result.write(vals)
        with self.assertRaises(AccessError):
            result.unlink()
        with self.assertRaises(UserError):
            order.with_user(self.ci_manager).unlink()

    def test_who_may(self):
        """Engineer and team work on it, others read it; only managers plan."""
        order = self._make(self._plan())
        for user in (self.ci_reader, self.ci_owner):
            with self.assertRaises(AccessError):
                order.with_user(user).action_start()
        mine = order.with_user(self.engineer_2)
        with self.assertRaises(AccessError):
            mine.planned_end = "2026-03-12 20:00"
        with self.assertRaises(AccessError):
            mine._cancel("I do not want to")
        mine.action_take()
        self.assertEqual(order.user_id, self.engineer_2)
        self.assertEqual(order.activity_ids.user_id, self.engineer_2)
        order.with_user(self.ci_manager).planned_end = "2026-03-12 20:00"
        self.assertEqual(order.due_at, datetime(2026, 3, 10, 23))
        mine.action_start()
        with self.assertRaises(UserError):
            order.with_user(self.ci_manager).ci_ids = False
        result = order.result_ids[0].with_user(self.ci_reader)
        with self.assertRaises(AccessError):
            result.outcome = "ok"
        with self.assertRaises(AccessError):
            result.action_ok()

    def test_cancel(self):
        """With a reason, kept, and nobody has to do it any more."""
        order = self._make(self._plan()).with_user(self.ci_manager)
        action = order.action_cancel()
        wizard = self.env["itsm.ci.maintenance.reason"].with_user(self.ci_manager)
        wizard = wizard.with_context(**action["context"])
        with self.assertRaises(UserError):
            wizard.create({"reason": " "}).action_confirm()
        wizard.create({"reason": "Freeze of the year end"}).action_confirm()
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.cancel_reason, "Freeze of the year end")
        self.assertFalse(order.activity_ids)
        with self.assertRaises(UserError):
            order.action_start()

    def test_deleted(self):
        """K70: an order that a plan made, or that is due, is cancelled and not deleted;
        one entered by mistake may go."""
        orders = self.env["itsm.ci.maintenance.order"].with_user(self.ci_manager)
        vals = {
            "name": "By hand",
            "planned_start": "2026-03-10 10:00",
            "planned_end": "2026-03-10 12:00",
        }
        made = self._make(self._plan()).with_user(self.ci_manager)
        due, mistake = orders.create([dict(vals), dict(vals)])
        with freeze_time("2026-03-10 22:59"):
            with self.assertRaisesRegex(UserError, "cancel it instead"):
                made.unlink()
            mistake.unlink()
        with freeze_time("2026-03-10 23:00"), self.assertRaises(UserError):
            due.unlink()
        self.assertFalse(mistake.exists())
        self.assertTrue((made | due).exists())

    def test_due_by_default(self):
        """K70: an end or a company that the context gives has its day too; the day
        itself is nobody's to give. Midnight in Paris is 23:00 UTC."""
        orders = self.env["itsm.ci.maintenance.order"].with_context(
            default_planned_start="2026-03-10 10:00:00",
            default_planned_end="2026-03-10 12:00:00",
            default_due_at="2030-01-01 00:00:00",
        )
        order, later = orders.create(
            [{"name": "x"}, {"name": "y", "planned_end": "2026-03-11 12:00"}]
        )
        self.assertEqual(order.due_at, datetime(2026, 3, 10, 23))
        self.assertEqual(later.due_at, datetime(2026, 3, 11, 23))

    def test_day_in_zone(self):
        """17:00 UTC on the 10th is the 11th in Shanghai: for the activity as well."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        order = self.env["itsm.ci.maintenance.order"].create(
            {
                "name": "Night",
                "planned_start": "2026-03-10 14:00",
                "planned_end": "2026-03-10 17:00",
                "user_id": self.engineer.id,
            }
        )
        self.assertEqual(order.activity_ids.date_deadline, date(2026, 3, 11))
        self.assertEqual(order.due_at, datetime(2026, 3, 11, 16))

    def test_defect_by_hand(self):
        """MNT-08: a defect becomes an incident that names item and work order, once."""
        order = self._begun()
        result = order.result_ids.filtered(lambda r: r.kind == "number")[0]
        with self.assertRaises(UserError):
            result.action_make_incident()
        result.write({"value": "45", "note": "Fan <b>stands</b> still."})
        action = result.action_make_incident()
        ticket = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertEqual(ticket.itsm_kind, "incident")
        self.assertEqual(ticket.ci_ids, result.ci_id)
        self.assertEqual(ticket.team_id, self.team)
        self.assertIn("Temperature", ticket.name)
        self.assertIn("&lt;b&gt;", ticket.description)
        self.assertEqual(ticket.maintenance_result_ids, result)
        self.assertEqual(order.ticket_count, 1)
        action = ticket.with_user(self.engineer).action_view_maintenance()
        self.assertEqual(action["res_id"], order.id)
        with self.assertRaises(UserError):
            result.action_make_incident()

    def test_defect_by_itself(self):
        """MNT-08: where the check list says so, by the report; once, all in one batch;
        that of another company never."""
        order = self._begun(
            self._plan(checks=[{"name": "Lamps", "makes_incident": True}])
        )
        for result in order.result_ids:
            result.write({"outcome": "nok", "note": "Red."})
        order.conclusion = "Two defects."
        order.action_report()
        tickets = order.result_ids.ticket_id
        self.assertEqual(len(tickets), 2)
        self.assertEqual(tickets.ci_ids, self.server_1 | self.server_2)
        order.with_user(self.reviewer)._send_back("Photos are missing.")
        order.action_report()
        self.assertEqual(order.result_ids.ticket_id, tickets)

    def test_paper(self):
        """D43: the inspection report names items, outcome, defects and who signed."""
        order = self._reported()
        order.with_user(self.reviewer).action_review()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("itsm_cmdb.report_itsm_ci_maintenance_order", order.ids)[
                0
            ]
            .decode()
        )
        for text in ("server 1", "Temperature", "All looked at.", self.reviewer.name):
            self.assertIn(text, html)
        signed = order._itsm_form_signatures()
        self.assertEqual(
            [row["name"] for row in signed], [self.engineer.name, self.reviewer.name]
        )
        self.assertFalse(order._itsm_form_data()["is_draft"])

    def test_other_company(self):
        """Orders and results of another company are hidden."""
        order = self._begun()
        _company, manager = self._company_2()
        for model in ("order", "result"):
            records = self.env[f"itsm.ci.maintenance.{model}"].with_user(manager)
            self.assertFalse(records.search([("company_id", "=", self.company.id)]))
        with self.assertRaises(AccessError):
            order.with_user(manager).read(["name"])

    def test_late(self):
        """Late from the end of its day on."""
        order = self._make(self._plan())
        for now, late in (("2026-03-10 22:59", False), ("2026-03-10 23:00", True)):
            with freeze_time(now):
                order.invalidate_recordset(["is_late"])
                self.assertEqual(order.is_late, late)
                found = order.search([("is_late", "=", True)])
                self.assertEqual(order in found, late)
