# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import local_date, midnight_utc

from ..tools import roster


class ItsmShiftPlan(models.TransientModel):
    """Makes the roster of a team for a period from its kinds of shifts (DSK-08).

    What is planned already stays and counts; planning twice adds nothing. People who
    have leave or another shift are passed over; who has least hours comes first, who
    has the first shift of a week keeps it where the kind of shift says so.
    """

    _name = "itsm.shift.plan"
    _description = "Plan a Roster"

    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", required=True, ondelete="cascade"
    )
    template_ids = fields.Many2many(
        comodel_name="itsm.shift.template",
        string="Kinds of Shifts",
        compute="_compute_template_ids",
        store=True,
        readonly=False,
        domain="[('team_id', '=', team_id)]",
    )
    date_from = fields.Date(
        required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        required=True,
        default=lambda self: self._default_date_from() + timedelta(days=27),
    )

    @api.model
    def _default_date_from(self):
        """Monday of the next week."""
        today = fields.Date.context_today(self)
        return today + timedelta(days=7 - today.weekday())

    @api.depends("team_id")
    def _compute_template_ids(self):
        for plan in self:
            plan.template_ids = self.env["itsm.shift.template"].search(
                [("team_id", "=", plan.team_id.id)]
            )

    def action_plan(self):
        """Make the missing shifts and show how the desk is covered then.

        :raise UserError: no kind of shift, or no period
        """
        self.ensure_one()
        self.env["itsm.shift.coverage"]._check_days(self.date_from, self.date_to)
        templates = self.template_ids.filtered(lambda t: t.team_id == self.team_id)
        if not templates:
            raise UserError(
                self.env._(
                    "%(team)s has no kinds of shifts. Add some under Desk > Roster > "
                    "Kinds of Shifts.",
                    team=self.team_id.name,
                )
            )
        given, missing = self._plan(templates.sorted())
        shifts = self.env["itsm.shift"].create(
            [
                {
                    "team_id": self.team_id.id,
                    "user_id": user_id,
                    "template_id": slot.key,
                    "kind": kinds[slot.key],
                    "start": slot.start,
                    "end": slot.end,
                }
                for kinds in [{template.id: template.kind for template in templates}]
                for slot, user_id in given
            ]
        )
        lines = [self.env._("%s shifts planned.", len(shifts))]
        zone = self.team_id._itsm_zone()
        names = {template.id: template.name for template in templates}
        for slot, count in missing:
            lines.append(
                self.env._(
                    "%(day)s, %(shift)s: %(count)s missing. Nobody else is free.",
                    day=local_date(zone, slot.start),
                    shift=names[slot.key],
                    count=count,
                )
            )
        coverage = self.env["itsm.shift.coverage"].create(
            {
                "team_id": self.team_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
                "message": "\n".join(lines),
            }
        )
        return coverage.action_check()

    def _plan(self, templates):
        """Who gets what; see `tools.roster.plan`.

        :param templates: ``itsm.shift.template`` of the team, in order
        :return: ``(slot, user id)`` given; ``(slot, count)`` missing
        """
        team = self.team_id
        members = team.user_ids.filtered(lambda user: user.active and not user.share)
        slots = self._slots(templates, members)
        if not slots:
            return [], []
        first = min(slot.start for slot in slots)
        last = max(slot.end for slot in slots)
        # sudo: shifts that people have in other teams make them busy all the same
        existing = (
            self.env["itsm.shift"]
            .sudo()
            .search(
                Domain("user_id", "in", members.ids)
                & Domain("start", "<", last)
                & Domain("end", ">", first)
            )
        )
        busy = defaultdict(list)
        for user_id, times in existing._absences(members, first, last).items():
            busy[user_id] += times
        planned, filled, kept = defaultdict(int), defaultdict(int), defaultdict(list)
        weekly = set(templates.filtered(lambda t: t.rotation == "week").ids)
        zone = team._itsm_zone()
        for shift in existing:
            user_id = shift.user_id.id
            busy[user_id].append((shift.start, shift.end))
            planned[user_id] += int((shift.end - shift.start).total_seconds())
            if shift.team_id == team and shift.template_id:
                filled[shift.template_id.id, shift.start] += 1
                if shift.template_id.id in weekly:
                    week = local_date(zone, shift.start).isocalendar()[:2]
                    kept[shift.template_id.id, week].append(user_id)
        open_slots = [
            slot._replace(people=slot.people - filled[slot.key, slot.start])
            for slot in slots
        ]
        return roster.plan(
            [slot for slot in open_slots if slot.people > 0], busy, planned, kept
        )

    def _slots(self, templates, members):
        """Every shift of the period, in the order of its beginning.

        :rtype: list[roster.Slot]
        """
        team, zone = self.team_id, self.team_id._itsm_zone()
        wanted = team._itsm_desk_hours(self.date_from, self.date_to)
        slots = []
        for number in range((self.date_to - self.date_from).days + 1):
            day = self.date_from + timedelta(days=number)
            begins = midnight_utc(zone, day)
            stops = midnight_utc(zone, day + timedelta(days=1))
            is_working = bool(roster.clip(wanted, begins, stops))
            for template in templates:
                if not template._is_on(day, is_working):
                    continue
                is_overnight = template.hour_to <= template.hour_from
                people = (template.user_ids & members) or members
                slots.append(
                    roster.Slot(
                        key=template.id,
                        start=team._itsm_local(day, template.hour_from),
                        end=team._itsm_local(
                            day + timedelta(days=is_overnight), template.hour_to
                        ),
                        week=day.isocalendar()[:2]
                        if template.rotation == "week"
                        else None,
                        people=template.people,
                        candidates=tuple(people.sorted("id").ids),
                    )
                )
        return sorted(slots, key=lambda slot: slot.start)
