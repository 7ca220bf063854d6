# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: Sources whose templates are in this addon.
SOURCES = ("incident_report", "major_review")


class ItsmDocumentKind(models.Model):
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[
            ("incident_report", "Incidents of a period"),
            ("major_review", "Review of a major incident"),
        ],
        ondelete={"incident_report": "set default", "major_review": "set default"},
    )

    def _body_template(self):
        self.ensure_one()
        if self.source in SOURCES:
            return f"itsm_desk.itsm_document_body_{self.source}"
        return super()._body_template()
