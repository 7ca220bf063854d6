# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..tools.catalogue import OFFERED
from ..tools.guard import AUTOMATIC, has_token, without_token
from .itsm_priority_rule import IMPACTS, PRIORITIES, URGENCIES

# Evidence: only code that holds the token of tools/guard.py writes these.
PROTECTED_FIELDS = (
    "first_response_at",
    "first_assigned_at",
    "resolved_at",
    "reopened_at",
    "reopened_count",
    "is_history",
)
# The same of helpdesk_mgmt, which sets them itself: figures, retention, rebuilt logs
# and the limit of pauses are read from them.
PROTECTED_DATES = ("assigned_date", "closed_date", "last_stage_update")

# Fields of ours that a customer may read in the portal. Whatever an ITSM addon adds to
# the ticket is hidden from customers until it is named here.
PORTAL_READABLE_FIELDS = frozenset(
    {
        "itsm_kind",
        "service_id",
        "reported_at",
        "impact",
        "urgency",
        "itsm_state",
        "resolved_at",
    }
)


class TicketFacts(NamedTuple):
    """What of a ticket is watched: ids for many2ones, plain values for the rest."""

    reported_at: object
    stage_id: int | bool
    state: str | bool
    pause_reason_id: int | bool
    team_id: int | bool
    user_id: int | bool
    priority: str | bool
    service_id: int | bool
    partner_id: int | bool
    itsm_kind: str | bool


