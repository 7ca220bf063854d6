# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmRoleHolder(models.Model):
    """Who holds a role in a company."""

    _name = "itsm.role.holder"
    _description = "Holder of a Role"
    _order = "role_id, company_id, sequence, id"

    role_id = fields.Many2one(
        comodel_name="itsm.role", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Held by",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    sequence = fields.Integer(default=10, help="The first holder is asked first.")

    _holder_uniq = models.UniqueIndex(
        "(role_id, company_id, user_id)", "This person holds the role already."
    )

    @api.depends("role_id", "user_id")
    def _compute_display_name(self):
        for holder in self:
            holder.display_name = f"{holder.role_id.name}: {holder.user_id.name}"

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            # Odoo asks the record rule before: nobody is named in a foreign company.
            self.check_access("write")
        return result

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        """A holder is a user who works in the company, not a portal user."""
        for holder in self:
            user_sudo = holder.user_id.sudo()  # sudo: companies of a user are hidden
            if user_sudo.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is a portal user and cannot hold a role. Choose "
                        "somebody of the organisation.",
                        user=user_sudo.name,
                    )
                )
            if holder.company_id not in user_sudo.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to %(company)s and cannot hold a role "
                        "there. Let an administrator add the company to the user "
                        "first.",
                        user=user_sudo.name,
                        company=holder.company_id.name,
                    )
                )
