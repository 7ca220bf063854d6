# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmDutyAct(models.TransientModel):
    """Asks for what a button on duties needs: whom to hand over to, or why."""

    _name = "itsm.duty.act"
    _description = "Hand Over, Waive or Reopen Duties"

    act = fields.Selection(
        selection=[
            ("reassign", "Hand over"),
            ("waive", "Waive"),
            ("reopen", "Reopen"),
        ],
        required=True,
        readonly=True,
    )
    duty_ids = fields.Many2many(
        comodel_name="itsm.duty",
        relation="itsm_duty_act_duty_rel",
        string="Duties",
        required=True,
    )
    company_ids = fields.Many2many(
        comodel_name="res.company", compute="_compute_company_ids"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="To",
        domain="[('share', '=', False), ('company_ids', 'in', company_ids)]",
    )
    reason = fields.Text(help="It is kept with the duty.")

    @api.depends("duty_ids")
    def _compute_company_ids(self):
        for wizard in self:
            wizard.company_ids = wizard.duty_ids.company_id

    def action_confirm(self):
        """Do what was asked for, with the rights of the user.

        :raise UserError: the person or the reason is missing
        """
        self.ensure_one()
        if self.act == "reassign":
            if not self.user_id:
                raise UserError(self.env._("Choose who gets the duties."))
            self.duty_ids.action_reassign(self.user_id.id, self.reason)
        elif self.act == "waive":
            self.duty_ids.action_waive(self.reason)
        else:
            self.duty_ids.action_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
