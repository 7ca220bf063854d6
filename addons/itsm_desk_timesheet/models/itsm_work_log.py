# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard

#: What of a row the timesheet repeats.
REPEATED_FIELDS = frozenset({"ticket_id", "user_id", "date", "minutes", "note"})
#: Of these, what decides on which project and whom the work is booked.
PLACE_FIELDS = frozenset({"ticket_id", "user_id"})


class ItsmWorkLog(models.Model):
    """A row is one timesheet where the service names a project (INC-50).

    The ticket counts its rows and the ledger counts the timesheets: the same work is in
    each once. Somebody who is no employee of the company has no timesheet.
    """

    _inherit = "itsm.work.log"

    timesheet_id = fields.Many2one(
        comodel_name="account.analytic.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: value for name, value in vals.items() if name != "timesheet_id"}
            for vals in vals_list
        ]
        # A default of a context is no timesheet of this row either.
        logs = super(ItsmWorkLog, self.with_context(default_timesheet_id=False)).create(
            vals_list
        )
        logs = logs.with_env(self.env)
        logs._make_timesheets()
        return logs

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "timesheet_id"}
        result = super().write(vals)
        if not REPEATED_FIELDS.isdisjoint(vals):
            self._follow_timesheets(moved=not PLACE_FIELDS.isdisjoint(vals))
        return result

    def unlink(self):
        self.check_access("unlink")
        # sudo: who logs work need not be a user of timesheets
        lines = guard.with_token(self.sudo().timesheet_id)
        result = super().unlink()
        lines.unlink()
        return result

    def _make_timesheets(self):  # pylint: disable=missing-return
        """Make the timesheets of rows whose service names a project.

        One creation for each company; the employees are looked up once.
        """
        # sudo: who logs work need not be a user of timesheets
        logs = self.sudo()
        employees = self._employees()
        for company, mine in logs.grouped("company_id").items():
            booked, vals_list = logs.browse(), []
            for log in mine:
                vals = log._timesheet_vals(employees)
                if vals:
                    booked |= log
                    vals_list.append(vals)
            if vals_list:
                # sudo: booked for whoever works, with or without timesheets
                lines = self.env["account.analytic.line"].sudo().with_company(company)
                made = guard.with_token(lines).create(vals_list)
                for log, line in zip(booked, made, strict=True):
                    # pylint: disable-next=super-method-mismatch
                    super(ItsmWorkLog, log).write({"timesheet_id": line.id})

    def _follow_timesheets(self, moved):
        """Make the timesheets say again what the rows say.

        What is booked stays booked, also when the project was closed or the employee
        has left since then: a corrected note takes no hours out of the ledger.

        :param bool moved: the work is of another ticket or person now
        """
        logs = self.sudo()  # sudo: as above
        employees = self._employees()
        missing = logs.browse()
        for log in logs:
            vals = log._timesheet_vals(employees)
            line = guard.with_token(log.timesheet_id)
            if line and vals:
                line.write(vals)
            elif line and moved:
                line.unlink()
            elif line:
                line.write(log._timesheet_amount(line.product_uom_id))
            elif vals:
                missing |= log
        missing.with_env(self.env)._make_timesheets()

    def _employees(self):
        """The employee of each user in each company, in one query.

        :return: dict of (user id, company id) to ``hr.employee``
        """
        # sudo: who is an employee is no secret of the timesheet
        found = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.sudo().user_id.ids),  # sudo: as above
                    ("company_id", "in", self.sudo().company_id.ids),  # sudo: as above
                ]
            )
        )
        return {(e.user_id.id, e.company_id.id): e for e in found}

    def _timesheet_vals(self, employees):
        """Values of the timesheet; None if there is to be none.

        :param dict employees: see ``_employees``
        """
        self.ensure_one()
        project = self.service_id._itsm_timesheet_project()
        employee = employees.get((self.user_id.id, self.company_id.id))
        if not project or not employee:
            return None
        if project.company_id and project.company_id != self.company_id:
            return None
        unit = self.company_id.project_time_mode_id or self._hours()
        return {
            "project_id": project.id,
            "employee_id": employee.id,
            "product_uom_id": unit.id,
            **self._timesheet_amount(unit),
        }

    def _timesheet_amount(self, unit):
        """What was done, when and how long, in the unit of a timesheet.

        :param unit: ``uom.uom``
        """
        self.ensure_one()
        return {
            "name": self._timesheet_name(),
            "date": self.date,
            "unit_amount": self._hours()._compute_quantity(
                self.minutes / 60, unit, round=False
            ),
        }

    def _timesheet_name(self):
        """Number of the ticket and what was done; that stays with a restricted one's
        readers (SEC-05): timesheets are read by others."""
        self.ensure_one()
        if self.ticket_id.restriction:
            return self.ticket_id.number
        return f"{self.ticket_id.number}: {self.note}"

    @api.model
    def _hours(self):
        return self.env.ref("uom.product_uom_hour")
