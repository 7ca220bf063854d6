# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import SHANGHAI, SlaCommon


@tagged("post_install", "-at_install")
class TestVectorsRules(SlaCommon):
    """The acceptance vectors 10 to 18 on real tickets. Monday is 2026-03-23.

    Hours 09-12 and 13-18, resolution within 4 h for priority "2" unless said.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def test_10_calendar_lost_its_hours(self):
        """SLM-37, vector 10: never an error at ticket creation; the ticket says why."""
        self.calendar.attendance_ids.unlink()
        ticket = self._report("2026-03-23 10:00")
        self.assertFalse(ticket.clock_ids)
        self.assertEqual(ticket.agreement_reason, "no_calendar")

    def test_10_no_calendar(self):
        """SLM-37, vector 10: a clear error when the agreement is put in force."""
        draft = self._draft_agreement(partner_id=self.customer.id, calendar_id=False)
        with self.assertRaisesRegex(ValidationError, "Service Hours: choose .* 24×7"):
            draft.action_activate()
        self.assertEqual(draft.state, "draft")

    def test_12_cancelled(self):
        """SLM-37, vector 12: cancelled: no verdict, out of the denominator."""
        ticket = self._report("2026-03-23 10:00")
        self._move("2026-03-23 17:00", ticket, "cancelled")  # late already
        clocks = ticket.clock_ids
        self.assertEqual(clocks.mapped("phase"), ["cancelled", "cancelled"])
        self.assertEqual(clocks.mapped("status"), ["cancelled", "cancelled"])
        report = self.env["itsm.clock.report"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(report.mapped("decided"), [0, 0])
        self.assertEqual(report.mapped("met"), [0, 0])
        self.assertEqual(report.mapped("missed"), [0, 0])

    def test_13_quarter_of_an_hour(self):
        """SLM-37, vector 13: a response target of 15 minutes is exact to the second."""
        # Critical: 15 minutes; over lunch 10 minutes before and 5 after
        for reported, answered, status in (
            ("2026-03-23 10:00", "2026-03-23 10:15:00", "met"),
            ("2026-03-23 10:00", "2026-03-23 10:15:01", "missed"),
            ("2026-03-23 11:50", "2026-03-23 13:05:00", "met"),
            ("2026-03-23 11:50", "2026-03-23 13:05:01", "missed"),
        ):
            with self.subTest(answered=answered):
                ticket = self._report(reported, priority="3")
                self._reply(answered, ticket)
                self.assertClock(
                    self._clocks(ticket, "response"),
                    stopped_at=answered,
                    status=status,
                    overrun_seconds=1 if status == "missed" else 0,
                )

    def test_15_response_by_reply_or_assignment(self):
        """SLM-37, vector 15: what counts as response is the agreement's; time kept."""
        assigned, replied = "2026-03-23 10:10", "2026-03-23 10:20"
        for response_by, answered in (
            ("reply", replied),
            ("assignment", assigned),
            ("either", assigned),
        ):
            with self.subTest(response_by=response_by):
                self._create_agreement(
                    partner_id=self.customer_2.id, response_by=response_by
                )
                ticket = self._report("2026-03-23 10:00", partner_id=self.customer_2.id)
                self._write(assigned, ticket, user_id=self.agent_2.id)
                self._reply(replied, ticket)
                clock = self._clocks(ticket, "response")
                self.assertClock(clock, stopped_at=answered, status="met")
                with self.at("2025-12-31 12:00"):
                    clock.agreement_id.action_terminate()

    def test_18_reported_time(self):
        """SLM-37, vector 18: dated back freely; later only by the lead, on record."""
        ticket = self._report("2026-03-23 10:00")
        clock = self._clocks(ticket)
        earlier, later = self.utc("2026-03-23 09:00"), self.utc("2026-03-23 11:00")
        self._write("2026-03-23 11:30", ticket, reported_at=earlier)
        self.assertClock(clock, started_at="2026-03-23 09:00")
        # 09-12 is 3 h, 13-14 the last one
        self.assertClock(clock, deadline="2026-03-23 14:00")
        with self.assertRaises(AccessError):
            self._write("2026-03-23 11:30", ticket, reported_at=later)
        with self.assertRaises(ValidationError):
            self._write("2026-03-23 11:30", ticket, self.lead, reported_at=later)
        reason = {"reported_at": later, "reported_reason": "Typed on the wrong ticket"}
        self._write("2026-03-23 11:40", ticket, self.lead, **reason)
        self.assertClock(clock, deadline="2026-03-23 16:00")  # 11-12, 13-16
        row = self._log(ticket)[-1]
        self.assertEqual(row.what, "corrected")
        self.assertEqual(row.reported_at, later)
        self.assertEqual(row.user_id, self.lead)
        self.assertEqual(row.note, "Typed on the wrong ticket")
        before = [row["before"] for row in clock.applications if "before" in row]
        self.assertEqual(
            [values["deadline"] for values in before],
            [str(self.utc("2026-03-23 15:00")), str(self.utc("2026-03-23 14:00"))],
        )

    def test_18_due_edited_by_hand(self):
        """SLM-37, vector 18: nobody edits a deadline."""
        ticket = self._report("2026-03-23 10:00")
        later = self.utc("2027-01-01 10:00")
        for user in (self.agent, self.lead, self.sla_manager, self.manager):
            with self.assertRaises(AccessError):
                ticket.with_user(user).write({"clock_deadline": later})
            with self.assertRaises(AccessError):
                ticket.with_user(user).clock_ids.write({"deadline": later})
        with self.assertRaises(AccessError):
            ticket.clock_ids.sudo().write({"deadline": later})


@tagged("post_install", "-at_install")
class TestVectorsRulesShanghai(TestVectorsRules):
    """The same on the other side of the world."""

    zone = SHANGHAI
    allow_inherited_tests_method = True
