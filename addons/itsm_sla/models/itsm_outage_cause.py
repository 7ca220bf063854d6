# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmOutageCause(models.Model):
    """Why services were not available: a short list that a company edits (AVC-05)."""

    _name = "itsm.outage.cause"
    _description = "Cause of Outages"
    _inherit = ["itsm.archive.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        translate=True, help="What belongs to it and what does not."
    )

    _name_uniq = models.UniqueIndex("(name)", "There is a cause with this name.")

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.outage", "cause_id")]
