# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools.bulk import insert_rows
from ..tools.clock import Facts
from ..tools.fold import OVER, RETARGETING, STATE_ROWS, TicketFold
from ..tools.log_loader import AgreementLife, keeps
from .itsm_clock import STATUSES
from .itsm_ticket_event import STATED

_logger = logging.getLogger(__name__)

#: The most urgent status of a ticket's clocks is the ticket's.
STATUS_ORDER = (
    "breached",
    "at_risk",
    "running",
    "paused",
    "missed",
    "met",
    "handed_over",
    "cancelled",
    "exempt",
)
#: The order in which a ticket shows its clocks.
SHOWN = ("emergency", "response", "resolution", "update")
#: The longest that lies between the start of a creation and its end.
SAVE_TAKES = timedelta(seconds=30)
#: A fact before the change that nobody needs to know: only that it differs.
UNKNOWN = object()


class LazyPast:
    """The logs of a batch before the rows just appended; read once, if at all."""

    def __init__(self, tickets, new_events):
        self._tickets = tickets
        self._new_events = new_events
        self._events_of = None

    def steps(self, ticket):
        """The earlier steps of one ticket of the batch, for `TicketFold`."""
        if self._events_of is None:
            events = self._tickets.env["itsm.ticket.event"].search(
                [
                    ("ticket_id", "in", self._tickets.ids),
                    ("id", "not in", self._new_events.ids),
                ]
            )
            self._events_of = events.grouped("ticket_id")
        events = self._events_of.get(ticket)
        return events._as_steps() if events else []


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "itsm.archive.mixin"]

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    agreement_reason = fields.Selection(
        selection=[
            ("customer_service", "Agreed with this customer for this service"),
            ("customer", "Agreed with this customer for all services"),
            ("service", "Promised to every customer of this service"),
            ("default", "The default for every customer and service"),
            ("import", "Chosen when the ticket was imported"),
            ("no_agreement", "No clock: no agreement covers this customer and service"),
            ("not_started", "No clock: the agreement was not in force yet"),
            ("ended", "No clock: the agreement was no longer in force"),
            ("no_calendar", "No clock: no calendar with service hours"),
            ("no_target", "No clock: no target for this kind and priority"),
        ],
        string="Why",
        readonly=True,
        copy=False,
        help="Why this agreement applies, or why no clock runs. Empty: the ticket is "
        "older than the installation of service levels.",
    )
    clock_deadline = fields.Datetime(
        string="Next Deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The earliest deadline of the clocks that run.",
    )
    leg_deadline = fields.Datetime(
        string="Internal Deadline",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The earliest deadline of operational level agreements and underpinning "
        "contracts. Customers never see it.",
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        string="Held by Supplier",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The supplier who works on the ticket now. Clocks of our teams wait, the "
        "clock of the underpinning contract runs. Empty it when he hands it back.",
    )
    emergency_started_at = fields.Datetime(
        string="Emergency Response Started", readonly=True, copy=False
    )
    can_start_emergency = fields.Boolean(compute="_compute_can_log")
    can_log_supplier_reply = fields.Boolean(compute="_compute_can_log")
    clock_ids = fields.One2many(
        comodel_name="itsm.clock",
        inverse_name="ticket_id",
        readonly=True,
        # Others who read a ticket have no right to the clocks: reading all fields of
        # their own ticket must not fail.
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    leg_clock_ids = fields.One2many(
        comodel_name="itsm.clock",
        inverse_name="ticket_id",
        string="Legs",
        domain=[("kind", "!=", "sla")],
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    event_ids = fields.One2many(
        comodel_name="itsm.ticket.event",
        inverse_name="ticket_id",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    clock_status = fields.Selection(
        selection=STATUSES,
        string="Service Level",
        compute="_compute_clock_summary",
        search="_search_clock_status",
        help="The most urgent status of the ticket's clocks.",
    )
    clock_summary = fields.Json(
        string="Clocks", compute="_compute_clock_summary", exportable=False
    )

    # === Computes ===

    @api.depends(
        "clock_ids.phase",
        "clock_ids.deadline",
        "clock_ids.breached_at",
        "clock_ids.exempt",
        "agreement_reason",
    )
    @api.depends_context("lang")
    def _compute_clock_summary(self):
        now = fields.Datetime.now()
        resolver = self.env["itsm.agreement"]._clock_resolver()
        # sudo: whoever may read the ticket sees its clocks, not the agreement's text
        clocks = self.env["itsm.clock"].sudo()
        clocks = clocks.search(
            [("ticket_id", "in", self.ids), ("kind", "=", "sla")], order="cycle, id"
        )
        by_ticket = clocks.grouped("ticket_id")
        reasons = dict(
            self._fields["agreement_reason"]._description_selection(self.env)
        )
        metrics = dict(clocks._fields["metric"]._description_selection(self.env))
        for ticket in self:
            # sudo: keys of what was read in sudo above
            own = by_ticket.get(ticket._origin.sudo(), clocks.browse())
            latest = {clock.metric: clock for clock in own}
            shown = [latest[name] for name in SHOWN if name in latest]
            statuses = [clock._status_at(now) for clock in shown]
            ticket.clock_status = min(
                (clock._status_at(now) for clock in own),
                key=STATUS_ORDER.index,
                default=False,
            )
            ticket.clock_summary = {
                "now": fields.Datetime.to_string(now),
                "reason": reasons.get(ticket.agreement_reason, ""),
                "clocks": [
                    clock._summary(now, status, metrics[clock.metric], resolver)
                    for clock, status in zip(shown, statuses, strict=True)
                ],
            }

    def _search_clock_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [status for status in value if status]
        domain = Domain.FALSE
        clocks = self.env["itsm.clock"]
        of_customer = Domain("kind", "=", "sla")
        for status in wanted:
            more_urgent = STATUS_ORDER[: STATUS_ORDER.index(status)]
            has = Domain(
                "clock_ids", "any", of_customer & clocks._status_domain(status)
            )
            worse = Domain.OR(clocks._status_domain(name) for name in more_urgent)
            if more_urgent:
                has &= Domain("clock_ids", "not any", of_customer & worse)
            domain |= has
        if False in value:
            domain |= Domain("clock_ids", "not any", of_customer)
        return domain

    @api.depends("clock_ids.phase", "supplier_id")
    def _compute_can_log(self):
        # sudo: whoever may read the ticket may know what is waited for
        rows = (
            self.env["itsm.clock"]
            .sudo()
            ._read_group(
                [
                    ("ticket_id", "in", self.ids),
                    ("phase", "in", ("running", "paused")),
                    "|",
                    ("metric", "=", "emergency"),
                    "&",
                    ("kind", "=", "uc"),
                    ("metric", "=", "response"),
                ],
                ["ticket_id", "metric"],
            )
        )
        waiting = {(ticket.id, metric) for ticket, metric in rows}
        for ticket in self:
            own = ticket._origin.id
            ticket.can_start_emergency = (own, "emergency") in waiting
            ticket.can_log_supplier_reply = (own, "response") in waiting

    # === What happened, from itsm_base ===

    def _itsm_protected_fields(self):
        return (
            *super()._itsm_protected_fields(),
            "agreement_id",
            "agreement_reason",
            "clock_deadline",
            "leg_deadline",
            "emergency_started_at",
        )

    def write(self, vals):
        if "supplier_id" not in vals:
            return super().write(vals)
        before = {ticket.id: ticket.supplier_id for ticket in self}
        result = super().write(vals)
        changes = [
            (ticket, "supplier", {"supplier_id": ticket.supplier_id.id})
            for ticket in self.sudo()  # sudo: as in itsm_base, for the hook
            if ticket.supplier_id != before[ticket.id]
        ]
        if changes:
            self._itsm_facts_changed(changes)
        return result

    def action_start_emergency(self):
        """Note that the emergency response has started (SLM-61).

        :raises UserError: it has started already
        """
        self.check_access("write")
        if self.filtered("emergency_started_at"):
            raise UserError(self.env._("The emergency response has started already."))
        if self.filtered(lambda ticket: not ticket.can_start_emergency):
            raise UserError(
                self.env._(
                    "No emergency response is promised for this ticket, so there is "
                    "nothing to note. Look at its agreement and priority."
                )
            )
        # sudo: the milestone is evidence, which only code writes
        guard.with_token(self.sudo()).write(
            {"emergency_started_at": fields.Datetime.now()}
        )
        self._itsm_facts_changed([(ticket, "emergency", {}) for ticket in self])

    def action_supplier_replied(self):
        """Note that the supplier who holds the ticket has responded."""
        self.check_access("write")
        if self.filtered(lambda ticket: not ticket.supplier_id):
            raise UserError(
                self.env._(
                    "Held by Supplier: no supplier holds the ticket. Choose him first."
                )
            )
        self._itsm_facts_changed([(ticket, "supplier_reply", {}) for ticket in self])

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        # sudo: a user may create a ticket that he may not see afterwards
        live = self.sudo().filtered(lambda ticket: not ticket.is_history)
        if live:
            rows = live._prepare_first_events(fields.Datetime.now())
            live._clock_log(rows, fresh=True)
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        now = fields.Datetime.now()
        rows = []
        moved = []
        for ticket, what, vals in changes:
            if not ticket.agreement_reason:
                continue  # older than the installation: it has no log yet
            if what == "reported":
                moved.append(ticket)
            else:
                row = ticket._prepare_event(what, now)
                # sudo: whoever may answer need not be allowed to read the message
                message = self.env["mail.message"].sudo().browse(vals.get("message_id"))
                if message.message_type == "email":
                    # The gateway runs as somebody else: the author wrote it.
                    authors = message.author_id.user_ids.filtered(
                        lambda user: not user.share
                    )
                    row.update(source="mail", user_id=authors[:1].id or self.env.uid)
                rows.append(row)
        if rows:
            self._clock_note_late(rows, now)
            self._clock_log(rows)
        if moved:
            self.browse(ticket.id for ticket in moved)._clock_correct_reported(now)
        return result

    def _prepare_first_events(self, now):
        """Rows of the log for tickets that were just created."""
        rows = []
        for ticket in self:
            reported = ticket.reported_at or ticket.create_date or now
            row = ticket._prepare_event("reported", reported)
            state = ticket._itsm_effective_state()
            row["assignee_id"] = False
            # A save takes a moment: what came with the ticket is of when it came.
            saved = now if now - reported > SAVE_TAKES else reported
            if reported < saved and state != "new":
                # Written down later: until then nobody worked on it.
                row.update(state="new", stage_id=False, pause_reason_id=False)
            rows.append(row)
            if row["state"] != state:
                rows.append(
                    ticket._prepare_event(state if state in OVER else "state", saved)
                )
            if ticket.user_id:
                rows.append(ticket._prepare_event("assignee", saved))
        return rows

    def _prepare_event(self, what, time):
        """One row of the log: the facts that ``what`` states, as they are now."""
        self.ensure_one()
        row = {"ticket_id": self.id, "time": time, "what": what}
        for name in STATED[what]:
            if name == "assignee_id":
                row[name] = self.user_id.id
            elif name == "state":
                row[name] = self._itsm_effective_state()
                row["stage_id"] = self.stage_id.id
            else:
                value = self[name]
                row[name] = value.id if isinstance(value, models.BaseModel) else value
        return row

    # === The fold ===

    def _clock_log(self, rows, fresh=False):
        """Append rows to the log and let the clocks follow, in one batch.

        :param rows: list of dicts for `itsm.ticket.event`
        :param fresh: the tickets were just created and have no clocks yet
        """
        events = self.env["itsm.ticket.event"]._append(rows, self._event_source())
        self.invalidate_recordset(["event_ids"], flush=False)
        # sudo: clocks follow whoever saved the ticket, and nobody may write them
        tickets = self.browse(dict.fromkeys(row["ticket_id"] for row in rows)).sudo()
        # sudo: as above
        clocks = self.env["itsm.clock"].sudo()
        if not fresh:
            clocks = clocks.search([("ticket_id", "in", tickets.ids)])
        clocks_of = clocks.grouped("ticket_id")
        rows_of = {}
        for row in rows:
            rows_of.setdefault(row["ticket_id"], []).append(row)
        resolver = self.env["itsm.agreement"]._clock_resolver()
        resolver.prefetch(tickets)
        past = LazyPast(tickets, events)
        folds = {}
        for ticket in tickets:
            own = clocks_of.get(ticket, clocks.browse())
            steps = self._steps_of_rows(rows_of[ticket.id])
            facts = ticket._facts_before(steps)
            fold = TicketFold(
                resolver.for_company(
                    ticket.company_id.id,
                    ticket.agreement_id.id,
                    ticket.create_date,
                    own._kept_legs(),
                ),
                facts,
                ticket._clocks_as_fold(own, resolver),
                lambda ticket=ticket: past.steps(ticket),
            )
            if not fold.replay(steps):
                _logger.warning("Ticket %s: no working time ahead", ticket.number)
                if fresh:
                    fold.clocks = []
            folds[ticket] = fold
        self._clock_store(folds, clocks_of)

    def _event_source(self):
        """Where facts come from that do not say it themselves."""
        from_mail = self.env.context.get("itsm_event_source") is guard.MAIL
        return "mail" if from_mail else "user"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        # An object, as the guard's token: no client can send it.
        mail = self.with_context(itsm_event_source=guard.MAIL)
        return super(HelpdeskTicket, mail).message_new(msg_dict, custom_values)

    @api.constrains("company_id")
    def _check_company_of_clocks(self):
        # sudo: clocks that the user does not see count too
        for ticket in self.sudo():
            if any(clock.company_id != ticket.company_id for clock in ticket.clock_ids):
                raise ValidationError(
                    self.env._(
                        "Company: %(ticket)s has service level clocks of another "
                        "company. Create a new ticket in the other company and cancel "
                        "this one.",
                        ticket=ticket.display_name,
                    )
                )

    @staticmethod
    def _steps_of_rows(rows):
        steps = {}
        for row in rows:
            facts = {
                ("kind" if name == "itsm_kind" else name): row[name] or None
                for name in STATED[row["what"]]
            }
            steps.setdefault(row["time"], []).append((row["what"], facts))
        return sorted(steps.items(), key=lambda step: step[0])

    def _facts_before(self, steps):
        """The ticket's facts before ``steps``, as far as the fold asks for them."""
        self.ensure_one()
        facts = Facts(
            reported_at=self._itsm_reported_time(),
            state=self._itsm_effective_state(),
            pause_reason_id=self.pause_reason_id.id or None,
            team_id=self.team_id.id or None,
            assignee_id=self.user_id.id or None,
            priority=self.priority or None,
            service_id=self.service_id.id or None,
            partner_id=self.partner_id.id or None,
            kind=self.itsm_kind or None,
            supplier_id=self.supplier_id.id or None,
        )
        for _time, content in reversed(steps):
            for what, values in content:
                if what in RETARGETING:
                    facts.update(dict.fromkeys(values, UNKNOWN))
                elif what == "reopened":
                    facts.state = "resolved"
                elif what in STATE_ROWS:
                    facts.state = "open"
        return facts

    @staticmethod
    def _clocks_as_fold(clocks, resolver):
        result = []
        for clock in clocks:
            result.append(clock._as_fold(clock._rules(resolver)))
        return result

    @api.model
    def _clock_store(self, folds, clocks_of, is_history=False):
        """Store what the folds say, for many tickets at once.

        :param folds: dict of ticket (sudo) to `TicketFold`
        :param clocks_of: dict of ticket (sudo) to its stored clocks
        """
        model = self.env["itsm.clock"].sudo()  # sudo: as in _clock_log
        new = []
        changed = model.browse()
        values = []
        # sudo: as above
        tickets = self.sudo().browse()
        ticket_values = []
        for ticket, fold in folds.items():
            stored = {clock.id: clock for clock in clocks_of.get(ticket, model)}
            for clock in fold.clocks:
                if clock.key is None:
                    history = is_history or ticket.is_history
                    exempt = bool(ticket.clock_exempt)
                    vals = model._prepare_from_fold(clock, None, history or exempt)
                    vals.update(
                        ticket_id=ticket.id,
                        company_id=ticket.company_id.id,
                        is_history=history,
                        exempt=exempt,
                    )
                    new.append(vals)
                elif clock.changed:
                    record = stored[clock.key]
                    changed |= record
                    values.append(
                        model._prepare_from_fold(
                            clock, record.fired, record.is_history or record.exempt
                        )
                    )
            deadlines = [(c.kind, c.deadline) for c in fold.clocks if c.deadline]
            vals = {
                "clock_deadline": min(
                    (due for kind, due in deadlines if kind == "sla"), default=False
                ),
                "leg_deadline": min(
                    (due for kind, due in deadlines if kind != "sla"), default=False
                ),
            }
            if fold.reason:
                vals["agreement_reason"] = fold.reason
                vals["agreement_id"] = fold.rules.agreement_id if fold.rules else False
            tickets |= ticket
            ticket_values.append(vals)
        if new:
            names = tuple(new[0])
            insert_rows(model, names, [tuple(vals.values()) for vals in new])
            tickets.invalidate_recordset(["clock_ids"], flush=False)
        if changed:
            changed._store(values)
        tickets._clock_store_values(ticket_values)

    def _clock_store_values(self, values):
        """Write fields of ours on tickets, one dict each, past write() and tracking."""
        names = ("agreement_id", "agreement_reason", "clock_deadline", "leg_deadline")
        with self.env.protecting([self._fields[name] for name in names], self):
            for ticket, vals in zip(self, values, strict=True):
                for name, value in vals.items():
                    if value or ticket[name]:
                        ticket[name] = value
        self.modified(names)

    def _clock_store_deadline(self):
        """Take over the earliest deadline from the clocks."""
        clocks = self.env["itsm.clock"].sudo()  # sudo: the ticket's own figures
        tickets = self.sudo()  # sudo: as above
        values = [{} for _ticket in tickets]
        for name, operator in (("clock_deadline", "="), ("leg_deadline", "!=")):
            rows = dict(
                clocks._read_group(
                    [("ticket_id", "in", self.ids), ("kind", operator, "sla")],
                    ["ticket_id"],
                    ["deadline:min"],
                )
            )
            for ticket, vals in zip(tickets, values, strict=True):
                vals[name] = rows.get(ticket) or False
        tickets._clock_store_values(values)

    # === Corrections ===

    def _itsm_check_reported_move(self, vals):
        """Earlier is free as long as the ticket stays under its agreement.

        Before the agreement's first day its clocks would be cancelled and a breach
        withdrawn: that is for the desk lead, with a reason.
        """
        result = super()._itsm_check_reported_move(vals)
        new = fields.Datetime.to_datetime(vals["reported_at"])
        # sudo: the agreement decides, whoever may read it
        leaving = self.sudo().filtered(lambda ticket: ticket._clock_would_leave(new))
        if not leaving or self.env.su:
            return result
        if not self.env.user.has_group("itsm_base.itsm_group_lead"):
            raise AccessError(
                self.env._(
                    "Reported: %(ticket)s would leave its agreement, which was not in "
                    "force yet. Enter a later time, or ask the desk lead.",
                    ticket=leaving[0].display_name,
                )
            )
        if not (vals.get("reported_reason") or "").strip():
            raise ValidationError(
                self.env._(
                    "Reason for the Reported Time: %(ticket)s would leave its "
                    "agreement, which was not in force yet. Enter why.",
                    ticket=leaving[0].display_name,
                )
            )
        return result

    def _clock_would_leave(self, reported_at):
        """Whether ``reported_at`` (naive UTC) lies before the ticket's agreement."""
        self.ensure_one()
        agreement = self.agreement_id
        if not reported_at or not agreement or self._clock_kept_agreement():
            return False
        return agreement._local_date(reported_at, agreement.tz) < agreement.date_start

    def _clock_correct_reported(self, now):
        """The reported time was moved: log it and work every clock out again."""
        rows = []
        for ticket in self:
            row = ticket._prepare_event("corrected", now)
            row["reported_at"] = ticket._itsm_reported_time()
            row["note"] = ticket.reported_reason or False
            rows.append(row)
        self.env["itsm.ticket.event"]._append(rows, self._event_source())
        self.invalidate_recordset(["event_ids"], flush=False)
        self._clock_refold("reported")

    def _clock_refold(self, why, resolver=None, kind=None, keep_breaches=False):
        """Work clocks out again from the whole log (a correction).

        A correction may withdraw a breach; what held before stays in the clock's
        applications.

        :param kind: only clocks of this kind; the others stay as they are
        :param keep_breaches: it is a change, not a correction: it may add a breach and
            removes none (a new version taken for open tickets too)
        """
        resolver = resolver or self.env["itsm.agreement"]._clock_resolver()
        now = fields.Datetime.now()
        folds, clocks_of = {}, {}
        # sudo: clocks follow whoever corrected the ticket, and nobody may write them
        for ticket in self.sudo():
            own = ticket.clock_ids
            kept = ticket._clock_kept_agreement().id
            saved_at = False if ticket.is_history else ticket.create_date
            fold = TicketFold(
                resolver.for_company(
                    ticket.company_id.id, kept, saved_at, own._kept_legs()
                )
            )
            fold.replay(ticket.event_ids._as_steps(), now)
            if kind:
                fold.clocks = [clock for clock in fold.clocks if clock.kind == kind]
                fold.reason = None
            stored = {clock._identity(): clock for clock in own}
            for clock in fold.clocks:
                record = stored.get(clock.identity)
                if record:
                    clock.key = record.id
                    clock.changed = True
                    clock.applications = [
                        *(record.applications or []),
                        record._before_correction(now, why),
                        *clock.applications,
                    ]
                    if keep_breaches:
                        clock.keep_breach(record.breached_at)
            # What the corrected log knows nothing of gets no verdict.
            for record in own - own.browse(clock.key for clock in fold.clocks):
                rules = record._rules(resolver)
                if kind and record.kind != kind:
                    fold.clocks.append(record._as_fold(rules))
                    continue
                fold.clocks.append(record._as_fold_withdrawn(rules, now, why))
            folds[ticket] = fold
            clocks_of[ticket] = own
        tickets = self
        if not keep_breaches:
            # An object, as the guard's token: no client can send it.
            tickets = self.with_context(itsm_clock_source=guard.CORRECTION)
        tickets._clock_store(folds, clocks_of)

    def _clock_kept_agreement(self):
        """The ticket's agreement if its own days do not say so: it was given to the
        ticket after it was reported, or another took over from an earlier day on."""
        agreement = self.agreement_id
        first = self.event_ids.filtered(lambda event: event.what == "reported")[:1]
        if agreement and first:
            life = AgreementLife.of(agreement)
            if keeps(life, first.time, self.create_date, agreement._local_date):
                return agreement
        return agreement.browse()

    # === Evidence ===

    def _archive_kept(self):
        # An import that is taken back takes its tickets along.
        if guard.has_token(self.env):
            return self.browse()
        return self.filtered("clock_ids")

    def _archive_message(self):
        return self.env._(
            "%(ticket)s has service level clocks and is evidence: archive or cancel it "
            "instead of deleting it.",
            ticket=self[0].display_name,
        )

    def action_view_clocks(self):
        """Open the ticket's clocks: intervals, applications and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)], "context": {}}

    def action_view_events(self):
        """Open the ticket's event log."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_ticket_event_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)], "context": {}}
