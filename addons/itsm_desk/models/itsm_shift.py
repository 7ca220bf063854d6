# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

#: In the context while two shifts are exchanged, so that the one that is written first
#: is not judged alone. Only code can hold it; the exchange checks both afterwards.
EXCHANGING = object()
#: Longest shift: on-call duty of a week.
LONGEST = timedelta(days=14)


class ItsmShift(models.Model):
    """When a person is at the desk or on call for a team (DSK-04, DSK-08).

    Half-open: a shift that ends at 16:00 and one that begins at 16:00 do not overlap.
    """

    _name = "itsm.shift"
    _description = "Shift"
    _order = "start, team_id, id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        domain="[('id', 'in', member_ids)]",
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="restrict",
    )
    member_ids = fields.Many2many(
        related="team_id.user_ids", string="Members of the Team"
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, precompute=True, index=True
    )
    start = fields.Datetime(required=True, index=True)
    end = fields.Datetime(required=True, index=True)
    kind = fields.Selection(
        selection=[("desk", "At the desk"), ("on_call", "On call")],
        required=True,
        default="desk",
    )
    template_id = fields.Many2one(
        comodel_name="itsm.shift.template",
        string="Kind of Shift",
        index="btree_not_null",
        ondelete="set null",
    )
    note = fields.Char()
    hours = fields.Float(
        compute="_compute_hours", store=True, precompute=True, aggregator="sum"
    )
    is_away = fields.Boolean(
        string="Away",
        compute="_compute_is_away",
        help="The person has leave during the shift: somebody must stand in.",
    )

    _end_after_start = models.Constraint(
        'CHECK("end" > start)', "A shift ends after it begins. Enter a later end."
    )
    # The last word when two planners save at the same moment; people read the message
    # of `_check_overlap`. At the end of a statement, so that an exchange is possible.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(user_id, user_id, '[]') WITH =, "
        'tsrange(start, "end") WITH &&) DEFERRABLE INITIALLY DEFERRED',
        "Somebody cannot have two shifts at the same time. Choose another person or "
        "another time.",
    )

    # === Computes ===

    @api.depends("start", "end")
    def _compute_hours(self):
        for shift in self:
            shift.hours = (
                (shift.end - shift.start).total_seconds() / 3600
                if shift.start and shift.end
                else 0
            )

    @api.depends("user_id", "start", "end", "kind")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for shift in self:
            if not shift.start:
                shift.display_name = self.env._("New shift")
                continue
            shift.display_name = self.env._(
                "%(person)s, %(kind)s, %(start)s – %(end)s",
                person=shift.user_id.name,
                kind=kinds.get(shift.kind, ""),
                start=format_datetime(self.env, shift.start, dt_format="short"),
                end=format_datetime(self.env, shift.end, dt_format="short"),
            )

    @api.depends("user_id", "start", "end")
    def _compute_is_away(self):
        dated = self.filtered(lambda shift: shift.start and shift.end)
        (self - dated).is_away = False
        if not dated:
            return
        away = self._absences(
            dated.user_id, min(dated.mapped("start")), max(dated.mapped("end"))
        )
        for shift in dated:
            shift.is_away = any(
                start < shift.end and end > shift.start
                for start, end in away.get(shift.user_id.id, ())
            )

    # === Constraints ===

    @api.constrains("user_id", "team_id")
    def _check_member(self):
        for shift in self:
            # sudo: who is in a team does not depend on who plans
            if shift.user_id not in shift.sudo().team_id.user_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a member of %(team)s. Choose a member, or "
                        "add the person to the team first.",
                        person=shift.user_id.name,
                        team=shift.team_id.name,
                    )
                )

    @api.constrains("start", "end")
    def _check_length(self):
        for shift in self:
            if shift.end - shift.start > LONGEST:
                raise ValidationError(
                    self.env._(
                        "The shift of %(person)s is longer than %(days)s days. Enter "
                        "an earlier end, or plan several shifts.",
                        person=shift.user_id.name,
                        days=LONGEST.days,
                    )
                )

    @api.constrains("user_id", "start", "end")
    def _check_overlap(self):
        """No person in two places: one query for all that are saved."""
        if self.env.context.get("itsm_shift_exchange") is EXCHANGING:
            return
        self._check_no_overlap()

    def _check_no_overlap(self):
        """Raise ``ValidationError`` if one of these overlaps another of its person."""
        self.flush_model(["user_id", "start", "end"])
        row = next(
            iter(
                self.env.execute_query(
                    SQL(
                        """SELECT shift.id, other.id
                             FROM itsm_shift shift
                             JOIN itsm_shift other
                               ON other.user_id = shift.user_id
                              AND other.id != shift.id
                              AND other.start < shift."end"
                              AND other."end" > shift.start
                            WHERE shift.id = ANY(%s)
                            LIMIT 1""",
                        list(self.ids),
                    )
                )
            ),
            None,
        )
        if row:
            # sudo: the other shift may be in a team that the planner does not see
            shift, other = self.sudo().browse(row)
            raise ValidationError(
                self.env._(
                    "%(person)s has another shift at that time: %(other)s. Choose "
                    "another person or another time.",
                    person=shift.user_id.name,
                    other=other.display_name,
                )
            )
        # What others have saved since this transaction began: told by the database.
        self.env.cr.execute("SET CONSTRAINTS itsm_shift_no_overlap IMMEDIATE")
        self.env.cr.execute("SET CONSTRAINTS itsm_shift_no_overlap DEFERRED")

    # === What others ask ===

    @api.model
    def _on_duty(self, teams, now):
        """Who is on duty for teams at a moment, in constant queries.

        :param teams: ``helpdesk.ticket.team``
        :param datetime now: naive UTC
        :return: shifts in sudo by team id; those of people who have leave are left out
        :rtype: dict[int, ItsmShift]
        """
        # sudo: who is on duty does not depend on who asks
        shifts = self.sudo().search(
            Domain("team_id", "in", teams.ids)
            & Domain("start", "<=", now)
            & Domain("end", ">", now)
        )
        away = self._absences(shifts.user_id, now, now + timedelta(seconds=1))
        # sudo: as the shifts that it holds
        found = defaultdict(self.sudo().browse)
        for shift in shifts:
            if shift.user_id.id not in away:
                found[shift.team_id.id] |= shift
        return found

    @api.model
    def _absences(self, users, start, end):
        """When people have leave of their own, as far as Odoo knows.

        :param users: ``res.users``
        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :return: lists of ``(start, end)`` by user id, half-open
        :rtype: dict[int, list]
        """
        # sudo: that somebody is away is needed to plan; why is not read
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                Domain("resource_id.user_id", "in", users.ids)
                & Domain("time_type", "=", "leave")
                & Domain("date_from", "<", end)
                & Domain("date_to", ">", start),
                ["resource_id", "date_from", "date_to"],
            )
        )
        found = defaultdict(list)
        for leave in leaves:
            found[leave.resource_id.user_id.id].append((leave.date_from, leave.date_to))
        return dict(found)
