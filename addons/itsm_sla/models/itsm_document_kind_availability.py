# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: Sources whose templates are in ``itsm_availability_templates.xml``.
SOURCES = ("availability_review", "availability_report")


class ItsmDocumentKind(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[
            ("availability_review", "Availability before an agreement"),
            ("availability_report", "Availability of a period"),
        ],
        ondelete={
            "availability_review": "set default",
            "availability_report": "set default",
        },
    )

    def _body_template(self):
        self.ensure_one()
        if self.source in SOURCES:
            return f"itsm_sla.itsm_document_body_{self.source}"
        return super()._body_template()
