# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    """Who may sign for a company: record rules of papers ask it (SLM-74)."""

    _inherit = "res.company"

    itsm_signing_authority_ids = fields.One2many(
        comodel_name="itsm.signing.authority",
        inverse_name="company_id",
        string="Signing Authority",
        groups="itsm_base.itsm_group_manager",
    )
