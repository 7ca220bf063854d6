# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmShiftCoverageLine(models.TransientModel):
    """One day of the roster."""

    _name = "itsm.shift.coverage.line"
    _description = "Day of the Coverage"
    _order = "date"

    coverage_id = fields.Many2one(
        comodel_name="itsm.shift.coverage", required=True, ondelete="cascade"
    )
    date = fields.Date(string="Day", readonly=True)
    open_hours = fields.Float(string="Desk Open", readonly=True)
    desk_hours = fields.Float(string="Somebody at the Desk", readonly=True)
    on_call_hours = fields.Float(string="On Call", readonly=True)
    gaps = fields.Char(string="Nobody there", readonly=True)
    is_short = fields.Boolean(string="Short", readonly=True)
