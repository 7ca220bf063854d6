# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import is_html_empty

from .helpdesk_ticket_lifecycle import SOLVED
from .helpdesk_ticket_reopen import REOPENING, REOPENING_KEY

#: The rules about the end of work, in the order in which they are told.
RULES = ("close_solution", "close_code", "close_restored", "close_complete")


class HelpdeskTicket(models.Model):
    """What a ticket needs before it is over (INC-27, INC-33, INC-38, DSK-16).

    Each rule is an ``itsm.enforcement.rule``: what happens if it is broken is the
    setting of the company. What the system does by itself, and what requesters do, is
    not asked: they cannot mend the record.
    """

    _inherit = "helpdesk.ticket"

    incomplete_fields = fields.Char(
        string="Missing",
        compute="_compute_incomplete_fields",
        help="What a complete record of a ticket would say besides (DSK-16).",
    )
    is_incomplete = fields.Boolean(
        string="Incomplete",
        compute="_compute_incomplete_fields",
        search="_search_is_incomplete",
    )

    @api.depends(lambda self: self._itsm_complete_fields())
    @api.depends_context("lang")
    def _compute_incomplete_fields(self):
        names = self._itsm_complete_fields()
        labels = {
            name: self._fields[name]._description_string(self.env) for name in names
        }
        for ticket in self:
            missing = [labels[name] for name in names if not ticket[name]]
            ticket.incomplete_fields = ", ".join(missing)
            ticket.is_incomplete = bool(missing)

    def _search_is_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        # the domain names fields that customers may read, this one they may not
        self._check_field_access(self._fields["is_incomplete"], "read")
        missing = Domain.OR(
            Domain(name, "=", False) for name in self._itsm_complete_fields()
        )
        domain = Domain.FALSE
        if True in value:
            domain |= missing
        if False in value:
            domain |= ~missing
        return domain

    @api.model
    def _itsm_complete_fields(self):
        """Names of the fields that a complete record has (DSK-16).

        Those that K75 counts; the closing code belongs to the end and has a rule of
        its own.
        """
        names = self.env["itsm.kpi"]._kpi_complete_fields()
        return [name for name in names if name != "closing_code_id"]

    # === When it is asked ===

    def _itsm_after_create(self, now):
        result = super()._itsm_after_create(now)
        if not self.env.su:
            ended = self.filtered(lambda ticket: ticket._itsm_solved_stage())
            ended._itsm_guard_end()
        return result

    def _itsm_after_write(self, before, vals):
        result = super()._itsm_after_write(before, vals)
        if self.env.su:
            return result
        ended, closed, reopened = self.browse(), self.browse(), self.browse()
        for ticket in self:
            old, new = before[ticket.id].state, ticket._itsm_effective_state()
            if old == new:
                continue
            if new in SOLVED and old not in SOLVED:
                ended |= ticket
            if new == "closed":
                closed |= ticket
            if old in SOLVED and new not in ("cancelled", *SOLVED):
                reopened |= ticket
        ended._itsm_guard_end()
        # What was recorded when they were resolved is not recorded twice.
        (closed - ended)._itsm_guard_end(blocked_only=True)
        closed._itsm_guard_confirmed()
        reopened._itsm_guard_reopened()
        return result

    # === What is asked ===

    def _itsm_guard_end(self, blocked_only=False):
        """Apply the rules about tickets whose work has ended.

        :param bool blocked_only: only rules that block; the rest was recorded before
        """
        if not self:
            return
        broken = {
            "close_solution": lambda t: is_html_empty(t.solution),
            "close_code": lambda t: not t.closing_code_id,
            "close_restored": lambda t: t._itsm_is_unrestored(),
            "close_complete": lambda t: t.is_incomplete,
        }
        for code in RULES:
            tickets = self.filtered(broken[code])
            if blocked_only:
                tickets = tickets._itsm_where_blocked(code)
            if tickets:
                self.env["itsm.enforcement.rule"]._enforce(
                    code, tickets, getattr(self, f"_itsm_message_{code}")
                )

    def _itsm_where_blocked(self, code):
        rules = self.env["itsm.enforcement.rule"]
        modes = {company: rules._mode_of(code, company) for company in self.company_id}
        return self.filtered(lambda ticket: modes[ticket.company_id] == "block")

    def _itsm_is_unrestored(self):
        """Whether an incident interrupts a service and nobody says until when."""
        self.ensure_one()
        return bool(
            self.itsm_kind == "incident"
            and self.interruption_start
            and not self.interruption_end
        )

    def _itsm_guard_confirmed(self):
        """A ticket that somebody closes was confirmed by its requester (INC-22)."""
        tickets = self.filtered(lambda ticket: not ticket.confirmation)
        if tickets:
            self.env["itsm.enforcement.rule"]._enforce(
                "close_confirmation", tickets, self._itsm_message_confirmation
            )

    def _itsm_guard_reopened(self):
        """A ticket is reopened in time and because its solution failed (INC-33)."""
        if self and self.env.context.get(REOPENING_KEY) is not REOPENING:
            self.env["itsm.enforcement.rule"]._enforce(
                "reopen_reason", self, self._itsm_message_reopen
            )

    # === What is said ===

    def _itsm_message_close_solution(self, ticket):
        return self.env._(
            "Solution: %(ticket)s is over and nobody says what was done. Enter the "
            "solution, or use the button Resolve.",
            ticket=ticket.display_name,
        )

    def _itsm_message_close_code(self, ticket):
        return self.env._(
            "Closing Code: choose how %(ticket)s ended, or use the button Resolve.",
            ticket=ticket.display_name,
        )

    def _itsm_message_close_restored(self, ticket):
        return self.env._(
            "Service Restored: the service of %(ticket)s is interrupted and it does "
            "not say until when. Enter when it worked again.",
            ticket=ticket.display_name,
        )

    def _itsm_message_close_complete(self, ticket):
        return self.env._(
            "%(ticket)s is incomplete. Enter: %(fields)s.",
            ticket=ticket.display_name,
            fields=ticket.incomplete_fields,
        )

    def _itsm_message_confirmation(self, ticket):
        return self.env._(
            "%(ticket)s was closed without the requester's confirmation. Resolve it "
            "and let him confirm, or use the button Confirmed when he has told you.",
            ticket=ticket.display_name,
        )

    def _itsm_message_reopen(self, ticket):
        return self.env._(
            "%(ticket)s was put back to work without saying in which way its solution "
            "failed. Use the button Reopen; for another wish make a new ticket.",
            ticket=ticket.display_name,
        )
