# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmDocumentKind(models.Model):
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[("process_roster", "Processes and who answers for them")],
        ondelete={"process_roster": "cascade"},
    )
