# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.timeline import NoWorkingTime

#: Settings from which due days of open duties follow (CAL-06).
DUE_SETTINGS = {
    "itsm_duty_month_day",
    "itsm_duty_quarter_day",
    "itsm_duty_half_day",
    "itsm_duty_year_day",
    "itsm_duty_day_included",
    "itsm_duty_holiday_shift",
    "itsm_duty_calendar_id",
    "resource_calendar_id",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    itsm_duty_month_day = fields.Integer(
        string="Monthly Duties: Day",
        default=10,
        required=True,
        help="Duties of every month are due by this day of the month.",
    )
    itsm_duty_quarter_day = fields.Integer(
        string="Quarterly Duties: Day",
        default=10,
        required=True,
        help="Duties of every quarter are due by this day of its first month, or of "
        "each of its months.",
    )
    itsm_duty_half_day = fields.Integer(
        string="Half-yearly Duties: Day",
        default=15,
        required=True,
        help="Duties of every half-year are due by this day of its first month.",
    )
    itsm_duty_year_day = fields.Integer(
        string="Yearly Duties: Day",
        default=20,
        required=True,
        help="Duties of every year are due by this day of January.",
    )
    itsm_duty_quarter_months = fields.Selection(
        selection=[
            ("first", "In the first month of the quarter"),
            ("every", "In every month of the quarter"),
        ],
        string="Quarterly Duties",
        default="first",
        required=True,
        help="In every month: what is defined as quarterly is done once a month, by "
        "the day of quarterly duties.",
    )
    itsm_duty_concerns = fields.Selection(
        selection=[
            ("previous", "The period before"),
            ("current", "The period itself"),
        ],
        string="A Duty Concerns",
        default="previous",
        required=True,
        help="What is due in April is about March, or about April. Months and longer; "
        "duties of days and weeks are about the day and the week itself.",
    )
    itsm_duty_day_included = fields.Boolean(
        string="The Day Itself Is in Time",
        default=True,
        help="“By the 10th” ends with the 10th at 24:00; otherwise with the 9th.",
    )
    itsm_duty_holiday_shift = fields.Boolean(
        string="Move on over Holidays",
        default=True,
        help="A due day without working time moves on to the next working day. A "
        "make-up day is a working day.",
    )
    itsm_duty_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Holidays of",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, id])]",
        help="Working hours that say what a holiday is for due days, and in which time "
        "zone a day ends. Empty: the working hours of the company.",
    )

    _itsm_duty_days_check = models.Constraint(
        "CHECK (itsm_duty_month_day BETWEEN 1 AND 31"
        " AND itsm_duty_quarter_day BETWEEN 1 AND 31"
        " AND itsm_duty_half_day BETWEEN 1 AND 31"
        " AND itsm_duty_year_day BETWEEN 1 AND 31)",
        "The days by which duties are due lie between 1 and 31.",
    )

    @api.constrains("itsm_duty_calendar_id")
    def _check_itsm_duty_calendar(self):
        """The calendar is the company's own or everybody's."""
        for company in self:
            owner = company.itsm_duty_calendar_id.company_id
            if owner and owner != company:
                raise ValidationError(
                    self.env._(
                        "%(calendar)s belongs to another company. Choose working hours "
                        "of %(company)s for its duties.",
                        calendar=company.itsm_duty_calendar_id.name,
                        company=company.name,
                    )
                )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if DUE_SETTINGS & vals.keys():
            duties = self.env["itsm.duty"].sudo()  # sudo: all duties of the company
            duties._recompute_due([("company_id", "in", self.ids)])
        return result

    # === Business methods ===

    def _itsm_duty_timeline(self):
        """The working time that says what a holiday is for the duties of the company.

        :rtype: odoo.addons.itsm_base.tools.timeline.Timeline
        :raise ValidationError: there is none; the message names the remedy (CAL-05)
        """
        self.ensure_one()
        company = self.sudo()  # sudo: calendars of a company may be hidden
        calendar = company.itsm_duty_calendar_id or company.resource_calendar_id
        if not calendar:
            raise ValidationError(
                self.env._(
                    "No duties can be made for %(company)s: there are no working hours "
                    "that say what a holiday is. Choose them in “Holidays of” in the "
                    "settings of duties; duties that were missed are then made.",
                    company=self.name,
                )
            )
        try:
            timeline = calendar._itsm_timeline(company=self)
            timeline.add(fields.Datetime.now(), 0)
        except NoWorkingTime as error:
            raise ValidationError(
                self.env._(
                    "No duties can be made for %(company)s: %(calendar)s has no "
                    "working time, so it does not say what a holiday is. Enter hours "
                    "there, or choose other working hours in “Holidays of” in the "
                    "settings of duties; duties that were missed are then made.",
                    company=self.name,
                    calendar=calendar.name,
                )
            ) from error
        return timeline

    def _itsm_duty_timelines(self):
        """The timelines of several companies, and what is wrong with the others.

        :return: timelines and messages, both by id of the company
        :rtype: tuple[dict[int, Timeline], dict[int, str]]
        """
        timelines, problems = {}, {}
        for company in self:
            try:
                timelines[company.id] = company._itsm_duty_timeline()
            except ValidationError as error:
                problems[company.id] = error.args[0]
        return timelines, problems
