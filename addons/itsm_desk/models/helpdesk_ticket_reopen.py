# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools import guard

from .helpdesk_ticket_lifecycle import AT_WORK, SOLVED

#: States of services that a new ticket may be about.
CHOOSABLE = ("live", "changing", "retiring")
#: In the context of a save that reopens for a reason; no client can send an object.
REOPENING = object()
REOPENING_KEY = "itsm_reopening"
#: Written by the steps of this file only.
REFUSAL_FIELDS = ("reopen_reason", "failed_solution_at")


class HelpdeskTicket(models.Model):
    """A solution that failed, and what is asked for afterwards (INC-33).

    Closed tickets are reopened for some days if the solution failed; for everything
    else there is a new ticket linked to the old one.
    """

    _inherit = "helpdesk.ticket"

    reopen_reason = fields.Text(
        string="Why Reopened",
        copy=False,
        readonly=True,
        help="In which way the last solution failed.",
    )
    failed_solution_at = fields.Datetime(
        string="Failed Solution Given",
        copy=False,
        readonly=True,
        help="When the requester was given the solution that failed.",
    )
    previous_ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Follows Ticket",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The ticket was reported about one that was closed already.",
    )
    follow_up_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="previous_ticket_id",
        string="Followed By",
        readonly=True,
    )
    can_reopen = fields.Boolean(compute="_compute_can_reopen", exportable=False)

    @api.depends("closed_date", "company_id.itsm_reopen_days", "stage_id.itsm_state")
    def _compute_can_reopen(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.can_reopen = ticket._itsm_may_reopen(now)

    # === What is written by code only ===

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), *REFUSAL_FIELDS)

    def _itsm_milestones(self, old, new, now):
        vals = super()._itsm_milestones(old, new, now)
        if old.state in SOLVED and new.state in AT_WORK:
            vals["failed_solution_at"] = self.resolved_at
        return vals

    # === Reopening ===

    def _itsm_may_reopen(self, now=None):
        """Whether the ticket may be reopened if its solution failed (INC-33).

        A resolved ticket always; a closed one for the days of its company; a cancelled
        one or a duplicate never.

        :param datetime now: naive UTC
        :rtype: bool
        """
        self.ensure_one()
        state = self._itsm_effective_state()
        if state != "closed":
            return state == "resolved"
        ticket = self.sudo()  # sudo: it does not depend on who may read these fields
        closed_at = ticket.closed_date or ticket.resolved_at
        if not closed_at:
            return False
        return (now or fields.Datetime.now()) <= ticket.company_id._itsm_reopen_until(
            closed_at
        )

    def action_refuse(self, reason):
        """Reopen tickets of which the requester says that they are not solved.

        :param str reason: in which way the solution failed, plain text
        :raise AccessError: the user is neither the requester nor allowed to write
        :raise UserError: there is no reason, or it is too late: a new ticket is needed
        """
        user = self.env.user
        mine = all(ticket._itsm_is_requester(user) for ticket in self)
        if not mine and user._is_internal() and self.has_access("write"):
            self._itsm_reopen(reason)
            return
        self._itsm_check_requester(user)
        # sudo: the requester may not write his ticket; it was just checked that it is
        self.sudo()._itsm_reopen(reason, user.partner_id)

    def action_reopen(self):
        """Ask why, then reopen the ticket or make a new one linked to it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_reopen_action"
        )
        return action | {"context": {"default_ticket_id": self.id}}

    def _itsm_reopen(self, reason, partner=None):
        """Put solved tickets back to work because their solution failed (INC-33).

        :param str reason: plain text
        :param partner: ``res.partner`` of the requester if he said so himself
        :raise UserError: no reason, not solved, or closed for longer than the company
            reopens
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say in which way the solution failed; one line is enough.")
            )
        now = fields.Datetime.now()
        for ticket in self:
            if not ticket._itsm_may_reopen(now):
                raise UserError(ticket._itsm_not_reopened_message())
        # The reason is evidence, which only code writes.
        marked = guard.with_token(self.with_context(**{REOPENING_KEY: REOPENING}))
        marked._itsm_move("open", {"reopen_reason": reason})
        for ticket in self:
            ticket._itsm_post_refusal(reason, partner)

    def _itsm_post_refusal(self, reason, partner=None):
        """Write down in which way the solution failed; see `_itsm_reopen`."""
        self.ensure_one()
        title = Markup("<b>%s</b>") % self.env._("Not solved:")
        body = title + plaintext2html(reason)
        if partner:
            # What the requester says stands in his conversation.
            self.message_post(
                body=body,
                author_id=partner.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        else:
            self._message_log(body=body)

    def _itsm_is_refused(self):
        """Whether somebody said that the solution failed, and work goes on.

        :return: False without a ticket
        :rtype: bool
        """
        ticket = self.sudo()  # sudo: it does not depend on who may read these fields
        return bool(
            ticket
            and ticket._itsm_effective_state() in AT_WORK
            and ticket.reopen_reason
            and ticket.failed_solution_at
        )

    def _itsm_refuse(self, reason, partner):
        """The requester says that his ticket is not solved; twice is once (INC-33).

        What he says besides the second time is added to the conversation.

        :param str reason: plain text
        :param partner: ``res.partner`` of the requester
        :raise UserError: see `_itsm_reopen`
        """
        self.ensure_one()
        if not self._itsm_is_refused():
            self._itsm_reopen(reason, partner)
            return
        reason = (reason or "").strip()
        if reason and reason != self.sudo().reopen_reason:  # sudo: as above
            self._itsm_post_refusal(reason, partner)

    def _itsm_not_reopened_message(self):
        self.ensure_one()
        if self._itsm_effective_state() == "closed":
            # sudo: the number of days, not the company
            days = self.sudo().company_id.itsm_reopen_days
            return self.env._(
                "%(ticket)s was closed more than %(days)s days ago and is not "
                "reopened. Report a new ticket about it; it will be linked.",
                ticket=self.display_name,
                days=days,
            )
        return self.env._(
            "%(ticket)s cannot be reopened: there is no solution that could have "
            "failed.",
            ticket=self.display_name,
        )

    # === New tickets about old ones ===

    def _itsm_follow_up(self, vals=None):
        """Make a new ticket linked to this one: it was closed too long ago, or the
        requester wants something else (INC-33).

        :param dict vals: values of the new ticket; by default it is about the same
            customer and service and goes to the same team
        :return: the new ``helpdesk.ticket``
        """
        self.ensure_one()
        ticket = self.create(self._itsm_linked_vals("previous_ticket_id", vals))
        self._itsm_note_link(
            ticket,
            self.env._("Follows ticket %(ticket)s."),
            self.env._("Followed by ticket %(ticket)s."),
        )
        return ticket

    def _itsm_linked_vals(self, link, vals):
        """Values of a new ticket about the same matter.

        :param str link: the field of the new ticket that names this one
        :param dict vals: what is known better
        """
        self.ensure_one()
        source = self.sudo()  # sudo: what is taken over does not depend on the reader
        taken = {
            name: source[name].id
            for name in (
                "company_id",
                "team_id",
                "partner_id",
                "category_id",
                "channel_id",
            )
        }
        # A service that is not offered any more cannot be chosen.
        service = source.service_id
        chosen = (vals or {}).get("service_id")
        if service and chosen is None and service.state in CHOOSABLE:
            taken["service_id"] = service.id
        names = ("partner_name", "partner_email", "itsm_kind", "impact", "urgency")
        taken.update({name: source[name] for name in names})
        return {
            "name": source.name,
            "description": source.description,
            "user_id": False,
            **taken,
            **(vals or {}),
            link: self.id,
        }

    def _itsm_note_link(self, other, there, here):
        """Write on both tickets that they belong together.

        :param other: the other ``helpdesk.ticket``
        :param str there: text for *other*, with a place for the name of this one
        :param str here: text for this one, with a place for the name of *other*
        """
        self.ensure_one()
        bodies = {
            other.id: Markup("<p>%s</p>") % there % {"ticket": self._get_html_link()},
            self.id: Markup("<p>%s</p>") % here % {"ticket": other._get_html_link()},
        }
        # sudo: a note of the system on both, also on one that the user may only read
        (self | other).sudo()._message_log_batch(bodies)
