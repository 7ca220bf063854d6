# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut, plain

from .itsm_agreement_target import METRICS

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("reached", "Target Reached"),
    ("not_reached", "Target Not Reached"),
    ("cancelled", "Cancelled"),
]
#: The plan is over.
OVER = ("reached", "not_reached", "cancelled")
#: What is measured, and how: frozen while the plan runs, so that both figures are of
#: the same kind.
MEASURED = frozenset(
    {
        "company_id",
        "agreement_id",
        "service_id",
        "measure",
        "metric",
        "itsm_kind",
        "priority",
        "kpi_id",
        "manual_name",
        "unit",
        "direction",
        "target",
        "before_from",
        "before_to",
        "date_due",
        "need",
        "cause",
    }
)
#: Decimals that are shown; figures are compared with all of theirs.
DIGITS = 2


class ItsmImprovementPlan(models.Model):
    """A service improvement plan: measured before, a target, measured after (SLM-47).

    Its actions are ``itsm.action``. Steps are in ``itsm_improvement_plan_step.py``, how
    it is measured in ``itsm_improvement_plan_measure.py``.
    """

    _name = "itsm.improvement.plan"
    _description = "Service Improvement Plan"
    _inherit = [
        "itsm.ticket.cell.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "itsm.action.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "code desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    _step_new = {
        "state": "draft",
        "revision": 0,
        "value_before": 0.0,
        "before_numerator": 0.0,
        "before_denominator": 0.0,
        "before_at": False,
        "value_after": 0.0,
        "after_numerator": 0.0,
        "after_denominator": 0.0,
        "after_at": False,
        "started_on": False,
        "ended_at": False,
        "ended_by_id": False,
    }

    name = fields.Char(
        string="Subject",
        required=True,
        tracking=True,
        help="For example: answer critical incidents in time at night.",
    )
    code = fields.Char(
        string="Reference", readonly=True, copy=False, index="btree_not_null"
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="draft",
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_template', '=', False)]",
        tracking=True,
        help="Empty: all SLAs of the company.",
    )
    partner_id = fields.Many2one(
        related="agreement_id.partner_id", store=True, index="btree_not_null"
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Only what is measured of this service. Empty: every service.",
    )
    review_id = fields.Many2one(
        comodel_name="itsm.agreement.review",
        string="Follows from",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The review in which it was agreed.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    need = fields.Html(
        string="What Is Not Good Enough", help="In words, and since when."
    )
    cause = fields.Html(help="Why, as far as it is known.")
    date_due = fields.Date(
        string="Until", tracking=True, help="When the effect shall show."
    )
    # What is measured
    measure = fields.Selection(
        selection=[
            ("compliance", "Targets met (%)"),
            ("availability", "Availability (%)"),
            ("kpi", "A KPI"),
            ("manual", "Something else, entered by hand"),
        ],
        required=True,
        default="compliance",
        tracking=True,
    )
    metric = fields.Selection(
        selection=METRICS,
        string="Target Of",
        help="Empty: all clocks.",
    )
    itsm_kind = fields.Selection(help="Empty: every kind.")
    priority = fields.Selection(help="Empty: every priority.")
    kpi_id = fields.Many2one(
        comodel_name="itsm.kpi",
        string="KPI",
        index="btree_not_null",
        ondelete="restrict",
        help="Its latest figure within each period.",
    )
    manual_name = fields.Char(string="What Is Measured")
    unit = fields.Char(
        compute="_compute_unit", store=True, readonly=False, precompute=True
    )
    direction = fields.Selection(
        selection=[("up", "More is better"), ("down", "Less is better")],
        compute="_compute_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    target = fields.Float(digits=False, aggregator=None, tracking=True)
    before_from = fields.Date(string="Measured Before: from")
    before_to = fields.Date(string="Measured Before: to")
    value_before = fields.Float(
        digits=False, readonly=True, copy=False, aggregator=None
    )
    before_numerator = fields.Float(
        digits=False, readonly=True, copy=False, aggregator=None
    )
    before_denominator = fields.Float(
        digits=False, readonly=True, copy=False, aggregator=None
    )
    before_at = fields.Datetime(string="Measured Before", readonly=True, copy=False)
    after_from = fields.Date(string="Measured After: from", copy=False)
    after_to = fields.Date(string="Measured After: to", copy=False)
    value_after = fields.Float(digits=False, readonly=True, copy=False, aggregator=None)
    after_numerator = fields.Float(
        digits=False, readonly=True, copy=False, aggregator=None
    )
    after_denominator = fields.Float(
        digits=False, readonly=True, copy=False, aggregator=None
    )
    after_at = fields.Datetime(string="Measured After", readonly=True, copy=False)
    before_text = fields.Char(string="Before", compute="_compute_texts")
    target_text = fields.Char(string="Aim", compute="_compute_texts")
    after_text = fields.Char(string="After", compute="_compute_texts")
    # Its life
    started_on = fields.Date(readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended", readonly=True, copy=False)
    ended_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Ended by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    result = fields.Html(
        string="What Came of It", copy=False, help="The effect, in words."
    )
    cancel_reason = fields.Text(string="Reason to Give up", copy=False, tracking=True)
    revision = fields.Integer(readonly=True, copy=False, aggregator=None)
    revision_reason = fields.Char(copy=False, help="Why a running plan is changed.")
    revision_ids = fields.One2many(
        comodel_name="itsm.improvement.plan.revision",
        inverse_name="plan_id",
        string="Revisions",
        readonly=True,
        copy=False,
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _before_ordered = models.Constraint(
        "CHECK(before_to >= before_from)",
        "The period before ends before it begins. Change its days.",
    )
    _after_ordered = models.Constraint(
        "CHECK(after_to >= after_from)",
        "The period after ends before it begins. Change its days.",
    )

    # === Computes ===

    @api.depends("code", "name")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = " ".join(filter(None, [plan.code, plan.name]))

    @api.depends("measure", "kpi_id")
    def _compute_unit(self):
        units = dict(
            self.env["itsm.kpi"]._fields["unit"]._description_selection(self.env)
        )
        for plan in self:
            unit, direction = plan.unit, plan.direction or "up"
            if plan.measure in ("compliance", "availability"):
                unit, direction = "%", "up"
            elif plan.measure == "kpi" and plan.kpi_id:
                unit = units.get(plan.kpi_id.unit)
                direction = "down" if plan.kpi_id.direction == "down" else "up"
            plan.unit, plan.direction = unit, direction

    @api.depends(
        "before_at", "value_before", "after_at", "value_after", "target", "unit"
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for plan in self:
            plan.before_text = plan.before_at and plan._figure_text("before")
            plan.after_text = plan.after_at and plan._figure_text("after")
            sign = "≤" if plan.direction == "down" else "≥"
            plan.target_text = f"{sign} {plain(plan.target)} {plan.unit or ''}".strip()

    def _figure_text(self, side):
        """A figure as it is shown: cut off to the worse side, with what it is of."""
        self.ensure_one()
        figure = cut(self[f"value_{side}"], DIGITS, self.direction)
        text = f"{plain(figure)} {self.unit or ''}".strip()
        if self[f"{side}_denominator"] and self.measure == "compliance":
            text = self.env._(
                "%(figure)s (%(met)s of %(measured)s)",
                figure=text,
                met=plain(self[f"{side}_numerator"]),
                measured=plain(self[f"{side}_denominator"]),
            )
        return text

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_overdue = bool(
                plan.state not in OVER and plan.date_due and plan.date_due < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("state", "not in", OVER) & fields.Domain(
            "date_due", "<", fields.Date.context_today(self)
        )
        if True in value and False in value:
            return fields.Domain.TRUE
        return domain if True in value else ~domain

    # === Constraints ===

    @api.constrains("measure", "target", "kpi_id", "manual_name")
    def _check_measure(self):
        for plan in self:
            if plan.measure in ("compliance", "availability") and not (
                0 <= plan.target <= 100
            ):
                raise ValidationError(
                    self.env._(
                        "%(plan)s: a target in per cent lies between 0 and 100.",
                        plan=plan.display_name,
                    )
                )
            if plan.measure == "kpi" and not plan.kpi_id:
                raise ValidationError(
                    self.env._(
                        "%(plan)s: choose the KPI that is measured.",
                        plan=plan.display_name,
                    )
                )
            if plan.measure == "manual" and not (plan.manual_name or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(plan)s: enter what is measured.", plan=plan.display_name
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        sequence = self.env["ir.sequence"]
        for plan in plans.filtered(lambda plan: not plan.code):
            code = sequence.next_by_code("itsm.improvement.plan")
            guard.with_token(plan).code = code
        return plans

    def write(self, vals):
        self._check_not_running(set(vals))
        return super().write(vals)

    def _check_not_running(self, names):
        """Refuse to change what is measured while a plan runs, and all when it is over.

        :raise UserError: naming the plan and the way out
        """
        if guard.has_token(self):
            return
        for plan in self:
            if plan.state == "running" and names & MEASURED:
                raise UserError(
                    self.env._(
                        "%(plan)s is running: what was agreed stays. Write down the "
                        "reason and press Revise to change it.",
                        plan=plan.display_name,
                    )
                )
            if plan.state in OVER and names & (
                MEASURED | {"after_from", "after_to", "name", "owner_id", "result"}
            ):
                raise UserError(
                    self.env._(
                        "%(plan)s is over and stays as it is. Make another plan.",
                        plan=plan.display_name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for plan, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=plan.name)
        return vals_list

    def _archive_kept(self):
        kept = self.filtered(lambda plan: plan.state != "draft" or plan.revision)
        return super()._archive_kept() | kept
