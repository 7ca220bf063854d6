# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ItsmHolidayImportLine(models.TransientModel):
    _name = "itsm.holiday.import.line"
    _description = "Row of a Holiday File"
    _order = "number, id"

    import_id = fields.Many2one(
        comodel_name="itsm.holiday.import",
        string="Wizard",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(
        string="Row", help="Line of the CSV file, or position of the calendar entry."
    )
    selected = fields.Boolean(
        string="Import", help="Clear it to leave out an entry of the file."
    )
    date = fields.Date(string="From")
    date_to = fields.Date(string="To")
    name = fields.Char()
    kind = fields.Selection(
        selection=[("holiday", "Holiday"), ("workday", "Working day")],
        string="Type",
    )
    hours = fields.Char()
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("unchanged", "Already there"),
            ("error", "Error"),
            ("done", "Imported"),
        ],
        required=True,
    )
    message = fields.Char(string="Remark")
