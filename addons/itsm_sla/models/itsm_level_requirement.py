# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What a baseline holds: frozen from then on.
BASELINE_FIELDS = frozenset(
    {
        "need",
        "partner_id",
        "company_id",
        "service_ids",
        "new_service",
        "calendar_id",
        "tz",
        "workload",
        "availability_wished",
        "availability_feasible",
        "target_ids",
        "cost_estimate",
        "cost_note",
    }
)


class ItsmLevelRequirement(models.Model):
    """What a customer needs of the level of a service (SLR), until it is agreed.

    Collected, analysed, baselined, then agreed by an agreement in force or rejected
    (SLM-29 to SLM-33, SLM-71, SLM-72). The steps are in
    ``itsm_level_requirement_step.py``.
    """

    _name = "itsm.level.requirement"
    _description = "Service Level Requirement"
    _inherit = [
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "received_on desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(
        string="Subject",
        required=True,
        tracking=True,
        help="For example: support of the shops on Saturdays.",
    )
    code = fields.Char(
        string="Reference", readonly=True, copy=False, index="btree_not_null"
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[
            ("collected", "Collected"),
            ("analysed", "Analysed"),
            ("baselined", "Baselined"),
            ("agreed", "Agreed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="collected",
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
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: what all customers without an agreement of their own get.",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Said by",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="partner_id and [('commercial_partner_id', '=', partner_id)] or []",
        help="The representative of the users, or the customer's project manager.",
    )
    source = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("sales", "Sales"),
            ("survey", "Satisfaction survey"),
            ("review", "Service review"),
            ("service", "New or changed service"),
            ("strategy", "Change of strategy, capability or resources"),
        ],
        string="Comes from",
        required=True,
        default="customer",
        tracking=True,
    )
    received_on = fields.Date(
        string="Received", required=True, default=fields.Date.context_today
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
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        check_company=True,
        help="Services of the catalogue. A service stands for its offerings too.",
    )
    new_service = fields.Char(
        string="Not in the Catalogue Yet",
        help="What is wanted and no service offers so far. An agreement needs a "
        "service of the catalogue.",
    )
    need = fields.Html(
        string="What the Customer Needs", help="In words the customer understands."
    )
    situation = fields.Html(
        string="How It Is Today", help="Present service, satisfaction, complaints."
    )
    change_factors = fields.Text(
        string="What May Change", help="What could make other levels necessary soon."
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Service Hours",
        ondelete="restrict",
        check_company=True,
    )
    tz = fields.Selection(related="calendar_id.tz", string="Time Zone")
    workload = fields.Text(
        string="Expected Workload", help="Users, sites, tickets of a month, peaks."
    )
    availability_wished = fields.Float(
        string="Availability Wished (%)", digits=(6, 3), aggregator=None
    )
    availability_feasible = fields.Float(
        string="Availability Feasible (%)", digits=(6, 3), aggregator=None
    )
    target_ids = fields.One2many(
        comodel_name="itsm.level.requirement.target",
        inverse_name="requirement_id",
        string="Times",
        copy=True,
    )
    analysis = fields.Html(
        help="What can be promised, with which teams and suppliers, and what it takes."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_estimate = fields.Monetary(
        string="Estimated Cost of a Year",
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
        aggregator=None,
        help="What the level costs the provider.",
    )
    cost_note = fields.Text(
        string="Reasons of the Cost",
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
    )
    analysed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Analysed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    analysed_at = fields.Datetime(string="Analysed on", readonly=True, copy=False)
    baseline_ids = fields.One2many(
        comodel_name="itsm.level.requirement.baseline",
        inverse_name="requirement_id",
        string="Baselines",
        readonly=True,
        copy=False,
    )
    template_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Template of the Agreement",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_template', '=', True), ('kind', '=', 'sla')]",
        help="The new agreement takes everything from it but the customer, the "
        "services, the service hours and the times found feasible here.",
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    reject_reason = fields.Text(
        string="Reason to Reject", copy=False, tracking=True, help="Needed to reject."
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True, copy=False)

    _step_new = {
        "code": False,
        "state": "collected",
        "analysed_by_id": False,
        "analysed_at": False,
        "agreement_id": False,
        "decided_by_id": False,
        "decided_at": False,
    }

    _availability_range = models.Constraint(
        "CHECK(COALESCE(availability_wished, 0) BETWEEN 0 AND 100 "
        "AND COALESCE(availability_feasible, 0) BETWEEN 0 AND 100)",
        "Availability: enter a percentage between 0 and 100; 0 means that none is "
        "asked for.",
    )

    @api.constrains("partner_id", "contact_id")
    def _check_contact_id(self):
        # sudo: whose contact is whose does not depend on who asks
        for requirement in self.sudo():
            customer = requirement.partner_id.commercial_partner_id
            contact = requirement.contact_id
            if customer and contact and contact.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "Said by: %(contact)s does not belong to %(customer)s. Choose "
                        "a contact of the customer, or leave it empty.",
                        contact=contact.name,
                        customer=customer.name,
                    )
                )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for requirement in self:
            parts = (requirement.code, requirement.name)
            requirement.display_name = " ".join(part for part in parts if part)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        requirements = super().create(vals_list)
        requirements._number()
        return requirements

    def write(self, vals):
        self.check_access("write")
        self._check_not_frozen(vals.keys())
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for requirement, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=requirement.name)
        return vals_list

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.level.requirement.baseline", "requirement_id"),
        ]

    def _archive_kept(self):
        decided = self.filtered(lambda r: r.state in ("agreed", "rejected"))
        return super()._archive_kept() | decided

    def _check_not_frozen(self, names):
        """Refuse to change what a baseline holds.

        :param names: names of the fields that somebody wants to write
        :raise UserError: naming the first record that is baselined or decided
        """
        frozen = BASELINE_FIELDS.intersection(names)
        kept = self.filtered(lambda r: r.state in ("baselined", "agreed", "rejected"))
        if frozen and kept:
            raise UserError(
                self.env._(
                    "%(requirement)s is baselined: %(fields)s cannot be changed. Use "
                    "“Analyse again”; the next baseline shows what changed.",
                    requirement=kept[0].display_name,
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(frozen)
                    ),
                )
            )
