# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.tests import tagged

from .common import HOUR, PARIS, SHANGHAI, SlaCommon


@tagged("post_install", "-at_install")
class TestVectorsZones(SlaCommon):
    """Vector 9: the agreement's zone and the nights when the clocks change.

    Expected times are UTC, worked out by hand.
    """

    def _resolution(self, ticket):
        return self._clocks(ticket, "resolution")

    def test_09_spring_night_around_the_clock(self):
        """SLM-37, CAL-08, vector 9: 8 hours elapse in the night that has 23."""
        self._create_agreement(
            {"2": (0, 480)}, calendar_id=self.calendar_24x7.id, tz=PARIS
        )
        # Saturday 22:00 is 21:00 UTC; eight hours later it is 05:00 UTC, 07:00 in Paris
        clock = self._resolution(self._report("2026-03-28 22:00"))
        self.assertEqual(clock.started_at, datetime(2026, 3, 28, 21, 0))
        self.assertEqual(clock.deadline, datetime(2026, 3, 29, 5, 0))
        self.assertEqual(self.utc("2026-03-29 07:00"), clock.deadline)

    def test_09_autumn_night_around_the_clock(self):
        """SLM-37, CAL-08, vector 9: 8 hours elapse in the night that has 25."""
        self._create_agreement(
            {"2": (0, 480)}, calendar_id=self.calendar_24x7.id, tz=PARIS
        )
        # Saturday 22:00 is 20:00 UTC (summer); 04:00 UTC is 05:00 in Paris (winter)
        clock = self._resolution(self._report("2026-10-24 22:00"))
        self.assertEqual(clock.deadline, datetime(2026, 10, 25, 4, 0))
        self.assertEqual(self.utc("2026-10-25 05:00"), clock.deadline)

    def test_09_pause_over_the_spring_night(self):
        """SLM-37, vector 9: a clock that is paused over the night loses no hour."""
        self._create_agreement(
            {"2": (0, 480)}, calendar_id=self.calendar_24x7.id, tz=PARIS
        )
        ticket = self._report("2026-03-28 22:00")
        self._move("2026-03-28 23:00", ticket, "paused")
        self._move("2026-03-29 06:00", ticket, "open")
        # 1 h used; 7 h left from 04:00 UTC
        self.assertEqual(self._resolution(ticket).used_seconds, HOUR)
        self.assertEqual(
            self._resolution(ticket).deadline, datetime(2026, 3, 29, 11, 0)
        )

    def test_09_office_over_the_weekend(self):
        """SLM-37, CAL-07, vector 9: Friday 17:00 in winter, Monday in summer time."""
        self._create_agreement()
        clock = self._resolution(self._report("2026-03-27 17:00"))
        # Friday 16-17 UTC is 1 h; Monday 07-10 UTC the other 3: exactly closing time
        self.assertEqual(clock.started_at, datetime(2026, 3, 27, 16, 0))
        self.assertEqual(clock.deadline, datetime(2026, 3, 30, 10, 0))

    def test_09_zone_of_the_agreement(self):
        """CAL-09, vector 9: the same hours are read in the customer's zone."""
        self._create_agreement(partner_id=self.customer.id, tz=PARIS)
        self._create_agreement(partner_id=self.customer_2.id, tz=SHANGHAI)
        # 09:30 in Paris is 16:30 in Shanghai, 08:30 UTC
        paris = self._report("2026-03-23 09:30")
        china = self._report("2026-03-23 09:30", partner_id=self.customer_2.id)
        # 09:30-12 is 2.5 h, 13-14:30
        self.assertEqual(
            self._resolution(paris).deadline, self.utc("2026-03-23 14:30", PARIS)
        )
        # 16:30-18 is 1.5 h, Tuesday 09-11:30
        self.assertEqual(
            self._resolution(china).deadline, self.utc("2026-03-24 11:30", SHANGHAI)
        )
        self.assertEqual(self._resolution(china).tz, SHANGHAI)

    def test_service_centre(self):
        """CAL-07, SLM-56: Friday 17:00 with a target of 2 h: Monday 10:00.

        Without a break, 08:30-17:30: half an hour on Friday, 1.5 h from Monday 08:30.
        """
        calendar = self.env.ref("itsm_sla.resource_calendar_service_centre")
        self._create_agreement({"2": (120, 480)}, calendar_id=calendar.id)
        ticket = self._report("2026-03-27 17:00")
        self.assertClock(self._clocks(ticket, "response"), deadline="2026-03-30 10:00")

    def test_weekend_counts_around_the_clock(self):
        """CAL-08: an agreement around the clock counts weekends."""
        self._create_agreement({"2": (0, 2880)}, calendar_id=self.calendar_24x7.id)
        ticket = self._report("2026-03-20 17:00")
        self.assertClock(self._resolution(ticket), deadline="2026-03-22 17:00")

    def test_make_up_day_and_holiday(self):
        """Design 1, CAL-07: a Saturday that is worked, a holiday that is not."""
        self.env["itsm.working.day"].create(
            {"name": "Make-up day", "date": "2026-03-21", "pattern": "0"}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": self.utc("2026-03-23 00:00"),
                "date_to": self.utc("2026-03-23 23:59:59"),
            }
        )
        self._create_agreement({"2": (0, 600)})
        ticket = self._report("2026-03-20 17:00")
        # Friday 1 h, Saturday 8 h, Monday is off, Tuesday 09-10
        self.assertClock(self._resolution(ticket), deadline="2026-03-24 10:00")
