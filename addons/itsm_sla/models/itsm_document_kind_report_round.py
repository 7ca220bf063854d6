# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: Sources whose templates are in ``itsm_report_round_templates.xml``.
SOURCES = ("report_matrix", "process_kpis", "key_performance", "improvement_report")


class ItsmDocumentKind(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[
            ("report_matrix", "Control matrix of reports"),
            ("process_kpis", "Key figures of processes"),
            ("key_performance", "Key performance with availability"),
            ("improvement_report", "Improvement of a period"),
        ],
        ondelete=dict.fromkeys(SOURCES, "set default"),
    )

    def _body_template(self):
        self.ensure_one()
        if self.source in SOURCES:
            return f"itsm_sla.itsm_document_body_{self.source}"
        return super()._body_template()
