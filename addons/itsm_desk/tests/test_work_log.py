# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import CheckViolation, ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tests.common import ItsmCommon
from odoo.addons.itsm_base.tools import guard


@tagged("post_install", "-at_install")
@freeze_time("2026-03-23 12:00:00")
class TestWorkLog(ItsmCommon):
    """Who worked how long, and who may know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()
        cls.logs = cls.env["itsm.work.log"]

    def _log(self, user=None, minutes=30, **vals):
        return self.logs.with_user(user or self.agent).create(
            {
                "ticket_id": self.ticket.id,
                "minutes": minutes,
                "note": "Restarted",
                "date": "2026-03-23",
                **vals,
            }
        )

    def test_sum(self):
        """INC-50: the ticket shows the minutes of everybody."""
        self._log()
        self._log(self.agent_2, 45)
        self.assertEqual(self.ticket.with_user(self.agent).work_minutes, 75)

    def test_sum_in_batch(self):
        """INC-50: one query for the sums of any number of tickets."""
        tickets = self._create_tickets(10)
        for ticket in tickets:
            self._log(ticket_id=ticket.id, minutes=10)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(tickets.sudo().mapped("work_minutes"), [10] * 10)

    def test_rows_are_private(self):
        """INC-50, Manners: rows are for oneself, the team leader and the leads."""
        row = self._log()
        domain = [("id", "=", row.id)]
        self.assertTrue(self.logs.with_user(self.agent).search(domain))
        self.assertTrue(self.logs.with_user(self.lead).search(domain))
        self.assertFalse(self.logs.with_user(self.agent_2).search(domain))
        self.team.user_id = self.agent_2
        self.assertTrue(self.logs.with_user(self.agent_2).search(domain))
        for user in (self.portal_user, self.employee):
            with self.assertRaises(AccessError):
                self.logs.with_user(user).search(domain)

    def test_own_work_only(self):
        """INC-50: nobody logs, changes or deletes the work of somebody else."""
        with self.assertRaises(AccessError):
            self._log(user_id=self.agent_2.id)
        self.team.user_id = self.agent_2  # reads it, and no more
        row = self._log()
        for change in (
            {"minutes": 1},
            {"user_id": self.agent_2.id},
            {"note": "Nothing at all"},
        ):
            with self.assertRaises(AccessError):
                row.with_user(self.agent_2).write(change)
        with self.assertRaises(AccessError):
            row.with_user(self.agent_2).unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.agent).user_id = self.agent_2
        row.with_user(self.lead).minutes = 20
        self.assertEqual(row.minutes, 20)

    def test_ticket_out_of_sight(self):
        """INC-50: work on a ticket that one may not see is refused."""
        engineer = self._create_user("work-eng", "itsm_desk.itsm_group_engineer")
        engineer.helpdesk_team_ids = self.team_2
        with self.assertRaises(AccessError):
            self._log(engineer)

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        """INC-50, bad input: no time, more than a day, tomorrow's tomorrow, history."""
        for minutes in (0, -5, 1441):
            with self.subTest(minutes), self.assertRaises(CheckViolation):
                self._log(minutes=minutes).flush_recordset()
        with self.assertRaisesRegex(ValidationError, "future"):
            self._log(date="2026-03-25")
        self._log(minutes=1000)
        with self.assertRaisesRegex(ValidationError, "24 hours"):
            self._log(minutes=441)
        history = guard.with_token(self.env["helpdesk.ticket"]).create(
            self._ticket_vals(is_history=True)
        )
        with self.assertRaisesRegex(UserError, "history"):
            self._log(ticket_id=history.id, date="2026-03-20")

    def test_ticket_is_kept(self):
        """INC-50: a ticket with logged work is not deleted."""
        self._log()
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation):
            self.ticket.with_user(self.manager).unlink()
