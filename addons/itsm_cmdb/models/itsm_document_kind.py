# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: Sources whose templates are in ``itsm_document_templates.xml``.
SOURCES = ("configuration_plan", "ci_classification", "ci_report")


class ItsmDocumentKind(models.Model):
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[
            ("configuration_plan", "How configuration is managed"),
            ("ci_classification", "Classes of configuration items"),
            ("ci_report", "Configuration items of a period"),
        ],
        ondelete={source: "set default" for source in SOURCES},
    )

    def _body_template(self):
        self.ensure_one()
        if self.source in SOURCES:
            return f"itsm_cmdb.itsm_document_body_{self.source}"
        return super()._body_template()
