# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

#: States in which somebody has still to work on a ticket.
AT_WORK = ("new", "open", "paused")
#: States in which the requester was given a solution.
SOLVED = ("resolved", "closed")
#: What may be said of a solution when tickets are resolved.
SOLUTION_FIELDS = ("solution", "closing_code_id", "interruption_end")
#: In the context while children follow their parent; no client can send an object.
CASCADE = object()
CASCADE_KEY = "itsm_cascade"


class HelpdeskTicket(models.Model):
    """From the draft of a solution to the solved ticket (INC-29).

    An agent writes the solution while he works; resolving shows it to the requester,
    who confirms or refuses it (``helpdesk_ticket_confirm``).
    """

    _inherit = "helpdesk.ticket"

    solution = fields.Html(
        copy=False,
        sanitize_style=True,
        help="What was done, in words for the requester. He sees it once the ticket "
        "is resolved; until then it is a draft.",
    )
    has_solution = fields.Boolean(compute="_compute_has_solution", exportable=False)

    @api.depends("solution")
    def _compute_has_solution(self):
        for ticket in self:
            ticket.has_solution = not is_html_empty(ticket.solution)

    # === A solution that was given ===

    def write(self, vals):
        if "solution" not in vals:
            return super().write(vals)
        # sudo: what was told is kept, whoever may read it
        tickets = self.sudo()
        given = {
            ticket.id: ticket.solution
            for ticket in tickets
            if ticket._itsm_solved_stage()
        }
        result = super().write(vals)
        tickets._itsm_trace_solution(given)
        return result

    def _itsm_trace_solution(self, given):
        """Note what a solution said that somebody changes after it was given.

        The requester was told the old one, and perhaps confirmed it (INC-29).

        :param dict given: solutions before the change by id, of solved tickets
        """
        title = Markup("<p><b>%s</b></p>") % self.env._(
            "The solution was changed after the requester had been told it."
        )
        empty = Markup("<p>–</p>")
        bodies = {
            ticket.id: Markup("%s<p><i>%s</i></p>%s<p><i>%s</i></p>%s")
            % (
                title,
                self.env._("Before:"),
                given[ticket.id] or empty,
                self.env._("Now:"),
                ticket.solution or empty,
            )
            for ticket in self
            if ticket.id in given and given[ticket.id] != ticket.solution
        }
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)

    # === Stages ===

    def _itsm_stage_for(self, state):
        """The stage of this ticket's team and company that means *state*.

        :param str state: one of the ITSM states of stages
        :return: ``helpdesk.ticket.stage``, the first in order
        :raise UserError: the team has no such stage; it says where to make one
        """
        self.ensure_one()
        return self._itsm_stages_for(state)[self.id]

    def _itsm_stages_for(self, state):
        """The stage of each ticket that means *state*; queries by team and company.

        :param str state: one of the ITSM states of stages
        :return: dict of ticket id to ``helpdesk.ticket.stage``
        :raise UserError: a team has no such stage; it says where to make one
        """
        stages = self._itsm_find_stages(state)
        # sudo: as there
        for ticket in self.sudo():
            if not stages[ticket.id]:
                label = dict(
                    stages[ticket.id]
                    ._fields["itsm_state"]
                    ._description_selection(self.env)
                )
                raise UserError(
                    self.env._(
                        "Stage: %(team)s has no stage with the ITSM State %(state)s. "
                        "Add one under Configuration, Stages, or unarchive the one "
                        "that was shipped.",
                        team=ticket.team_id.display_name or ticket.company_id.name,
                        state=label[state],
                    )
                )
        return stages

    def _itsm_find_stages(self, state):
        """The stage of each ticket that means *state*, empty where there is none.

        :param str state: one of the ITSM states of stages
        :return: dict of ticket id to ``helpdesk.ticket.stage``
        """
        stages = {}
        # sudo: what the stages of a team mean does not depend on who may read them
        for (team, company), tickets in (
            self.sudo()
            .grouped(lambda ticket: (ticket.team_id, ticket.company_id))
            .items()
        ):
            found = team.with_company(company)._get_applicable_stages()
            stage = found.filtered(lambda stage: stage.itsm_state == state)[:1]
            stages.update(dict.fromkeys(tickets.ids, stage.with_env(self.env)))
        return stages

    def _itsm_move(self, state, vals=None):
        """Put tickets into their stage for *state*: one write for each stage.

        :param str state: one of the ITSM states of stages
        :param dict vals: more values for the same save
        """
        stages = self._itsm_stages_for(state)
        for stage, tickets in self.grouped(lambda ticket: stages[ticket.id]).items():
            tickets.write({**(vals or {}), "stage_id": stage.id})

    def _itsm_solved_stage(self):
        """Whether the stage says that there is a solution: resolved or closed."""
        self.ensure_one()
        return self._itsm_effective_state() in SOLVED

    # === Resolving ===

    def action_resolve(self):
        """Ask for solution, closing code and restored time, then resolve."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_resolve_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_resolve(self, vals=None):
        """Resolve tickets: the requester is told once and asked to confirm.

        What is missing is judged by the company's enforcement rules. Constant queries
        for each stage, whatever the number of tickets.

        :param dict vals: ``solution`` (HTML), ``closing_code_id``,
            ``interruption_end`` (naive UTC: the service is restored); what is left out
            stays as it is on the ticket
        :raise UserError: a ticket is over already
        :raise ValidationError: a rule blocks it
        """
        over = self.filtered(
            lambda ticket: ticket._itsm_effective_state() not in AT_WORK
        )
        if over:
            raise UserError(
                self.env._(
                    "%(ticket)s is over already (%(stage)s). Reopen it first if the "
                    "solution failed.",
                    ticket=over[0].display_name,
                    stage=over[0].sudo().stage_id.name,  # sudo: only its name
                )
            )
        given = {
            name: value
            for name, value in (vals or {}).items()
            if name in SOLUTION_FIELDS
        }
        self._itsm_move("resolved", given)

    # === Telling ===

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        ids_by_what = {}
        for ticket, what, _vals in changes:
            if what in SOLVED:
                ids_by_what.setdefault(what, []).append(ticket.id)
        events = self.env["itsm.notification.event"]
        for what, ids in ids_by_what.items():
            # sudo: the save may have taken the ticket out of the user's sight
            tickets = self.browse(ids).sudo()
            # A company that chose a mail for the stage has it sent by helpdesk_mgmt:
            # one mail, not two.
            tickets = tickets.filtered(lambda t: not t.stage_id.mail_template_id)
            if what == "resolved":
                cascade = self.env.context.get(CASCADE_KEY) is CASCADE
                code = "ticket_child_resolved" if cascade else "ticket_resolved"
                events._notify(code, tickets)
            else:
                # Who has just confirmed knows.
                tickets = tickets.filtered(lambda t: t.confirmation != "requester")
                events._notify("ticket_closed", tickets)
        return result
