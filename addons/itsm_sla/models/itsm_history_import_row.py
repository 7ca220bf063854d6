# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmHistoryImportRow(models.Model):
    """One event of a file as it was read, between the preview and the import.

    So a file is read once, in order, and worked off ticket by ticket however many rows
    it has. Written and removed by the import only.
    """

    _name = "itsm.history.import.row"
    _description = "Row of a Ticket History Import"
    _order = "import_id, ticket, row, id"
    _allow_sudo_commands = False

    import_id = fields.Many2one(
        comodel_name="itsm.history.import",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    row = fields.Integer(required=True, readonly=True)
    number = fields.Char(required=True, readonly=True)
    ticket = fields.Integer(
        readonly=True, help="The tickets of the file, counted by first appearance."
    )
    time = fields.Datetime(required=True, readonly=True)
    content = fields.Json(readonly=True, help="What the row says, as it was read.")

    _ticket_idx = models.Index("(import_id, ticket, row, id)")
