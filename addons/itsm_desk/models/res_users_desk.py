# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResUsers(models.Model):
    """Skills of a person; desk leads say them on the skill (INC-15)."""

    _inherit = "res.users"

    itsm_skill_ids = fields.Many2many(
        comodel_name="itsm.skill",
        relation="itsm_skill_res_users_rel",
        column1="user_id",
        column2="skill_id",
        string="Service Desk Skills",
        groups="base.group_user",
    )
