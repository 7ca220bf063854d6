# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.itsm_base.models.helpdesk_ticket import WATCHED_FIELDS
from odoo.addons.itsm_base.tools import guard

from ..tools.fold import OVER

#: Changes that can make a target look better than it was, and what people call them.
LATE_CHANGES = ("cancelled", "kind", "priority", "service", "customer")
#: Share of a target from which on a change is late: its last fifth.
LAST_FIFTH = (4, 5)
#: What makes a solved ticket of a cancelled one, whose clocks stay out of the count.
SOLVED = ("resolved", "closed")
CONTEXT_KEY = "itsm_late_change"
#: The `itsm.enforcement.rule` that says what happens without a reason.
RULE = "late_change_reason"


class Asked(NamedTuple):
    """In the context of a save that somebody answers for; no client can send it."""

    reason: str
    #: ITSM state of each ticket before the save, by id
    states: dict


class HelpdeskTicket(models.Model):
    """Changes after a breach or in the last fifth of a target need a reason.

    They are not forbidden: gaming shows (design 2). What happens without a reason is
    the company's setting of the enforcement rule ``late_change_reason``; whatever it
    is, the change is counted.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    clock_change_reason = fields.Char(
        string="Reason for the Late Change",
        compute="_compute_clock_change_reason",
        readonly=False,
        exportable=False,
        help="Asked when a target is breached or four fifths of it are used and the "
        "ticket is cancelled, or its kind, priority, service or customer changes, and "
        "when a cancelled ticket is resolved or closed. It is kept in the event log.",
    )
    clock_change_needs_reason = fields.Boolean(
        compute="_compute_clock_change_needs_reason", exportable=False
    )
    clock_change_reason_required = fields.Boolean(
        compute="_compute_clock_change_needs_reason", exportable=False
    )
    late_change_count = fields.Integer(
        string="Late Changes",
        copy=False,
        readonly=True,
        aggregator="sum",
        help="Changes of kind, priority, service or customer, cancellations and "
        "exemptions after a breach or in the last fifth of a target, and cancelled "
        "tickets that were resolved or closed.",
    )

    # === Computes ===

    def _compute_clock_change_reason(self):
        """Always empty: a reason belongs to one save."""
        self.clock_change_reason = False

    @api.depends(
        "stage_id",
        "duplicate_id",
        "itsm_kind",
        "impact",
        "urgency",
        "priority",
        "service_id",
        "partner_id",
    )
    def _compute_clock_change_needs_reason(self):
        """Asked in a form only, for what was changed there and is not saved yet."""
        self.clock_change_needs_reason = False
        edited = self.filtered(lambda ticket: ticket._origin and not ticket.id)
        changed = edited.filtered(lambda ticket: ticket._is_guarded_change())
        asked = self.browse()
        if changed:
            over = changed.filtered(
                lambda ticket: (
                    ticket._itsm_effective_state() in OVER
                    and ticket._origin._itsm_effective_state() in OVER
                )
            )
            now = fields.Datetime.now()
            asked |= changed._origin._clock_pressed(now, over._origin)
        solved = edited.filtered(
            lambda ticket: (
                ticket._itsm_effective_state() in SOLVED
                and ticket._origin._itsm_effective_state() == "cancelled"
            )
        )
        asked |= solved._origin._clock_cancelled_with()
        self.clock_change_reason_required = False
        for ticket in edited:
            if ticket._origin in asked:
                mode = ticket._origin._clock_late_mode()
                ticket.clock_change_needs_reason = mode != "off"
                ticket.clock_change_reason_required = mode == "block"

    def _is_guarded_change(self):
        """Whether the form says something else than the database."""
        self.ensure_one()
        saved = self._origin
        state = self._itsm_effective_state()
        return (
            (state == "cancelled" and saved._itsm_effective_state() != state)
            or self.itsm_kind != saved.itsm_kind
            or self.priority != saved.priority
            or self.service_id._origin != saved.service_id
            or self.partner_id._origin != saved.partner_id
        )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # A reason belongs to a change; the web client sends the empty field too.
        if any("clock_change_reason" in vals for vals in vals_list):
            vals_list = [
                {k: v for k, v in vals.items() if k != "clock_change_reason"}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        reason = (vals.get("clock_change_reason") or "").strip()
        if "clock_change_reason" in vals:
            vals = {k: v for k, v in vals.items() if k != "clock_change_reason"}
        if WATCHED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        # Code answers for what it does: escalation rules, imports, the mail gateway;
        # unless it says why, as for a customer who closes his ticket.
        asked = None
        if reason or not (self.env.su or guard.has_token(self)):
            states = {ticket.id: ticket._itsm_effective_state() for ticket in self}
            asked = Asked(reason, states)
        records = self
        if asked or CONTEXT_KEY in self.env.context:
            records = self.with_context(**{CONTEXT_KEY: asked})
        return super(HelpdeskTicket, records).write(vals)

    def _itsm_portal_close(self, stage, user):
        # He need not say why, but a late cancellation is counted.
        reason = self.env._("Closed in the portal by %(user)s.", user=user.name)
        self.write({"stage_id": stage.id, "clock_change_reason": reason})

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), "late_change_count")

    # === The rule ===

    def _clock_pressed(self, now, over=()):
        """Tickets with a clock of the customer that is breached or nearly so.

        A miss counts for as long as its ticket is open.

        :param now: naive UTC datetime; what was used is read against it
        :param over: tickets for which only open clocks count: they were over and stay
            so, and there is nothing to gain from a verdict that is final
        """
        # sudo: the rule holds for whoever may change the ticket
        clocks = self.env["itsm.clock"].sudo()
        clocks = clocks.search(
            [
                ("ticket_id", "in", self.ids),
                ("kind", "=", "sla"),
                "|",
                ("phase", "in", ("running", "paused")),
                ("breached_at", "!=", False),
            ]
        )
        over_ids = {ticket.id for ticket in over}
        resolver = self.env["itsm.agreement"]._clock_resolver()
        share, whole = LAST_FIFTH
        pressed = set()
        for clock in clocks:
            if clock.phase not in ("running", "paused"):
                if clock.ticket_id.id not in over_ids:
                    pressed.add(clock.ticket_id.id)
                continue
            fold = clock._as_fold(clock._rules(resolver))
            if fold.breached_at or (whole * fold.used_at(now) >= share * fold.target):
                pressed.add(clock.ticket_id.id)
        return self.filtered(lambda ticket: ticket.id in pressed)

    def _clock_cancelled_with(self):
        """Tickets of which a clock of the customer was cancelled as they were.

        Solved now they would be left out of the count without a trace.
        """
        if not self:
            return self
        # sudo: the rule holds for whoever may change the ticket
        events = self.env["itsm.ticket.event"].sudo()
        cancelled_at = dict(
            events._read_group(
                [("ticket_id", "in", self.ids), ("what", "=", "cancelled")],
                ["ticket_id"],
                ["time:max"],
            )
        )
        clocks = self.env["itsm.clock"].sudo()  # sudo: as above
        clocks = clocks.search(
            [
                ("ticket_id", "in", self.ids),
                ("kind", "=", "sla"),
                ("phase", "=", "cancelled"),
            ]
        )
        found = set()
        for clock in clocks:
            since = cancelled_at.get(clock.ticket_id)
            # Earlier ones were dropped apart from the ticket.
            if not since or not clock.stopped_at or clock.stopped_at >= since:
                found.add(clock.ticket_id.id)
        return self.filtered(lambda ticket: ticket.id in found)

    def _clock_note_late(self, rows, now):
        """Ask for a reason if rows of the log are late changes, and mark them.

        :param rows: dicts for `itsm.ticket.event` of facts that just changed, before
            the clocks follow
        :raises ValidationError: there is no reason, and the company blocks that
        """
        asked = self.env.context.get(CONTEXT_KEY)
        if not isinstance(asked, Asked):
            return
        guarded = [row for row in rows if row["what"] in LATE_CHANGES]
        solved = [
            row
            for row in rows
            if row["what"] in SOLVED
            and asked.states.get(row["ticket_id"]) == "cancelled"
        ]
        if not guarded and not solved:
            return
        tickets = self.browse(dict.fromkeys(row["ticket_id"] for row in guarded))
        over = tickets.filtered(
            lambda ticket: (
                asked.states.get(ticket.id) in OVER
                and ticket._itsm_effective_state() in OVER
            )
        )
        pressed = tickets._clock_pressed(now, over)
        revived = self.browse(row["ticket_id"] for row in solved)
        revived = revived._clock_cancelled_with()
        if not asked.reason:
            self._clock_ask_reason(
                pressed, lambda found: self._late_change_message(found, guarded)
            )
            self._clock_ask_reason(revived, self._late_solution_message)
        counts = {}
        for row in guarded + solved:
            row["note"] = asked.reason or None
            late = revived if row["what"] in SOLVED else pressed
            if row["ticket_id"] in late._ids:
                row["is_late_change"] = True
                counts[row["ticket_id"]] = counts.get(row["ticket_id"], 0) + 1
        self._clock_count_late(counts)

    def _clock_late_mode(self):
        """What the company wants of a late change without reason, as a mode."""
        self.ensure_one()
        rules = self.env["itsm.enforcement.rule"]
        return rules._mode_of(RULE, self.company_id or self.env.company)

    @api.model
    def _clock_ask_reason(self, tickets, message):
        """Do what the companies of *tickets* want where a reason is missing.

        :param message: function of some tickets: what is wrong with them
        """
        if tickets:
            rules = self.env["itsm.enforcement.rule"]
            rules._enforce(RULE, tickets, message, summary=message)

    def _clock_count_late(self, counts):
        """Add to the number of late changes: dict of ticket id to how many more."""
        tickets = self.sudo().browse(counts)  # sudo: counted, whoever changed it
        tickets._itsm_write_derived(
            {
                ticket.id: {
                    "late_change_count": ticket.late_change_count + counts[ticket.id]
                }
                for ticket in tickets
            }
        )

    def _late_solution_message(self, tickets):
        if len(tickets) > 1:
            return self.env._(
                "Reason for the Late Change: %(count)s of these tickets, %(ticket)s "
                "the first of them, were cancelled and their clocks with them. "
                "Resolving or closing them needs a reason now: open the tickets and "
                "enter it there. Nothing was changed.",
                count=len(tickets),
                ticket=tickets[0].display_name,
            )
        return self.env._(
            "Reason for the Late Change: %(ticket)s was cancelled and its clocks with "
            "it. Resolving or closing it needs a reason now: enter it on the ticket "
            "and save again. Nothing was changed.",
            ticket=tickets.display_name,
        )

    def _late_change_message(self, pressed, guarded):
        labels = {
            "cancelled": self.env._("cancelling it"),
            "kind": self.env._("another kind"),
            "priority": self.env._("another priority"),
            "service": self.env._("another service"),
            "customer": self.env._("another customer"),
        }
        ticket = pressed[0]
        whats = {row["what"] for row in guarded if row["ticket_id"] == ticket.id}
        changes = ", ".join(labels[what] for what in LATE_CHANGES if what in whats)
        if len(pressed) > 1:
            return self.env._(
                "Reason for the Late Change: %(count)s of these tickets, %(ticket)s "
                "the first of them, have a target that is breached or nearly used up. "
                "%(changes)s needs a reason then: open the tickets and enter it there. "
                "Nothing was changed.",
                count=len(pressed),
                ticket=ticket.display_name,
                changes=changes.capitalize(),
            )
        return self.env._(
            "Reason for the Late Change: a target of %(ticket)s is breached or nearly "
            "used up. %(changes)s needs a reason then: enter it on the ticket and save "
            "again. Nothing was changed.",
            ticket=ticket.display_name,
            changes=changes.capitalize(),
        )
