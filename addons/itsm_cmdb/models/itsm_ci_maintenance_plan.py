# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.models.itsm_duty_definition import PERIODS
from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.due import MOST_WORKING_DAYS

from .itsm_ci_state import GONE

KINDS = [
    ("routine", "Routine maintenance"),
    ("inspection", "Special inspection"),
    ("visit", "Customer visit"),
]
#: What of a plan says when its next order is made.
SCHEDULE = {
    "period",
    "every",
    "date_from",
    "due_rule",
    "due_day",
    "due_month",
    "due_working_days",
    "working_days_only",
    "lead_days",
    "company_id",
}
#: What of it says which services do without, and when: whoever changes it asks for it.
ASKED = SCHEDULE | {
    "state",
    "active",
    "hour_start",
    "duration",
    "class_id",
    "ci_ids",
    "location_id",
    "partner_id",
    "interrupts",
}
#: Who does the work, and who reviews it.
PEOPLE = {"team_id", "user_id", "reviewer_id"}


class ItsmCiMaintenancePlan(models.Model):
    """What is maintained or inspected again and again (MNT-01 to MNT-03, MNT-06).

    It makes one work order for each of its periods; how, is in
    ``itsm_ci_maintenance_make.py``. A template makes none: plans are copied from it.
    """

    _name = "itsm.ci.maintenance.plan"
    _description = "Maintenance Plan"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.archive.mixin",
        "itsm.shared.mixin",
        "itsm.step.mixin",
    ]
    _order = "is_template, name, id"
    _check_company_auto = True
    _step_new = {"scheduled_by_id": False, "problem": False}

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(
        selection=KINDS, required=True, default="routine", tracking=True
    )
    description = fields.Html(
        translate=True, help="The scheme: how it is done, with what, what to beware of."
    )
    active = fields.Boolean(default=True)
    is_template = fields.Boolean(
        string="Template",
        copy=False,
        help="Shared by all companies; makes no work orders. Make a plan from it.",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running")],
        required=True,
        default="draft",
        tracking=True,
        copy=False,
        help="Only running plans make work orders.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )

    # what
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="All configuration items in use of this class and of those below it.",
    )
    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_maintenance_plan_ci_rel",
        column1="plan_id",
        column2="ci_id",
        string="Configuration Items",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="These, besides those of the class.",
    )
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('class_id.is_place', '=', True)]",
        help="Only what stands there, in any room or rack of it.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        help="Only what belongs to this customer, who is visited or inspected.",
    )
    check_ids = fields.One2many(
        comodel_name="itsm.ci.maintenance.check",
        inverse_name="plan_id",
        string="Check List",
        copy=True,
    )
    ci_count = fields.Integer(
        string="Configuration Items Found", compute="_compute_ci_count"
    )

    # when
    period = fields.Selection(
        selection=PERIODS,
        string="How Often",
        required=True,
        default="month",
        tracking=True,
    )
    every = fields.Integer(
        string="Every So Many",
        required=True,
        default=1,
        tracking=True,
        help="2 with “Every week”: every other week.",
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        copy=False,
        help="The first order is for the period that begins on this day or later.",
    )
    due_rule = fields.Selection(
        selection=[
            ("day", "On a day of the period"),
            ("working_days", "On a working day of the period"),
        ],
        string="Planned On",
        required=True,
        default="day",
        tracking=True,
    )
    due_day = fields.Integer(
        string="Day",
        default=1,
        tracking=True,
        help="The n-th day of the month, or of the week. In a shorter month its last "
        "day.",
    )
    due_month = fields.Integer(
        string="Month",
        default=1,
        tracking=True,
        help="1 is the first month of the quarter, half-year or year.",
    )
    due_working_days = fields.Integer(string="Working Day", default=1, tracking=True)
    working_days_only = fields.Boolean(
        string="Not on Holidays",
        default=True,
        help="A day without working time moves on to the next working day; plans of "
        "every day leave it out.",
    )
    hour_start = fields.Float(
        string="Begins At",
        default=9.0,
        help="In the time zone of the company's working hours.",
    )
    duration = fields.Float(
        string="Duration (hours)", default=2.0, help="Length of the maintenance window."
    )
    lead_days = fields.Integer(
        string="Made Ahead (days)",
        default=7,
        help="So many days before the planned day the work order is made.",
    )
    made_to = fields.Date(
        string="Made Up To",
        readonly=True,
        copy=False,
        help="First day of the last period for which an order was made.",
    )
    next_on = fields.Date(
        string="Next Order Made On",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    interrupts = fields.Boolean(
        string="Interrupts Services",
        tracking=True,
        help="Its window is proposed as a planned interruption of the services that "
        "depend on what is maintained.",
    )

    # who
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        help="Its members see the orders among theirs and may do them.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Engineer",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
    )
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
        help="Is asked to review the reports; anybody else than who reported may do "
        "it too.",
    )
    scheduled_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who last let the plan run, or changed when it runs or what it is about. "
        "Its interruptions are asked for in this name.",
    )
    problem = fields.Text(
        readonly=True,
        copy=False,
        help="Why the plan makes no work orders at present.",
    )
    order_ids = fields.One2many(
        comodel_name="itsm.ci.maintenance.order",
        inverse_name="plan_id",
        string="Work Orders",
        readonly=True,
    )
    order_count = fields.Integer(compute="_compute_order_count")

    _numbers_check = models.Constraint(
        "CHECK (every BETWEEN 1 AND 100 AND lead_days BETWEEN 0 AND 366)",
        "Every 1 to 100 periods, made 0 to 366 days ahead.",
    )
    _day_check = models.Constraint(
        "CHECK (due_day BETWEEN 1 AND 31 AND due_month BETWEEN 1 AND 12)",
        "The day lies between 1 and 31, its month between 1 and 12.",
    )
    _working_days_check = models.Constraint(
        f"CHECK (due_working_days BETWEEN 1 AND {MOST_WORKING_DAYS})",
        f"The working day lies between 1 and {MOST_WORKING_DAYS}.",
    )
    _window_check = models.Constraint(
        "CHECK (hour_start >= 0 AND hour_start < 24"
        " AND duration > 0 AND duration <= 240)",
        "A window begins between 0:00 and 23:59 and takes up to 240 hours.",
    )
    _template_check = models.Constraint(
        "CHECK (is_template IS NOT TRUE OR (state = 'draft' AND company_id IS NULL))",
        "A template belongs to all companies and makes no work orders: make a plan "
        "from it.",
    )

    # === Computes ===

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_order_count(self):
        counts = dict(
            self.env["itsm.ci.maintenance.order"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.order_count = counts.get(plan._origin, 0)

    @api.depends("class_id", "ci_ids", "location_id", "partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ci_count(self):
        items = self.env["itsm.ci"]
        for plan in self:
            plan.ci_count = (
                0 if plan.is_template else items.search_count(plan._ci_domain())
            )

    # === Rules ===

    @api.constrains("company_id", "is_template")
    def _check_company_told(self):
        for plan in self:
            if not plan.company_id and not plan.is_template:
                raise ValidationError(
                    self.env._(
                        "%(name)s: choose the company; only templates belong to all.",
                        name=plan.name,
                    )
                )

    @api.constrains("kind", "partner_id", "state")
    def _check_visit(self):
        for plan in self:
            if (
                plan.state == "running"
                and plan.kind == "visit"
                and not (plan.partner_id)
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s: choose the customer who is visited.", name=plan.name
                    )
                )

    @api.constrains("state")
    def _check_people_told(self):
        """What runs is done and reviewed by somebody."""
        for plan in self.filtered(lambda plan: plan.state == "running"):
            missing = plan._missing_people()
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot run yet. Enter first: %(missing)s.",
                        name=plan.name,
                        missing=", ".join(missing.values()),
                    )
                )

    def _missing_people(self):
        """Whom the plan lacks to run, in words.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        missing = {}
        plan = self.sudo()  # sudo: whether somebody is still there is no secret
        if not (plan.team_id or plan.user_id.active):
            missing["work"] = self.env._("who does the work (team or engineer)")
        if not plan.reviewer_id.active:
            missing["review"] = self.env._("who reviews the report (reviewer)")
        return missing

    def _check_people_stay(self, missing):
        """Refuse to take out of plans that run who does or reviews their work.

        :param dict missing: what each lacked before, by id of those that ran
        :raise UserError: naming the first plan and whom it would lack
        """
        for plan in self:
            if plan.id not in missing or plan.state != "running":
                continue
            now = plan._missing_people()
            taken = [now[key] for key in now.keys() - missing[plan.id]]
            if taken:
                raise UserError(
                    self.env._(
                        "%(name)s is running, and its orders would come due for "
                        "nobody. Enter somebody else, or stop the plan first: "
                        "%(missing)s.",
                        name=plan.name,
                        missing=", ".join(sorted(taken)),
                    )
                )

    @api.constrains("period", "due_rule", "due_day", "due_month")
    def _check_due_day(self):
        most = {"day": (1, 1), "week": (7, 1), "month": (31, 1), "quarter": (31, 3)}
        most["half"] = (31, 6)
        for plan in self.filtered(lambda plan: plan.due_rule == "day"):
            days, months = most.get(plan.period, (31, 12))
            if plan.due_day > days or plan.due_month > months:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the day lies between 1 and %(days)s, the month "
                        "between 1 and %(months)s.",
                        name=plan.name,
                        days=days,
                        months=months,
                    )
                )

    @api.constrains("user_id", "reviewer_id", "company_id")
    def _check_people(self):
        # sudo: where people work, whoever may see it; templates are of all companies
        for plan in self.sudo().filtered("company_id"):
            people = plan.user_id | plan.reviewer_id
            people._itsm_check_works_in(plan.company_id)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("is_template"):
                vals["company_id"] = False
        plans = super().create(vals_list)
        plans._note_scheduled()
        plans.filtered(lambda plan: plan.state == "running")._plan_next()
        return plans

    def write(self, vals):
        stopped = self.filtered(lambda plan: plan.state != "running")
        missing = {}
        if PEOPLE & vals.keys():
            missing = {plan.id: plan._missing_people() for plan in self - stopped}
        result = super().write(vals)
        self._check_people_stay(missing)
        if ASKED & vals.keys():
            self._note_scheduled()
        if vals.get("state") == "running":
            stopped._begin()
        if vals.keys() & {"state", "active"}:
            self.filtered(
                lambda plan: plan.state != "running" or not plan.active
            )._note_problem(False)
        if SCHEDULE & vals.keys() or "state" in vals or "active" in vals:
            self._plan_next()
        if (PEOPLE | {"state", "active"}) & vals.keys():
            self._tell_people()
        return result

    def _note_scheduled(self):
        """Keep who asks for what the plans will do; the system asks for nothing."""
        if self.env.uid != SUPERUSER_ID:
            # sudo: noted by code
            guard.with_token(self.sudo()).scheduled_by_id = self.env.uid

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for plan, vals in zip(self, vals_list, strict=True):
            if plan.is_template:
                vals["company_id"] = self.env.company.id
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=plan.name)
        return vals_list

    def _archive_references(self):
        return [("itsm.ci.maintenance.order", "plan_id")]

    # === What it is about ===

    def _ci_domain(self):
        """Configuration items that the plan is about, as of now.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("id", "in", self.ci_ids.ids) & Domain("state", "not in", GONE)
        found = Domain.FALSE
        if self.class_id:
            found = Domain("class_id", "child_of", self.class_id.id)
        elif self.location_id or (self.partner_id and not self.ci_ids):
            found = Domain.TRUE
        if not found.is_false():
            found &= Domain("state", "=", "use")
            if self.location_id:
                found &= Domain("location_id", "child_of", self.location_id.id)
            if self.partner_id:
                found &= Domain("partner_id", "child_of", self.partner_id.id)
        company = Domain("company_id", "in", [False, self.company_id.id])
        return (domain | found) & company

    @property
    def _is_about_items(self):
        """Whether it names configuration items in any way; else it is about none."""
        return bool(self.class_id or self.ci_ids or self.location_id or self.partner_id)

    # === What people open ===

    def action_run(self):
        """Let the plan make work orders from now on.

        :raise UserError: it has no check list, nobody who does or reviews the work, or
            is a template
        """
        self.check_access("write")
        for plan in self:
            if plan.is_template:
                raise UserError(
                    self.env._(
                        "%(name)s is a template: make a plan from it and let that run.",
                        name=plan.name,
                    )
                )
            if not plan.check_ids:
                raise UserError(
                    self.env._(
                        "%(name)s has no check list yet: say first what is looked at.",
                        name=plan.name,
                    )
                )
        self.state = "running"

    def action_stop(self):
        """Make no more work orders; those that are made stay."""
        self.state = "draft"

    def action_use_template(self):
        """Make a plan of the present company from a template, and open it."""
        self.ensure_one()
        plan = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": plan.id,
            "view_mode": "form",
        }

    def action_view_orders(self):
        """Open the work orders of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_maintenance_order_action"
        )
        return {
            **action,
            "domain": [("plan_id", "=", self.id)],
            "context": {"default_plan_id": self.id},
        }

    def action_view_items(self):
        """Open the configuration items that the plan is about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        return {**action, "domain": list(self._ci_domain()), "context": {}}
