# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: The longest day that anybody may log, in minutes.
DAY = 24 * 60


class ItsmWorkLog(models.Model):
    """Time that somebody worked on a ticket (INC-50).

    Where timesheets are installed a row is one line of them (itsm_desk_timesheet). Who
    worked how long is for himself and those who lead him; the ticket shows the sum.
    """

    _name = "itsm.work.log"
    _description = "Work Log"
    _order = "date desc, id desc"
    _rec_name = "note"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    service_id = fields.Many2one(related="ticket_id.service_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    minutes = fields.Integer(required=True, aggregator="sum")
    note = fields.Char(string="Work Done", required=True)

    _minutes_positive = models.Constraint(
        "CHECK(minutes > 0 AND minutes <= 1440)",
        "Work log: enter between 1 and 1440 minutes (a day).",
    )

    # === Constraints ===

    @api.constrains("date")
    def _check_date(self):
        # a day more: it may be tomorrow already where the work was done
        latest = fields.Date.today() + timedelta(days=1)
        for log in self:
            if log.date > latest:
                raise ValidationError(
                    self.env._(
                        "Work log of %(ticket)s: work cannot be logged in the future. "
                        "Enter the day on which it was done.",
                        ticket=log.ticket_id.display_name,
                    )
                )

    @api.constrains("user_id", "date", "minutes")
    def _check_day(self):
        rows = self.env["itsm.work.log"].sudo()  # sudo: the whole day counts
        total = rows._read_group(
            [
                ("user_id", "in", self.user_id.ids),
                ("date", "in", list(set(self.mapped("date")))),
            ],
            ["user_id", "date:day"],
            ["minutes:sum"],
        )
        for user, day, minutes in total:
            if minutes > DAY:
                raise ValidationError(
                    self.env._(
                        "%(user)s would have worked more than 24 hours on %(day)s. "
                        "Correct the minutes or the date.",
                        user=user.display_name,
                        day=fields.Date.to_string(day),
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        logs._check_own()
        logs._check_tickets()
        return logs

    def write(self, vals):
        self._check_own()
        result = super().write(vals)
        if "user_id" in vals:
            self._check_own()
        if "ticket_id" in vals:
            self._check_tickets()
        return result

    def unlink(self):
        self._check_own()
        return super().unlink()

    def _check_own(self):
        """Refuse to log, change or delete the work of somebody else.

        :raise AccessError: the user does not lead the desk and it is not his own
        """
        if self.env.su or self.env.user.has_group("itsm_base.itsm_group_lead"):
            return
        if self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "Everybody logs his own work. Ask the desk lead to correct the "
                    "rows of somebody else."
                )
            )

    def _check_tickets(self):
        """Refuse rows on tickets that the user may not see, and on history.

        :raise UserError: a ticket is imported history
        """
        self.ticket_id.check_access("read")
        if any(self.ticket_id.mapped("is_history")):
            raise UserError(
                self.env._("No work can be logged on tickets of imported history.")
            )
