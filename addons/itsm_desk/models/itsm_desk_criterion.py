# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmDeskCriterion(models.Model):
    """What the desk looks at when it assesses itself (DSK-06, DSK-09)."""

    _name = "itsm.desk.criterion"
    _inherit = ["itsm.archive.mixin"]
    _description = "Criterion of Self-Assessment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What to look at, and what full points mean."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="How much it counts in the result.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: of all companies."
    )

    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "Weight: enter 1 or more."
    )

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.desk.assessment.line", "criterion_id"),
        ]
