# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmSetupSkip(models.Model):
    """A company leaves a step of the start assistant out."""

    _name = "itsm.setup.skip"
    _description = "Step Left Out"
    _rec_name = "step_id"

    step_id = fields.Many2one(
        comodel_name="itsm.setup.step", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="cascade"
    )

    _step_company_uniq = models.UniqueIndex(
        "(step_id, company_id)", "The company leaves this step out already."
    )
