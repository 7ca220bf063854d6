# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmDocumentKind(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[("service_catalogue", "Service catalogue")],
        ondelete={"service_catalogue": "set default"},
    )
