# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

#: In the context while an escalation writes itself; no client can send an object.
ESCALATING = object()
ESCALATING_KEY = "itsm_escalating"


class Held(NamedTuple):
    """Who has a ticket before it is escalated."""

    line: str | bool
    team: models.BaseModel
    user: models.BaseModel
    owner: models.BaseModel


class HelpdeskTicket(models.Model):
    """Three support lines: functional and hierarchical escalation (INC-18 to INC-21).

    The first line stays owner: ``owner_id`` does not move with the ticket.
    """

    _inherit = "helpdesk.ticket"

    escalation_ids = fields.One2many(
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own,itsm_desk.itsm_group_supervisor",
        comodel_name="itsm.ticket.escalation",
        inverse_name="ticket_id",
        string="Escalations of the Ticket",
        readonly=True,
    )

    # === The line of the team ===

    @api.onchange("team_id")
    def _onchange_team_id_line(self):
        self.support_line = self.team_id.support_line or self.support_line

    def _itsm_complete_create_vals(self, vals_list, now):
        result = super()._itsm_complete_create_vals(vals_list, now)
        # sudo: set-up, for whoever sends mail
        teams = self.env["helpdesk.ticket.team"].sudo()
        default_id = self.default_get(["team_id"]).get("team_id")
        for vals in vals_list:
            team = teams.browse(vals.get("team_id", default_id) or ())
            if (
                team.support_line
                and not vals.get("support_line")
                and not vals.get("is_history")
            ):
                vals["support_line"] = team.support_line
        return result

    # === CRUD ===

    def write(self, vals):
        if {"team_id", "support_line"}.isdisjoint(vals):
            return super().write(vals)
        # sudo: the save may take the ticket out of the user's sight
        before = self.sudo()._itsm_held()
        result = super().write(vals)
        tickets = self.sudo()  # sudo: as above
        if vals.get("team_id") and "support_line" not in vals:
            tickets._itsm_follow_line()
        if self.env.context.get(ESCALATING_KEY) is not ESCALATING:
            tickets._itsm_record_raised(before)
        return result

    def _itsm_held(self):
        """Who has the tickets now, by ticket id."""
        return {
            ticket.id: Held(
                ticket.support_line, ticket.team_id, ticket.user_id, ticket.owner_id
            )
            for ticket in self
        }

    def _itsm_follow_line(self):
        """Put tickets on the line of their team, where the team stands on one."""
        self._itsm_write_derived(
            {
                ticket.id: {"support_line": ticket.team_id.support_line}
                for ticket in self
                if ticket.team_id.support_line
                and ticket.team_id.support_line != ticket.support_line
                and not ticket.is_history
            }
        )

    def _itsm_record_raised(self, before):
        """Write down the tickets whose line was raised by hand or by a rule.

        :param dict before: `Held` by ticket id
        """
        raised = self.filtered(
            lambda ticket: (
                (ticket.support_line or "1") > (before[ticket.id].line or "1")
                and not ticket.is_history
            )
        )
        raised._itsm_keep_owner(before)
        raised._itsm_record_escalation("functional", before)

    def _itsm_keep_owner(self, before):
        """Name an owner before the ticket leaves the first line (INC-21).

        Who worked on it, else who escalates it, if he works for the desk.

        :param dict before: `Held` by ticket id
        """
        user = self.env.user
        if not user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            user = self.env["res.users"]
        owners = {}
        for ticket in self:
            held = before[ticket.id]
            owner = held.user or user
            if (
                owner
                and not ticket.owner_id
                and (held.line or "1") == "1"
                and not ticket.is_history
            ):
                owners[ticket.id] = {"owner_id": owner.id}
        self._itsm_write_derived(owners)

    def _itsm_record_escalation(self, kind, before, reason=False, **vals):
        """Write one row of evidence for each ticket; constant queries.

        :param str kind: functional or hierarchical
        :param dict before: `Held` by ticket id
        :param str reason: why, plain text
        :return: ``itsm.ticket.escalation``
        """
        now = fields.Datetime.now()
        # sudo: a row of the system about what was just done
        rows = guard.with_token(self.env["itsm.ticket.escalation"].sudo())
        return rows.create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "kind": kind,
                    "time": now,
                    "user_id": self.env.uid,
                    "from_line": before[ticket.id].line,
                    "to_line": ticket.support_line,
                    "from_team_id": before[ticket.id].team.id,
                    "to_team_id": ticket.team_id.id,
                    "owner_id": ticket.owner_id.id,
                    "reason": reason,
                    **vals,
                }
                for ticket in self
            ]
        )

    # === Escalating ===

    def action_escalate(self):
        """Ask for line, team or role and the reason, then escalate."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_escalate_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_escalate(self, line, team, reason, user=None):
        """Give tickets to another line; the owner stays (INC-18, INC-20, INC-21).

        :param str line: '1', '2' or '3'
        :param team: ``helpdesk.ticket.team`` that takes over
        :param str reason: why, plain text
        :param user: ``res.users`` of that team; empty: the team decides
        :raise UserError: there is no reason, a ticket is over, or it is there already
        """
        reason = self._itsm_check_escalation(reason)
        self.check_access("write")
        tickets = self.sudo()  # sudo: read before the save takes them out of sight
        for ticket in tickets:
            if ticket.team_id == team and ticket.support_line == line:
                raise UserError(
                    self.env._(
                        "%(ticket)s is with %(team)s on this line already. Choose "
                        "another team or line.",
                        ticket=ticket.display_name,
                        team=team.display_name,
                    )
                )
        before = tickets._itsm_held()
        tickets._itsm_keep_owner(before)
        self.with_context(**{ESCALATING_KEY: ESCALATING}).write(
            {
                "support_line": line,
                "team_id": team.id,
                "user_id": user.id if user else False,
            }
        )
        tickets._itsm_record_escalation("functional", before, reason)
        tickets._itsm_note_escalation(reason)
        self.env["itsm.notification.event"]._notify("ticket_escalated", tickets)

    def _itsm_escalate_to_role(self, role, reason):
        """Report tickets to those who hold a role; the tickets stay where they are.

        :param role: ``itsm.role``, for example incident manager
        :param str reason: why, plain text
        :return: ``itsm.ticket.escalation``
        :raise UserError: there is no reason, a ticket is over, or nobody holds the role
        """
        reason = self._itsm_check_escalation(reason)
        self.check_access("write")
        rows = self.env["itsm.ticket.escalation"]
        for company, tickets in self.sudo().grouped("company_id").items():  # sudo: idem
            holders = role._holders(company)
            if not holders:
                raise UserError(
                    self.env._(
                        "Nobody holds the role %(role)s in %(company)s. Ask a manager "
                        "to say who does under Configuration, Roles.",
                        role=role.name,
                        company=company.name,
                    )
                )
            rows |= tickets._itsm_record_escalation(
                "hierarchical",
                tickets._itsm_held(),
                reason,
                role_id=role.id,
                told_user_ids=[Command.set(holders.ids)],
            )
            tickets._itsm_note_escalation(reason, role)
        self.env["itsm.notification.event"]._notify("ticket_escalated_up", self)
        return rows

    def _itsm_check_escalation(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why the ticket is escalated; one line is enough.")
            )
        ended = self.env["helpdesk.ticket.stage"]._itsm_ended_states()
        for ticket in self:
            if ticket._itsm_effective_state() in ended:
                raise UserError(
                    self.env._(
                        "%(ticket)s is over and cannot be escalated. Reopen it first "
                        "if the solution failed.",
                        ticket=ticket.display_name,
                    )
                )
        return reason

    def _itsm_note_escalation(self, reason, role=None):
        """Write on the tickets why they were escalated (INC-31)."""
        if role:
            title = self.env._("Reported to: %(role)s", role=role.name)
        else:
            title = self.env._("Escalated")
        body = Markup("<b>%s</b><br/>%s") % (title, reason)
        self._message_log_batch(dict.fromkeys(self.ids, body))

    # === Who is told ===

    def _itsm_notification_recipients(self, role):
        found = super()._itsm_notification_recipients(role)
        if role == "escalated_to":
            last = {}
            for row in self.escalation_ids.sorted("id"):
                if row.kind == "hierarchical":
                    last[row.ticket_id.id] = row.told_user_ids.partner_id
            return last
        return found
