# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from functools import lru_cache

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.serial import one_after_the_other

from ..tools.matching import RANKS, Candidate
from ..tools.resolver import AgreementResolver

#: What clocks are made of: frozen while the agreement is in force.
CLOCK_FIELDS = frozenset(
    {
        "kind",
        "company_id",
        "partner_id",
        "service_ids",
        "date_start",
        "tz",
        "tz_of",
        "calendar_id",
        "response_by",
        "pause_with_supplier",
        "exclude_interruptions",
        "pause_reason_ids",
        "at_risk_percent",
        "retarget",
        "reopen",
        "target_ids",
    }
)
#: Its life: written by the buttons, which check ranks and cancel clocks.
LIFE_FIELDS = (
    "state",
    "version",
    "previous_id",
    "superseded_on",
    "activated_at",
    "terminated_on",
    "terminated_at",
)
#: In ``cr.postcommit.data`` while a transaction has changed agreements: it builds its
#: own index and never fills the shared one with what is not committed.
CHANGED = "itsm_sla.agreements_changed"
LIFE_START = {"state": "draft", "version": 1}


class ItsmAgreement(models.Model):
    _name = "itsm.agreement"
    _description = "Service Agreement"
    _inherit = ["mail.thread", "mail.activity.mixin", "itsm.archive.mixin"]
    _order = "code desc, version desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, translate=True)
    code = fields.Char(
        string="Reference", readonly=True, copy=False, index="btree_not_null"
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("sla", "Service level agreement (SLA)"),
            ("ola", "Operational level agreement (OLA)"),
            ("uc", "Underpinning contract (UC)"),
        ],
        required=True,
        default="sla",
        tracking=True,
        help="SLA: with a customer. OLA: with a team of the company. UC: with an "
        "external supplier.",
    )
    kind_short = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")],
        string="SLA, OLA or UC",
        compute="_compute_kind_short",
        search="_search_kind_short",
        help="The kind in short, for lists.",
    )
    is_template = fields.Boolean(
        string="Template", help="Templates are copied into agreements; no clock runs."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("terminated", "Terminated"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    overdue = fields.Boolean(
        string="Overdue for Renewal",
        compute="_compute_overdue",
        search="_search_overdue",
        help="Past its end date and not followed by another agreement: it stays in "
        "force until a new one is signed or it is terminated.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty only for templates: every company may use them.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: every customer who has no agreement of his own.",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Providing Team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="OLA: the team that promises.",
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="UC: the external supplier who promises.",
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        check_company=True,
        help="Empty: every service. A service stands for its offerings too.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Service Level Manager",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_start = fields.Date(
        string="In Force From",
        tracking=True,
        default=fields.Date.context_today,
        help="First day in force, in the agreement's time zone.",
    )
    date_end = fields.Date(
        string="Until",
        tracking=True,
        help="Last day agreed. After it the agreement stays in force, shown as overdue "
        "for renewal, until it is terminated or another one takes over.",
    )
    terminated_on = fields.Date(
        readonly=True, copy=False, tracking=True, help="Last day in force."
    )
    activated_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Tickets saved before are left alone, unless they were taken along.",
    )
    terminated_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="From this moment on no clock runs or starts.",
    )
    superseded_on = fields.Date(
        string="Taken Over On",
        readonly=True,
        copy=False,
        help="First day of the agreement that took over.",
    )
    previous_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Working hours, days in force and months are read in this zone.",
    )
    tz_of = fields.Selection(
        selection=[
            ("agreement", "In the agreement's zone"),
            ("requester", "In the requester's zone"),
        ],
        string="Service Hours Are Read",
        required=True,
        default="agreement",
        help="Requester: 09:00 is nine o'clock where the person who needs help is "
        "(his contact's time zone). Without one, the agreement's zone.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Service Hours",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Clocks run in these hours. For around the clock choose a 24×7 calendar: "
        "it is never implied.",
    )
    target_ids = fields.One2many(
        comodel_name="itsm.agreement.target",
        inverse_name="agreement_id",
        string="Targets",
        domain=[("level_id", "=", False)],
        copy=True,
    )
    level_ids = fields.One2many(
        comodel_name="itsm.agreement.level",
        inverse_name="agreement_id",
        string="Temporary Levels",
    )
    level_count = fields.Integer(compute="_compute_level_count")
    response_by = fields.Selection(
        selection=[
            ("reply", "First public reply"),
            ("assignment", "Assignment"),
            ("either", "First public reply or assignment"),
        ],
        string="Response Is",
        required=True,
        default="reply",
        help="What ends the response clock. A public reply is a message or mail that a "
        "person of the provider writes to the requester.",
    )
    pause_reason_ids = fields.Many2many(
        comodel_name="itsm.pause.reason",
        string="Clocks Wait For",
        check_company=True,
        help="While a ticket is paused for one of these reasons, clocks wait.",
    )
    pause_with_supplier = fields.Boolean(
        string="Clocks Wait While a Supplier Holds the Ticket",
        help="Clocks of operational level agreements always wait then; those of the "
        "underpinning contract run.",
    )
    exclude_interruptions = fields.Boolean(
        string="Agreed Interruptions Do Not Count",
        default=True,
        help="While a service is interrupted as planned and agreed, clocks of its "
        "tickets stand still.",
    )
    at_risk_percent = fields.Integer(
        string="At Risk From (%)",
        required=True,
        default=75,
        help="Share of the target after which the team leader is warned.",
    )
    retarget = fields.Selection(
        selection=[
            ("start", "From the original start"),
            ("change", "From the change"),
        ],
        string="A New Priority Counts",
        required=True,
        default="start",
    )
    reopen = fields.Selection(
        selection=[
            ("continue", "Goes on with the same clock"),
            ("new", "Starts a new clock"),
        ],
        string="A Reopened Ticket",
        required=True,
        default="continue",
        help="The time between solution and reopening never counts. OLA and UC: also "
        "for a ticket that comes back to the team or supplier.",
    )
    clauses = fields.Html(
        string="Promises in Words",
        translate=True,
        help="Availability, percentiles and other promises that no clock measures yet.",
    )
    target_count = fields.Integer(compute="_compute_target_count")
    clock_count = fields.Integer(compute="_compute_clock_count")

    _at_risk_range = models.Constraint(
        "CHECK(at_risk_percent BETWEEN 1 AND 100)",
        "At Risk From must lie between 1 and 100 %.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "The agreement ends before it begins: set Until to a day on or after "
        "In Force From, or leave it empty.",
    )
    _in_force_idx = models.Index("(company_id, kind) WHERE state != 'draft'")

    # === Computes ===

    @api.depends("kind")
    def _compute_kind_short(self):
        for agreement in self:
            agreement.kind_short = agreement.kind

    def _search_kind_short(self, operator, value):
        return [("kind", operator, value)]

    @api.depends("state", "date_end", "tz", "superseded_on")
    def _compute_overdue(self):
        for agreement in self:
            agreement.overdue = bool(
                agreement.state == "active"
                and agreement.date_end
                and agreement.date_end < agreement._today()
                and not agreement.superseded_on
            )

    def _search_overdue(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        # "Today" differs by zone: candidates by the latest date, then exactly.
        domain = [
            ("state", "=", "active"),
            ("superseded_on", "=", False),
            ("date_end", "<=", fields.Date.today() + timedelta(days=1)),
        ]
        ids = self.search(domain).filtered("overdue").ids
        return Domain(
            "id", "in" if (operator == "in") == (True in value) else "not in", ids
        )

    @api.depends("target_ids")
    def _compute_target_count(self):
        for agreement in self:
            agreement.target_count = len(agreement.target_ids)

    @api.depends("level_ids")
    def _compute_level_count(self):
        for agreement in self:
            agreement.level_count = len(agreement.level_ids)

    def _compute_clock_count(self):
        counts = dict(
            self.env["itsm.clock"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        for agreement in self:
            agreement.clock_count = counts.get(agreement, 0)

    @api.depends("name", "code", "version", "is_template")
    def _compute_display_name(self):
        for agreement in self:
            parts = [agreement.code, agreement.name]
            label = " ".join(part for part in parts if part)
            if agreement.version > 1:
                label += f" (v{agreement.version})"
            agreement.display_name = label

    def _today(self):
        """Today's date in the agreement's zone."""
        self.ensure_one()
        return self._local_date(fields.Datetime.now(), self.tz)

    @api.model
    def _local_date(self, moment, tz):
        """The date of ``moment`` (naive UTC datetime) in zone ``tz``."""
        return _local_date(moment, tz or "UTC")

    # === Constraints ===

    @api.constrains("state", "is_template")
    def _check_template(self):
        for agreement in self:
            if agreement.is_template and agreement.state != "draft":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is a template and cannot be in force: use "
                        "“New agreement” on it.",
                        agreement=agreement.display_name,
                    )
                )

    @api.constrains("company_id", "is_template")
    def _check_company_id(self):
        for agreement in self:
            if not agreement.company_id and not agreement.is_template:
                raise ValidationError(
                    self.env._(
                        "Company: %(agreement)s needs the company that provides it.",
                        agreement=agreement.display_name,
                    )
                )

    @api.constrains("calendar_id", "state")
    def _check_calendar(self):
        for agreement in self:
            if agreement.state == "active":
                agreement._check_can_run()

    def _check_can_run(self):
        """Raise a ValidationError naming what is missing before clocks can run."""
        self.ensure_one()
        missing = []
        if not self.date_start:
            missing.append(self.env._("In Force From: enter the first day in force."))
        if not self.calendar_id:
            missing.append(
                self.env._(
                    "Service Hours: choose a working time; for around the clock choose "
                    "a 24×7 calendar."
                )
            )
        if not self.target_ids:
            missing.append(
                self.env._("Targets: enter at least one response or resolution time.")
            )
        if self.kind == "ola" and not self.team_id:
            missing.append(self.env._("Providing Team: an OLA needs the team."))
        if self.kind == "uc" and not self.supplier_id:
            missing.append(self.env._("Supplier: a UC needs the supplier."))
        if missing:
            raise ValidationError(
                self.env._(
                    "%(agreement)s cannot be in force yet:\n%(missing)s",
                    agreement=self.display_name,
                    missing="\n".join(missing),
                )
            )
        # The calendar may belong to others: only whether it has hours is asked.
        self.calendar_id.sudo()._itsm_check_usable()

    @api.model
    def _frozen_fields(self):
        """Names of the fields that stay as they are while an agreement is in force.

        :rtype: frozenset[str]
        """
        return CLOCK_FIELDS

    def _check_not_frozen(self, names):
        """Refuse to change what was promised while an agreement is in force."""
        frozen = names & self._frozen_fields()
        for agreement in self:
            if agreement.state != "draft" and frozen:
                labels = ", ".join(
                    self._fields[name]._description_string(self.env)
                    for name in sorted(frozen)
                )
                raise UserError(
                    self.env._(
                        "%(agreement)s is in force: %(fields)s cannot be changed. Use "
                        "“New version” and activate it from the day of the change.",
                        agreement=agreement.display_name,
                        fields=labels,
                    )
                )

    def _overlapping(self):
        """Agreements of equal rank: in force, same party, a service in common."""
        self.ensure_one()
        same = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("id", "!=", self.id),
                    ("state", "=", "active"),
                    ("kind", "=", self.kind),
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "=", self.partner_id.id),
                    ("team_id", "=", self.team_id.id),
                    ("supplier_id", "=", self.supplier_id.id),
                ]
            )
        )  # sudo: rules of other readers must not hide a clash
        found = self.browse()
        for other in same:
            if bool(other.service_ids) != bool(self.service_ids):
                continue  # of different rank: one is more specific
            if other.service_ids and not other.service_ids & self.service_ids:
                continue
            if other.superseded_on and other.superseded_on <= self.date_start:
                continue
            found |= other
        return found

    def _gives_way(self, other):
        """Whether this agreement, when its end has passed, gives way to ``other``."""
        return bool(self.date_end and self.date_end < other.date_start)

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # A context key default_x or a user default would be a way around the guard.
        for name in LIFE_FIELDS:
            defaults.pop(name, None)
        for name, value in LIFE_START.items():
            if name in fields:
                defaults[name] = value
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        start = LIFE_START
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_life(
                [
                    name
                    for name in LIFE_FIELDS
                    if (vals.get(name) or start.get(name)) != start.get(name)
                ]
            )
            if not vals.get("code") and not vals.get("is_template"):
                vals["code"] = self.env["ir.sequence"].next_by_code("itsm.agreement")
        agreements = super().create(vals_list)
        self._mark_changed()
        return agreements

    def write(self, vals):
        self.check_access("write")
        self._check_life([name for name in LIFE_FIELDS if name in vals])
        self._check_not_frozen(set(vals))
        result = super().write(vals)
        self._mark_changed()
        return result

    def unlink(self):
        self._mark_changed()
        return super().unlink()

    def _archive_kept(self):
        return self.filtered(lambda agreement: agreement.state != "draft")

    def _archive_message(self):
        return self.env._(
            "%(agreement)s was in force and is evidence: archive it instead of "
            "deleting it.",
            agreement=self[0].display_name,
        )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for agreement, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=agreement.name)
        return vals_list

    def _mark_changed(self):
        """Agreements change: clear the shared index, leave it alone until commit."""
        self.env.cr.postcommit.data[CHANGED] = True
        self.env.registry.clear_cache()

    def _check_life(self, names):
        """Refuse fields of an agreement's life unless the token is held."""
        if names and not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "%(fields)s: use the buttons Activate, New Version and Terminate; "
                    "they keep these fields. Leave them out.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )

    # === Actions ===

    def action_open_activation(self):
        """Activate, after asking about open tickets if the agreement concerns any."""
        self.ensure_one()
        self.check_access("write")
        self._check_can_run()
        wizard = self.env["itsm.agreement.activate"].create({"agreement_id": self.id})
        # Not yet in force, it cannot hold for tickets that are open today.
        if self.date_start > self._today() or not wizard.open_count:
            return self.action_activate()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_activate_action"
        )
        return action | {"res_id": wizard.id}

    def action_activate(self):
        """Put drafts in force.

        :raises ValidationError: targets, calendar or parties are missing
        :raises UserError: another agreement of equal rank is in force
        """
        self.check_access("write")
        # sudo: two activations at once must not both find the rank free
        one_after_the_other(self.company_id.sudo())
        for agreement in self:
            if agreement.state != "draft":
                raise UserError(
                    self.env._(
                        "%(agreement)s is not a draft.",
                        agreement=agreement.display_name,
                    )
                )
            agreement._check_can_run()
            for other in agreement._overlapping():
                if other == agreement.previous_id:
                    other._supersede(agreement)
                    continue
                if other._gives_way(agreement):
                    # What the new one does not cover stays valid (SLM-06); for the
                    # rest the later start wins.
                    if other.service_ids <= agreement.service_ids:
                        other._supersede(agreement)
                    continue
                if agreement._gives_way(other):
                    if agreement.service_ids <= other.service_ids:
                        agreement._supersede(other)
                    continue
                raise UserError(
                    self.env._(
                        "%(other)s is in force for the same customer and services. "
                        "Terminate it first, make this agreement a new version of it, "
                        "or choose other services or dates.",
                        other=other.display_name,
                    )
                )
            # The transaction's time, as of tickets that it creates.
            guard.with_token(agreement).write(
                {"state": "active", "activated_at": self.env.cr.now()}
            )
        return True

    def _supersede(self, successor):
        self.ensure_one()
        if successor.date_start <= self.date_start:
            raise UserError(
                self.env._(
                    "%(new)s must start after %(old)s did (%(date)s): change In Force "
                    "From.",
                    new=successor.display_name,
                    old=self.display_name,
                    date=self.date_start,
                )
            )
        day = successor.date_start
        guard.with_token(self).superseded_on = min(self.superseded_on or day, day)

    def action_terminate(self):
        """Terminate agreements as of now: open clocks are cancelled, none starts.

        One whose last day is over is terminated as of then.
        """
        self.check_access("write")
        now = fields.Datetime.now()
        for agreement in self.filtered(lambda a: a.state == "active"):
            vals = {"state": "terminated"}
            # An end that was planned and has come stays when it was.
            if not agreement.terminated_at or agreement.terminated_at > now:
                vals |= {"terminated_on": agreement._today(), "terminated_at": now}
            guard.with_token(agreement).write(vals)
            agreement._cancel_open_clocks()
            if agreement._today() < agreement.date_start:
                agreement._restore_superseded()
        return True

    def _restore_superseded(self):
        """Never begun: what it was to take over from stays in force (SLM-06)."""
        self.ensure_one()
        # sudo: as in _overlapping
        waiting = self.sudo().search(
            [
                ("state", "=", "active"),
                ("superseded_on", "=", self.date_start),
                ("kind", "=", self.kind),
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("team_id", "=", self.team_id.id),
                ("supplier_id", "=", self.supplier_id.id),
            ]
        )
        own = waiting.filtered(
            lambda a: a == self.previous_id or not a.service_ids - self.service_ids
        )
        guard.with_token(own).superseded_on = False

    def _cancel_open_clocks(self):
        # sudo: clocks of tickets that the manager does not see are cancelled too
        clocks = self.env["itsm.clock"].sudo()
        clocks = clocks.search(
            [("agreement_id", "in", self.ids), ("phase", "in", ("running", "paused"))]
        )
        for agreement, own in clocks.grouped("agreement_id").items():
            own._cancel(agreement.terminated_at, "terminated")

    def action_new_version(self):
        """Copy an agreement in force into a draft that will take over from it."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search([("previous_id", "=", self.id), ("state", "=", "draft")])
        if not draft:
            draft = guard.with_token(self).copy(
                {
                    "name": self.name,
                    "code": self.code,
                    "previous_id": self.id,
                    "version": self.version + 1,
                    "date_start": max(self._today(), self.date_start)
                    + timedelta(days=1),
                    "date_end": False,
                }
            )
        return draft[:1]._action_form()

    def action_new_from_template(self):
        """Copy a template into a draft agreement and open it."""
        self.ensure_one()
        agreement = self.copy(
            {
                "name": self.name,
                "is_template": False,
                "company_id": self.env.company.id,
                "date_start": fields.Date.context_today(self),
                "owner_id": self.env.uid,
                "tz": self.env.user.tz or self.tz,
            }
        )
        return agreement._action_form()

    def _action_form(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_action"
        )
        return action | {
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.id,
        }

    def action_view_levels(self):
        """Open the temporary levels of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_level_action"
        )
        return action | {
            "domain": [("agreement_id", "=", self.id)],
            "context": {"default_agreement_id": self.id},
        }

    def action_view_clocks(self):
        """Open the clocks that run under this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_action"
        )
        return action | {"domain": [("agreement_id", "=", self.id)], "context": {}}

    # === What clocks ask ===

    @api.model
    def _in_force_index(self, company_id, kind):
        """Plain data of every agreement that is or was in force, for matching.

        :return: ``(candidates, plain)``: tuple of `Candidate`, and a dict of id to the
            arguments of `Rules` without the timeline
        """
        if CHANGED in self.env.cr.postcommit.data:
            return self._in_force_index_build(company_id, kind)
        # The version keeps a transaction with an old snapshot from filling the cache
        # of newer ones with what it still sees.
        version = self.env["resource.calendar"]._itsm_cache_version()
        return self._in_force_index_cached(company_id, kind, version)

    @api.model
    @tools.ormcache("company_id", "kind", "version")
    def _in_force_index_cached(self, company_id, kind, version):
        return self._in_force_index_build(company_id, kind)

    @api.model
    def _in_force_index_build(self, company_id, kind):
        # sudo: what applies to a ticket does not depend on who saves it
        agreements = self.sudo().search(
            [
                ("company_id", "=", company_id),
                ("kind", "=", kind),
                ("state", "!=", "draft"),
                ("active", "in", (True, False)),
            ]
        )
        candidates = []
        plain = {}
        for agreement in agreements:
            last = agreement.terminated_on
            if agreement.superseded_on:
                day = agreement.superseded_on - timedelta(days=1)
                last = min(last, day) if last else day
            candidates.append(
                Candidate(
                    agreement.id,
                    agreement.partner_id.id or None,
                    frozenset(agreement.service_ids.ids),
                    agreement.date_start,
                    last or None,
                    agreement.tz,
                    agreement.activated_at or None,
                    agreement.terminated_at or None,
                    agreement.team_id.id or agreement.supplier_id.id or None,
                )
            )
            plain[agreement.id] = agreement._prepare_rules()
        return tuple(candidates), plain

    def _prepare_rules(self):
        """Arguments of `Rules`, all but the timeline."""
        self.ensure_one()
        return {
            "agreement_id": self.id,
            "version": self.version,
            "calendar_id": self.calendar_id.id,
            "tz": self.tz,
            "tz_of": self.tz_of,
            "kind": self.kind,
            "targets": {
                (t.metric, t.itsm_kind, t.priority): t._promise()
                for t in self.target_ids
            },
            "levels": self.level_ids._as_rules(),
            "pause_with_supplier": self.pause_with_supplier,
            "exclude_interruptions": self.exclude_interruptions,
            "pause_reasons": frozenset(self.pause_reason_ids.ids),
            "response_by": self.response_by,
            "at_risk_percent": self.at_risk_percent,
            "retarget": self.retarget,
            "reopen": self.reopen,
            "ends_at": self.terminated_at or None,
        }

    def _rank(self):
        """How specific the agreement is, in the words of `match`."""
        self.ensure_one()
        return RANKS[2 * (not self.partner_id) + (not self.service_ids)]

    @api.model
    def _clock_resolver(self, forced=None, reason="import"):
        """A resolver for this transaction.

        :param forced: an agreement under which everything is folded, whatever the
            parties and dates (imported history, open tickets at activation)
        :param reason: why, for forced agreements
        """
        return AgreementResolver(self.env, forced, reason)


@lru_cache(maxsize=1 << 12)
def _local_date(moment, tz):
    """Matching asks the same of every agreement that a ticket could have."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz)).date()
