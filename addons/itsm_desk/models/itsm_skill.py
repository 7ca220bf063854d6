# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmSkill(models.Model):
    """What a person of the desk is able to do, and what a ticket asks for (INC-15).

    Desk leads say on the skill who has it: nobody gives himself one.
    """

    _name = "itsm.skill"
    _description = "Skill"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        translate=True, help="What somebody must be able to do to have this skill."
    )
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: of all companies."
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_skill_res_users_rel",
        column1="skill_id",
        column2="user_id",
        string="People",
        domain="[('share', '=', False)]",
    )

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))",
        "There is a skill of this name already. Choose a different name.",
    )
