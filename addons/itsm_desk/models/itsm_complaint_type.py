# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmComplaintType(models.Model):
    """What people complain about: the rows of the register (BRM-18)."""

    _name = "itsm.complaint.type"
    _inherit = ["itsm.archive.mixin"]
    _description = "Type of Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(
        translate=True, help="Tells customers when to choose it; shown in the portal."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("helpdesk.ticket", "complaint_type_id"),
        ]
