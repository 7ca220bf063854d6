# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

MEANINGS = [
    ("number", "Ticket number"),
    ("time", "Event time"),
    ("order", "Order within the same minute"),
    ("state", "State"),
    ("opened", "Opened at"),
    ("priority", "Priority"),
    ("impact", "Impact"),
    ("urgency", "Urgency"),
    ("team", "Assignment group"),
    ("assignee", "Assigned to"),
    ("customer", "Customer"),
    ("service", "Service"),
    ("category", "Category"),
    ("title", "Title"),
    ("kind", "Kind"),
    ("resolved", "Resolved at (of events: only compared)"),
    ("closed", "Closed at (of events: only compared)"),
    ("responded", "Responded at (one row for each ticket)"),
    ("paused", "Paused minutes (one row for each ticket)"),
    ("verdict", "Target met, by the other system (only compared)"),
    ("ignore", "Ignored"),
]


class ItsmHistoryImportColumn(models.Model):
    _name = "itsm.history.import.column"
    _description = "Column of a Ticket History"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one(
        comodel_name="itsm.history.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Column of the File", required=True, readonly=True)
    example = fields.Char(readonly=True, help="The first values of the column.")
    meaning = fields.Selection(
        selection=MEANINGS,
        required=True,
        default="ignore",
        help="What the column says. Ticket number, event time, state and opened at are "
        "needed; of a list with one row for each ticket the number, opened at and "
        "resolved at or closed at. Columns that are only compared change no clock: "
        "differences are listed.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(import_id, name)", "The file has this column already."
    )
