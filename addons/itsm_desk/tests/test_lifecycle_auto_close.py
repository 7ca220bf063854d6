# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_desk.models import helpdesk_ticket_auto_close as auto_close
from odoo.addons.itsm_desk.tools.working_days import end_of_working_day
from odoo.addons.itsm_sla.tests.common import PARIS

from .lifecycle_common import LifecycleCommon

FRIDAY = "2026-03-20 16:00"
MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestLifecycleAutoClose(LifecycleCommon):
    """INC-22: without a word of the requester a ticket closes after n working days."""

    def _run(self, wall):
        """Run the scheduled action as the server does, at a wall clock time."""
        with self.at(wall), self.enter_registry_test_mode():
            self.env.ref("itsm_desk.ir_cron_itsm_auto_close").method_direct_trigger()
        self.env.invalidate_all()

    def _resolved(self, wall=FRIDAY, **vals):
        ticket = self._open("2026-03-20 10:00", **vals)
        self._resolve(wall, ticket)
        return ticket

    def _closes(self, ticket, wall):
        self.assertEqual(ticket.auto_close_at, self.utc(wall))

    # === Which day ===

    def test_working_days(self):
        """INC-22: Friday and five working days: the end of the next Friday."""
        ticket = self._resolved()
        self._closes(ticket, "2026-03-28 00:00")
        self.assertEqual(str(ticket._itsm_auto_close_day()), "2026-03-27")

    def test_holidays(self):
        """INC-22: a holiday counts for nothing, a make-up day for one."""
        leaves = self.env["resource.calendar.leaves"]
        leaves.create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self.utc("2026-03-25 00:00"),
                "date_to": self.utc("2026-03-26 23:59:59"),
            }
        )
        # Wednesday and Thursday are off: Mon, Tue, Fri, Mon, Tue
        self._closes(self._resolved(), "2026-04-01 00:00")
        self.env["itsm.working.day"].create(
            {
                "name": "Make-up day",
                "date": "2026-03-28",
                "company_id": self.company.id,
                "pattern": "0",
            }
        )
        # Mon, Tue, Fri, Sat, Mon; that night has 24 hours, summer time began before
        self._closes(self._resolved(), "2026-03-31 00:00")

    def test_weekend(self):
        """INC-22: solved on a Saturday: Monday to Friday are five working days."""
        self._closes(self._resolved("2026-03-21 12:00"), "2026-03-28 00:00")
        self.company.itsm_auto_close_days = 1
        self._closes(self._resolved("2026-03-22 23:30"), "2026-03-24 00:00")

    def test_after_hours(self):
        """INC-22: solved on Friday evening: Monday is the first working day after it,
        as if it had been solved in the afternoon."""
        self.company.itsm_auto_close_days = 1
        self._closes(self._resolved("2026-03-20 19:00"), "2026-03-24 00:00")

    def test_zero_days(self):
        """0 days: only a person closes; and no company waits a negative time."""
        self.company.itsm_auto_close_days = 0
        self.assertFalse(self._resolved().auto_close_at)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self.company.itsm_auto_close_days = -1
                self.env.flush_all()

    def test_no_working_time(self):
        """A company whose hours have no working time closes nothing by itself."""
        self.company.resource_calendar_id = self._create_calendar("Never", PARIS, ())
        self.assertFalse(self._resolved().auto_close_at)

    def test_end_of_day(self):
        """The tool by itself: day 0, and a night on which the clock changes."""
        line = self.calendar._itsm_timeline()
        self.assertEqual(
            end_of_working_day(line, self.utc(MON), 0), self.utc("2026-03-24 00:00")
        )
        self.assertEqual(
            end_of_working_day(line, self.utc("2026-03-27 10:00"), 1),
            self.utc("2026-03-31 00:00"),
        )

    # === Closing ===

    def test_closes(self):
        """INC-22: closed when the time has come, not before; told and said how."""
        ticket = self._resolved()
        self._run("2026-03-27 23:30")
        self.assertEqual(ticket.itsm_state, "resolved")
        self._run("2026-03-28 00:30")
        self.assertEqual(ticket.stage_id, self.stage_closed)
        self.assertEqual(ticket.confirmation, "automatic")
        self.assertFalse(ticket.confirmed_partner_id)
        self.assertFalse(ticket.auto_close_at)
        self.assertEqual(
            self._told("ticket_closed", ticket),
            [(ticket.id, self.requester.id, "sent", "at_once")],
        )

    def test_rules_do_not_stop_it(self):
        """The system is not asked for what people forgot."""
        ticket = self._resolved()
        ticket.solution = False
        self._set_mode("close_solution", "block")
        self._set_mode("close_confirmation", "block")
        self._run("2026-03-28 00:30")
        self.assertEqual(ticket.itsm_state, "closed")

    def test_not_touched(self):
        """Design “Manners”: history, old tickets, reopened ones and duplicates stay."""
        history = self._history_ticket(stage_id=self.stage_resolved.id)
        old = self._resolved()
        old._itsm_write_derived({old.id: {"auto_close_at": False}})
        reopened = self._resolved()
        with self.at(MON):
            reopened.with_user(self.agent)._itsm_reopen("No")
        tickets = history | old | reopened
        self._run("2026-06-01 10:00")
        self.assertEqual(tickets.mapped("itsm_state"), ["resolved", "resolved", "open"])

    def test_answer_puts_off(self):
        """A requester who answers is read first: the days count anew."""
        ticket = self._resolved()
        with self.at("2026-03-26 10:00"):
            ticket.with_user(self.portal_user).message_post(
                body="I will look at it next week",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._closes(ticket, "2026-04-03 00:00")
        self._reply("2026-03-26 11:00", ticket)
        self._closes(ticket, "2026-04-03 00:00")

    def test_holiday_entered_later(self):
        """A holiday entered meanwhile moves the day when the ticket is looked at."""
        ticket = self._resolved()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self.utc("2026-03-27 00:00"),
                "date_to": self.utc("2026-03-27 23:59:59"),
            }
        )
        self._run("2026-03-28 00:30")
        self.assertEqual(ticket.itsm_state, "resolved")
        self._closes(ticket, "2026-03-31 00:00")
        self._run("2026-03-31 00:30")
        self.assertEqual(ticket.itsm_state, "closed")

    def test_batches(self):
        """Scheduled in slices; all is done in the end."""
        tickets = self.env["helpdesk.ticket"]
        for _n in range(5):
            tickets |= self._resolved()
        with patch.object(auto_close, "CLOSED_AT_ONCE", 2):
            self._run("2026-03-28 00:30")
        self.assertEqual(set(tickets.mapped("itsm_state")), {"closed"})

    def test_one_fails(self):
        """One that cannot be closed stops no other and is tried a day later."""
        good, bad = self._resolved(), self._resolved(name="Bad")
        confirm = type(self.env["helpdesk.ticket"])._itsm_confirm

        def fails(tickets, *args):
            if bad in tickets:
                raise ValidationError("Something of the company")  # pylint: disable=translation-required
            return confirm(tickets, *args)

        with (
            patch.object(type(good), "_itsm_confirm", fails),
            mute_logger(auto_close.__name__),
        ):
            self._run("2026-03-28 00:30")
        self.assertEqual(good.itsm_state, "closed")
        self.assertEqual(bad.itsm_state, "resolved")
        self._closes(bad, "2026-03-29 00:30")
        self.assertIn("Something of the company", bad.message_ids[0].body)

    def test_two_companies(self):
        """Each company has its own days and hours."""
        other = self.env["res.company"].create(
            {"name": "Other", "itsm_auto_close_days": 1}
        )
        other.resource_calendar_id = self.calendar_24x7
        ticket = self._resolved()
        theirs = self._create_ticket(company_id=other.id, team_id=False)
        with self.at(FRIDAY):
            theirs._itsm_resolve()
        zone = self.calendar_24x7.tz
        self.assertEqual(theirs.auto_close_at, self.utc("2026-03-22 00:00", zone))
        self._closes(ticket, "2026-03-28 00:00")
