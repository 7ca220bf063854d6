# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SlaCommon

HOUR = 60
#: A working day of the shipped service centre calendar, 08:30 to 17:30.
DAY = 9 * HOUR
#: Minutes of response and resolution by priority, most urgent first.
SHIPPED = {
    "default": ((30, 8 * HOUR), (2 * HOUR, 8 * HOUR), (2 * HOUR, 24 * HOUR))
    + ((4 * HOUR, 24 * HOUR),),
    "basic": ((4 * HOUR, 24 * HOUR),) * 4,
    "standard": ((2 * HOUR, 8 * HOUR),) * 4,
    "premium": ((30, 4 * HOUR),) * 4,
    "vip": ((15, 2 * HOUR),) * 4,
    "graded": ((15, 2 * HOUR), (30, 4 * HOUR), (4 * HOUR, 3 * DAY), (DAY, 5 * DAY)),
    "solve": ((None, HOUR), (None, 8 * HOUR), (None, 24 * HOUR), (None, 48 * HOUR)),
    "desk": ((2 * HOUR, None),) * 4,
    "ola": ((30, 4 * HOUR),) * 4,
    "uc": ((2 * HOUR, 8 * HOUR),) * 4,
}
SHIPPED["emergency"] = SHIPPED["default"]
#: What a few of them promise besides, for incidents and requests: minutes.
BESIDES = {
    "desk": {(priority, "update"): 24 * HOUR for priority in "3210"},
    "emergency": {("3", "emergency"): HOUR},
}


