# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiImpactLine(models.TransientModel):
    """One configuration item that was reached, and how."""

    _name = "itsm.ci.impact.line"
    _description = "Impact: Configuration Item"
    _order = "depth, id"

    impact_id = fields.Many2one(
        comodel_name="itsm.ci.impact", required=True, ondelete="cascade", index=True
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        ondelete="cascade",
    )
    class_id = fields.Many2one(related="ci_id.class_id")
    state = fields.Selection(related="ci_id.state")
    criticality = fields.Selection(related="ci_id.criticality")
    owner_id = fields.Many2one(related="ci_id.owner_id")
    kind = fields.Selection(
        selection=[("reached", "Reached"), ("spared", "At Risk")],
        required=True,
        default="reached",
    )
    note = fields.Char(
        string="Why It Is Not Affected",
        help="A redundancy lost members and still holds.",
    )
    depth = fields.Integer(string="Level", help="Relations away.")
    path = fields.Char(help="A shortest way there.")
    redundancy_id = fields.Many2one(
        comodel_name="itsm.ci.redundancy",
        string="Redundancy Lost",
        ondelete="cascade",
        help="It is reached since too few members of this redundancy are left.",
    )
