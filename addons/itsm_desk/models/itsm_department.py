# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ItsmDepartment(models.Model):
    """A department of a customer, or of the company itself (REQ-05, CAT-01).

    Its approvers decide about the requests of its people before anybody else does.
    They may be users of the portal: the customer's own managers.
    """

    _name = "itsm.department"
    _description = "Department of Requesters"
    _inherit = ["mail.thread"]
    _parent_store = True
    _order = "company_id, partner_id, complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    complete_name = fields.Char(
        string="Full Name", compute="_compute_complete_name", store=True, recursive=True
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
        domain="[('is_company', '=', True)]",
        help="The customer's company to which the department belongs. Empty: a "
        "department of the own company.",
    )
    parent_id = fields.Many2one(
        comodel_name="itsm.department",
        string="Part of",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="itsm.department", inverse_name="parent_id", string="Parts"
    )
    approver_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_department_approver_rel",
        column1="department_id",
        column2="user_id",
        string="Approvers",
        tracking=True,
        help="They approve the requests of the department before the service desk "
        "works on them; the first of them decides. Nobody decides about his own "
        "request: then the approvers of the department above are asked. Users of the "
        "portal can be approvers too. Empty: as for the department above, and without "
        "any this step is left out.",
    )
    member_ids = fields.One2many(
        comodel_name="res.partner",
        inverse_name="itsm_department_id",
        string="People",
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), COALESCE(parent_id, 0), name)",
        "There is a department with this name already. Choose a different name.",
    )

    # === Computes ===

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for department in self:
            names = [department.parent_id.complete_name, department.name]
            department.complete_name = " / ".join(name for name in names if name)

    # === Constraints ===

    @api.constrains("parent_id", "partner_id")
    def _check_parent_id(self):
        """No circles, and one customer in a tree."""
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "Part of: a department cannot be part of itself, directly or "
                    "through its parts. Choose another one or leave it empty."
                )
            )
        for department in self:
            for part in department | department.child_ids:
                if part.parent_id and part.parent_id.partner_id != part.partner_id:
                    raise ValidationError(
                        self.env._(
                            "Customer: %(department)s and the department above it "
                            "belong to different customers. Choose the same customer "
                            "for both.",
                            department=part.complete_name,
                        )
                    )

    @api.constrains("approver_ids", "company_id")
    def _check_approver_ids(self):
        """An approver is a user who may log in and works in the company."""
        for department in self:
            # sudo: the companies of users are closed to managers
            for user in department.approver_ids.sudo():
                if user._is_public() or department.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "Approvers: %(user)s has no access to %(company)s and "
                            "could decide nothing. Choose somebody who has.",
                            user=user.name,
                            company=department.company_id.name,
                        )
                    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        # Which requests an approver sees is part of a record rule, which is kept.
        self.env.registry.clear_cache()
        return departments

    def write(self, vals):
        if "parent_id" in vals:
            self._check_parent_written(vals["parent_id"])
        result = super().write(vals)
        if vals.keys() & {"approver_ids", "active", "parent_id"}:
            self.env.registry.clear_cache()  # as in create
        return result

    def unlink(self):
        self.env.registry.clear_cache()  # as in create
        return super().unlink()

    def _check_parent_written(self, parent_id):
        """Refuse a circle before the parent store does, whose error names no field."""
        # sudo: the tree does not depend on who may read the parent
        path = self.browse(parent_id or 0).sudo().exists().parent_path or ""
        if any(f"/{department_id}/" in f"/{path}" for department_id in self.ids):
            raise ValidationError(
                self.env._(
                    "Part of: a department cannot be part of itself, directly or "
                    "through its parts. Choose another one or leave it empty."
                )
            )

    # === Business methods ===

    def _deciding_for(self, users):
        """The nearest department upwards in which somebody else may approve.

        :param users: ``res.users`` who are left out: the requester's
        :return: this department or one above it; empty if there is nobody
        :rtype: itsm.department
        """
        # sudo: who decides does not depend on who may see departments
        department = self.sudo()
        while department:
            if (department.approver_ids - users).filtered("active"):
                break
            department = department.parent_id
        return department

    @api.model
    def _led_by(self, user):
        """Departments, with their parts, whose requests a user decides about.

        :param user: ``res.users``
        :rtype: itsm.department
        """
        # sudo: users of the portal may not read departments
        led = self.sudo().search(Domain("approver_ids", "in", user.ids))
        # sudo: as above
        return self.sudo().search(Domain("id", "child_of", led.ids))
