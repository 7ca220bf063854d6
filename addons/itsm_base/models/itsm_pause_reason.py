# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmPauseReason(models.Model):
    _name = "itsm.pause.reason"
    _inherit = ["itsm.shared.mixin", "itsm.archive.mixin"]
    _description = "Pause Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and reports, for example USER.")
    waits_for = fields.Selection(
        selection=[
            ("requester", "Requester"),
            ("supplier", "Supplier"),
            ("change", "Change"),
            ("other", "Other"),
        ],
        string="Waiting For",
        required=True,
        default="requester",
        help="Agreements say for whom their clocks wait.",
    )
    max_hours = fields.Float(
        string="Longest Duration (hours)",
        help="After so many hours somebody should ask again; 0 means no limit. Hours "
        "of the clock on the wall, working days play no part.",
    )
    description = fields.Char(
        translate=True, help="Tells the agents when to use this reason."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Empty: for all companies.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another pause reason has this code. Choose a different code.",
    )
    _max_hours_positive = models.Constraint(
        "CHECK(max_hours >= 0)",
        "The longest duration cannot be negative. Enter 0 for no limit.",
    )

    def _archive_references(self):
        return [*super()._archive_references(), ("helpdesk.ticket", "pause_reason_id")]
