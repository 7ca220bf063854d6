# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class ItsmShiftTemplate(models.Model):
    """A shift that comes again: which hours and days, how many people (DSK-08).

    Hours are those of the team's working time (its calendar, in its zone). A shift
    whose end is not after its beginning ends on the next day.
    """

    _name = "itsm.shift.template"
    _description = "Kind of Shift"
    _order = "team_id, sequence, hour_from, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        selection=[("desk", "At the desk"), ("on_call", "On call")],
        required=True,
        default="desk",
    )
    hour_from = fields.Float(string="From", required=True, aggregator=None)
    hour_to = fields.Float(
        string="To",
        required=True,
        aggregator=None,
        help="Not after the beginning: on the next day.",
    )
    days = fields.Selection(
        selection=[
            ("working", "Working days of the team"),
            ("week", "Days of the week"),
            ("off", "Days off of the team"),
        ],
        required=True,
        default="working",
        help="Working days follow the calendar of the team, its holidays and extra "
        "working days; days off are all others.",
    )
    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    people = fields.Integer(
        string="Number of People",
        required=True,
        default=1,
        aggregator=None,
        help="How many are needed.",
    )
    rotation = fields.Selection(
        selection=[("day", "Every day"), ("week", "Every week")],
        string="Changes",
        required=True,
        default="day",
        help="Every week: who has the first shift of a week keeps it for the week.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_shift_template_users_rel",
        string="People",
        domain="[('id', 'in', member_ids)]",
        help="Who takes turns. Empty: all members of the team.",
    )
    member_ids = fields.Many2many(
        related="team_id.user_ids", string="Members of the Team"
    )

    _people_positive = models.Constraint(
        "CHECK(people > 0)", "A shift needs at least one person. Enter 1 or more."
    )
    _hours_of_a_day = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours of a shift lie between 00:00 and 24:00.",
    )

    @api.constrains("days", *DAYS)
    def _check_days(self):
        for template in self:
            if template.days == "week" and not any(template[day] for day in DAYS):
                raise ValidationError(
                    self.env._(
                        "%(shift)s is on no day of the week. Choose at least one.",
                        shift=template.name,
                    )
                )

    def _is_on(self, day, is_working):
        """Whether there is such a shift on a day.

        :param datetime.date day: the local day on which it begins
        :param bool is_working: whether the team works on that day
        :rtype: bool
        """
        self.ensure_one()
        if self.days == "week":
            return self[DAYS[day.weekday()]]
        return is_working == (self.days == "working")
