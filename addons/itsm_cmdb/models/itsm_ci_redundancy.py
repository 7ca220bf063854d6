# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiRedundancy(models.Model):
    """Several that stand in for each other: so many of them must be up.

    While at least *required* of the members are up, the configuration item that
    depends on them is not affected.
    """

    _name = "itsm.ci.redundancy"
    _description = "Redundancy"
    _inherit = "itsm.archive.mixin"
    _order = "ci_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="For example: power supplies.")
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Depends on Them",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ci_id.company_id", store=True)
    required = fields.Integer(
        string="Must Be Up",
        default=1,
        required=True,
        help="So many of the members keep it going.",
    )
    relation_ids = fields.One2many(
        comodel_name="itsm.ci.relation",
        inverse_name="redundancy_id",
        string="Members",
    )
    member_count = fields.Integer(
        string="Of Members",
        compute="_compute_member_count",
        help="Members that hold today.",
    )

    _required_positive = models.Constraint(
        "CHECK(required > 0)", "At least one member must be up."
    )

    @api.depends("relation_ids.date_start", "relation_ids.date_end")
    def _compute_member_count(self):
        for redundancy in self:
            members = redundancy.relation_ids.filtered("is_valid")
            redundancy.member_count = len(members)

    @api.constrains("ci_id")
    def _check_members(self):
        self.relation_ids._check_redundancy()

    @api.constrains("required", "relation_ids")
    def _check_required(self):
        for redundancy in self:
            members = len(redundancy.relation_ids)
            if members and redundancy.required > members:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has %(members)s members: no more than that can be "
                        "required.",
                        name=redundancy.name,
                        members=members,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "ci_id" in vals:
            # what it has become must be the user's own too
            self.check_access("write")
        return result

    def _archive_references(self):
        return [("itsm.ci.relation", "redundancy_id")]
