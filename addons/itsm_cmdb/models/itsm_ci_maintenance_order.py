# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period, local_date

from .itsm_ci_maintenance_plan import KINDS

#: What is planned, by who plans; all of it is settled once the work has begun.
PLANNED = {
    "name",
    "plan_id",
    "company_id",
    "kind",
    "planned_start",
    "planned_end",
    "ci_ids",
    "location_id",
    "partner_id",
    "team_id",
    "reviewer_id",
    "interrupts",
}
#: What who does the work enters.
WORKED = {"user_id", "done_start", "done_end", "conclusion"}
#: What of an order says what services do without, and when.
MOVED = {"planned_start", "planned_end", "ci_ids", "interrupts"}
#: Nothing more happens to these.
OVER = ("closed", "cancelled")


class ItsmCiMaintenanceOrder(models.Model):
    """One visit of what is maintained: planned, done, reported and reviewed (MNT-01).

    Its steps are in ``itsm_ci_maintenance_order_step.py``.
    """

    _name = "itsm.ci.maintenance.order"
    _description = "Maintenance Work Order"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.archive.mixin",
        "itsm.step.mixin",
    ]
    _order = "planned_start desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _step_new = {
        "state": "planned",
        "period_start": False,
        "reported_by_id": False,
        "reported_at": False,
        "reviewed_by_id": False,
        "reviewed_at": False,
        "returned_count": 0,
        "cancelled_at": False,
        "cancel_reason": False,
    }

    number = fields.Char(readonly=True, copy=False)
    name = fields.Char(required=True, tracking=True)
    plan_id = fields.Many2one(
        comodel_name="itsm.ci.maintenance.plan",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_template', '=', False)]",
        help="Its check list is worked through.",
    )
    period_start = fields.Date(
        string="Period",
        readonly=True,
        copy=False,
        help="First day of the period of the plan for which the order was made.",
    )
    kind = fields.Selection(
        selection=[*KINDS, ("defect", "Repair of a defect")],
        required=True,
        default="routine",
        help="The repair of a defect does not wait for anybody's agreement.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("progress", "In progress"),
            ("reported", "Reported"),
            ("closed", "Reviewed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        index=True,
        tracking=True,
        copy=False,
    )
    planned_start = fields.Datetime(
        string="Planned From", required=True, index=True, tracking=True
    )
    planned_end = fields.Datetime(string="Planned Until", required=True, tracking=True)
    due_at = fields.Datetime(
        readonly=True,
        copy=False,
        index=True,
        help="The end of the day for which it was first planned. Moving an order does "
        "not change it: done in time is measured against it.",
    )
    done_start = fields.Datetime(string="Begun", copy=False)
    done_end = fields.Datetime(string="Finished", copy=False)
    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_maintenance_order_ci_rel",
        column1="order_id",
        column2="ci_id",
        string="Configuration Items",
        ondelete="restrict",
        check_company=True,
        # what was maintained is told after the life of it too
        context={"active_test": False},
        help="What is maintained; fixed when the work begins.",
    )
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('class_id.is_place', '=', True)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Engineer",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Is asked to review the report.",
    )
    interrupts = fields.Boolean(string="Interrupts Services", tracking=True)
    result_ids = fields.One2many(
        comodel_name="itsm.ci.maintenance.result",
        inverse_name="order_id",
        string="Results",
        copy=False,
    )
    conclusion = fields.Text(
        copy=False, tracking=True, help="What was done and found, in a few sentences."
    )
    reported_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    reported_at = fields.Datetime(string="Reported On", readonly=True, copy=False)
    reviewed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    reviewed_at = fields.Datetime(string="Reviewed On", readonly=True, copy=False)
    returned_count = fields.Integer(
        string="Sent Back",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often the report was sent back to be corrected.",
    )
    cancelled_at = fields.Datetime(readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False, tracking=True)

    ci_count = fields.Integer(string="Items", compute="_compute_ci_count")
    open_count = fields.Integer(string="Open Points", compute="_compute_result_counts")
    defect_count = fields.Integer(string="Not OK", compute="_compute_result_counts")
    ticket_count = fields.Integer(string="Incidents", compute="_compute_result_counts")
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    may_plan = fields.Boolean(compute="_compute_may_plan")

    _period_uniq = models.UniqueIndex(
        "(plan_id, period_start) WHERE period_start IS NOT NULL",
        "The plan has a work order for this period already.",
    )
    _number_uniq = models.Constraint(
        "UNIQUE(number)", "Another work order has this number."
    )

    # === Computes ===

    @api.depends("number", "name")
    def _compute_display_name(self):
        for order in self:
            order.display_name = f"{order.number or ''} {order.name or ''}".strip()

    @api.depends("ci_ids")
    def _compute_ci_count(self):
        for order in self:
            order.ci_count = len(order.ci_ids)

    @api.depends("result_ids.outcome", "result_ids.ticket_id")
    def _compute_result_counts(self):
        results = self.env["itsm.ci.maintenance.result"]
        counts = {}
        for order, outcome, ticket_count, count in results._read_group(
            [("order_id", "in", self.ids)],
            ["order_id", "outcome"],
            ["ticket_id:count", "__count"],
        ):
            row = counts.setdefault(order.id, [0, 0, 0])
            row[0] += count if not outcome else 0
            row[1] += count if outcome == "nok" else 0
            row[2] += ticket_count
        for order in self:
            row = counts.get(order._origin.id, [0, 0, 0])
            order.open_count, order.defect_count, order.ticket_count = row

    @api.depends("state", "due_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for order in self:
            order.is_late = (
                order.state in ("planned", "progress")
                and bool(order.due_at)
                and order.due_at <= now
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "in", ("planned", "progress")),
            ("due_at", "<=", fields.Datetime.now()),
        ]

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_may_plan(self):
        may = self._may_plan()
        for order in self:
            order.may_plan = may and order.state in (False, "planned")

    @api.model
    def _may_plan(self):
        return self.env.su or self.env.user.has_group("itsm_cmdb.itsm_group_ci_manager")

    # === Onchange ===

    @api.onchange("plan_id")
    def _onchange_plan_id(self):
        plan = self.plan_id
        if plan and not self._origin.id:
            self.name = self.name or plan.name
            self.kind = plan.kind
            self.location_id = plan.location_id
            self.partner_id = plan.partner_id
            self.team_id = plan.team_id
            self.user_id = plan.user_id
            self.reviewer_id = plan.reviewer_id
            self.interrupts = plan.interrupts
            if plan._is_about_items:
                self.ci_ids = self.env["itsm.ci"].search(plan._ci_domain())

    # === Rules ===

    @api.constrains("planned_start", "planned_end", "done_start", "done_end")
    def _check_times(self):
        now = fields.Datetime.now()
        for order in self:
            if order.planned_end <= order.planned_start:
                raise ValidationError(
                    self.env._(
                        "%(order)s is planned to end before it begins. Enter a later "
                        "end.",
                        order=order.display_name,
                    )
                )
            begun, done = order.done_start, order.done_end
            if begun and done and done < begun:
                raise ValidationError(
                    self.env._(
                        "%(order)s was finished before it was begun. Correct one of "
                        "the times.",
                        order=order.display_name,
                    )
                )
            if (begun and begun > now) or (done and done > now):
                raise ValidationError(
                    self.env._(
                        "%(order)s: what was done lies in the past. Correct the times "
                        "of the work.",
                        order=order.display_name,
                    )
                )

    @api.constrains("user_id", "reviewer_id", "company_id")
    def _check_people(self):
        for order in self.sudo():  # sudo: where people work, whoever may see it
            people = order.user_id | order.reviewer_id
            people._itsm_check_works_in(order.company_id)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self._draw_numbers(len(vals_list))
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["number"] = number
            vals["due_at"] = False
        orders = super().create(vals_list)
        # only now, when defaults of the context are in
        for due_at, due in orders.grouped(lambda o: o._due_at()).items():
            guard.with_token(due).due_at = due_at
        orders = guard.without_token(orders)
        orders._plan_activities()
        orders._hand_over()
        return orders

    def write(self, vals):
        if not guard.has_token(self):
            self._check_writable(vals)
        result = super().write(vals)
        if vals.keys() & {"user_id", "planned_end"}:
            self._drop_activities()
            self._plan_activities()
        if vals.keys() & MOVED:
            self._hand_over()
        return result

    def _check_writable(self, vals):
        """Plans are changed by who plans, work by who works, evidence by nobody.

        :raise AccessError: the user does not plan
        :raise UserError: the order is too far for it
        """
        names = vals.keys()
        if names & {"number", "due_at"}:
            raise UserError(
                self.env._("Number and day of a work order stay as they were made.")
            )
        if names & PLANNED and not self._may_plan():
            raise AccessError(
                self.env._(
                    "Work orders are planned by configuration managers. Ask one of "
                    "them to change this one."
                )
            )
        for order in self:
            settled = order.state != "planned" and names & PLANNED
            over = order.state in ("reported", *OVER) and names & WORKED
            if settled or over:
                raise UserError(
                    self.env._(
                        "%(order)s: %(fields)s can no longer be changed: the work has "
                        "begun or is reported. Send the report back, or make another "
                        "order.",
                        order=order.display_name,
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(settled or over)
                        ),
                    )
                )

    def _archive_kept(self):
        now = fields.Datetime.now()
        return self.filtered(
            lambda order: (
                order.state != "planned"
                or order.period_start
                or (order.due_at and order.due_at <= now)
            )
        )

    def _archive_message(self):
        return self.env._(
            "%(order)s is kept as evidence: it was made by a plan, is due, has begun, "
            "was cancelled, or an interruption was proposed for it. If it is not to be "
            "done, cancel it instead.",
            order=self[:1].sudo().display_name,  # sudo: named, as it was found
        )

    # at_uninstall: as in the mixin
    @api.ondelete(at_uninstall=True)
    def _unlink_given_up(self):
        if not guard.is_uninstalling(self):
            self._given_up()

    @api.model
    def _draw_numbers(self, count):
        """The next numbers of work orders, one query for all."""
        # sudo: a number is drawn by whoever makes an order
        sequence = self.env.ref("itsm_cmdb.itsm_ci_maintenance_sequence").sudo()
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(row[0]) for row in sorted(rows)]

    def _zone(self):
        """The time zone of the company of the order."""
        self.ensure_one()
        return self.env["itsm.kpi"]._kpi_zone(
            self.company_id.sudo()  # sudo: the zone of a company is no secret
        )

    def _last_day(self):
        """The day of the planned end, in the company's zone."""
        return local_date(self._zone(), self.planned_end - timedelta(seconds=1))

    def _due_at(self):
        """The midnight that ends the day of the planned end, in the company's zone."""
        return Period("day", self._last_day()).bounds_utc(self._zone())[1]

    # === Activities ===

    def _plan_activities(self):
        """Tell the engineers by an activity, in one batch."""
        orders = self.filtered(lambda o: o.user_id and o.state == "planned")
        self._tell(orders, {order.id: order.user_id for order in orders})

    @api.model
    def _tell(self, orders, users, summaries=None):
        """One activity for each order, silent where history is loaded.

        :param dict users: ``res.users`` by id of the order
        :param dict summaries: what is to be done, by id of the order
        """
        if not orders or guard.is_silent(self.env):
            return
        if self.env.context.get("mail_activity_automation_skip"):
            return
        # sudo: whether somebody is still there is no secret
        there = {
            order: user if user.sudo().active else order._stand_in()
            for order in orders
            for user in users[order.id]
        }
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"].sudo()  # sudo: planned for others
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "res_name": order.display_name,
                    "user_id": user.id,
                    "date_deadline": order._last_day(),
                    "summary": (summaries or {}).get(order.id, order.display_name),
                    "automated": True,
                }
                for order, user in there.items()
                if user
            ]
        )

    def _drop_activities(self):
        """Nobody has to do it any more."""
        activities = self.env["mail.activity"].sudo()  # sudo: the system's own
        activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        ).unlink()

    # === Hooks ===

    def _hand_over(self):
        """After orders were made or moved: a hook for what services are promised."""

    def _given_up(self):
        """After orders were cancelled: a hook, as above."""
