# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from odoo.addons.itsm_base.models.itsm_priority_rule import IMPACTS, URGENCIES

#: Asked for, and not decided yet.
ASKED = ("submitted", "department")
#: Approved and not delivered yet.
AT_WORK = ("approved", "fulfilment", "partly")
#: Nothing more happens.
OVER = ("closed", "rejected", "cancelled")
#: Written by the acts of a request only: not by forms, imports or remote calls.
PROTECTED_FIELDS = frozenset(
    {
        "name",
        "form_key",
        "state",
        "ticket_id",
        "needs_department",
        "deciding_department_id",
        "submitted_at",
        "approved_at",
        "promised_date",
        "delivered_at",
        "confirmed_at",
        "confirmed_partner_id",
        "finished_at",
        "end_reason",
    }
)


class ItsmRequest(models.Model):
    """A service request: an application with lines from the catalogue (REQ-01).

    It is asked for, approved, fulfilled, delivered and confirmed; its ticket (kind
    request) is the conversation and carries the clocks. How it goes on is in
    ``itsm_request_flow`` and ``itsm_request_fulfilment``.
    """

    _name = "itsm.request"
    _description = "Service Request"
    _inherit = [
        "itsm.request.part.mixin",
        "itsm.approval.mixin",
        "itsm.notification.mixin",
        "portal.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "subject"]
    _check_company_auto = True
    _request_protected = PROTECTED_FIELDS

    _state_from = ["draft", "submitted", "department"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    name = fields.Char(string="Number", readonly=True, copy=False, index=True)
    subject = fields.Char(compute="_compute_subject", store=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("department", "Waiting for the department"),
            ("submitted", "Waiting for approval"),
            ("approved", "Approved"),
            ("fulfilment", "In fulfilment"),
            ("partly", "Partly delivered"),
            ("delivered", "Delivered, to be confirmed"),
            ("closed", "Closed"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Requester",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="itsm.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Its approvers decide first. From the contact of the requester.",
    )
    reason = fields.Text(help="What it is needed for; the approvers read it.")
    urgency = fields.Selection(
        selection=URGENCIES,
        required=True,
        default="3",
        help="The priority of the ticket follows from urgency and impact.",
    )
    impact = fields.Selection(
        selection=IMPACTS,
        required=True,
        default="4",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="How many are affected; one person is low.",
    )
    wanted_date = fields.Date(string="Wanted by")
    line_ids = fields.One2many(
        comodel_name="itsm.request.line",
        inverse_name="request_id",
        string="Lines",
        copy=True,
    )
    task_ids = fields.One2many(
        comodel_name="itsm.request.task",
        inverse_name="request_id",
        string="Tasks",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The conversation and the clocks of the request.",
    )
    needs_approval = fields.Boolean(
        string="Has Items that Need Approval",
        compute="_compute_needs_approval",
        store=True,
        help="For the conditions of approval steps.",
    )
    has_project = fields.Boolean(
        string="Has Something not in the Catalogue",
        compute="_compute_needs_approval",
        store=True,
        help="For the conditions of approval steps.",
    )
    needs_department = fields.Boolean(
        string="Department Decides",
        readonly=True,
        copy=False,
        help="For the condition of the step of the department.",
    )
    deciding_department_id = fields.Many2one(
        comodel_name="itsm.department",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The department, or the nearest above it, that has approvers other than "
        "the requester.",
    )
    department_approver_ids = fields.Many2many(
        comodel_name="res.users",
        string="Approvers of the Department",
        compute="_compute_department_approver_ids",
        groups="base.group_user",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        groups="itsm_base.itsm_group_finance",
        help="Sum of the prices of the lines. For the conditions of approval steps.",
    )
    cost = fields.Monetary(
        string="Total Cost",
        compute="_compute_amount",
        store=True,
        groups="itsm_base.itsm_group_finance",
    )
    decision_summary = fields.Text(
        string="What is Asked for",
        compute="_compute_decision_summary",
        help="With prices for those who decide, and for finance.",
    )
    submitted_at = fields.Datetime(string="Submitted", readonly=True, copy=False)
    approved_at = fields.Datetime(string="Approved On", readonly=True, copy=False)
    promised_date = fields.Date(
        string="Promised by",
        readonly=True,
        copy=False,
        help="The latest of its lines.",
    )
    delivered_at = fields.Datetime(string="Delivered", readonly=True, copy=False)
    confirmed_at = fields.Datetime(string="Confirmed", readonly=True, copy=False)
    confirmed_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Confirmed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    finished_at = fields.Datetime(string="Finished", readonly=True, copy=False)
    end_reason = fields.Text(
        string="Reason of the End",
        readonly=True,
        copy=False,
        help="Why it was rejected or cancelled.",
    )

    form_key = fields.Char(
        readonly=True,
        copy=False,
        help="Of the form that was sent: sent twice, it is one request.",
    )

    _form_key_uniq = models.UniqueIndex(
        "(partner_id, form_key) WHERE form_key IS NOT NULL",
        "This form was sent already.",
    )
    _ticket_uniq = models.UniqueIndex(
        "(ticket_id) WHERE ticket_id IS NOT NULL",
        "The ticket has a request already. Open that one.",
    )

    # === Computes ===

    @api.depends("name", "subject")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            names = [request.name, request.subject]
            request.display_name = " – ".join(
                name for name in names if name
            ) or self.env._("New Request")

    @api.depends("line_ids.title")
    def _compute_subject(self):
        for request in self:
            titles = [line.title for line in request.line_ids if line.title]
            if len(titles) > 1:
                request.subject = self.env._(
                    "%(first)s and %(count)s more",
                    first=titles[0],
                    count=len(titles) - 1,
                )
            else:
                request.subject = titles[0] if titles else False

    @api.depends("partner_id", "company_id")
    def _compute_department_id(self):
        for request in self:
            # sudo: the requester himself may not read his department
            department = request.partner_id.sudo().itsm_department_id
            same = department.company_id == request.company_id
            request.department_id = department if same else False

    @api.depends("line_ids.service_id.approval_required", "line_ids.kind")
    def _compute_needs_approval(self):
        for request in self:
            lines = request.line_ids
            # Restricting a service restricts what is part of it.
            services = lines.service_id
            above = services
            while above.parent_id:
                above = above.parent_id
                services |= above
            request.needs_approval = any(services.mapped("approval_required"))
            request.has_project = any(line.kind == "project" for line in lines)

    @api.depends("deciding_department_id.approver_ids", "partner_id")
    def _compute_department_approver_ids(self):
        for request in self:
            # sudo: who decides does not depend on who may see the department
            department = request.sudo().deciding_department_id
            request.department_approver_ids = (
                department.approver_ids - request._requesting_users()
            )

    @api.depends("line_ids.amount", "line_ids.cost")
    def _compute_amount(self):
        for request in self:
            request.amount = sum(request.line_ids.mapped("amount"))
            request.cost = sum(request.line_ids.mapped("cost"))

    @api.depends("line_ids.title", "line_ids.quantity", "line_ids.amount")
    @api.depends_context("uid", "lang")
    def _compute_decision_summary(self):
        for request in self:
            priced = request._shows_prices()
            # sudo: prices are for finance, and for who decides about them
            request_sudo = request.sudo()
            texts = [line._decision_text(priced) for line in request_sudo.line_ids]
            if priced and len(texts) > 1 and request_sudo.amount:
                texts.append(
                    self.env._(
                        "Total: %(amount)s",
                        amount=formatLang(
                            self.env,
                            request_sudo.amount,
                            currency_obj=request_sudo.currency_id,
                        ),
                    )
                )
            request.decision_summary = "\n".join(texts)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/requests/{request.id}"
        return result

    # === Constraints ===

    @api.constrains("department_id", "partner_id")
    def _check_department_id(self):
        """The department is one of the requester's customer, or of the company."""
        for request in self:
            # sudo: customers of departments are closed to the requester
            customer = request.department_id.sudo().partner_id
            # sudo: as above
            if customer and customer != request.partner_id.sudo().commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Department: %(department)s belongs to another customer than "
                        "%(partner)s. Choose one of his own, or leave it empty.",
                        # sudo: as above
                        department=request.department_id.sudo().display_name,
                        partner=request.partner_id.sudo().name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for company, group in requests.grouped("company_id").items():
            # sudo: whoever may make a request gets a number
            sequences = self.env["ir.sequence"].sudo().with_company(company)
            for request in group:
                request._store({"name": sequences.next_by_code("itsm.request")})
        return requests

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for request in self:
            if request.submitted_at:
                raise UserError(
                    self.env._(
                        "%(name)s was submitted and is kept as evidence. Cancel it "
                        "instead of deleting it.",
                        name=request.display_name,
                    )
                )
