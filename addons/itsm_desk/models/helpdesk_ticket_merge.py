# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_lifecycle import AT_WORK

#: What people said; what the system noted stays with the ticket it is about.
CONVERSATION = ("comment", "email", "email_outgoing", "auto_comment")
#: States in which an application asks for nothing any more.
ENDED_REQUESTS = ("rejected", "cancelled")


class HelpdeskTicket(models.Model):
    """Merge, split, change of kind: nothing of a ticket is lost by them.

    A merged ticket is cancelled as a duplicate and keeps its event log, its clocks and
    what the system noted; what people said goes on in the other ticket, and so do
    answers to their mails.
    """

    _inherit = "helpdesk.ticket"

    split_from_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The ticket in which this one was reported too.",
    )
    split_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="split_from_id",
        string="Split Off",
        readonly=True,
    )

    # === Merge ===

    def action_merge(self):
        """Choose the ticket that goes on, then merge these into it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_merge_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_merge_into(self, target, reason):
        """Cancel tickets as duplicates of *target*, which takes over what was said.

        Messages, files, followers, activities, children and earlier duplicates move;
        log rows, clocks and notes of the system stay. The requesters are told where it
        goes on.

        :param target: ``helpdesk.ticket``, open
        :param str reason: kept on all tickets, and in the event log if it is late
        :raise UserError: not open, not of one customer, or not of one company
        :raise ValidationError: a late change without reason (rule of the company)
        """
        (self | target).check_access("write")
        self._itsm_check_merge(target)
        # sudo: what belongs to the tickets moves, whoever may read each piece of it
        sources, goal = self.sudo(), target.sudo()
        sources._itsm_give_place(goal)
        earlier = sources.duplicate_ids
        if earlier:
            earlier.duplicate_id = goal
        followers = sources.message_partner_ids | sources.partner_id
        sources._itsm_move_messages(
            goal, sources.message_ids.filtered(lambda m: m.message_type in CONVERSATION)
        )
        sources.attachment_ids.write({"res_id": goal.id})
        sources.activity_ids.write({"res_id": goal.id})
        (sources | goal).invalidate_recordset(["activity_ids"])
        goal.message_subscribe(partner_ids=followers.ids)
        stage_of = self._itsm_duplicate_stages()
        code = self.env.ref(
            "itsm_base.itsm_closing_code_duplicate", raise_if_not_found=False
        )
        for stage, tickets in self.grouped(lambda t: stage_of[t.id]).items():
            tickets.write(
                {
                    "duplicate_id": target.id,
                    "stage_id": stage.id,
                    "closing_code_id": code.id if code else False,
                    "clock_change_reason": reason,
                }
            )
        self._itsm_note_merge(target, reason)

    def _itsm_give_place(self, target):
        """Give their children and their own place to the ticket that goes on.

        It takes the place of those that were above it; without a parent of its own it
        gets the only open one that they have.

        :param target: ``helpdesk.ticket``
        """
        above = target._itsm_ancestors() & self
        if above:
            target.parent_id = above[-1].parent_id
        (self.child_ids - self - target).parent_id = target
        parents = (self.parent_id - self - target).filtered(
            lambda ticket: (
                ticket._itsm_effective_state() in AT_WORK
                and target not in ticket._itsm_ancestors()
            )
        )
        if not target.parent_id and len(parents) == 1:
            target.parent_id = parents

    def _itsm_ancestors(self):
        """The parent, its parent and so on, the nearest first."""
        self.ensure_one()
        found, parent = self.browse(), self.parent_id
        while parent:
            found += parent
            parent = parent.parent_id
        return found

    def _itsm_check_merge(self, target):
        customers = {
            # sudo: the agent need not read every partner
            ticket.sudo().commercial_partner_id
            for ticket in self | target
        } - {self.env["res.partner"]}
        if not self or target in self:
            raise UserError(
                self.env._(
                    "Merge: choose at least one ticket besides the one that stays."
                )
            )
        for ticket in self | target:
            if ticket.duplicate_id or ticket._itsm_effective_state() not in AT_WORK:
                raise UserError(
                    self.env._(
                        "Merge: %(ticket)s is over. Only open tickets are merged, so "
                        "that no verdict changes; reopen it first if it belongs here.",
                        ticket=ticket.display_name,
                    )
                )
            if ticket.company_id != target.company_id:
                raise UserError(
                    self.env._(
                        "Merge: %(ticket)s belongs to another company.",
                        ticket=ticket.display_name,
                    )
                )
        if len(customers) > 1:
            raise UserError(
                self.env._(
                    "Merge: the tickets are of several customers, and one would read "
                    "what the other wrote. Make one of them the Parent Ticket of the "
                    "others instead."
                )
            )

    def _itsm_duplicate_stages(self):
        """The stage of each ticket for duplicates: the company's, else a cancelled."""
        stages = self._itsm_stages_for("cancelled")
        for ticket in self:
            # sudo: a setting of the company
            chosen = ticket.sudo().company_id.helpdesk_mgmt_duplicate_ticket_stage_id
            if chosen:
                stages[ticket.id] = chosen.with_env(self.env)
        return stages

    def _itsm_move_messages(self, target, messages):
        """Give messages and their files to another ticket; answers follow them.

        :param target: ``helpdesk.ticket``
        :param messages: ``mail.message`` of these tickets, in sudo
        """
        files = messages.attachment_ids.filtered(
            lambda file: file.res_model == self._name and file.res_id in self._ids
        )
        messages.write({"res_id": target.id})
        files.write({"res_id": target.id})
        (self | target).invalidate_recordset(["message_ids", "attachment_ids"])

    def _itsm_note_merge(self, target, reason):
        links = Markup(", ").join(ticket._get_html_link() for ticket in self)
        there = Markup("<p>%s</p><p>%s</p>") % (
            self.env._("Merged with it: %(tickets)s."),
            self.env._("Reason: %(reason)s"),
        )
        here = Markup("<p>%s</p><p>%s</p>") % (
            self.env._("Merged into %(ticket)s, which has its messages now."),
            self.env._("Reason: %(reason)s"),
        )
        bodies = dict.fromkeys(
            self.ids, here % {"ticket": target._get_html_link(), "reason": reason}
        )
        bodies[target.id] = there % {"tickets": links, "reason": reason}
        (self | target)._message_log_batch(bodies)

    def _track_template(self, tracking):
        found = super()._track_template(tracking)
        # A duplicate goes on elsewhere: “your ticket is closed” would be wrong, and
        # the requester is told by the event ticket_merged.
        if self[0].duplicate_id:
            found.pop("stage_id", None)
        return found

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        merged = [
            ticket.id
            for ticket, what, _vals in changes
            if what == "cancelled" and ticket.duplicate_id
        ]
        if merged:
            # sudo: the requester is told, whoever may read what
            tickets = self.browse(merged).sudo()
            self.env["itsm.notification.event"]._notify("ticket_merged", tickets)
        return result

    # === Split ===

    def action_split(self):
        """Choose the messages that are about something else."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_split_action"
        )
        return action | {"context": {"default_ticket_id": self.id}}

    def _itsm_split(self, messages, vals):
        """Move messages into a new ticket linked to this one.

        The clocks of the new ticket start when the requester first said it; those of
        this one go on as they are.

        :param messages: ``mail.message`` of this ticket's conversation
        :param dict vals: values of the new ticket; ``name`` at least
        :return: the new ``helpdesk.ticket``
        :raise UserError: no message, or one that is not of this conversation
        """
        self.ensure_one()
        self.check_access("write")
        own = messages.filtered(
            lambda message: (
                message.model == self._name
                and message.res_id == self.id
                and message.message_type in CONVERSATION
            )
        )
        if not own or own != messages:
            raise UserError(
                self.env._(
                    "Split: choose one or more messages of the conversation of this "
                    "ticket."
                )
            )
        first = messages.sorted(lambda message: (message.date, message.id))
        # sudo: the agent need not read every partner
        said = first.filtered(lambda m: m.author_id == self.sudo().partner_id)[:1]
        ticket = self.create(
            self._itsm_linked_vals(
                "split_from_id",
                {
                    "description": first[0].body or vals.get("name"),
                    "reported_at": (said.date or fields.Datetime.now()).replace(
                        microsecond=0
                    ),
                    **vals,
                },
            )
        )
        # sudo: only an administrator may otherwise give a message to another record
        self.sudo()._itsm_move_messages(ticket.sudo(), messages.sudo())
        self._itsm_note_link(
            ticket,
            self.env._("Split from ticket %(ticket)s."),
            self.env._("Split off into ticket %(ticket)s, with the messages about it."),
        )
        return ticket

    # === Change of kind ===

    def action_change_kind(self):
        """Ask for the other kind and the reason."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_kind_action"
        )
        return action | {"context": {"default_ticket_ids": self.ids}}

    def _itsm_change_kind(self, kind, reason, vals=None):
        """Make requests of incidents, or the other way round; clocks follow.

        The targets of the other kind apply as the agreement says (from the start or
        from the change); breaches stay.

        :param str kind: incident or request
        :param str reason: kept in the conversation, and in the event log if it is late
        :param dict vals: more values for the same save, such as the service
        :raise UserError: a ticket is over, or is of that kind already
        """
        label = dict(self._fields["itsm_kind"]._description_selection(self.env))
        old = {ticket.id: label.get(ticket.itsm_kind, "–") for ticket in self}
        for ticket in self:
            if ticket._itsm_effective_state() not in AT_WORK:
                raise UserError(
                    self.env._(
                        "%(ticket)s is over: its kind is part of what was reported. "
                        "Reopen it first if its solution failed.",
                        ticket=ticket.display_name,
                    )
                )
            # sudo: an application counts, whoever may read it
            requests_sudo = ticket.sudo().itsm_request_ids
            if requests_sudo.filtered(lambda r: r.state not in ENDED_REQUESTS):
                raise UserError(
                    self.env._(
                        "%(ticket)s has an application that is not over. Cancel it "
                        "first.",
                        ticket=ticket.display_name,
                    )
                )
            if ticket.itsm_kind == kind:
                raise UserError(
                    self.env._(
                        "%(ticket)s is of the kind “%(kind)s” already.",
                        ticket=ticket.display_name,
                        kind=label[kind],
                    )
                )
        self.write({**(vals or {}), "itsm_kind": kind, "clock_change_reason": reason})
        self._message_log_batch(
            {
                ticket.id: self.env._(
                    "Kind changed from %(old)s to %(new)s. Reason: %(reason)s",
                    old=old[ticket.id],
                    new=label[kind],
                    reason=reason,
                )
                for ticket in self
            }
        )
