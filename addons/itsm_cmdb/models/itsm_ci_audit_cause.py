# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiAuditCause(models.Model):
    """Why a record differs from what is there; a catalogue that managers keep."""

    _name = "itsm.ci.audit.cause"
    _description = "Cause of a Difference"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="For reports and interfaces.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another cause has this code.")

    def _archive_references(self):
        return [("itsm.ci.audit.difference", "cause_id")]
