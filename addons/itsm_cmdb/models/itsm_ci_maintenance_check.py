# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

CHECK_KINDS = [
    ("check", "OK or not"),
    ("number", "Measured value"),
    ("text", "Text"),
]


class ItsmCiMaintenanceCheck(models.Model):
    """One point of a check list: what is looked at, and what is all right (MNT-02)."""

    _name = "itsm.ci.maintenance.check"
    _description = "Point of a Check List"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one(
        comodel_name="itsm.ci.maintenance.plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="What Is Checked",
        required=True,
        translate=True,
        help="So that “OK” is the good answer.",
    )
    kind = fields.Selection(
        selection=CHECK_KINDS, string="Answer", required=True, default="check"
    )
    unit = fields.Char(translate=True, help="Of the number, for example °C.")
    has_minimum = fields.Boolean(string="Not Below")
    minimum = fields.Float(digits=False)
    has_maximum = fields.Boolean(string="Not Above")
    maximum = fields.Float(digits=False)
    is_required = fields.Boolean(
        string="Required",
        default=True,
        help="The order is not reported without an answer.",
    )
    makes_incident = fields.Boolean(
        string="Incident by Itself",
        help="What is not OK becomes an incident when the order is reported.",
    )

    _limits_check = models.Constraint(
        "CHECK (has_minimum IS NOT TRUE OR has_maximum IS NOT TRUE"
        " OR minimum <= maximum)",
        "The lower limit lies above the upper one. Change one of them.",
    )
