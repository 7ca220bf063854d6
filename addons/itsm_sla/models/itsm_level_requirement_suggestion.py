# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmLevelRequirement(models.Model):
    """The suggestions and demands that a requirement was made of (SLM-32, SLM-33)."""

    _inherit = "itsm.level.requirement"

    suggestion_ids = fields.One2many(
        comodel_name="itsm.service.suggestion",
        inverse_name="requirement_id",
        string="Suggestions",
        readonly=True,
    )

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.service.suggestion", "requirement_id"),
        ]