@tagged("post_install", "-at_install")
class TestTemplates(SlaCommon):
    """The shipped templates: values typed from the requirements, editable."""

    zone = "Asia/Shanghai"

    def _template(self, name):
        return self.env.ref(f"itsm_sla.itsm_agreement_template_{name}")

    def _promises(self, template):
        return {
            (target.itsm_kind, target.priority, target.metric): target.minutes
            for target in template.target_ids
        }

    def _check(self, name):
        template = self._template(name)
        self.assertTrue(template.is_template)
        self.assertTrue(template.calendar_id)
        expected = {
            (kind, priority, metric): minutes
            for kind in ("incident", "request")
            for priority, row in zip("3210", SHIPPED[name], strict=True)
            for metric, minutes in zip(("response", "resolution"), row, strict=True)
            if minutes
        }
        for (priority, metric), minutes in BESIDES.get(name, {}).items():
            for kind in ("incident", "request"):
                expected[kind, priority, metric] = minutes
        self.assertEqual(self._promises(template), expected)
        # an editable starting point: a change sticks and nothing is in force
        template.target_ids[0].minutes = 7
        self.assertEqual(template.target_ids[0].minutes, 7)
        self.assertEqual(template.state, "draft")
        return template

    def test_service_centre(self):
        """SLM-55, SLM-56, SLM-57, INC-11: response 2 h and 4 h, faults 8 h and 24 h."""
        template = self._check("default")
        hours = template.calendar_id.attendance_ids
        self.assertEqual(set(hours.mapped("dayofweek")), set("01234"))
        self.assertEqual(set(hours.mapped("hour_from")), {8.5})
        self.assertEqual(set(hours.mapped("hour_to")), {17.5})

    def test_tiers(self):
        """SLM-65: 4 h/24 h, 2 h/8 h, 30 min/4 h, 15 min/2 h, availability in words."""
        for name, percent in (
            ("basic", "99 %"),
            ("standard", "99.5 %"),
            ("premium", "99.9 %"),
            ("vip", "99.99 %"),
        ):
            with self.subTest(name):
                self.assertIn(percent, str(self._check(name).clauses))

    def test_graded(self):
        """INC-13: 15 min/2 h, 30 min/4 h, 4 h/3 d, 1 d/5 d."""
        self._check("graded")

    def test_solve(self):
        """INC-14: solution within 1, 8, 24 and 48 hours, around the clock."""
        template = self._check("solve")
        hours = template.calendar_id.attendance_ids
        self.assertEqual(len(hours), 7)
        self.assertEqual(sum(h.hour_to - h.hour_from for h in hours), 168)

    def test_desk(self):
        """SLM-59: reply in 2 h; a solution or progress within 24 h."""
        self._check("desk")

    def test_emergency(self):
        """SLM-61: the emergency response of critical tickets starts within 1 h."""
        template = self._check("emergency")
        hours = template.calendar_id.attendance_ids
        self.assertEqual(sum(h.hour_to - h.hour_from for h in hours), 168)

    def test_chain(self):
        """Design 2: OLA and UC in service hours, promised by team and supplier."""
        for name in ("ola", "uc"):
            template = self._check(name)
            self.assertEqual(template.kind, name)
            self.assertEqual(
                template.calendar_id, self._template("default").calendar_id
            )

    def test_working_day(self):
        """Design 2: requests by 16:00 of the 4th working day, incidents in hours."""
        template = self._template("working_day")
        promises = self._promises(template)
        for priority, (response, resolution) in zip(
            "3210", SHIPPED["default"], strict=True
        ):
            self.assertEqual(promises["incident", priority, "response"], response)
            self.assertEqual(promises["incident", priority, "resolution"], resolution)
            self.assertEqual(promises["request", priority, "response"], 4 * HOUR)
        days = template.target_ids.filtered("days")
        self.assertEqual(set(days.mapped("itsm_kind")), {"request"})
        self.assertEqual(set(days.mapped("metric")), {"resolution"})
        self.assertEqual(set(days.mapped("priority")), set("3210"))
        self.assertEqual(set(days.mapped("days")), {4})
        self.assertEqual(set(days.mapped("day_hour")), {16})

    def test_ids(self):
        """SLM-65: no template is shipped that no test of this file knows."""
        templates = self.env["itsm.agreement"].search([("is_template", "=", True)])
        shipped = {
            xmlid.removeprefix("itsm_sla.itsm_agreement_template_")
            for xmlid in templates.get_external_id().values()
            if xmlid.startswith("itsm_sla.")
        }
        self.assertEqual(shipped, {*SHIPPED, "working_day"})

    def _activate(self, name):
        """An agreement from a template, in force from today on, by the buttons."""
        template = self._template(name).with_user(self.sla_manager)
        action = template.action_new_from_template()
        agreement = self.env["itsm.agreement"].browse(action["res_id"])
        agreement.tz = self.zone
        if agreement.kind == "ola":
            agreement.team_id = self.team
        if agreement.kind == "uc":
            agreement.supplier_id = self.customer_2
        agreement.with_user(self.sla_manager).action_activate()
        return agreement

    def _hours(self, agreement, **vals):
        """Hours promised by clock of a ticket that is reported now."""
        ticket = self._create_ticket(**vals)
        clocks = ticket.clock_ids.filtered(lambda c: c.agreement_id == agreement)
        return {clock.metric: clock.target_seconds / 3600 for clock in clocks}

    def test_clocks(self):
        """SLM-57, SLM-59, SLM-61, SLM-65: each template becomes clocks of a ticket."""
        for name in SHIPPED:
            with self.subTest(name):
                agreement = self._activate(name)
                vals = {
                    "priority": "3",
                    "itsm_kind": "incident",
                    "team_id": self.team.id,
                }
                if name == "uc":
                    vals["supplier_id"] = self.customer_2.id
                response, resolution = SHIPPED[name][0]
                expected = {
                    "response": (response or 0) / 60,
                    "resolution": (resolution or 0) / 60,
                }
                for (priority, metric), minutes in BESIDES.get(name, {}).items():
                    if priority == "3":
                        expected[metric] = minutes / 60
                expected = {
                    metric: hours for metric, hours in expected.items() if hours
                }
                self.assertEqual(self._hours(agreement, **vals), expected)
                agreement.with_user(self.sla_manager).action_terminate()

    def test_clock_of_working_day(self):
        """Design 2: Monday 10:00, 4th working day by 16:00 is Friday 16:00."""
        with self.at("2026-01-01 08:00"):
            agreement = self._activate("working_day")
        with self.at("2026-03-23 10:00"):
            ticket = self._create_ticket(itsm_kind="request", priority="1")
        clocks = {clock.metric: clock for clock in ticket.clock_ids}
        self.assertEqual(clocks["resolution"].agreement_id, agreement)
        self.assertClock(clocks["resolution"], deadline="2026-03-27 16:00")
        self.assertClock(clocks["response"], deadline="2026-03-23 14:00")
