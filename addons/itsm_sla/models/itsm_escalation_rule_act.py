# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from dataclasses import dataclass, field

from psycopg2.errors import OperationalError

from odoo import api, models
from odoo.tools import mail as mail_tools

from odoo.addons.itsm_base.tools import guard

_logger = logging.getLogger(__name__)

LINES = ("1", "2", "3")
#: A note of a failure holds the message, not a page of it.
LONGEST_MESSAGE = 500


@dataclass(slots=True)
class Escalation:
    """One rule that fires on one clock, and what came of it."""

    clock: object
    ticket: object
    users: object
    done: list = field(default_factory=list)
    failed: bool = False
    nobody: bool = False
    #: Those who are not told, as company or person switched it off.
    muted: object = None

    @property
    def outcome(self):
        if self.failed:
            return "failed"
        if self.done:
            return "done"
        return "told" if self.users else "nobody"


class ItsmEscalationRule(models.Model):
    """What a rule does when it fires, for all its clocks of a batch at once."""

    _inherit = "itsm.escalation.rule"

    def _fire(self, clocks):
        """Do what the rule says; telling is left to the alerts of the whole batch.

        What fails is logged and does not stop the rest.

        :param clocks: ``itsm.clock`` (sudo); they are stored already
        :return: list of `Escalation`, one for each clock
        """
        self.ensure_one()
        self.fetch()
        nobody = self.env["res.users"]
        found = [
            Escalation(clock, clock.ticket_id, nobody, muted=nobody) for clock in clocks
        ]
        if self._changes_tickets():
            self._each(found, self._change_tickets)
        if self.run_action:
            self._each(found, self._run_server_action)
        if self.warn_customer:
            self._each(found, self._warn_customers)
        if self._tells():
            known = {}
            leads = self._desk_leads() if self.tell_desk_leads else nobody
            # read together what is asked of each leader below
            leaders = clocks.ticket_id.team_id.user_id
            leaders.mapped("company_ids")
            leaders.mapped("partner_id.lang")
            for escalation in found:
                clock, ticket = escalation.clock, escalation.ticket
                key = (
                    ticket.team_id,
                    ticket.user_id,
                    ticket.company_id,
                    clock.agreement_id,
                    clock.leg_team_id,
                )
                if key not in known:
                    known[key] = self._recipients(clock, leads)
                escalation.users = known[key]
                escalation.nobody = not escalation.users
        return found

    def _acts(self):
        """Whether the rule does more than telling people of the provider."""
        self.ensure_one()
        return self._changes_tickets() or self.run_action or self.warn_customer

    def _changes_tickets(self):
        return bool(
            self.raise_line or self.to_team_id or self.to_user_id or self.to_priority
        )

    def _each(self, escalations, act):
        """Call ``act`` for all at once; if that fails, one at a time.

        :param act: method that takes a list of `Escalation` and appends to ``done``
        """
        try:
            with self.env.cr.savepoint():
                act(escalations)
            return
        except OperationalError:
            raise  # a conflict with somebody's save: the scheduler tries again
        except Exception as error:
            if len(escalations) == 1:
                self._note_failure(escalations[0], error)
                return
        for escalation in escalations:
            self._each([escalation], act)

    def _note_failure(self, escalation, error):
        _logger.warning(
            "Escalation rule %s failed on ticket %s: %s",
            self.display_name,
            escalation.ticket.id,
            error,
        )
        escalation.failed = True
        message = str(error).strip()[:LONGEST_MESSAGE] or type(error).__name__
        escalation.done.append(self.env._("Failed: %(message)s", message=message))

    # === The ticket ===

    def _change_tickets(self, escalations):
        """Line, team, user and priority by normal saves: the clocks follow."""
        labels = {
            name: dict(
                self.env["helpdesk.ticket"]
                ._fields[name]
                ._description_selection(self.env)
            )
            for name in ("support_line", "priority")
        }
        groups = {}
        notes = {}
        failed = []
        for escalation in escalations:
            ticket = escalation.ticket
            vals, notes[ticket], complete = self._prepare_change(ticket, labels)
            if not complete:
                failed.append(escalation)
            if vals:
                key = tuple(vals.items())
                groups.setdefault(key, self.env["helpdesk.ticket"])
                groups[key] |= ticket
        for vals, tickets in groups.items():
            tickets._escalation_write(dict(vals), self)
        self.env.flush_all()
        for escalation in escalations:
            escalation.done += notes[escalation.ticket]
        for escalation in failed:
            escalation.failed = True

    def _prepare_change(self, ticket, labels):
        """What the rule changes on a ticket.

        :return: ``(vals, notes, complete)``: what to write, what that is in words, and
            whether it is all that the rule says
        """
        if ticket._itsm_effective_state() in ("resolved", "closed", "cancelled"):
            over = self.env._("Work on the ticket is over: it stays as it is.")
            return {}, [over], True
        complete = True
        vals = {}
        notes = []
        if self.raise_line:
            line = ticket.support_line or LINES[0]
            if line == LINES[-1]:
                notes.append(self.env._("On the last support line already."))
            else:
                vals["support_line"] = LINES[LINES.index(line) + 1]
                notes.append(
                    self.env._(
                        "Support line: %(line)s.",
                        line=labels["support_line"][vals["support_line"]],
                    )
                )
        # The stage and the assigned user follow the team as in every save.
        if self.to_team_id and ticket.team_id != self.to_team_id:
            vals["team_id"] = self.to_team_id.id
            notes.append(self.env._("Team: %(team)s.", team=self.to_team_id.name))
        if self.to_user_id and not self._works_on(self.to_user_id, ticket):
            complete = False
            notes.append(
                self.env._(
                    "Not assigned to %(user)s, who has left or does not work in "
                    "%(company)s.",
                    user=self.to_user_id.name,
                    company=ticket.company_id.name,
                )
            )
        elif self.to_user_id and ticket.user_id != self.to_user_id:
            vals["user_id"] = self.to_user_id.id
            notes.append(self.env._("Assigned to %(user)s.", user=self.to_user_id.name))
        if self.to_priority and (ticket.priority or "0") < self.to_priority:
            vals["priority"] = self.to_priority
            vals["priority_reason"] = self._reason()
            notes.append(
                self.env._(
                    "Priority: %(priority)s.",
                    priority=labels["priority"][self.to_priority],
                )
            )
        return vals, notes or [self.env._("Nothing to change.")], complete

    def _reason(self):
        """Why a ticket was changed, in words."""
        return self.env._("Escalation rule %(rule)s", rule=self.name)

    # === The server action ===

    def _run_server_action(self, escalations):
        """Run the released action as the user that the rule names, never as root."""
        action = self.server_action_id
        problem = self._server_action_problem()
        if problem:
            for escalation in escalations:
                escalation.failed = True
                escalation.done.append(problem)
            return
        by_company = {}
        for escalation in escalations:
            ticket = escalation.ticket
            by_company.setdefault(ticket.company_id.id, []).append(ticket.id)
        for company_id, ticket_ids in by_company.items():
            context = {
                "active_model": "helpdesk.ticket",
                "active_id": ticket_ids[0],
                "active_ids": ticket_ids,
                "allowed_company_ids": [company_id],
                "lang": self.run_as_id.lang,
                "tz": self.run_as_id.tz,
                "itsm_automatic": guard.AUTOMATIC,
            }
            # A context of its own: no key of ours reaches somebody's code, but the mark
            # that nobody wrote by hand what it posts.
            env = self.env(user=self.run_as_id.id, su=False, context=context)
            action.with_env(env).run()
            env.flush_all()
        for escalation in escalations:
            escalation.done.append(
                self.env._(
                    "Ran %(action)s with the rights of %(user)s.",
                    action=action.name,
                    user=self.run_as_id.name,
                )
            )

    # === The customer ===

    def _warn_customers(self, escalations):
        """One mail to each ticket's contact, in his language (SLM-36)."""
        notes = []
        for escalation in escalations:
            ticket = escalation.ticket
            email = ticket.partner_id.email or ticket.partner_email
            if ticket._itsm_effective_state() in ("resolved", "closed", "cancelled"):
                note = self.env._("The ticket is solved: no mail to the customer.")
            elif not mail_tools.email_normalize(email):
                escalation.failed = True
                note = self.env._(
                    "No mail to the customer: the ticket's contact has no e-mail "
                    "address."
                )
            else:
                self._warn_customer(escalation.clock, ticket)
                note = self.env._("Mail to the customer: %(email)s.", email=email)
            notes.append(note)
        for escalation, note in zip(escalations, notes, strict=True):
            escalation.done.append(note)

    def _warn_customer(self, clock, ticket):
        lang = ticket.partner_id.lang or self.env.lang
        action = ticket.agreed_action or self.with_context(lang=lang).customer_action
        template = self.customer_template_id.with_context(
            customer_deadline=clock.deadline or clock.breached_at,
            customer_tz=ticket.partner_id.tz or clock.tz or "UTC",
            customer_late=bool(clock.breached_at),
            customer_metric=clock.metric,
            customer_action=action or "",
        )
        # Queued, and past message_post: it is no reply that would stop a clock.
        template.send_mail(ticket.id, email_layout_xmlid="mail.mail_notification_light")

    # === Who ===

    def _recipients(self, clock, leads):
        """The users to tell, in the order of the form, each once.

        Nobody who has left, and nobody who may not work in the ticket's company.

        :param leads: `_desk_leads`, searched once for all clocks
        """
        ticket = clock.ticket_id
        users = self.env["res.users"]
        if self.tell_team_leader:
            users |= clock._leader(ticket.team_id)
        if self.tell_leg_leader:
            users |= clock._leader(clock.leg_team_id or ticket.team_id)
        if self.tell_assignee:
            users |= ticket.user_id
        if self.tell_owner:
            users |= clock.agreement_id.owner_id
        if self.tell_desk_leads:
            users |= leads
        users |= self.tell_user_ids
        return users.filtered(lambda user: self._works_on(user, ticket))

    @api.model
    def _works_on(self, user, ticket):
        """Whether ``user`` is of the provider, and works in the ticket's company."""
        return user.active and not user.share and ticket.company_id in user.company_ids

    @api.model
    def _desk_leads(self):
        lead = self.env.ref("itsm_base.itsm_group_lead")
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", lead.ids),
                ("share", "=", False),
                ("id", "!=", self.env.ref("base.user_root").id),
            ]
        )
