# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

RESPONSIBLE = [
    ("team", "Team"),
    ("supplier", "Supplier"),
    ("customer", "Customer"),
    ("none", "Nobody"),
]


class ItsmBreachCause(models.Model):
    """Why promises are missed: a short list, so that causes can be counted (SLM-63)."""

    _name = "itsm.breach.cause"
    _inherit = ["itsm.shared.mixin", "itsm.archive.mixin"]
    _description = "Cause of Breaches"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and reports, for example STAFF.")
    description = fields.Char(translate=True, help="When to choose this cause.")
    responsible = fields.Selection(
        selection=RESPONSIBLE,
        help="Proposed when the cause is chosen. Empty: what the clocks propose.",
    )
    force_majeure = fields.Boolean(
        help="Beyond anybody's control: a credit clause may leave such breaches out."
    )
    improvable = fields.Boolean(
        string="Asks for Improvement",
        default=True,
        help="Repeated breaches with this cause propose an action.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "Another cause has this code. Choose a different code.",
    )

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.breach", "cause_id")]
