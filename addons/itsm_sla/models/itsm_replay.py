# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.fold import OVER
from ..tools.log_loader import LogLoader
from ..tools.replay import digest
from ..tools.resolver import KINDS

#: Tickets that one slice works out: about a second.
COMPUTED_AT_ONCE = 2000
#: What is chosen; frozen once the table is being made.
CHOICES = (
    "company_id",
    "edited",
    "agreement_ids",
    "calendar_ids",
    "ticket_domain",
    "reported_from",
    "reported_until",
    "under_agreement_id",
    "scope",
)


class ItsmReplay(models.Model):
    """Works clocks out again after an edit of agreements, hours or holidays.

    First a table of what would change, then, on a button, the change. Silent: nothing
    is sent for what is past (peers vectors 8 and 17; design, Manners).
    """

    _name = "itsm.replay"
    _inherit = ["itsm.run.job", "itsm.archive.mixin", "itsm.step.mixin"]
    _description = "Replay of Clocks"
    _order = "id desc"
    _check_company_auto = True
    _step_new = {
        "state": "draft",
        "moment": False,
        "fingerprint": False,
        "ticket_count": 0,
        "authorised_id": False,
        "authorised_at": False,
        "applied_id": False,
        "applied_at": False,
        "run_id": False,
    }

    name = fields.Char(
        string="What Was Edited",
        required=True,
        help="In your words, for the list: “1 May entered as a holiday”.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    edited = fields.Selection(
        selection=[
            ("all", "All tickets, whatever their working time"),
            ("calendar", "Tickets with these working times"),
            ("agreement", "Tickets under these agreements"),
            ("tickets", "Tickets of a filter"),
        ],
        string="Work Out Again",
        required=True,
        default="calendar",
    )
    agreement_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="Agreements",
        check_company=True,
        domain="[('state', '!=', 'draft'), ('company_id', '=', company_id)]",
    )
    calendar_ids = fields.Many2many(
        comodel_name="resource.calendar",
        string="Working Times",
        check_company=True,
        help="For a holiday that holds for every working time choose all tickets.",
    )
    ticket_domain = fields.Char(string="Filter", default="[]")
    reported_from = fields.Datetime()
    reported_until = fields.Datetime()
    under_agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Put Under Agreement",
        check_company=True,
        domain="[('state', '=', 'active'), ('kind', '=', 'sla'), "
        "('company_id', '=', company_id)]",
        help="Empty: each ticket keeps the agreement that applies to it. Otherwise "
        "those of its customers and services are put under this one, as if it had "
        "been in force when they were reported. This is a correction: it needs the "
        "desk lead's role and a reason.",
    )
    scope = fields.Selection(
        selection=[
            ("open", "Open tickets; verdicts stay"),
            ("closed", "Closed tickets and verdicts too"),
        ],
        required=True,
        default="open",
        help="Met and missed are final. To judge again what is finished is a "
        "correction: it needs the desk lead's role and a reason.",
    )
    reason = fields.Text(
        help="Why verdicts or breaches are taken back. It is needed for finished "
        "tickets, for another agreement and for clocks that are no longer late, and is "
        "kept in the event log of every ticket that changes."
    )
    is_reason_needed = fields.Boolean(compute="_compute_is_reason_needed")
    authorised_id = fields.Many2one(
        comodel_name="res.users", string="Authorised By", readonly=True, copy=False
    )
    authorised_at = fields.Datetime(string="Authorised", readonly=True, copy=False)
    applied_id = fields.Many2one(
        comodel_name="res.users", string="Applied By", readonly=True, copy=False
    )
    applied_at = fields.Datetime(string="Applied", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("computing", "Being worked out"),
            ("computed", "Differences shown"),
            ("applying", "Being applied"),
            ("applied", "Applied"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    moment = fields.Datetime(
        string="As Of",
        readonly=True,
        copy=False,
        help="The table says what clocks are at this moment, before and after.",
    )
    fingerprint = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )
    ticket_count = fields.Integer(
        string="Tickets Worked Out", readonly=True, copy=False
    )
    line_ids = fields.One2many(
        comodel_name="itsm.replay.line",
        inverse_name="replay_id",
        string="Differences",
        readonly=True,
        copy=False,
    )
    line_count = fields.Integer(string="Clocks", compute="_compute_counts")
    changed_count = fields.Integer(
        string="Tickets That Change", compute="_compute_counts"
    )
    late_count = fields.Integer(string="Become Late", compute="_compute_counts")
    in_time_count = fields.Integer(string="No Longer Late", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left Alone", compute="_compute_counts")
    summary = fields.Char(compute="_compute_counts")
    is_stale = fields.Boolean(
        compute="_compute_is_stale",
        help="Agreements or working times were edited after the table was made.",
    )

    _reported_ordered = models.Constraint(
        "CHECK(reported_from IS NULL OR reported_until IS NULL "
        "OR reported_from <= reported_until)",
        "Reported Until lies before Reported From: swap them.",
    )

    # === Computes ===

    @api.depends("state", "ticket_count", "run_id.done")
    def _compute_counts(self):
        lines = self.env["itsm.replay.line"]
        mine = [("replay_id", "in", self.ids)]
        totals = {
            replay: (clocks, tickets)
            for replay, clocks, tickets in lines._read_group(
                mine, ["replay_id"], ["__count", "ticket_id:count_distinct"]
            )
        }
        effects = {
            (replay, effect): tickets
            for replay, effect, tickets in lines._read_group(
                mine, ["replay_id", "effect"], ["ticket_id:count_distinct"]
            )
        }
        skipped = dict(
            lines._read_group(
                [*mine, ("state", "in", ("skipped", "kept"))],
                ["replay_id"],
                ["__count"],
            )
        )
        for replay in self:
            clocks, tickets = totals.get(replay, (0, 0))
            replay.line_count = clocks
            replay.changed_count = tickets
            replay.late_count = effects.get((replay, "newly_late"), 0)
            replay.in_time_count = effects.get((replay, "no_longer_late"), 0)
            replay.skipped_count = skipped.get(replay, 0)
            replay.summary = replay.state != "draft" and self.env._(
                "%(changed)s of %(all)s tickets change; %(late)s become late, "
                "%(in_time)s are no longer late.",
                changed=tickets,
                all=replay.ticket_count,
                late=replay.late_count,
                in_time=replay.in_time_count,
            )

    @api.depends("state", "fingerprint")
    def _compute_is_stale(self):
        for replay in self:
            replay.is_stale = (
                replay.state == "computed"
                and replay.fingerprint != replay._fingerprint()
            )

    @api.depends("scope", "under_agreement_id", "in_time_count")
    def _compute_is_reason_needed(self):
        for replay in self:
            replay.is_reason_needed = replay._is_for_lead() or replay.in_time_count > 0

    # === CRUD: choices are frozen, the rest is written by code ===

    def write(self, vals):
        self.check_access("write")
        if not guard.has_token(self.env) and set(vals) & set(CHOICES):
            for replay in self:
                if replay.state != "draft":
                    raise UserError(
                        self.env._(
                            "%(replay)s: the table was made for what was chosen. Use "
                            "“Change the Choice” first.",
                            replay=replay.name,
                        )
                    )
        if not guard.has_token(self.env) and "reason" in vals:
            for replay in self:
                # It may be asked for by the table.
                if replay.state not in ("draft", "computed"):
                    raise UserError(
                        self.env._(
                            "%(replay)s: the reason is kept as it was when the run "
                            "began. Wait for the table, or make a new replay.",
                            replay=replay.name,
                        )
                    )
        return super().write(vals)

    def _archive_kept(self):
        return self.filtered(
            lambda replay: replay.state in ("applying", "applied", "undone")
        )

    def _archive_message(self):
        return self.env._(
            "%(replay)s was applied and is evidence of what held before: it cannot be "
            "deleted.",
            replay=self[0].name,
        )

    # === What is chosen ===

    @api.constrains("ticket_domain")
    def _check_ticket_domain(self):
        tickets = self.env["helpdesk.ticket"]
        for replay in self:
            try:
                Domain(replay._filter()).validate(tickets)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Filter: %(error)s. Choose the tickets again.", error=error
                    )
                ) from error

    def _filter(self):
        """The filter as a list: plain values only, no code."""
        return literal_eval(self.ticket_domain or "[]")

    def _domain(self):
        """Domain of the tickets that are worked out again."""
        self.ensure_one()
        # Imported histories are worked out by their import.
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("agreement_reason", "!=", False)
            & Domain("is_history", "in", (False, None))
        )
        if self.scope == "open":
            domain &= Domain("stage_id.itsm_state", "not in", OVER)
            domain &= Domain("duplicate_id", "=", False)
        for operator, moment in (
            (">=", self.reported_from),
            ("<=", self.reported_until),
        ):
            if moment:
                domain &= Domain("reported_at", operator, moment) | (
                    Domain("reported_at", "=", False)
                    & Domain("create_date", operator, moment)
                )
        if self.edited == "agreement":
            ids = self.agreement_ids.ids
            domain &= Domain("agreement_id", "in", ids) | Domain(
                "clock_ids.agreement_id", "in", ids
            )
        elif self.edited == "calendar":
            domain &= Domain("clock_ids.calendar_id", "in", self.calendar_ids.ids)
        elif self.edited == "tickets":
            domain &= Domain(self._filter())
        under = self.under_agreement_id
        if under.partner_id:
            domain &= Domain("partner_id", "child_of", under.partner_id.id)
        if under.service_ids:
            domain &= Domain("service_id", "child_of", under.service_ids.ids)
        return domain

    def _tickets(self, domain, limit=None):
        # An archived ticket that is open has clocks that run.
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        return tickets.search(domain, order="id", limit=limit)

    def _is_for_lead(self):
        """Whether it is a correction from the start: verdicts, another agreement."""
        self.ensure_one()
        return self.scope == "closed" or bool(self.under_agreement_id)

    def _check_allowed(self):
        """A correction is made by a lead, for a reason (design 2)."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_for_lead():
            return
        closed = self.scope == "closed"
        if not self.env.user.has_group("itsm_base.itsm_group_lead"):
            raise AccessError(
                self.env._(
                    "Scope: only a service level manager who is desk lead too may "
                    "judge finished tickets again. Choose open tickets, or ask one."
                )
                if closed
                else self.env._(
                    "Put Under Agreement: only a service level manager who is desk "
                    "lead too may put tickets under another agreement. Leave it empty, "
                    "or ask one."
                )
            )
        if not self._has_reason():
            raise ValidationError(
                self.env._("Reason: enter why finished tickets are judged again.")
                if closed
                else self.env._(
                    "Reason: enter why tickets are put under another agreement."
                )
            )

    def _has_reason(self):
        return bool((self.reason or "").strip())

    def _note(self):
        """What the event logs of changed tickets say of it."""
        return (self.reason or "").strip() or self.name

    def _check_withdrawn(self):
        """A breach is withdrawn for a reason (design 2)."""
        count = self.in_time_count
        if count and not self._has_reason():
            raise ValidationError(
                self.env._(
                    "Reason: %(count)s tickets are no longer late by this table. Enter "
                    "why, then press Apply again.",
                    count=count,
                )
            )

    def _loader(self):
        return LogLoader(self.env, self.under_agreement_id)

    def _fingerprint(self):
        """A text that changes with agreements and working times of the company."""
        self.ensure_one()
        company_id = self.company_id.id
        resolver = self._loader().resolver
        # sudo: what was agreed holds for whoever asks
        parts = [self.env["itsm.interruption"].sudo()._index(company_id)]
        for kind in KINDS:
            candidates, plain = self.env["itsm.agreement"]._in_force_index(
                company_id, kind
            )
            parts.append(sorted(candidates, key=lambda candidate: candidate.id))
            parts += [resolver.rules(company_id, key) for key in sorted(plain)]
        parts.append(sorted(self.env["itsm.interruption"]._index(company_id), key=str))
        return digest(*parts)

    # === Actions ===

    @api.model
    def _action_new(self, **defaults):
        """The empty form, with what was edited filled in."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replay"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                f"default_{name}": [Command.set(value)]
                if isinstance(value, list)
                else value
                for name, value in defaults.items()
            },
        }

    def action_compute(self):
        """Start the run that makes the table of differences; nothing else changes.

        :raises AccessError: finished tickets or another agreement, and the user is no
            desk lead
        :raises ValidationError: a choice or the reason is missing
        """
        self.ensure_one()
        self._check_allowed()
        if self.state not in ("draft", "computing", "computed"):
            raise UserError(
                self.env._(
                    "%(replay)s was applied. Make a new replay for what was edited "
                    "since.",
                    replay=self.name,
                )
            )
        if self.edited == "calendar" and not self.calendar_ids:
            raise ValidationError(
                self.env._(
                    "Working Times: choose at least one, or choose all tickets above."
                )
            )
        if self.edited == "agreement" and not self.agreement_ids:
            raise ValidationError(self.env._("Agreements: choose at least one."))
        if self.under_agreement_id and self.under_agreement_id.state != "active":
            raise ValidationError(
                self.env._(
                    "Put Under Agreement: %(agreement)s is not in force.",
                    agreement=self.under_agreement_id.display_name,
                )
            )
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        total = tickets.search_count(self._domain())
        run = self._run_start(
            self.env._("Replay: %(name)s", name=self.name), total, {"step": "compute"}
        )
        run._log(self.env._("Nothing is changed: the table shows what would be."))
        self._forget_table()
        for_lead = self._is_for_lead()
        guard.with_token(self).write(
            {
                "state": "computing",
                "authorised_id": self.env.uid if for_lead else False,
                "authorised_at": fields.Datetime.now() if for_lead else False,
            }
        )
        return True

    def action_draft(self):
        """Forget the table, so that something else can be chosen.

        :raises UserError: a run works on it, or it was applied
        """
        self.check_access("write")
        for replay in self:
            if replay.state not in ("computing", "computed"):
                raise UserError(
                    self.env._("%(replay)s has no table.", replay=replay.name)
                )
            if replay._run_active():
                raise UserError(
                    self.env._(
                        "%(replay)s is being worked out. Cancel the run first.",
                        replay=replay.name,
                    )
                )
            replay._forget_table()
            guard.with_token(replay).write({"state": "draft"})
        return True

    def _forget_table(self):
        lines = self.env["itsm.replay.line"]
        lines.flush_model()
        # Past unlink: nothing points at hundreds of thousands of lines.
        self.env.cr.execute(
            SQL("DELETE FROM itsm_replay_line WHERE replay_id = ANY(%s)", self.ids)
        )
        lines.invalidate_model(flush=False)
        self.invalidate_recordset(["line_ids"], flush=False)
        guard.with_token(self).write(
            {"ticket_count": 0, "fingerprint": False, "moment": fields.Datetime.now()}
        )

    def action_apply(self):
        """Start the run that writes the differences, silently.

        :raises UserError: the table is not complete
        :raises ValidationError: a breach is withdrawn, and the reason is missing
        """
        self.ensure_one()
        self._check_allowed()
        if self.state != "computed":
            raise UserError(
                self.env._(
                    "%(replay)s: the table is not complete. Resume its run, or work it "
                    "out again.",
                    replay=self.name,
                )
            )
        self._check_withdrawn()
        run = self._run_start(
            self.env._("Apply replay: %(name)s", name=self.name),
            self.changed_count,
            {"step": "apply"},
        )
        if self.is_stale:
            run._log(
                self.env._(
                    "Agreements or working times were edited after the table was made. "
                    "Clocks that now differ from it are left alone."
                ),
                "warning",
            )
        guard.with_token(self).write(
            {
                "state": "applying",
                "applied_id": self.env.uid,
                "applied_at": fields.Datetime.now(),
            }
        )
        return True

    def action_view_lines(self):
        """Open the table of differences, filtered by the button's context."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_replay_line_action"
        )
        return action | {
            "domain": [("replay_id", "=", self.id)],
            "context": dict(self.env.context),
        }

    # === The run ===

    def _run_slice(self, run):
        self._check_allowed()
        if run.position["step"] == "compute":
            return self._compute_slice(run)
        return self.env["itsm.replay.line"]._apply_next(self, run)

    def _run_finished(self, run):
        state = "computed" if run.position["step"] == "compute" else "applied"
        guard.with_token(self).write({"state": state})
        run._log(self.summary)
        if self.skipped_count:
            run._log(
                self.env._(
                    "%(count)s clocks were left alone; the table says why.",
                    count=self.skipped_count,
                ),
                "warning",
            )

    def _run_can_undo(self):
        return self.state in ("applying", "applied")

    def _run_undo_slice(self, run):
        return self.env["itsm.replay.line"]._undo_next(self)

    def _run_undone(self, run):
        guard.with_token(self).write({"state": "undone"})

    def _compute_slice(self, run):
        """Work out the next tickets and note their differences."""
        after = run.position.get("after", 0)
        fingerprint = self._fingerprint()
        if after and fingerprint != self.fingerprint:
            # Otherwise half of the table would speak of the old calendar.
            run._log(
                self.env._(
                    "Agreements or working times were edited meanwhile: the table is "
                    "made anew."
                ),
                "warning",
            )
            self._forget_table()
            run.write({"done": 0, "position": {"step": "compute"}})
            return 0, False
        tickets = self._tickets(
            self._domain() & Domain("id", ">", after), COMPUTED_AT_ONCE
        )
        done = len(tickets)
        last = tickets.ids[-1] if done else after
        self.env["itsm.replay.line"]._note_differences(self, tickets.ids, run)
        guard.with_token(self).write(
            {"fingerprint": fingerprint, "ticket_count": self.ticket_count + done}
        )
        run.position = {"step": "compute", "after": last}
        self.env.flush_all()
        # A hundred thousand tickets pass by: nothing of them is kept.
        self.env.invalidate_all(flush=False)
        return done, done < COMPUTED_AT_ONCE
