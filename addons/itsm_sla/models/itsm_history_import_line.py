# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmHistoryImportLine(models.Model):
    """What an import has to say; rejected rows are kept with their text."""

    _name = "itsm.history.import.line"
    _description = "Log of a Ticket History Import"
    _order = "import_id, sequence, row, id"
    _rec_name = "reason"
    _allow_sudo_commands = False

    import_id = fields.Many2one(
        comodel_name="itsm.history.import",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    from_reading = fields.Boolean(
        readonly=True, help="Said of the row as such: the import says it as well."
    )
    level = fields.Selection(
        selection=[
            ("error", "Row rejected"),
            ("skip", "Ticket left alone"),
            ("warning", "Warning"),
            ("difference", "Difference"),
            ("info", "Note"),
        ],
        required=True,
        readonly=True,
    )
    row = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Row of the file, as a spreadsheet counts it.",
    )
    number = fields.Char(string="Ticket", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    text = fields.Text(string="Row as Read", readonly=True)
