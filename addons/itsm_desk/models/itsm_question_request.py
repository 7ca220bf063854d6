# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmQuestion(models.Model):
    _inherit = "itsm.question"

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.request.answer", "question_id")]
