# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ItsmWorkingDay(models.Model):
    """A date on which work is done although the week or a holiday says otherwise.

    Working hours in Odoo know weekdays only, and time off takes away from them. A
    make-up Saturday after a long public holiday can be expressed in neither.
    """

    _name = "itsm.working.day"
    _description = "Extra Working Day"
    _order = "date desc, hour_from, id"
    _check_company_auto = True

    name = fields.Char(
        string="Reason", required=True, help="For example: make-up day for New Year."
    )
    date = fields.Date(
        required=True,
        index=True,
        help="A date in the time zone in which the working hours are read. It is a "
        "working day even if time off covers it.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Leave empty if it is a working day in all working hours of the company.",
    )
    pattern = fields.Selection(
        selection=[
            ("0", "Works like a Monday"),
            ("1", "Works like a Tuesday"),
            ("2", "Works like a Wednesday"),
            ("3", "Works like a Thursday"),
            ("4", "Works like a Friday"),
            ("5", "Works like a Saturday"),
            ("6", "Works like a Sunday"),
            ("hours", "Own hours"),
        ],
        string="Hours",
        required=True,
        default="0",
        help="The hours of a weekday of the working hours, or hours of its own.",
    )
    hour_from = fields.Float(string="From", default=9.0)
    hour_to = fields.Float(string="To", default=18.0)

    _hours_check = models.Constraint(
        "CHECK (pattern <> 'hours' OR "
        "(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24))",
        "The hours of an extra working day lie between 00:00 and 24:00, and “From” is "
        "before “To”.",
    )
    _weekday_unique = models.UniqueIndex(
        "(company_id, COALESCE(calendar_id, 0), date) WHERE pattern <> 'hours'",
        "This date is an extra working day already.",
    )
    _hours_unique = models.UniqueIndex(
        "(company_id, COALESCE(calendar_id, 0), date, hour_from) "
        "WHERE pattern = 'hours'",
        "This date is an extra working day with these hours already.",
    )

    @api.constrains(
        "company_id", "calendar_id", "date", "pattern", "hour_from", "hour_to"
    )
    def _check_duplicate(self):
        """One entry per date and calendar, or several with hours of their own that do
        not overlap (a morning and an afternoon). The unique indexes alone would let
        overlapping hours pass, and hours beside a weekday."""
        entries = self.search(
            [
                ("date", "in", self.mapped("date")),
                ("company_id", "in", self.company_id.ids),
            ]
        ).grouped(lambda day: (day.company_id, day.calendar_id, day.date))
        for day in self:
            for other in entries[day.company_id, day.calendar_id, day.date] - day:
                if (
                    "hours" != day.pattern
                    or "hours" != other.pattern
                    or (day.hour_from < other.hour_to and other.hour_from < day.hour_to)
                ):
                    raise ValidationError(
                        self.env._(
                            "%(date)s is an extra working day already (%(name)s). "
                            "Change that entry, or give both hours that do not "
                            "overlap.",
                            date=format_date(self.env, day.date),
                            name=other.name,
                        )
                    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().create(vals_list)

    def write(self, vals):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().write(vals)

    def unlink(self):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().unlink()
