# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import midnight_utc
from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

from ..tools import roster


class HelpdeskTicketTeam(models.Model):
    """How a team is staffed and gets its tickets (DSK-03, 04, 08, 23, REQ-07)."""

    _inherit = "helpdesk.ticket.team"

    itsm_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Hours of the Desk",
        help="When somebody must be at the desk. Empty: the company's working time.",
    )
    assign_method = fields.Selection(
        selection=[
            ("manual", "By hand"),
            ("propose", "Propose somebody"),
            ("automatic", "Automatically"),
        ],
        string="Assignment",
        default="manual",
        help="Propose: the ticket says who should take it and why; one click accepts. "
        "Automatically: new tickets, and those that reach the team without somebody "
        "assigned, go to whoever is on duty, has the skills and least open tickets.",
    )
    assign_sequence_id = fields.Many2one(
        comodel_name="ir.sequence",
        string="Turn",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Counts whose turn it is among equals. A number of the database: two "
        "tickets that come at once never wait for each other.",
    )
    itsm_duties = fields.Text(
        string="Duties",
        translate=True,
        help="What the group answers for, for example technical support or security.",
    )
    shift_ids = fields.One2many(
        comodel_name="itsm.shift", inverse_name="team_id", string="Shifts"
    )

    # === Constraints ===

    @api.constrains("itsm_calendar_id")
    def _check_itsm_calendar(self):
        for team in self:
            owner = team.itsm_calendar_id.company_id
            if owner and team.company_id and owner != team.company_id:
                raise ValidationError(
                    self.env._(
                        "Hours of the Desk: %(calendar)s belongs to another company. "
                        "Choose one of %(company)s, or one of all companies.",
                        calendar=team.itsm_calendar_id.name,
                        company=team.company_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams.filtered(lambda team: team.assign_method != "manual")._itsm_count_turns()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if vals.get("assign_method") not in (None, False, "manual"):
            self._itsm_count_turns()
        return result

    # === Working time ===

    def _itsm_company(self):
        """The company whose holidays and zone hold for the team."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _itsm_calendar(self):
        """The calendar of the desk, in sudo: its own or that of the company."""
        self.ensure_one()
        # sudo: when the desk is open does not depend on who asks
        team = self.sudo()
        return team.itsm_calendar_id or team._itsm_company().resource_calendar_id

    def _itsm_zone(self):
        """Name of the zone in which the team's days and hours are meant."""
        self.ensure_one()
        company = self._itsm_company().sudo()  # sudo: as in _itsm_calendar
        return self._itsm_calendar().tz or self.env["itsm.kpi"]._kpi_zone(company)

    def _itsm_desk_hours(self, first, last):
        """When somebody must be at the desk, from one local day to another.

        :param datetime.date first: first day
        :param datetime.date last: last day, inclusive
        :return: naive UTC intervals, half-open; none without a usable calendar
        :rtype: list[tuple]
        """
        self.ensure_one()
        calendar, zone = self._itsm_calendar(), self._itsm_zone()
        if not calendar:
            return []
        start = midnight_utc(zone, first)
        end = midnight_utc(zone, last + timedelta(days=1))
        try:
            timeline = calendar._itsm_timeline(tz=zone, company=self._itsm_company())
            return roster.clip(timeline.intervals(start, end), start, end)
        except (NoWorkingTime, ValidationError):
            return []

    # === Coverage ===

    def _itsm_coverage(self, first, last):
        """What each local day of the desk looks like in the roster (DSK-04).

        A day is *short* if less hours are covered than the company wants on days on
        which the desk is open, or if somebody is missing during open hours. People who
        have leave cover nothing.

        :param datetime.date first: first day
        :param datetime.date last: last day, inclusive
        :return: one dict for each day: ``date``, ``open`` and ``desk`` and ``on_call``
            (seconds), ``gaps`` (naive UTC intervals), ``is_short``
        :rtype: list[dict]
        """
        self.ensure_one()
        zone = self._itsm_zone()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        bounds = [midnight_utc(zone, day) for day in days]
        bounds.append(midnight_utc(zone, last + timedelta(days=1)))
        # sudo: the roster is no secret of those who planned it
        shifts = (
            self.env["itsm.shift"]
            .sudo()
            .search(
                Domain("team_id", "=", self.id)
                & Domain("start", "<", bounds[-1])
                & Domain("end", ">", bounds[0])
            )
        )
        away = shifts._absences(shifts.user_id, bounds[0], bounds[-1])
        present = {"desk": [], "on_call": []}
        for shift in shifts:
            present[shift.kind] += roster.subtract(
                [(shift.start, shift.end)], away.get(shift.user_id.id, ())
            )
        wanted = self._itsm_desk_hours(first, last)
        least = self._itsm_company().sudo().itsm_desk_hours * 3600  # sudo: setting
        rows = []
        for day, start, end in zip(days, bounds[:-1], bounds[1:], strict=True):
            opened = roster.clip(wanted, start, end)
            desk = roster.clip(present["desk"], start, end)
            gaps = roster.subtract(opened, desk)
            covered = roster.seconds(desk)
            rows.append(
                {
                    "date": day,
                    "open": roster.seconds(opened),
                    "desk": covered,
                    "on_call": roster.seconds(
                        roster.clip(present["on_call"], start, end)
                    ),
                    "gaps": gaps,
                    "is_short": bool(gaps) or bool(opened) and covered < least,
                }
            )
        return rows

    def _itsm_local(self, day, hour):
        """A local hour of a day as naive UTC; hour 24 is the midnight after it.

        :param datetime.date day: local date
        :param float hour: 0 to 24
        """
        minutes = round(hour * 60)
        if minutes >= 24 * 60:
            return midnight_utc(self._itsm_zone(), day + timedelta(days=1))
        wall = datetime.combine(day, time(minutes // 60, minutes % 60))
        zone = pytz.timezone(self._itsm_zone())
        return (
            zone.localize(wall, is_dst=False).astimezone(pytz.UTC).replace(tzinfo=None)
        )

    # === Turn ===

    def _itsm_turns(self, count):
        """Numbers that say whose turn it is, each given once in the whole database.

        :param int count: how many
        :rtype: list[int]
        """
        self.ensure_one()
        # sudo: taking a turn is no right of anybody
        team = self.sudo()
        team._itsm_count_turns()
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT nextval(%s) FROM generate_series(1, %s)",
                    f"ir_sequence_{team.assign_sequence_id.id:03d}",
                    count,
                )
            )
        ]

    def _itsm_count_turns(self):
        """Give those of these teams that have none a counter of turns."""
        # sudo: whoever sets up a team need not be allowed to set up numbers
        for team in self.sudo():
            if not team.assign_sequence_id:
                team.assign_sequence_id = team.env["ir.sequence"].create(
                    {
                        "name": f"Turn: {team.name}",
                        "implementation": "standard",
                        "company_id": team.company_id.id,
                    }
                )
