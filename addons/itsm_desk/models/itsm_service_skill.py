# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmService(models.Model):
    """What somebody must be able to do to work on a service (INC-15, REQ-07)."""

    _inherit = "itsm.service"

    skill_ids = fields.Many2many(
        comodel_name="itsm.skill",
        relation="itsm_service_skill_rel",
        column1="service_id",
        column2="skill_id",
        string="Skills Needed",
        groups="base.group_user",
        help="Tickets about this service are proposed to people who have all of these.",
    )
