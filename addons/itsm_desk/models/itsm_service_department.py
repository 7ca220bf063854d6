# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain


class ItsmService(models.Model):
    """Services for some departments only (CAT-08)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    department_ids = fields.Many2many(
        comodel_name="itsm.department",
        string="Departments",
        check_company=True,
        help="Their people, and those of the departments below, may use the service, "
        "besides the customers. Without customers and departments everybody may.",
    )

    def _itsm_open_to_all_domain(self):
        return super()._itsm_open_to_all_domain() & Domain("department_ids", "=", False)

    def _itsm_named_domain(self, partner):
        domain = super()._itsm_named_domain(partner)
        # sudo: where somebody belongs decides, whoever may read it
        department = partner.sudo().itsm_department_id
        if department:
            domain |= Domain("department_ids", "parent_of", department.ids)
        return domain
