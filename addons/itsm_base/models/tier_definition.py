# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.approval import trusted

#: Fields that say what is decided and for whom; fixed once a step was used.
FIXED_WHEN_USED = {"model_id", "approval_model", "company_id"}


class TierDefinition(models.Model):
    """A step of an approval: who decides, by which rule, by when.

    The engine is ``base_tier_validation``; what is added here holds for records of
    models that inherit ``itsm.approval.mixin``. Steps of other models stay as they
    are.
    """

    _name = "tier.definition"
    _inherit = ["tier.definition", "itsm.shared.mixin", "mail.thread"]

    # Whoever changes who decides leaves a trace.
    name = fields.Char(tracking=True)
    sequence = fields.Integer(tracking=True)
    active = fields.Boolean(tracking=True)
    company_id = fields.Many2one(tracking=True)
    definition_domain = fields.Char(tracking=True)
    reviewer_id = fields.Many2one(tracking=True)
    reviewer_group_id = fields.Many2one(tracking=True)
    reviewer_field_id = fields.Many2one(tracking=True)
    is_itsm = fields.Boolean(
        compute="_compute_is_itsm",
        search="_search_is_itsm",
        export_string_translation=False,
    )
    approval_model = fields.Selection(
        selection="_selection_approval_model",
        string="What is Decided",
        compute="_compute_approval_model",
        inverse="_inverse_approval_model",
        help="The kind of record that needs this step.",
    )
    review_type = fields.Selection(
        selection_add=[("role", "Holders of a role")],
        ondelete={"role": "cascade"},
        tracking=True,
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    # No default: installing must not rewrite the steps of other models. Empty is "any".
    approval_rule = fields.Selection(
        selection=[
            ("any", "One of them approves"),
            ("first", "The first of them decides"),
            ("number", "A number of them approve"),
            ("all", "All of them approve"),
        ],
        string="Rule",
        tracking=True,
        help="The step is approved when the rule is met by different people, and "
        "rejected as soon as it can no longer be met. Who abstains is not counted.",
    )
    quorum = fields.Integer(
        string="Number of Approvals",
        aggregator=None,
        tracking=True,
        help="How many people must approve.",
    )
    allow_same_person = fields.Boolean(
        tracking=True,
        help="Somebody who has decided another step of the same approval may decide "
        "this one too. Otherwise each step needs different people. The requester "
        "never decides.",
    )
    due_days = fields.Integer(
        string="Due after (working days)",
        aggregator=None,
        help="Working days of the company from the moment it is this step's turn; 0 "
        "means no due date.",
    )
    remind_days = fields.Integer(
        string="Remind every (working days)",
        aggregator=None,
        help="Who has not decided is reminded on the due date and then each time so "
        "many working days have passed; without a due date they count from the moment "
        "it is this step's turn. 0 means only once, on the due date.",
    )

    _quorum_positive = models.Constraint(
        "CHECK(approval_rule <> 'number' OR quorum > 0)",
        "Approval step: enter how many people must approve (at least 1).",
    )
    _days_not_negative = models.Constraint(
        "CHECK(due_days >= 0 AND remind_days >= 0)",
        "Approval step: days cannot be negative. Enter 0 for none.",
    )

    # === Computes ===

    @api.depends("model")
    def _compute_is_itsm(self):
        names = set(self._itsm_approval_models())
        for definition in self:
            definition.is_itsm = definition.model in names

    def _search_is_itsm(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("model", "in", self._itsm_approval_models())

    @api.model
    def _selection_approval_model(self):
        names = self._itsm_approval_models()
        # sudo: the names of models are no secret, their table is closed to users
        labels = {
            model.model: model.name
            for model in self.env["ir.model"].sudo().search([("model", "in", names)])
        }
        return [(name, labels.get(name, name)) for name in names]

    @api.depends("model")
    def _compute_approval_model(self):
        for definition in self:
            definition.approval_model = definition.is_itsm and definition.model

    def _inverse_approval_model(self):
        for definition in self:
            definition.model_id = self.env["ir.model"]._get(definition.approval_model)

    @api.onchange("approval_model")
    def _onchange_approval_model(self):
        # The fields of the record and the condition follow the kind of record.
        self.model_id = self.env["ir.model"]._get(self.approval_model)

    @api.onchange("review_type")
    def onchange_review_type(self):
        """Forget who decides when the way of saying it changes."""
        result = super().onchange_review_type()
        self.role_id = None
        return result

    # === Constraints ===

    @api.constrains(
        "model_id",
        "review_type",
        "reviewer_id",
        "reviewer_group_id",
        "reviewer_field_id",
        "role_id",
    )
    def _check_reviewer(self):
        """A step says who decides; a field names users or groups of this model."""
        for definition in self.filtered("is_itsm"):
            field = {
                "individual": "reviewer_id",
                "group": "reviewer_group_id",
                "field": "reviewer_field_id",
                "role": "role_id",
            }.get(definition.review_type)
            if not field or not definition[field]:
                raise ValidationError(
                    self.env._(
                        "Approval step “%(step)s”: nobody is named who decides. Fill "
                        "in “%(field)s”.",
                        step=definition.name,
                        field=self._fields[field or "review_type"]._description_string(
                            self.env
                        ),
                    )
                )
            reviewer_field = definition.reviewer_field_id.sudo()  # closed to managers
            if field == "reviewer_field_id" and (
                reviewer_field.model != definition.model
                or reviewer_field.relation not in ("res.users", "res.groups")
            ):
                raise ValidationError(
                    self.env._(
                        "Approval step “%(step)s”: choose a field of the record that "
                        "names users or groups.",
                        step=definition.name,
                    )
                )
            if field == "reviewer_field_id" and definition._is_open(reviewer_field):
                raise ValidationError(
                    self.env._(
                        "Approval step “%(step)s”: “%(field)s” stays open while the "
                        "record waits, so anybody could be entered who decides. Choose "
                        "a field that is locked.",
                        step=definition.name,
                        field=reviewer_field.field_description,
                    )
                )

    def _is_open(self, field):
        """Whether a field of the record can change while the record waits.

        :param field: ``ir.model.fields``
        :rtype: bool
        """
        unlocked = self.env[self.model]._approval_unlocked_fields()
        return field.name == "write_uid" or field.name in unlocked

    @api.constrains("model_id", "definition_domain")
    def _check_definition_domain(self):
        """The condition can be read; a wrong one would stop every request."""
        for definition in self.filtered("is_itsm"):
            if not definition.definition_domain:
                continue
            try:
                domain = Domain(literal_eval(definition.definition_domain))
                domain.validate(self.env[definition.model])
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Approval step “%(step)s”: its condition cannot be used. Only "
                        "fields of the record with fixed values can be compared. "
                        "(%(error)s)",
                        step=definition.name,
                        error=error,
                    )
                ) from error

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # Said before the record exists: the rules for managers ask for the model.
        models = self.env["ir.model"]
        for vals in vals_list:
            if vals.get("approval_model") and not vals.get("model_id"):
                vals["model_id"] = models._get_id(vals["approval_model"])
        return super().create(vals_list)

    def write(self, vals):
        if FIXED_WHEN_USED & vals.keys():
            self._check_unused(vals)
        # No key of a remote call keeps a change of who decides from being tracked.
        return super(TierDefinition, trusted(self)).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self._approval_used()
        if used:
            raise UserError(
                self.env._(
                    "Approval step “%(step)s” has been used and is kept as evidence. "
                    "Archive it instead.",
                    step=used[0].name,
                )
            )

    def _check_unused(self, vals):
        for definition in self._approval_used():
            values = definition._convert_to_write(
                {name: definition[name] for name in FIXED_WHEN_USED & vals.keys()}
            )
            if any((values[name] or False) != (vals[name] or False) for name in values):
                raise UserError(
                    self.env._(
                        "Approval step “%(step)s” has been used: what it decides and "
                        "its company cannot change. Archive it and create another.",
                        step=definition.name,
                    )
                )

    def _approval_used(self):
        """Those of these steps, of models of ours, that a request has used."""
        ours = self.filtered("is_itsm")
        reviews = self.env["tier.review"].sudo()  # of whatever company
        used = reviews._read_group(
            [("definition_id", "in", ours.ids)], ["definition_id"]
        )
        used_ids = {definition.id for (definition,) in used}
        return ours.filtered(lambda definition: definition.id in used_ids)

    # === Engine ===

    @api.model
    def _itsm_approval_models(self):
        """Names of the models that inherit ``itsm.approval.mixin``, in order.

        :rtype: list[str]
        """
        registry = self.env.registry
        return sorted(
            name
            for name in registry.descendants(["itsm.approval.mixin"], "_inherit")
            if not registry[name]._abstract
        )

    @api.model
    def _get_tier_validation_model_names(self):
        names = super()._get_tier_validation_model_names()
        return names + self._itsm_approval_models()

    def _get_review_needing_reminder(self):
        # Records of ours have reminders of their own (tier.review).
        if self.is_itsm:
            return self.env["tier.review"]
        return super()._get_review_needing_reminder()
