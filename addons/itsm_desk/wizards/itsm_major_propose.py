# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmMajorPropose(models.TransientModel):
    """Propose tickets as a major incident, or let them join one (INC-39, INC-44)."""

    _name = "itsm.major.propose"
    _description = "Propose a Major Incident"

    ticket_ids = fields.Many2many(comodel_name="helpdesk.ticket", string="Tickets")
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_company_id"
    )
    major_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Join",
        domain="[('company_id', '=', company_id), "
        "('state', 'in', ('proposed', 'declared', 'controlled'))]",
        help="An open major incident that the tickets belong to. Empty: propose a new "
        "one.",
    )
    reason = fields.Text(
        help="What makes it a major incident; the incident manager decides."
    )

    @api.depends("ticket_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.ticket_ids.company_id[:1]

    def action_confirm(self):
        """Propose or join, then open the major incident."""
        self.ensure_one()
        major = self.major_id
        if major:
            major._join(self.ticket_ids)
        elif not (self.reason or "").strip():
            raise UserError(self.env._("Enter why it is a major incident."))
        else:
            major = major._propose(self.ticket_ids, self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.major.incident",
            "res_id": major.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
