# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiAuthorisationRefuse(models.TransientModel):
    """Asks why authorisations are refused."""

    _name = "itsm.ci.authorisation.refuse"
    _description = "Why an Authorisation Is Refused"

    authorisation_ids = fields.Many2many(
        comodel_name="itsm.ci.authorisation",
        relation="itsm_ci_authorisation_refuse_rel",
        string="Authorisations",
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True, help="Who asked reads it.")

    def action_confirm(self):
        """Refuse them, with the rights of the user."""
        self.ensure_one()
        self.authorisation_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
