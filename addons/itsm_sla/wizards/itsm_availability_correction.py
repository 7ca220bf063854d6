# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAvailabilityCorrection(models.TransientModel):
    _name = "itsm.availability.correction"
    _description = "Correction of a Closed Month"

    availability_id = fields.Many2one(
        comodel_name="itsm.availability",
        string="Month",
        required=True,
        ondelete="cascade",
    )
    # Read with the rights of the user: anybody can name any month here.
    percent_text = fields.Char(
        related="availability_id.percent_text", string="Holds now", related_sudo=False
    )
    reason = fields.Text(
        required=True, help="Why the closed month was wrong; kept with the revision."
    )

    def action_apply(self):
        """Work the month out again as its next revision; what held before stays.

        :return: action that shows it
        """
        self.ensure_one()
        revision = self.availability_id._correct(self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": revision._name,
            "res_id": revision.id,
            "views": [(False, "form")],
        }
