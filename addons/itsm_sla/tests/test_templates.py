# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import TransactionCase, tagged

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
}


@tagged("post_install", "-at_install")
class TestTemplates(TransactionCase):
    """The shipped templates: values typed from the requirements, editable."""

    def _check(self, name):
        template = self.env.ref(f"itsm_sla.itsm_agreement_template_{name}")
        self.assertTrue(template.is_template)
        self.assertTrue(template.calendar_id)
        found = {
            (target.itsm_kind, target.priority, target.metric): target.minutes
            for target in template.target_ids
        }
        expected = {
            (kind, priority, metric): minutes
            for kind in ("incident", "request")
            for priority, row in zip("3210", SHIPPED[name], strict=True)
            for metric, minutes in zip(("response", "resolution"), row, strict=True)
            if minutes
        }
        self.assertEqual(found, expected)
        # an editable starting point: a change sticks and nothing is in force
        template.target_ids[0].minutes = 7
        self.assertEqual(template.target_ids[0].minutes, 7)
        self.assertEqual(template.state, "draft")
        return template

    def test_service_centre(self):
        """SLM-55, SLM-56, INC-11: response 2 h and 4 h, faults 8 h and 24 h."""
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
