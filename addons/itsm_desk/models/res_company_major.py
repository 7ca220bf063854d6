# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Major incidents of a company: its head office, how often it communicates."""

    _inherit = "res.company"

    itsm_head_office_id = fields.Many2one(
        comodel_name="res.company",
        string="Head Office for Major Incidents",
        index="btree_not_null",
        ondelete="set null",
        help="To whose incident manager this company raises what is too large for it. "
        "Empty: the parent company.",
    )
    itsm_major_update_minutes = fields.Integer(
        string="Communicate Major Incidents Every (Minutes)",
        default=60,
        help="Proposed for new major incidents.",
    )

    _itsm_major_update_minutes_positive = models.Constraint(
        "CHECK(COALESCE(itsm_major_update_minutes, 0) >= 0)",
        "The time until the next communication cannot be negative.",
    )

    @api.constrains("itsm_head_office_id")
    def _check_itsm_head_office_id(self):
        if self._has_cycle("itsm_head_office_id"):
            raise ValidationError(
                self.env._(
                    "Head Office: a company cannot be its own head office, nor that of "
                    "its head office."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["itsm.major.criterion"]._create_shipped(companies)
        return companies

    def _itsm_head_office(self):
        """To which company this one raises its major incidents; may be empty."""
        self.ensure_one()
        return self.itsm_head_office_id or self.parent_id
