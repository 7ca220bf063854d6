# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

STATES = [
    ("planned", "Planned"),
    ("scheduled", "Scheduled"),
    ("held", "Held"),
    ("minuted", "Minutes Sent"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
#: Still to come.
AHEAD = ("planned", "scheduled")
SCORES = [
    ("1", "Very dissatisfied"),
    ("2", "Dissatisfied"),
    ("3", "Neither"),
    ("4", "Satisfied"),
    ("5", "Very satisfied"),
]


class ItsmAgreementReview(models.Model):
    """A review of an agreement: planned, met about, minuted, closed (SLM-41 to SLM-46).

    The meeting itself is an ``itsm.meeting``, whose steps the review follows
    (``itsm_meeting_review.py``). Steps are in ``itsm_agreement_review_step.py``, what
    is read for it in ``itsm_agreement_review_figures.py``.
    """

    _name = "itsm.agreement.review"
    _description = "Review of an Agreement"
    _inherit = [
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.action.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "planned_on desc, id desc"
    _check_company_auto = True
    _step_new = {
        "state": "planned",
        "meeting_id": False,
        "held_on": False,
        "figures": False,
        "figures_at": False,
        "closed_by_id": False,
        "closed_at": False,
    }

    # Not check_company: the company is its own, and none is known before it is chosen.
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_template', '=', False), ('state', '!=', 'draft')]",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(related="agreement_id.kind", store=True)
    partner_id = fields.Many2one(
        related="agreement_id.partner_id", store=True, index="btree_not_null"
    )
    team_id = fields.Many2one(
        related="agreement_id.team_id", store=True, index="btree_not_null"
    )
    supplier_id = fields.Many2one(
        related="agreement_id.supplier_id", store=True, index="btree_not_null"
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="planned",
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    occasion = fields.Selection(
        selection=[
            ("regular", "As planned"),
            ("term", "End of the term"),
            ("change", "Change of needs or services"),
            ("problem", "Promises not kept"),
        ],
        required=True,
        default="regular",
        tracking=True,
    )
    planned_on = fields.Date(required=True, index=True, tracking=True)
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Led by",
        compute="_compute_owner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_agreement_review_res_partner_rel",
        string="Participants",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="People of operations and of the management of the business, on both "
        "sides.",
    )
    date_from = fields.Date(
        string="Period from",
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
        help="Default: the day after the period of the review before, or a year ago.",
    )
    date_to = fields.Date(
        string="Period to",
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
        help="Default: the day before the review.",
    )
    meeting_id = fields.Many2one(
        comodel_name="itsm.meeting",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    held_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    term_end = fields.Date(
        string="End of the Term",
        compute="_compute_term_end",
        store=True,
        precompute=True,
        help="The last day agreed, of a review at the end of the term.",
    )
    days_after_term = fields.Integer(
        string="Days after the Term",
        compute="_compute_days_after_term",
        store=True,
        aggregator="avg",
        help="From the end of the term to the review.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Planned for a day that has passed, and not held.",
    )
    figures = fields.Json(string="Figures as Kept", readonly=True, copy=False)
    figures_at = fields.Datetime(string="Figures as of", readonly=True, copy=False)
    figures_text = fields.Text(string="Figures", compute="_compute_figures_text")
    expectation_ids = fields.One2many(
        comodel_name="itsm.agreement.review.expectation",
        inverse_name="review_id",
        string="Expectations",
    )
    satisfaction = fields.Selection(
        selection=SCORES,
        tracking=True,
        copy=False,
        help="How satisfied the reviewer is with performance against the agreement.",
    )
    score = fields.Integer(
        compute="_compute_score", store=True, aggregator="avg", help="1 to 5."
    )
    satisfaction_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Said by",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('id', 'in', partner_ids)]",
    )
    satisfaction_note = fields.Text(string="Reasons", copy=False)
    summary = fields.Html(help="What came out of the review, in a few sentences.")
    closed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    closed_at = fields.Datetime(string="Closed on", readonly=True, copy=False)

    _period_ordered = models.Constraint(
        "CHECK(date_to >= date_from)",
        "The period of the review ends before it begins. Change Period from or to.",
    )

    # === Computes ===

    @api.depends("agreement_id", "planned_on", "held_on")
    def _compute_display_name(self):
        for review in self:
            agreement = review.sudo().agreement_id  # sudo: its name, no more
            review.display_name = self.env._(
                "Review of %(agreement)s, %(day)s",
                agreement=agreement.display_name or "",
                day=fields.Date.to_string(review.held_on or review.planned_on) or "",
            )

    @api.depends("agreement_id")
    def _compute_owner_id(self):
        for review in self:
            owner = review.owner_id or review.agreement_id.owner_id
            review.owner_id = owner or self.env.user

    @api.depends("agreement_id")
    def _compute_partner_ids(self):
        for review in self:
            standing = review.agreement_id.review_partner_ids
            people = review.partner_ids or standing | review.owner_id.partner_id
            review.partner_ids = people

    @api.depends("agreement_id", "planned_on")
    def _compute_period(self):
        for review in self:
            day = review.planned_on
            if review.state not in AHEAD or not day or not review.agreement_id:
                review.date_from, review.date_to = review.date_from, review.date_to
                continue
            before = review._before()
            review.date_to = fields.Date.subtract(day, days=1)
            start = fields.Date.subtract(day, years=1)
            if before.date_to:
                start = fields.Date.add(before.date_to, days=1)
            review.date_from = min(start, review.date_to)

    def _before(self):
        """The last review of any version that was held before this one."""
        self.ensure_one()
        # sudo: what was reviewed does not depend on who plans
        return self.sudo().search(
            [
                ("agreement_id", "in", self.agreement_id._versions().ids),
                ("held_on", "!=", False),
                ("held_on", "<", self.held_on or self.planned_on),
                ("id", "!=", self._origin.id),
            ],
            order="held_on desc, id desc",
            limit=1,
        )

    @api.depends("occasion", "agreement_id.date_end")
    def _compute_term_end(self):
        for review in self:
            end = review.term_end  # once held it stays
            if review.state in AHEAD:
                end = review.occasion == "term" and review.agreement_id.date_end
            review.term_end = end

    @api.depends("held_on", "term_end")
    def _compute_days_after_term(self):
        for review in self:
            days = 0
            if review.held_on and review.term_end:
                days = (review.held_on - review.term_end).days
            review.days_after_term = days

    @api.depends("satisfaction")
    def _compute_score(self):
        for review in self:
            review.score = int(review.satisfaction or 0)

    @api.depends("state", "planned_on")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for review in self:
            review.is_overdue = bool(
                review.state in AHEAD
                and review.planned_on
                and review.planned_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("state", "in", AHEAD) & fields.Domain(
            "planned_on", "<", fields.Date.context_today(self)
        )
        if True in value and False in value:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    # === Constraints ===

    @api.constrains("occasion", "agreement_id")
    def _check_occasion(self):
        for review in self:
            if review.occasion == "term" and not review.agreement_id.date_end:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s has no last day: choose another occasion.",
                        agreement=review.agreement_id.display_name,
                    )
                )

    @api.constrains("agreement_id")
    def _check_agreement_id(self):
        for review in self:
            agreement = review.agreement_id
            if agreement.is_template or agreement.state == "draft":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s was never in force: there is nothing to review.",
                        agreement=agreement.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._schedule_plan()
        return reviews

    def write(self, vals):
        self._check_not_closed(set(vals))
        result = super().write(vals)
        if {"planned_on", "owner_id"} & vals.keys():
            self.filtered(lambda review: review.state == "planned")._schedule_plan()
        return result

    def _check_not_closed(self, names):
        """Refuse to change what a closed review says.

        :raise UserError: naming the review
        """
        free = {"active", "message_main_attachment_id"}
        free |= {name for name in names if name.startswith(("activity_", "message_"))}
        closed = self.filtered(lambda review: review.state == "closed")
        if closed and names - free and not guard.has_token(self):
            raise UserError(
                self.env._(
                    "%(review)s is closed and stays as it is. Plan another review.",
                    review=closed[0].display_name,
                )
            )

    def _archive_kept(self):
        kept = self.filtered(lambda review: review.state not in (*AHEAD, "cancelled"))
        return super()._archive_kept() | kept
