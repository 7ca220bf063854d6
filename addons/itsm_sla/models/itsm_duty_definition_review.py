# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmDutyDefinition(models.Model):
    """Duties about each SLA in force: its monthly assessment, its yearly review."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.duty.definition"

    @api.model
    def _selection_subject_model(self):
        return [
            *super()._selection_subject_model(),
            ("itsm.agreement", self.env._("SLA in Force")),
        ]

    def _duty_subject_domain(self, company):
        domain = super()._duty_subject_domain(company)
        if self.subject_model == "itsm.agreement":
            today = fields.Date.context_today(self)
            domain += [
                ("kind", "=", "sla"),
                ("state", "=", "active"),
                ("is_template", "=", False),
                "|",
                ("superseded_on", "=", False),
                ("superseded_on", ">", today),
            ]
        return domain
