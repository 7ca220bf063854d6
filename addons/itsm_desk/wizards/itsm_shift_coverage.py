# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_time

#: A look at more than a year answers no question.
LONGEST = 366


class ItsmShiftCoverage(models.TransientModel):
    """Whether the roster of a team covers its hours, day by day (DSK-04)."""

    _name = "itsm.shift.coverage"
    _description = "Coverage of the Desk"

    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", required=True, ondelete="cascade"
    )
    date_from = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=27),
    )
    message = fields.Text(readonly=True)
    line_ids = fields.One2many(
        comodel_name="itsm.shift.coverage.line",
        inverse_name="coverage_id",
        string="Days",
        readonly=True,
    )
    short_count = fields.Integer(
        string="Days Short", compute="_compute_short_count", readonly=True
    )

    @api.depends("line_ids.is_short")
    def _compute_short_count(self):
        for coverage in self:
            coverage.short_count = len(coverage.line_ids.filtered("is_short"))

    def action_check(self):
        """Fill in the days.

        :raise UserError: the last day is before the first, or too far from it
        """
        self.ensure_one()
        self._check_days(self.date_from, self.date_to)
        self.team_id.check_access("read")
        zone = self.team_id._itsm_zone()
        lines = []
        for row in self.team_id._itsm_coverage(self.date_from, self.date_to):
            gaps = ", ".join(
                f"{self._wall(start, zone)}–{self._wall(end, zone)}"
                for start, end in row["gaps"]
            )
            lines.append(
                {
                    "date": row["date"],
                    "open_hours": row["open"] / 3600,
                    "desk_hours": row["desk"] / 3600,
                    "on_call_hours": row["on_call"] / 3600,
                    "gaps": gaps,
                    "is_short": row["is_short"],
                }
            )
        self.line_ids = [Command.clear(), *map(Command.create, lines)]
        return self._reopen()

    @api.model
    def _wall(self, instant, zone):
        return format_time(self.env, instant, tz=zone, time_format="short")

    @api.model
    def _check_days(self, first, last):
        """Refuse days that make no period.

        :raise UserError: the last day is before the first, or too far from it
        """
        if last < first:
            raise UserError(self.env._("To: enter a day that is not before the first."))
        if (last - first).days >= LONGEST:
            raise UserError(
                self.env._("Choose at most %(days)s days at once.", days=LONGEST)
            )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Coverage of %s", self.team_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_roster(self):
        """Open the shifts of the team in the period."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_shift_action"
        )
        action["domain"] = [("team_id", "=", self.team_id.id)]
        action["context"] = {
            "default_team_id": self.team_id.id,
            "initial_date": str(self.date_from),
        }
        return action
