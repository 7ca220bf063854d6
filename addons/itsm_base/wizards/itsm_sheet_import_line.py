# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmSheetImportLine(models.TransientModel):
    """What a row of a sheet changes."""

    _name = "itsm.sheet.import.line"
    _description = "Row of a Sheet"
    _order = "number, id"

    import_id = fields.Many2one(
        comodel_name="itsm.sheet.import", required=True, ondelete="cascade"
    )
    number = fields.Integer(string="Row", readonly=True)
    name = fields.Char(string="Content", readonly=True)
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("changed", "Changed"),
            ("same", "Already there"),
            ("error", "Error"),
        ],
        required=True,
        readonly=True,
    )
    message = fields.Char(string="Changes and Remarks", readonly=True)
