# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

#: What is chosen; frozen once it is worked out.
CHOICES = (
    "company_id",
    "agreement_id",
    "calendar_id",
    "candidate_calendar_ids",
    "target_ids",
    "wish_percent",
    "date_from",
    "date_to",
    "scope",
    "partner_ids",
    "service_ids",
    "itsm_kind",
    "origin",
    "ticket_domain",
)


class ItsmWhatif(models.Model):
    """What past tickets would have been under an agreement before anyone signs it.

    The targets and hours of an agreement, with the changes that the scenario makes to
    them, are folded over tickets of a period that is over: predicted beside recorded
    compliance, which tickets would have been late, and which target or which hours
    would reach a wished percentage. No clock is touched (design 4; SLM-07).
    """

    _name = "itsm.whatif"
    _inherit = ["itsm.run.job", "itsm.archive.mixin", "itsm.step.mixin"]
    _description = "What-If Scenario"
    _order = "id desc"
    _check_company_auto = True
    _step_new = {
        "state": "draft",
        "moment": False,
        "fingerprint": False,
        "ticket_count": 0,
        "skipped_count": 0,
        "computed_id": False,
        "run_id": False,
    }

    name = fields.Char(
        string="Question",
        required=True,
        help="In your words, for the list: “Four hours instead of eight?”.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_template', '=', False), ('company_id', '=', company_id)]",
        help="A draft, or one in force as the starting point of another.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Service Hours",
        check_company=True,
        ondelete="restrict",
        help="Empty: those of the agreement.",
    )
    target_ids = fields.One2many(
        comodel_name="itsm.whatif.target",
        inverse_name="whatif_id",
        string="Changed Targets",
        copy=True,
        help="Only what differs from the agreement.",
    )
    candidate_calendar_ids = fields.Many2many(
        comodel_name="resource.calendar",
        relation="itsm_whatif_candidate_calendar_rel",
        string="Hours to Compare",
        check_company=True,
        help="What would be achieved with the same targets in these hours.",
    )
    wish_percent = fields.Float(
        string="Wished Percentage",
        required=True,
        default=95,
        digits=(5, 2),
        help="For each priority and metric the smallest target that reaches it is "
        "worked out.",
    )
    date_from = fields.Date(
        string="Reported From",
        required=True,
        default=lambda self: self._default_period()[0],
        help="First day, in the agreement's time zone.",
    )
    date_to = fields.Date(
        string="Reported Until",
        required=True,
        default=lambda self: self._default_period()[1],
        help="Last day, in the agreement's time zone. It must be over.",
    )
    scope = fields.Selection(
        selection=[
            ("agreement", "Tickets of this agreement, in any version"),
            ("choice", "Tickets of customers and services"),
        ],
        string="Taken From",
        required=True,
        compute="_compute_scope",
        store=True,
        readonly=False,
        precompute=True,
        help="A draft that was never in force has no tickets of its own, and neither "
        "has an agreement without imported ones if only these are taken: then those of "
        "its customer and services are taken, under whichever agreement they were.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        help="Empty: every customer. A company stands for its people too.",
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        compute="_compute_service_ids",
        store=True,
        readonly=False,
        check_company=True,
        help="Empty: every service. A service stands for its offerings too.",
    )
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Ticket Kind",
        help="Empty: all.",
    )
    origin = fields.Selection(
        selection=[
            ("all", "Own and imported tickets"),
            ("own", "Own tickets"),
            ("imported", "Imported tickets"),
        ],
        string="Which Tickets",
        required=True,
        default="all",
    )
    ticket_domain = fields.Char(string="Filter", default="[]")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("computing", "Being worked out"),
            ("computed", "Worked out"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    moment = fields.Datetime(
        string="Worked Out",
        readonly=True,
        copy=False,
        help="What was still open then has no verdict.",
    )
    computed_id = fields.Many2one(
        comodel_name="res.users", string="Worked Out By", readonly=True, copy=False
    )
    fingerprint = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )
    ticket_count = fields.Integer(string="Tickets", readonly=True, copy=False)
    skipped_count = fields.Integer(
        string="Left Out",
        readonly=True,
        copy=False,
        help="Tickets without an event log: older than the installation, and not "
        "rebuilt.",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.whatif.line",
        inverse_name="whatif_id",
        string="Clocks",
        readonly=True,
    )
    month_ids = fields.One2many(
        comodel_name="itsm.whatif.month",
        inverse_name="whatif_id",
        string="By Month",
        readonly=True,
    )
    answer_ids = fields.One2many(
        comodel_name="itsm.whatif.answer",
        inverse_name="whatif_id",
        domain=[("calendar_id", "=", False)],
        string="Targets",
        readonly=True,
    )
    calendar_answer_ids = fields.One2many(
        comodel_name="itsm.whatif.answer",
        inverse_name="whatif_id",
        domain=[("calendar_id", "!=", False)],
        string="Hours",
        readonly=True,
    )

    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)",
        "Reported Until lies before Reported From: swap them.",
    )
    _wish_range = models.Constraint(
        "CHECK(wish_percent > 0 AND wish_percent <= 100)",
        "Wished Percentage: enter more than 0 and at most 100.",
    )

    # === Defaults and computes ===

    @api.model
    def _default_period(self):
        """The twelve months that are over."""
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(years=1), first - relativedelta(days=1)

    # not on origin: choosing it must not undo a choice of customers and services
    @api.depends("agreement_id")
    def _compute_scope(self):
        for scenario in self:
            versions = scenario._versions().filtered(lambda a: a.state != "draft")
            own = versions and (
                scenario.origin != "imported" or scenario._has_imported(versions)
            )
            scenario.scope = "agreement" if own else "choice"

    @api.model
    def _has_imported(self, versions):
        """Whether a ticket was imported under one of these agreements."""
        # sudo: that there are any, whichever of them the user may read
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        domain = [("is_history", "=", True), ("agreement_id", "in", versions.ids)]
        return bool(tickets.search_count(domain, limit=1))

    @api.depends("agreement_id", "scope")
    def _compute_partner_ids(self):
        for scenario in self:
            narrowed = scenario.scope == "choice"
            scenario.partner_ids = narrowed and scenario.agreement_id.partner_id

    @api.depends("agreement_id", "scope")
    def _compute_service_ids(self):
        for scenario in self:
            narrowed = scenario.scope == "choice"
            scenario.service_ids = narrowed and scenario.agreement_id.service_ids

    # === Constraints ===

    @api.constrains("agreement_id")
    def _check_agreement(self):
        for scenario in self:
            if scenario.agreement_id.is_template:
                raise ValidationError(
                    self.env._(
                        "Agreement: %(agreement)s is a template. Make an agreement of "
                        "it first; a draft is enough.",
                        agreement=scenario.agreement_id.display_name,
                    )
                )

    @api.constrains("ticket_domain")
    def _check_ticket_domain(self):
        tickets = self.env["helpdesk.ticket"]
        for scenario in self:
            try:
                Domain(scenario._filter()).validate(tickets)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Filter: %(error)s. Choose the tickets again.", error=error
                    )
                ) from error

    def _versions(self):
        """All versions of the agreement, in sudo.

        :rtype: itsm.agreement
        """
        # sudo: which tickets are meant does not depend on who asks
        return self.agreement_id._origin.sudo()._versions()

    def _filter(self):
        """The filter as a list: plain values only, no code."""
        return literal_eval(self.ticket_domain or "[]")

    # === CRUD: choices are frozen, the rest is written by code ===

    def write(self, vals):
        self.check_access("write")
        if set(vals) & set(CHOICES):
            self._check_choosable()
        return super().write(vals)

    def _check_choosable(self):
        """Refuse to change what was chosen once figures were made for it."""
        if guard.has_token(self.env):
            return
        for scenario in self:
            if scenario.state != "draft":
                raise UserError(
                    self.env._(
                        "%(scenario)s: the figures were made for what was chosen. Use "
                        "“Change the Question” first, or duplicate the scenario.",
                        scenario=scenario.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for scenario, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=scenario.name)
        return vals_list

    def _archive_kept(self):
        """What was before the eyes of who put the agreement in force."""
        return self.filtered(
            lambda scenario: (
                scenario.state == "computed" and scenario._known_at_activation()
            )
        )

    def _known_at_activation(self):
        """Whether the agreement is in force, and was not when the run began.

        The first day of the agreement does not matter: it may be dated back.
        """
        self.ensure_one()
        activated_at = self.agreement_id.activated_at
        return bool(activated_at and self.moment <= activated_at)

    def _archive_message(self):
        return self.env._(
            "%(scenario)s was worked out before %(agreement)s was put in force, and is "
            "evidence of what was known then: it cannot be deleted.",
            scenario=self[0].name,
            agreement=self[0].agreement_id.display_name,
        )
