# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-23 12:00:00")
class TestTimesheet(ItsmCommon):
    """The work log as timesheets (INC-50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project, cls.project_2 = cls.env["project.project"].create(
            [
                {"name": "Mail operations", "allow_timesheets": True},
                {"name": "Shared mailboxes", "allow_timesheets": True},
            ]
        )
        cls.service.timesheet_project_id = cls.project
        cls.employees = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": cls.company.id}
                for user in (cls.agent, cls.agent_2)
            ]
        )
        cls.ticket = cls._create_ticket(service_id=cls.service.id)

    def _log(self, user=None, **vals):
        return (
            self.env["itsm.work.log"]
            .with_user(user or self.agent)
            .create(
                {
                    "ticket_id": self.ticket.id,
                    "minutes": 90,
                    "note": "Moved",
                    "date": "2026-03-23",
                    **vals,
                }
            )
        )

    def test_one_line(self):
        """INC-50: a row is one line of the project, of the employee, in hours."""
        line = self._log().sudo().timesheet_id
        self.assertEqual(len(line), 1)
        self.assertEqual(line.project_id, self.project)
        self.assertEqual(line.employee_id, self.employees[0])
        self.assertAlmostEqual(line.unit_amount, 1.5)
        self.assertEqual(str(line.date), "2026-03-23")

    def test_counted_once(self):
        """INC-50: the ticket counts 90 minutes and the project 1.5 hours, once each."""
        self._log()
        self.assertEqual(self.ticket.work_minutes, 90)
        lines = self.env["account.analytic.line"].search(
            [("project_id", "=", self.project.id)]
        )
        self.assertAlmostEqual(sum(lines.mapped("unit_amount")), 1.5)

    def test_follows(self):
        """INC-50: a changed row changes its line, a deleted one deletes it."""
        log = self._log()
        line = log.sudo().timesheet_id
        log.minutes = 30
        self.assertAlmostEqual(line.unit_amount, 0.5)
        self.assertEqual(log.sudo().timesheet_id, line)
        log.unlink()
        self.assertFalse(line.exists())

    def test_offering(self):
        """INC-50: an offering uses the project of its service, or its own."""
        ticket = self._create_ticket(service_id=self.offering.id)
        log = self._log(ticket_id=ticket.id)
        self.assertEqual(log.sudo().timesheet_id.project_id, self.project)
        self.offering.timesheet_project_id = self.project_2
        log = self._log(ticket_id=ticket.id)
        self.assertEqual(log.sudo().timesheet_id.project_id, self.project_2)

    def test_none(self):
        """INC-50: without a project or an employee the row stands alone."""
        self.assertFalse(self._log(self.lead).sudo().timesheet_id)
        ticket = self._create_ticket()
        self.assertFalse(self._log(ticket_id=ticket.id).sudo().timesheet_id)
        self.project.allow_timesheets = False
        self.assertFalse(self._log().sudo().timesheet_id)

    def test_booked_stays_booked(self):
        """INC-50: who corrects a note after the project was closed, or the employee
        has left, takes no hours out of the ledger; another ticket without a project
        does."""
        for close in (
            lambda: self.project.write({"allow_timesheets": False}),
            lambda: self.employees[0].write({"active": False}),
        ):
            log = self._log()
            line = log.sudo().timesheet_id
            close()
            log.write({"note": "Moved the mailbox", "minutes": 60})
            self.assertEqual(log.sudo().timesheet_id, line)
            self.assertIn("Moved the mailbox", line.name)
            self.assertAlmostEqual(line.unit_amount, 1)
            self.assertEqual(line.project_id, self.project)
            self.assertEqual(line.employee_id, self.employees[0])
            self.project.allow_timesheets = True
        log.ticket_id = self._create_ticket()
        self.assertFalse(line.exists())

    def test_line_is_not_changed_by_itself(self):
        """INC-50: who may edit timesheets cannot make the two differ."""
        line = self._log().sudo().timesheet_id
        group = self.env.ref("hr_timesheet.group_timesheet_manager")
        self.lead.group_ids = [Command.link(group.id)]
        for change in ({"unit_amount": 9}, {"project_id": self.project_2.id}):
            with self.assertRaises(UserError):
                line.with_user(self.lead).write(change)
        with self.assertRaises(UserError):
            line.with_user(self.lead).unlink()
        self.assertAlmostEqual(line.unit_amount, 1.5)

    def test_no_line_of_somebody_else(self):
        """INC-50, bad input: a row cannot be hung on a timesheet that exists."""
        line = self.env["account.analytic.line"].create(
            {
                "name": "Other work",
                "project_id": self.project.id,
                "employee_id": self.employees[1].id,
                "unit_amount": 3,
            }
        )
        log = self._log(timesheet_id=line.id)
        self.assertNotEqual(log.sudo().timesheet_id, line)
        log.write({"timesheet_id": line.id})
        log.unlink()
        self.assertTrue(line.exists())

    def test_restricted_ticket(self):
        """SEC-05: what was done on a restricted ticket does not stand in the timesheet,
        which others read; it does again once the restriction is lifted."""
        officer = self._create_user("ts-officer", "itsm_desk.itsm_group_security")
        line = self._log(note="Changed the password").sudo().timesheet_id
        self.assertIn("Changed", line.name)
        self.ticket.with_user(self.agent).restriction = "security"
        self.assertEqual(line.name, self.ticket.number)
        late = self._log(note="Told the director").sudo().timesheet_id
        self.assertEqual(late.name, self.ticket.number)
        self.ticket.with_user(officer)._itsm_lift_restriction("False alarm")
        self.assertEqual(line.name, f"{self.ticket.number}: Changed the password")