# Fields whose change, by itself or through computes, can change a watched fact.
WATCHED_FIELDS = frozenset(TicketFacts._fields) - {"state"} | {
    "impact",
    "urgency",
    "duplicate_id",
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"
    # helpdesk_mgmt declares no company check, and without this line check_company on
    # the fields below would check nothing.
    _check_company_auto = True

    # None of the stored fields has a default or a compute that would fill existing
    # rows when the addon is installed: defaults are given by default_get() and
    # create(). The column of priority exists already and is not computed again.
    team_id = fields.Many2one(check_company=True)
    stage_id = fields.Many2one(check_company=True)
    category_id = fields.Many2one(check_company=True)
    # helpdesk_mgmt sets these itself; a copy begins anew, as its stage does
    last_stage_update = fields.Datetime(readonly=True, copy=False)
    assigned_date = fields.Datetime(readonly=True)
    closed_date = fields.Datetime(readonly=True)
    # searched by the portal rules and by the counters of partners and duplicates
    partner_id = fields.Many2one(index="btree_not_null")
    duplicate_id = fields.Many2one(index="btree_not_null")
    itsm_kind = fields.Selection(
        selection=[("incident", "Incident"), ("request", "Service request")],
        string="Kind",
        index="btree_not_null",
        tracking=True,
        help="Incident: something does not work as agreed.\n"
        "Service request: the requester wants something that the catalogue offers.",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('state', 'in', ('live', 'changing', 'retiring'))] + (partner_id and "
        "['|', ('partner_ids', '=', False), ('partner_ids', 'parent_of', partner_id)] "
        "or [])",
    )
    reported_at = fields.Datetime(
        string="Reported",
        copy=False,
        tracking=True,
        help="When the requester told the service desk; clocks start here. Empty: the "
        "moment the ticket is saved.",
    )
    reported_reason = fields.Char(
        string="Reason for the Reported Time",
        copy=False,
        help="Required when the reported time moves later, which only the desk lead "
        "may do.",
    )
    impact = fields.Selection(
        selection=IMPACTS,
        tracking=True,
        help="How much of the customer's business is affected.",
    )
    urgency = fields.Selection(
        selection=URGENCIES,
        tracking=True,
        help="How long it can wait. Urgent: handle at once. High: within 2 hours. "
        "Medium: within 24 hours. Low: may take longer than 24 hours.",
    )
    priority = fields.Selection(
        selection=PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        tracking=True,
        help="From impact and urgency by the priority matrix of the company. "
        "Another priority needs a reason.",
    )
    matrix_priority = fields.Selection(
        selection=PRIORITIES,
        string="Priority by Matrix",
        compute="_compute_matrix_priority",
    )
    priority_reason = fields.Char(
        string="Reason for the Priority",
        help="Required if the priority is not the one of the matrix.",
    )
    support_line = fields.Selection(
        selection=[
            ("1", "1st line: service desk"),
            ("2", "2nd line: engineers"),
            ("3", "3rd line: specialists and suppliers"),
        ],
        tracking=True,
    )
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        tracking=True,
        help="What the ticket waits for. Clocks run on until it is given.",
    )
    pause_overdue = fields.Boolean(
        string="Paused Too Long",
        compute="_compute_pause_overdue",
        search="_search_pause_overdue",
        help="Longer in its stage than the pause reason allows: ask again.",
    )
    itsm_state = fields.Selection(related="stage_id.itsm_state")
    closing_code_id = fields.Many2one(
        comodel_name="itsm.closing.code",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    first_response_at = fields.Datetime(
        string="First Response",
        copy=False,
        readonly=True,
        help="The first message that a person of the provider wrote to the requester.",
    )
    first_assigned_at = fields.Datetime(
        string="First Assigned", copy=False, readonly=True
    )
    resolved_at = fields.Datetime(
        string="Resolved",
        copy=False,
        readonly=True,
        help="Empty again when the ticket is reopened.",
    )
    reopened_at = fields.Datetime(string="Last Reopened", copy=False, readonly=True)
    reopened_count = fields.Integer(
        string="Times Reopened", copy=False, readonly=True, aggregator="sum"
    )
    is_history = fields.Boolean(
        string="Imported History",
        copy=False,
        readonly=True,
        help="The ticket was imported with its past: it gets no mail, no activity and "
        "no escalation.",
    )

    # === Computes ===

    @api.depends("team_id")
    def _compute_stage_id(self):
        # helpdesk_mgmt takes the stages of the user's company for a ticket without
        # team, whatever the company of the ticket is.
        # pylint: disable=missing-return
        for company, tickets in self.grouped("company_id").items():
            super(HelpdeskTicket, tickets.with_company(company))._compute_stage_id()

    @api.depends("impact", "urgency")
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = ticket.matrix_priority or ticket.priority or "1"

    @api.depends("impact", "urgency", "company_id")
    def _compute_matrix_priority(self):
        for ticket in self:
            matrix = self.env["itsm.priority.rule"]._get_matrix(ticket.company_id.id)
            ticket.matrix_priority = matrix.get((ticket.impact, ticket.urgency))

    @api.depends("number")
    def _compute_display_name(self):
        # helpdesk_mgmt shows "/ - False" while a ticket is being entered
        named = self.filtered("name")
        (self - named).display_name = self.env._("New Ticket")
        return super(HelpdeskTicket, named)._compute_display_name()

    @api.depends("pause_reason_id.max_hours", "last_stage_update")
    def _compute_pause_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            # sudo: the limit counts, also for a reader who may not see the reasons
            hours = ticket.pause_reason_id.sudo().max_hours
            since = ticket.last_stage_update
            ticket.pause_overdue = bool(
                hours and since and since < now - timedelta(hours=hours)
            )

    def _search_pause_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        # sudo: as in the compute
        reasons = self.env["itsm.pause.reason"].sudo().search([("max_hours", ">", 0)])
        return Domain.OR(
            Domain("pause_reason_id", "=", reason.id)
            & Domain("last_stage_update", "<", now - timedelta(hours=reason.max_hours))
            for reason in reasons
        )

    # === Constraints ===

    @api.constrains("impact", "urgency", "priority", "priority_reason")
    def _check_priority_reason(self):
        label = self.env["itsm.priority.rule"]._itsm_selection_label
        for ticket in self:
            if (
                ticket.matrix_priority
                and ticket.priority != ticket.matrix_priority
                and not (ticket.priority_reason or "").strip()
                and not ticket.is_history
            ):
                raise ValidationError(
                    self.env._(
                        "Ticket %(ticket)s: impact and urgency give the priority "
                        "%(matrix)s. Enter a Reason for the Priority to make it "
                        "%(priority)s, or change impact or urgency.",
                        ticket=ticket.display_name,
                        matrix=label("priority", ticket.matrix_priority),
                        priority=label("priority", ticket.priority),
                    )
                )

    @api.constrains("service_id")
    def _check_service_id(self):
        for ticket in self:
            # sudo: the state decides, also for a user who may not read the catalogue
            service_sudo = ticket.service_id.sudo()
            if (
                service_sudo
                and service_sudo.state not in OFFERED
                and not ticket.is_history
            ):
                raise ValidationError(
                    self.env._(
                        "Service: %(service)s is not live and cannot be chosen. Choose "
                        "a live service, or ask the service owner to set it live.",
                        service=service_sudo.display_name,
                    )
                )

    @api.constrains("reported_at")
    def _check_reported_at(self):
        now = fields.Datetime.now()
        for ticket in self:
            reported = ticket.reported_at
            if not reported:
                continue
            if reported > now:
                raise ValidationError(
                    self.env._(
                        "Reported: a ticket cannot be reported in the future "
                        "(%(time)s UTC). Enter an earlier time, or leave it empty for "
                        "now.",
                        time=reported,
                    )
                )
            milestones = ticket.first_response_at, ticket.resolved_at
            if any(reported > milestone for milestone in milestones if milestone):
                raise ValidationError(
                    self.env._(
                        "Reported: %(time)s UTC is later than the first response or "
                        "the resolution of ticket %(ticket)s. Enter an earlier time.",
                        time=reported,
                        ticket=ticket.display_name,
                    )
                )

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Without this a context key default_x or a user default would be a way
        # around the guard.
        for name in self._itsm_protected_fields():
            default = self._fields[name].default
            if name in defaults and default:
                defaults[name] = default(self)
            else:
                defaults.pop(name, None)
        for name, value in (("itsm_kind", "incident"), ("support_line", "1")):
            if name in fields:
                defaults.setdefault(name, value)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        self._itsm_check_protected(vals_list)
        now = fields.Datetime.now()
        # helpdesk_mgmt changes the dictionaries it is given: work on copies
        vals_list = [dict(vals) for vals in vals_list]
        self._itsm_complete_create_vals(vals_list, now)
        # The key ends here, so that no code below inherits it.
        tickets = super(HelpdeskTicket, without_token(self)).create(vals_list)
        tickets._itsm_after_create(now)
        return tickets

    def write(self, vals):
        self._itsm_check_protected([vals])
        records = without_token(self)
        if WATCHED_FIELDS.isdisjoint(vals):
            return super(HelpdeskTicket, records).write(vals)
        if "reported_at" in vals and not has_token(self):
            records._itsm_check_reported_move(vals)
        before = records._itsm_snapshot()
        # helpdesk_mgmt changes the dictionary it is given: work on a copy
        result = super(HelpdeskTicket, records).write(dict(vals))
        records._itsm_after_write(before, vals)
        return result

    def _itsm_protected_fields(self):
        """Return the names of the fields that only code with the token writes."""
        return PROTECTED_FIELDS + PROTECTED_DATES

    def _itsm_check_protected(self, vals_list):
        """Refuse protected fields in *vals_list* unless the token is held.

        :raise AccessError: naming the fields
        """
        if has_token(self):
            return
        protected = self._itsm_protected_fields()
        names = [name for name in protected if any(name in vals for vals in vals_list)]
        if names:
            raise AccessError(
                self.env._(
                    "%(fields)s: the system keeps these records itself and nobody can "
                    "write them. Leave these fields out.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )

    def _itsm_complete_create_vals(self, vals_list, now):
        """Add reported time, stage and priority to *vals_list*, in place (INC-07).

        Done before the rows exist: a compute afterwards would write each row twice. The
        stage is the one that helpdesk_mgmt gives, looked up once for each team and not
        for each ticket.
        """
        stage_by_team = {}
        defaults = self.default_get(["reported_at", "impact", "urgency", "company_id"])
        get_matrix = self.env["itsm.priority.rule"]._get_matrix
        for vals in vals_list:
            if not vals.get("reported_at", defaults.get("reported_at")):
                vals["reported_at"] = now
            team_id = vals.get("team_id")
            if team_id and "stage_id" not in vals:
                if team_id not in stage_by_team:
                    team = self.env["helpdesk.ticket.team"].browse(team_id)
                    stage_by_team[team_id] = team._get_applicable_stages()[:1].id
                vals["stage_id"] = stage_by_team[team_id]
            impact = vals.get("impact", defaults.get("impact"))
            urgency = vals.get("urgency", defaults.get("urgency"))
            if "priority" in vals or not (impact and urgency):
                continue
            # sudo: as helpdesk_mgmt, the company of the team is that of the ticket
            team_sudo = self.env["helpdesk.ticket.team"].sudo().browse(team_id or ())
            company_id = (
                team_sudo.company_id.id
                or vals.get("company_id")
                or defaults.get("company_id")
                or self.env.company.id
            )
            priority = get_matrix(company_id).get((impact, urgency))
            if priority:
                vals["priority"] = priority

    # === Mail ===

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self._itsm_is_reply(message, kwargs):
            self._itsm_after_reply(message)
        return message

    def _itsm_is_reply(self, message, kwargs):
        """Tell whether *message* is one that the provider wrote to the requester.

        A person of the provider (an internal user, not the bot and not the requester
        himself) wrote a comment or a mail that the requester can see. Notes, stage
        mails, acknowledgements, automatic answers and messages forwarded to others do
        not count; a message written in the portal does.

        :param message: ``mail.message`` that was posted
        :param dict kwargs: arguments of ``message_post``
        :rtype: bool
        """
        if self.env.context.get("itsm_automatic") is AUTOMATIC:
            return False
        # sudo: the poster need not be allowed to read authors, subtypes and recipients
        message_sudo, ticket_sudo = message.sudo(), self.sudo()
        author, requester = message_sudo.author_id, ticket_sudo.partner_id
        bot_id = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        subtype = message_sudo.subtype_id
        forwarded = (
            kwargs.get("notify_skip_followers")
            and requester not in message_sudo.partner_ids
        )
        return bool(
            message_sudo.message_type in ("comment", "email")
            and subtype
            and not subtype.internal
            and not message_sudo.is_internal
            and author
            and not author.partner_share
            and author.id != bot_id
            and author != requester
            and not forwarded
        )

    def _itsm_after_reply(self, message):
        """Record that *message* answers the requester."""
        # sudo: who may read a ticket may post on it without being allowed to write it
        ticket_sudo = self.sudo()
        if not ticket_sudo.first_response_at and not ticket_sudo.is_history:
            ticket_sudo._itsm_write_derived(
                {ticket_sudo.id: {"first_response_at": fields.Datetime.now()}}
            )
        ticket_sudo._itsm_facts_changed(
            [(ticket_sudo, "reply", {"reply": True, "message_id": message.id})]
        )

    # === Access ===

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        # Lists ask this for each field of each row: what is cheap comes first.
        if self.env.su or not self.env.user.share:
            return True
        # Customers see no field that an ITSM addon defines unless it is named: how the
        # provider works (lines, milestones, clocks) is his own business.
        return (
            not field._modules  # id and the like
            or not all(module.startswith("itsm") for module in field._modules)
            or field.name in self._itsm_portal_readable_fields()
        )

    def _itsm_portal_readable_fields(self):
        """Return the names of the fields of ITSM addons that customers may read."""
        return PORTAL_READABLE_FIELDS

    def _itsm_portal_can_close(self, user):
        """Tell whether *user* may close the ticket in the portal.

        The customer of the ticket may, and who may write it anyway. Other readers, such
        as followers of another company, may not.

        :param user: ``res.users``
        :rtype: bool
        """
        self.ensure_one()
        # sudo: a portal user may not read every partner of his own company
        customer = self.sudo().commercial_partner_id
        # sudo: as above
        if customer and customer == user.sudo().commercial_partner_id:
            return True
        return self.with_user(user).has_access("write")

    def _itsm_portal_close(self, stage, user):
        """Close tickets as their customer wishes.

        :param stage: ``helpdesk.ticket.stage`` that is meant for it
        :param user: ``res.users`` of the customer
        """
        self.write({"stage_id": stage.id})

    # === Facts and milestones ===

    def _itsm_facts_created(self):
        """Hook: the tickets of ``self`` were just created.

        Called once for a batch, after milestones and priority are in place. Nothing is
        done here; ``itsm_sla`` writes its event log.
        """

    def _itsm_facts_changed(self, changes):
        """Hook: facts of the tickets of ``self`` changed.

        Called once for a batch (of one ``write``, or of one message), after milestones
        are in place. Nothing is done here; ``itsm_sla`` writes its event log.

        A change of stage or pause reason is one fact. Its name is the strongest that
        fits: ``reopened`` (from resolved, closed or cancelled back to work),
        ``resolved``, ``closed``, ``cancelled``, otherwise ``state``; its values are
        always ``stage_id``, ``state`` and ``pause_reason_id``. A ticket that is closed
        without having been resolved has one fact, ``closed``.

        :param list changes: tuples ``(ticket, what, vals)``; what is one of reported,
            customer, kind, service, priority, team, assignee, state, resolved, closed,
            cancelled, reopened, reply; vals holds the new values (ids for many2ones):
            ``reported_at``, ``partner_id``, ``itsm_kind``, ``service_id``,
            ``priority``, ``team_id``, ``assignee_id``; ``reply`` and ``message_id``
        """

    def _itsm_effective_state(self):
        """The ITSM state that counts: a duplicate is cancelled, whatever its stage."""
        self.ensure_one()
        # sudo: what a stage means does not depend on who may read it
        return "cancelled" if self.duplicate_id else self.stage_id.sudo().itsm_state

    def _itsm_snapshot(self):
        """Return the watched facts of each ticket, by id (constant queries)."""
        # sudo: what a stage means does not depend on who may read it
        state_by_stage = {s.id: s.itsm_state for s in self.stage_id.sudo()}
        return {
            ticket.id: TicketFacts(
                reported_at=ticket.reported_at,
                stage_id=ticket.stage_id.id,
                state="cancelled"
                if ticket.duplicate_id
                else state_by_stage.get(ticket.stage_id.id, False),
                pause_reason_id=ticket.pause_reason_id.id,
                team_id=ticket.team_id.id,
                user_id=ticket.user_id.id,
                priority=ticket.priority,
                service_id=ticket.service_id.id,
                partner_id=ticket.partner_id.id,
                itsm_kind=ticket.itsm_kind,
            )
            for ticket in self
        }

    def _itsm_after_create(self, now):
        """Set the milestones of new tickets, log priorities set by hand, tell."""
        # sudo: a user may create a ticket that he may not see afterwards
        tickets_sudo = self.sudo()
        facts = tickets_sudo._itsm_snapshot()
        derived = {}
        for ticket in tickets_sudo:
            fact = facts[ticket.id]
            vals = {}
            if not ticket.is_history:
                if fact.user_id and not ticket.first_assigned_at:
                    vals["first_assigned_at"] = now
                if fact.state in ("resolved", "closed") and not ticket.resolved_at:
                    vals["resolved_at"] = now
                if (
                    fact.state in ticket.stage_id._itsm_closed_states()
                    and ticket.closed
                    and not ticket.closed_date
                ):
                    vals["closed_date"] = now
            if fact.pause_reason_id and fact.state != "paused":
                vals["pause_reason_id"] = False
            derived[ticket.id] = vals
        tickets_sudo._itsm_write_derived(derived)
        tickets_sudo._itsm_log_priority({})
        self._itsm_facts_created()

    def _itsm_after_write(self, before, vals):
        """Compare with the snapshot *before*: milestones, log entries, hook."""
        # sudo: the write may have taken the ticket out of the user's sight
        tickets_sudo = self.sudo()
        now = fields.Datetime.now()
        after = tickets_sudo._itsm_snapshot()
        changes = []
        derived = defaultdict(dict)
        for ticket in tickets_sudo:
            old, new = before[ticket.id], after[ticket.id]
            if new.pause_reason_id and new.state != "paused":
                derived[ticket.id]["pause_reason_id"] = False
                new = new._replace(pause_reason_id=False)
            if (
                ticket.priority_reason
                and ticket.priority == ticket.matrix_priority
                and "priority_reason" not in vals
            ):
                derived[ticket.id]["priority_reason"] = False
            if old == new:
                continue
            ticket_changes = ticket._itsm_compare(old, new)
            changes += [(ticket, what, values) for what, values in ticket_changes]
            milestones = ticket._itsm_milestones(old, new, now)
            # what the caller writes himself stands
            derived[ticket.id].update(
                (name, value) for name, value in milestones.items() if name not in vals
            )
        tickets_sudo._itsm_write_derived(derived)
        if "reported_at" in vals:
            tickets_sudo._itsm_log_reported(before, vals)
        tickets_sudo._itsm_log_priority(
            {ticket_id: fact.priority for ticket_id, fact in before.items()}
        )
        if changes:
            tickets_sudo._itsm_facts_changed(changes)

    def _itsm_compare(self, old, new):
        """Return the facts that changed from *old* to *new* as ``(what, vals)``."""
        changes = [
            (what, {key: getattr(new, name)})
            for what, name, key in (
                ("reported", "reported_at", "reported_at"),
                ("customer", "partner_id", "partner_id"),
                ("kind", "itsm_kind", "itsm_kind"),
                ("service", "service_id", "service_id"),
                ("priority", "priority", "priority"),
                ("team", "team_id", "team_id"),
                ("assignee", "user_id", "assignee_id"),
            )
            if getattr(old, name) != getattr(new, name)
        ]
        state_names = ("stage_id", "state", "pause_reason_id")
        state_vals = {name: getattr(new, name) for name in state_names}
        if any(getattr(old, name) != value for name, value in state_vals.items()):
            ended = self.env["helpdesk.ticket.stage"]._itsm_ended_states()
            what = "state"
            if new.state != old.state and new.state in ended:
                what = new.state
            elif old.state in ended and new.state not in ended:
                what = "reopened"
            changes.append((what, state_vals))
        return changes

    def _itsm_milestones(self, old, new, now):
        """Return the values that follow from the change from *old* to *new*."""
        self.ensure_one()
        stage_model = self.env["helpdesk.ticket.stage"]
        vals = {}
        if (
            new.user_id
            and new.user_id != old.user_id
            and not self.first_assigned_at
            and not self.is_history
        ):
            vals["first_assigned_at"] = now
        if old.state == new.state:
            return vals
        ended = stage_model._itsm_ended_states()
        closed = stage_model._itsm_closed_states()
        if new.state in ("resolved", "closed") and not self.resolved_at:
            vals["resolved_at"] = now
        elif old.state in ended and new.state not in ended:
            vals.update(
                resolved_at=False,
                reopened_at=now,
                reopened_count=self.reopened_count + 1,
                closing_code_id=False,
            )
        if new.state in closed and self.closed and not self.closed_date:
            vals["closed_date"] = now
        elif new.state not in closed and self.closed_date:
            vals["closed_date"] = False
        return vals

    def _itsm_write_derived(self, vals_by_id):  # pylint: disable=missing-return
        """Write what follows from a change, one call for each set of equal values.

        Goes around ``write`` of this class: these values are no new facts, and the
        guard is for everybody else. The tracking of the write that caused them reports
        them.

        :param dict vals_by_id: values by ticket id
        """
        ids_by_vals = defaultdict(list)
        for ticket_id, vals in vals_by_id.items():
            if vals:
                ids_by_vals[tuple(sorted(vals.items()))].append(ticket_id)
        for items, ids in ids_by_vals.items():
            tickets = self.browse(ids).with_context(tracking_disable=True)
            # pylint: disable=super-method-mismatch
            super(HelpdeskTicket, tickets).write(dict(items))

    def _itsm_log_priority(self, old_priorities):
        """Log priorities that are not those of the matrix: from, to, why (INC-07).

        A note and not only tracking: a context key switches tracking off.

        :param dict old_priorities: priority before, by ticket id; empty for new tickets
        """
        label = self.env["itsm.priority.rule"]._itsm_selection_label
        bodies = {}
        for ticket in self:
            old = old_priorities.get(ticket.id)
            if (
                ticket.priority == old
                or not ticket.matrix_priority
                or ticket.priority == ticket.matrix_priority
                or ticket.is_history
            ):
                continue
            from_priority = old or ticket.matrix_priority
            bodies[ticket.id] = self.env._(
                "Priority set by hand from %(old)s to %(new)s; impact and urgency give "
                "%(matrix)s. Reason: %(reason)s",
                old=label("priority", from_priority),
                new=label("priority", ticket.priority),
                matrix=label("priority", ticket.matrix_priority),
                reason=ticket.priority_reason or "",
            )
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)

    # === Reported time ===

    def _itsm_check_reported_move(self, vals):
        """Refuse to move the reported time later without role and reason.

        Earlier is free: it makes the clocks of the provider run longer.

        :raise AccessError: if a user who is not desk lead moves it later
        :raise ValidationError: if there is no reason in *vals*
        """
        self.check_access("write")
        new = fields.Datetime.to_datetime(vals["reported_at"])
        later = self.filtered(
            lambda ticket: (new or ticket.create_date) > ticket._itsm_reported_time()
        )
        if not later:
            return
        is_lead = self.env.su or self.env.user.has_group("itsm_base.itsm_group_lead")
        if not is_lead:
            raise AccessError(
                self.env._(
                    "Reported: only the desk lead may move the reported time of ticket "
                    "%(ticket)s later. Enter an earlier time, or ask the desk lead.",
                    ticket=later[0].display_name,
                )
            )
        if not (vals.get("reported_reason") or "").strip():
            raise ValidationError(
                self.env._(
                    "Reason for the Reported Time: enter why the reported time of "
                    "ticket %(ticket)s moves later.",
                    ticket=later[0].display_name,
                )
            )

    def _itsm_reported_time(self):
        """Return when the ticket was reported; its creation if it does not say.

        :return: naive UTC datetime of whole seconds
        """
        self.ensure_one()
        return self.reported_at or self.create_date.replace(microsecond=0)

    def _itsm_log_reported(self, before, vals):
        """Log reported times that moved later: from, to, why."""
        bodies = {}
        for ticket in self:
            old = before[ticket.id].reported_at
            new = ticket._itsm_reported_time()
            if old and new > old:
                bodies[ticket.id] = self.env._(
                    "Reported time moved later from %(old)s to %(new)s UTC. "
                    "Reason: %(reason)s",
                    old=old,
                    new=new,
                    reason=vals.get("reported_reason") or "",
                )
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)
