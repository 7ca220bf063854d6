# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import holiday_file
from ..tools.holiday_file import ONE_DAY


class ItsmHolidayImport(models.TransientModel):
    """Read a file of public holidays and make-up days into the working hours.

    Holidays become time off for everybody, make-up days extra working days. What is
    there already is left alone, so a file can be imported again after it was corrected.

    Requirements: CAL-05, CAL-06.
    """

    _name = "itsm.holiday.import"
    _inherit = "itsm.upload.wizard"
    _description = "Import Holidays"
    _check_company_auto = True

    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        check_company=True,
        help="Leave empty to import for all working hours of the company.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        help="A holiday lasts from midnight to midnight in this time zone.",
    )
    works_like = fields.Selection(
        selection="_selection_works_like",
        string="Make-up Days Work Like",
        required=True,
        default="0",
        help="Hours of a make-up day for which the file gives neither hours nor a "
        "weekday.",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.holiday.import.line",
        inverse_name="import_id",
        string="Rows",
    )
    summary = fields.Char(compute="_compute_summary")

    # === Computed fields ===

    @api.model
    def _selection_works_like(self):
        pattern = self.env["itsm.working.day"]._fields["pattern"]
        return [
            (value, label)
            for value, label in pattern._description_selection(self.env)
            if value != "hours"
        ]

    @api.depends("company_id", "calendar_id")
    def _compute_tz(self):
        for wizard in self:
            wizard.tz = (
                wizard.calendar_id.tz
                or self.env.user.tz
                or wizard.company_id.resource_calendar_id.tz
                or "UTC"
            )

    @api.depends("line_ids.state")
    def _compute_summary(self):
        for wizard in self:
            counts = wizard._upload_counts()
            wizard.summary = self.env._(
                "%(done)s imported, %(new)s new, %(unchanged)s already there, "
                "%(error)s with errors",
                done=counts["done"],
                new=counts["new"],
                unchanged=counts["unchanged"],
                error=counts["error"],
            )

    # === The frame of the wizard ===

    def _upload_title(self):
        return self.env._("Import Holidays")

    def _upload_check_access(self):
        # Odoo leaves time off for everybody to administrators. Who may enter extra
        # working days of a company may import its holidays too.
        self.env["itsm.working.day"].check_access("create")
        self._upload_check_company()
        self._check_company()

    def _upload_limits(self):
        return holiday_file.MAX_BYTES, holiday_file.MAX_ROWS

    def _upload_read(self):
        with self._upload_reading():
            rows = holiday_file.read(self._upload_bytes(self.file), self._zone())
        good = [row for row in rows if row.state == "new"]
        holiday_file.compare(
            rows, self._get_covered_days(good), self._get_working_days(good)
        )
        return rows

    def _upload_write(self, rows):
        chosen = set(self.line_ids.filtered("selected").mapped("number"))
        rows = [row for row in rows if row.number in chosen and row.state == "new"]
        leaves, days = [], []
        for row in rows:
            if row.kind == "holiday":
                leaves.extend(self._prepare_leave_vals(row))
            else:
                days.extend(self._prepare_working_day_vals(row))
            row.state = "done"
        # Time off has no company of its own: it is that of its working hours, or else
        # the one in which it is entered.
        leave_model = self.env["resource.calendar.leaves"].with_company(self.company_id)
        leave_model = leave_model.sudo()  # sudo: as _upload_check_access says
        leave_model.create(leaves)
        self.env["itsm.working.day"].create(days)

    def _upload_line_vals(self, row):
        return {
            "number": row.number,
            "selected": row.state in ("new", "done"),
            "date": row.first,
            "date_to": row.last,
            "name": row.name,
            "kind": row.kind or False,
            "hours": self._hours_text(row) if row.kind == "workday" else "",
            "state": row.state,
            "message": self._remark_text(row.remark) if row.remark else "",
        }

    def _hours_text(self, row):
        """When people work on a make-up day, in words."""
        if row.hours:
            return ", ".join(
                f"{self._clock(start)}–{self._clock(end)}" for start, end in row.hours
            )
        return dict(self._selection_works_like())[row.pattern or self.works_like]

    @api.model
    def _clock(self, hours):
        minutes = round(hours * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    # === Messages ===

    def _upload_messages(self, error):
        max_bytes, max_rows = self._upload_limits()
        return super()._upload_messages(error) | {
            "empty": lambda: self.env._("“File” is empty. Choose a CSV or ICS file."),
            "size": lambda: self.env._(
                "“File” is too big: %(size)s KiB, at most %(limit)s KiB. Leave out "
                "the years you do not need.",
                size=error.details["size"] // 1024,
                limit=max_bytes // 1024,
            ),
            "workbook": lambda: self.env._(
                "“File” is a workbook. Save its sheet as “CSV UTF-8” and upload "
                "that file."
            ),
            "rows": lambda: self.env._(
                "“File” has more than %(limit)s rows. Leave out the years you do "
                "not need.",
                limit=max_rows,
            ),
            "calendar": lambda: self.env._(
                "“File” is not a proper calendar file: %(error)s. Export or "
                "download it again.",
                **error.details,
            ),
            "dates": lambda: self.env._(
                "“File”: %(file)s contains no dates. Compare it with the example.",
                file=self.filename or "",
            ),
        }

    def _remark_text(self, remark):
        """What is wrong with a row and how to mend it, or what else is to be said.

        :param remark: `odoo.addons.itsm_base.tools.holiday_file.Remark`
        """
        details = remark.details
        return {
            "name": lambda: self.env._("The name is missing."),
            "order": lambda: self.env._("The last day is before the first."),
            "long": lambda: self.env._("More than a year: is the last day right?"),
            "type": lambda: self.env._(
                "Type “%(value)s” is not known: write “holiday” or “workday”.",
                **details,
            ),
            "holiday_hours": lambda: self.env._(
                "A holiday lasts the whole day: leave its hours empty."
            ),
            "both": lambda: self.env._("Give hours or a weekday, not both."),
            "date": lambda: self.env._(
                "“%(value)s” is not a date between 1990 and 2100: write 2026-10-01.",
                **details,
            ),
            "hours": lambda: self.env._(
                "Hours “%(value)s” are not understood: write 09:00-12:00 13:00-18:00.",
                **details,
            ),
            "weekday": lambda: self.env._(
                "“%(value)s” is not a weekday: write Monday.", **details
            ),
            "repeats": lambda: self.env._(
                "It repeats: enter the days of each year one by one."
            ),
            "part_of_day": lambda: self.env._("It is not an entry for whole days."),
            "no_date": lambda: self.env._("It has no date."),
            "conflict": lambda: self.env._(
                "%(date)s is a holiday and a working day, see row %(row)s.",
                date=format_date(self.env, details["date"]),
                row=details["row"],
            ),
            "some": lambda: self.env._(
                "%(count)s of %(total)s days are there already.", **details
            ),
            "stays": lambda: self.env._(
                "There is an extra working day among these days; it remains one."
            ),
        }[remark.code]()

    # === What is there ===

    def _zone(self):
        return pytz.timezone(self.tz)

    def _get_domain(self):
        """What is entered for all working hours is there for each of them."""
        calendars = [False, self.calendar_id.id] if self.calendar_id else [False]
        return Domain("calendar_id", "in", calendars)

    def _get_covered_days(self, rows):
        """The dates of the holidays that are time off from midnight to midnight."""
        days = {day for row in rows if row.kind == "holiday" for day in row.days}
        if not days:
            return set()
        zone = self._zone()
        start = holiday_file.midnight(min(days), zone)
        stop = holiday_file.midnight(max(days) + ONE_DAY, zone)
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            self._get_domain()
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_to", ">", start)
            & Domain("date_from", "<", stop),
            ["date_from", "date_to"],
            order="date_from, id",
        )
        spans = leaves.mapped(lambda leave: (leave.date_from, leave.date_to))
        return holiday_file.covered_days(days, spans, zone)

    def _get_working_days(self, rows):
        """The dates from the first row on that are extra working days already."""
        days = [row.first for row in rows]
        if not days:
            return set()
        found = self.env["itsm.working.day"].search_fetch(
            self._get_domain()
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", min(days)),
            ["date"],
        )
        return set(found.mapped("date"))

    # === What is entered ===

    def _prepare_leave_vals(self, row):
        """Values of one leave for each run of consecutive days."""
        zone = self._zone()
        return [
            {
                "name": row.name,
                "calendar_id": self.calendar_id.id,
                "resource_id": False,
                "time_type": "leave",
                "date_from": holiday_file.midnight(first, zone),
                # One second before midnight, as the form of Odoo proposes it: it would
                # show midnight as the next day. The timeline reads it as midnight.
                "date_to": holiday_file.midnight(last + ONE_DAY, zone)
                - timedelta(seconds=1),
            }
            for first, last in holiday_file.runs(row.missing)
        ]

    def _prepare_working_day_vals(self, row):
        common = {
            "name": row.name,
            "company_id": self.company_id.id,
            "calendar_id": self.calendar_id.id,
        }
        if row.hours:
            hours = [
                {"pattern": "hours", "hour_from": start, "hour_to": end}
                for start, end in row.hours
            ]
        else:
            hours = [{"pattern": row.pattern or self.works_like}]
        return [
            dict(common, date=day, **values) for day in row.missing for values in hours
        ]
