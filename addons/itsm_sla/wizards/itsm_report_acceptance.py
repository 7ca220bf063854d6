# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmReportAcceptance(models.TransientModel):
    """Note that a customer accepted content and period of a report (REP-01)."""

    _name = "itsm.report.acceptance"
    _description = "Acceptance of a Report by the Customer"

    definition_id = fields.Many2one(
        comodel_name="itsm.report.definition",
        string="Report",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        related="definition_id.agreement_id.partner_id.commercial_partner_id",
        string="Customer",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Accepted by",
        required=True,
        domain="[('id', 'child_of', customer_id)]",
        ondelete="cascade",
    )
    note = fields.Char(
        required=True,
        help="Where it is written down: a mail, minutes, a signed page.",
    )

    def action_accept(self):
        """Keep the acceptance with the report."""
        self.ensure_one()
        self.definition_id.check_access("write")
        self.definition_id._accept(self.partner_id, "noted", self.note)
        return {"type": "ir.actions.act_window_close"}
