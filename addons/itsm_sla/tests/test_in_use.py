# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestInUse(SlaCommon):
    """What an agreement in force stands on is not pulled away."""

    def test_hours_in_use(self):
        """CAL-07, vector 10: hours of an agreement in force are not taken away."""
        agreement = self._create_agreement()
        ticket = self._report(MON)
        for vals in ({"attendance_ids": [Command.clear()]}, {"active": False}):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, "is in use: clocks of"),
                self.env.cr.savepoint(),
            ):
                self.calendar.write(vals)
                self.env.flush_all()
        self.calendar.invalidate_recordset()
        self.assertTrue(self.calendar.attendance_ids)
        self.assertEqual(self._clocks(ticket).phase, "running")
        # other hours are an edit like any other
        self.calendar.attendance_ids[0].hour_to = 11
        with self.at("2026-03-24 12:00"):
            agreement.with_user(self.sla_manager).action_terminate()
        self.calendar.active = False
        self.assertFalse(self.calendar.active)

    def test_reported_before_the_agreement(self):
        """Design 2, vector 18: an agent cannot take a breach back by an old date."""
        self._create_agreement(date_start="2026-03-23")
        ticket = self._report(MON)
        self._run_scheduler("2026-03-24 18:00")
        breached = self._clocks(ticket).breached_at
        self.assertTrue(breached)
        old = self.utc("2026-03-20 10:00")
        with self.at("2026-03-24 18:00"):
            agent = ticket.with_user(self.agent)
            with self.assertRaisesRegex(AccessError, "would leave its agreement"):
                agent.reported_at = old
            lead = ticket.with_user(self.lead)
            with self.assertRaisesRegex(ValidationError, "Enter why"):
                lead.reported_at = old
            # earlier within the agreement stays free
            agent.reported_at = self.utc("2026-03-23 09:30")
        self.assertTrue(self._clocks(ticket).breached_at)
        with self.at("2026-03-24 18:00"):
            lead.write({"reported_at": old, "reported_reason": "Wrong ticket"})
        self.assertEqual(ticket.agreement_reason, "not_started")
        self.assertEqual(self._clocks(ticket).phase, "cancelled")
