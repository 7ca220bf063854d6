# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from .itsm_service_request import REQUEST_TYPES

#: Nothing more happens to a line.
LINE_OVER = ("delivered", "refused", "cancelled")
#: Written by the acts of a request only.
PROTECTED_FIELDS = frozenset(
    {
        "state",
        "promised_date",
        "delivered_at",
        "is_late",
        "delivery_hours",
        "delivery_note",
        "title",
        "price_unit",
        "cost_unit",
        "satisfaction",
    }
)


class ItsmRequestLine(models.Model):
    """One thing that is asked for, with a state of its own (REQ-01, CAT-06)."""

    _name = "itsm.request.line"
    _description = "Line of a Service Request"
    _inherit = ["itsm.request.part.mixin", "itsm.approval.line.mixin"]
    _order = "request_id, sequence, id"
    _rec_name = "title"
    _check_company_auto = True
    _approval_parent = "request_id"
    _request_protected = PROTECTED_FIELDS

    request_id = fields.Many2one(
        comodel_name="itsm.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="request_id.partner_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("catalogue", "From the catalogue"),
            ("project", "Not in the catalogue"),
        ],
        required=True,
        default="catalogue",
        help="What the catalogue does not offer starts as a project of its own: it has "
        "an approval step of its own.",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        string="Item",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('state', 'in', ('live', 'changing', 'retiring'))]",
    )
    request_type = fields.Selection(
        selection=REQUEST_TYPES,
        compute="_compute_request_type",
        store=True,
        index="btree_not_null",
    )
    wish = fields.Text(
        help="What is wanted that the catalogue does not offer: what for, how much, "
        "which requirements it has to meet."
    )
    title = fields.Char(compute="_compute_title", store=True)
    quantity = fields.Integer(required=True, default=1)
    answer_ids = fields.One2many(
        comodel_name="itsm.request.answer",
        inverse_name="line_id",
        string="Answers",
        copy=True,
    )
    task_ids = fields.One2many(
        comodel_name="itsm.request.task",
        inverse_name="line_id",
        string="Tasks",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("waiting", "Waiting for approval"),
            ("fulfilment", "In fulfilment"),
            ("delivered", "Delivered"),
            ("refused", "Cannot be delivered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    promised_date = fields.Date(string="Promised by", readonly=True, copy=False)
    delivered_at = fields.Datetime(string="Delivered", readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Delivered Late",
        readonly=True,
        copy=False,
        help="After the promised day.",
    )
    delivery_hours = fields.Float(
        string="Hours from Approval to Delivery",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="On the wall.",
    )
    delivery_note = fields.Text(
        readonly=True,
        copy=False,
        help="Why it cannot be delivered, or what was delivered instead.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    price_unit = fields.Monetary(
        compute="_compute_price_unit",
        store=True,
        groups="itsm_base.itsm_group_finance",
        help="Of the catalogue when the item was chosen.",
    )
    cost_unit = fields.Monetary(
        string="Unit Cost",
        compute="_compute_price_unit",
        store=True,
        groups="itsm_base.itsm_group_finance",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        groups="itsm_base.itsm_group_finance",
    )
    cost = fields.Monetary(
        string="Total Cost",
        compute="_compute_amount",
        store=True,
        groups="itsm_base.itsm_group_finance",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0 AND quantity <= 100000)",
        "Quantity: enter a whole number of 1 or more (at most 100000).",
    )

    # === Computes ===

    @api.depends("service_id")
    def _compute_request_type(self):
        # As it was when the item was chosen.
        for line in self:
            line.request_type = line.service_id.request_type

    @api.depends("service_id", "kind", "wish")
    def _compute_title(self):
        for line in self:
            if line.kind == "project":
                line.title = (line.wish or "").strip().split("\n")[0][:120]
            else:
                line.title = line.service_id.name

    @api.depends("service_id")
    def _compute_price_unit(self):
        for line in self:
            line.price_unit = line.service_id.price
            line.cost_unit = line.service_id.cost

    @api.depends("quantity", "price_unit", "cost_unit")
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.price_unit
            line.cost = line.quantity * line.cost_unit

    @api.onchange("service_id", "kind")
    def _onchange_service_id(self):
        # The form asks what the item asks.
        questions = self.service_id.question_ids if self.kind == "catalogue" else []
        self.answer_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"question_id": question.id})
                for question in questions
            ),
        ]

    # === Constraints ===

    @api.constrains("kind", "service_id", "wish")
    def _check_kind(self):
        """A line says what is wanted: an item of the catalogue, or in words."""
        for line in self:
            if line.kind == "catalogue" and not line.service_id:
                raise ValidationError(
                    self.env._(
                        "Item: choose one of the catalogue, or say that the line is "
                        "not in the catalogue."
                    )
                )
            if line.kind == "project" and line.service_id:
                raise ValidationError(
                    self.env._(
                        "Item: what is not in the catalogue has none. Leave it empty."
                    )
                )
            if line.kind == "project" and not (line.wish or "").strip():
                raise ValidationError(
                    self.env._(
                        "Wish: say what is wanted that the catalogue does not offer."
                    )
                )

    # === Business methods ===

    def _decision_text(self, priced):
        """What is asked for, in a line, for those who decide; ``self`` in sudo.

        :param bool priced: with the amount
        :rtype: str
        """
        self.ensure_one()
        answers = ", ".join(
            f"{answer.name}: {answer.display}" for answer in self.answer_ids
        )
        text = f"{self.quantity} × {self.title or ''}"
        if self.kind == "project":
            text = self.env._("Not in the catalogue: %(wish)s", wish=self.wish)
        if priced and self.amount:
            amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
            text = f"{text}, {amount}"
        return f"{text} ({answers})" if answers else text

    def _check_answers(self):
        """Check the answers of lines in a draft and keep them as they are shown.

        :raise ValidationError: naming line and question
        """
        for line in self.filtered(lambda line: line.kind == "catalogue"):
            answers = {answer.question_id.code: answer for answer in line.answer_ids}
            clean, errors = line.service_id._itsm_check_answers(
                {code: answer._raw() for code, answer in answers.items()}
            )
            if errors:
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(errors)s",
                        line=line.title,
                        errors="\n".join(errors.values()),
                    )
                )
            displays = {values["question_id"]: values["display"] for values in clean}
            for answer in line.answer_ids:
                answer.display = displays.get(answer.question_id.id)

    def _check_entitled(self):
        """The requester may use what is asked for.

        :raise UserError: naming the line
        """
        for (company, partner), lines in self.grouped(
            lambda line: (line.company_id, line.request_id.partner_id)
        ).items():
            services = lines.service_id
            if not services:
                continue
            # sudo: what somebody is offered does not depend on who may read it
            allowed = (
                services.sudo()
                .with_context(allowed_company_ids=company.ids)
                ._itsm_entitled(partner)
            )
            left = services.browse(set(services.ids) - set(allowed.ids))
            if left:
                raise UserError(
                    self.env._(
                        "%(service)s is not offered to %(partner)s (any more). Choose "
                        "something else of the catalogue.",
                        service=left[0].sudo().name,  # sudo: named in the line
                        partner=partner.sudo().name,  # sudo: the requester himself
                    )
                )

    def action_refuse(self):
        """Ask why a line cannot be delivered."""
        self.ensure_one()
        return self.env["itsm.request.reason"]._open("refuse", self.request_id, self)

    def action_deliver(self):
        """Mark lines as delivered although tasks are left; those are cancelled.

        :raise AccessError: the user may not write them
        :raise UserError: a line is not being fulfilled
        """
        self.check_access("write")
        for line in self:
            if line.state != "fulfilment":
                raise UserError(
                    self.env._(
                        "%(line)s is not being fulfilled, so it cannot be delivered.",
                        line=line.title,
                    )
                )
        self._deliver()

    def action_open_request(self):
        """Open the request of the line."""
        self.ensure_one()
        return self.request_id._open_form()
