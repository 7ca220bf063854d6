# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, format_time

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date

#: A team whose last shift is older than this keeps no roster: everybody is asked.
ROSTER_AGE = timedelta(days=31)
WORK_STATES = ("new", "open", "paused")
#: From so many tickets of one save on, a person gets one message about all of them.
TOLD_TOGETHER = 2


class Proposal(NamedTuple):
    """Who should take a ticket, and why; or why nobody.

    :param user: ``res.users``, empty if there is nobody
    :param str reason: a sentence for people
    """

    user: object
    reason: str


class HelpdeskTicket(models.Model):
    """Who should take a ticket: on duty, able to, least busy, in turn (REQ-07, DSK-08).

    The turn decides among equals only. Tickets of the past and restricted tickets are
    assigned by hand.
    """

    _inherit = "helpdesk.ticket"

    skill_ids = fields.Many2many(
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own,itsm_desk.itsm_group_supervisor",
        comodel_name="itsm.skill",
        relation="helpdesk_ticket_itsm_skill_rel",
        column1="ticket_id",
        column2="skill_id",
        string="Skills Needed",
        help="Empty: those of the service.",
    )
    proposed_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Proposed",
        compute="_compute_proposal",
    )
    proposal_reason = fields.Char(compute="_compute_proposal")

    # === Computes ===

    @api.depends(
        "team_id.assign_method",
        "user_id",
        "stage_id",
        "skill_ids",
        "service_id",
        "duplicate_id",
    )
    def _compute_proposal(self):
        wanted = self.filtered(
            lambda ticket: (
                isinstance(ticket.id, int)
                and ticket._assign_is_open()
                # sudo: how a team gets its tickets does not depend on who looks
                and (ticket.sudo().team_id.assign_method or "manual") != "manual"
            )
        )
        proposals = wanted._itsm_propose_assignee()
        for ticket in self:
            proposal = proposals.get(ticket.id)
            ticket.proposed_user_id = proposal.user if proposal else False
            ticket.proposal_reason = proposal.reason if proposal else False

    # === Hooks ===

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        self._assign_automatically()
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        moved = {
            ticket.id for ticket, what, _vals in changes if what in ("team", "reopened")
        }
        if moved:
            self.browse(moved)._assign_automatically()
        return result

    # === Buttons ===

    def action_accept_proposal(self):
        """Assign each of these tickets to whoever is proposed for it.

        :raise UserError: there is nobody to propose; the message says why
        """
        self.check_access("write")
        proposals = self._itsm_propose_assignee()
        groups = defaultdict(self.browse)
        for ticket in self:
            proposal = proposals.get(ticket.id)
            if not proposal or not proposal.user:
                raise UserError(
                    self.env._(
                        "%(ticket)s: nobody can be proposed. %(reason)s",
                        ticket=ticket.display_name,
                        reason=proposal.reason if proposal else "",
                    )
                )
            groups[proposal.user] |= ticket
        for user, tickets in groups.items():
            tickets.write({"user_id": user.id})
        return True

    # === Automatic assignment ===

    def _assign_is_open(self):
        """Whether somebody has to be found for this ticket."""
        self.ensure_one()
        return (
            not self.user_id
            and not self.is_history
            and not self.restriction
            and self._itsm_effective_state() in WORK_STATES
        )

    def _assign_automatically(self):
        """Assign those of these that wait for it, in batches of one person.

        A fact like any other: logged, shown with its reason, told to the person.
        """
        # sudo: whoever reports a ticket need not see who is on duty
        waiting = self.sudo().filtered(
            lambda ticket: (
                ticket.team_id.assign_method == "automatic" and ticket._assign_is_open()
            )
        )
        if not waiting:
            return
        proposals = waiting._itsm_propose_assignee(take_turn=True)
        groups = defaultdict(waiting.browse)
        notes = {}
        for ticket in waiting:
            proposal = proposals.get(ticket.id)
            if proposal and proposal.user:
                groups[proposal.user] |= ticket
                notes[ticket.id] = self.env._(
                    "Assigned automatically to %(person)s: %(reason)s",
                    person=proposal.user.name,
                    reason=proposal.reason,
                )
        for user, tickets in groups.items():
            # The note below says who and why; tracking would say it once more, with
            # a message for each ticket.
            tickets.with_context(tracking_disable=True).write({"user_id": user.id})
            tickets.message_subscribe(partner_ids=user.partner_id.ids)
            tickets._assign_tell(user)
        if notes:
            waiting.browse(notes)._message_log_batch(notes)

    def _assign_tell(self, user):
        """Tell a person what was assigned to him (``self`` in sudo), in one message."""
        if user == self.env.user or guard.is_silent(self.env):
            return
        if len(self) < TOLD_TOGETHER:
            self.message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.env._("Assigned to you: %s", self.display_name),
                body=self.env._("The ticket was assigned to you automatically."),
            )
            return
        items = Markup("").join(
            Markup("<li>%s</li>") % ticket._get_html_link(title=ticket.display_name)
            for ticket in self
        )
        self.env["mail.thread"].sudo().message_notify(  # sudo: said by the system
            partner_ids=user.partner_id.ids,
            subject=self.env._("%s tickets were assigned to you", len(self)),
            body=Markup("<ul>%s</ul>") % items,
        )

    # === The proposal ===

    def _itsm_propose_assignee(self, take_turn=False):
        """Who should take each of these tickets, in constant queries.

        :param bool take_turn: the proposal will be carried out; the turn moves on
        :return: `Proposal` by ticket id; tickets without a team have none
        :rtype: dict[int, Proposal]

        Requirements: REQ-07, DSK-08, INC-15.
        """
        # sudo: who is on duty, and how busy, does not depend on who asks; nothing but
        # the proposal is returned
        tickets = self.sudo().filtered("team_id")
        teams = tickets.team_id
        if not teams:
            return {}
        now = fields.Datetime.now()
        shifts = self.env["itsm.shift"]._on_duty(teams, now)
        with_roster = self._assign_teams_with_roster(teams, now)
        members = teams.user_ids.filtered(lambda user: user.active and not user.share)
        away = self.env["itsm.shift"]._absences(
            members, now, now + timedelta(seconds=1)
        )
        load = self._assign_load(members)
        skills = {user.id: user.itsm_skill_ids for user in members}
        found = {}
        for team in teams:
            of_team = tickets.filtered(lambda ticket, team=team: ticket.team_id == team)
            people = (members & team.user_ids).sorted("id")
            people = people.filtered(lambda user: user.id not in away)
            on_duty = shifts.get(team.id) or self.env["itsm.shift"].sudo()  # sudo: same
            if team in with_roster:
                people &= on_duty.user_id
                people = people.sorted("id")
            turns = team._itsm_turns(len(of_team)) if take_turn else [0] * len(of_team)
            shift_of = {shift.user_id.id: shift for shift in on_duty}
            # A team of all companies has people who do not work in each of them.
            people_of = {
                company: people.filtered(
                    lambda user, company=company: company <= user.company_ids
                )
                for company in of_team.company_id
            }
            for turn, ticket in zip(turns, of_team, strict=True):
                needed = ticket.skill_ids or ticket.service_id.skill_ids
                user, why_not = ticket._assign_choose(
                    people_of.get(ticket.company_id, people),
                    shift_of,
                    skills,
                    needed,
                    load,
                    turn,
                )
                if not user:
                    found[ticket.id] = Proposal(self.env["res.users"], why_not)
                    continue
                reason = ticket._assign_reason(
                    shift_of.get(user.id), load[user.id], needed
                )
                found[ticket.id] = Proposal(user.sudo(False), reason)
                if take_turn:
                    load[user.id] += 1
        return found

    def _assign_choose(self, people, shift_of, skills, needed, load, turn):
        """The person for a ticket: able to, at the desk before on call, least busy.

        :return: ``res.users`` and why there is nobody
        """
        if not people:
            return people, self.env._("Nobody of the team is on duty.")
        able = people.filtered(lambda user: needed <= skills[user.id])
        if not able:
            return able, self.env._(
                "Nobody on duty has the skills: %s.", ", ".join(needed.mapped("name"))
            )
        at_desk = able.filtered(
            lambda user: user.id in shift_of and shift_of[user.id].kind == "desk"
        )
        able = at_desk or able
        least = min(load[user.id] for user in able)
        # The turn goes round the whole row, so that who is passed over once, because
        # he was busy, does not move the others.
        row = list(people)
        first = turn % len(row)
        for user in row[first:] + row[:first]:
            if user in able and load[user.id] == least:
                return user, ""
        return people.browse(), ""

    def _assign_reason(self, shift, load, needed):
        """Why somebody is proposed, in words."""
        self.ensure_one()
        parts = []
        if shift:
            zone = self.team_id._itsm_zone()
            now = fields.Datetime.now()
            is_today = local_date(zone, shift.end) == local_date(zone, now)
            until = (
                format_time(self.env, shift.end, tz=zone, time_format="short")
                if is_today
                else format_datetime(self.env, shift.end, tz=zone, dt_format="short")
            )
            parts.append(
                self.env._("on call until %s", until)
                if shift.kind == "on_call"
                else self.env._("on shift until %s", until)
            )
        parts.append(self.env._("%s open", load))
        if needed:
            parts.append(
                self.env._("has the skills %s", ", ".join(needed.mapped("name")))
                if len(needed) > 1
                else self.env._("has the skill %s", needed.name)
            )
        return ", ".join(parts)

    @api.model
    def _assign_teams_with_roster(self, teams, now):
        """Those of these teams that keep a roster: the others ask all their members."""
        rows = (
            self.env["itsm.shift"]
            .sudo()  # sudo: see _itsm_propose_assignee
            ._read_group(
                Domain("team_id", "in", teams.ids)
                & Domain("end", ">", now - ROSTER_AGE),
                ["team_id"],
            )
        )
        return teams.browse(team.id for (team,) in rows)

    @api.model
    def _assign_load(self, users):
        """How many open tickets people have, in all teams and companies.

        :rtype: dict[int, int]
        """
        rows = (
            self.env["helpdesk.ticket"]
            .sudo()  # sudo: see _itsm_propose_assignee
            ._read_group(
                Domain("user_id", "in", users.ids)
                & Domain("stage_id.itsm_state", "in", WORK_STATES)
                & Domain("duplicate_id", "=", False)
                & Domain("is_history", "!=", True),
                ["user_id"],
                ["__count"],
            )
        )
        return defaultdict(int, {user.id: count for user, count in rows})
