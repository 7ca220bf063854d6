# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmClosingCode(models.Model):
    _name = "itsm.closing.code"
    _inherit = ["itsm.shared.mixin", "itsm.archive.mixin"]
    _description = "Closing Code"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and reports, for example SOLVED.")
    kind = fields.Selection(
        selection=[
            ("solved", "Solved"),
            ("workaround", "Workaround"),
            ("no_fault", "No fault found"),
            ("not_solved", "Not solved"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="solved",
        help="What the code means in reports, whatever its name.",
    )
    description = fields.Char(
        translate=True, help="Tells the agents when to use this code."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "Another closing code has this code. Choose a different code.",
    )

    def _archive_references(self):
        return [*super()._archive_references(), ("helpdesk.ticket", "closing_code_id")]
