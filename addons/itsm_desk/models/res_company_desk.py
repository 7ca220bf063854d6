# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    itsm_desk_hours = fields.Float(
        string="Hours of the Desk a Day",
        default=8.0,
        help="On days on which a desk is open, its roster covers at least so many "
        "hours (DSK-04).",
    )

    _itsm_desk_hours_of_a_day = models.Constraint(
        "CHECK(itsm_desk_hours IS NULL OR itsm_desk_hours BETWEEN 0 AND 24)",
        "Hours of the Desk a Day: enter 0 to 24.",
    )
