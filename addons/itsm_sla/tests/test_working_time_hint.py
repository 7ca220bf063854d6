# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import Form, tagged

from .replay_common import ReplayCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestWorkingTimeHint(ReplayCommon):
    """Vector 17: who edits working time is led to the replay of what it concerns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()
        cls.spare = cls._create_calendar("Spare", cls.zone)

    def setUp(self):
        super().setUp()
        clocks = self.env["itsm.clock"].search([("phase", "in", ("running", "paused"))])
        clocks.with_context().flush_recordset()
        self.env.cr.execute(
            "UPDATE itsm_clock SET phase = 'cancelled' WHERE id = ANY(%s)", [clocks.ids]
        )
        self.env.invalidate_all()
        self.open = self._report(MON) | self._report(MON)
        done = self._report(MON)
        self._move("2026-03-23 11:00", done, "resolved")

    def _count(self, record):
        record.invalidate_recordset(["itsm_open_ticket_count"])
        return record.with_user(self.sla_manager).itsm_open_ticket_count

    def test_calendar(self):
        """Two open tickets, four clocks: two are counted in these hours."""
        self.assertEqual(self._count(self.calendar), 2)
        self.assertEqual(self._count(self.spare), 0)

    def test_holiday(self):
        """Of one working time, of all, and of one person."""
        leaves = self.env["resource.calendar.leaves"]
        vals = {
            "name": "Holiday",
            "date_from": "2026-05-01 00:00:00",
            "date_to": "2026-05-01 22:00:00",
        }
        holiday = leaves.create({**vals, "calendar_id": self.calendar.id})
        everywhere = leaves.create({**vals, "company_id": self.company.id})
        person = leaves.create(
            {
                **vals,
                "calendar_id": self.calendar.id,
                "resource_id": self.env["resource.resource"]
                .create({"name": "One person", "calendar_id": self.calendar.id})
                .id,
            }
        )
        self.assertEqual(self._count(holiday), 2)
        self.assertEqual(self._count(everywhere), 2)
        self.assertEqual(self._count(person), 0)
        self._opens(holiday, "calendar", self.calendar)
        self._opens(everywhere, "all", self.calendar.browse())
        self._opens(holiday | everywhere, "all", self.calendar.browse())

    def test_extra_day(self):
        """An extra working day of one working time, and of all of the company."""
        days = self.env["itsm.working.day"]
        vals = {"name": "Make-up", "date": "2026-05-09", "company_id": self.company.id}
        own = days.create({**vals, "calendar_id": self.spare.id})
        everywhere = days.create(vals)
        self.assertEqual(self._count(own), 0)
        self.assertEqual(self._count(everywhere), 2)
        self._opens(own, "calendar", self.spare)
        self._opens(days, "all", self.calendar.browse())

    def test_import(self):
        """After an import of holidays too."""
        wizard = self.env["itsm.holiday.import"].create(
            {
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "tz": self.zone,
            }
        )
        self.assertEqual(wizard.itsm_open_ticket_count, 2)
        self._opens(wizard, "calendar", self.calendar)

    def _opens(self, record, edited, calendars):
        """The button opens a replay with the choice filled in."""
        action = record.with_user(self.manager).action_replay()
        replays = self.env["itsm.replay"].with_user(self.sla_manager)
        with Form(replays.with_context(**action["context"])) as form:
            form.name = "Edited"
        replay = form.record
        self.assertEqual((replay.edited, replay.calendar_ids), (edited, calendars))

    def test_not_for_everybody(self):
        """Who may not replay is shown neither the number nor the button."""
        for record in (self.calendar, self.env["itsm.working.day"]):
            fields = record.with_user(self.agent).fields_get()
            self.assertNotIn("itsm_open_ticket_count", fields)
        arch = self.calendar.with_user(self.agent).get_view(view_type="form")["arch"]
        self.assertNotIn("action_replay", arch)
